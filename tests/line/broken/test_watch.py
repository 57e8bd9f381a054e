"""The looks at the media of all talks: which channels, what is told, and what an Asterisk that is away changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import cast

import pytest

from asterisk.ami import Ami
from asterisk.errors import AmiError
from ivr import events as ev
from ivr.state import CallState
from line.broken import watch as module
from line.broken.watch import Watch
from tests.ivr.playbook import talking, waiting

OPERATOR = "op-c1-4"


class FakeAmi:
    """The manager link: `counts` by channel (stream, packets); an error for a channel that is not there."""

    def __init__(self) -> None:
        self.counts: dict[str, tuple[int, int]] = {}
        self.asked: list[str] = []
        self.away = False

    async def variable(self, channel: str, name: str) -> str:
        self.asked.append(channel)
        if self.away or channel not in self.counts:
            raise AmiError("AMI Getvar: No such channel")
        ssrc, received = self.counts[channel]
        return f"ssrc=1;themssrc={ssrc};lp=0;rxjitter=0.0;rxcount={received};txjitter=0.0;txcount=9;rlp=0;rtt=0.0"


class FakeRunner:
    """A call in this state."""

    def __init__(self, state: CallState) -> None:
        self.state = state
        self.told: list[ev.Event] = []

    def tell(self, event: ev.Event) -> None:
        self.told.append(event)


class Looks:
    """One call that is looked at each half second of a clock of ours."""

    def __init__(self, state: CallState) -> None:
        self.ami, self.call, self.now_s = FakeAmi(), FakeRunner(state), 100.0
        self.watch = Watch(cast(Ami, self.ami), {"c1": self.call}, lambda: self.now_s)

    async def span(self, seconds: float, *, caller: int = 25, operator: int = 25) -> list[ev.Event]:
        """The events of so many seconds, in which so many packets come from each side per look."""
        self.call.told.clear()
        for _ in range(int(seconds * 2)):
            for channel, packets in (("c1", caller), (OPERATOR, operator)):
                ssrc, received = self.ami.counts.get(channel, (7, 0))
                self.ami.counts[channel] = ssrc, received + packets
            self.now_s += 0.5
            await self.watch.look()
        return list(self.call.told)


@pytest.fixture
def looks() -> Looks:
    """A talk of c1 with sari."""
    return Looks(talking().state)


async def test_each_side_is_told_for_itself(looks: Looks) -> None:
    """The words of a direction: it stops, it comes back, its stream is another one."""
    assert await looks.span(5) == []
    assert await looks.span(5, caller=0) == [ev.Deaf("caller")]
    assert await looks.span(5) == [ev.HeardAgain("caller")]
    assert await looks.span(5, operator=0) == [ev.Deaf("operator")]
    looks.ami.counts[OPERATOR] = (8, 0)
    assert await looks.span(1) == [ev.StreamRestarted("operator")]


async def test_a_stream_that_paused_is_remembered(looks: Looks) -> None:
    """By channel, and only while its talk lasts."""
    await looks.span(2)
    assert not looks.watch.pauses("c1")
    await looks.span(3, caller=0)
    await looks.span(1)
    assert (looks.watch.pauses("c1"), looks.watch.pauses(OPERATOR)) == (True, False)
    looks.call.state = replace(looks.call.state, stage="waiting")
    await looks.span(1)
    assert not looks.watch.pauses("c1")


async def test_only_talks_are_looked_at() -> None:
    """A caller who waits costs nothing."""
    looks = Looks(waiting().state)
    await looks.span(3)
    assert looks.ami.asked == []


async def test_a_phone_that_holds_may_be_silent(looks: Looks) -> None:
    """On hold only the caller is looked at; afterwards the phone's time begins anew."""
    await looks.span(3)
    looks.call.state = replace(looks.call.state, music=True)
    assert await looks.span(30, operator=0) == []
    looks.call.state = replace(looks.call.state, music=False)
    assert await looks.span(1.5, operator=0) == []
    assert await looks.span(3, operator=0) == [ev.Deaf("operator")]


async def test_an_asterisk_that_does_not_answer_makes_nobody_deaf(looks: Looks) -> None:
    """It is away for a minute, and packets came meanwhile."""
    await looks.span(3)
    looks.ami.away = True
    assert await looks.span(60) == []
    looks.ami.away = False
    assert await looks.span(3) == []


async def test_run_looks_until_it_is_stopped(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Again and again."""
    seen = asyncio.Event()

    async def look(self: Watch) -> None:
        seen.set()

    monkeypatch.setattr(module, "LOOK_S", 0.0)
    monkeypatch.setattr(Watch, "look", look)
    task = asyncio.ensure_future(looks.watch.run())
    await seen.wait()
    task.cancel()
