"""Odd callers all at once, as real SIP and RTP: ten thousand keys, keys in the goodbye, keys as tones, no sound ever.

What tests/e2e/outside tries one by one is not repeated here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass

import numpy as np
import pytest
import pytest_asyncio

from drills.conduct import listener
from drills.phones import sip
from drills.phones.agent import Agent, Outgoing, final
from drills.phones.media import Media, Stream
from drills.phones.rtp import COMFORT, EVENT, PCMA, Ear, encoded
from line import call_runner
from tests.e2e.line import YEAR_2001, LineUnderTest
from tests.e2e.outside.ending import nothing_is_stuck
from tickets.model import Row

HOST = "127.0.0.1"
RATE, TONE_S = 8000, 0.25
ONE_HZ = (697, 1209)
MANY, AT_ONCE = 10_000, 100
RELAY = "application/dtmf-relay"


@dataclass
class Street:
    """Everybody outside: one SIP socket, one RTP socket, and ears that know the prompts."""

    line: LineUnderTest
    agent: Agent
    media: Media
    ear: Ear

    async def dial(self, number: str, kinds: tuple[int, ...] = (PCMA, EVENT), sends: str = "sound") -> Odd:
        """A call that was answered."""
        offer = sip.session(HOST, self.media.port, kinds)
        call = Outgoing(self.agent, "112", f"<sip:{number}@{HOST}>", offer=offer)
        assert await call.invite() == 200
        return Odd(self, number, call, self.media.open(Stream(call.peer, self.ear, sends)))


@dataclass
class Odd:
    """One odd call."""

    street: Street
    number: str
    call: Outgoing
    stream: Stream

    async def lane(self, limit_s: float = 60) -> Row:
        """The call as soon as it stands in the line."""
        async with asyncio.timeout(limit_s):
            while (row := await self._row())["lane"] is None:
                await asyncio.sleep(0.1)
        return row

    async def kept(self, keys: str) -> None:
        """Wait until these keys are in the store."""
        async with asyncio.timeout(20):
            while (await self._row())["keys"] != keys:
                await asyncio.sleep(0.05)

    async def _row(self) -> Row:
        number = "+62" + self.number[1:]
        await self.street.line.arrived()
        rows = await self.street.line.store.read(lambda store: store.calls.live())
        return next(row for row in rows if row["number"] == number)

    async def ended(self) -> Row:
        """Hang up; the call as it is kept."""
        row = await self._row()
        await self.call.bye()
        async with asyncio.timeout(20):
            while True:
                kept: Row = await self.street.line.store.read(lambda store: store.calls.get(row["id"]))
                if kept["ended_at"] is not None:
                    return kept
                await asyncio.sleep(0.1)

    async def hears(self, prompt: str, limit_s: float = 60) -> None:
        """Wait until a prompt is heard."""
        async with asyncio.timeout(limit_s):
            await self.stream.until(lambda: self.stream.play(prompt) is not None)


@pytest_asyncio.fixture(loop_scope="session")
async def street(line: LineUnderTest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Street]:
    """Afterwards nothing of any call may be left."""
    monkeypatch.setattr(call_runner, "LINGER_S", 0.3)
    host, _, port = line.house.server.partition(":")
    made = Street(line, await Agent.open((host, int(port)), HOST), Media(HOST), listener(line.house.instance))
    try:
        yield made
    finally:
        await made.agent.close()
        made.media.close()
    await nothing_is_stuck(line)


async def ten_thousand_keys(street: Street) -> None:
    """The call keeps the first 64, stays in the line, and can still hang up."""
    odd = await street.dial("081200000001")

    async def press(number: int) -> None:
        reply = await final(odd.call.send("INFO", f"Signal={number % 10}\r\nDuration=100\r\n", RELAY))
        assert reply.status == 200

    for start in range(0, MANY, AT_ONCE):
        await asyncio.gather(*(press(number) for number in range(start, start + AT_ONCE)))
    row = await odd.ended()
    assert (row["lane"], len(row["keys"]), row["outcome"]) == ("urgent", 64, "abandoned")


async def star_and_hash(street: Street) -> None:
    """Keys that mean nothing are a sign of a person: asked again, then put through."""
    odd = await street.dial("081200000002")
    odd.stream.press("*")
    await odd.kept("*")
    odd.stream.press("#")
    row = await odd.lane()
    assert (row["lane"], row["mark"], row["keys"]) == ("urgent", "salah tombol", "*#")
    await odd.ended()


async def key_during_the_goodbye(street: Street) -> None:
    """A silent caller who presses a key while the goodbye plays is a person, and stays."""
    odd = await street.dial("081200000003")
    await odd.hears("selamat-tinggal-hening")
    odd.stream.press("5")
    await odd.hears("sambungkan", 10)
    row = await odd.lane()
    assert (row["lane"], row["keys"]) == ("urgent", "5")
    await odd.ended()


async def key_as_tones(street: Street) -> None:
    """A gateway without telephone-event sends the tones themselves."""
    odd = await street.dial("081200000004", kinds=(PCMA,))
    await odd.hears("menu-utama")
    odd.stream.say(tones(*ONE_HZ))
    row = await odd.lane()
    assert (row["lane"], row["keys"]) == ("urgent", "1")
    await odd.ended()


async def rtp_that_never_comes(street: Street) -> None:
    """Not a packet: heard as silence, let go with a goodbye, called back."""
    odd = await street.dial("081200000005", sends="nothing")
    row = await odd.lane()
    assert row["lane"] == "silent"
    await asyncio.wait_for(odd.call.ended.wait(), 60)


async def comfort_noise_only(street: Street) -> None:
    """Comfort noise, which a network sends instead of silence, is no voice."""
    odd = await street.dial("081200000006", kinds=(PCMA, COMFORT, EVENT), sends="comfort")
    row = await odd.lane()
    assert row["lane"] == "silent"
    await asyncio.wait_for(odd.call.ended.wait(), 60)


async def new_session_in_the_menu(street: Street) -> None:
    """Put on hold, taken back, moved: three re-INVITEs within the question, and the key counts all the same."""
    odd = await street.dial("081200000007")
    for direction in ("sendonly", "inactive", "sendrecv"):
        offer = sip.session(HOST, street.media.port, direction=direction)
        assert await odd.call.reinvite(offer) == 200
    before = odd.stream.packets
    await street.line.until(lambda: odd.stream.packets > before + 10)  # 0.2 s of the question, on the new session
    odd.stream.press("1")
    row = await odd.lane()
    assert (row["lane"], row["keys"]) == ("urgent", "1")
    await odd.ended()


async def a_key_that_sticks(street: Street) -> None:
    """A key held for three seconds is one key."""
    odd = await street.dial("081200000008")
    odd.stream.hold("1", 3.0)
    row = await odd.lane()
    assert (row["lane"], row["keys"]) == ("urgent", "1")
    await odd.ended()


ODD: tuple[Callable[[Street], Coroutine[None, None, None]], ...] = (
    ten_thousand_keys,
    star_and_hash,
    key_during_the_goodbye,
    key_as_tones,
    rtp_that_never_comes,
    comfort_noise_only,
    new_session_in_the_menu,
    a_key_that_sticks,
)


async def test_odd_callers_all_at_once(street: Street) -> None:
    """Each gets what it should, none disturbs another, and nothing is left of any of them."""
    results = await asyncio.gather(*(odd(street) for odd in ODD), return_exceptions=True)
    wrong = {odd.__name__: repr(error) for odd, error in zip(ODD, results, strict=True) if error is not None}
    assert wrong == {}
    rows = await street.line.store.read(lambda store: store.calls.since(YEAR_2001, 1000))
    ours = {row["number"]: row["ticket"] for row in rows if str(row["number"]).startswith("+628120000000")}
    assert len(set(ours.values())) == len(ODD)


def tones(*hertz: float) -> bytes:
    """Tones together, as A-law."""
    time = np.arange(int(RATE * TONE_S)) / RATE
    sound = sum(np.sin(2 * np.pi * pitch * time) for pitch in hertz) * 6000
    return encoded(np.asarray(sound).astype(int).tolist())
