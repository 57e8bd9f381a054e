"""The count that nobody publishes: pranks that rang an operator, genuine callers who reached nobody, times by lane.

Pure. Each definition in words: docs/screening.md.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tickets.model import Row

Z_95 = 1.959963984540054  # two-sided 95 %
NENA_S = (15, 20)
LANES = ("urgent", "normal", "unverified", "silent")
NOT_GENUINE = frozenset({"prank", "silent"})


@dataclass(frozen=True, slots=True)
class Share:
    """`k` of `n`, with its Wilson 95 % interval; None where there is nothing to divide by."""

    k: int = 0
    n: int = 0
    share: float | None = None
    low: float | None = None
    high: float | None = None


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
    """What the sampled low-trust calls say of all of them: the share of genuine ones, and how many that makes."""

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


def wilson(k: int, n: int) -> Share:
    """The share with the Wilson score interval (Wilson 1927), which stays honest for small `n` and for 0 and 100 %."""
    if n <= 0:
        return Share(k, n)
    part, z = k / n, Z_95
    middle = (part + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(part * (1 - part) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low, high = max(middle - reach, 0.0), min(middle + reach, 1.0)
    return Share(k, n, _digits(part), 0.0 if k == 0 else _digits(low), 1.0 if k == n else _digits(high))


def times(seconds: Sequence[float]) -> Times:
    """The figures of a list of durations."""
    if not seconds:
        return Times()
    ranked = sorted(seconds)
    within = [_digits(sum(one <= limit for one in ranked) / len(ranked)) for limit in NENA_S]
    return Times(len(ranked), *(round(_percentile(ranked, p), 3) for p in (50, 90, 95)), *within)


def _percentile(ranked: Sequence[float], percent: int) -> float:
    """Nearest rank: the smallest value that at least so many per cent of all are not above."""
    return ranked[math.ceil(percent * len(ranked) / 100) - 1]


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
    """Whether the caller gave a sign of being a person: a key, a voice, a lane of those who did, a talk, a message."""
    return bool(row["keys"] or row["person"]) or row["lane"] not in (None, "silent") or reached(row)


def reached(row: Row) -> bool:
    """Whether the caller spoke with an operator or left a message."""
    return row["talking_at"] is not None or row["outcome"] == "message"


def is_prank(row: Row) -> bool:
    """Judged prank or silent; or not judged, and without any sign of a person."""
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
    found = Counter((row["lane"] or "none", row["verdict"] or "none") for row in calls)
    lanes = [lane for lane in (*LANES, "none") if any(lane == one for one, _ in found)]
    return {lane: {verdict: n for (one, verdict), n in sorted(found.items()) if one == lane} for lane in lanes}


def _digits(share: float) -> float:
    return round(share, 4)
