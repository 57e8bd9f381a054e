"""Figures of screening: pranks that rang an operator, genuine callers who reached nobody, times by lane.

Pure. Each definition in words: docs/screening.md.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tickets.model import Row
from tickets.shares import Share, digits, percentile, wilson

NENA_S = (15, 20)
LANES = ("urgent", "normal", "unverified", "silent")
NOT_GENUINE = frozenset({"prank", "silent"})


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of `n` calls: percentiles by nearest rank, and the shares within 15 and 20 s."""

    n: int = 0
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    within_15: float | None = None
    within_20: float | None = None


@dataclass(frozen=True, slots=True)
class LaneTimes:
    """From our answer to an operator's phone, and from arrival to an operator's voice (NENA; our prompts included)."""

    to_ring: Times
    to_talk: Times


@dataclass(frozen=True, slots=True)
class LowTrust:
    """Estimate from the sampled low-trust calls: the share of genuine ones, and their number among all of them."""

    calls: int
    sampled: int
    genuine: Share
    about: float | None = None
    about_low: float | None = None
    about_high: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a period."""

    calls: int
    live: int
    judged: int
    failsafe: int
    pranks_that_rang: Share
    rung_by_pranks: Share
    genuine_lost: Share
    unjudged_unreached: int
    low_trust: LowTrust
    times: dict[str, LaneTimes] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)


def times(seconds: Sequence[float]) -> Times:
    """The figures of a list of durations."""
    if not seconds:
        return Times()
    within = [digits(sum(duration <= limit for duration in seconds) / len(seconds)) for limit in NENA_S]
    return Times(len(seconds), *(percentile(seconds, rank) for rank in (50, 90, 95)), *within)


def figures(rows: Iterable[Row]) -> Figures:
    """The figures of calls as `store.screening.calls` gives them (a call's row with its present `verdict`)."""
    calls = list(rows)
    ours = [row for row in calls if row["handled_by"] == "calls"]
    over = [row for row in ours if row["ended_at"] is not None]
    pranks = [row for row in over if is_prank(row)]
    rung = [row for row in over if row["ringing_at"] is not None and row["verdict"] is not None]
    genuine = [row for row in over if row["verdict"] == "genuine"]
    return Figures(
        calls=len(calls),
        live=sum(row["ended_at"] is None for row in calls),
        judged=sum(row["verdict"] is not None for row in calls),
        failsafe=len(calls) - len(ours),
        pranks_that_rang=wilson(sum(row["ringing_at"] is not None for row in pranks), len(pranks)),
        rung_by_pranks=wilson(sum(row["verdict"] in NOT_GENUINE for row in rung), len(rung)),
        genuine_lost=wilson(sum(not reached(row) for row in genuine), len(genuine)),
        unjudged_unreached=sum(row["verdict"] is None and signed(row) and not reached(row) for row in over),
        low_trust=_low_trust(over),
        times=_times(ours),
        counts=_counts(calls),
    )


def signed(row: Row) -> bool:
    """True where the caller gave a sign of a person: a key, a voice, a lane of those who did, a talk, a message."""
    return bool(row["keys"] or row["person"]) or row["lane"] not in (None, "silent") or reached(row)


def reached(row: Row) -> bool:
    """True where the caller spoke with an operator or left a message."""
    return row["talking_at"] is not None or row["outcome"] == "message"


def is_prank(row: Row) -> bool:
    """True for a call judged prank or silent, or one without a verdict and without any sign of a person."""
    return row["verdict"] in NOT_GENUINE or (row["verdict"] is None and not signed(row))


def _low_trust(over: Sequence[Row]) -> LowTrust:
    doubted = [row for row in over if row["doubt"] is not None]
    sample = [row for row in doubted if row["sampled"]]
    judged = [row for row in sample if row["verdict"] is not None]
    share = wilson(sum(row["verdict"] == "genuine" for row in judged), len(judged))
    about = [None if part is None else round(part * len(doubted), 1) for part in (share.share, share.low, share.high)]
    return LowTrust(len(doubted), len(sample), share, *about)


def _times(calls: Sequence[Row]) -> dict[str, LaneTimes]:
    lanes = {lane: [row for row in calls if row["lane"] == lane] for lane in LANES}
    groups = {"all": list(calls), **lanes}
    return {
        name: LaneTimes(_between(rows, "answered_at", "ringing_at"), _between(rows, "arrived_at", "talking_at"))
        for name, rows in groups.items()
        if name == "all" or rows
    }


def _between(rows: Iterable[Row], start: str, end: str) -> Times:
    return times([_seconds(row[start], row[end]) for row in rows if row[start] and row[end]])


def _seconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def _counts(calls: Iterable[Row]) -> dict[str, dict[str, int]]:
    """Calls by lane (`none`: left before the waiting line) and verdict (`none`: not judged)."""
    counts = Counter((row["lane"] or "none", row["verdict"] or "none") for row in calls)
    lanes = [lane for lane in (*LANES, "none") if any(lane == counted for counted, _ in counts)]
    return {lane: {verdict: n for (counted, verdict), n in sorted(counts.items()) if counted == lane} for lane in lanes}
