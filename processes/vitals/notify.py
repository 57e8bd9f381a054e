"""Reports to the supervisor in systemd's own protocol, which `tanggap up` understands as well.

Source: sd_notify(3), systemd.service(5) «WatchdogSec»."""

from __future__ import annotations

import os
import socket
from collections.abc import MutableMapping
from contextlib import suppress

READY = "READY=1"
ALIVE = "WATCHDOG=1"
STOPPING = "STOPPING=1"


class Notify:
    """Sends reports to the supervisor's socket, if there is one; never blocks or raises."""

    def __init__(self, address: str = "") -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) if address else None

    def tell(self, *words: str) -> None:
        """Send the words in one datagram; a supervisor that is away or busy misses it."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.sendto("\n".join(words).encode(), socket.MSG_DONTWAIT, self._address)

    def close(self) -> None:
        """Close the socket; later reports are dropped."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def from_environment(environment: MutableMapping[str, str] = os.environ) -> Notify:
    """Connect to the supervisor of this very process; removes its address, so that our children do not use it."""
    address = environment.pop("NOTIFY_SOCKET", "")
    environment.pop("WATCHDOG_USEC", "")
    meant = environment.pop("WATCHDOG_PID", "")
    return Notify(address if meant in ("", str(os.getpid())) else "")
