"""Searches of the store: words, their signs, the piece of the story, and what the journal keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tickets.errors import InvalidInput
from tickets.model import Actor
from tickets.store import Store
from tickets.store.callers.searches import Wanted

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SITI = Actor("user", "siti")
STORIES = ("Air naik 100% di gang_3", "Air naik 1000 cm di gangx3", "kata " * 40 + "TENGGELAM di kali " + "ekor " * 40)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three walk-in reports, an hour apart."""
    store = Store(tmp_path / "t.db")
    for n, story in enumerate(STORIES):
        number = store.tickets.create(NOW + timedelta(hours=n), "20261129", SITI)
        store.tickets.update(NOW + timedelta(hours=n), number, {"description": story}, SITI)
    yield store
    store.close()


def searched(store: Store, *words: str, limit: int = 10, first: datetime = NOW, **fields: str) -> list[str]:
    """The last part of the numbers that a search gives."""
    wanted = Wanted(first, NOW + timedelta(days=1), limit, words=words, **fields)
    return [hit["ticket"][-4:] for hit in store.searches.find(NOW, wanted, SITI)["hits"]]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("air",), ["0002", "0001"]),
        (("100%",), ["0001"]),
        (("gang_3",), ["0001"]),
        (("\\",), []),
        (("cm", "AIR"), ["0002"]),
        (("cm", "100%"), []),
        (("Tenggelam",), ["0003"]),
    ],
)
def test_all_words_stand_for_themselves(store: Store, words: tuple[str, ...], expected: list[str]) -> None:
    """Newest first; signs of LIKE are text like any other."""
    assert searched(store, *words) == expected


def test_limits(store: Store) -> None:
    """Days and states hold for every kind of search."""
    assert searched(store, "air", limit=1) == ["0002"]
    assert searched(store, "air", first=NOW + timedelta(minutes=30)) == ["0002"]
    assert searched(store, "air", state="done") == []
    assert searched(store, ticket="T-20261129", state="open") == ["0003", "0002", "0001"]
    assert searched(store, ticket="T-20261129-0001", first=NOW + timedelta(minutes=30)) == []


def test_the_piece_of_the_story(store: Store) -> None:
    """Around the first word that it has, and it says on which side there is more."""
    (hit,) = store.searches.find(NOW, Wanted(NOW, NOW + timedelta(days=1), 5, words=("tenggelam",)), SITI)["hits"]
    assert "TENGGELAM" in hit["snippet"]
    assert (hit["snippet"][0], hit["snippet"][-1], len(hit["snippet"])) == ("…", "…", 122)


def test_too_many_words_leave_no_row(store: Store) -> None:
    before = store.journal.last()
    with pytest.raises(InvalidInput, match="isian TEXT berisi 7 kata, paling banyak 6"):
        searched(store, *"abcdefg")
    assert store.journal.last() == before
