"""Callers that are no softphone: every header, body and packet of theirs is the test's (RFC 3261, RFC 4733).

async with outsider(server) as outside:
    call = outside.call(caller='"Budi" <sip:081234567890@127.0.0.1>')
    assert await call.invite() == 200
    await call.info("application/dtmf-relay", "Signal=1\\r\\nDuration=160\\r\\n")
    await call.bye()
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Address = tuple[str, int]
HOST = "127.0.0.1"
CALLER = f"<sip:081234567890@{HOST}>"
RESEND_S, LIMIT_S = 0.5, 10.0
PCMU, PCMA, EVENT = 0, 8, 101
_RTP = struct.Struct("!BBHII")
_DIGIT = struct.Struct("!BBH")


@dataclass(frozen=True)
class Message:
    """A request or a response."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @property
    def status(self) -> int:
        """The status of a response, 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for known, value in self.headers if known == name]

    def one(self, name: str) -> str:
        """The first value of a header, empty without one."""
        return (self.all(name) or [""])[0]


def parse(data: bytes) -> Message:
    """A message from its packet."""
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Message(first, tuple((name.strip().lower(), value.strip()) for name, _, value in pairs), body)


def session(port: int, kinds: Sequence[int] = (PCMA, EVENT), direction: str = "sendrecv") -> str:
    """A session description with these RTP payload types; 99 is a codec that nobody has."""
    names = {PCMU: "PCMU/8000", PCMA: "PCMA/8000", EVENT: "telephone-event/8000", 99: "SUARA-ANEH/8000"}
    lines = ["v=0", f"o=- 1 1 IN IP4 {HOST}", "s=-", f"c=IN IP4 {HOST}", "t=0 0"]
    lines += [f"m=audio {port} RTP/AVP {' '.join(str(kind) for kind in kinds)}"]
    lines += [f"a=rtpmap:{kind} {names[kind]}" for kind in kinds]
    return "\r\n".join([*lines, "a=ptime:20", f"a={direction}", ""])


class OutsideCall:
    """One call of an Outsider; `ended` is set when the other side said BYE."""

    def __init__(self, outside: Outsider, number: str, caller: str, headers: Sequence[str], call_id: str) -> None:
        self.call_id = call_id or uuid.uuid4().hex
        self.offer = session(outside.media.port)
        self.late_offer = False
        self.ended = asyncio.Event()
        self.up = False
        self.tag = uuid.uuid4().hex[:12]
        self.branch = ""
        self._outside = outside
        self._extra = list(headers)
        self._cseq = 0
        self._uri = f"sip:{number}@{outside.server[0]}:{outside.server[1]}" if ":" not in number else number
        self._from, self._to, self._target = f"{caller};tag={self.tag}", f"<{self._uri}>", self._uri

    # requests

    async def invite(self) -> int:
        """Dial and wait; the final status."""
        return (await self.answered(self.start())).status

    def start(self, body: str | None = None) -> asyncio.Queue[Message]:
        """Send INVITE; its responses."""
        offer = "" if self.late_offer else self.offer
        return self.send("INVITE", offer if body is None else body, "application/sdp", self._extra)

    async def answered(self, replies: asyncio.Queue[Message]) -> Message:
        """The final response to INVITE, acknowledged."""
        final = await self._outside.final(replies)
        if final.status < 300:
            self.up, self._to = True, final.one("to")
            self._target = final.one("contact").split("<")[-1].partition(">")[0]
            for line in final.body.splitlines():
                if line.startswith("m=audio"):
                    self._outside.media.peer = (HOST, int(line.split()[1]))
            self.acknowledge()
        return final

    def acknowledge(self) -> None:
        """ACK of a 2xx; it carries the answer where the offer was not ours."""
        self.send("ACK", self.offer if self.late_offer else "", "application/sdp", again=False)

    async def hold(self, direction: str) -> int:
        """Re-INVITE with this direction (sendonly: on hold); the final status."""
        offer = session(self._outside.media.port, direction=direction)
        return (await self.answered(self.start(offer))).status

    async def info(self, kind: str, body: str) -> int:
        """INFO with a body; its status."""
        return (await self._outside.final(self.send("INFO", body, kind))).status

    async def cancel(self) -> int:
        """CANCEL of the INVITE; its own status (the INVITE's comes by itself)."""
        return (await self._outside.final(self.send("CANCEL"))).status

    async def bye(self) -> int:
        """Hang up; nothing (0) when the call is not up."""
        if not self.up or self.ended.is_set():
            return 0
        self.up = False
        return (await self._outside.final(self.send("BYE"))).status

    def send(
        self, method: str, body: str = "", kind: str = "", extra: Sequence[str] = (), *, again: bool = True
    ) -> asyncio.Queue[Message]:
        """One request; where its responses arrive. It is sent again until the first of them."""
        if method not in ("ACK", "CANCEL"):
            self._cseq += 1
        branch = self.branch if method == "CANCEL" else f"z9hG4bK{uuid.uuid4().hex[:16]}"
        if method == "INVITE":
            self.branch = branch
        me = f"{HOST}:{self._outside.port}"
        lines = [f"{method} {self._target} SIP/2.0", f"Via: SIP/2.0/UDP {me};branch={branch};rport"]
        lines += [f"From: {self._from}", f"To: {self._to}", f"Call-ID: {self.call_id}", f"CSeq: {self._cseq} {method}"]
        lines += [f"Contact: <sip:luar@{me}>", "Max-Forwards: 70", *extra]
        return self._outside.request(branch, packet(lines, body, kind), method, again=again)

    # media

    async def press(self, key: str) -> None:
        """A key of 100 ms as RFC 4733 events."""
        code = "0123456789*#ABCD".index(key)
        stamp = self._outside.media.stamp + 8000
        for step in range(8):
            end, lasted = step >= 5, min(step + 1, 5) * 160
            self._outside.media.send(
                EVENT, stamp, _DIGIT.pack(code, 0x80 | 10 if end else 10, lasted), marker=step == 0
            )
            await asyncio.sleep(0.02)
        self._outside.media.stamp = stamp + 1600


def packet(lines: Sequence[str], body: str = "", kind: str = "") -> bytes:
    """A message's packet."""
    content = body.encode()
    typed = [f"Content-Type: {kind}"] if body else []
    return "\r\n".join([*lines, *typed, f"Content-Length: {len(content)}", "", ""]).encode("utf-8") + content


class Media(asyncio.DatagramProtocol):
    """One RTP socket: what arrived by payload type, and packets that a test sends. Silent by itself."""

    def __init__(self) -> None:
        self.heard: dict[int, bytearray] = {}
        self.peer: Address = (HOST, 0)
        self.stamp = 1000
        self._sequence = 1

    def connection_made(self, transport: Any) -> None:
        """Bound."""
        self.transport = transport
        self.port: int = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """One packet."""
        if len(data) > 12:
            self.heard.setdefault(data[1] & 0x7F, bytearray()).extend(data[12:])

    def send(self, kind: int, stamp: int, payload: bytes, *, marker: bool = False) -> None:
        """One packet to where the answer said."""
        head = _RTP.pack(0x80, kind | (0x80 if marker else 0), self._sequence & 0xFFFF, stamp, 0x112112)
        self._sequence += 1
        self.transport.sendto(head + payload, self.peer)


@dataclass
class Outsider(asyncio.DatagramProtocol):
    """A SIP peer on UDP with one RTP socket for all its calls (tests call one after another)."""

    server: Address
    media: Media
    calls: list[OutsideCall] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._replies: dict[str, asyncio.Queue[Message]] = {}
        self._sent: dict[str, bytes] = {}
        self._resends: dict[str, asyncio.Task[None]] = {}

    def connection_made(self, transport: Any) -> None:
        """Bound."""
        self.transport = transport
        self.port: int = transport.get_extra_info("sockname")[1]

    def call(
        self, number: str = "112", caller: str = CALLER, headers: Sequence[str] = (), call_id: str = ""
    ) -> OutsideCall:
        """A call that is yet to be made; `caller` is the From header without its tag."""
        self.calls.append(OutsideCall(self, number, caller, headers, call_id))
        return self.calls[-1]

    async def dial(self, number: str = "112", caller: str = CALLER, headers: Sequence[str] = ()) -> OutsideCall:
        """A call that was answered."""
        call = self.call(number, caller, headers)
        assert await call.invite() == 200
        return call

    async def options(self) -> int:
        """Ask what the server can do; the status."""
        call = OutsideCall(self, "112", CALLER, (), "")
        return (await self.final(call.send("OPTIONS"))).status

    def request(self, branch: str, data: bytes, method: str, *, again: bool) -> asyncio.Queue[Message]:
        """Send, and again until something comes back."""
        replies = self._replies[f"{branch}/{method}"] = asyncio.Queue()
        self._sent[f"{branch}/{method}"] = data
        self.transport.sendto(data, self.server)
        if again:
            self._resends[f"{branch}/{method}"] = asyncio.create_task(self._insist(data))
        return replies

    def repeat(self, branch: str, method: str) -> None:
        """Send a request once more, as it was."""
        self.transport.sendto(self._sent[f"{branch}/{method}"], self.server)

    async def final(self, replies: asyncio.Queue[Message]) -> Message:
        """The first response that is final; TimeoutError without one."""
        async with asyncio.timeout(LIMIT_S):
            while (reply := await replies.get()).status < 200:
                pass
        return reply

    async def _insist(self, data: bytes) -> None:
        pause = RESEND_S
        while True:
            await asyncio.sleep(pause)
            self.transport.sendto(data, self.server)
            pause *= 2

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """A response goes to who waits for it; a request is answered 200."""
        message = parse(data)
        if message.status:
            self._response(message)
        elif not message.first.startswith("ACK"):
            self._request(message)

    def _response(self, message: Message) -> None:
        branch = message.one("via").partition("branch=")[2].partition(";")[0]
        method = message.one("cseq").split()[-1]
        if task := self._resends.pop(f"{branch}/{method}", None):
            task.cancel()
        if method == "INVITE" and message.status >= 300:
            self._acknowledge_refusal(message, branch)
        if replies := self._replies.get(f"{branch}/{method}"):
            replies.put_nowait(message)

    def _acknowledge_refusal(self, message: Message, branch: str) -> None:
        lines = [f"ACK sip:112@{self.server[0]}:{self.server[1]} SIP/2.0"]
        lines += [f"Via: SIP/2.0/UDP {HOST}:{self.port};branch={branch};rport", f"From: {message.one('from')}"]
        lines += [f"To: {message.one('to')}", f"Call-ID: {message.one('call-id')}", "Max-Forwards: 70"]
        lines += [f"CSeq: {message.one('cseq').split()[0]} ACK"]
        self.transport.sendto(packet(lines), self.server)

    def _request(self, message: Message) -> None:
        lines = ["SIP/2.0 200 OK", *(f"Via: {via}" for via in message.all("via"))]
        lines += [f"{name.title()}: {message.one(name)}" for name in ("from", "to", "call-id", "cseq")]
        self.transport.sendto(packet(lines), self.server)
        for call in self.calls:
            if message.first.startswith("BYE") and call.tag in message.one("to"):
                call.up = False
                call.ended.set()

    async def close(self) -> None:
        """Hang up what is still up."""
        for call in self.calls:
            with contextlib.suppress(TimeoutError):
                await call.bye()
        for task in self._resends.values():
            task.cancel()
        await asyncio.gather(*self._resends.values(), return_exceptions=True)
        self.transport.close()
        self.media.transport.close()


@contextlib.asynccontextmanager
async def outsider(server: str) -> AsyncIterator[Outsider]:
    """An outside caller of the line at `server` (host:port)."""
    host, _, port = server.partition(":")
    loop = asyncio.get_running_loop()
    _, media = await loop.create_datagram_endpoint(Media, local_addr=(HOST, 0))
    _, made = await loop.create_datagram_endpoint(lambda: Outsider((host, int(port)), media), local_addr=(HOST, 0))
    try:
        yield made
    finally:
        await made.close()
