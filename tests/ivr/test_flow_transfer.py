"""A talking operator hands the caller to a colleague."""

from ivr import events as ev
from ivr.commands import Cancel, DeadMan, Disconnect, Enqueue, Music, Release, Ring
from tests.ivr.playbook import Playbook, leg, note, talking


def handed_over() -> Playbook:
    """sari (leg 4) has just handed the caller to dewi (leg 5), whose phone rings."""
    return talking("sari").go(ev.Transferred("dewi"))


def test_the_caller_hears_music_while_the_colleague_rings() -> None:
    """The first operator is released into wrap-up, the colleague rings, the dead-man timer runs again."""
    book = talking("sari").event(ev.Transferred("dewi"))
    book.expect(
        Disconnect(),
        DeadMan(True),
        Cancel("op-c1-4"),
        Release("sari", "talked"),
        note("call.transferred", operator="dewi", by="sari"),
        Enqueue("urgent"),
        Music(True),
        Ring("dewi", "op-c1-5"),
        note("operator.ringing", operator="dewi", leg="op-c1-5"),
    )
    book.is_now(stage="ringing", talking=None, legs=(leg("dewi", 5),))


def test_the_end_of_the_first_phone_ends_nothing() -> None:
    """The leg that we hung up ourselves reports its end: the colleague's phone rings on."""
    handed_over().event(ev.LegEnded("op-c1-4", "hung_up")).expect().is_now(stage="ringing", legs=(leg("dewi", 5),))


def test_a_colleague_who_does_not_answer_leaves_the_caller_in_the_line() -> None:
    """Nobody is hung up on: the caller waits for whoever is free, the one who transferred included."""
    book = handed_over().go(ev.LegEnded("op-c1-5", "no_answer"))
    book.is_now(stage="waiting", lane="urgent", outcome=None, music=True)


def test_the_colleague_talks() -> None:
    """The ticket's operator is the one who talks now."""
    handed_over().go(ev.LegAnswered("op-c1-5")).is_now(stage="talking", operator="dewi", talking=leg("dewi", 5))


def test_the_reason_goes_with_the_caller() -> None:
    """In the row that says who gave whom: the colleague reads it while it rings."""
    book = talking("sari").event(ev.Transferred("dewi", "butuh bahasa Jawa"))
    assert note("call.transferred", operator="dewi", by="sari", note="butuh bahasa Jawa") in book.seen()
