"""Arrival, opening hours, and the message that a caller leaves while the line is closed."""

from datetime import datetime

import pytest

from ivr import events as ev
from ivr.commands import Answer, Callback, DeadMan, Hangup, Play, Record, StopPlay, Wake
from tests.ivr.playbook import NO_MESSAGES, OPEN, WHY_CLOSED, WHY_OPEN, WIB, Playbook, closed, menu, note, recording

MESSAGE = "messages/2026/11/22/c1"
CALL_BACK = Callback("menekan tombol, tanpa pesan")


@pytest.mark.parametrize(
    ("moment", "is_open", "prompt", "stage"),
    [
        ("06:59:59", False, "tutup-jam", "closed"),
        ("06:59:59.999999", False, "tutup-jam", "closed"),
        ("07:00:00", True, "menu-utama", "menu"),
        ("20:59:59", True, "menu-utama", "menu"),
        ("20:59:59.999999", True, "menu-utama", "menu"),
        ("21:00:00", False, "tutup-jam", "closed"),
    ],
)
def test_gate_to_the_second(moment: str, is_open: bool, prompt: str, stage: str) -> None:
    """07:00:00 is open, 21:00:00 is closed; either way the caller is answered and hears at once what counts."""
    now = datetime.fromisoformat(f"2026-11-22T{moment}").replace(tzinfo=WIB)
    why = WHY_OPEN if is_open else WHY_CLOSED.replace("Senin 23", "Minggu 22") if now.hour < 7 else WHY_CLOSED
    (
        Playbook(now=now)
        .event(ev.Arrived())
        .expect(Answer(), DeadMan(True), note("call.gate", open=is_open, reason=why), Play("pb-c1-1", (prompt,)))
        .is_now(stage=stage, answered=True, person=False, tries=1)
    )


def test_a_call_that_came_in_time_is_finished_however_late_it_gets() -> None:
    """The gate decides once: at 21:00:00 a call that is in the menu goes on to an operator."""
    menu().at(datetime(2026, 11, 22, 21, 0, tzinfo=WIB)).go(ev.Digit("1")).is_now(stage="waiting", lane="urgent")


def test_key_while_closed_leaves_a_message() -> None:
    """A key stops the announcement; the message is recorded after the tone, confirmed, and ends the call."""
    (
        closed()
        .event(ev.Digit("1"))
        .expect(StopPlay("pb-c1-1"), Play("pb-c1-2", ("tinggalkan-pesan", "nada")))
        .is_now(stage="recording", keys="1")
        .event(ev.PlaybackEnded("pb-c1-2"))
        .expect(Record(MESSAGE, 120.0))
        .is_now(recording=MESSAGE)
        .event(ev.MessageRecorded(MESSAGE, 3.5))
        .expect(note("call.message", recording=MESSAGE, seconds=3.5), Play("pb-c1-3", ("pesan-diterima",)))
        .event(ev.PlaybackEnded("pb-c1-3"))
        .expect(Hangup(), note("call.ended", outcome="message"))
        .is_now(stage="ended", outcome="message", recording=MESSAGE)
    )


def test_key_after_the_announcement_leaves_a_message_too() -> None:
    """In the pause after the announcement a key counts as well, and the timer of that pause no longer does."""
    book = closed().heard().is_now(timer="patience-2")
    book.event(ev.Digit("1")).expect(Play("pb-c1-3", ("tinggalkan-pesan", "nada"))).is_now(timer=None)
    book.event(ev.Wakeup("patience-2")).expect().is_now(stage="recording")


def test_silence_while_closed_hears_the_hours_twice() -> None:
    """Who presses nothing hears the announcement again, and then the call ends by the published hours."""
    (
        closed()
        .event(ev.PlaybackEnded("pb-c1-1"))
        .expect(Wake("patience-2", 5.0))
        .event(ev.Wakeup("patience-2"))
        .expect(Play("pb-c1-3", ("tutup-jam",)))
        .event(ev.PlaybackEnded("pb-c1-3"))
        .expect(Wake("patience-4", 5.0))
        .event(ev.Wakeup("patience-4"))
        .expect(Hangup(), note("call.ended", outcome="after_hours"))
        .is_now(stage="ended", outcome="after_hours")
    )


def test_voice_while_closed_changes_nothing() -> None:
    """Somebody who talks over the announcement hears it to its end."""
    closed().event(ev.Spoke()).expect().is_now(stage="closed", playback="pb-c1-1")


def test_no_message_where_the_site_takes_none() -> None:
    """`leave_message: false`: a key is remembered and the announcement goes on."""
    closed(NO_MESSAGES).event(ev.Digit("1")).expect().is_now(stage="closed", keys="1", playback="pb-c1-1")


