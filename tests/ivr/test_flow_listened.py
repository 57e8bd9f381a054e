"""A silent caller to whom an operator listens: no goodbye meanwhile, and «Ambil» connects the phone that listens."""

from ivr import events as ev
from ivr.commands import Cancel, Connect, DeadMan, Dequeue, Enqueue, Music, Note, Play, Release, Wake
from ivr.state import Leg
from tests.ivr.playbook import CALL, note, ringing, waiting

LEG = Leg(f"ls-{CALL}-7f", "dewi")


def test_no_goodbye_while_somebody_listens() -> None:
    """The hold is over: asked again every few seconds, and said goodbye to only when nobody listens any more."""
    book = waiting("silent")
    book.event(ev.Wakeup(str(book.state.timer), listened=True)).expect(Wake("silent-6", 3.0))
    book.event(ev.Wakeup("silent-6")).expect(Music(False), Play("pb-c1-7", ("selamat-tinggal-hening",)))


def test_taken_with_the_phone_that_listens() -> None:
    """Nothing rings: the leg is up, and what is told of it next connects the caller."""
    book = waiting("silent").event(ev.Taken("dewi", LEG.id)).expect(note("operator.took", operator="dewi"))
    book.is_now(stage="ringing", legs=(LEG,), lane="urgent", rang=True)
    book.event(ev.LegAnswered(LEG.id))
    commands = [command for command in book.seen() if not isinstance(command, Note)]
    assert commands == [
        Music(False),
        DeadMan(False),
        Dequeue(),
        Connect(LEG.id, f"calls/2026/11/22/{CALL}-7f"),
    ]
    book.is_now(stage="talking", talking=LEG)


def test_the_phone_that_listened_is_lost_in_the_moment_of_taking() -> None:
    """Back into the line, where everybody can see the call."""
    book = waiting("silent").go(ev.Taken("dewi", LEG.id)).event(ev.LegEnded(LEG.id, "hung_up"))
    commands = [command for command in book.seen() if not isinstance(command, Note)]
    assert commands == [Release("dewi", "missed"), Enqueue("urgent"), Wake("position-6", 30.0)]
    book.is_now(stage="waiting", legs=(), lane="urgent")


def test_taken_by_a_listener_while_others_ring() -> None:
    """A silent caller who made a sound: the phones that ring for it stop."""
    book = ringing("sari").event(ev.Taken("dewi", LEG.id))
    commands = [command for command in book.seen() if not isinstance(command, Note)]
    assert commands == [Cancel("op-c1-4"), Release("sari", "cancelled")]
