"""The figures of screening of the present day, made anew when the journal has moved, but never all the time."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from tickets.model import Row
from tickets.screening.figures import figures
from tickets.store import Store

# making them may take one part in so many of the time: they are not worth a late screen-pop
SHARE = 20


@dataclass(frozen=True, slots=True)
class _Made:
    """Figures with the day and the newest journal row that they are of; replaced as a whole, never changed."""

    midnight: datetime
    seq: int
    figures: Row
    not_before: float  # in seconds of the clock: no earlier may they be made again


class Today:
    """Keeps the figures between snapshots, for all threads that read.

    While one thread makes them, the others are given the former ones of the same day, or wait where there are none."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._making = threading.Lock()
        self._made: _Made | None = None

    def of(self, store: Store, midnight: datetime) -> Row:
        """The figures since midnight."""
        former = self._made
        if former is not None and former.midnight == midnight:
            if not self._making.acquire(blocking=False):
                return former.figures
        else:
            self._making.acquire()
        try:
            self._made = made = self._look(store, midnight)
        finally:
            self._making.release()
        return made.figures

    def _look(self, store: Store, midnight: datetime) -> _Made:
        known, seq, begun = self._made, store.journal.last(), self._seconds()
        if known is not None and known.midnight == midnight and (seq <= known.seq or begun < known.not_before):
            return known  # a reader that began earlier sees fewer rows than are counted already
        rows = store.screening.calls(midnight, midnight + timedelta(days=1))
        made = asdict(figures(rows))
        return _Made(midnight, seq, made, begun + SHARE * (self._seconds() - begun))
