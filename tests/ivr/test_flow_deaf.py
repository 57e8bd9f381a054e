"""One side of a talk is not heard: noted, asked for its media, never hung up on."""

import pytest

from ivr import events as ev
from ivr.commands import Callback, Cancel, Disconnect, Rejoin, Release, Renegotiate
from tests.ivr.playbook import STAGES, note, talking

CHANNEL = {"caller": "c1", "operator": "op-c1-4"}


@pytest.mark.parametrize("side", CHANNEL)
def test_a_side_goes_deaf_and_is_heard_again(side: str) -> None:
    """Told once each; the far end is asked once."""
    book = talking().event(ev.Deaf(side)).expect(note("call.deaf", side=side), Renegotiate(CHANNEL[side]))
    book.is_now(stage="talking", deaf=(side,)).event(ev.Deaf(side)).expect()
    book.event(ev.HeardAgain(side)).expect(note("call.heard_again", side=side)).is_now(deaf=())
    book.event(ev.HeardAgain(side)).expect()


def test_both_sides_are_deaf() -> None:
    """Each for itself."""
    book = talking().go(ev.Deaf("caller"), ev.Deaf("operator")).is_now(deaf=("caller", "operator"))
    book.go(ev.HeardAgain("caller")).is_now(deaf=("operator",))


@pytest.mark.parametrize("side", CHANNEL)
def test_another_stream_is_taken_up(side: str) -> None:
    """At once, whether or not the side was deaf before."""
    book = talking().event(ev.StreamRestarted(side))
    book.expect(note("call.stream_restarted", side=side), Rejoin(CHANNEL[side])).is_now(deaf=())
    book.go(ev.Deaf(side)).event(ev.StreamRestarted(side))
    book.expect(
        note("call.stream_restarted", side=side), Rejoin(CHANNEL[side]), note("call.heard_again", side=side)
    ).is_now(deaf=())


def test_the_next_talk_begins_with_both_heard() -> None:
    """A transfer leaves a deaf phone behind."""
    talking().go(ev.Deaf("operator"), ev.Transferred("dewi"), ev.LegAnswered("op-c1-5")).is_now(deaf=())


def test_a_caller_who_is_lost_while_not_heard_is_called_back() -> None:
    """The network is gone, or its SBC: that is no end of a talk."""
    book = talking().go(ev.Deaf("caller")).event(ev.CallerGone())
    end = (Disconnect(), Cancel("op-c1-4"), Release("sari", "talked"), Callback("terputus"))
    book.expect(*end, note("call.ended", outcome="talked")).is_now(mark="terputus", outcome="talked")


@pytest.mark.parametrize("events", [(), (ev.Deaf("operator"),), (ev.Deaf("caller"), ev.HeardAgain("caller"))])
def test_a_caller_who_was_heard_and_hangs_up_is_not(events: tuple[ev.Event, ...]) -> None:
    """As always."""
    book = talking().go(*events).event(ev.CallerGone())
    end = (Disconnect(), Cancel("op-c1-4"), Release("sari", "talked"))
    book.expect(*end, note("call.ended", outcome="talked")).is_now(mark=None)


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "talking"])
def test_a_late_word_is_nothing(stage: str) -> None:
    """The talk was over when it came."""
    for event in (ev.Deaf("caller"), ev.HeardAgain("caller"), ev.StreamRestarted("operator")):
        STAGES[stage]().event(event).expect()
