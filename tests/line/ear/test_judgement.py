"""Verdicts on windows: a voice, knocks, noise; decision tables."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from line.ear.judgement import (
    AFTER_NOISE,
    AMONG,
    KNOCKS,
    NOISE,
    PERHAPS,
    SECOND,
    SURELY,
    VOICED,
    WITHIN,
    Judge,
    Verdict,
)

YES, NO = (0.9, -20.0), (0.1, -20.0)
QUIET_NO = (0.0, -20.0)
QUIET, KNOCK = (0.0, -70.0), (0.1, -20.0)
A_KNOCK = [KNOCK, *[QUIET] * 9]


def judged(windows: Sequence[tuple[float, float]]) -> list[Verdict]:
    """All verdicts, in order."""
    judge = Judge()
    return [verdict for window in windows if (verdict := judge.hear(*window)) is not None]


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([YES] * VOICED, [Verdict.SPEECH]),
        ([YES] * (VOICED - 1), []),
        ([YES, QUIET, QUIET] * VOICED, [Verdict.SPEECH]),  # syllables
        ([YES, *[QUIET_NO] * 4] * 9, []),  # too far apart
        ([(SURELY, -60.0)] * VOICED, [Verdict.SPEECH]),  # softly
        ([(PERHAPS, -20.0)] * SECOND, [Verdict.SPEECH]),  # whispered
        ([(PERHAPS, -20.0)] * (SECOND - 1), []),
        ([(PERHAPS - 0.01, -20.0)] * (NOISE - 1), []),
        ([NO] * NOISE + [(AFTER_NOISE - 0.01, -20.0)] * 99, [Verdict.NOISE]),  # noise that is a little like a voice
        ([NO] * NOISE + [(AFTER_NOISE + 0.01, -20.0)] * 99, [Verdict.NOISE, Verdict.SPEECH]),
        ([(PERHAPS, -20.0)] * SECOND + [NO] * NOISE, [Verdict.SPEECH, Verdict.NOISE]),
        ([NO] * NOISE, [Verdict.NOISE]),
        ([NO] * (NOISE * 3), [Verdict.NOISE]),  # given once
        ([NO] * NOISE + [YES] * VOICED, [Verdict.NOISE, Verdict.SPEECH]),  # it goes on listening
        ([QUIET] * 3000, []),
        ([*[QUIET] * 9, *A_KNOCK * KNOCKS], [Verdict.KNOCKS]),
        ([*[QUIET] * 9, *A_KNOCK * (KNOCKS - 1)], []),
        ([*[QUIET] * 9, *[*A_KNOCK, *[QUIET] * WITHIN] * KNOCKS], []),  # a click now and then
        ([*[QUIET] * 9, *[*[KNOCK] * 6, *[QUIET] * 9] * KNOCKS], []),  # too long for a knock: beeps
        ([*[QUIET] * 9, *[(0.1, -50.0), *[QUIET] * 9] * KNOCKS], []),  # too faint
        ([KNOCK, KNOCK, QUIET] * NOISE, [Verdict.NOISE]),  # no quiet between: an engine
    ],
)
def test_verdicts(windows: list[tuple[float, float]], expected: list[Verdict]) -> None:
    """Windows in, verdicts out."""
    assert judged(windows) == expected


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-120, 0)), max_size=400))
def test_whatever_went_before_a_voice_counts(before: list[tuple[float, float]]) -> None:
    """For any sound: four windows of voice after it give SPEECH, and no verdict comes twice."""
    verdicts = judged([*before, *[YES] * AMONG])
    assert Verdict.SPEECH in verdicts
    assert len(verdicts) == len(set(verdicts))
