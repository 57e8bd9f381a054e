"""The figures of screening of the present day, made anew when the journal has moved, but never all the time."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from tickets.model import Row
from tickets.screening.figures import figures
from tickets.store import Store

# making them may take one part in so many of the time: they are not worth a late screen-pop
SHARE = 20


class Today:
    """Keeps the figures between snapshots; while one thread makes them, the others are given the former ones."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._making = threading.Lock()
        self._known: tuple[datetime, int] | None = None
        self._not_before = 0.0
        self._figures: Row = {}

    def of(self, store: Store, midnight: datetime) -> Row:
        """The figures since midnight."""
        if not self._making.acquire(blocking=self._known is None):
            return self._figures
        try:
            self._look(store, midnight)
        finally:
            self._making.release()
        return self._figures

    def _look(self, store: Store, midnight: datetime) -> None:
        wanted, begun = (midnight, store.journal.last()), self._seconds()
        new_day = self._known is None or self._known[0] != midnight
        if new_day or (wanted != self._known and begun >= self._not_before):
            rows = store.screening.calls(midnight, midnight + timedelta(days=1))
            self._figures, self._known = asdict(figures(rows)), wanted
            self._not_before = begun + SHARE * (self._seconds() - begun)
