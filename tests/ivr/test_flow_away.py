"""Callers who hang up, programs that were away, timers and prompts that come late."""

import pytest

from ivr import events as ev
from ivr.commands import (
    Answer,
    Callback,
    Cancel,
    Command,
    Connect,
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


# -- cut off


@pytest.mark.parametrize(
    ("book", "outcome", "commands"),
    [
        (Playbook(), "cut", ()),
        (menu(), "cut", ()),
        (waiting("silent"), "cut", (Dequeue(),)),
        (ringing("sari", "dewi"), "cut", (Release("sari", "cancelled"), Release("dewi", "cancelled"), Dequeue())),
        (talking("sari"), "talked", (Release("sari", "talked"),)),
        (closed(), "cut", ()),
        (recording(), "message", ()),
    ],
    ids=["arrived", "menu", "silent", "ringing", "talking", "closed", "recording"],
)
def test_asterisk_dies(book: Playbook, outcome: str, commands: tuple[Command, ...]) -> None:
    """At every stage a task to call back; a talk stays a talk, a message a message. Nothing is asked of Asterisk."""
    stage = book.state.stage
    book.event(ev.Cut()).expect(
        note("call.cut", stage=stage), Callback("terputus"), *commands, note("call.ended", outcome=outcome)
    )
    book.is_now(stage="ended", outcome=outcome, legs=(), talking=None, timer=None, playback=None, music=False)
    for event in (ev.Cut(), ev.CallerGone()):
        book.event(event).expect()


def test_a_talk_that_was_cut_says_so() -> None:
    """By its mark, beside its operator and its recording."""
    talking("sari").go(ev.Cut()).is_now(mark="terputus", operator="sari", recording="calls/2026/11/22/c1-4")


# -- restored


def test_restored_on_arrival() -> None:
    """Nothing had been done yet: the call begins."""
    Playbook().event(ev.Restored()).expect(
        Answer(), DeadMan(True), note("call.gate", open=True, reason=WHY_OPEN), Play("pb-c1-1", ("menu-utama",))
    ).is_now(stage="menu")


def test_restored_in_the_menu() -> None:
    """The question is asked anew, in short where it was heard; a key may be lost, so who is silent is a person."""
    book = menu().heard().event(ev.Restored())
    book.expect(note("call.restored", stage="menu"), Music(False), DeadMan(True), Play("pb-c1-3", ("menu-ulang",)))
    book.is_now(stage="menu", person=True, tries=1)
    book.event(ev.Wakeup("patience-2")).expect()
    book.heard().late().is_now(stage="waiting", lane="urgent", mark="tanpa tombol")


def test_restored_in_the_menu_that_plays() -> None:
    """Nobody knows how much of it was heard: all of it again."""
    book = menu().event(ev.Restored())
    book.expect(
        note("call.restored", stage="menu"),
        Music(False),
        DeadMan(True),
        StopPlay("pb-c1-1"),
        Play("pb-c1-2", ("menu-utama",)),
    ).is_now(person=True)


def test_restored_in_a_menu_that_is_gone() -> None:
    """The first menu stands in for it."""
    menu().go(ev.Digit("3")).under(ONE_MENU).event(ev.Restored()).expect(
        note("call.restored", stage="menu"),
        Music(False),
        DeadMan(True),
        StopPlay("pb-c1-2"),
        Play("pb-c1-3", ("menu-utama",)),
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
    """A silent call gets its whole time anew, and is asked for any key: one that was pressed meanwhile is lost."""
    book = waiting("silent").late().event(ev.Restored())
    book.expect(
        note("call.restored", stage="waiting"),
        Music(False),
        DeadMan(True),
        StopPlay("pb-c1-6"),
        Enqueue("silent"),
        Play("pb-c1-7", ("tekan-apa-saja",)),
        Wake("silent-8", 60.0),
    ).is_now(lane="silent", mark="tanpa suara", then="music")


def test_restored_while_phones_rang() -> None:
    """Those phones are stopped, since we cannot know what became of them, and the call is offered anew."""
    book = ringing("sari").event(ev.Restored(("op-c1-4",)))
    book.expect(
        note("call.restored", stage="ringing"),
        Music(False),
        DeadMan(True),
        StopPlay("pb-c1-2"),
        Cancel("op-c1-4"),
        Release("sari", "cancelled"),
        Enqueue("urgent"),
        Play("pb-c1-5", ("sambungkan",)),
        Wake("position-6", 30.0),
    ).is_now(stage="waiting", legs=())


def test_restored_when_a_phone_was_picked_up_meanwhile() -> None:
    """That operator talks with the caller; the others stop ringing."""
    book = ringing("sari", "dewi").event(ev.Restored(("op-c1-4", "op-c1-5"), answered=("op-c1-5",)))
    book.expect(
        note("call.restored", stage="ringing"),
        Music(False),
        DeadMan(True),
        StopPlay("pb-c1-2"),
        Cancel("op-c1-4", elsewhere=True),
        Release("sari", "cancelled"),
        DeadMan(False),
        Dequeue(),
        Connect("op-c1-5", "calls/2026/11/22/c1-5"),
        note("call.talking", operator="dewi"),
    ).is_now(stage="talking", talking=leg("dewi", 5))


def test_restored_between_the_answer_and_the_bridge() -> None:
    """We died when the talk was saved and the two were not connected yet: they are now, and nothing plays."""
    book = talking("sari").event(ev.Restored(("op-c1-4",), ("op-c1-4",)))
    book.expect(
        note("call.restored", stage="talking"),
        Music(False),
        DeadMan(False),
        *(StopPlay(f"pb-c1-{number}") for number in (1, 2, 3, 4)),
        Music(False),
        Connect("op-c1-4", "calls/2026/11/22/c1-4"),
    ).is_now(stage="talking", talking=leg("sari", 4))


def test_restored_in_talk() -> None:
    """The two talk on as if nothing had been; the dead-man timer stays cleared."""
    book = talking("sari").event(ev.Restored(("op-c1-4",), ("op-c1-4",), ("c1", "op-c1-4")))
    book.expect(note("call.restored", stage="talking"), Music(False), DeadMan(False))
    book.is_now(talking=leg("sari", 4))


def test_restored_in_talk_without_the_operator() -> None:
    """The operator's phone went meanwhile: the caller is kept."""
    book = talking("sari").event(ev.Restored(("op-c9-1",)))
    book.expect(
        note("call.restored", stage="talking"),
        Music(False),
        Disconnect(),
        Cancel("op-c1-4"),
        Release("sari", "talked"),
        note("operator.lost", operator="sari"),
        DeadMan(True),
        Enqueue("urgent", first=True),
        Play("pb-c1-5", ("operator-terputus",)),
        Wake("position-6", 30.0),
    ).is_now(stage="waiting", lane="urgent")


def test_restored_while_closed() -> None:
    """The announcement begins anew."""
    book = closed().heard().event(ev.Restored())
    book.expect(note("call.restored", stage="closed"), Music(False), DeadMan(True), Play("pb-c1-3", ("tutup-jam",)))
    book.event(ev.Wakeup("patience-2")).expect()


def test_restored_in_the_last_announcement() -> None:
    """Who had heard it twice, or only in part, hears it twice from the beginning."""
    closed().heard().late().is_now(tries=2).go(ev.Restored()).is_now(tries=1)


def test_restored_before_the_message() -> None:
    """Nothing was recorded yet: the caller is asked for the message, and not thanked for none."""
    book = closed().go(ev.Digit("1")).event(ev.Restored())
    book.expect(
        note("call.restored", stage="recording"),
        Music(False),
        DeadMan(True),
        StopPlay("pb-c1-2"),
        Play("pb-c1-3", ("tinggalkan-pesan", "nada")),
    ).is_now(stage="recording", then="record")


def test_restored_during_the_message() -> None:
    """Asterisk records on, or has done it: nothing is said into it, and MessageRecorded tells once it is over."""
    book = recording().event(ev.Restored())
    book.expect(note("call.restored", stage="recording"), Music(False), DeadMan(True)).is_now(stage="recording")
    book.go(ev.MessageRecorded(MESSAGE, 3.5)).is_now(outcome="message")
    book.event(ev.MessageRecorded(MESSAGE, 3.5)).expect()
    book.heard().is_now(stage="ended", outcome="message", recording=MESSAGE)


def test_restored_after_the_message() -> None:
    """It is thanked for anew, and the call ends."""
    thanks = Play("pb-c1-4", ("pesan-diterima",))
    book = recording().go(ev.MessageRecorded(MESSAGE, 3.5)).event(ev.Restored())
    book.expect(note("call.restored", stage="recording"), Music(False), DeadMan(True), StopPlay("pb-c1-3"), thanks)
    book.heard().is_now(stage="ended", outcome="message")


def test_restored_during_the_message_that_is_empty() -> None:
    """There is nothing: the announcement again, then the end."""
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
