"""Asks a far end with SIP OPTIONS, over UDP, TCP or TLS: any answer counts, even a refusal."""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
import ssl
from dataclasses import dataclass

from asterisk.trunks.settings import host, is_tls

ANSWER_S = 3.0
_PORT = re.compile(r"sips?:(?:[^@;]*@)?(?:\[[^\]]*\]|[^\[\];:]+):(\d+)")


@dataclass(frozen=True, slots=True)
class Reply:
    """The status of the answer, and how long it took."""

    status: int
    round_trip_ms: float


async def ask(uri: str, limit_s: float = ANSWER_S) -> Reply | None:
    """The far end's answer to OPTIONS; None where none comes in time.

    A certificate is not checked: whether somebody answers is asked, not who."""
    transport = "TLS" if is_tls(uri) else "TCP" if ";transport=tcp" in uri.lower() else "UDP"
    port = _PORT.match(uri)
    place = (host(uri), int(port[1]) if port else 5061 if transport == "TLS" else 5060)
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(limit_s):
            text = await (_datagram(uri, place, limit_s) if transport == "UDP" else _stream(uri, place, transport))
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return None
    words = text.split(b" ", 2)
    if words[0] != b"SIP/2.0" or len(words) < 2 or not words[1].isdigit():
        return None
    return Reply(int(words[1]), (loop.time() - began) * 1000)


async def _datagram(uri: str, place: tuple[str, int], limit_s: float) -> bytes:
    """Ask three times: a lost packet is no silence."""
    loop = asyncio.get_running_loop()
    [(family, kind, protocol, _, address), *_] = await loop.getaddrinfo(*place, type=socket.SOCK_DGRAM)
    with socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol) as probe:
        probe.connect(address)
        request = _options(uri, probe.getsockname(), "UDP")
        while True:
            await loop.sock_sendall(probe, request)
            try:
                async with asyncio.timeout(limit_s / 3):
                    return await loop.sock_recv(probe, 2048)
            except TimeoutError:
                continue


async def _stream(uri: str, place: tuple[str, int], transport: str) -> bytes:
    context: ssl.SSLContext | None = None
    if transport == "TLS":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    reader, writer = await asyncio.open_connection(*place, ssl=context)
    try:
        writer.write(_options(uri, writer.get_extra_info("sockname"), transport))
        return await reader.readuntil(b"\r\n")
    finally:
        writer.close()


def _options(uri: str, own: tuple[str, int], transport: str) -> bytes:
    tag = secrets.token_hex(6)
    address = f"[{own[0]}]:{own[1]}" if ":" in own[0] else f"{own[0]}:{own[1]}"
    return (
        f"OPTIONS {uri} SIP/2.0\r\nVia: SIP/2.0/{transport} {address};branch=z9hG4bK{tag};rport\r\nMax-Forwards: 5\r\n"
        f"From: <sip:tanggap112@{address}>;tag={tag}\r\nTo: <{uri}>\r\nCall-ID: {tag}@tanggap112\r\n"
        f"CSeq: 1 OPTIONS\r\nContact: <sip:tanggap112@{address}>\r\nContent-Length: 0\r\n\r\n"
    ).encode()
