"""The plan: the same seed gives the same calls, in the scenario's proportions."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from drills.plan import busiest_hour, plan
from drills.scenario import load

WEEK = load("launch-week")


def test_the_same_seed_gives_the_same_calls() -> None:
    """Behaviours, numbers, moments, sounds and what operators do."""
    assert plan(WEEK, 7, 200, 60) == plan(WEEK, 7, 200, 60)


def test_another_seed_gives_other_calls() -> None:
    """But as many of each kind."""
    first, second = plan(WEEK, 7, 200, 60), plan(WEEK, 8, 200, 60)
    assert first.calls != second.calls
    assert Counter(call.group.name for call in first.calls) == Counter(call.group.name for call in second.calls)


@pytest.mark.parametrize("calls", [900, 450, 90, 17, 1])
def test_a_shorter_drill_keeps_the_proportions(calls: int) -> None:
    """By largest remainder: each kind within one call of its share."""
    made = plan(WEEK, 112, calls, 60)
    assert len(made.calls) == calls
    counts = Counter(call.group.name for call in made.calls)
    for group in WEEK.file.callers:
        assert abs(counts[group.name] - group.calls * calls / 900) < 1


def test_the_whole_week_has_its_genuine_calls() -> None:
    """158 of 900, in order of their beginning, within the busiest hour's density."""
    made = plan(WEEK, 112, 900, 60)
    assert made.genuine == 158
    assert [call.index for call in made.calls] == list(range(900))
    assert all(a.at_s <= b.at_s for a, b in pairwise(made.calls))
    per_minute = 900 / (made.lasts_s / 60)
    assert per_minute == pytest.approx(busiest_hour(WEEK.file), rel=0.05)


def test_the_rate_moves_calls_together_and_changes_nothing_else() -> None:
    """Twice as fast: at half the time; bursts keep their own pace."""
    slow, fast = plan(WEEK, 5, 100, 30), plan(WEEK, 5, 100, 60)
    alone = [call for call in slow.calls if call.group.bursts == 1]
    quick = {call.number: call for call in fast.calls if call.group.bursts == 1 and call.number}
    for call in alone:
        if call.number:
            assert quick[call.number].at_s == pytest.approx(call.at_s / 2, abs=0.002)
            assert quick[call.number].stays_s == call.stays_s


def test_calls_of_the_week_know_their_hour() -> None:
    """Between seven and nine in the evening on seven days, rising."""
    hours = [call.week_s / 3600 for call in plan(WEEK, 112, 900, 60).calls if call.week_s is not None]
    assert len(hours) == 900
    assert all(7 <= hour % 24 <= 21 for hour in hours)
    assert hours == sorted(hours)
    by_day = Counter(int(hour // 24) for hour in hours)
    assert set(by_day) == set(range(7))
    assert by_day[2] > 5 * by_day[0]


def test_numbers_by_kind() -> None:
    """Repeaters share a few numbers, clean callers have their own, hidden ones none."""
    calls = plan(WEEK, 112, 900, 60).calls
    pranks = {call.number for call in calls if call.group.numbers == "iseng"}
    assert len(pranks) <= 18
    clean = [call.number for call in calls if call.group.numbers == "clean"]
    assert len(set(clean)) == len(clean)
    assert {call.number for call in calls if call.group.numbers == "anonymous"} == {""}


def test_a_storm_comes_from_one_number_and_one_trunk() -> None:
    """All of it, and the genuine calls over both trunks."""
    storm = [call for call in plan(load("prank-storm"), 1, 120, 1).calls if not call.genuine]
    assert {(call.number, call.trunk) for call in storm} == {(storm[0].number, "latihan1")}


def test_operators_are_shortened_as_arrivals_are() -> None:
    """But never to nothing, and never made longer than in life."""
    made = plan(WEEK, 1, 10, 60)
    assert made.shortened("talk", 120.0) == 2.0
    assert made.shortened("talk", 12.0) == 0.8
    assert made.shortened("wrap_up", 0.0) == 0.0
