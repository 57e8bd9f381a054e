"""Calls and the floor: which phone rings for which call, when their events cross."""

import asyncio

import pytest

from ivr import events as ev
from tests.line.line import Line

MESSAGE = "messages/2026/11/22/c1"


async def test_two_calls_and_one_operator(line: Line) -> None:
    """The second call waits; refused by the first, after the pause the phone rings again for the first in line."""
    line.ready("sari")
    for name in ("c1", "c2"):
        await line.call(name)
        await line.tell(name, ev.Digit("1"))
    assert [line.runners[name].state.stage for name in ("c1", "c2")] == ["ringing", "waiting"]
    await line.tell("c1", ev.CallerGone())
    assert [line.runners[name].state.stage for name in ("c1", "c2")] == ["ended", "ringing"]
    assert [done[1:3] for done in line.did() if done[0] == "originate"] == [
        ("op-c1-4", "PJSIP/sari"),
        ("op-c2-4", "PJSIP/sari"),
    ]


async def test_an_offer_on_its_way_keeps_the_desk(line: Line) -> None:
    """Whatever the call does before it hears of the offer, the operator is not given to another one meanwhile."""
    await line.call("c1")
    await line.call("c2")
    await line.tell("c1", ev.Digit("1"))
    await line.tell("c2", ev.Digit("1"))
    line.ready("sari")
    (offer,) = line.floor.pump()
    line.runners["c1"].tell(ev.Spoke())  # was on its way before
    line.offer(offer.call, offer.operators)
    line.runners["c1"].stop()
    await line.runners["c1"].serve()
    desk = line.floor.roster.get("sari")
    assert desk is not None
    assert (desk.engaged, desk.call, line.floor.pump()) == ("ringing", "c1", ())
    await line.quiet()
    assert [done[1] for done in line.did() if done[0] == "originate"] == ["op-c1-4"]


async def test_transferred(line: Line) -> None:
    """The colleague rings and nobody else, however the desks change meanwhile; the first operator wraps up."""
    line.ready("sari")
    await line.call()
    await line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))
    line.ready("sari", "dewi", "tono")
    line.did()
    line.floor.engaged("dewi", "c1", "ringing")
    line.runners["c1"].tell(ev.Digit("5"))  # was on its way before
    await line.tell("c1", ev.Transferred("dewi"))
    assert [done[1:3] for done in line.did() if done[0] == "originate"] == [("op-c1-5", "PJSIP/dewi")]
    assert [line.floor.ready(), line.floor.pump()] == [("tono",), ()]


@pytest.mark.parametrize("event", [ev.Offered(("sari",)), ev.Taken("sari"), ev.Transferred("sari")])
async def test_an_offer_that_comes_too_late_frees_the_desk(line: Line, event: ev.Event) -> None:
    """The caller hung up before: nothing rings, and the operator is free again."""
    line.ready("sari")
    await line.call()
    line.runners["c1"].tell(ev.CallerGone())
    line.floor.engaged("sari", "c1", "ringing")
    await line.tell("c1", event)
    assert line.floor.ready() == ("sari",)
    assert "originate" not in [done[0] for done in line.did()]


async def test_taken_by_hand(line: Line) -> None:
    """The operator who takes a call has the desk that rings, the one who rang before is free."""
    line.ready("sari", "dewi")
    await line.call()
    await line.tell("c1", ev.Digit("1"))
    line.floor.engaged("dewi", "c1", "ringing")
    await line.tell("c1", ev.Taken("dewi"))
    assert line.floor.ready() == ("sari",)
    assert [done[1:3] for done in line.did() if done[0] == "originate"][-1] == ("op-c1-5", "PJSIP/dewi")


async def test_caller_hangs_up_while_the_phone_is_being_rung(line: Line) -> None:
    """Asterisk takes the order to ring after the call is over: that phone is stopped, and not left to ring alone."""
    line.ready("sari")
    runner = await line.call()
    line.did()
    line.ari.waits["originate"] = asyncio.Event()
    runner.tell(ev.Digit("1"))
    runner.tell(ev.CallerGone())
    runner.stop()
    await runner.serve()
    line.ari.waits["originate"].set()
    await line.quiet()
    assert [done[:2] for done in line.did() if done[1] == "op-c1-4"] == [
        ("hangup", "op-c1-4"),
        ("originate", "op-c1-4"),
        ("hangup", "op-c1-4"),
    ]


async def test_second_winner_is_told_of_the_first(line: Line) -> None:
    """Ring-all: cause 26, answered elsewhere, so that the phone shows no missed call."""
    line.ready("sari", "dewi")
    await line.call()
    await line.tell("c1", ev.Spoke())
    runner = line.runners["c1"]
    line.floor.line = line.floor.line.enqueue("c1", "urgent", line.now).missed("c1", "x").missed("c1", "y")
    await line.tell("c1", ev.Digit("1"))
    assert [leg.operator for leg in runner.state.legs] == ["sari", "dewi"]
    await line.tell("c1", ev.LegAnswered("op-c1-5"), ev.LegAnswered("op-c1-4"))
    assert [done for done in line.did() if done[0] == "hangup"] == [("hangup", "op-c1-4", 26)] * 2


async def test_a_call_rung_by_name_is_not_offered_to_others(line: Line) -> None:
    """Somebody becomes free while the colleague of a transfer is being rung: the call stays with the colleague."""
    line.ready("sari", "dewi")
    await line.call()
    await line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))
    line.floor.want("sari", "paused")
    line.floor.engaged("dewi", "c1", "ringing")
    await line.tell("c1", ev.Transferred("dewi"))
    assert [line.floor.line.calls["c1"].ringing, line.runners["c1"].state.legs[0].operator] == [True, "dewi"]
    line.ready("sari", "dewi", "tono")
    assert line.floor.pump() == ()


async def test_nothing_is_given_out_where_nothing_moved(line: Line) -> None:
    """A key in the menu of one call does not ring phones for another; the floor's own watch does that."""
    await line.call("c1")
    await line.call("c2")
    await line.tell("c1", ev.Digit("1"))
    line.ready("sari")
    await line.tell("c2", ev.Digit("9"))
    assert line.floor.ready() == ("sari",)
