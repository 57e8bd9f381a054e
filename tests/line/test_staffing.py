"""Operators after a restart: those on duty, and those in their wrap-up."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agents.presence import Desk
from ivr import events as ev
from line.floor import Floor
from line.staffing import Staffing
from tests.line.line import Line


async def begun(line: Line, changes: Callable[[Desk, str], object] = lambda desk, live: None) -> Floor:
    """The floor of the next process; `changes` hears what it says of its desks."""
    floor = Floor(lambda: line.now, changes, line.floor._rules, lambda: 120.0)
    ami: Any = SimpleNamespace(on_event=lambda kind, heard: None, on_connect=lambda resync: None)
    presence: Any = None
    staffing = Staffing(line.store, line._context.writer, ami, floor, presence, {}, lambda: None)
    await staffing.begin()
    floor.registered("sari", True)
    return floor


@pytest.mark.parametrize("live", ["talking", "wrap_up"])
async def test_a_wrap_up_of_which_only_the_call_knew(line: Line, live: str) -> None:
    """The desk is written a moment after its call: «talking» of a talk that is over means its ticket, for the rest of
    the time from the talk's end; of one that goes on it means nothing, nor does a ready operator's former call."""
    line.ready("sari")
    await line.store.write(lambda store: store.people.add(line.now, "sari", "Sari", "operator", None, "-"))
    await line.call()
    await line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))
    await line.store.write(lambda store: store.people.set_presence(line.now, "sari", "ready", "talking", "c1"))
    assert cast(Any, (await begun(line)).roster.get("sari")).wrap_up_until is None
    ended = line.later(30)
    await line.tell("c1", ev.LegEnded("op-c1-4", "hung_up"))
    await line.store.write(lambda store: store.people.set_presence(line.now, "sari", "ready", live, "c1"))
    line.later(60)
    floor = await begun(line)
    desk = floor.roster.get("sari")
    assert desk is not None
    assert (desk.call, desk.wanted, floor.ready()) == ("c1", "ready", ())
    assert desk.wrap_up_until is not None and (desk.wrap_up_until - ended).total_seconds() == 120
    line.later(60.1)
    assert (await begun(line)).ready() == ("sari",)
    await line.store.write(lambda store: store.people.set_presence(line.now, "sari", "ready", "ready", "c1"))
    assert cast(Any, (await begun(line)).roster.get("sari")).wrap_up_until is None


@pytest.mark.parametrize("registers", [True, False], ids=["phone is back", "phone is away"])
async def test_a_wrap_up_is_not_longer_after_each_restart(line: Line, registers: bool) -> None:
    """The writes of the next process, before and after the phone registers again, do not begin it anew."""
    line.ready("sari")
    await line.store.write(lambda store: store.people.add(line.now, "sari", "Sari", "operator", None, "-"))
    await line.call()
    await line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))
    ended = line.later(30)
    await line.tell("c1", ev.LegEnded("op-c1-4", "hung_up"))
    await line.store.write(lambda store: store.people.set_presence(line.now, "sari", "ready", "wrap_up", "c1"))
    for _ in range(3):
        line.later(30)
        changes: list[tuple[Desk, str]] = []
        floor = await begun(line, lambda desk, live, changes=changes: changes.append((desk, live)))  # type: ignore[misc]
        desk = floor.roster.get("sari")
        assert desk is not None and desk.wrap_up_until is not None
        assert (desk.wrap_up_until - ended).total_seconds() == 120
        for at, live in changes if registers else changes[:-1]:
            await line.store.write(
                lambda store, at=at, live=live: store.people.set_presence(line.now, "sari", at.wanted, live, at.call)  # type: ignore[misc]
            )
        expected = "wrap_up" if registers else "unregistered"
        (row,) = await line.store.read(lambda store: store.people.presences())
        assert (row["live"], row["call"]) == (expected, "c1")
