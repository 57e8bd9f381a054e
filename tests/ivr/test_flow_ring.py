"""Waiting, ringing, talking: who rings, who wins, who is lost, and that the caller is kept."""

from datetime import datetime, timedelta

import pytest

from ivr import events as ev
from ivr.commands import (
    Cancel,
    Command,
    Connect,
    DeadMan,
    Dequeue,
    Disconnect,
    Enqueue,
    Hangup,
    Music,
    Play,
    Release,
    Ring,
    StopPlay,
    Wake,
)
from tests.ivr.playbook import OPEN, WIB, leg, note, ringing, talking, waiting

FIRST_TALK = "calls/2026/11/22/c1-4"


def rings(operator: str, number: int) -> tuple[Command, ...]:
    """A phone starts to ring, and the row that its screen-pop hangs on."""
    return Ring(operator, f"op-c1-{number}"), note("operator.ringing", operator=operator, leg=f"op-c1-{number}")


def test_offered_to_one() -> None:
    """The line gives the call to an operator: their phone rings; the caller still hears the prompt."""
    book = waiting().event(ev.Offered(("sari",))).expect(*rings("sari", 4))
    book.is_now(stage="ringing", legs=(leg("sari", 4),), rang=True, playback="pb-c1-2")
    book.event(ev.LegRinging("op-c1-4")).expect()


def test_keys_and_voice_while_phones_ring() -> None:
    """A key is remembered; either is a sign of a person, also of one whom an operator took out of the silent lane."""
    ringing("sari").event(ev.Digit("7")).expect().event(ev.Spoke()).expect().is_now(stage="ringing", keys="17")
    for sign in (ev.Digit("7"), ev.Spoke()):
        waiting("silent").go(ev.Taken("sari")).is_now(person=False).event(sign).expect().is_now(person=True)


def test_answered() -> None:
    """Music stops, the dead-man timer is cleared, the line is left, both are bridged and recorded."""
    (
        ringing("sari")
        .heard()
        .event(ev.LegAnswered("op-c1-4"))
        .expect(
            Music(False),
            DeadMan(False),
            Dequeue(),
            Connect("op-c1-4", FIRST_TALK),
            note("call.talking", operator="sari"),
        )
        .is_now(stage="talking", talking=leg("sari", 4), operator="sari", legs=(), timer=None, recording=FIRST_TALK)
    )


def test_answered_during_the_prompt() -> None:
    """The legal notice is cut short for the operator: bridging a channel that plays would wait for its end."""
    ringing("sari").event(ev.LegAnswered("op-c1-4")).expect(
        StopPlay("pb-c1-2"),
        DeadMan(False),
        Dequeue(),
        Connect("op-c1-4", FIRST_TALK),
        note("call.talking", operator="sari"),
    )


def test_first_of_all_wins() -> None:
    """Ring-all: the first to answer has the call, the others are told that a colleague answered, and are free."""
    book = ringing("sari", "dewi", "tono").event(ev.LegAnswered("op-c1-5"))
    book.expect(
        Cancel("op-c1-4", elsewhere=True),
        Release("sari", "cancelled"),
        Cancel("op-c1-6", elsewhere=True),
        Release("tono", "cancelled"),
        StopPlay("pb-c1-2"),
        DeadMan(False),
        Dequeue(),
        Connect("op-c1-5", "calls/2026/11/22/c1-5"),
        note("call.talking", operator="dewi"),
    ).is_now(talking=leg("dewi", 5), operator="dewi")
    book.event(ev.LegAnswered("op-c1-4")).expect(Cancel("op-c1-4", elsewhere=True))
    book.event(ev.LegEnded("op-c1-4", "cancelled")).expect().is_now(stage="talking", talking=leg("dewi", 5))


