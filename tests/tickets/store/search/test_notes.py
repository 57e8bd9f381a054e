"""Notes beside a report: whose they are, and the newest one that has a word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.tickets.store.search.test_text_index import REGU, SITI, ticket
from tickets.store import Store
from tickets.store.search.notes import STAFF, Notes, source_of

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "t.db")
    yield store
    store.close()


@pytest.mark.parametrize(
    ("kind", "actor", "data", "expected"),
    [
        ("assignment.noted", "user:regu", {"opd": "damkar", "note": "tiba"}, "damkar"),
        ("assignment.moved", "contact:damkar.siaga", {"opd": "damkar", "note": "tiba"}, "damkar"),
        ("assignment.moved", "process:cli", {"opd": "damkar", "note": "tiba"}, "damkar"),
        ("assignment.moved", "process:store", {"opd": "damkar", "note": "tiba"}, None),
        ("assignment.moved", "user:regu", {"opd": "damkar", "note": None}, None),
        ("assignment.moved", "user:regu", {"opd": "damkar", "note": ["x"]}, None),
        ("ticket.closed", "user:siti", {"note": "selesai"}, STAFF),
        ("ticket.closed", "user:siti", {"note": ""}, None),
        ("ticket.closed", "call:c1", {"note": "abandoned"}, None),
        ("complaint.answered", "user:siti", {"note": "sudah diperbaiki"}, STAFF),
        ("callback.tried", "user:siti", {"opd": "damkar", "note": "sibuk"}, STAFF),
    ],
)
def test_whose_a_note_is(kind: str, actor: str, data: dict[str, Any], expected: str | None) -> None:
    """People's notes alone; an agency's are those of its own assignment."""
    assert source_of(kind, actor, data) == expected


def test_the_newest_note_that_has_a_word(store: Store) -> None:
    """Accents and capitals do not matter; an agency reads its own."""
    number = ticket(store, description="api")
    for opd, text in (("damkar", "Pompa é satu"), ("pln", "gardu pompa"), ("damkar", "POMPA dua")):
        store.journal.append(NOW, "assignment.noted", REGU, ticket=number, data={"opd": opd, "note": text})
    store.journal.append(NOW, "ticket.closed", SITI, ticket=number, data={"note": "gardu mati"})
    notes = Notes(store.connection)
    assert notes.newest_with(number, ["pompa"], None) == ("damkar", "POMPA dua")
    assert notes.newest_with(number, ["gardu"], None) == (STAFF, "gardu mati")
    assert notes.newest_with(number, ["gardu"], "pln") == ("pln", "gardu pompa")
    assert notes.newest_with(number, ["gardu"], "damkar") is None
    assert notes.newest_with(number, ["satu", "e"], "damkar") == ("damkar", "Pompa é satu")
