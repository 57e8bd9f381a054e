"""What an operator is, as tables: live state, whether a call may ring, and what each event makes of a desk."""

from datetime import UTC, datetime, timedelta

import pytest

from agents.presence import COOL_DOWN_S, LIVE, Desk, engage, free, live, release, want, wrapped_up

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
BEFORE, LATER = NOW - timedelta(seconds=10), NOW + timedelta(seconds=10)
READY = Desk("sari", wanted="ready", registered=True, idle_since=BEFORE)
TALKING = engage(READY, "c1", "talking")
RINGING = engage(READY, "c1", "ringing")


@pytest.mark.parametrize(
    ("desk", "shown", "is_free"),
    [
        (Desk("sari"), "offline", False),
        (Desk("sari", registered=True), "offline", False),
        (Desk("sari", "ready"), "unregistered", False),
        (Desk("sari", "paused"), "unregistered", False),
        (Desk("sari", "paused", registered=True), "paused", False),
        (Desk("sari", "ready", registered=True), "ready", True),
        (Desk("sari", "ready", registered=True, wrap_up_until=LATER), "wrap_up", False),
        (Desk("sari", "ready", registered=True, wrap_up_until=NOW), "ready", True),
        (Desk("sari", "ready", registered=True, wrap_up_until=BEFORE), "ready", True),
        (Desk("sari", "paused", registered=True, wrap_up_until=LATER), "wrap_up", False),
        (Desk("sari", "paused", registered=True, wrap_up_until=BEFORE), "paused", False),
        (Desk("sari", "offline", registered=True, wrap_up_until=LATER), "offline", False),
        (Desk("sari", "ready", registered=True, not_before=LATER), "ready", False),
        (Desk("sari", "ready", registered=True, not_before=NOW), "ready", True),
        (Desk("sari", "ready", registered=True, engaged="ringing", call="c1"), "ringing", False),
        (Desk("sari", "ready", registered=True, engaged="talking", call="c1"), "talking", False),
        # the talk goes on, whatever the phone's registration or the page says meanwhile
        (Desk("sari", "offline", engaged="talking", call="c1"), "talking", False),
        (Desk("sari", "paused", registered=True, engaged="ringing", call="c1"), "ringing", False),
    ],
)
def test_live(desk: Desk, shown: str, is_free: bool) -> None:
    """The one word for a desk, and whether a call may ring there."""
    assert (live(desk, NOW), free(desk, NOW)) == (shown, is_free)
    assert shown in LIVE


@pytest.mark.parametrize(
    ("desk", "wanted", "becomes"),
    [
        (Desk("sari"), "ready", Desk("sari", "ready", idle_since=NOW)),
        (READY, "paused", Desk("sari", "paused", registered=True, idle_since=BEFORE)),
        (READY, "offline", Desk("sari", "offline", registered=True, idle_since=BEFORE)),
        (
            Desk("sari", "ready", registered=True, wrap_up_until=LATER, idle_since=BEFORE),
            "ready",
            Desk("sari", "ready", registered=True, idle_since=BEFORE),
        ),
        (
            Desk("sari", "ready", registered=True, wrap_up_until=LATER, idle_since=BEFORE),
            "paused",
            Desk("sari", "paused", registered=True, wrap_up_until=LATER, idle_since=BEFORE),
        ),
    ],
)
def test_want(desk: Desk, wanted: str, becomes: Desk) -> None:
    """A state button; `ready` ends a wrap-up, the others let it run."""
    assert want(desk, wanted, NOW) == becomes


def test_want_something_else() -> None:
    """A word that is no button."""
    with pytest.raises(ValueError) as error:
        want(READY, "busy", NOW)
    assert str(error.value) == "presence 'busy', expected one of ('ready', 'paused', 'offline')"


def test_ready_pressed_in_talk_ends_nothing() -> None:
    """The button does not free a desk that a call engages, nor spares it the wrap-up afterwards."""
    assert live(want(TALKING, "ready", NOW), NOW) == "talking"
    assert live(release(want(TALKING, "ready", NOW), "c1", "talked", NOW, 120.0), NOW) == "wrap_up"


@pytest.mark.parametrize(
    ("why", "wrap_up_s", "free_after"),
    [
        ("talked", 120.0, 120.0),
        ("talked", 0.0, 0.0),
        ("missed", 120.0, 2.0),
        ("declined", 120.0, 5.0),
        ("busy", 120.0, 5.0),
        ("unreachable", 120.0, 5.0),
        ("cancelled", 120.0, 0.0),
    ],
)
def test_release(why: str, wrap_up_s: float, free_after: float) -> None:
    """A talk is followed by the wrap-up, a refused or unanswered ring by a pause, a cancelled one by nothing."""
    freed = release(TALKING if why == "talked" else RINGING, "c1", why, NOW, wrap_up_s)
    assert (freed.engaged, freed.idle_since) == (None, NOW)
    assert freed.call == ("c1" if why == "talked" else None)  # the ticket of the wrap-up
    moment = NOW + timedelta(seconds=free_after)
    assert free(freed, moment)
    assert not free_after or not free(freed, moment - timedelta(microseconds=1))


def test_every_pause_is_a_reason_that_the_flow_gives() -> None:
    """A phone that refuses at once is not rung again at once: each reason of not answering has its pause."""
    assert set(COOL_DOWN_S) == {"missed", "declined", "busy", "unreachable", "dropped"}
    assert min(COOL_DOWN_S.values()) > 0


@pytest.mark.parametrize(
    ("desk", "call"),
    [(TALKING, "c2"), (RINGING, "c2"), (READY, "c1"), (release(TALKING, "c1", "talked", BEFORE, 120.0), "c1")],
)
def test_release_of_another_call_changes_nothing(desk: Desk, call: str) -> None:
    """A late release neither frees a desk that another call engages nor starts a wrap-up anew."""
    assert release(desk, call, "talked", NOW, 120.0) == desk


def test_an_older_pause_outlives_a_cancelled_ring() -> None:
    """Cancelled says nothing about the phone: a pause from before stays."""
    paused = release(engage(READY, "c1", "ringing"), "c1", "declined", NOW, 120.0)
    assert release(engage(paused, "c2", "ringing"), "c2", "cancelled", NOW, 120.0).not_before == paused.not_before


def test_wrapped_up() -> None:
    """The finished ticket ends the wrap-up and begins the idle time; in the next talk it changes nothing."""
    after = release(TALKING, "c1", "talked", BEFORE, 120.0)
    assert wrapped_up(after, NOW) == Desk("sari", "ready", registered=True, idle_since=NOW)
    assert wrapped_up(engage(after, "c2", "ringing"), NOW) == engage(after, "c2", "ringing")
