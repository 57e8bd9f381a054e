"""Shares with their interval, and percentiles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.shares import Share, percentile, wilson


@pytest.mark.parametrize(
    ("k", "n", "expected"),
    [
        (0, 0, Share()),
        (0, 10, Share(0, 10, 0.0, 0.0, 0.2775)),
        (10, 10, Share(10, 10, 1.0, 0.7225, 1.0)),
        (5, 10, Share(5, 10, 0.5, 0.2366, 0.7634)),
        (1, 158, Share(1, 158, 0.0063, 0.0011, 0.035)),
    ],
)
def test_wilson(k: int, n: int, expected: Share) -> None:
    """Values of R's binom::binom.wilson; nothing to divide by has no share."""
    assert wilson(k, n) == expected


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share(counts: tuple[int, int]) -> None:
    """Between 0 and 1, whatever is counted."""
    share = wilson(*counts)
    assert share.share is not None and share.low is not None and share.high is not None
    assert 0 <= share.low <= share.share <= share.high <= 1


@pytest.mark.parametrize(
    ("seconds", "percent", "expected"),
    [
        ([], 95, None),
        ([2.0], 0, 2.0),
        ([float(second) for second in range(20, 0, -1)], 95, 19.0),
        ([float(second) for second in range(1, 102)], 95, 96.0),
        ([3.0, 1.00049, 2.0], 1, 1.0),
        ([3.0, 1.0, 2.0], 100, 3.0),
    ],
)
def test_a_percentile_is_the_nearest_rank(seconds: list[float], percent: float, expected: float | None) -> None:
    """A value that was measured, to the millisecond; the 95th per cent of 20 is the 19th."""
    assert percentile(seconds, percent) == expected
