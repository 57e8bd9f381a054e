"""The result of a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A code that stays the same, how bad it is, a sentence, and a remedy; no personal data in any of them."""

    code: str
    level: Level
    sentence: str
    remedy: str


def bad(code: str, sentence: str, remedy: str) -> Finding:
    """The line does not do all that it promises."""
    return Finding(code, "error", sentence, remedy)


def odd(code: str, sentence: str, remedy: str) -> Finding:
    """It does, and may soon not."""
    return Finding(code, "warning", sentence, remedy)
