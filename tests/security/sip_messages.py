"""SIP that nobody sends who means well: unauthorised, malformed, and malformed by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator

from drills.phones import sip

HOST = "127.0.0.1"
CALLING = ("INVITE", "ACK")
METHODS = (
    "INVITE",
    "REGISTER",
    "OPTIONS",
    "SUBSCRIBE",
    "NOTIFY",
    "MESSAGE",
    "REFER",
    "PUBLISH",
    "UPDATE",
    "INFO",
    "PRACK",
    "BYE",
    "CANCEL",
    "ACK",
    "TANGGAP",
)
NUMBERS = (
    "112",
    "110",
    "999",
    "T",
    "s",
    "h",
    "i",
    "op-sari",
    "tanggap-ops",
    "081234567890",
    "*72",
    "_X.",
    "failsafe",
    "",
)
CALLERS = ("081234567890", "op-sari", "anonymous", "trunk-uji", "tanggap", "root", "admin", "1000", "%00", "")


def message(
    chance: random.Random,
    server: str,
    contact: str,
    *,
    method: str = "",
    number: str = "",
    caller: str = "",
    via: str = "UDP",
) -> bytes:
    """A whole and right request of somebody who says to be `caller`."""
    method = method or chance.choice(METHODS)
    uri = f"sip:{number or chance.choice(NUMBERS)}@{server}"
    calling = caller or chance.choice(CALLERS)
    body = sip.session(HOST, 40000) if method in ("INVITE", "UPDATE") else ""
    headers = {
        "Via": f"SIP/2.0/{via} {contact};branch=z9hG4bK{sip.token()};rport",
        "From": f"<sip:{calling}@{server}>;tag={sip.token()}",
        "To": f"<{uri}>",
        "Call-ID": sip.token(),
        "CSeq": f"{chance.randint(1, 99)} {method}",
        "Contact": f"<sip:{calling}@{contact}>",
    }
    more = (
        ["Event: presence", "Refer-To: <sip:112@127.0.0.1>", "Expires: 3600"] if method not in ("INVITE", "ACK") else []
    )
    if chance.randrange(3) == 0:
        more.append(
            f'Authorization: Digest username="op-sari", realm="asterisk", nonce="{chance.getrandbits(64):x}", '
            f'uri="{uri}", response="{chance.getrandbits(128):032x}", algorithm=MD5'
        )
    return sip.request(method, uri, headers, body, more=more)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8))
    + ']><presence entity="sip:x@y"><tuple id="1"><status>&i;</status></tuple></presence>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    '<presence entity="sip:x@y"><tuple id="1"><status>&a;</status></tuple></presence>'
)
BODIES = (
    "",
    "v=0",
    "v=0\r\n" * 500,
    "x" * 60000,
    "m=audio 99999999 RTP/AVP 0",
    "v=0\r\nc=IN IP4 256.1.1.1\r\nm=audio 1 RTP/AVP 0\r\n",
    "v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nc=IN IP6 ::\r\nt=0 0\r\nm=audio -1 RTP/AVP 999999\r\n",
    "\x00" * 200,
    "a=" + "b" * 30000,
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + "m=audio 4000 RTP/AVP 0\r\n" * 300,
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/SAVPF 0\r\n"
    + "a=crypto:1 x\r\n"
    + "a=candidate:" * 400,
)
HEADERS = (
    "Via: x",
    "Via: SIP/2.0/UDP " + "a" * 3000,
    "From: ",
    "From: <sip:",
    "To: <>;;;tag",
    "CSeq: -1 INVITE",
    "CSeq: 99999999999 BYE",
    "CSeq: x",
    "Content-Length: -5",
    "Content-Length: 999999",
    "Content-Length: x",
    "Contact: *",
    "Contact: <sip:a@b" + ";x=y" * 800 + ">",
    "Max-Forwards: 0",
    "Max-Forwards: 4294967296",
    "Expires: -1",
    "Route: <sip:127.0.0.1;lr>, " * 100,
    "Record-Route: <sip:%00@x;lr>",
    "Require: jahat",
    "Supported: 100rel,timer",
    "Session-Expires: 0",
    "Session-Expires: 90;refresher=uac",
    "Min-SE: 99999999",
    "Replaces: x;to-tag=y;from-tag=z",
    "Authorization: Digest " + 'x="' * 500,
    "Authorization: Basic b3Atc2FyaTp4",
    "Proxy-Authorization: Digest username=op-sari",
    "P-Asserted-Identity: <sip:op-sari@127.0.0.1>",
    "Diversion: <sip:112>",
    "Geolocation: <cid:x>",
    "Geolocation: <https://jahat.example/x>",
    "Content-Type: multipart/mixed;boundary=",
    "Content-Type: multipart/mixed;boundary=b",
    "Content-Encoding: gzip",
    "Privacy: " + "id;" * 400,
    "Date: x",
    "Timestamp: -1e99",
    "Identity: x",
    "Path: <sip:x>",
    "\xff\xfe: \xff",
    ": x",
    "X" * 9000,
    " folded",
)
GARBAGE = (
    b"",
    b"\0",
    b"\0" * 1400,
    b"\r\n\r\n",
    b"SIP/2.0 200 OK\r\n\r\n",
    b"SIP/2.0 999 x\r\nVia: x\r\n\r\n",
    b"SIP/2.0 -1\r\n\r\n",
    b"INVITE\r\n\r\n",
    b"INVITE sip:112@127.0.0.1 SIP/9.9\r\n\r\n",
    b"INVITE sip:112@127.0.0.1 SIP/2.0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\xff" * 1400,
    b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12),
    b"\x80\x00" + bytes(170),
    b"\x16\x03\x01" + bytes(200),
    b"INVITE sip:" + b"1" * 60000,
    b"REGISTER sip:" + b"%" * 2000 + b" SIP/2.0\r\n\r\n",
    b"\r\n" * 2000,
)


def spoilt(chance: random.Random, server: str, contact: str, via: str = "UDP") -> bytes:
    """Something that is hardly SIP any more."""
    way = chance.randrange(10)
    if way == 0:
        return chance.choice(GARBAGE)
    data = message(chance, server, contact, method=chance.choice(METHODS[:10]), via=via)
    if way < 4:
        return _with_header(data, chance.choice(HEADERS).encode("latin-1"))
    if way < 6:
        head, _, _ = data.partition(b"\r\n\r\n")
        body = chance.choice(BODIES).encode("latin-1")
        kept = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length"))
        length = len(body) + chance.choice((0, 0, 0, -1, 1, 1000))
        return kept + f"\r\nContent-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n".encode() + body
    if way == 6:
        return _located(data, chance.choice((LAUGHS, OUTSIDE, "<presence", "")))
    changed = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(changed))
        if chance.randrange(3):
            changed[at] = chance.randrange(256)
        else:
            del changed[at : at + chance.randint(1, 40)]
        if not changed:
            break
    return bytes(changed)


def _with_header(data: bytes, line: bytes) -> bytes:
    first, _, rest = data.partition(b"\r\n")
    return first + b"\r\n" + line + b"\r\n" + rest


def _located(data: bytes, xml: str) -> bytes:
    """With a position (PIDF-LO) in a multipart body."""
    head, _, body = data.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-length", b"content-type"))]
    parts = (
        b"--b\r\nContent-Type: application/sdp\r\n\r\n" + body + b"\r\n--b\r\nContent-Type: application/pidf+xml\r\n"
    )
    parts += b"Content-ID: <x>\r\n\r\n" + xml.encode() + b"\r\n--b--\r\n"
    more = [b"Geolocation: <cid:x>", b"Geolocation-Routing: yes", b"Content-Type: multipart/mixed;boundary=b"]
    return b"\r\n".join([*kept, *more, f"Content-Length: {len(parts)}".encode()]) + b"\r\n\r\n" + parts


def statuses(data: bytes) -> Iterator[int]:
    """The statuses of the SIP responses in some bytes."""
    for part in data.split(b"SIP/2.0 ")[1:]:
        if part[:3].isdigit():
            yield int(part[:3])
