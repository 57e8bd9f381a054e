"""A carrier in a few lines: INVITEs of any shape by hand-made SIP, and the sound that comes back.

with Carrier("127.0.0.2", ("127.0.0.1", 5060)) as carrier:
    answer = carrier.invite("sip:112@example", AUDIO)
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Self

AUDIO = "m=audio {port} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """The final answer to an INVITE: its status, 0 without any; `text` is the whole message."""

    status: int
    text: str = ""

    def row(self, name: str) -> str:
        """The first row of this header, whole."""
        return next(line for line in self.text.split("\r\n") if line.startswith(f"{name}:"))


class Carrier:
    """An address of a carrier with one SIP and one RTP socket; `wait_s` for each answer."""

    def __init__(self, host: str, server: tuple[str, int], wait_s: float = 10.0) -> None:
        self.host, self.server, self.wait_s = host, server, wait_s
        self.sip = self._socket()
        self.rtp = self._socket()
        self.me = f"{host}:{self.sip.getsockname()[1]}"

    def _socket(self) -> socket.socket:
        made = socket.socket(type=socket.SOCK_DGRAM)
        made.bind((self.host, 0))
        made.settimeout(self.wait_s)
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.sip.close()
        self.rtp.close()

    def send(
        self,
        target: str,
        media: str = AUDIO,
        *,
        caller: str = "<sip:081234567890@carrier>",
        rows: Sequence[str] = (),
        call_id: str = "",
        branch: str = "",
        method: str = "INVITE",
        to: str = "",
    ) -> None:
        """Send one request; `target` is its request URI."""
        number = next(_NUMBERS)
        body = media
        if method == "INVITE":
            lines = ["v=0", f"o=- 1 1 IN IP4 {self.host}", "s=-", f"c=IN IP4 {self.host}", "t=0 0", ""]
            body = "\r\n".join(lines) + media.format(port=self.rtp.getsockname()[1])
        kind = "application/sdp" if method == "INVITE" else "text/plain"
        head = [
            f"{method} {target} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.me};branch=z9hG4bK{branch or number};rport",
            f"From: {caller};tag=a",
            f"To: {to or f'<{target}>'}",
            f"Call-ID: {call_id or number}@{self.me}",
            f"CSeq: 1 {method}",
            "Max-Forwards: 70",
            f"Contact: <sip:99@{self.me}>",
            *rows,
            f"Content-Type: {kind}",
            f"Content-Length: {len(body.encode())}",
            "",
            body,
        ]
        self.sip.sendto("\r\n".join(head).encode(), self.server)

    def answer(self) -> Answer:
        """The next final answer, acknowledged; status 0 where none comes."""
        try:
            while (answer := self._reply()).status < 200:
                pass
        except TimeoutError:
            return Answer(0)
        if answer.row("CSeq").endswith("INVITE"):
            self._acknowledge(answer)
        return answer

    def invite(self, target: str, media: str = AUDIO, **others: object) -> Answer:
        """Send an INVITE and wait for its final answer."""
        self.send(target, media, **others)  # type: ignore[arg-type]
        return self.answer()

    def hears(self) -> bool:
        """True when sound comes."""
        try:
            return len(self.rtp.recv(2048)) > 12
        except TimeoutError:
            return False

    def _reply(self) -> Answer:
        text = self.sip.recv(65536).decode(errors="replace")  # a stranger's sound may meet a port that was his
        return Answer(int(text.split()[1]) if text.startswith("SIP/2.0") else 100, text)

    def _acknowledge(self, answer: Answer) -> None:
        rows = [answer.row(name) for name in ("Via", "From", "To", "Call-ID")]
        target = f"sip:112@{self.server[0]}:{self.server[1]}"
        ack = [f"ACK {target} SIP/2.0", *rows, "CSeq: 1 ACK", "Content-Length: 0", "", ""]
        self.sip.sendto("\r\n".join(ack).encode(), self.server)
