"""The daily round: old numbers are erased batch by batch; verdicts under another key are hashed anew."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from instance import REPOSITORY, Instance, load
from operations import erasing, retention
from tickets.model import Actor, to_text
from tickets.store import Store
from tickets.store.calls import NewCall
from tickets.store.thread import StoreThread

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
YEAR_S = 365 * 86400.0


def judged(store: Store, count: int, days: float) -> None:
    """So many finished prank calls of as many numbers, so long ago."""
    with store.transaction():
        for number in range(count):
            at, name = NOW - timedelta(days=days, seconds=number), f"{days}-{number}"
            new = NewCall(name, f"+62812{number:07d}", "0812-…", False, True, "112")
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


async def test_recordings_photos_and_reports_end_each_in_its_time(tmp_path: Path) -> None:
    """Files and rows together; what is held, and what is young, stays; files without a row go when they are old."""
    instance = _instance(tmp_path)
    store = await StoreThread(tmp_path / "tanggap.db", "kunci").open()
    await store.write(lambda store: judged(store, 3, 200))
    await store.write(lambda store: judged(store, 1, 10))
    await store.write(lambda store: _record(store, ("200-0", "200-1", "200-2", "10-0")))
    folder = erasing.recordings_of(instance.var)
    folder.mkdir(parents=True)
    for name in ("200-0", "200-1", "200-2", "10-0", "failsafe-x", "failsafe-jung"):
        (folder / f"{name}.wav").write_bytes(b"RIFF")
    old = (NOW - timedelta(days=400)).timestamp()
    young = (NOW - timedelta(days=1)).timestamp()
    for path in folder.iterdir():
        os.utime(path, (old, old) if path.stem == "failsafe-x" else (young, young))
    held = await store.read(lambda store: store.calls.get("200-1")["ticket"])
    await store.write(lambda store: store.tickets.hold(NOW, held, Actor("user", "admin"), "perkara"))
    assert await retention.expire_recordings(store, lambda: NOW, instance, pause_s=0) == 3
    assert sorted(path.stem for path in folder.iterdir()) == ["10-0", "200-1", "failsafe-jung"]
    assert await retention.expire_recordings(store, lambda: NOW, instance, pause_s=0) == 0
    assert await retention.expire_photos(store, lambda: NOW, instance, pause_s=0) == 0
    assert await retention.expire_reports(store, lambda: NOW + timedelta(days=1700), 1825 * 86400.0, pause_s=0) == 2
    await store.close()


def _record(store: Store, calls: tuple[str, ...]) -> None:
    with store.transaction():
        for name in calls:
            row = store.calls.get(name)
            store.calls.step(NOW, name, row["ticket"], {"recording": name, "outcome": "talked"}, ())
            store.tickets.update(NOW, row["ticket"], {"description": "x"}, Actor("user", "siti"))


def _instance(home: Path) -> Instance:
    for name in ("routing.yaml", "hours.yaml", "site.yaml"):
        shutil.copy(REPOSITORY / name, home)
    return load(home, secrets=False)