def test_told_twice_of_the_same_answer() -> None:
    """The phone that talks is never cancelled."""
    talking("sari").event(ev.LegAnswered("op-c1-4")).expect().event(ev.LegRinging("op-c1-4")).expect()


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("declined", "declined"),
        ("busy", "busy"),
        ("no_answer", "missed"),
        ("forwarded", "declined"),
        ("hung_up", "missed"),
        ("unreachable", "unreachable"),
        ("lost", "unreachable"),
        ("cancelled", "missed"),
    ],
)
def test_phone_did_not_answer(reason: str, why: str) -> None:
    """The operator is free again with a pause that fits, and the caller stands in its old lane."""
    stop = (Cancel("op-c1-4"),) if why == "unreachable" else ()
    (
        ringing("sari", lane="normal")
        .event(ev.LegEnded("op-c1-4", reason))
        .expect(
            *stop,
            Release("sari", why),
            note("operator.missed", operator="sari", reason=reason),
            Enqueue("normal"),
        )
        .is_now(stage="waiting", lane="normal", legs=(), timer="position-3")
        .event(ev.Offered(("dewi",)))
        .expect(*rings("dewi", 5))
    )


def test_one_of_several_did_not_answer() -> None:
    """The others ring on; the call is back in the line with the last of them."""
    book = ringing("sari", "dewi")
    book.event(ev.LegEnded("op-c1-4", "declined")).expect(
        Release("sari", "declined"), note("operator.missed", operator="sari", reason="declined")
    ).is_now(stage="ringing", legs=(leg("dewi", 5),))
    book.event(ev.LegEnded("op-c1-5", "no_answer")).expect(
        Release("dewi", "missed"), note("operator.missed", operator="dewi", reason="no_answer"), Enqueue("urgent")
    ).is_now(stage="waiting")


def test_late_answer_of_a_phone_that_stopped() -> None:
    """A phone that picks up after it was given up is hung up, whatever the call does meanwhile."""
    gone = ev.LegEnded("op-c1-4", "no_answer")
    late = ev.LegAnswered("op-c1-4")
    hang_up = Cancel("op-c1-4", elsewhere=True)
    ringing("sari").go(gone).event(late).expect(hang_up).is_now(stage="waiting")
    ringing("sari").go(gone, ev.Offered(("dewi",))).event(late).expect(hang_up).is_now(legs=(leg("dewi", 5),))
    ringing("sari").go(ev.CallerGone()).event(late).expect(hang_up).is_now(stage="ended", outcome="abandoned")


def test_late_end_of_a_phone_that_stopped() -> None:
    """An end that was reported before changes nothing."""
    again = ev.LegEnded("op-c1-4", "no_answer")
    ringing("sari").go(again).event(again).expect().is_now(stage="waiting")
    ringing("sari").go(again, ev.Offered(("dewi",))).event(again).expect().is_now(legs=(leg("dewi", 5),))


def test_taken_by_hand_from_the_line() -> None:
    """An operator's choice rings only that operator; no place in the line is announced meanwhile."""
    book = waiting("normal").event(ev.Taken("dewi"))
    book.expect(note("operator.took", operator="dewi"), *rings("dewi", 4)).is_now(stage="ringing", lane="normal")
    book.event(ev.Wakeup("position-3", 1)).expect()


def test_taken_by_hand_while_others_ring() -> None:
    """Whoever rings for it stops and is free; refused, the call goes back into the line with a fresh timer."""
    book = ringing("sari").event(ev.Taken("dewi"))
    book.expect(
        Cancel("op-c1-4"), Release("sari", "cancelled"), note("operator.took", operator="dewi"), *rings("dewi", 5)
    ).is_now(legs=(leg("dewi", 5),))
    book.event(ev.LegEnded("op-c1-5", "declined")).expect(
        Release("dewi", "declined"),
        note("operator.missed", operator="dewi", reason="declined"),
        Enqueue("urgent"),
        Wake("position-6", 30.0),
    )


@pytest.mark.parametrize(
    ("position", "prompts"),
    [
        (1, ("antrean", "angka-1", "tetap-di-telepon")),
        (10, ("antrean", "angka-10", "tetap-di-telepon")),
        (11, ("tetap-di-telepon",)),
        (0, ("tetap-di-telepon",)),
        (None, ("tetap-di-telepon",)),
    ],
)
def test_place_in_the_line(position: int | None, prompts: tuple[str, ...]) -> None:
    """Every half minute the music gives way to the place in the line, as far as there are words for it."""
    (
        waiting()
        .heard()
        .event(ev.Wakeup("position-3", position))
        .expect(Music(False), Play("pb-c1-4", prompts), Wake("position-5", 30.0))
        .event(ev.PlaybackEnded("pb-c1-4"))
        .expect(Music(True))
    )


