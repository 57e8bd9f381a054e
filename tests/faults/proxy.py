"""Between our processes and Asterisk: a TCP proxy that answers late, answers 500, or swallows everything."""

from __future__ import annotations

import asyncio
import contextlib
import re

from processes.tasks import TaskKeeper

HOST = "127.0.0.1"
LARGEST = 1 << 16
ERROR = b'{"message": "gangguan buatan"}'
REFUSAL = b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Proxy:
    """Passes bytes from its `port` to `target`; what it spoils can be changed at any moment.

    `swallows`: nothing passes any more, neither way, nor does an end; connections of that time stay dead afterwards.
    `late_s`: answers to requests come so late, events at once. `refuses`: requests are answered with 500 by us."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.late_s = 0.0
        self.refuses = False
        self._target = target
        self._keeper = TaskKeeper()
        self._server: asyncio.Server | None = None
        self._links: set[_Link] = set()
        self._passes = asyncio.Event()
        self._passes.set()

    @property
    def swallows(self) -> bool:
        """True while nothing passes."""
        return not self._passes.is_set()

    @swallows.setter
    def swallows(self, on: bool) -> None:
        if on:
            self._passes.clear()
            for link in self._links:
                link.dead = True
        else:
            self._passes.set()

    async def open(self, port: int = 0) -> Proxy:
        """Listen on 127.0.0.1."""
        self._server = await asyncio.start_server(self._accept, HOST, port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        """Listen no more, end every connection."""
        if self._server is not None:
            self._server.close()
        await self._keeper.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._keeper.start("link", self._serve(_Link(reader, writer, dead=self.swallows)))

    async def _serve(self, link: _Link) -> None:
        self._links.add(link)
        try:
            with contextlib.suppress(OSError):
                if not link.dead:
                    link.asterisk = await asyncio.open_connection(HOST, self._target)
                async with asyncio.TaskGroup() as group:
                    back = group.create_task(self._back(link))
                    await self._forth(link)
                    back.cancel()
        except* OSError:
            pass
        finally:
            if link.dead:  # the other side hears of no end either
                await self._passes.wait()
            self._links.discard(link)
            link.close()

    async def _forth(self, link: _Link) -> None:
        """Pass on the bytes of our process; requests one by one, until it is an event socket."""
        while data := await link.reader.read(LARGEST):
            if link.dead or link.asterisk is None:
                continue
            if self.refuses and data[:4] in (b"GET ", b"PUT ", b"POST", b"DELE"):
                await _rest_of(data, link.reader)
                link.writer.write(REFUSAL % (len(ERROR), ERROR))
                continue
            link.events = link.events or b"\r\nupgrade: websocket" in data.lower()
            link.asterisk[1].write(data)

    async def _back(self, link: _Link) -> None:
        if link.asterisk is None:
            return
        while data := await link.asterisk[0].read(LARGEST):
            if self.late_s and not link.events:
                await asyncio.sleep(self.late_s)
            if not link.dead:
                link.writer.write(data)
        if not link.dead:
            link.writer.close()


class _Link:
    """One connection of ours and its other half."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, dead: bool) -> None:
        self.reader, self.writer, self.dead = reader, writer, dead
        self.asterisk: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.events = False

    def close(self) -> None:
        """Both halves."""
        for half in (self.writer, self.asterisk[1] if self.asterisk else None):
            if half is not None:
                half.close()


async def _rest_of(data: bytes, reader: asyncio.StreamReader) -> None:
    """The remainder of a request whose body came in a packet of its own."""
    head, _, body = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    if length and (missing := int(length[1]) - len(body)) > 0:
        await reader.readexactly(missing)
