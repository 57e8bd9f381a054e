"""The screen-pop comes from the saved step of the call, not from the presence that is written after it."""

import json
from typing import Any

from console.live.snapshots import Moments, operator
from ivr.state import CallState, Leg, to_dict
from tests.console.desk112 import RunningConsole
from tests.console.live.test_live import page, snapshot


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
