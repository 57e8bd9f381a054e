"""Old tickets come into the index of words batch by batch, while others write."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from operations import search_index
from operations.search_index import LOOK_AGAIN_S, MOST, REST_S, Indexing
from tests.tickets.store.search.test_backlog import unindexed
from tests.tickets.store.search.test_text_index import as_they_stand, indexed, ticket
from tickets.model import Actor
from tickets.store import Store
from tickets.store.thread import StoreThread

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def rewrite(number: str, story: str, store: Store) -> None:
    store.tickets.update(NOW, number, {"description": story}, Actor("user", "siti"))


async def test_a_store_that_had_no_index_gets_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Step by step to the last ticket, told in the log; then it only looks again now and then."""
    old = Store(tmp_path / "t.db")
    numbers = [ticket(old, description=f"lama {n}") for n in range(130)]
    unindexed(old)
    old.close()
    store = await StoreThread(tmp_path / "t.db").open()
    indexing, steps = Indexing(store), 0
    told: list[str] = []
    monkeypatch.setattr(search_index, "log", SimpleNamespace(info=lambda event, **_data: told.append(event)))
    try:
        while (rest := await indexing.step()) != LOOK_AGAIN_S:
            assert REST_S <= rest < LOOK_AGAIN_S
            steps += 1
            fields = {"description": f"baru {steps}"}
            await store.write(
                lambda store, fields=fields: store.tickets.update(NOW, numbers[0], fields, Actor("user", "siti"))
            )  # type: ignore[misc]
        assert 2 <= steps <= len(numbers) < MOST
        assert await store.read(indexed) == await store.read(as_they_stand)
        assert await indexing.step() == LOOK_AGAIN_S
    finally:
        await store.close()
    assert set(told[:-1]) == {"search.indexing"}
    assert told[-1] == "search.indexed"
