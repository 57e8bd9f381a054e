"""Call-outs with key 1 on a real Asterisk with a real SIP phone."""

from __future__ import annotations

import asyncio
import contextlib
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from baresip.runtime import Runtime

from asterisk.ari import Ari
from asterisk.dial import APP, Dialler, Message
from drills.phones.agent import Agent, Incoming
from drills.phones.media import Media
from drills.phones.phone import DeskPhones
from drills.sounds.hearing import tone
from tests.asterisk.phones import phones, register
from tests.asterisk.rig import Rig, rig, spawn
from tickets.notify.channel import CallAnswer, Heard, Said, Talk

pytestmark = pytest.mark.real

REPORT, AGAIN, THANKS, DEPARTED = 520, 760, 1150, 1500


@contextlib.asynccontextmanager
async def desk() -> AsyncIterator[tuple[Rig, Ari, Dialler, Runtime]]:
    """A running Asterisk with the desk phone account damkar1, and a dialler on it."""
    async with rig(operators=("damkar1",)) as r, phones() as runtime:
        ari = Ari(r.ari_url, APP, "tanggap", r.secrets.ari_password, spawn)
        dialler = Dialler(ari, spawn)
        await ari.connect()
        try:
            yield r, ari, dialler, runtime
        finally:
            await ari.close()


def message(r: Rig, tries: int = 3, key_s: float = 2.0) -> asyncio.Future[Message]:
    """Tones, ready: one for the report, one for its repetition, one for each answer."""
    ready = asyncio.get_running_loop().create_future()
    ready.set_result(tones(r, tries, key_s))
    return ready


def tones(r: Rig, tries: int, key_s: float) -> Message:
    folder = r.paths.prompts_dir
    for hertz, seconds in ((REPORT, 2.0), (AGAIN, 1.0), (THANKS, 0.6), (DEPARTED, 0.6)):
        write_tone(folder / f"{hertz}.wav", hertz, seconds)
    report, again, thanks, departed = (f"sound:{folder}/{hertz}" for hertz in (REPORT, AGAIN, THANKS, DEPARTED))
    return Message((report, report), (again,), {"accepted": (thanks,), "departed": (departed,)}, tries, key_s)


def write_tone(path: Path, hertz: float, seconds: float) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(tone(hertz, seconds))


