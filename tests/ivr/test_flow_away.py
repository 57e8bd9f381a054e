"""Callers who hang up, programs that were away, timers and prompts that come late."""

import pytest

from ivr import events as ev
from ivr.commands import (
    Answer,
    Callback,
    Cancel,
    Command,
    DeadMan,
    Dequeue,
    Disconnect,
    Enqueue,
    Music,
    Play,
    Release,
    StopPlay,
    Wake,
)
from tests.ivr.playbook import (
    ONE_MENU,
    STAGES,
    WHY_OPEN,
    Playbook,
    closed,
    ended,
    leg,
    menu,
    note,
    recording,
    ringing,
    talking,
    waiting,
)

MESSAGE = "messages/2026/11/22/c1"


@pytest.mark.parametrize(
    ("book", "outcome", "commands"),
    [
        (Playbook(), "abandoned", ()),
        (menu(), "abandoned", ()),
        (menu().heard(), "abandoned", ()),
        (waiting("normal"), "abandoned", (Callback("menutup saat menunggu"), Dequeue())),
        (waiting("silent"), "silent", (Callback("hening"), Dequeue())),
        (waiting("silent").late(), "silent", (Callback("hening"), Dequeue())),
        (
            ringing("sari", "dewi"),
            "abandoned",
            (
                Callback("menutup saat menunggu"),
                Cancel("op-c1-4"),
                Release("sari", "cancelled"),
                Cancel("op-c1-5"),
                Release("dewi", "cancelled"),
                Dequeue(),
            ),
        ),
        (talking("sari"), "talked", (Disconnect(), Cancel("op-c1-4"), Release("sari", "talked"))),
        (talking("sari").go(ev.Held()), "talked", (Disconnect(), Cancel("op-c1-4"), Release("sari", "talked"))),
        (closed(), "after_hours", ()),
        (closed().heard(), "after_hours", ()),
        (recording(), "message", ()),
    ],
    ids=[
        "arrived",
        "menu",
        "menu-pause",
        "waiting",
        "silent",
        "goodbye",
        "ringing",
        "talking",
        "hold",
        "closed",
        "closed-pause",
        "recording",
    ],
)
def test_caller_hangs_up(book: Playbook, outcome: str, commands: tuple[Command, ...]) -> None:
    """At every stage: phones stop, operators are free, who waited is called back; nothing plays or waits any more."""
    book.event(ev.CallerGone()).expect(*commands, note("call.ended", outcome=outcome))
    book.is_now(stage="ended", outcome=outcome, legs=(), talking=None, timer=None, playback=None, music=False)
    book.event(ev.CallerGone()).expect()


def test_lost_operator_and_then_the_caller_hangs_up() -> None:
    """Whoever was cut off and gave up is called back; what was recorded of the talk stays known."""
    book = talking("sari").go(ev.LegEnded("op-c1-4", "lost")).event(ev.CallerGone())
    book.expect(Callback("terputus"), Dequeue(), note("call.ended", outcome="abandoned"))
    book.is_now(recording="calls/2026/11/22/c1-4")


@pytest.mark.parametrize(
    ("book", "commands"),
    [
        (Playbook(), ()),
        (menu(), ()),
        (waiting("silent"), (Dequeue(),)),
        (ringing("sari"), (Cancel("op-c1-4"), Release("sari", "cancelled"), Dequeue())),
        (talking("sari"), (Disconnect(), Cancel("op-c1-4"), Release("sari", "talked"))),
        (closed(), ()),
        (recording(), ()),
    ],
    ids=["arrived", "menu", "waiting", "ringing", "talking", "closed", "recording"],
)
def test_dead_man_timer_takes_the_call(book: Playbook, commands: tuple[Command, ...]) -> None:
    """Asterisk has the call now: we let go of everything and never hang up on it."""
    book.event(ev.LeftToFailsafe()).expect(*commands, note("call.left_to_failsafe"))
    book.is_now(stage="ended", outcome="failsafe", legs=(), talking=None, timer=None, playback=None, music=False)


# -- restored


def test_restored_on_arrival() -> None:
    """Nothing had been done yet: the call begins."""
    Playbook().event(ev.Restored()).expect(
        Answer(), DeadMan(True), note("call.gate", open=True, reason=WHY_OPEN), Play("pb-c1-1", ("menu-utama",))
    ).is_now(stage="menu")


def test_restored_in_the_menu() -> None:
    """The question is asked anew; what was pressed or heard before still counts."""
    book = menu().go(ev.Spoke()).heard().event(ev.Restored())
    book.expect(note("call.restored", stage="menu"), DeadMan(True), Play("pb-c1-3", ("menu-utama",)))
    book.is_now(stage="menu", person=True, tries=1)
    book.event(ev.Wakeup("patience-2")).expect()


def test_restored_in_a_menu_that_is_gone() -> None:
    """The first menu stands in for it."""
    menu().go(ev.Digit("3")).under(ONE_MENU).event(ev.Restored()).expect(
        note("call.restored", stage="menu"), DeadMan(True), StopPlay("pb-c1-2"), Play("pb-c1-3", ("menu-utama",))
    )


