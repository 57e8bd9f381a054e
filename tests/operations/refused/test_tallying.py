"""Thousands of refusals become few rows."""

from operations.refused.tallying import MOST, STRANGERS_EVERY_S, TRUNK_EVERY_S, Tallying
from tickets.store.callers.refused_calls import Tally

TRUNK = Tally("telkom", "10.0.0.2", "media", 488, "sip:112@us")


def test_a_trunks_refusal_is_told_at_once_and_then_once_a_minute() -> None:
    """The first is a row of the journal; those of the next minute are one more, with their count."""
    tallying = Tallying()
    tallying.add(TRUNK)
    assert tallying.take(0.0) == ([TRUNK], [TRUNK])
    for _ in range(5):
        tallying.add(TRUNK)
    fresh, told = tallying.take(10.0)
    assert ([tally.times for tally in fresh], told) == ([5], [])
    assert [tally.times for tally in tallying.take(TRUNK_EVERY_S)[1]] == [5]
    assert tallying.take(2 * TRUNK_EVERY_S) == ([], [])


def test_a_scan_of_thousands_is_few_rows() -> None:
    """From many addresses: bounded, the total kept, told once an hour."""
    tallying, told = Tallying(), []
    for second in range(60):
        for number in range(83):
            tallying.add(Tally("", f"198.51.{number}.{second}", "unknown", 401, "sip:00@us"))
        if second % 2:
            fresh, more = tallying.take(float(second))
            assert len(fresh) <= MOST + 1
            told += more
    assert tallying.totals["", "unknown"] == 60 * 83
    assert len(told) == 1
    later = tallying.take(STRANGERS_EVERY_S + 1)[1]
    assert sum(tally.times for tally in (*told, *later)) == 60 * 83


def test_what_the_store_does_not_take_comes_again() -> None:
    """Counts and news alike."""
    tallying = Tallying()
    tallying.add(TRUNK)
    tallying.put_back(*tallying.take(0.0))
    tallying.add(TRUNK)
    fresh, told = tallying.take(1.0)
    assert ([tally.times for tally in fresh], [tally.times for tally in told]) == ([2], [2])
