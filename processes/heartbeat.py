"""The heartbeat of a process in the store: the overview, the doctor and `tanggap up` read it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime

import structlog

from tickets.errors import TicketError
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)
BEAT_S = 2.0


class Heartbeat:
    """Beats for one process; `data` is written with each beat.

    `tried` is called after each beat, also one that could not be written: that is no reason to replace the process.
    `refused` gets the reason of the store, or None when the beat was written."""

    def __init__(
        self,
        store: StoreThread,
        clock: Callable[[], datetime],
        process: str,
        tried: Callable[[], object] = lambda: None,
        *,
        data: Callable[[], dict[str, object]] = dict,
        refused: Callable[[str | None], object] = lambda why: None,
    ) -> None:
        self._store, self._clock, self._process = store, clock, process
        self._tried, self._data, self._refused = tried, data, refused

    async def beat(self) -> float:
        """Beat once; returns the seconds until the next beat."""
        now, data = self._clock(), self._data()

        def job(store: Store) -> None:
            store.people.beat(now, self._process, os.getpid(), data)

        try:
            await self._store.write(job)
            self._refused(None)
        except TicketError as error:
            log.error("beat.failed", error=str(error))
            self._refused(str(error))
        self._tried()
        return BEAT_S
