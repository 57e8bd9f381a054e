"""Figures from the receivers' notes: pushes per second, their lateness, missing ones, and those that came twice."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise

GRACE_S = 10.0  # the daemon's own alarm: a push that is later than this counts as missing


@dataclass(frozen=True, slots=True)
class Lateness:
    """Seconds after its turn, over all pushes: how late they arrived."""

    p50: float
    p99: float
    worst: float


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one run; `missing` counts turns without a push, `twice` repeated pushes under the same key."""

    assignments: int
    seconds: float
    arrived: int
    per_second: float
    late: Lateness
    missing: int
    twice: int


def figures(arrivals: list[tuple[float, str]], count: int, every_s: float, start: float, end: float) -> Figures:
    """Arrivals between two moments; the keys are «push-ID-ATTEMPT»."""
    within = [(at, key) for at, key in arrivals if start <= at <= end]
    by_push: dict[str, list[float]] = defaultdict(list)
    for at, key in sorted(within):
        by_push[key.rsplit("-", 1)[0]].append(at)
    gaps = [later - earlier for times in by_push.values() for earlier, later in pairwise(times)]
    # what ought to have come once more before the end did not
    open_ends = [end - times[-1] for times in by_push.values()]
    allowed = every_s + GRACE_S
    missing = sum(gap > allowed for gap in [*gaps, *open_ends]) + (count - len(by_push))
    times_seen = Counter(key for _at, key in within)
    twice = sum(seen - 1 for seen in times_seen.values())
    late = sorted(max(gap - every_s, 0.0) for gap in gaps)
    seconds = end - start
    return Figures(count, seconds, len(within), len(within) / seconds, lateness(late), missing, twice)


def lateness(late: list[float]) -> Lateness:
    """Percentiles of ascending values; zeros when there are none."""
    if not late:
        return Lateness(0.0, 0.0, 0.0)
    return Lateness(late[len(late) // 2], late[min(len(late) * 99 // 100, len(late) - 1)], late[-1])
