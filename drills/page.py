"""An operator's page without a browser: the same login, API and live socket; for the demo and drills."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp

from console.site import ConsoleSite
from tickets.model import Row

Spawn = Callable[[str, Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]
LIMIT_S = 5.0
# the longest restart of a console, and the pause between two tries
AWAY_S, AGAIN_S = 15.0, 0.3
# a ready operator may be rung before the page has shown «siap»
ON_DUTY = ("ready", "ringing", "talking", "wrap_up")


class PageError(Exception):
    """Raised when the console refuses, or does not show in time what it has to."""


class OperatorPage:
    """One logged-in operator; what the live socket last showed is in `shown`."""

    def __init__(self, console: ConsoleSite, user: str, spawn: Spawn) -> None:
        host = "127.0.0.1" if console.bind in ("", "0.0.0.0") else console.bind
        self._base = f"http://{host}:{console.port}"
        self._user = user
        self._spawn = spawn
        self._session: aiohttp.ClientSession | None = None
        self._moved = asyncio.Event()
        self.shown: Row = {}

    async def open(self, password: str) -> None:
        """Log in and follow the page's live socket."""
        headers = {"Origin": self._base, "Sec-Fetch-Site": "same-origin"}
        jar = aiohttp.CookieJar(unsafe=True)  # the console's cookie, from a host that is an address
        self._session = aiohttp.ClientSession(headers=headers, cookie_jar=jar)
        form = {"nama": self._user, "sandi": password}
        async with self._session.post(f"{self._base}/masuk", data=form, allow_redirects=False) as reply:
            if reply.status not in (200, 302, 303):
                raise PageError(f"masuk sebagai {self._user} ditolak: {reply.status} {await reply.text()}"[:300])
        self._spawn("page", self._follow())

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    async def ready(self) -> None:
        """Press «Siap» and wait until the page says so."""
        await self._send("POST", "/api/presence", {"wanted": "ready"})
        await self._until(lambda shown: shown.get("me", {}).get("live") in ON_DUTY, "siap")

    async def want(self, wanted: str) -> None:
        """Press another state button (`paused`, `offline`)."""
        await self._send("POST", "/api/presence", {"wanted": wanted})

    async def listen(self, call: str) -> None:
        """Press «Dengar» for a caller who waits in silence: this operator's phone rings and plays that call."""
        await self._send("POST", f"/api/calls/{call}/listen", {"mode": "listen"})

    async def take(self, call: str) -> None:
        """Press «Ambil»."""
        await self._send("POST", f"/api/calls/{call}/take", {})

    async def judge(self, ticket: str, verdict: str) -> None:
        """Give the verdict on the call: genuine, prank, information or silent."""
        await self._send("POST", f"/api/tickets/{ticket}/verdict", {"kind": verdict})

    async def pop(self) -> Row:
        """Wait for the screen-pop; its call with `display`, `ticket` …"""
        await self._until(lambda shown: shown.get("pop"), "layar panggilan")
        pop: Row = self.shown["pop"]["call"]
        return pop

    async def save(self, ticket: str, fields: Row) -> None:
        """Save these fields of the ticket."""
        await self._send("PATCH", f"/api/tickets/{ticket}", fields)

    async def dispatch(self, ticket: str, opds: list[str]) -> None:
        """Press «Kirim ke OPD»."""
        await self._send("POST", f"/api/tickets/{ticket}/dispatch", {"opds": opds})

    async def wrap_up_done(self) -> None:
        """Press «Selesai»."""
        await self._send("POST", "/api/wrap-up/done", {})

    async def _send(self, method: str, path: str, body: Row) -> None:
        """Send as the page does: again for AWAY_S while the console is being restarted."""
        assert self._session is not None
        until = asyncio.get_running_loop().time() + AWAY_S
        while True:
            try:
                async with self._session.request(method, self._base + path, json=body) as reply:
                    if reply.status >= 400:
                        raise PageError(f"{method} {path}: {reply.status} {await reply.text()}"[:400])
                    return
            except (aiohttp.ClientError, OSError):
                if asyncio.get_running_loop().time() > until:
                    raise PageError(f"{method} {path}: konsol tidak menjawab") from None
                await asyncio.sleep(AGAIN_S)

    async def _follow(self) -> None:
        assert self._session is not None
        while not self._session.closed:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with self._session.ws_connect(f"{self._base}/live?page=operator") as socket:
                    await self._look(socket)
            await asyncio.sleep(AGAIN_S)

    async def _look(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                data = json.loads(message.data)
                if data["type"] == "snapshot":
                    self.shown = data["data"]
                    self._moved.set()

    async def _until(self, true: Callable[[Row], object], part: str) -> None:
        try:
            async with asyncio.timeout(LIMIT_S):
                while not true(self.shown):
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            raise PageError(f"halaman {self._user} tidak menampilkan {part} dalam {LIMIT_S:.0f} detik") from None
