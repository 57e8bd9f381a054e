"""The menu: barge-in, wrong keys, voices, silence; and the silent lane with its ways out."""

import pytest

from ivr import events as ev
from ivr.commands import Callback, Dequeue, Enqueue, Hangup, Music, Play, Ring, StopPlay, Wake
from ivr.keys import MAX_KEYS
from tests.ivr.playbook import ONE_MENU, TREE, Playbook, menu, note, waiting

GOODBYE = Play("pb-c1-6", ("selamat-tinggal-hening",))


@pytest.mark.parametrize(("key", "lane", "kind"), [("1", "urgent", "emergency"), ("2", "normal", "complaint")])
def test_key_during_the_prompt(key: str, lane: str, kind: str) -> None:
    """Barge-in: a key stops the prompt at once, and the caller stands in the lane of that key."""
    (
        menu()
        .event(ev.Digit(key))
        .expect(
            note("call.lane", lane=lane, mark=""),
            Enqueue(lane),
            StopPlay("pb-c1-1"),
            Play("pb-c1-2", ("sambungkan",)),
            Wake("position-3", 30.0),
        )
        .is_now(stage="waiting", lane=lane, kind=kind, person=True, keys=key, mark=None)
        .event(ev.PlaybackEnded("pb-c1-2"))
        .expect(Music(True))
        .is_now(music=True)
    )


def test_key_after_the_prompt() -> None:
    """A key in the pause after the prompt counts the same; the pause's timer no longer counts."""
    book = menu().event(ev.PlaybackEnded("pb-c1-1")).expect(Wake("patience-2", 4.0))
    again = menu().heard().go(ev.Digit("9")).is_now(tries=2, timer=None)
    again.event(ev.Wakeup("patience-2")).expect()
    book.go(ev.Digit("1")).is_now(lane="urgent", timer="position-4")
    book.event(ev.Wakeup("patience-2")).expect().is_now(stage="waiting", lane="urgent")


def test_wrong_key_is_asked_again() -> None:
    """A key that the menu does not have: asked again at once."""
    (
        menu()
        .event(ev.Digit("7"))
        .expect(StopPlay("pb-c1-1"), Play("pb-c1-2", ("menu-utama",)))
        .is_now(stage="menu", tries=2, person=True, keys="7")
    )


def test_wrong_key_twice_is_put_through() -> None:
    """Who presses wrong keys is a person, and reaches one."""
    menu().go(ev.Digit("7"), ev.Digit("#")).is_now(stage="waiting", lane="urgent", mark="salah tombol", keys="7#")


def test_wrong_key_then_nothing_is_put_through() -> None:
    """One wrong key and then silence is still a person."""
    menu().go(ev.Digit("7")).heard().late().is_now(stage="waiting", lane="urgent", mark="tanpa tombol")


def test_second_menu() -> None:
    """A key may open another menu, which has its own patience and number of tries."""
    book = menu().go(ev.Digit("7"))
    book.event(ev.Digit("3")).expect(StopPlay("pb-c1-2"), Play("pb-c1-3", ("menu-lain",)))
    book.is_now(menu="lain", tries=1)
    book.event(ev.PlaybackEnded("pb-c1-3")).expect(Wake("patience-4", 6.0))
    book.go(ev.Digit("9"), ev.Digit("9")).is_now(stage="menu", tries=3)
    book.go(ev.Digit("1")).is_now(stage="waiting", lane="normal", kind="information", keys="73991")


def test_menu_that_a_reload_took_away() -> None:
    """A caller inside a menu that is gone is asked by the first one: never an error, never silence."""
    inside = menu().go(ev.Digit("3")).under(ONE_MENU)
    inside.event(ev.PlaybackEnded("pb-c1-2")).expect(Wake("patience-3", 4.0))
    inside.go(ev.Digit("1")).is_now(stage="waiting", lane="urgent")
    menu().go(ev.Digit("3")).under(ONE_MENU).heard().late().is_now(stage="waiting", lane="urgent")


def test_what_keys_say_of_the_report() -> None:
    """Each key adds what it knows; going back forgets it; the last word is the key's that chose the lane."""
    book = menu(TREE).go(ev.Digit("1")).is_now(kind="emergency", category=None, trail="utama")
    book.go(ev.Digit("4")).is_now(kind="emergency", category="kriminal", trail="utama/darurat")
    book.go(ev.Digit("0")).is_now(menu="darurat", kind=None, category=None, trail="utama")
    book.go(ev.Digit("0"), ev.Digit("0")).is_now(menu="utama", trail="", tries=2)
    book.go(ev.Digit("1"), ev.Digit("4"), ev.Digit("1")).is_now(lane="urgent", kind="emergency", category="kriminal")
    late = menu(TREE).go(ev.Digit("1"), ev.Digit("4"), ev.Digit("2"))
    late.is_now(lane="normal", kind="complaint", category="ketertiban", keys="142")


def test_offered_out_of_the_silent_lane() -> None:
    """Nobody offers a silent call; if it were, neither its timer nor its goodbye would end it any more."""
    book = waiting("silent").go(ev.Offered(("sari",))).is_now(stage="ringing", lane="urgent", timer=None)
    book.event(ev.Wakeup("silent-5")).expect()
    book = waiting("silent").late().go(ev.Offered(("sari",))).is_now(stage="ringing", lane="urgent", music=True)
    book.event(ev.PlaybackEnded("pb-c1-6")).expect().is_now(stage="ringing")


