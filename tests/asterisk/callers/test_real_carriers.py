"""Calls as carriers really send them, by hand-made SIP, on the rendered configuration."""

from __future__ import annotations

import asyncio

import pytest

from tests.asterisk.callers.carrier import AUDIO, Carrier
from tests.asterisk.rig import NEVER, Rig, rig

pytestmark = pytest.mark.real

CARRIER = "127.0.0.2"
FAX = "m=image {port} udptl t38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\n"
VIDEO = "m=video {port} RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n"
CHAT = "m=message {port} TCP/MSRP *\r\na=accept-types:text/plain\r\na=path:msrp://127.0.0.2:2855/a;tcp\r\n"
FLOOR = "m=application {port} UDP/BFCP *\r\na=floorctrl:c-s\r\n"
TEXT = "m=text {port} RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n"
# phones of today offer these before the two that every network knows
MOBILE = (
    "m=audio {port} RTP/AVP 97 98 0 8 101\r\na=rtpmap:97 AMR-WB/16000\r\na=rtpmap:98 EVS/16000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
)


async def test_any_form_that_a_trunk_dials_is_taken() -> None:
    """The number with parameters, prefixes, escapes or without any user; also another number, and extensions' names."""
    forms = (
        "sip:112@{us}",
        "sip:112;phone-context=+62@{us};user=phone",
        "sip:112;phone-context=+62;cpc=payphone@{us}",
        "sip:+62112@{us}",
        "sip:%2B62112@{us}",
        "sip:0291112@{us}",
        "sip:999@{us}",
        "tel:112;phone-context=+62",
        "tel:+62112",
        "sip:{us}",
        "sip:T@{us}",
        "sip:h@{us}",
        "sip:11,2@{us}",
        "sip:sos_112.x-y~!@{us}",
        "sip:" + "1" * 120 + "@{us}",
    )
    async with rig(hours=NEVER) as r:
        answers = {form: await asyncio.to_thread(_invite, r, form.format(us=r.registrar), AUDIO) for form in forms}
        assert answers == dict.fromkeys(forms, (200, True))


async def test_a_stranger_may_dial_nothing() -> None:
    """Only a trunk's address is believed: another one is asked for a password, whatever it dials."""
    async with rig(hours=NEVER) as r:
        with Carrier("127.0.0.3", (r.site.sip_bind, r.site.sip_port)) as carrier:
            for dialled in ("112", "999", "T"):
                answer = await asyncio.to_thread(carrier.invite, f"sip:{dialled}@{r.registrar}")
                assert answer.status == 401


MEDIA = {
    "audio": AUDIO,
    "audio-fax": AUDIO + FAX,
    "fax-audio": FAX + AUDIO,
    "audio-video": AUDIO + VIDEO,
    "video-audio": VIDEO + AUDIO,
    "audio-msrp": AUDIO + CHAT,
    "audio-bfcp": AUDIO + FLOOR,
    "audio-text": AUDIO + TEXT,
    "text-audio": TEXT + AUDIO,
    "amr-evs-pcm": MOBILE,
    "ptime-10": AUDIO + "a=ptime:10\r\n",
    "ptime-60": AUDIO + "a=ptime:60\r\n",
}


async def test_a_line_of_media_beside_audio_leaves_the_sound() -> None:
    """A carrier that offers more than audio, or codecs that we lack beside one that we have, has its audio answered,
    and the caller hears a prompt."""
    async with rig(hours=NEVER) as r:
        target = f"sip:112@{r.registrar}"
        answers = {name: await asyncio.to_thread(_invite, r, target, media) for name, media in MEDIA.items()}
        assert answers == dict.fromkeys(MEDIA, (200, True))


async def test_what_no_sound_can_come_of_is_refused() -> None:
    """Text alone, codecs that we lack, encryption that was not agreed: 488, which `tanggap up` counts and tells."""
    async with rig(hours=NEVER) as r:
        for media in (TEXT, "m=audio {port} RTP/AVP 3\r\n", "m=audio {port} RTP/SAVPF 0\r\n"):
            assert await asyncio.to_thread(_invite, r, f"sip:112@{r.registrar}", media) == (488, False)


def _invite(r: Rig, target: str, media: str) -> tuple[int, bool]:
    """The final status of an INVITE from the carrier's address, and whether sound came for it."""
    with Carrier(CARRIER, (r.site.sip_bind, r.site.sip_port)) as carrier:
        answer = carrier.invite(target, media)
        return answer.status, answer.status == 200 and carrier.hears()
