"""Reading: several at once, each under a time limit, and a short read never behind a long one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.tickets.world import SARI, START
from tickets.errors import ReadTimedOut, StoreUnavailable
from tickets.store import Store
from tickets.store.thread import READERS, StoreThread

DAY = "20261122"
PATIENCE_S = 10.0
# counts for minutes, inside SQLite
ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000) SELECT count(*) AS n FROM n"
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[StoreThread]:
    made = await StoreThread(tmp_path / "tanggap.db").open()
    yield made
    await made.close()


class Held:
    """A read that lasts until it is let go, as that of a page of ten thousand tickets does for seconds."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.free = threading.Event()

    def __call__(self, store: Store) -> int:
        self.begun.set()
        assert self.free.wait(60)
        return store.journal.last()


async def held(store: StoreThread, count: int) -> tuple[list[Held], list[asyncio.Task[int]]]:
    """So many long reads that are under way."""
    reads = [Held() for _ in range(count)]
    tasks = [asyncio.create_task(store.read(read)) for read in reads]
    for read in reads:
        assert await asyncio.to_thread(read.begun.wait, PATIENCE_S)
    return reads, tasks


async def test_a_read_does_not_wait_for_another(store: StoreThread) -> None:
    """While one page is read another one is, too."""
    (read,), (task,) = await held(store, 1)
    try:
        async with asyncio.timeout(PATIENCE_S):
            assert await store.read(lambda store: store.journal.last()) == 0
        assert not task.done()
    finally:
        read.free.set()
        await task


async def test_who_follows_does_not_wait_for_a_read(store: StoreThread) -> None:
    """The journal is followed while every reader is busy."""
    (read,), (task,) = await held(store, 1)
    rows = store.follow(0)
    try:
        await store.write(lambda store: store.tickets.create(START, DAY, SARI))
        async with asyncio.timeout(PATIENCE_S):
            assert [row["kind"] for row in await anext(rows)] == ["ticket.created"]
    finally:
        read.free.set()
        await task
        await rows.aclose()


async def test_a_short_read_does_not_wait_for_long_ones(store: StoreThread) -> None:
    """Every reader has a page in hand, and more pages wait: a session is checked at once."""
    reads, tasks = await held(store, READERS)
    more = [asyncio.create_task(store.read(lambda store: store.journal.last())) for _ in range(5)]
    try:
        async with asyncio.timeout(PATIENCE_S):
            assert await store.read_short(lambda store: store.people.user("sari")) is None
        assert store.reads_waiting == 5
    finally:
        for read in reads:
            read.free.set()
        await asyncio.gather(*tasks, *more)


async def test_a_read_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    """Its statement ends in the middle, its caller hears why, and the only reader serves the next one."""
    store = await StoreThread(tmp_path / "tanggap.db", readers=1).open()
    took: list[float] = []
    store.on_read = lambda waited_s, took_s: took.append(took_s)
    with pytest.raises(ReadTimedOut) as caught:
        await store.read(lambda store: store.connection.one(ENDLESS), 0.1)
    assert str(caught.value) == "basis data tidak terbaca dalam 0.1 detik"
    assert await store.read(lambda store: store.journal.last(), PATIENCE_S) == 0
    assert len(took) == 2
    await store.close()


async def test_a_read_that_is_over_begins_no_other_statement(tmp_path: Path) -> None:
    """A page of many small statements ends between two of them; it may pass nothing over."""
    store = await StoreThread(tmp_path / "tanggap.db", readers=1).open()
    ends: asyncio.Future[StoreUnavailable] = asyncio.get_running_loop().create_future()
    loop = asyncio.get_running_loop()

    def page(store: Store) -> None:
        try:
            while True:
                store.journal.last()
        except StoreUnavailable as error:
            loop.call_soon_threadsafe(ends.set_result, error)
            raise

    with pytest.raises(ReadTimedOut):
        await store.read(page, 0.1)
    async with asyncio.timeout(PATIENCE_S):
        assert str(await ends) == "pembacaan basis data dihentikan: batas waktunya habis"
    await store.close()


async def test_a_read_that_nobody_waits_for_is_not_begun(tmp_path: Path) -> None:
    """One that was given up while it waited for a reader takes none up later."""
    store = await StoreThread(tmp_path / "tanggap.db", readers=1).open()
    (first,), (task,) = await held(store, 1)
    late = Held()
    with pytest.raises(ReadTimedOut):
        await store.read(late, 0.05)
    given_up = asyncio.create_task(store.read(late))
    await asyncio.sleep(0)
    given_up.cancel()
    with suppress(asyncio.CancelledError):
        await given_up
    first.free.set()
    await task
    assert await store.read(lambda store: store.journal.last()) == 0
    assert not late.begun.is_set()
    await store.close()


async def test_a_read_that_is_cancelled_is_stopped(tmp_path: Path) -> None:
    """A cancelled caller holds no reader up."""
    store = await StoreThread(tmp_path / "tanggap.db", readers=1).open()
    began = threading.Event()

    def page(store: Store) -> object:
        began.set()
        return store.connection.one(ENDLESS)

    task = asyncio.create_task(store.read(page, None))
    assert await asyncio.to_thread(began.wait, PATIENCE_S)
    task.cancel()
    assert await store.read(lambda store: store.journal.last(), PATIENCE_S) == 0
    assert task.cancelled()
    await store.close()


async def test_a_job_that_ends_with_stop_iteration_is_an_error(store: StoreThread) -> None:
    """A future of asyncio takes no StopIteration: who waits for the job would wait for ever."""
    for ask in (store.write, store.read, store.read_short):
        with pytest.raises(RuntimeError, match="StopIteration"):
            async with asyncio.timeout(PATIENCE_S):
                await ask(lambda store: next(iter(())))


async def test_each_reader_sees_what_was_written(store: StoreThread) -> None:
    """A write is durable when it returns, and no connection of ours is behind it."""
    for count in range(1, 21):
        await store.write(lambda store: store.tickets.create(START, DAY, SARI))
        reads = [store.read(lambda store: store.journal.last()) for _ in range(READERS)]
        short = store.read_short(lambda store: store.journal.last())
        assert await asyncio.gather(*reads, short) == [count] * (READERS + 1)


async def test_the_end_leaves_no_thread(tmp_path: Path) -> None:
    """Reads that were asked for are served, then every thread of the store ends, and nothing more is read."""
    before = set(threading.enumerate())
    store = await StoreThread(tmp_path / "tanggap.db").open()
    assert any(thread.name.startswith("store-") for thread in set(threading.enumerate()) - before)
    asked = asyncio.create_task(store.read(lambda store: store.journal.last()))
    await asyncio.sleep(0)
    await store.close()
    assert await asked == 0
    assert [thread.name for thread in set(threading.enumerate()) - before if thread.name.startswith("store-")] == []
    for read in (store.read, store.read_short):
        with pytest.raises(StoreUnavailable, match="sudah ditutup"):
            await read(lambda store: store.journal.last())
