"""Shares and percentiles of small numbers of calls. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z_95 = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Share:
    """`k` of `n`, with its Wilson 95 % interval; None where there is nothing to divide by."""

    k: int = 0
    n: int = 0
    share: float | None = None
    low: float | None = None
    high: float | None = None


def wilson(k: int, n: int) -> Share:
    """The share with the Wilson score interval (Wilson 1927), which stays honest for small `n` and for 0 and 100 %."""
    if n <= 0:
        return Share(k, n)
    part, z = k / n, Z_95
    middle = (part + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(part * (1 - part) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low, high = max(middle - reach, 0.0), min(middle + reach, 1.0)
    return Share(k, n, digits(part), 0.0 if k == 0 else digits(low), 1.0 if k == n else digits(high))


def percentile(seconds: Sequence[float], percent: float) -> float | None:
    """Nearest rank: the smallest value that at least so many per cent of all do not exceed, to the millisecond.

    None of nothing."""
    ranked = sorted(seconds)
    return round(ranked[max(0, math.ceil(percent * len(ranked) / 100) - 1)], 3) if ranked else None


def digits(share: float) -> float:
    """A share as it is printed and exported: four places."""
    return round(share, 4)