def test_place_is_announced_while_phones_ring() -> None:
    """A caller whose call rings at a phone that nobody answers is not forgotten."""
    ringing("sari").heard().late().is_now(stage="ringing", playback="pb-c1-5", then="music", timer="position-6")


def test_hold() -> None:
    """On hold the caller hears music, and hears it stop."""
    book = talking().event(ev.Held()).expect(Music(True), note("call.held")).is_now(music=True)
    book.event(ev.Resumed()).expect(Music(False), note("call.resumed")).is_now(music=False)


def test_keys_and_voice_in_talk_change_nothing() -> None:
    """The conversation is theirs."""
    talking().event(ev.Digit("5")).expect().event(ev.Spoke()).expect().is_now(stage="talking", keys="1")


def test_operator_hangs_up() -> None:
    """The talk is over, and so is the call; wrap-up follows for the operator."""
    (
        talking()
        .at(OPEN + timedelta(minutes=1))
        .event(ev.LegEnded("op-c1-4", "hung_up"))
        .expect(Disconnect(), Release("sari", "talked"), Hangup(), note("call.ended", outcome="talked"))
        .is_now(stage="ended", outcome="talked", talking=None, operator="sari", recording=FIRST_TALK)
    )


@pytest.mark.parametrize("reason", ["lost", "unreachable", "busy", "no_answer"])
def test_operator_is_lost_in_talk(reason: str) -> None:
    """Whatever else ends the operator's phone: the caller is kept, told so, and is urgent."""
    book = talking().event(ev.LegEnded("op-c1-4", reason))
    book.expect(
        Disconnect(),
        Cancel("op-c1-4"),
        Release("sari", "talked"),
        note("operator.lost", operator="sari"),
        DeadMan(True),
        Enqueue("urgent", first=True),
        Play("pb-c1-5", ("operator-terputus",)),
        Wake("position-6", 30.0),
    ).is_now(stage="waiting", lane="urgent", mark="terputus", talking=None, recording=FIRST_TALK)
    book.go(ev.Offered(("dewi",)), ev.LegAnswered("op-c1-7"))
    book.is_now(stage="talking", operator="dewi", recording="calls/2026/11/22/c1-7")


def test_operator_of_a_normal_call_is_lost() -> None:
    """A complaint that was cut off comes before those that nobody spoke to yet; the change of lane is noted."""
    book = ringing("sari", lane="normal").go(ev.LegAnswered("op-c1-4")).event(ev.LegEnded("op-c1-4", "lost"))
    book.expect(
        Disconnect(),
        Cancel("op-c1-4"),
        Release("sari", "talked"),
        note("operator.lost", operator="sari"),
        DeadMan(True),
        note("call.lane", lane="urgent", mark="terputus"),
        Enqueue("urgent", first=True),
        Play("pb-c1-5", ("operator-terputus",)),
        Wake("position-6", 30.0),
    )


def test_operator_is_lost_while_the_caller_is_on_hold() -> None:
    """The hold music stops for the announcement."""
    book = talking().go(ev.Held()).event(ev.LegEnded("op-c1-4", "lost"))
    assert Music(False) in book.seen()


def test_another_phone_ends_in_talk() -> None:
    """Only the phone that talks can end the talk."""
    talking().event(ev.LegEnded("op-c1-9", "hung_up")).expect().is_now(stage="talking")


def test_recording_is_filed_under_the_day_of_the_answer() -> None:
    """Recordings lie in folders by day."""
    book = ringing().at(datetime(2026, 11, 23, 0, 0, 1, tzinfo=WIB)).go(ev.LegAnswered("op-c1-4"))
    book.is_now(recording="calls/2026/11/23/c1-4")
