"""The store for asyncio: one writer thread that folds waiting writes into one commit, one reader thread."""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from tickets.errors import StoreUnavailable
from tickets.model import Row
from tickets.store import Store

T = TypeVar("T")
Job = tuple[Callable[[Store], Any], "Future[Any]"]
MAX_BATCH = 64
FOLLOW_S = 0.02
# a follower looks again after so long although nothing woke it: whoever watches it sees that it does not hang
LOOK_AGAIN_S = 5.0


class StoreThread:
    """`write` and `read` run a function of the store in its thread and return what it returns.

    Writes that wait are run in order, each in its own savepoint, under one COMMIT (one fsync): a write returns when it
    is durable, and one that fails does not disturb its neighbours.
    """

    def __init__(self, path: Path, number_key: str | Callable[[], str] = "") -> None:
        self._make = partial(Store, path, number_key)
        self._writes: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._reads: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._wake: list[Callable[[], object]] = []
        self._closed = False
        self.on_commit: Callable[[float], object] = lambda seconds: None  # called in the writer's thread

    async def open(self) -> "StoreThread":
        """Open the database (StoreUnavailable when that fails) and start the threads."""
        opened: list[Future[None]] = []
        read_loop = partial(_read_loop, self._wake)
        write_loop = partial(_write_loop, lambda seconds: self.on_commit(seconds))
        for name, jobs, serve in (("writer", self._writes, write_loop), ("reader", self._reads, read_loop)):
            ready: Future[None] = Future()
            thread = threading.Thread(target=serve, args=(self._make, jobs, ready), name=f"store-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)
            await asyncio.wrap_future(ready)  # one after the other: the first one migrates
            opened.append(ready)
        return self

    async def write(self, job: Callable[[Store], T]) -> T:
        """Run `job` in a transaction; it is durable when this returns. A cancelled wait still writes."""
        return await asyncio.wrap_future(self._put(self._writes, job))

    async def write_within(self, job: Callable[[Store], T], limit_s: float) -> T:
        """As `write`; StoreUnavailable where the store does not take it in time, and then it never will."""
        withdrawn = False

        def unless_withdrawn(store: Store) -> T:
            if withdrawn:
                raise StoreUnavailable("sudah ditarik kembali")
            return job(store)

        try:
            async with asyncio.timeout(limit_s):
                return await self.write(unless_withdrawn)
        except TimeoutError:
            withdrawn = True
            raise StoreUnavailable(f"basis data tidak menjawab dalam {limit_s:g} detik") from None

    async def read(self, job: Callable[[Store], T]) -> T:
        """Run `job` on the reading connection."""
        return await asyncio.wrap_future(self._put(self._reads, job))

    def _put(self, jobs: "queue.SimpleQueue[Job | None]", job: Callable[[Store], T]) -> "Future[T]":
        if self._closed:
            raise StoreUnavailable("basis data sudah ditutup")
        future: Future[T] = Future()
        jobs.put((job, future))
        return future

    async def follow(self, seq: int, *, requests: bool = False, assignments: bool = False) -> AsyncIterator[list[Row]]:
        """Journal rows after `seq`, for ever, in batches, within tens of milliseconds of their commit.

        `requests` leaves out all but what the calls process acts on, `assignments` all but what changes them."""
        look = _requests_after if requests else _assignments_after if assignments else _all_after
        changed = asyncio.Event()
        wake = partial(asyncio.get_running_loop().call_soon_threadsafe, changed.set)
        self._wake.append(wake)
        try:
            while True:
                changed.clear()
                rows, seq = await self.read(partial(look, seq))
                if rows:
                    yield rows
                else:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_AGAIN_S):
                            await changed.wait()
        finally:
            self._wake.remove(wake)

    async def close(self) -> None:
        """Finish what was handed in, then close."""
        self._closed = True
        for jobs in (self._writes, self._reads):
            jobs.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join, 10)


def _all_after(seq: int, store: Store) -> tuple[list[Row], int]:
    rows = store.journal.after(seq)
    return rows, rows[-1]["seq"] if rows else seq


def _requests_after(seq: int, store: Store) -> tuple[list[Row], int]:
    return store.journal.requests_after(seq)


def _assignments_after(seq: int, store: Store) -> tuple[list[Row], int]:
    return store.journal.assignments_after(seq)


def _open(make: Callable[[], Store], ready: "Future[None]") -> Store | None:
    try:
        store = make()
    except Exception as error:
        ready.set_exception(error)
        return None
    ready.set_result(None)
    return store


def _read_loop(
    wake: list[Callable[[], object]],
    make: Callable[[], Store],
    jobs: "queue.SimpleQueue[Job | None]",
    ready: "Future[None]",
) -> None:
    """Serve reads, and between them see whether anybody has committed: here, where looking costs no other thread."""
    store = _open(make, ready)
    if store is None:
        return
    version = None
    while True:
        with contextlib.suppress(queue.Empty):
            if (item := jobs.get(timeout=FOLLOW_S)) is None:
                break
            _settle(item[1], *_attempt(item[0], store))
        before, (version, _error) = version, _attempt(_data_version, store)
        if version != before:
            for follower in tuple(wake):
                with contextlib.suppress(RuntimeError):  # its loop is closed, and it with it
                    follower()
    store.close()


def _data_version(store: Store) -> int:
    return store.connection.data_version()


def _write_loop(
    committed: Callable[[float], object],
    make: Callable[[], Store],
    jobs: "queue.SimpleQueue[Job | None]",
    ready: "Future[None]",
) -> None:
    store = _open(make, ready)
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
        _settle(future, *_attempt(lambda store: _in_transaction(store, job), store))
        return
    results: list[tuple[Any, BaseException | None]] = []
    try:
        with store.transaction():
            for job, _future in batch:
                results.append(_attempt(lambda store, job=job: _in_savepoint(store, job), store))  # type: ignore[misc]
    except BaseException as error:
        # a full disk rolls back inside a job; what COMMIT says afterwards hides why
        cause = next((raised for _value, raised in results if isinstance(raised, StoreUnavailable)), error)
        results = [(None, cause)] * len(batch)
    for (_job, future), (value, raised) in zip(batch, results, strict=True):
        _settle(future, value, raised)


def _in_transaction(store: Store, job: Callable[[Store], Any]) -> Any:
    with store.transaction():
        return job(store)


def _in_savepoint(store: Store, job: Callable[[Store], Any]) -> Any:
    with store.savepoint():
        return job(store)


def _attempt(job: Callable[[Store], Any], store: Store) -> tuple[Any, BaseException | None]:
    try:
        return job(store), None
    except Exception as error:
        return None, error


def _settle(future: "Future[Any]", value: Any, raised: BaseException | None) -> None:
    if not future.set_running_or_notify_cancel():
        return
    if raised is None:
        future.set_result(value)
    else:
        future.set_exception(raised)
