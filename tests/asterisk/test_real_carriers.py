"""Calls as carriers really send them, by hand-made SIP, on the rendered configuration."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.asterisk.rig import NEVER, Rig, rig

pytestmark = pytest.mark.real

CARRIER = "127.0.0.2"
FAX = "m=image {port} udptl t38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\n"
AUDIO = "m=audio {port} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"


async def test_parameters_of_the_dialled_number_are_no_part_of_it() -> None:
    """A number with parameters of RFC 3966 reaches 112 like the bare number; another number does not."""
    async with rig(hours=NEVER) as r:
        for written in ("112", "112;phone-context=+62", "112;cpc=ordinary", "112;phone-context=+62;cpc=payphone"):
            assert await asyncio.to_thread(invite, r, written, AUDIO) == (200, True), written
        assert await asyncio.to_thread(invite, r, "999;phone-context=+62", AUDIO) == (404, False)


@pytest.mark.parametrize("media", [AUDIO, AUDIO + FAX, FAX + AUDIO], ids=["audio", "audio-fax", "fax-audio"])
async def test_a_fax_line_beside_audio_leaves_the_sound(media: str) -> None:
    """A carrier that offers T.38 on every INVITE has its audio answered, and the caller hears a prompt."""
    async with rig(hours=NEVER) as r:
        assert await asyncio.to_thread(invite, r, "112", media) == (200, True)


def invite(r: Rig, dialled: str, media: str) -> tuple[int, bool]:
    """The final status of an INVITE from the carrier's address, and whether sound came for it."""
    with socket.socket(type=socket.SOCK_DGRAM) as sip, socket.socket(type=socket.SOCK_DGRAM) as rtp:
        for each in (sip, rtp):
            each.bind((CARRIER, 0))
            each.settimeout(10)
        me, target = f"{CARRIER}:{sip.getsockname()[1]}", f"sip:{dialled}@{r.registrar}"
        lines = ["v=0", f"o=- 1 1 IN IP4 {CARRIER}", "s=-", f"c=IN IP4 {CARRIER}", "t=0 0", ""]
        body = "\r\n".join(lines) + media.format(port=rtp.getsockname()[1])
        via = f"Via: SIP/2.0/UDP {me};branch=z9hG4bK{me};rport"
        ends = [f"From: <sip:081234567890@{me}>;tag=a", f"Call-ID: {me}", "Max-Forwards: 70"]
        head = [f"INVITE {target} SIP/2.0", via, *ends, f"To: <{target}>", "CSeq: 1 INVITE", f"Contact: <sip:99@{me}>"]
        head += ["Content-Type: application/sdp", f"Content-Length: {len(body)}", "", body]
        server = (r.site.sip_bind, r.site.sip_port)
        sip.sendto("\r\n".join(head).encode(), server)
        while (status := int((reply := sip.recv(8192).decode()).split()[1])) < 200:
            pass
        to = next(line for line in reply.split("\r\n") if line.startswith("To:"))
        rest = [via if status >= 300 else f"{via}a", *ends, to, "CSeq: 1 ACK", "Content-Length: 0", "", ""]
        sip.sendto("\r\n".join([f"ACK {target} SIP/2.0", *rest]).encode(), server)
        return status, status == 200 and _sounds(rtp)


def _sounds(rtp: socket.socket) -> bool:
    try:
        return len(rtp.recv(2048)) > 12
    except TimeoutError:
        return False
