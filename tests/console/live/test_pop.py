"""The screen-pop comes from the saved step of the call, not from the presence that is written after it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from console.live.snapshots import Moments, operator, overview
from ivr.state import CallState, Leg, to_dict
from tests.console.desk112 import RunningConsole
from tests.console.live.test_live import page, snapshot
from tickets.store.calls import Note


async def rings(desk: RunningConsole, call: str, *legs: Leg, talking: Leg | None = None) -> None:
    """Save the step with which these phones are rung, as the calls process does; no presence."""
    stage = "talking" if talking else "ringing"
    state = CallState(call, stage=stage, legs=legs, talking=talking, operator=talking and talking.operator)
    columns: dict[str, Any] = {"stage": stage, "lane": "urgent", "operator": state.operator}
    times = {"waiting_at": "2026-11-22T02:59:50+00:00", "ringing_at": "2026-11-22T03:00:00+00:00"}
    await desk.call(call, **columns, **times, state=json.dumps(to_dict(state)))


async def seen(desk: RunningConsole, name: str) -> Any:
    """The page of an operator."""
    moment = Moments().at(desk.console.setting, desk.clock.now)
    return await desk.store.read(lambda store: operator(store, moment, name))


async def test_the_step_alone_pops(desk: RunningConsole) -> None:
    """The step is committed, the presence is not: the page has the call all the same, and rings."""
    await desk.store.write(lambda store: store.people.set_presence(desk.clock.now, "siti", "ready", "ready", None))
    async with page(desk, "siti", "page=operator") as siti:
        assert (await snapshot(siti))["pop"] is None
        await rings(desk, "c1", Leg("op-c1-1", "siti"))
        data = await snapshot(siti)
    assert data["pop"] is not None, "the phone rings without a page"
    assert data["pop"]["call"]["id"] == "c1"
    assert (data["me"]["wanted"], data["me"]["live"], data["me"]["call"]) == ("ready", "ringing", "c1")


async def test_who_was_never_present_pops_too(desk: RunningConsole) -> None:
    """There may be no presence row at all: its first write failed."""
    await rings(desk, "c1", Leg("op-c1-1", "siti"), Leg("op-c1-2", "budi"))
    for name in ("siti", "budi"):
        data = await seen(desk, name)
        assert data["pop"]["call"]["id"] == "c1"
        assert data["me"]["live"] == "ringing"


async def test_a_talk_pops_at_the_desk_that_talks(desk: RunningConsole) -> None:
    """And no longer where the phone was rung before; a transfer pops at both desks."""
    await rings(desk, "c1", Leg("op-c1-3", "budi"), talking=Leg("op-c1-1", "siti"))
    siti, budi = await seen(desk, "siti"), await seen(desk, "budi")
    assert (siti["pop"]["call"]["id"], siti["me"]["live"]) == ("c1", "talking")
    assert (budi["pop"]["call"]["id"], budi["me"]["live"]) == ("c1", "ringing")


async def test_a_step_counts_more_than_a_presence_of_before(desk: RunningConsole) -> None:
    """The presence still says that another call is in wrap-up."""
    await desk.call("c0", stage="ended", outcome="talked", ended_at="2026-11-22T02:59:00+00:00")
    await desk.store.write(lambda store: store.people.set_presence(desk.clock.now, "siti", "ready", "wrap_up", "c0"))
    assert (await seen(desk, "siti"))["pop"]["call"]["id"] == "c0"
    await rings(desk, "c1", Leg("op-c1-1", "siti"))
    assert (await seen(desk, "siti"))["pop"]["call"]["id"] == "c1"


async def noted(desk: RunningConsole, kind: str, minutes: float, **data: str) -> None:
    """A row of the call, so long after its beginning."""
    at, note = desk.clock.now + timedelta(minutes=minutes), Note(kind, data)
    ticket = (await desk.store.read(lambda store: store.calls.get("c1")))["ticket"]
    await desk.store.write(lambda store: store.calls.step(at, "c1", ticket, {}, (note,)))


async def saved(desk: RunningConsole, **state: Any) -> None:
    """The state of the call's flow, as a step saves it."""
    talk = CallState("c1", stage="talking", talking=Leg("op-c1-1", "siti"), operator="siti", **state)
    columns = {"state": json.dumps(to_dict(talk))}
    await desk.store.write(lambda store: store.calls.step(desk.clock.now, "c1", "T-20261122-0001", columns, ()))