def test_restored_in_the_line() -> None:
    """Back into the line in the same lane with the same mark."""
    book = waiting("normal").heard().event(ev.Restored())
    book.expect(
        note("call.restored", stage="waiting"),
        DeadMan(True),
        Music(False),
        Enqueue("normal"),
        Play("pb-c1-4", ("sambungkan",)),
        Wake("position-5", 30.0),
    ).is_now(stage="waiting", lane="normal", kind="complaint")


def test_restored_in_the_silent_lane() -> None:
    """A silent call gets its whole time anew."""
    book = waiting("silent").late().event(ev.Restored())
    book.expect(
        note("call.restored", stage="waiting"),
        DeadMan(True),
        StopPlay("pb-c1-6"),
        Enqueue("silent"),
        Music(True),
        Wake("silent-7", 60.0),
    ).is_now(lane="silent", mark="tanpa suara", then=None)


def test_restored_while_phones_rang() -> None:
    """Those phones are stopped, since we cannot know what became of them, and the call is offered anew."""
    book = ringing("sari").event(ev.Restored(("op-c1-4",)))
    book.expect(
        note("call.restored", stage="ringing"),
        DeadMan(True),
        StopPlay("pb-c1-2"),
        Cancel("op-c1-4"),
        Release("sari", "cancelled"),
        Enqueue("urgent"),
        Play("pb-c1-5", ("sambungkan",)),
        Wake("position-6", 30.0),
    ).is_now(stage="waiting", legs=())


def test_restored_in_talk() -> None:
    """The two talk on as if nothing had been; the dead-man timer stays cleared."""
    book = talking("sari").event(ev.Restored(("op-c1-4",)))
    book.expect(note("call.restored", stage="talking"), DeadMan(False)).is_now(talking=leg("sari", 4))


def test_restored_in_talk_without_the_operator() -> None:
    """The operator's phone went meanwhile: the caller is kept."""
    book = talking("sari").event(ev.Restored(("op-c9-1",)))
    book.expect(
        note("call.restored", stage="talking"),
        Disconnect(),
        Cancel("op-c1-4"),
        Release("sari", "talked"),
        note("operator.lost", operator="sari"),
        DeadMan(True),
        Enqueue("urgent"),
        Play("pb-c1-5", ("operator-terputus",)),
        Wake("position-6", 30.0),
    ).is_now(stage="waiting", lane="urgent")


def test_restored_while_closed() -> None:
    """The announcement begins anew."""
    book = closed().heard().event(ev.Restored())
    book.expect(note("call.restored", stage="closed"), DeadMan(True), Play("pb-c1-3", ("tutup-jam",)))
    book.event(ev.Wakeup("patience-2")).expect()


def test_restored_in_the_last_announcement() -> None:
    """Who had heard it twice, or only in part, hears it twice from the beginning."""
    closed().heard().late().is_now(tries=2).go(ev.Restored()).is_now(tries=1)


def test_restored_before_the_message() -> None:
    """Nothing was recorded yet: the caller is asked for the message, and not thanked for none."""
    book = closed().go(ev.Digit("1")).event(ev.Restored())
    book.expect(
        note("call.restored", stage="recording"),
        DeadMan(True),
        StopPlay("pb-c1-2"),
        Play("pb-c1-3", ("tinggalkan-pesan", "nada")),
    ).is_now(stage="recording", then="record")


def test_restored_during_the_message() -> None:
    """Asterisk recorded on, and its word may be lost: what is on disk counts as a message until it is known better."""
    book = recording().event(ev.Restored())
    thanks = Play("pb-c1-3", ("pesan-diterima",))
    book.expect(note("call.restored", stage="recording"), DeadMan(True), thanks)
    book.heard().is_now(stage="ended", outcome="message", recording=MESSAGE)


def test_restored_during_the_message_that_is_empty() -> None:
    """Its word was not lost after all, and says that there is nothing: the announcement again, then the end."""
    book = recording().go(ev.Restored(), ev.MessageRecorded(MESSAGE, 0.0)).heard().late()
    book.is_now(stage="ended", outcome="after_hours", recording=None)


def test_restored_after_the_end() -> None:
    """Over is over."""
    ended().event(ev.Restored()).expect()


# -- late


@pytest.mark.parametrize("stage", STAGES)
def test_late_timer_changes_nothing(stage: str) -> None:
    """A timer that no longer counts is a no-op at every stage, whatever it was for."""
    for timer in ("patience-0", "position-0", "silent-0", "nonsense"):
        book = STAGES[stage]()
        before = book.state
        book.event(ev.Wakeup(timer, 1)).expect()
        assert book.state == before


@pytest.mark.parametrize("stage", STAGES)
def test_late_prompt_changes_nothing(stage: str) -> None:
    """The end of a prompt that was stopped or replaced is a no-op at every stage."""
    book = STAGES[stage]()
    before = book.state
    book.event(ev.PlaybackEnded("pb-c1-0")).expect()
    assert book.state == before
