"""One table of causes: what each means for an operator's phone, for a call-out, and for a call back."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import get_args

import pytest

from asterisk.causes import (
    CAUSES,
    UNKNOWN,
    CallBackOutcome,
    Meaning,
    OperatorReason,
    call_back_outcome,
    call_out_result,
    cause,
    detail,
    operator_reason,
)

SCRIPTS = Path(__file__).resolve().parents[2] / "console" / "static" / "js"


@pytest.mark.parametrize(
    ("code", "operator", "call_out", "call_back"),
    [
        (0, "lost", "unreachable", "failed"),
        (1, "lost", "unreachable", "failed"),
        (16, "hung_up", "no_answer", "no_answer"),
        (17, "busy", "busy", "busy"),
        (18, "unreachable", "no_answer", "no_answer"),
        (19, "no_answer", "no_answer", "no_answer"),
        (20, "unreachable", "unreachable", "failed"),
        (21, "declined", "declined", "declined"),
        (23, "forwarded", "declined", "declined"),
        (26, "cancelled", "unreachable", "failed"),
        (34, "lost", "unreachable", "failed"),
        (38, "lost", "unreachable", "failed"),
        (58, "lost", "unreachable", "failed"),
        (127, "lost", "unreachable", "failed"),
    ],
)
def test_the_meaning_of_a_cause(code: int, operator: str, call_out: str, call_back: str) -> None:
    """Declined is declined for everybody; a cause that is not listed is never taken for somebody who hung up."""
    assert (operator_reason(code), call_out_result(code), call_back_outcome(code)) == (operator, call_out, call_back)


def test_every_code_is_one_of_q850() -> None:
    """Seven bits; 0 and 127 say that nothing is known, and are not listed."""
    assert [code for code in CAUSES if not 0 < code < 127] == []
    assert cause(127) is UNKNOWN


def test_every_meaning_is_used() -> None:
    """A meaning without a code would be a table of its own."""
    assert {row.meaning for row in CAUSES.values()} | {UNKNOWN.meaning} == set(get_args(Meaning))


@pytest.mark.parametrize(
    ("code", "words"), [(34, "semua saluran penuh, Q.850 34"), (99, "Q.850 99"), (0, "Q.850 0"), (127, "Q.850 127")]
)
def test_the_words_of_an_attempt(code: int, words: str) -> None:
    """The number stays: it is what the carrier asks for."""
    assert detail(code) == words


@pytest.mark.parametrize(
    ("script", "table", "words"),
    [
        ("callbacks.js", "ENDS", get_args(CallBackOutcome)),
        ("story.js", "TRIED", get_args(CallBackOutcome)),
        # the page has a sentence of its own for who declined, and one for who did not answer
        ("story.js", "UNHEARD", {*get_args(OperatorReason)} - {"declined", "no_answer", "hung_up"}),
    ],
)
def test_every_outcome_has_words_on_the_pages(script: str, table: str, words: Collection[str]) -> None:
    """A page that has no words for an outcome would show its English name."""
    text = next(SCRIPTS.rglob(script)).read_text()
    listed = re.search(rf"const {table} = \{{(.*?)\}}", text, re.DOTALL)
    assert listed is not None
    assert sorted(word for word in words if not re.search(rf"\b{word}:", listed[1])) == []