async def test_a_hold_is_seen_with_its_time(desk: RunningConsole) -> None:
    """By the operator, by colleagues and on the wall; a second hold counts from itself, and none is seen after it."""
    await rings(desk, "c1", talking=Leg("op-c1-1", "siti"))
    await desk.store.write(lambda store: store.people.set_presence(desk.clock.now, "siti", "ready", "talking", "c1"))
    for kind, minutes in (("call.held", 1), ("call.resumed", 2), ("call.held", 3)):
        await noted(desk, kind, minutes)
    await saved(desk, music=True)
    moment = Moments().at(desk.console.setting, desk.clock.now)
    wall = await desk.store.read(lambda store: overview(store, moment, ""))
    (colleague,) = (await seen(desk, "budi"))["colleagues"]
    since = "2026-11-22T03:03:00.000000+00:00"
    assert (await seen(desk, "siti"))["pop"]["call"]["held_at"] == since
    assert (colleague["operator"], colleague["held_at"], wall["calls"][0]["held_at"]) == ("siti", since, since)
    await saved(desk, music=False)
    assert (await seen(desk, "siti"))["pop"]["call"]["held_at"] is None
    assert (await seen(desk, "budi"))["colleagues"][0]["held_at"] is None


async def test_music_in_the_line_is_no_hold(desk: RunningConsole) -> None:
    """Nobody talks with a caller who waits."""
    await rings(desk, "c1", Leg("op-c1-1", "siti"))
    state = CallState("c1", stage="ringing", legs=(Leg("op-c1-1", "siti"),), music=True)
    columns = {"state": json.dumps(to_dict(state))}
    await desk.store.write(lambda store: store.calls.step(desk.clock.now, "c1", "T-20261122-0001", columns, ()))
    assert (await seen(desk, "siti"))["pop"]["call"]["held_at"] is None


async def test_who_transfers_and_why_is_read_while_it_rings(desk: RunningConsole) -> None:
    """The last transfer counts; a call that nobody handed on has none."""
    await rings(desk, "c1", Leg("op-c1-2", "budi"))
    assert (await seen(desk, "budi"))["pop"]["handed"] is None
    await noted(desk, "call.transferred", 1, operator="ani", by="budi")
    await noted(desk, "call.transferred", 2, operator="budi", by="siti", note="butuh bahasa Jawa")
    assert (await seen(desk, "budi"))["pop"]["handed"] == {
        "at": "2026-11-22T03:02:00.000000+00:00",
        "by": "siti",
        "to": "budi",
        "note": "butuh bahasa Jawa",
    }


async def test_a_transfer_of_an_earlier_release_has_no_author(desk: RunningConsole) -> None:
    """Its row names the colleague alone."""
    await rings(desk, "c1", Leg("op-c1-2", "budi"))
    await noted(desk, "call.transferred", 1, operator="budi")
    handed = (await seen(desk, "budi"))["pop"]["handed"]
    assert (handed["by"], handed["note"]) == (None, None)


@pytest.mark.parametrize("language", [None, "jv"])
async def test_the_pop_says_the_language_that_was_chosen(desk: RunningConsole, language: str | None) -> None:
    """Also in the line of those who wait."""
    await rings(desk, "c1", talking=Leg("op-c1-1", "siti"))
    await saved(desk, language=language)
    assert (await seen(desk, "siti"))["pop"]["call"]["language"] == language
    await desk.call("c2", "+6281326554022", stage="waiting", state=json.dumps(to_dict(CallState("c2", language="jv"))))
    assert [call["language"] for call in (await seen(desk, "siti"))["waiting"]] == ["jv"]
