"""Reads HEPv3, in which Asterisk's res_hep sends a copy of each SIP message (github.com/sipcapture/HEP). Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

_MAGIC = b"HEP3"
_HEAD, _CHUNK = 6, 6
_SOURCE = {3: 4, 5: 6}
_TARGET = {4: 4, 6: 6}
_SOURCE_PORT, _TARGET_PORT, _PAYLOAD = 7, 8, 15


@dataclass(frozen=True, slots=True)
class Copy:
    """A copied message: from and to which address, and its text in bytes."""

    source: str
    target: str
    source_port: int
    target_port: int
    payload: bytes


def read(packet: bytes) -> Copy | None:
    """Read one packet; None where it is no whole copy of a message."""
    if packet[:4] != _MAGIC or len(packet) < _HEAD or int.from_bytes(packet[4:6], "big") > len(packet):
        return None
    source = target = ""
    ports, payload = {}, b""
    for kind, body in _chunks(packet):
        if kind in _SOURCE or kind in _TARGET:
            address = _address(body)
            source, target = (address, target) if kind in _SOURCE else (source, address)
        elif kind in (_SOURCE_PORT, _TARGET_PORT):
            ports[kind] = int.from_bytes(body, "big")
        elif kind == _PAYLOAD:
            payload = body
    if not source or not target or not payload:
        return None
    return Copy(source, target, ports.get(_SOURCE_PORT, 0), ports.get(_TARGET_PORT, 0), payload)


def _chunks(packet: bytes) -> Iterator[tuple[int, bytes]]:
    """The chunks of vendor 0: kind and body; a broken one ends the packet."""
    at = _HEAD
    while at + _CHUNK <= len(packet):
        vendor, kind, length = (int.from_bytes(packet[at + n : at + n + 2], "big") for n in (0, 2, 4))
        if length < _CHUNK or at + length > len(packet):
            return
        if vendor == 0:
            yield kind, packet[at + _CHUNK : at + length]
        at += length


def _address(body: bytes) -> str:
    try:
        return str(ipaddress.ip_address(body))
    except ValueError:
        return ""
