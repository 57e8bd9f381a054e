"""The challenge, command by command: what stops and what goes on, what the journal says, and what a restart does."""

from collections import Counter

import pytest

from ivr import challenge as asking
from ivr import events as ev
from ivr.commands import DeadMan, Enqueue, Music, Play, StopPlay, Wake
from tests.ivr.playbook import CODE, Playbook, challenge, menu, note

ASKED = ("tantangan", "angka-4", "angka-5")


def test_doubt_is_noted_on_arrival() -> None:
    """Why, and whether the call is handled as any other for measuring."""
    for reason, sampled in (("reputation", False), ("flood", True)):
        book = Playbook().event(ev.Arrived(reason, sampled))
        assert note("call.doubt", reason=reason, sampled=sampled) in book.seen()
        book.is_now(doubt=reason, sampled=sampled)
    assert "call.doubt" not in str(Playbook().event(ev.Arrived()).seen())


def test_asked_after_the_menus_key() -> None:
    """Instead of the line: the menu's prompt stops, the sentence and the two digits follow."""
    book = Playbook().go(ev.Arrived("reputation")).event(ev.Digit("1"))
    book.expect(StopPlay("pb-c1-1"), Play("pb-c1-2", ASKED))
    book.is_now(stage="challenge", code=CODE, wanted="urgent", kind="emergency", lane=None)


def test_right() -> None:
    """The first digit stops the sentence and begins the time for the second; the lane is that of the menu's key."""
    (
        challenge()
        .event(ev.Digit("4"))
        .expect(StopPlay("pb-c1-2"), Wake("patience-3", 6.0))
        .event(ev.Digit("5"))
        .expect(
            note("call.challenge", result="passed", tries=1),
            note("call.lane", lane="urgent", mark=""),
            Enqueue("urgent", doubted=True),
            Play("pb-c1-4", ("sambungkan",)),
            Wake("position-5", 30.0),
        )
        .is_now(stage="waiting", lane="urgent", mark=None, keys="145")
    )


def test_another_key_does_not_stop_the_sentence() -> None:
    """It may be the menu's key pressed twice: the digits are still to be heard."""
    challenge().event(ev.Digit("1")).expect().is_now(playback="pb-c1-2", wrong=1)


def test_wrong_twice() -> None:
    """The second foreign key asks again from the beginning; the fourth ends it in the lane of the unverified."""
    book = challenge().go(ev.Digit("7")).event(ev.Digit("7")).expect(StopPlay("pb-c1-2"), Play("pb-c1-3", ASKED))
    book.is_now(tries=2, wrong=0, progress=0).go(ev.Digit("7")).event(ev.Digit("7"))
    book.expect(
        note("call.challenge", result="failed", tries=2),
        note("call.lane", lane="unverified", mark="salah angka"),
        Enqueue("unverified", doubted=True),
        StopPlay("pb-c1-3"),
        Play("pb-c1-4", ("sambungkan",)),
        Wake("position-5", 30.0),
    )


@pytest.mark.parametrize("keys", ["45", "145", "445", "4145", "7945", "47845"])
def test_digits_count_wherever_they_stand(keys: str) -> None:
    """Among foreign keys, as long as those are not too many."""
    challenge().go(*(ev.Digit(key) for key in keys)).is_now(stage="waiting", lane="urgent")


@pytest.mark.parametrize("keys", ["54", "4666", "5555", "1234", "*#*#"])
def test_digits_that_are_not_those(keys: str) -> None:
    """The order counts, and so does that nothing stands between them."""
    book = challenge().go(*(ev.Digit(key) for key in keys))
    assert book.state.lane in (None, "unverified")


def test_restored_in_the_challenge() -> None:
    """After we were away: the same two digits from the beginning."""
    book = challenge().go(ev.Digit("4")).event(ev.Restored())
    book.expect(note("call.restored", stage="challenge"), Music(False), DeadMan(True), Play("pb-c1-4", ASKED))
    book.is_now(stage="challenge", code=CODE, progress=0, tries=1)
    book.event(ev.Wakeup("patience-3")).expect()


def test_hung_up_in_the_challenge() -> None:
    """Abandoned, and no task to call back: nobody waited for an operator yet."""
    book = challenge().event(ev.CallerGone()).expect(note("call.ended", outcome="abandoned"))
    book.is_now(stage="ended", outcome="abandoned")


def test_a_clean_call_is_never_asked() -> None:
    """Nor one that was sampled."""
    menu().go(ev.Digit("1")).is_now(stage="waiting", code=None)
    Playbook().go(ev.Arrived("flood", True), ev.Digit("1")).is_now(stage="waiting", code=None)


def test_two_digits() -> None:
    """Made of the call: the same each time, spread over all pairs, never twice the same, not the key just pressed."""
    found = Counter(asking.two_digits(f"1794912345.{number}", "1") for number in range(6400))
    assert len(found) == 64 and max(found.values()) < 160
    assert all(first != second and first != "1" for first, second in found)
    assert not set("".join(found)) & set("0*#")
    assert asking.two_digits("c1", "1") == asking.two_digits("c1", "1") == CODE
