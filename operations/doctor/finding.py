"""The result of a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding: a stable code, its level, a sentence and a remedy; none of them holds personal data."""

    code: str
    level: Level
    sentence: str
    remedy: str


def bad(code: str, sentence: str, remedy: str) -> Finding:
    """An error: the line does not keep all of its promises."""
    return Finding(code, "error", sentence, remedy)


def odd(code: str, sentence: str, remedy: str) -> Finding:
    """A warning: the line keeps its promises, and soon might not."""
    return Finding(code, "warning", sentence, remedy)
