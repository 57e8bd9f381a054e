"""Below the application: what is no HTTP, who sends nothing, who connects too often."""

import asyncio
import contextlib
import json

import pytest

from console.web import serving
from console.web.headers import SECURITY_HEADERS
from tests.console.desk112 import RunningConsole


async def said(desk: RunningConsole, data: bytes, wait_s: float = 60.0) -> bytes:
    """The whole answer to some bytes on a connection of its own."""
    assert desk.server.port
    reader, writer = await asyncio.open_connection("127.0.0.1", desk.server.port)
    try:
        async with asyncio.timeout(wait_s):
            writer.write(data)
            await writer.drain()
            return await reader.read()
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(50) + b"\r\n\r\n",
        b"halo\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /masuk HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 20000 + b"\r\n\r\n",
        b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
    ],
)
async def test_what_is_no_http_gets_one_sentence(desk: RunningConsole, data: bytes) -> None:
    """400 with all our headers, and nothing of what was sent comes back."""
    answer = await said(desk, data)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 ")), answer
    for name, value in SECURITY_HEADERS.items():
        assert f"{name}: {value}".encode() in head
    assert b"Server: tanggap112" in head
    assert json.loads(body) == {"error": "permintaan tidak bisa dibaca"}


async def test_the_server_does_not_say_what_it_is_made_of(desk: RunningConsole) -> None:
    """No version of Python or aiohttp to look weaknesses up by."""
    answer = await said(desk, b"GET /masuk HTTP/1.0\r\n\r\n")
    assert b"Server: tanggap112\r\n" in answer and b"Python" not in answer and b"aiohttp" not in answer


async def test_who_never_finishes_a_request_is_cut(desk: RunningConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    """Headers that come byte by byte hold no place."""
    monkeypatch.setattr(serving, "HEADERS_S", 0.2)
    assert await said(desk, b"GET / HTTP/1.1\r\nHost: x\r\nX: ") == b""


@pytest.mark.long
async def test_who_never_finishes_a_body_is_told_so(desk: RunningConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    """408 after the time that a body may take."""
    monkeypatch.setattr(serving, "WHOLE_BODY_S", 0.2)
    kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
    head = b"POST /masuk HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100\r\n"
    answer = await said(desk, head + kind + b"\r\nnama=")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"Content-Security-Policy" in answer


async def test_one_address_cannot_take_all_places(desk: RunningConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over its share a connection is closed at once; when one of the others goes there is room again."""
    monkeypatch.setattr(serving, "MOST_OF_ADDRESS", 3)
    assert desk.server.port
    held = [await asyncio.open_connection("127.0.0.1", desk.server.port) for _ in range(3)]
    await asyncio.sleep(0.05)
    try:
        too_many = await said(desk, b"GET /health HTTP/1.0\r\n\r\n")
    except ConnectionError:
        too_many = b""
    assert too_many == b""
    held[0][1].close()
    await held[0][1].wait_closed()
    await asyncio.sleep(0.05)
    assert (await said(desk, b"GET /health HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.0 200 ")
    for _, writer in held[1:]:
        writer.close()
        await writer.wait_closed()


def test_our_proxy_may_hold_more() -> None:
    """All users come from its address."""
    places = serving.Places(frozenset({"127.0.0.1"}))
    assert all(places.take("127.0.0.1") for _ in range(serving.MOST_OF_ADDRESS + 10))
    assert sum(places.take("10.0.0.9") for _ in range(serving.MOST_OF_ADDRESS + 10)) == serving.MOST_OF_ADDRESS
    for _ in range(serving.MOST_OF_ADDRESS):
        places.leave("10.0.0.9")
    assert places.take("10.0.0.9")
