"""A talk that the operator's phone ended within seconds, on the line: who rings next, and what is left in the store."""

from typing import Any

import pytest

from agents.presence import Desk
from ivr import events as ev
from tests.ivr.playbook import SCRIPT
from tests.line.line import Line
from tests.tickets.world import callback_tasks

DROPS = {number: ev.LegEnded(f"op-c1-{number}", "hung_up") for number in (4, 7)}


@pytest.fixture
def short(line: Line) -> Line:
    """A line on which a talk must last."""
    line.script = SCRIPT
    return line


async def talks(line: Line, number: str | None = "+6281234567890") -> None:
    """c1 talks with sari."""
    await line.call("c1", number)
    await line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))


async def test_the_caller_goes_before_all_who_wait(short: Line) -> None:
    """Two others have waited longer: the next operator still gets this caller, at once."""
    short.ready("sari")
    await talks(short)
    for other in ("c2", "c3"):
        await short.call(other)
        await short.tell(other, ev.Digit("1"))
    short.later(2)
    short.ready("sari", "dewi")
    short.floor.engaged("sari", "c1", "talking")
    await short.tell("c1", DROPS[4])
    assert [entry.call for entry in short.floor.line.ordered()] == ["c1", "c2", "c3"]
    row = await short.row()
    assert (row["stage"], row["mark"], row["outcome"], row["ended_at"]) == ("ringing", "terputus", None, None)
    assert [leg["operator"] for leg in (await short.stored())["legs"]] == ["dewi"]


async def test_the_desk_is_ready_after_a_pause_and_not_in_wrap_up(short: Line) -> None:
    """The only operator on duty gets the caller back a few seconds later, on the phone that works again."""
    short.ready("sari")
    await talks(short)
    await short.tell("c1", DROPS[4])
    desk = short.floor.roster.get("sari")
    assert isinstance(desk, Desk) and desk.wrap_up_until is None
    assert short.floor.ready() == ()
    short.later(5)
    assert short.floor.ready() == ("sari",)


async def test_a_second_time_leaves_a_task(short: Line) -> None:
    """Told, hung up, and to be called back; the operators are free."""
    short.ready("sari", "dewi")
    await talks(short)
    await short.tell("c1", DROPS[4], ev.LegAnswered("op-c1-7"), DROPS[7])
    assert ("play", "c1", "pb-c1-8", "sound:terputus-lagi") in short.did()
    assert short.floor.line.ordered() == ()
    await short.tell("c1", ev.PlaybackEnded("pb-c1-8"))
    assert ("hangup", "c1", 16) in short.did()
    tasks: list[Any] = await short.store.read(callback_tasks)
    assert [(task["call"], task["number"]) for task in tasks] == [("c1", "+6281234567890")]
    assert (await short.row())["outcome"] == "talked"
    assert short.floor.roster.get("dewi") is not None and (await short.journal()).count("operator.dropped") == 2


async def test_without_a_number_the_caller_is_kept(short: Line) -> None:
    """Nothing else would lead back to them."""
    short.ready("sari", "dewi")
    await talks(short, None)
    await short.tell("c1", DROPS[4], ev.LegAnswered("op-c1-7"), DROPS[7])
    assert [entry.call for entry in short.floor.line.ordered()] == ["c1"]
    assert (await short.store.read(callback_tasks)) == []


async def test_ended_on_the_page(short: Line) -> None:
    """Both phones are hung up at once, and the operator writes up."""
    short.ready("sari")
    await talks(short)
    short.did()
    await short.tell("c1", ev.Finished("sari"), DROPS[4])
    assert [done[:2] for done in short.did()] == [("destroy_bridge", "br-c1"), ("hangup", "op-c1-4"), ("hangup", "c1")]
    assert short.desks[-1] == ("sari", "wrap_up")
