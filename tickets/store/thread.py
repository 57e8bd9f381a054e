"""The store for asyncio: one writer thread that folds waiting writes into one commit, and several reading threads."""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from tickets.errors import StoreUnavailable, WriteRefused, WriteUnknown
from tickets.model import Row
from tickets.store import Store
from tickets.store.readers import ReadingRoom, Watch, attempt, opened, settle

T = TypeVar("T")
Job = tuple[Callable[[Store], Any], "Future[Any]"]
MAX_BATCH = 64
READERS = 3
# limit of a read for a page; a read that may take longer passes its own
READ_LIMIT_S = 10.0
# limit of a read of a few rows by their keys: a session, a heartbeat
SHORT_READ_LIMIT_S = 5.0
# longest sleep of a follower that nothing wakes, so that a watchdog sees that it does not hang
LOOK_AGAIN_S = 5.0


class StoreThread:
    """`write` and `read` run a function of the store in a thread and return what it returns.

    Writes that wait are run in order, each in its own savepoint, under one COMMIT (one fsync): a write returns when it
    is durable, and one that fails does not disturb its neighbours. A read sees all that was durable when it was asked
    for; of several that are under way none waits for another, up to `readers` of them.
    """

    def __init__(self, path: Path, number_key: str | Callable[[], str] = "", *, readers: int = READERS) -> None:
        self._make = partial(Store, path, number_key)
        self._readers = readers
        self._writes: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._closed = False
        self.on_commit: Callable[[float], object] = lambda seconds: None  # called in the writer's thread
        # called in a reader's thread: for how long the read waited, and how long it took
        self.on_read: Callable[[float, float], object] = lambda waited_s, took_s: None
        make_reader, served = partial(self._make, migrate=False), lambda waited, took: self.on_read(waited, took)
        self._reading = ReadingRoom(make_reader, served, "reader")
        self._short_reading = ReadingRoom(make_reader, served, "short-reader")
        self._watch = Watch(make_reader, served)

    async def open(self) -> "StoreThread":
        """Open the database (StoreUnavailable when that fails) and start the threads."""
        try:
            await self._open_writer()  # before the others: it migrates
            for room, threads in ((self._reading, self._readers), (self._short_reading, 1), (self._watch, 1)):
                await room.open(threads)
        except BaseException:
            await self.close()
            raise
        return self

    async def _open_writer(self) -> None:
        ready: Future[None] = Future()
        loop = partial(_write_loop, lambda seconds: self.on_commit(seconds), self._make, self._writes, ready)
        self._writer = threading.Thread(target=loop, name="store-writer", daemon=True)
        self._writer.start()
        await asyncio.wrap_future(ready)

    @property
    def reads_waiting(self) -> int:
        """Reads that wait for a thread."""
        return self._reading.waiting

    async def write(self, job: Callable[[Store], T]) -> T:
        """Run `job` in a transaction; it is durable when this returns. A cancelled wait still writes."""
        return await asyncio.wrap_future(self._put(job))

    async def write_within(self, job: Callable[[Store], T], limit_s: float) -> T:
        """As `write`, but waits for `limit_s` at most.

        WriteRefused where the store has not begun with it by then, and never will. WriteUnknown where it has begun: it
        may be kept now or later, so that a repetition must first look whether it was."""
        write = _Withdrawable(job)
        limit = asyncio.timeout(limit_s)
        try:
            async with limit:
                return await self.write(write)
        except TimeoutError:
            if not limit.expired():
                raise
            late = f"basis data tidak menjawab dalam {limit_s:g} detik"
            if write.withdraw():
                raise WriteRefused(late) from None
            raise WriteUnknown(f"{late}; mungkin tersimpan juga") from None

    async def read(self, job: Callable[[Store], T], limit_s: float | None = READ_LIMIT_S) -> T:
        """Run `job` on a reading connection; ReadTimedOut where that takes longer than `limit_s` (None: no limit)."""
        self._refuse_closed()
        return await self._reading.ask(job, limit_s)

    async def read_short(self, job: Callable[[Store], T], limit_s: float | None = SHORT_READ_LIMIT_S) -> T:
        """As `read`, for a few rows by their keys: on a connection of its own, never behind a page."""
        self._refuse_closed()
        return await self._short_reading.ask(job, limit_s)

    def _put(self, job: Callable[[Store], T]) -> "Future[T]":
        self._refuse_closed()
        future: Future[T] = Future()
        self._writes.put((job, future))
        return future

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreUnavailable("basis data sudah ditutup")

    async def follow(self, seq: int, *, requests: bool = False, assignments: bool = False) -> AsyncIterator[list[Row]]:
        """Journal rows after `seq`, for ever, in batches, within tens of milliseconds of their commit.

        `requests` leaves out all but what the calls process acts on, `assignments` all but what changes them."""
        look = _requests_after if requests else _assignments_after if assignments else _all_after
        changed = asyncio.Event()
        wake = partial(asyncio.get_running_loop().call_soon_threadsafe, changed.set)
        self._watch.wake.append(wake)
        try:
            while True:
                changed.clear()
                self._refuse_closed()
                rows, seq = await self._watch.ask(partial(look, seq), None)
                if rows:
                    yield rows
                else:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_AGAIN_S):
                            await changed.wait()
        finally:
            self._watch.wake.remove(wake)

    async def close(self) -> None:
        """Finish all writes and reads that were handed in, then close."""
        self._closed = True
        self._writes.put(None)
        if self._writer is not None:
            await asyncio.to_thread(self._writer.join, 10)
        await asyncio.gather(*(room.close() for room in (self._reading, self._short_reading, self._watch)))