def test_silence_is_asked_twice_then_stands_in_the_silent_lane() -> None:
    """No key, no voice: asked again with the second prompt, then the silent lane with music; nobody is hung up on."""
    (
        menu()
        .event(ev.PlaybackEnded("pb-c1-1"))
        .expect(Wake("patience-2", 4.0))
        .event(ev.Wakeup("patience-2"))
        .expect(Play("pb-c1-3", ("menu-ulang",)))
        .event(ev.PlaybackEnded("pb-c1-3"))
        .expect(Wake("patience-4", 4.0))
        .event(ev.Wakeup("patience-4"))
        .expect(
            note("call.lane", lane="silent", mark="tanpa suara"), Enqueue("silent"), Music(True), Wake("silent-5", 60.0)
        )
        .is_now(stage="waiting", lane="silent", mark="tanpa suara", person=False, music=True)
    )


def test_voice_without_key_is_put_through() -> None:
    """Who speaks and presses nothing is a person: put through soon after the prompt, urgent and marked."""
    book = menu().event(ev.Spoke()).expect().is_now(person=True)
    book.event(ev.PlaybackEnded("pb-c1-1")).expect(Wake("patience-2", 2.5))
    (
        book.event(ev.Wakeup("patience-2"))
        .expect(
            note("call.lane", lane="urgent", mark="tanpa tombol"),
            Enqueue("urgent"),
            Play("pb-c1-3", ("sambungkan",)),
            Wake("position-4", 30.0),
        )
        .is_now(mark="tanpa tombol")
    )


@pytest.mark.parametrize(("sign", "keys"), [(ev.Digit("8"), "8"), (ev.Spoke(), "")])
def test_sign_of_a_person_leaves_the_silent_lane(sign: ev.Event, keys: str) -> None:
    """Any key or sound moves a silent call to urgent, in its own place; the silent timer no longer counts."""
    (
        waiting("silent")
        .event(sign)
        .expect(
            note("call.lane", lane="urgent", mark="tanpa tombol"),
            Enqueue("urgent"),
            Music(False),
            Play("pb-c1-6", ("sambungkan",)),
            Wake("position-7", 30.0),
        )
        .is_now(lane="urgent", mark="tanpa tombol", person=True, keys=keys)
        .event(ev.Wakeup("silent-5"))
        .expect()
    )


def test_silent_lane_ends_with_a_goodbye_and_a_callback() -> None:
    """After `silent_hold` of nothing at all: a goodbye, a task to call back, the end."""
    (
        waiting("silent")
        .event(ev.Wakeup("silent-5"))
        .expect(Music(False), GOODBYE)
        .event(ev.Wakeup("silent-5"))
        .expect()
        .event(ev.PlaybackEnded("pb-c1-6"))
        .expect(Callback("hening"), Dequeue(), Hangup(), note("call.ended", outcome="silent"))
        .is_now(stage="ended", outcome="silent")
    )


@pytest.mark.parametrize("sign", [ev.Digit("1"), ev.Spoke()])
def test_sign_of_a_person_during_the_goodbye(sign: ev.Event) -> None:
    """A key or voice at the last moment still counts: the goodbye stops and the call is urgent."""
    book = waiting("silent").late().go(sign).is_now(stage="waiting", lane="urgent", then="music")
    book.event(ev.PlaybackEnded("pb-c1-6")).expect().is_now(stage="waiting")


def test_operator_takes_a_silent_call() -> None:
    """An operator may take a silent call by hand: it counts as urgent from then on."""
    book = waiting("silent").event(ev.Taken("dewi"))
    book.expect(
        note("operator.took", operator="dewi"),
        Ring("dewi", "op-c1-6"),
        note("operator.ringing", operator="dewi", leg="op-c1-6"),
    ).is_now(stage="ringing", lane="urgent")
    book.event(ev.Wakeup("silent-5")).expect().is_now(stage="ringing")


def test_operator_takes_a_silent_call_during_the_goodbye() -> None:
    """The goodbye stops for the operator's phone and cannot end the call any more."""
    book = waiting("silent").late().event(ev.Taken("dewi"))
    book.expect(
        note("operator.took", operator="dewi"),
        StopPlay("pb-c1-6"),
        Music(True),
        Ring("dewi", "op-c1-7"),
        note("operator.ringing", operator="dewi", leg="op-c1-7"),
    )
    book.event(ev.PlaybackEnded("pb-c1-6")).expect().is_now(stage="ringing", outcome=None)


def test_keys_are_capped() -> None:
    """A stuck key fills no row: the first keys are kept, and every key is still a sign of a person."""
    book = waiting()
    for _ in range(MAX_KEYS * 2):
        book.event(ev.Digit("5")).expect()
    book.is_now(keys="1" + "5" * (MAX_KEYS - 1), person=True)


def test_key_in_a_lane_is_remembered_and_moves_nothing() -> None:
    """Who waits already keeps place, lane and music."""
    book = waiting("normal").event(ev.Digit("1")).expect().event(ev.Spoke()).expect()
    book.is_now(stage="waiting", lane="normal", keys="21", playback="pb-c1-2")


def test_playbook_catches_a_forgotten_command() -> None:
    """The helper itself: a wrong or missing expectation fails the test."""
    with pytest.raises(AssertionError):
        menu().event(ev.Digit("1")).expect()
    with pytest.raises(AssertionError, match="commands that no `expect` named"):
        Playbook().event(ev.Arrived()).event(ev.Digit("1"))
