"""Duties beside the processes: a missing litestream is reported, a present one is kept running and stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from instance import Instance, load
from operations.beside import Beside
from processes.tasks import TaskKeeper
from processes.vitals.measures import Vitals
from tests.fixtures import Edit
from tests.operations.backup.test_replica import with_replica
from tickets.errors import StoreUnavailable
from tickets.store.thread import StoreThread

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
async def keeper() -> AsyncIterator[TaskKeeper]:
    """A keeper whose tasks end with the test."""
    made = TaskKeeper()
    yield made
    await made.close()


async def store_of(instance: Instance) -> StoreThread:
    """The instance's store, opened."""
    for folder in ("log", "run"):
        (instance.var / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    return await StoreThread(instance.var / "tanggap.db").open()


async def until(true: Callable[[], bool]) -> None:
    """Return as soon as it is true."""
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)


@pytest.mark.long
async def test_a_missing_litestream_holds_nothing_up(
    edited: Edit, keeper: TaskKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence is returned at once; its row is written as soon as the store takes one."""
    instance = load(with_replica(edited, "/mnt/nas/112", "/tidak/ada/litestream"))
    store, vitals = await store_of(instance), Vitals("up")
    write, refusals = store.write, []

    async def refuse_twice(job: Callable[[Any], Any]) -> Any:
        if len(refusals) < 2:
            refusals.append(job)
            raise StoreUnavailable("basis data tidak bisa ditulis")
        return await write(job)

    monkeypatch.setattr(store, "write", refuse_twice)
    beside = Beside(instance, store, lambda: NOON, "up")
    sentence = await beside.start(vitals, keeper)
    assert sentence is not None and "/tidak/ada/litestream tidak ditemukan" in sentence
    async with asyncio.timeout(60):
        while "replica.absent" not in [
            row["kind"] for row in await store.read(lambda store: store.journal.after(0, 9))
        ]:
            await asyncio.sleep(0.02)
    await beside.stop()
    await keeper.close()
    await store.close()


@pytest.mark.long
async def test_litestream_is_kept_running(edited: Edit, keeper: TaskKeeper, tmp_path: Path) -> None:
    """It is started again when it ends, and ends with us."""
    starts = tmp_path / "starts"
    program = tmp_path / "litestream"
    program.write_text(f'#!/bin/sh\necho $$ >> {starts}\n[ "$(wc -l < {starts})" -lt 2 ] || exec sleep 600\n')
    program.chmod(0o755)
    instance = load(with_replica(edited, "/mnt/nas/112", str(program)))
    store, vitals = await store_of(instance), Vitals("steward")
    beside = Beside(instance, store, lambda: NOON, "steward")
    assert await beside.start(vitals, keeper) is None
    await until(lambda: starts.exists() and len(starts.read_text().split()) == 2)
    assert "child-litestream" in {duty.name for duty in vitals.duties}
    pid = int(starts.read_text().split()[1])
    await beside.stop()
    assert not Path(f"/proc/{pid}").exists()
    await keeper.close()
    await store.close()
