"""The figures of screening: what counts as what, and the arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tickets.model import Row, to_text
from tickets.screening.figures import Times, figures, times
from tickets.shares import Share, wilson

AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def call(verdict: str | None = None, **columns: Any) -> Row:
    """A call that is over and never rang; moments are given in seconds after its arrival."""
    plain: Row = {
        "arrived_at": to_text(AT),
        "answered_at": None,
        "ringing_at": None,
        "talking_at": None,
        "ended_at": to_text(AT + timedelta(seconds=60)),
        "lane": None,
        "outcome": "abandoned",
        "keys": "",
        "person": None,
        "doubt": None,
        "sampled": 0,
        "handled_by": "calls",
        "verdict": verdict,
    }
    moments = {name: to_text(AT + timedelta(seconds=s)) for name, s in columns.items() if name.endswith("_at")}
    return plain | columns | moments


def rang(verdict: str | None, at: float = 6, talk: float = 9, lane: str = "urgent", **columns: Any) -> Row:
    """A call that an operator answered."""
    given = {"answered_at": 1, "ringing_at": at, "talking_at": talk, "lane": lane, "keys": "1", "outcome": "talked"}
    return call(verdict, **(given | columns))


def test_percentiles_are_nearest_rank() -> None:
    """Of 1 to 20 s: the 10th, 18th and 19th; three quarters within 15 s."""
    assert times([float(second) for second in range(20, 0, -1)]) == Times(20, 10.0, 18.0, 19.0, 0.75, 1.0)
    assert times([4.0]) == Times(1, 4.0, 4.0, 4.0, 1.0, 1.0)
    assert times([]) == Times()


def test_pranks_that_rang() -> None:
    """A prank is judged one, or gave no sign of a person and was not judged."""
    rows = [
        rang("prank"),
        rang("silent"),
        rang("genuine"),
        call("prank", keys="1"),
        call(),  # hung up at the greeting
        call(lane="silent", outcome="silent"),
        call(keys="9"),  # a key, never judged: nobody knows
        call(lane="urgent"),  # a voice, never judged
        call(person=1),  # a voice in the menu, and then gone
        call() | {"ended_at": None},
    ]
    counted = figures(rows)
    assert (counted.pranks_that_rang.k, counted.pranks_that_rang.n) == (2, 5)
    assert (counted.rung_by_pranks.k, counted.rung_by_pranks.n) == (2, 3)
    assert counted.unjudged_unreached == 3
    assert counted.live == 1


def test_genuine_callers_who_reached_nobody() -> None:
    """Neither an operator nor a message; judged later, for instance when they were called back."""
    rows = [rang("genuine"), call("genuine", outcome="message"), call("genuine"), rang("information"), call("prank")]
    assert figures(rows).genuine_lost == wilson(1, 3)


def test_low_trust_is_estimated_from_the_judged_sample() -> None:
    """Of 40 doubted calls 4 were sampled, 3 judged, 1 of these genuine: a third, so about 13 calls."""
    doubted = [call("prank", doubt="reputation") for _ in range(36)]
    sample = [rang(verdict, doubt="flood", sampled=1) for verdict in ("genuine", "prank", "information")] + [
        call(doubt="flood", sampled=1)
    ]
    estimate = figures([*doubted, *sample, rang("genuine")]).low_trust
    assert (estimate.calls, estimate.sampled, estimate.genuine) == (40, 4, wilson(1, 3))
    assert (estimate.about, estimate.about_low, estimate.about_high) == (13.3, 2.5, 31.7)


def test_times_by_lane() -> None:
    """From our answer to the ring, from arrival to the voice; a lane without calls is left out."""
    counted = figures([rang("genuine", 4, 10), rang("prank", 6, 18, lane="unverified"), call()])
    assert list(counted.times) == ["all", "urgent", "unverified"]
    assert counted.times["urgent"].to_ring == times([3.0])
    assert counted.times["urgent"].to_talk == times([10.0])
    assert counted.times["all"].to_talk == Times(2, 10.0, 18.0, 18.0, 0.5, 1.0)


def test_counts_by_lane_and_verdict() -> None:
    """`none` where there is neither."""
    rows = [rang("genuine"), rang("genuine"), rang("prank", lane="silent"), call()]
    assert figures(rows).counts == {"urgent": {"genuine": 2}, "silent": {"prank": 1}, "none": {"none": 1}}


def test_calls_of_the_failsafe_are_counted_apart() -> None:
    """Nothing is known of when their phones rang."""
    counted = figures([call(handled_by="agi", keys=""), call()])
    assert (counted.calls, counted.failsafe, counted.pranks_that_rang.n) == (2, 1, 1)


def test_no_calls_at_all() -> None:
    """A quiet day divides by nothing."""
    counted = figures([])
    assert (counted.calls, counted.pranks_that_rang, counted.genuine_lost, counted.low_trust.about) == (
        0,
        Share(),
        Share(),
        None,
    )
