"""A second call of a number whose first call still stands: replaced where the first is dead, else both stay."""

import asyncio
from typing import Any, cast

import pytest

from asterisk.ami import Ami
from asterisk.errors import AmiError
from ivr import events as ev
from line.broken import replacing
from line.broken.replacing import Replacing
from line.call_runner import CallRunner
from tests.line.line import Line
from tests.tickets.world import callback_tasks

NUMBER = "+6281234567890"


class Media:
    """The manager link: what comes from each call grows by `steps` at each look; an error where it is unknown."""

    def __init__(self) -> None:
        self.steps: dict[str, int] = {}
        self.received: dict[str, int] = {}

    async def variable(self, channel: str, name: str) -> str:
        if channel not in self.steps:
            raise AmiError("AMI Getvar: No such channel")
        self.received[channel] = self.received.get(channel, 500) + self.steps[channel]
        return f"ssrc=1;themssrc=7;lp=0;rxjitter=0.0;rxcount={self.received[channel]};txjitter=0.0;txcount=9;rlp=0"


class Twice:
    """A line on which somebody calls again; `pausing` are calls whose stream has stopped before and went on."""

    def __init__(self, line: Line) -> None:
        self.line, self.media = line, Media()
        self.pausing: set[str] = set()
        self.replacing = Replacing(
            cast(Ami, self.media),
            line.floor,
            line.runners,
            line.store,
            lambda: line.now,
            line.spawn,
            self.pausing.__contains__,
        )

    async def again(self, call: str = "c2", number: str | None = NUMBER) -> CallRunner:
        """The second call; all that follows has happened."""
        runner = await self.line.call(call, number)
        self.replacing.arrived(runner)
        await self.line.quiet()
        return runner

    async def tickets(self) -> list[tuple[str, Any]]:
        """Each ticket with its master."""
        rows = [await self.line.row(call) for call in sorted(self.line.runners)]
        return [
            (row["ticket"], await self.line.store.read(lambda store, row=row: store.merging.master_of(row["ticket"])))
            for row in rows
        ]


@pytest.fixture
def twice(line: Line, monkeypatch: pytest.MonkeyPatch) -> Twice:
    """Nobody waits three seconds here."""
    monkeypatch.setattr(replacing, "DEAD_S", 0.02)
    monkeypatch.setattr(replacing, "LOOK_S", 0.005)
    return Twice(line)


async def test_a_dead_talk_is_taken_over_with_its_operator(twice: Twice) -> None:
    """The operator's phone rings for the second call at once; its ticket goes into the one that was written in."""
    twice.line.ready("sari", "dewi")
    await twice.line.call("c1")
    await twice.line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))
    twice.media.steps["c1"] = 0
    second = await twice.again()
    assert [leg.operator for leg in second.state.legs] == ["sari"]
    row = await twice.line.row("c1")
    assert (row["stage"], row["outcome"]) == ("ended", "talked")
    assert ("hangup", "c1", 16) in twice.line.did()
    assert await twice.tickets() == [("T-20261122-0001", None), ("T-20261122-0002", "T-20261122-0001")]
    assert await twice.line.store.read(callback_tasks) == []
    assert [(desk.operator, desk.engaged, desk.call) for desk in twice.line.floor.roster.desks.values()] == [
        ("dewi", None, None),
        ("sari", "ringing", "c2"),
    ]


async def test_a_dead_call_in_the_line_gives_its_place(twice: Twice) -> None:
    """Others have come in between: the second call stands where the first stood."""
    await twice.line.call("c1")
    await twice.line.tell("c1", ev.Digit("1"))
    twice.line.later(20)
    await twice.line.call("other", "+6281200000001")
    await twice.line.tell("other", ev.Digit("1"))
    twice.line.later(20)
    twice.media.steps["c1"] = 0
    second = await twice.again()
    assert [entry.call for entry in twice.line.floor.line.ordered()] == ["c2", "other"]
    assert (second.state.stage, second.state.lane, second.state.kind) == ("waiting", "urgent", "emergency")
    assert (await twice.tickets())[0] == ("T-20261122-0001", "T-20261122-0003")


async def test_a_dead_call_in_the_menu_only_ends(twice: Twice) -> None:
    """The second one is asked like any other."""
    await twice.line.call("c1")
    twice.media.steps["c1"] = 0
    second = await twice.again()
    assert second.state.stage == "menu"
    assert (await twice.line.row("c1"))["stage"] == "ended"


@pytest.mark.parametrize("steps", [1, 25])
async def test_two_people_behind_one_number_both_stay(twice: Twice, steps: int) -> None:
    """A hotel burns and two guests call over its switchboard: comfort noise, or a voice, is a person."""
    twice.line.ready("sari")
    await twice.line.call("c1")
    await twice.line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))
    twice.media.steps["c1"] = steps
    await twice.again()
    assert (await twice.line.row("c1"))["stage"] == "talking"
    assert [master for _, master in await twice.tickets()] == [None, None]


async def test_who_only_listens_is_not_ended(twice: Twice, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway that sends nothing while nobody speaks has two callers behind one number: a pause is no death."""
    monkeypatch.setattr(replacing, "PAUSING_S", 60.0)
    twice.line.ready("sari")
    await twice.line.call("c1")
    await twice.line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))
    twice.media.steps["c1"] = 0
    twice.pausing.add("c1")
    await twice.line.call("c2", NUMBER)
    twice.replacing.arrived(twice.line.runners["c2"])
    await asyncio.sleep(0.1)  # five times as long as for a stream that never paused
    assert (await twice.line.row("c1"))["stage"] == "talking"
    twice.media.steps["c1"] = 1  # speaks again, and stays
    await twice.line.quiet()
    assert (await twice.line.row("c1"))["stage"] == "talking"


async def test_what_asterisk_does_not_say_ends_nobody(twice: Twice) -> None:
    """The manager link is away, or the channel has no media yet."""
    await twice.line.call("c1")
    await twice.again()
    assert (await twice.line.row("c1"))["stage"] == "menu"


@pytest.mark.parametrize("number", [None, "+6281200000009"])
async def test_only_the_same_number_counts(twice: Twice, number: str | None) -> None:
    """Two withheld numbers are two people."""
    await twice.line.call("c1", None if number is None else NUMBER)
    twice.media.steps["c1"] = 0
    await twice.again("c2", number)
    assert (await twice.line.row("c1"))["stage"] == "menu"