def test_empty_message_is_no_message() -> None:
    """Nothing on disk (silence, or a full disk): no thanks for it, but the other numbers again, then the end."""
    (
        recording()
        .event(ev.MessageRecorded(MESSAGE, 0.0))
        .expect(note("call.message_lost", recording=MESSAGE), Play("pb-c1-3", ("tutup-jam",)))
        .heard()
        .event(ev.Wakeup("patience-4"))
        .expect(CALL_BACK, Hangup(), note("call.ended", outcome="after_hours"))
        .is_now(outcome="after_hours", recording=None)
    )


def test_a_message_that_was_empty_can_be_left_again() -> None:
    """Key 1 during the repeated announcement: the tone, and a new recording."""
    book = recording().go(ev.MessageRecorded(MESSAGE, 0.0), ev.Digit("1")).heard()
    book.is_now(stage="recording", recording=MESSAGE).go(ev.MessageRecorded(MESSAGE, 6.0)).heard()
    book.is_now(stage="ended", outcome="message", recording=MESSAGE)


def test_hang_up_after_an_empty_message_is_called_back() -> None:
    """A caller who hangs up during the repeated announcement has left nothing, but had pressed 1."""
    (
        recording()
        .go(ev.MessageRecorded(MESSAGE, 0.0))
        .event(ev.CallerGone())
        .expect(CALL_BACK, note("call.ended", outcome="after_hours"))
        .is_now(outcome="after_hours", recording=None)
    )


def test_hang_up_ends_a_message() -> None:
    """Most callers hang up when they are done: that is a message, and what is found on disk is noted afterwards."""
    (
        recording()
        .event(ev.CallerGone())
        .expect(note("call.ended", outcome="message"))
        .event(ev.MessageRecorded(MESSAGE, 8.0))
        .expect(note("call.message", recording=MESSAGE, seconds=8.0))
        .is_now(stage="ended", outcome="message")
    )


def test_hang_up_with_nothing_said() -> None:
    """Hung up at the tone and the file is empty: no message after all."""
    (
        recording()
        .go(ev.CallerGone())
        .event(ev.MessageRecorded(MESSAGE, 0.0))
        .expect(CALL_BACK, note("call.message_lost", recording=MESSAGE))
        .is_now(stage="ended", outcome="after_hours")
        .event(ev.MessageRecorded(MESSAGE, 8.0))
        .expect()
    )


def test_hang_up_before_the_tone_is_called_back() -> None:
    """Nothing was recorded yet, but key 1 asked for somebody."""
    (
        closed()
        .go(ev.Digit("1"))
        .event(ev.CallerGone())
        .expect(CALL_BACK, note("call.ended", outcome="after_hours"))
        .is_now(outcome="after_hours", recording=None)
    )


def test_who_says_nothing_until_the_end_is_called_back() -> None:
    """The line ends the call after key 1, an empty message and the repeated announcement."""
    book = recording().go(ev.MessageRecorded(MESSAGE, 0.0)).heard().event(ev.Wakeup("patience-4"))
    book.expect(CALL_BACK, Hangup(), note("call.ended", outcome="after_hours"))


def test_who_pressed_nothing_is_not_called_back() -> None:
    """A number that heard the opening hours and left asked for nobody; nor did a key where no messages are taken."""
    closed().event(ev.CallerGone()).expect(note("call.ended", outcome="after_hours"))
    closed(NO_MESSAGES).go(ev.Digit("1")).event(ev.CallerGone()).expect(note("call.ended", outcome="after_hours"))


def test_hang_up_while_being_thanked_is_a_message() -> None:
    """The message was kept before the caller hung up."""
    recording().go(ev.MessageRecorded(MESSAGE, 3.5)).event(ev.CallerGone()).expect(
        note("call.ended", outcome="message")
    )


def test_keys_and_voice_during_a_message_are_part_of_it() -> None:
    """Keys are remembered; neither ends or restarts the recording."""
    recording().event(ev.Digit("5")).expect().event(ev.Spoke()).expect().is_now(stage="recording", keys="15")


def test_message_is_filed_under_the_day_it_is_left() -> None:
    """Recordings lie in folders by day."""
    now = datetime(2026, 11, 23, 0, 5, tzinfo=WIB)
    book = closed().go(ev.Digit("1")).at(now)
    book.event(ev.PlaybackEnded("pb-c1-2")).expect(Record("messages/2026/11/23/c1", 120.0))


def test_a_key_before_the_answer_is_a_sign_of_a_person() -> None:
    """SIP INFO can bring a key while the ticket is still being written: it is not lost."""
    book = Playbook(now=OPEN).event(ev.Digit("1")).expect().event(ev.Spoke()).expect()
    book.is_now(stage="arrived", keys="1", person=True)
    book.go(ev.Arrived()).heard().late().is_now(stage="waiting", lane="urgent", mark="tanpa tombol")
