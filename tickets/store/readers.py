"""Reading threads: each has a connection of its own, those of one room share its queue."""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tickets.errors import ReadTimedOut
from tickets.store import Store

T = TypeVar("T")
FOLLOW_S = 0.02


@dataclass(frozen=True, slots=True)
class Read:
    """A function of the store, and where its result goes; cancelling `future` stops it."""

    job: Callable[[Store], Any]
    future: "Future[Any]" = field(default_factory=Future)
    asked: float = field(default_factory=time.monotonic)


class ReadingRoom:
    """So many threads that serve one queue of reads, in the order in which they were asked for.

    `served` is called in the reader's thread with the seconds that each read waited and took."""

    def __init__(self, make: Callable[[], Store], served: Callable[[float, float], object], name: str) -> None:
        self._make = make
        self._served = served
        self._name = name
        self._reads: queue.SimpleQueue[Read | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    @property
    def waiting(self) -> int:
        """Reads that no thread has taken up yet."""
        return self._reads.qsize()

    async def open(self, threads: int) -> None:
        """Start the threads; StoreUnavailable where a connection cannot be opened."""
        opened = [self._start(f"store-{self._name}-{n}") for n in range(threads)]
        await asyncio.gather(*(asyncio.wrap_future(ready) for ready in opened))

    def _start(self, name: str) -> "Future[None]":
        ready: Future[None] = Future()
        thread = threading.Thread(target=self._serve, args=(ready,), name=name, daemon=True)
        thread.start()
        self._threads.append(thread)
        return ready

    async def ask(self, job: Callable[[Store], T], limit_s: float | None) -> T:
        """Run `job` in one of the threads; ReadTimedOut where its result is not there in time (None: no limit).

        A read that is given up is stopped in the middle of its statement, so that it holds up no later one."""
        read = Read(job)
        self._reads.put(read)
        limit = asyncio.timeout(limit_s)
        try:
            async with limit:
                result: T = await asyncio.wrap_future(read.future)
                return result
        except TimeoutError:
            if not limit.expired():
                raise
            raise ReadTimedOut(f"basis data tidak terbaca dalam {limit_s:g} detik") from None

    async def close(self) -> None:
        """Serve the reads that were asked for, then end the threads."""
        for _ in self._threads:
            self._reads.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join, 10)

    def _serve(self, ready: "Future[None]") -> None:
        store = opened(self._make, ready)
        if store is None:
            return
        while (read := self._reads.get()) is not None:
            self._run(store, read)
        store.close()

    def _run(self, store: Store, read: Read) -> None:
        if read.future.cancelled():
            return
        began = time.monotonic()
        with store.connection.stopped_when(read.future.cancelled):
            result = attempt(read.job, store)
        self._served(began - read.asked, time.monotonic() - began)
        settle(read.future, *result)


class Watch(ReadingRoom):
    """The thread of the journal's followers: between reads it polls for commits and wakes them.

    Polling costs no other thread anything, and no other read delays it."""

    def __init__(self, make: Callable[[], Store], served: Callable[[float, float], object]) -> None:
        super().__init__(make, served, "watch")
        self.wake: list[Callable[[], object]] = []  # called in the thread after each commit

    def _serve(self, ready: "Future[None]") -> None:
        store = opened(self._make, ready)
        if store is None:
            return
        version = None
        while True:
            with contextlib.suppress(queue.Empty):
                if (read := self._reads.get(timeout=FOLLOW_S)) is None:
                    break
                self._run(store, read)
            before, (version, _error) = version, attempt(_data_version, store)
            if version != before:
                for follower in tuple(self.wake):
                    with contextlib.suppress(RuntimeError):  # its loop is closed, and it with it
                        follower()
        store.close()


def _data_version(store: Store) -> int:
    return store.connection.data_version()


def opened(make: Callable[[], Store], ready: "Future[None]") -> Store | None:
    """Open a connection for the calling thread; `ready` gets None, or the error."""
    try:
        store = make()
    except Exception as error:
        ready.set_exception(error)
        return None
    ready.set_result(None)
    return store


def attempt(job: Callable[[Store], Any], store: Store) -> tuple[Any, BaseException | None]:
    """The result of a job and None, or None and its error."""
    try:
        return job(store), None
    except Exception as error:
        return None, error


def settle(future: "Future[Any]", value: Any, raised: BaseException | None) -> None:
    """Hand the end of a job to its waiting caller, unless that was cancelled."""
    if not future.set_running_or_notify_cancel():
        return
    if raised is None:
        future.set_result(value)
    elif isinstance(raised, StopIteration):  # asyncio refuses it, and who waits would wait for ever
        error = RuntimeError("a job of the store ended with StopIteration")
        future.set_exception(error.with_traceback(raised.__traceback__))
    else:
        future.set_exception(raised)