class _Withdrawable(Generic[T]):
    """A job that is run, or withdrawn before: never both."""

    def __init__(self, job: Callable[[Store], T]) -> None:
        self._job = job
        self._taken = threading.Lock()

    def __call__(self, store: Store) -> T:
        if not self._taken.acquire(blocking=False):
            raise WriteRefused("sudah ditarik kembali")
        return self._job(store)

    def withdraw(self) -> bool:
        """Withdraw it: True where it will not run any more, False where the writer has begun with it."""
        return self._taken.acquire(blocking=False)


def _all_after(seq: int, store: Store) -> tuple[list[Row], int]:
    rows = store.journal.after(seq)
    return rows, rows[-1]["seq"] if rows else seq


def _requests_after(seq: int, store: Store) -> tuple[list[Row], int]:
    return store.journal.requests_after(seq)


def _assignments_after(seq: int, store: Store) -> tuple[list[Row], int]:
    return store.journal.assignments_after(seq)


def _write_loop(
    committed: Callable[[float], object],
    make: Callable[[], Store],
    jobs: "queue.SimpleQueue[Job | None]",
    ready: "Future[None]",
) -> None:
    store = opened(make, ready)
    if store is None:
        return
    ending = False
    while not ending:
        batch = [jobs.get()]
        with contextlib.suppress(queue.Empty):
            while len(batch) < MAX_BATCH and batch[-1] is not None:
                batch.append(jobs.get_nowait())
        if batch[-1] is None:
            ending = True
            batch.pop()
        began, changes = time.perf_counter(), store.connection.raw.total_changes
        _commit(store, [item for item in batch if item is not None])
        if store.connection.raw.total_changes != changes:
            committed(time.perf_counter() - began)
    store.close()


def _commit(store: Store, batch: list[Job]) -> None:
    """Run a batch under one COMMIT and only then tell the waiting callers."""
    if not batch:
        return
    if len(batch) == 1:  # alone it needs no savepoint
        job, future = batch[0]
        settle(future, *attempt(lambda store: _in_transaction(store, job), store))
        return
    results: list[tuple[Any, BaseException | None]] = []
    try:
        with store.transaction():
            for job, _future in batch:
                results.append(attempt(lambda store, job=job: _in_savepoint(store, job), store))  # type: ignore[misc]
    except BaseException as error:
        # a full disk rolls back inside a job; the error of COMMIT afterwards would hide the cause
        cause = next((raised for _value, raised in results if isinstance(raised, StoreUnavailable)), error)
        results = [(None, cause)] * len(batch)
    for (_job, future), (value, raised) in zip(batch, results, strict=True):
        settle(future, value, raised)


def _in_transaction(store: Store, job: Callable[[Store], Any]) -> Any:
    with store.transaction():
        return job(store)


def _in_savepoint(store: Store, job: Callable[[Store], Any]) -> Any:
    with store.savepoint():
        return job(store)
