"""A caller calls again while a dead first call stands: the second takes its operator, or its place in the line."""

import pytest

from ivr import events as ev
from ivr.commands import Callback, Cancel, DeadMan, Disconnect, Enqueue, Hangup, Music, Release, Ring, StopPlay, Wake
from tests.ivr.playbook import STAGES, leg, menu, note, ringing, talking, waiting

BY = ev.Replaced("c2")


def test_a_talk_is_replaced() -> None:
    """The operator is free at once, without wrap-up: their phone rings for the second call."""
    talking().event(BY).expect(
        note("call.replaced", by="c2"),
        Disconnect(),
        Cancel("op-c1-4"),
        Release("sari", "cancelled"),
        Hangup(),
        note("call.ended", outcome="talked"),
    ).is_now(stage="ended", outcome="talked", talking=None)


@pytest.mark.parametrize("stage", ["menu", "challenge", "waiting", "ringing", "closed", "talking", "recording"])
def test_nobody_is_called_back_who_has_called_again(stage: str) -> None:
    """Whatever the first call was at, it is over."""
    book = STAGES[stage]().event(BY)
    commands = book.seen()
    assert [c for c in commands if isinstance(c, Callback)] == [] and Hangup() in commands
    book.is_now(stage="ended")


def test_a_message_that_was_being_left_is_kept() -> None:
    """It is on the disk."""
    STAGES["recording"]().go(BY).is_now(outcome="message")


def test_phones_that_ring_for_the_first_call_stop() -> None:
    """And are free for the second."""
    commands = ringing("sari", "dewi").event(BY).seen()
    assert Cancel("op-c1-4") in commands and Release("dewi", "cancelled") in commands


def test_the_second_call_gets_the_operator() -> None:
    """Out of the menu, first in line, and that very operator rings."""
    book = menu().event(ev.Replaces("c0", "sari", kind="emergency"))
    book.expect(
        note("call.replaces", call="c0"),
        StopPlay("pb-c1-1"),
        note("call.lane", lane="urgent", mark="terputus"),
        Enqueue("urgent", first=True),
        Music(True),
        Wake("position-2", 30.0),
        Ring("sari", "op-c1-3"),
        note("operator.ringing", operator="sari", leg="op-c1-3"),
    ).is_now(stage="ringing", mark="terputus", kind="emergency", legs=(leg("sari", 3),))
    book.event(ev.LegEnded("op-c1-3", "no_answer"))
    assert Enqueue("urgent", first=True) in book.seen()


def test_the_second_call_gets_the_place_in_the_line() -> None:
    """The lane of the first, without any question."""
    book = menu().event(ev.Replaces("c0", None, "normal", kind="complaint"))
    assert Enqueue("normal") in book.seen()
    book.is_now(stage="waiting", lane="normal", kind="complaint")


def test_who_waits_already_changes_lane() -> None:
    """The second call had pressed another key by then."""
    waiting("normal").go(ev.Replaces("c0", None, "urgent")).is_now(stage="waiting", lane="urgent")


@pytest.mark.parametrize("stage", ["ringing", "talking", "recording"])
def test_a_second_call_that_is_served_already_stays_so(stage: str) -> None:
    """It was quicker."""
    STAGES[stage]().event(ev.Replaces("c0", "sari")).expect().is_now(stage=stage)


def test_after_the_hours_the_second_call_is_served_like_the_first() -> None:
    """The first came in time."""
    book = STAGES["closed"]().event(ev.Replaces("c0", None, "urgent"))
    assert DeadMan(True) not in book.seen()
    book.is_now(stage="waiting", lane="urgent")
