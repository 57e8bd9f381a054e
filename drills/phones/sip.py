"""SIP messages as far as a caller and a desk phone need them (RFC 3261, RFC 2617): parse, answer, register."""

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drills.phones.rtp import EVENT, NAMES, PCMA

SDP = "application/sdp"
_CHALLENGE = re.compile(r'(\w+)="?([^",]*)"?')
_MEDIA = re.compile(r"m=audio (\d+)")


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response: first line, headers by lower-case name (each a list), body."""

    first: str
    headers: Mapping[str, list[str]]
    body: str

    @property
    def status(self) -> int:
        """The status of a response, 0 for a request."""
        return int(self.first.split(" ", 2)[1]) if self.first.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """The method of a request, or of the request that a response is for."""
        return self.one("cseq").split()[-1]

    @property
    def media_port(self) -> int:
        """The RTP port of the session description, 0 without one."""
        match = _MEDIA.search(self.body)
        return int(match[1]) if match else 0

    @property
    def branch(self) -> str:
        """The branch of the topmost Via: which transaction this belongs to."""
        return self.one("via").partition("branch=")[2].partition(";")[0]

    def one(self, name: str) -> str:
        """The first value of a header, empty when it is not there."""
        return self.headers.get(name, [""])[0]


def parse(data: bytes) -> Message:
    """Parse a packet."""
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    return Message(first, headers, body)


def request(
    method: str, uri: str, headers: Mapping[str, str], body: str = "", kind: str = SDP, more: Sequence[str] = ()
) -> bytes:
    """A request's packet; `more` are header lines as they stand."""
    lines = [f"{method} {uri} SIP/2.0", *(f"{name}: {value}" for name, value in headers.items()), "Max-Forwards: 70"]
    return _packet([*lines, *more], body, kind)


def response(to: Message, status: str, tag: str, contact: str, body: str = "") -> bytes:
    """The answer `status` (`180 Ringing`) to a request."""
    target = to.one("to") + ("" if ";tag=" in to.one("to") else f";tag={tag}")
    lines = [f"SIP/2.0 {status}", *(f"Via: {via}" for via in to.headers.get("via", []))]
    lines += [f"Record-Route: {route}" for route in to.headers.get("record-route", [])]
    lines += [f"From: {to.one('from')}", f"To: {target}", f"Call-ID: {to.one('call-id')}", f"CSeq: {to.one('cseq')}"]
    return _packet([*lines, f"Contact: {contact}"], body)


def _packet(lines: list[str], body: str, kind: str = SDP) -> bytes:
    content = body.encode()
    typed = [f"Content-Type: {kind}"] if body else []
    return "\r\n".join([*lines, *typed, f"Content-Length: {len(content)}", "", ""]).encode() + content


def session(host: str, port: int, kinds: Sequence[int] = (PCMA, EVENT), direction: str = "sendrecv") -> str:
    """A session description with these RTP payload types; without EVENT the other side listens for keys as tones."""
    lines = ["v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0"]
    lines += [f"m=audio {port} RTP/AVP {' '.join(str(kind) for kind in kinds)}"]
    lines += [f"a=rtpmap:{kind} {NAMES[kind]}" for kind in kinds]
    lines += ["a=fmtp:101 0-15"] if EVENT in kinds else []
    return "\r\n".join([*lines, "a=ptime:20", f"a={direction}", ""])


def uri_of(header: str) -> str:
    """The URI within `"Name" <uri>;tag=…`."""
    start = header.find("<")
    return header[start + 1 : header.find(">", start)] if start >= 0 else header.partition(";")[0]


def user_of(header: str) -> str:
    """The user part of the URI of a From, To or Contact header."""
    return uri_of(header).removeprefix("sip:").partition("@")[0]


def tag_of(header: str) -> str:
    """The tag of a From or To header, empty without one."""
    return header.rpartition(";tag=")[2].partition(";")[0] if ";tag=" in header else ""


def token() -> str:
    """A fresh tag, branch or Call-ID."""
    return uuid.uuid4().hex[:16]


def authorization(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """The Digest answer to a WWW-Authenticate header (MD5, qop=auth)."""
    asked = dict(_CHALLENGE.findall(challenge))
    realm, nonce, cnonce = asked["realm"], asked["nonce"], token()
    secret, target = _md5(f"{user}:{realm}:{password}"), _md5(f"{method}:{uri}")
    proof = _md5(f"{secret}:{nonce}:00000001:{cnonce}:auth:{target}")
    parts = {"username": user, "realm": realm, "nonce": nonce, "uri": uri, "response": proof, "cnonce": cnonce}
    if "opaque" in asked:
        parts["opaque"] = asked["opaque"]
    quoted = ", ".join(f'{name}="{value}"' for name, value in parts.items())
    return f"Digest {quoted}, algorithm=MD5, qop=auth, nc=00000001"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
