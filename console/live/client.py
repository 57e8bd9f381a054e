"""One open page: the snapshot that waits for it, its notices, its beats, and the end of its socket."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import web

from console.console import Clock, User
from console.live.rounds import Group

log = structlog.get_logger(__name__)

BEAT_S = 5.0
SLOW_S = 5.0
BLIND = ',"blind":true'
SESSION_ENDED = 4401


@dataclass(eq=False, slots=True)
class Client:
    """One open page; a newer snapshot replaces one that was not sent yet."""

    socket: web.WebSocketResponse
    user: User
    group: Group
    page_id: str
    transport: asyncio.BaseTransport | None
    clock: Clock
    sounding: bool = False
    ticket: str | None = None  # that is open in it
    pending: str | None = None
    sent: str | None = None
    ended: bool = False
    blind: bool = False  # its last snapshot could not be read: the page shows an old one
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    notices: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=5))

    async def end(self) -> None:
        """Close the socket; a connection that does not answer is cut."""
        self.ended = True
        try:
            async with asyncio.timeout(SLOW_S):
                await self.socket.close(code=SESSION_ENDED, message=b"sesi berakhir")
        except TimeoutError:
            self.drop()

    def offer(self, data: str) -> None:
        """Send this snapshot as soon as the socket takes it, unless the page shows it already."""
        if data != (self.pending or self.sent):
            self.pending = data
            self.wake.set()

    async def pump(self) -> None:
        """Send what is offered and noticed, or a beat where nothing is, until the page ends or takes no more."""
        try:
            while True:
                await self._wait()
                if self.ended:
                    return
                data, self.pending = self.pending, None
                self.sent = data or self.sent  # from here on, for what is offered while it is on its way
                at = json.dumps(self.clock().isoformat())
                while self.notices:
                    await self.send(self.notices.popleft())
                if data is None:
                    await self._write(f'{{"type":"beat","at":{at}{BLIND if self.blind else ""}}}')
                else:
                    await self._write(f'{{"type":"snapshot","at":{at},"data":{data}}}')
        except (TimeoutError, ConnectionError, RuntimeError) as error:
            log.warning("console.page_dropped", user=self.user.name, error=str(error) or "too slow")
            self.drop()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(BEAT_S):
                await self.wake.wait()
        except TimeoutError:
            return
        self.wake.clear()

    async def send(self, message: dict[str, Any]) -> None:
        """Send a message with the time, at once."""
        await self._write(json.dumps(message | {"at": self.clock().isoformat()}))

    async def _write(self, text: str) -> None:
        async with asyncio.timeout(SLOW_S):
            await self.socket.send_str(text)

    def drop(self) -> None:
        """Cut a connection that takes no more data; its reader ends with it."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
