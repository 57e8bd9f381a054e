"""Ports for a drill's instance that no other drill on this machine takes at the same time."""

from __future__ import annotations

import contextlib
import random
import socket
from collections.abc import Iterator

HOST = "127.0.0.1"
BLOCK = 10
BLOCKS = range(12000, 20000, BLOCK)
WANTED = 6


@contextlib.contextmanager
def own_ports() -> Iterator[list[int]]:
    """Six free ports, TCP and UDP; while the context lasts, a guard on another port keeps other drills off."""
    for first in random.sample(BLOCKS, len(BLOCKS)):
        with contextlib.ExitStack() as stack:
            guard = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            if not _takes(guard, first + BLOCK - 1):
                continue
            ports = list(range(first, first + WANTED))
            if all(_is_free(port) for port in ports):
                yield ports
                return
    raise OSError("tidak ada port kosong untuk latihan")


def _is_free(port: int) -> bool:
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _takes(tcp, port) and _takes(udp, port)


def _takes(made: socket.socket, port: int) -> bool:
    try:
        made.bind((HOST, port))
    except OSError:
        return False
    return True
