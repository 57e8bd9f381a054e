"""A small SBC: takes registrations and calls over UDP or TLS, asks for a password, falls silent, and calls.

async with Sbc("127.0.0.3") as sbc:
    trunk = Trunk("uji", (sbc.host,), contact=sbc.uri)
    invite = await sbc.next("INVITE")
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any, Self

WAIT_S = 60.0
AVP = "m=audio {port} RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
SAVP = (
    "m=audio {port} RTP/SAVP 8\r\n"
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"
)
_FIELD = re.compile(r'(\w+)="?([^",]*)"?')
_NUMBERS = count(1)
Send = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """A SIP message as it came: a request, or with `status` an answer."""

    text: str

    @property
    def method(self) -> str:
        """The method of a request, or of that which an answer is to."""
        return self.row("CSeq").split()[-1] if self.status else self.text.split(" ", 1)[0]

    @property
    def status(self) -> int:
        """The status of an answer; 0 for a request."""
        return int(self.text.split()[1]) if self.text.startswith("SIP/2.0") else 0

    @property
    def target(self) -> str:
        """The request URI."""
        return self.text.split(" ", 2)[1]

    @property
    def body(self) -> str:
        """The body of the message."""
        return self.text.partition("\r\n\r\n")[2]

    def row(self, name: str) -> str:
        """The content of the first row of this header; empty without one."""
        rows = (line.partition(":") for line in self.text.partition("\r\n\r\n")[0].split("\r\n")[1:])
        return next((content.strip() for key, _, content in rows if key.lower() == name.lower()), "")

    def address(self) -> tuple[str, int]:
        """The address at which the far end wants its sound, by its SDP."""
        host = re.search(r"^c=IN IP[46] (\S+)", self.body, re.MULTILINE)
        port = re.search(r"^m=audio (\d+)", self.body, re.MULTILINE)
        assert host is not None
        assert port is not None
        return host[1], int(port[1])


@dataclass
class Sbc:
    """An address of a carrier. `user` and `password`: asked for; `silent`: nothing is answered; `tls`: over TLS."""

    host: str
    user: str = ""
    password: str = ""
    realm: str = "ims.contoh"
    tls: ssl.SSLContext | None = None
    media: str = AVP
    silent: bool = False
    port: int = 0
    heard: asyncio.Queue[Request] = field(default_factory=asyncio.Queue)
    answers: asyncio.Queue[Request] = field(default_factory=asyncio.Queue)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self.rtp = socket.socket(family, socket.SOCK_DGRAM)
        self.rtp.bind((self.host, 0))
        self.rtp.setblocking(False)
        self._writers: set[asyncio.StreamWriter] = set()
        if self.tls is not None:
            server = await asyncio.start_server(self._serve, self.host, 0, ssl=self.tls)
            self._close: Callable[[], None] = server.close
            self.port = server.sockets[0].getsockname()[1]
            return self
        transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), local_addr=(self.host, self.port))
        self._transport, self._close = transport, transport.close
        self.port = transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._close()
        for writer in self._writers:
            writer.close()
        self.rtp.close()

    @property
    def place(self) -> str:
        """Host and port as a URI has them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def uri(self) -> str:
        """Its SIP URI."""
        return f"sip:{self.place}"

    def forget(self) -> None:
        """Leave out what was heard so far."""
        while not self.heard.empty():
            self.heard.get_nowait()

    async def next(self, method: str) -> Request:
        """The next request with this method that was let in."""
        async with asyncio.timeout(WAIT_S):
            while (request := await self.heard.get()).method != method:
                pass
        return request

    async def answer(self) -> Request:
        """The next final answer to a request of ours."""
        async with asyncio.timeout(WAIT_S):
            while (reply := await self.answers.get()).status < 200:
                pass
        return reply

    async def hears(self) -> bool:
        """True when a packet of sound comes within ten seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(10):
                return len(await asyncio.get_running_loop().sock_recv(self.rtp, 2048)) > 12
        return False

    def offer(self, media: str = "") -> str:
        """An SDP with our address."""
        family = "IP6" if ":" in self.host else "IP4"
        head = f"v=0\r\no=- 1 1 IN {family} {self.host}\r\ns=-\r\nc=IN {family} {self.host}\r\nt=0 0\r\n"
        return head + (media or self.media).format(port=self.rtp.getsockname()[1])

    def call(
        self, server: tuple[str, int], target: str, *, rows: Sequence[str] = (), caller: str = "081234567890"
    ) -> None:
        """Send an INVITE over UDP; its answer comes by `answer`."""
        text = self._invite(target, "UDP", caller, rows)
        self._transport.sendto(text.encode(), server)

    async def call_over_tls(self, server: tuple[str, int], target: str) -> Request:
        """Call over a TLS connection of its own, and wait for the final answer."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        async with asyncio.timeout(WAIT_S):
            reader, writer = await asyncio.open_connection(*server, ssl=context, local_addr=(self.host, 0))
            self._writers.add(writer)
            writer.write(self._invite(target, "TLS", "081234567890", ()).encode())
            while (reply := await _read(reader)).status < 200:
                pass
            if reply.status < 300:
                writer.write(_ack(reply, target).encode())
        return reply

    def _invite(self, target: str, transport: str, caller: str, rows: Sequence[str]) -> str:
        number, body = next(_NUMBERS), self.offer()
        head = [
            f"INVITE {target} SIP/2.0",
            f"Via: SIP/2.0/{transport} {self.place};branch=z9hG4bK{number};rport",
            f"From: <sip:{caller}@carrier>;tag=a{number}",
            f"To: <{target}>",
            f"Call-ID: {number}@{self.place}",
            "CSeq: 1 INVITE",
            "Max-Forwards: 70",
            f"Contact: <sip:99@{self.place}>",
            *rows,
            "Content-Type: application/sdp",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join(head) + f"\r\n\r\n{body}"

    def take(self, text: str, send: Send) -> None:
        """Take one message; `send` answers it."""
        if self.silent or not text.strip():
            return
        message = Request(text)
        if message.status:
            self.answers.put_nowait(message)
            if message.method == "INVITE" and message.status >= 200:
                send(_ack(message, message.row("To").partition("<")[2].partition(">")[0]))
            return
        if message.method in ("REGISTER", "INVITE") and self.password and not self._knows(message):
            header = "Proxy-Authenticate" if message.method == "INVITE" else "WWW-Authenticate"
            challenge = f'{header}: Digest realm="{self.realm}", nonce="n1", algorithm=MD5, qop="auth"'
            send(_reply(message, 407 if message.method == "INVITE" else 401, [challenge]))
            return
        self.heard.put_nowait(message)
        if message.method == "REGISTER":
            send(_reply(message, 200, [f"Contact: {message.row('Contact')};expires=120", "Expires: 120"]))
        elif message.method == "INVITE":
            send(_reply(message, 180, []))
            sdp = self.offer()
            send(_reply(message, 200, [f"Contact: <{self.uri}>", "Content-Type: application/sdp"], sdp))
        elif message.method != "ACK":
            send(_reply(message, 200, []))

    def _knows(self, message: Request) -> bool:
        """True for the right digest (RFC 7616 3.4, MD5 with qop)."""
        given = dict(_FIELD.findall(message.row("Authorization") or message.row("Proxy-Authorization")))
        if given.get("username") != self.user:
            return False
        secret = _md5(f"{self.user}:{self.realm}:{self.password}")
        asked = _md5(f"{message.method}:{given['uri']}")
        return given["response"] == _md5(f"{secret}:n1:{given['nc']}:{given['cnonce']}:auth:{asked}")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.take((await _read(reader)).text, lambda text: writer.write(text.encode()))


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, sbc: Sbc) -> None:
        self._sbc = sbc

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        self._sbc.take(data.decode(), lambda text: self._transport.sendto(text.encode(), addr))


async def _read(reader: asyncio.StreamReader) -> Request:
    """One message of a stream."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lstrip()
    length = re.search(r"^Content-Length: *(\d+)", head, re.MULTILINE | re.IGNORECASE)
    body = await reader.readexactly(int(length[1])) if length else b""
    return Request(head + body.decode())


def _reply(request: Request, status: int, rows: Sequence[str], body: str = "") -> str:
    vias = [line for line in request.text.split("\r\n") if line.lower().startswith("via:")]
    kept = [f"{name}: {request.row(name)}" for name in ("From", "Call-ID", "CSeq")]
    head = [
        f"SIP/2.0 {status} X",
        *vias,
        *kept,
        f"To: {request.row('To')};tag=b",
        *rows,
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(head) + f"\r\n\r\n{body}"


def _ack(reply: Request, target: str) -> str:
    rows = [f"{name}: {reply.row(name)}" for name in ("Via", "From", "To", "Call-ID")]
    return "\r\n".join([f"ACK {target} SIP/2.0", *rows, "CSeq: 1 ACK", "Max-Forwards: 70", "Content-Length: 0", "", ""])


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
