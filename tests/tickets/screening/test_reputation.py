"""The score of a number and the doubt that follows from it, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.screening_rules import ScreeningRules
from tickets.screening.reputation import (
    VERDICTS,
    Briefs,
    Standing,
    Verdict,
    fingerprint,
    flood,
    key_name,
    sampled,
    score,
    standing,
)

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
RULES = ScreeningRules()


def past(*words: str, days: float = 0) -> list[Verdict]:
    return [Verdict(word, NOW - timedelta(days=days)) for word in words]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], 0.0),
        (past("prank"), 1.0),
        (past("prank", "prank"), 2.0),
        (past("genuine"), -3.0),
        (past("prank", "prank", "prank", "genuine"), 0.0),
        (past("information", "silent", "silent"), 0.0),
        (past("prank", days=30), 0.5),
        (past("genuine", days=60), -0.8),
        (past("prank", "prank", "prank", "prank", days=30) + past("genuine"), -1.0),
        (past("prank", days=-2), 1.0),  # a clock that was put back
    ],
)
def test_the_score_halves_and_genuine_weighs_more(verdicts: list[Verdict], expected: float) -> None:
    """A prank 1, a genuine call minus 3, each halved after 30 days; information and silence weigh nothing."""
    assert score(verdicts, NOW, RULES) == expected


@pytest.mark.parametrize(
    ("verdicts", "doubt"),
    [
        (past("prank"), None),
        (past("prank", "prank"), "reputation"),
        (past("prank", days=1) + past("prank", days=0.5), "reputation"),  # 1.97 is shown as 2.0, and counts as that
        (past("prank", "prank", days=30), None),
        (past("prank") * 4 + past("genuine"), None),
        (past("prank") * 5 + past("genuine"), "reputation"),
        (past("silent") * 50, None),
    ],
)
def test_a_bad_reputation_is_doubted(verdicts: list[Verdict], doubt: str | None) -> None:
    """From two fresh pranks on; one genuine call outweighs three."""
    assert standing(verdicts, Briefs(), NOW, RULES).doubt == doubt


@pytest.mark.parametrize(
    ("briefs", "trusted", "expected"),
    [
        (Briefs(4, 29), False, None),
        (Briefs(5, 0), False, "number"),
        (Briefs(5, 0), True, "number"),
        (Briefs(0, 30), False, "trunk"),
        (Briefs(0, 30), True, None),
        (Briefs(5, 30), False, "number"),
    ],
)
def test_floods(briefs: Briefs, trusted: bool, expected: str | None) -> None:
    """Five brief calls of a number or thirty of a trunk; a caller known as genuine is exempt from the trunk's."""
    assert flood(briefs, RULES, trusted=trusted) == expected


def test_a_number_without_a_past_is_doubted_in_a_flood_only() -> None:
    """No number, no reputation."""
    assert standing((), Briefs(), NOW, RULES) == Standing()
    assert standing((), Briefs(trunk=30), NOW, RULES) == Standing(doubt="flood", flood="trunk")


def test_reputation_names_the_doubt_before_the_flood() -> None:
    """A known prankster in a flood is doubted for what is known of the number."""
    held = standing(past("prank", "prank"), Briefs(number=9), NOW, RULES)
    assert held == Standing(doubt="reputation", score=2.0, flood="number", prank=2)


def test_screening_switched_off_doubts_nobody() -> None:
    """The score is still shown."""
    off = replace(RULES, enabled=False)
    assert standing(past("prank", "prank"), Briefs(9, 99), NOW, off) == Standing(score=2.0, flood="number", prank=2)


MANY = st.lists(st.tuples(st.sampled_from(VERDICTS), st.floats(0, 400)), max_size=30)


@given(MANY)
def test_a_fresh_genuine_verdict_never_harms(verdicts: list[tuple[str, float]]) -> None:
    """Whatever the past: one genuine call more lowers the score by its weight, and never adds a doubt."""
    before = [Verdict(word, NOW - timedelta(days=days)) for word, days in verdicts]
    after = [*before, *past("genuine")]
    assert score(after, NOW, RULES) == pytest.approx(score(before, NOW, RULES) - 3.0, abs=0.11)
    if standing(before, Briefs(), NOW, RULES).doubt is None:
        assert standing(after, Briefs(), NOW, RULES).doubt is None


@given(MANY, st.floats(0, 400))
def test_time_alone_only_forgives(verdicts: list[tuple[str, float]], days: float) -> None:
    """Without new verdicts a score moves towards zero as a whole, half-life by half-life."""
    held = [Verdict(word, NOW - timedelta(days=ago)) for word, ago in verdicts]
    later = score(held, NOW + timedelta(days=days), RULES)
    assert abs(later) <= abs(score(held, NOW, RULES)) + 0.1


def test_the_sample_is_fair_and_always_the_same() -> None:
    """1 in 20 by the call's id alone; none when nobody is to be sampled, all when everybody."""
    ids = [f"1795000000.{number}" for number in range(20_000)]
    taken = [call for call in ids if sampled(call, RULES)]
    assert 900 < len(taken) < 1100
    assert taken == [call for call in ids if sampled(call, RULES)]
    assert not any(sampled(call, replace(RULES, sample=0)) for call in ids[:100])
    assert all(sampled(call, replace(RULES, sample=1)) for call in ids[:100])


def test_the_fingerprint_needs_the_key() -> None:
    """The same number under another key is another hash; a key's name does not tell the key."""
    digest = fingerprint("kunci", "+6281234567890")
    assert digest == fingerprint("kunci", "+6281234567890")
    assert len({digest, fingerprint("lain", "+6281234567890"), fingerprint("kunci", "+6281234567891")}) == 3
    assert len(digest) == 64
    assert key_name("kunci") != key_name("lain")
