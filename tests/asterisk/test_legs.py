"""Legs: one table gives each its events; a leg is answered, ends, or our patience does."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from asterisk import legs as module
from asterisk.ari import Ari
from asterisk.causes import NO_ANSWER
from asterisk.errors import AriError
from asterisk.legs import Leg, Legs
from asterisk.translate import (
    Answered,
    Arrival,
    Ended,
    HangingUp,
    Held,
    LegEvent,
    Ringing,
    Stray,
    Told,
    Translated,
    Withdrawn,
)
from ivr import events as ev

LEG = "cb-4-op"


class FakeAri:
    """The two methods that a leg needs; they fail by `fails`."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.fails: AriError | None = None

    async def originate(self, channel: str, endpoint: str, **_: object) -> None:
        self.done.append(("originate", channel))
        if self.fails is not None:
            raise self.fails

    async def hangup(self, channel: str, cause: int = 16) -> None:
        self.done.append(("hangup", channel))
        if self.fails is not None:
            raise self.fails


@pytest.fixture
def ari() -> FakeAri:
    """An Asterisk that accepts every order."""
    return FakeAri()


@pytest.fixture
def legs(ari: FakeAri) -> Legs:
    """No leg yet."""
    return Legs(cast(Ari, ari))


def known(legs: Legs, name: str = LEG) -> Leg:
    """A leg in the table."""
    leg = Leg(name)
    legs.know(leg)
    return leg


async def nothing(_: object) -> None:
    """Nothing else is waited for."""


async def ring(legs: Legs, leg: Leg) -> None:
    await legs.ring(leg, "PJSIP/sari", app_args="cb", caller_id="112", ring_s=15.0)


async def test_an_event_goes_to_its_leg_alone(legs: Legs) -> None:
    """Each has its own inbox; what is nobody's comes back."""
    first, second = known(legs), known(legs, "ls-1.5-7a")
    assert [legs.route(Ringing(first.id)), legs.route(Held(second.id))] == [None, None]
    assert (first.inbox.get_nowait(), second.inbox.get_nowait()) == (Ringing(first.id), Held(second.id))
    assert (first.inbox.empty(), second.inbox.empty()) == (True, True)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Answered("ls-1.5-7a"), Told("1.5", ev.LegAnswered("ls-1.5-7a"))),
        (Ended("op-1.5-2", 21), Told("1.5", ev.LegEnded("op-1.5-2", "declined"))),
        (HangingUp("op-1.5-2", shutdown=True), Told("1.5", ev.Cut())),
        (HangingUp("op-1.5-2"), None),
        (Answered("cb-4-op"), Stray("cb-4-op")),
        (Ended("cb-4-op", 16), None),
        (Answered("push-0c1d"), Stray("push-0c1d")),
        (Ringing("push-0c1d"), Stray("push-0c1d")),
        (Ended("push-0c1d", 16), None),
        (Arrival("1.5", "112", {}), Arrival("1.5", "112", {})),
        (None, None),
    ],
)
async def test_what_no_leg_takes_is_for_the_calls(legs: Legs, event: Translated, expected: Translated) -> None:
    """A leg that was given to a call is the call's; one of a call back that was given up is nobody's, and no caller."""
    leg = known(legs, "ls-1.5-7a")
    legs.forget(leg.id, "never known")
    assert legs.route(event) == expected
    assert leg.inbox.empty()


async def test_a_leg_knows_its_state_before_it_is_waited_for(legs: Legs) -> None:
    """A decision between two events knows the events that still wait in the inbox."""
    leg = known(legs)
    assert (leg.rung, leg.answered, leg.gone) == (False, False, False)
    await ring(legs, leg)
    legs.route(Answered(leg.id))
    assert (leg.rung, leg.answered, leg.gone) == (True, True, False)
    legs.route(Withdrawn(leg.id))
    assert leg.gone


async def test_a_leg_that_asterisk_does_not_ring(legs: Legs, ari: FakeAri) -> None:
    """It was never rung, so a reconnection does not end it."""
    leg, ari.fails = known(legs), AriError("originate", 500, "Allocation failed")
    with pytest.raises(AriError, match="500"):
        await ring(legs, leg)
    legs.missing([], "cb-")
    assert (leg.rung, leg.inbox.empty()) == (False, True)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ((Ringing(LEG), Answered(LEG)), None),
        ((Ended(LEG, 17),), Ended(LEG, 17)),
        ((HangingUp(LEG), Withdrawn(LEG), Ended(LEG, 21)), Ended(LEG, 21)),
        ((Answered("cb-4-out"), Ended("cb-4-out", 17), Answered(LEG)), None),
        (("stop", Answered(LEG)), "stopped"),
    ],
)
async def test_how_waiting_ends(legs: Legs, events: tuple[Any, ...], expected: object) -> None:
    """Answered, refused with a cause, or by a wish; events of another leg in the same inbox change nothing."""
    leg = known(legs)

    async def wish(event: LegEvent | str) -> str | None:
        return "stopped" if event == "stop" else None

    for event in events:
        leg.inbox.put_nowait(event)
    assert await legs.answered(leg, 15.0, wish) == expected


async def test_our_patience_ends(legs: Legs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asterisk said nothing within the ring time and the grace: that is no answer."""
    monkeypatch.setattr(module, "GRACE_S", 0.01)
    assert await legs.answered(known(legs), 0.01, nothing) == Ended(LEG, NO_ANSWER)


async def test_what_is_done_meanwhile_is_never_cut_off(legs: Legs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A note that takes longer than our patience is written, and an answer that came by then counts."""
    monkeypatch.setattr(module, "GRACE_S", 0.0)
    leg, noted, go_on = known(legs), list[object](), asyncio.Event()

    async def note(event: object) -> None:
        legs.route(Answered(leg.id))
        asyncio.get_running_loop().call_later(0.05, go_on.set)
        await go_on.wait()
        noted.append(event)

    legs.route(Ringing(leg.id))
    assert await legs.answered(leg, 0.02, note) is None
    assert noted == [Ringing(leg.id)]


async def test_after_a_reconnection(legs: Legs) -> None:
    """A leg that ended unheard is told so; others, and those of another room, are left alone."""
    gone, there, listener = known(legs), known(legs, "cb-4-out"), known(legs, "ls-1.5-7a")
    for leg in (gone, there, listener):
        await ring(legs, leg)
    legs.missing(["cb-4-out"], "cb-")
    assert gone.inbox.get_nowait() == Ended(gone.id)
    assert (gone.gone, there.inbox.empty(), listener.inbox.empty()) == (True, True, True)


async def test_hanging_up_never_raises(legs: Legs, ari: FakeAri) -> None:
    """Freeing a desk does not stop half-way."""
    ari.fails = AriError("hangup", 0, "timeout")
    await legs.hang_up(LEG)
    assert ari.done == [("hangup", LEG)]
