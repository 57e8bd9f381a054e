"""Refusals reach the operator's page whatever the store says meanwhile, and hold nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog.testing

from line import refusals
from line.refusals import Refusals
from processes.tasks import TaskKeeper
from tickets.errors import StoreUnavailable
from tickets.model import Row
from tickets.store.thread import StoreThread

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class Faulty(StoreThread):
    """Refuses as many writes as it is told to, and notes the first of them."""

    refuses = 0
    refused = asyncio.Event()

    async def write(self, job: Any) -> Any:
        if self.refuses:
            self.refuses -= 1
            self.refused.set()
            raise StoreUnavailable("basis data tidak bisa ditulis: database is locked")
        return await super().write(job)

    async def rows(self, count: int) -> list[Row]:
        """The journal, as soon as it has so many rows."""
        async with asyncio.timeout(5):
            while len(rows := await self.read(lambda store: store.journal.after(0))) < count:
                await asyncio.sleep(0.01)
        return rows


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Faulty]:
    made = Faulty(tmp_path / "tanggap.db")
    made.refused = asyncio.Event()
    await made.open()
    yield made
    await made.close()


async def test_they_are_written_in_order_as_soon_as_the_store_takes_them(
    store: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the moment of the refusal; one that can never be written is in no other's way."""
    monkeypatch.setattr(refusals, "RETRY_S", 0.01)
    keeper, now = TaskKeeper(), [NOON]
    made = Refusals(store, lambda: now[0])
    store.refuses = 3
    keeper.start("refusals", made.run())
    with structlog.testing.capture_logs() as logs:
        made.put("request.take", "user:sari", "panggilan itu sudah tidak menunggu", {"operator": "sari"})
        made.put("request.take", "user:dewi", "tidak bisa disimpan", {"operator": object()})
        await asyncio.wait_for(store.refused.wait(), 5)
        now[0] = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
        made.put("request.listen", "user:budi", "telepon Anda tidak terdaftar", {"operator": "budi"})
        rows = await store.rows(2)
    assert [(row["kind"], str(row["actor"]), row["data"]) for row in rows] == [
        ("request.take.refused", "user:sari", {"operator": "sari", "why": "panggilan itu sudah tidak menunggu"}),
        ("request.listen.refused", "user:budi", {"operator": "budi", "why": "telepon Anda tidak terdaftar"}),
    ]
    assert datetime.fromisoformat(rows[0]["at"]) == NOON
    assert [entry["event"] for entry in logs].count("refusal.given_up") == 1
    await keeper.close()


async def test_no_more_wait_than_are_of_use(store: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is away for hours fills no memory: the oldest are dropped, which the log has told already."""
    made = Refusals(store, lambda: NOON)
    for number in range(refusals.MOST + 5):
        made.put("request.take", f"user:op{number}", "tidak", {})
    keeper = TaskKeeper()
    keeper.start("refusals", made.run())
    rows = await store.rows(refusals.MOST)
    assert (str(rows[0]["actor"]), len(rows)) == ("user:op5", refusals.MOST)
    await keeper.close()
