"""Bytes that are no HTTP, and frames that are no WebSocket: cut, changed, reserved, too long, in the wrong order."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import random
import re
import struct
from collections.abc import Iterator, Sequence

import pytest

from console.web.headers import SECURITY_HEADERS
from tests.security.house import STRANGERS, Target, house, size
from tests.security.nasty import PIECES

SEED = 112
AT_ONCE = 25


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """One console for all of them."""
    with house(tmp_path_factory.mktemp("house")) as made:
        yield made


async def exchange(port: int, data: bytes, silence_s: float) -> bytes:
    """The answer to some bytes on a connection of their own, until it ends or falls silent."""
    answer = b""
    with contextlib.suppress(OSError, TimeoutError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(data)
            while more := await asyncio.wait_for(reader.read(65536), silence_s):
                answer += more
        finally:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
    return answer


def exchanged(target: Target, wanted: Sequence[bytes], silence_s: float) -> list[bytes]:
    """Each exchanged, so many at a time."""

    async def all_of_them() -> list[bytes]:
        return await asyncio.gather(*(exchange(target.port, data, silence_s) for data in wanted))

    return asyncio.run(all_of_them())


START = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
LIVE = b" HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
PART = b'31\r\n--b\r\nContent-Disposition: form-data; name="nama"\r\n\r\nx\r\n0\r\n\r\n'
REQUESTS = [
    b"GET /masuk" + START + b"\r\n",
    b"GET /api/tickets/T-20261122-0001" + START + b"Cookie: tanggap=x\r\nAccept: text/html\r\n\r\n",
    b"POST /masuk" + START + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 21\r\n\r\n"
    b"nama=siti&sandi=tebak",
    b"POST /masuk"
    + START
    + b"Transfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
    + PART,
    b"GET /rekaman/c1" + START + b"Range: bytes=0-\r\n\r\nGET /health" + START + b"\r\n",
    b"GET /live?page=opd" + LIVE + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
]


def spoilt(chance: random.Random) -> bytes:
    """A request with some of its bytes changed, cut, doubled or put elsewhere."""
    data = bytearray(chance.choice(REQUESTS))
    for _ in range(chance.randint(1, 6)):
        at, way = chance.randrange(len(data) + 1), chance.randrange(5)
        if way == 0 and at < len(data):
            data[at] = chance.randrange(256)
        elif way == 1:
            data[at:at] = chance.choice(PIECES)
        elif way == 2:
            del data[at : at + chance.randint(1, 30)]
        elif way == 3:
            data[at:at] = data[max(0, at - chance.randint(1, 60)) : at]
        else:
            data = data[:at] or data
    return bytes(data)


def batches(wanted: int) -> Iterator[int]:
    """Sizes of the groups that go out at a time, `wanted` in all."""
    for at in range(0, wanted, AT_ONCE):
        yield min(AT_ONCE, wanted - at)


@pytest.mark.long
def test_spoilt_requests(target: Target) -> None:
    """Each is answered or cut; never a 5xx, never without our headers, never with a secret; the log stays silent."""
    chance = random.Random(SEED)
    for count in batches(size(200, 0.15)):
        sent = [spoilt(chance) for _ in range(count)]
        target.sent["bytes"] += count
        for data, answer in zip(sent, exchanged(target, sent, 0.5), strict=True):
            target.unseen(answer, repr(data))
            for begin in re.finditer(rb"HTTP/1\.[01] (\d{3}) ", answer):
                head, status = answer[begin.start() :], int(begin[1])
                target.statuses[status] += 1
                assert status < 500, (data, answer)
                assert status < 200 or SECURITY_HEADERS["Content-Security-Policy"].encode() in head, (data, answer)
        assert target.complaints == [], sent
    target.alive()


def frame(
    opcode: int, payload: bytes = b"", *, fin: int = 1, rsv: int = 0, mask: bool = True, length: int = -1
) -> bytes:
    """A frame; `length` is what it says to be long."""
    claimed = len(payload) if length < 0 else length
    head = bytes([fin << 7 | rsv << 4 | opcode])
    bit = 0x80 if mask else 0
    if claimed < 126:
        head += bytes([bit | claimed])
    elif claimed < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", claimed)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", claimed)
    key = b"\x11\x22\x33\x44" if mask else b""
    return head + key + bytes(byte ^ key[at % 4] for at, byte in enumerate(payload)) if mask else head + payload


TEXT, BINARY, CLOSE, PING, PONG, MORE = 1, 2, 8, 9, 10, 0
FRAMES = [
    frame(TEXT, b"here"),
    frame(TEXT, b"here sounding"),
    frame(TEXT, b'{"type":"hello"}'),
    frame(TEXT, b"\xff\xfe\xfd"),
    frame(TEXT, b"x" * 4000),
    frame(TEXT, b"x" * 5000),
    frame(TEXT, b"x" * 70000),
    frame(BINARY, bytes(range(256))),
    frame(TEXT, b"here", mask=False),
    frame(TEXT, b"he", fin=0) + frame(MORE, b"re"),
    frame(MORE, b"re"),
    frame(TEXT, b"a", fin=0) + frame(TEXT, b"b"),
    frame(TEXT, b"a", fin=0) * 50,
    frame(PING, b"x" * 126),
    frame(PING, b"x", fin=0),
    frame(PONG, b"x"),
    frame(CLOSE),
    frame(CLOSE, b"\x03"),
    frame(CLOSE, struct.pack(">H", 1000)),
    frame(CLOSE, struct.pack(">H", 0)),
    frame(CLOSE, struct.pack(">H", 65535) + b"\xff"),
    frame(CLOSE, struct.pack(">H", 4401) + b"sesi"),
    frame(TEXT, b"x", rsv=4),
    frame(TEXT, b"x", rsv=7),
    *(frame(opcode, b"x") for opcode in (3, 4, 7, 11, 15)),
    frame(TEXT, b"x", length=2**63 - 1),
    frame(TEXT, b"x", length=2**64 - 1),
    frame(TEXT, b"", length=4097),
    frame(TEXT, b"\xed\xa0\x80"),
    frame(PING, b"x") * 300,
    frame(MORE, b"", fin=0) * 200,
    b"\x00" * 50,
    b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    frame(TEXT, b"x", rsv=4, fin=0) + frame(MORE, b"\x00\x00\xff\xff"),
]
PAGES = [
    "opd",
    "operator",
    "overview",
    "ticket&number=T-20261122-0001",
    "numbers",
    "screening",
    "",
    "x",
    "opd&number=damkar",
    "%00",
]
USERS = (None, "pln", "damkar", "siti", "admin")


def opened(target: Target, user: str | None, page: str, chance: random.Random) -> bytes:
    """A handshake, right but for now and then."""
    key = base64.b64encode(bytes(chance.randrange(256) for _ in range(16)))
    lines = [
        b"GET /live?page=" + page.encode() + b" HTTP/1.1",
        b"Host: 127.0.0.1",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: " + key,
        b"Cookie: " + target.cookie(user).encode(),
    ]
    odd = [
        b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=x",
        b"Sec-WebSocket-Protocol: \xff",
        b"Origin: http://[",
    ]
    if chance.randrange(4) == 0:
        lines[chance.randrange(2, len(lines) - 1)] = chance.choice(
            [b"X: y", b"Sec-WebSocket-Version: 12", b"Sec-WebSocket-Key: x", *odd]
        )
    return b"\r\n".join(lines) + b"\r\n\r\n"


@pytest.mark.long
def test_malformed_frames(target: Target) -> None:
    """Whatever comes over the live socket: the page is dropped or goes on, nobody sees what is not theirs."""
    chance = random.Random(SEED)
    for count in batches(size(200, 0.12)):
        visitors = [(chance.choice(USERS), chance.choice(PAGES)) for _ in range(count)]
        sent = [opened(target, user, page, chance) + frames(chance) for user, page in visitors]
        target.sent["frames"] += count
        for (user, page), answer in zip(visitors, exchanged(target, sent, 0.5), strict=True):
            if not answer:
                continue  # cut at once
            status = int(answer[9:12])
            target.statuses[status] += 1
            assert status < 500, (user, page, answer[:300])
            if user in STRANGERS:
                target.unseen(answer, f"{user} {page}")
            if user is None:
                assert status in (400, 401, 403), answer[:300]
        assert target.complaints == [], visitors
    target.alive()
    assert target.statuses[101] > 0


def frames(chance: random.Random) -> bytes:
    """Some frames of one page."""
    frames = b"".join(chance.choice(FRAMES) for _ in range(chance.randint(1, 5)))
    noise = bytes(chance.randrange(256) for _ in range(chance.randint(1, 300)))
    return frames + (noise if chance.randrange(5) == 0 else b"")


def test_the_pages_are_dropped_afterwards(target: Target) -> None:
    """No client of them is left behind."""
    for _ in range(100):
        if target.desk.live.clients == 0:
            return
        target.do(_a_moment())
    raise AssertionError(f"{target.desk.live.clients} pages still count as open")


async def _a_moment() -> None:
    await asyncio.sleep(0.1)
