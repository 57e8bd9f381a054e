"""The measuring loop: one thread, one epoll, timers, and receive times stamped by the kernel.

A packet's time is when it reached the socket, not when this program came to read it, so a loop that is late, or a CPU
that others hold, does not show in the figures. Sending times are read just before the send. These are ns of
CLOCK_REALTIME, as the kernel's are; timers go by CLOCK_MONOTONIC, which nobody sets.
"""

import heapq
import select
import socket
import struct
import time
from collections.abc import Callable

Address = tuple[str, int]
Received = Callable[[bytes, Address, int], None]

SO_TIMESTAMPNS, SO_MEMINFO = 35, 55  # socket(7), linux/sock_diag.h; the socket module has no names for them
MEMINFO_DROPS = 8
BUFFER = 8 << 20
DRAIN = 512
_STAMP = struct.Struct("qq")
_MEMINFO = struct.Struct("9I")


def now_ns() -> int:
    """The clock that the kernel stamps packets with."""
    return time.clock_gettime_ns(time.CLOCK_REALTIME)


class Wire:
    """UDP sockets and timers of the callers and the operators; `run` serves them until told to stop."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._sockets: dict[int, tuple[socket.socket, Received]] = {}
        self._timers: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def open(self, host: str, received: Received) -> socket.socket:
        """A bound UDP socket whose packets go to `received(data, source, at_ns)`."""
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        made.setblocking(False)
        made.bind((host, 0))
        self._sockets[made.fileno()] = (made, received)
        self._epoll.register(made, select.EPOLLIN)
        return made

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Call `act` in so many seconds."""
        self.at(time.monotonic_ns() + int(seconds * 1e9), act)

    def at(self, when_ns: int, act: Callable[[], None]) -> None:
        """Call `act` at a moment of time.monotonic_ns; at once when it has passed."""
        self._count += 1
        heapq.heappush(self._timers, (when_ns, self._count, act))

    def lost(self) -> int:
        """Packets that reached the sockets and were not read before the next ones needed their room."""
        read = (opened.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, _MEMINFO.size) for opened, _ in self._sockets.values())
        return sum(_MEMINFO.unpack(info)[MEMINFO_DROPS] for info in read)

    def run(self, done: Callable[[], bool], limit_s: float) -> bool:
        """Serve until `done()`, asked between packets; False when the limit came first."""
        end = time.monotonic_ns() + int(limit_s * 1e9)
        while not done():
            now = time.monotonic_ns()
            if now >= end:
                return False
            self._ring_timers(now)
            wait = (self._timers[0][0] - time.monotonic_ns()) / 1e9 if self._timers else 0.05
            for handle, _ in self._epoll.poll(min(max(wait, 0.0), 0.05)):
                self._drain(*self._sockets[handle])
        return True

    def _ring_timers(self, now: int) -> None:
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()

    @staticmethod
    def _drain(source: socket.socket, received: Received) -> None:
        for _ in range(DRAIN):
            try:
                data, ancillary, _, address = source.recvmsg(4096, 64)
            except BlockingIOError:
                return
            seconds, nanoseconds = _STAMP.unpack(ancillary[0][2])
            received(data, address, seconds * 1_000_000_000 + nanoseconds)

    def close(self) -> None:
        """Close the sockets."""
        for opened, _ in self._sockets.values():
            opened.close()
        self._epoll.close()
