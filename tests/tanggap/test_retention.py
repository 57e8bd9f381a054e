"""The daily duty: old numbers go, also when there are more than fit into one batch; another key is made good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tanggap import retention
from tickets.model import Actor, to_text
from tickets.store import Store
from tickets.store.calls import NewCall
from tickets.store.thread import StoreThread

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
YEAR_S = 365 * 86400.0


def judged(store: Store, count: int, days: float) -> None:
    """So many finished prank calls of as many numbers, so long ago."""
    with store.transaction():
        for one in range(count):
            at, name = NOW - timedelta(days=days, seconds=one), f"{days}-{one}"
            new = NewCall(name, f"+62812{one:07d}", "0812-…", False, True, "112")
            ticket = store.calls.arrive(at, "20261122", new)
            store.calls.step(at, name, ticket, {"stage": "ended", "ended_at": to_text(at)}, ())
            store.reputations.judge(at, ticket, "prank", Actor("user", "siti"))


async def test_old_numbers_are_erased_to_the_last(tmp_path: Path) -> None:
    """Batch by batch; what is younger than the retention stays."""
    store = await StoreThread(tmp_path / "tanggap.db", "kunci").open()
    await store.write(lambda store: judged(store, 450, 366))
    await store.write(lambda store: judged(store, 10, 364))
    assert await retention.erase_old(store, lambda: NOW, YEAR_S, pause_s=0) == 450
    assert await retention.erase_old(store, lambda: NOW, YEAR_S, pause_s=0) == 0
    left = await store.read(lambda store: store.connection.one("SELECT count(number) AS n FROM calls"))
    assert left == {"n": 10}
    await store.close()


async def test_another_key_is_made_good(tmp_path: Path) -> None:
    """After secrets.json was made anew, numbers that are still known keep their reputation."""
    store = await StoreThread(tmp_path / "tanggap.db", "kunci").open()
    await store.write(lambda store: judged(store, 1200, 1))
    await store.close()
    turned = await StoreThread(tmp_path / "tanggap.db", "kunci baru").open()
    assert await retention.rekey(turned, lambda: NOW, pause_s=0) == 1200
    assert await retention.rekey(turned, lambda: NOW, pause_s=0) == 0
    await turned.close()
