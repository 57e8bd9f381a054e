"""Takes old tickets and calls into the index of the search, beside the running line, in slices of some milliseconds."""

import time

import structlog

from tickets.model import Row
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

# a batch holds the lock of the database for so long: an arriving call waits no longer than it does for a retention
TARGET_S = 0.02
FEWEST, MOST = 5, 500
# of the time that a batch took it rests so many times as much, and at least so long
REST_FACTOR, REST_S = 3.0, 0.05
LOOK_AGAIN_S = 600.0
TOLD_EVERY = 0.1  # of all tickets


class Indexing:
    """Indexes what a store held before it had an index; `step` does one batch and returns the seconds until the
    next."""

    def __init__(self, store: StoreThread) -> None:
        self._store = store
        self._batch = 50
        self._told: float | None = None  # the share that was told last; None while nothing is to be done

    async def step(self) -> float:
        """Index one batch; logs the progress, and the end of it."""
        if (left := await self._store.read(_uncounted, None)) is not None:
            await self._store.write(lambda store: store.backlog.counted(left))
        count, progress, took = await self._store.write(self._one)
        self._tell(progress, count)
        if not count:
            return LOOK_AGAIN_S
        wanted = int(self._batch * TARGET_S / max(took, 1e-4))
        self._batch = max(FEWEST, min(MOST, wanted, self._batch * 2))
        return max(REST_S, took * REST_FACTOR)

    def _one(self, store: Store) -> tuple[int, Row | None, float]:
        began = time.perf_counter()
        count = store.backlog.take(self._batch)
        return count, store.backlog.progress(), time.perf_counter() - began

    def _tell(self, progress: Row | None, count: int) -> None:
        if progress is not None:
            share = progress["done"] / max(1, progress["total"])
            if self._told is None or share - self._told >= TOLD_EVERY:
                self._told = share
                log.info("search.indexing", done=progress["done"], total=progress["total"])
        elif count or self._told is not None:
            self._told = None
            log.info("search.indexed")


def _uncounted(store: Store) -> int | None:
    """Count the tickets that are to be taken up, where nobody has yet: outside of the lock."""
    progress = store.backlog.progress()
    return store.backlog.left() if progress is not None and progress["total"] is None else None
