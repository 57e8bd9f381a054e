"""The server below the application: bounds on connections, and our headers also where no request could be read."""

import asyncio
from collections import Counter
from typing import Any, cast

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from console.web.headers import NAME, SECURITY_HEADERS

MOST_CONNECTIONS = 900  # of the 1024 files that a process may have open unless told otherwise
MOST_OF_ADDRESS = 150
HEADERS_S = 15.0
LINGER_S = 2.0  # for the rest of a body that was refused
WHOLE_BODY_S = 30.0
WHOLE_PHOTO_S = 150.0  # a photo of 8 MB over a telephone in the hills


class Places:
    """Counts connections by address; those of our own proxies are bounded in total only."""

    def __init__(self, proxies: frozenset[str] = frozenset()) -> None:
        self._proxies = proxies
        self._held: Counter[str] = Counter()

    def take(self, address: str) -> bool:
        """A place for one more connection; False when there is none."""
        most = MOST_CONNECTIONS if address in self._proxies else MOST_OF_ADDRESS
        if self._held.total() >= MOST_CONNECTIONS or self._held[address] >= most:
            return False
        self._held[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Give the place back."""
        self._held[address] -= 1
        if self._held[address] <= 0:
            del self._held[address]


class _Handler(RequestHandler):
    """The handler of one connection."""

    __slots__ = ("_address", "_late")

    _address: str
    _late: asyncio.TimerHandle | None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection while there is a place for it, and a request within HEADERS_S."""
        self._late = None
        self._address = str((transport.get_extra_info("peername") or ("",))[0])
        if not _places(self).take(self._address):
            self._address = ""
            cast(asyncio.Transport, transport).abort()
        else:
            self._late = self._loop.call_later(HEADERS_S, self._too_late)
        super().connection_made(transport)

    def _too_late(self) -> None:
        if self._request_count == 0 and self.transport is not None:
            self.transport.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Free the connection's place."""
        if self._late is not None:
            self._late.cancel()
        if self._address:
            _places(self).leave(self._address)
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a malformed request with one sentence; the application never saw it, and nothing of it is echoed."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun already")
        sentence = "permintaan tidak bisa dibaca" if status < 500 else "kesalahan di dalam program"
        answer = web.json_response({"error": sentence}, status=status, headers=SECURITY_HEADERS)
        answer.headers["Server"] = NAME
        answer.force_close()
        return answer


class _Server(web.Server):
    """A factory of our handlers; `places` is set by the runner."""

    places: Places

    def __call__(self) -> RequestHandler:
        """A handler for a new connection."""
        return _Handler(self, loop=self._loop, **self._kwargs)


def _places(handler: _Handler) -> Places:
    return cast(_Server, handler._manager).places


class Runner(web.AppRunner):
    """aiohttp's runner, with our handlers."""

    def __init__(self, app: web.Application, proxies: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        # our pages send no compressed bodies: one could only fill the memory
        super().__init__(app, lingering_time=LINGER_S, auto_decompress=False, **kwargs)
        self._proxies = proxies

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        server.__class__ = _Server  # aiohttp has no place to say which handler it shall make
        cast(_Server, server).places = Places(self._proxies)
        return server


@web.middleware
async def in_time(request: web.Request, handler: Any) -> web.StreamResponse:
    """Bound the time for a request's body: a slow sender must not hold a handler. Sockets have their own limits."""
    if request.method in ("GET", "HEAD"):
        return cast(web.StreamResponse, await handler(request))
    limit = WHOLE_PHOTO_S if request.path.endswith("/photos") else WHOLE_BODY_S
    try:
        async with asyncio.timeout(limit):
            return cast(web.StreamResponse, await handler(request))
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
