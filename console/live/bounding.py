"""Bounds on the lists of a page: number of rows, bytes of JSON, length of texts."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from tickets.model import Row

T = TypeVar("T")

BRIEF = 300
PART = 60  # rows of one part of a list


def to_json(value: Any) -> str:
    """JSON as pages read it; for a thread that is not the event loop's."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def fitting(rows: Sequence[T], room: int, limit: int = PART) -> list[T]:
    """The first of these rows: at most `limit`, and at most `room` bytes of JSON; one in any case."""
    kept: list[T] = []
    for row in rows[:limit]:
        room -= len(to_json(row).encode()) + 1
        if kept and room < 0:
            break
        kept.append(row)
    return kept


def cut(rows: Sequence[T], room: int, offset: int = 0) -> tuple[list[T], int | None]:
    """A part of a whole list from a place in it on, and where its next part begins; None: there is no more."""
    kept = fitting(rows[offset:], room)
    end = offset + len(kept)
    return kept, end if end < len(rows) else None


def brief(row: Mapping[str, Any], *names: str) -> Row:
    """The row with these texts shortened: a list is no place to read long ones."""
    return {name: _cut(value) if name in names else value for name, value in row.items()}


def _cut(value: Any) -> Any:
    return value[: BRIEF - 1] + "…" if isinstance(value, str) and len(value) > BRIEF else value
