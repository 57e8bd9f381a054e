"""The supervisor's end of the reports: hears a child, and notices when it hangs."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

from processes.vitals.notify import READY

TICK_S = 0.5
# a child reports every second that its loop turns and its store answers
SILENT_S = 10.0
# before its first «ready» a child may be slow: a large migration, a machine that is just starting
START_S = 300.0
LONGEST = 4096


class Watch:
    """The socket of one child. `hung` returns once the child has been silent for too long.

    Silence counts only while the supervisor itself runs: it heard nothing while it was stopped or starved."""

    def __init__(self, path: Path, silent_s: float = SILENT_S, start_s: float = START_S) -> None:
        self._path = path
        self._silent_s, self._start_s = silent_s, start_s
        self._socket: socket.socket | None = None
        self._ready = False

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the child needs in its environment."""
        return {"NOTIFY_SOCKET": str(self._path), "WATCHDOG_USEC": str(int(self._silent_s * 1_000_000))}

    def open(self) -> None:
        """Listen for a child that is about to start; OSError when that is not possible."""
        self.close()
        self._path.unlink(missing_ok=True)
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        try:
            made.bind(str(self._path))
        except OSError:
            made.close()
            raise
        self._socket, self._ready = made, False

    def close(self) -> None:
        """Stop listening."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            self._path.unlink(missing_ok=True)

    async def hung(self, clock: Callable[[], float] | None = None) -> float:
        """Wait until the child hangs; returns the seconds of its silence."""
        clock = clock or asyncio.get_running_loop().time
        silent, before = 0.0, clock()
        while True:
            await asyncio.sleep(TICK_S)
            now = clock()
            passed, before = min(now - before, 2 * TICK_S), now
            silent = 0.0 if self._heard() else silent + passed
            if silent >= (self._silent_s if self._ready else self._start_s):
                return silent

    def _heard(self) -> bool:
        heard = False
        while self._socket is not None:
            try:
                words = self._socket.recv(LONGEST).decode(errors="replace").split("\n")
            except OSError:
                break
            heard = True
            self._ready = self._ready or READY in words
        return heard