class Listener:
    """Keeps the answers by key and the events of the call."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.noted: list[str] = []
        self.talk = Talk(self._answer, self._note)

    async def _answer(self, key: Said) -> Heard:
        self.said.append(key)
        return {"accept": "accepted", "depart": "departed", "refuse": "unfit"}[key]  # type: ignore[return-value]

    async def _note(self, event: str) -> None:
        self.noted.append(event)


async def test_keys_answer_and_are_read_back() -> None:
    """9 repeats, 3 does not fit here and ends nothing, 7 means nothing; 1 stops the report and is read back, 2 after
    it counts too. Each key and the ring are told."""
    async with desk() as (r, _ari, dialler, runtime):
        phone = await register(runtime, "damkar1", r)
        heard = Listener()
        calling = spawn("dial", dialler.call("PJSIP/damkar1", message(r), heard.talk, caller_id='"112" <112>'))
        talk = await phone.answer(await phone.rings())
        assert await talk.hears(REPORT)
        await talk.press("9")
        assert await talk.hears(AGAIN, limit_s=1.5)  # the report would have gone on for longer
        await talk.press("7")
        await talk.press("3")
        assert await talk.hears(AGAIN, limit_s=4)  # after the time for a key it is asked again
        assert not calling.done()
        await talk.press("1")
        assert await talk.hears(THANKS, limit_s=1.5)
        await talk.press("2")
        assert await talk.hears(DEPARTED, limit_s=1.5)
        assert await calling == CallAnswer("departed")
        await talk.ended()
        assert heard.said == ["refuse", "accept", "depart"]
        assert heard.noted == ["ringing", "answered", "key 9", "key 7", "key 3", "key 1", "key 2"]


async def test_a_loudspeaker_is_asked_to_answer_by_itself() -> None:
    """By both headers that telephones know; one that obeys has heard the report and is free again."""
    async with desk() as (r, _ari, dialler, _runtime):
        agent, media = await Agent.open(("127.0.0.1", r.site.sip_port), "127.0.0.1"), Media("127.0.0.1")
        asked: list[tuple[str, str]] = []

        def rings(call: Incoming) -> None:
            asked.append((call.invite.one("call-info"), call.invite.one("alert-info")))
            if "answer-after=0" in asked[-1][0]:
                phone.pick_up(call)

        phone = DeskPhones(agent, media).phone("damkar1", "rahasia-damkar1", rings)
        try:
            await phone.register()
            tones = message(r).result().again
            assert await dialler.announce("PJSIP/damkar1", tones, caller_id='"112" <112>') == CallAnswer("played")
            assert asked == [("<sip:112>;answer-after=0", "<http://localhost>;info=alert-autoanswer;delay=0")]
        finally:
            await phone.unregister()
            await agent.close()
            media.close()


async def test_a_loudspeaker_plays() -> None:
    """The report is heard and the line is free again; a phone that is away is said so."""
    async with desk() as (r, ari, dialler, runtime):
        media = message(r).result().again
        away = await dialler.announce("PJSIP/damkar1", media, caller_id='"112" <112>')
        assert away.result == "unreachable"
        phone = await register(runtime, "damkar1", r)
        calling = spawn("speak", dialler.announce("PJSIP/damkar1", media, caller_id='"112" <112>'))
        ringing = await phone.rings()
        talk = await phone.answer(ringing)
        assert await talk.hears(AGAIN)
        assert await calling == CallAnswer("played")
        await talk.ended()
        assert await ari.channels() == []


async def test_answered_in_silence_is_no_response() -> None:
    """Nobody presses a key: the report is repeated, then the phone is hung up, and nothing was accepted."""
    async with desk() as (r, ari, dialler, runtime):
        phone = await register(runtime, "damkar1", r)
        heard = Listener()
        wanted = message(r, tries=2, key_s=0.2)
        calling = spawn("dial", dialler.call("PJSIP/damkar1", wanted, heard.talk, caller_id='"112" <112>'))
        talk = await phone.answer(await phone.rings())
        assert await talk.hears(AGAIN, limit_s=8)
        assert await calling == CallAnswer("no_key")
        await talk.ended()
        assert heard.said == []
        assert await ari.channels() == []


async def test_ends_without_an_answer() -> None:
    """Busy, not answered, hung up without a key, not registered: each has its own word."""
    async with desk() as (r, ari, dialler, runtime):
        heard, wanted = Listener(), message(r)

        async def dial(ring_s: float = 10.0) -> CallAnswer:
            return await dialler.call("PJSIP/damkar1", wanted, heard.talk, caller_id='"112" <112>', ring_s=ring_s)

        assert await dial() == CallAnswer("unreachable", "ARI originate: 500 PJSIP/damkar1 tidak terdaftar")
        phone = await register(runtime, "damkar1", r)
        calling = spawn("dial", dial())
        await (await phone.rings()).hangup()
        assert (await calling).result in ("busy", "declined")
        assert (await dial(ring_s=1.0)).result == "no_answer"
        await phone.rings()
        calling = spawn("dial", dial())
        talk = await phone.answer(await phone.rings())
        await talk.hang_up()
        assert (await calling).result == "hung_up"
        assert (heard.said, await ari.channels()) == ([], [])


async def test_cancelled_call_stops_ringing() -> None:
    """Somebody accepted by another way: the phone stops ringing at once."""
    async with desk() as (r, ari, dialler, runtime):
        phone = await register(runtime, "damkar1", r)
        wanted = message(r)
        calling = spawn("dial", dialler.call("PJSIP/damkar1", wanted, Listener().talk, caller_id='"112" <112>'))
        await phone.rings()
        calling.cancel()
        await asyncio.gather(calling, return_exceptions=True)
        async with asyncio.timeout(60):
            while await ari.channels():
                await asyncio.sleep(0.02)


async def test_a_call_that_is_cancelled_while_it_is_ordered_does_not_ring_on() -> None:
    """At any moment of the request: no channel is left, and none comes later."""
    async with desk() as (r, ari, dialler, runtime):
        await register(runtime, "damkar1", r)
        for steps in (0, 1, 2, 3, 5, 8, 13, 21):
            calling = spawn("dial", dialler.call("PJSIP/damkar1", message(r), Listener().talk, caller_id='"112" <112>'))
            for _ in range(steps):
                await asyncio.sleep(0)
            calling.cancel()
            await asyncio.gather(calling, return_exceptions=True)
        async with asyncio.timeout(10):  # a phone that nobody hangs up rings for 25 s
            while await ari.channels():
                await asyncio.sleep(0.02)


async def test_legs_of_a_dead_daemon_are_ended() -> None:
    """A daemon that was killed while a phone rang: the next one hangs that phone up."""
    async with desk() as (r, ari, dialler, runtime):
        phone = await register(runtime, "damkar1", r)
        calling = spawn("dial", dialler.call("PJSIP/damkar1", message(r), Listener().talk, caller_id='"112" <112>'))
        await phone.rings()
        await ari.close()  # as good as dead: nobody hears events any more
        calling.cancel()
        with contextlib.suppress(asyncio.CancelledError, RuntimeError):
            await calling
        assert "1 active channel" in await r.asterisk.command("core show channels")
        second = Ari(r.ari_url, APP, "tanggap", r.secrets.ari_password, spawn)
        Dialler(second, spawn)
        await second.connect()
        left: list[object] = [1]
        async with asyncio.timeout(60):
            while left:
                left = list(await second.channels())
        await second.close()
