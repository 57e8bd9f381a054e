"""A talk that the operator's side ends within seconds is not over: first in line, and then a call back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr import events as ev
from ivr.commands import Callback, DeadMan, Dequeue, Disconnect, Enqueue, Hangup, Play, Release, Wake
from tests.ivr.playbook import OPEN, SCRIPT, Playbook, leg, note, talking

PHONE = "op-c1-4"
AT_ONCE = ev.LegEnded(PHONE, "hung_up")


def after(seconds: float, script_s: float = 5.0) -> Playbook:
    """A talk that has lasted so long."""
    return talking().at(OPEN + timedelta(seconds=seconds)).under(replace(SCRIPT, short_talk_s=script_s))


def dropped() -> Playbook:
    """The first operator's phone hung up at once, and the next operator has answered as op-c1-7."""
    return talking().go(AT_ONCE, ev.Offered(("dewi",)), ev.LegAnswered("op-c1-7"))


def test_the_phone_hangs_up_at_once() -> None:
    """The caller is told, goes first in line, marked; the operator's desk is free after a pause, without wrap-up."""
    talking().event(AT_ONCE).expect(
        Disconnect(),
        note("operator.dropped", operator="sari", seconds="0.0"),
        DeadMan(True),
        Enqueue("urgent", first=True),
        Release("sari", "dropped"),
        Play("pb-c1-5", ("operator-terputus",)),
        Wake("position-6", 30.0),
    ).is_now(stage="waiting", lane="urgent", mark="terputus", talking=None, outcome=None, dropped=1)


@pytest.mark.parametrize(
    ("seconds", "stage"),
    [(0.0, "waiting"), (4.99, "waiting"), (5.0, "ended"), (300.0, "ended"), (-60.0, "ended")],
)
def test_what_counts_as_short(seconds: float, stage: str) -> None:
    """Below the limit, by the clock; a clock that was set back says nothing, and the operator's hang-up counts."""
    after(seconds).go(AT_ONCE).is_now(stage=stage)


@pytest.mark.parametrize(("limit", "seconds", "stage"), [(0.0, 0.0, "ended"), (10.0, 9.0, "waiting")])
def test_the_limit_is_a_setting(limit: float, seconds: float, stage: str) -> None:
    """0: whoever hangs up ends the call, as before."""
    after(seconds, limit).go(AT_ONCE).is_now(stage=stage)


def test_a_second_time_the_caller_is_called_back() -> None:
    """Told so before we hang up; meanwhile the call is not in the line, but an operator may take it by hand."""
    book = dropped().event(ev.LegEnded("op-c1-7", "hung_up"))
    book.expect(
        Disconnect(),
        note("operator.dropped", operator="dewi", seconds="0.0"),
        DeadMan(True),
        Release("dewi", "dropped"),
        Play("pb-c1-8", ("terputus-lagi",)),
    ).is_now(stage="waiting", mark="terputus", talking=None, outcome=None, dropped=2)
    book.event(ev.PlaybackEnded("pb-c1-8")).expect(
        Callback("terputus"), Dequeue(), Hangup(), note("call.ended", outcome="talked")
    ).is_now(stage="ended", outcome="talked")


def test_the_end_after_the_second_time_hangs_up_and_opens_one_task() -> None:
    """One task, whoever hangs up first."""
    said = dropped().go(ev.LegEnded("op-c1-7", "hung_up"))
    commands = said.event(ev.PlaybackEnded("pb-c1-8")).seen()
    assert [c for c in commands if isinstance(c, Callback)] == [Callback("terputus")]
    assert Hangup() in commands
    gone = dropped().go(ev.LegEnded("op-c1-7", "hung_up")).event(ev.CallerGone()).seen()
    assert [c for c in gone if isinstance(c, Callback)] == [Callback("terputus")]


def test_who_cannot_be_called_back_is_kept_however_often() -> None:
    """Without a number there is no second way to the caller: the line goes on."""
    state = replace(talking().state, unreachable=True)
    book = Playbook(state)
    for number in (4, 7, 10):
        book.go(ev.LegEnded(f"op-c1-{number}", "hung_up")).is_now(stage="waiting", mark="terputus")
        assert book.state.then == "music"
        book.go(ev.Offered(("dewi",)), ev.LegAnswered(f"op-c1-{number + 3}"))


def test_taken_by_hand_while_the_second_sentence_plays() -> None:
    """The operator who takes the call talks; nothing is left of the farewell."""
    book = dropped().go(ev.LegEnded("op-c1-7", "hung_up"), ev.Taken("tono"), ev.LegAnswered("op-c1-9"))
    book.is_now(stage="talking", talking=leg("tono", 9), then=None)
    book.event(ev.PlaybackEnded("pb-c1-8")).expect().is_now(stage="talking")


def test_a_talk_that_lasted_forgives() -> None:
    """After a real talk with the second operator a hang-up is an end again, without any task."""
    book = dropped().at(OPEN + timedelta(minutes=3)).event(ev.LegEnded("op-c1-7", "hung_up"))
    assert not [c for c in book.seen() if isinstance(c, Callback)]
    book.is_now(stage="ended", outcome="talked")


def test_the_colleague_after_a_transfer_counts_anew() -> None:
    """The talk begins when the colleague answers: their phone that drops at once does not end the call."""
    book = talking().at(OPEN + timedelta(minutes=5)).go(ev.Transferred("dewi"), ev.LegAnswered("op-c1-5"))
    book.go(ev.LegEnded("op-c1-5", "hung_up")).is_now(stage="waiting", mark="terputus")


def test_the_caller_who_hangs_up_at_once_ends_the_call() -> None:
    """Only the operator's side is doubted."""
    talking().go(ev.CallerGone()).is_now(stage="ended", outcome="talked")


def test_the_same_after_a_take_over() -> None:
    """The beginning of the talk is saved: a restart does not make a short talk long, nor a long one short."""
    there = ev.Restored((PHONE,), (PHONE,), ("c1", PHONE))
    talking().go(there).at(OPEN + timedelta(seconds=4)).go(AT_ONCE).is_now(stage="waiting", mark="terputus")
    talking().at(OPEN + timedelta(seconds=60)).go(there, AT_ONCE).is_now(stage="ended", outcome="talked")


def test_a_call_of_an_earlier_release_in_talk_ends_as_it_did() -> None:
    """Its saved state does not say since when it talks."""
    Playbook(replace(talking().state, talk_since=None)).go(AT_ONCE).is_now(stage="ended", outcome="talked")


def test_a_restart_while_the_second_sentence_plays_keeps_the_caller() -> None:
    """Nothing says how much of it was heard: back in line, first."""
    book = dropped().go(ev.LegEnded("op-c1-7", "hung_up")).event(ev.Restored())
    assert Enqueue("urgent", first=True) in book.seen()


def test_ended_on_the_page() -> None:
    """«Akhiri» ends the call however short the talk was; the phone is hung up, and wrap-up follows."""
    book = talking().event(ev.Finished("sari"))
    commands = book.seen()
    assert Release("sari", "talked") in commands and Hangup() in commands
    book.is_now(stage="ended", outcome="talked", talking=None)
    book.event(AT_ONCE).expect()


def test_only_who_talks_may_end() -> None:
    """A request that comes after the call has moved on to a colleague changes nothing."""
    talking("sari").event(ev.Finished("dewi")).expect().is_now(stage="talking")
