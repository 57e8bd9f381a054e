"""Listening gives way to calls that must not wait, and to no others."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agents.listening import interruptions
from agents.presence import Desk, engage, free, interruptible, live
from agents.roster import Roster
from agents.waiting import Line, LineRules, Offer, Waiting

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=10)
LISTENS = Desk("sari", "ready", registered=True, listens="c9")


@pytest.mark.parametrize(
    ("desk", "shown", "gives_way"),
    [
        (LISTENS, "listening", True),
        (replace(LISTENS, wanted="paused"), "listening", False),
        (replace(LISTENS, wanted="offline"), "listening", False),
        (replace(LISTENS, registered=False), "listening", False),
        (replace(LISTENS, wrap_up_until=LATER), "listening", False),
        (replace(LISTENS, not_before=LATER), "listening", False),
        (engage(LISTENS, "c1", "ringing"), "ringing", False),
        (replace(LISTENS, listens=None), "ready", False),
    ],
)
def test_who_only_listens(desk: Desk, shown: str, gives_way: bool) -> None:
    """Shown as listening, never free; interrupted only where a call might ring without the listening."""
    assert (live(desk, NOW), interruptible(desk, NOW)) == (shown, gives_way)
    assert not (free(desk, NOW) and desk.listens)


def test_a_call_ends_the_listening() -> None:
    """Whatever call rings or talks at the desk."""
    assert engage(LISTENS, "c1", "talking").listens is None


@pytest.mark.parametrize(
    ("waiting", "listens", "expected"),
    [
        ([], ["c9"], []),
        (["c1 urgent"], [], []),
        (["c1 urgent"], ["c9"], ["c1: op0"]),
        (["c1 normal"], ["c9"], ["c1: op0"]),
        (["c1 unverified"], ["c9"], []),
        (["c9 silent"], ["c9"], []),
        (["c1 urgent ringing"], ["c9"], []),
        (["c1 normal", "c2 urgent"], ["c9"], ["c2: op0"]),
        (["c1 urgent", "c2 urgent", "c3 normal"], ["c8", "c9"], ["c1: op0", "c2: op1"]),
        (["c9 urgent"], ["c8", "c9"], ["c9: op1"]),
    ],
)
def test_interruptions(waiting: list[str], listens: list[str], expected: list[str]) -> None:
    """Each call one listener: who hears that very call, else who has been idle longest."""
    line = Line()
    for second, words in enumerate(waiting):
        call, lane, *ringing = words.split()
        entry = Waiting(call, lane, NOW + timedelta(seconds=second), ringing=bool(ringing))
        line = Line({**line.calls, call: entry})
    desks = [replace(LISTENS, operator=f"op{n}", listens=call) for n, call in enumerate(listens)]
    assert [
        f"{one.call}: {' '.join(one.operators)}" for one in interruptions(line, desks, LineRules(), LATER)
    ] == expected


@pytest.mark.parametrize(("waited_s", "interrupts"), [(29.9, False), (30.0, True)])
def test_a_doubted_call_may_wait_but_not_for_ever(waited_s: float, interrupts: bool) -> None:
    """Listening never keeps it longer than its lane allows."""
    line, now = Line().enqueue("c1", "unverified", NOW), NOW + timedelta(seconds=waited_s)
    assert bool(interruptions(line, [LISTENS], LineRules(unverified_max_s=30.0), now)) is interrupts


def test_the_longest_idle_listener_comes_first() -> None:
    """As among free operators."""
    desks = [replace(LISTENS, operator=name, idle_since=at) for name, at in (("a", LATER), ("b", NOW), ("c", LATER))]
    roster = Roster({desk.operator: desk for desk in desks}).put(Desk("d", "ready", registered=True))
    line = Line().enqueue("c1", "urgent", NOW)
    assert interruptions(line, roster.listeners(LATER), LineRules(), LATER) == (Offer("c1", ("b",)),)
    assert [desk.operator for desk in roster.free(LATER)] == ["d"]
