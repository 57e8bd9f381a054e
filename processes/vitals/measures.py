"""Measures of every process: its event loop, its store, its duties, and measures of its own."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Gauge, Histogram, ProcessCollector, generate_latest

from processes.duties import Duties
from processes.vitals.duties import DutyCollector
from processes.vitals.notify import ALIVE, READY, STOPPING, Notify
from tickets.errors import TicketError
from tickets.store import Store
from tickets.store.thread import StoreThread

PULSE_S = 1.0
PROBE_S = 2.0
# a commit may take long on a slow disk; a store that neither answers nor refuses for this long is lost
STORE_SILENT_S = 30.0
HEART_SILENT_S = 30.0
LAG_WINDOW = 30
COMMIT_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Vitals:
    """The measures of one process, and its reports to the supervisor: alive while loop, store and vital duties are.

    An error of the store is an answer: a full disk is no reason to be replaced."""

    def __init__(self, name: str, notify: Notify | None = None) -> None:
        self.name = name
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.duties = Duties()
        self.registry.register(DutyCollector(self.duties))
        self._notify = notify or Notify()
        self._lags: deque[float] = deque([0.0], maxlen=LAG_WINDOW)
        self._store: StoreThread | None = None
        self._answered: float | None = None
        self._beaten: float | None = None
        self._gauges: dict[str, Gauge] = {}
        self.refusal = ""
        commit = "Seconds from the beginning of a transaction until it is durable"
        self._commit = Histogram("tanggap_store_commit_seconds", commit, buckets=COMMIT_BUCKETS, registry=self.registry)
        self.gauge("tanggap_event_loop_lag_seconds", "Longest delay of the event loop in 30 s", lambda: self.lag_s)
        self.gauge("tanggap_store_writable", "1 while the store takes writes", lambda: float(not self.refusal))

    @property
    def lag_s(self) -> float:
        """The longest delay of the event loop in the last half minute."""
        return max(self._lags)

    @property
    def silent_s(self) -> float:
        """Seconds since the store last answered; 0 before it was opened."""
        return 0.0 if self._answered is None else asyncio.get_running_loop().time() - self._answered

    def watch(self, store: StoreThread) -> None:
        """Begin to watch a store: from now on it must answer."""
        store.on_commit = self._commit.observe
        self._store = store

    def gauge(self, name: str, text: str, ask: Callable[[], float], **labels: str) -> None:
        """Add a value that is asked for at each reading; with labels, one of several of that name."""
        gauge = self._gauges.get(name) or Gauge(name, text, list(labels), registry=self.registry)
        self._gauges[name] = gauge
        (gauge.labels(**labels) if labels else gauge).set_function(ask)

    def histogram(self, name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
        """Add a histogram of durations in seconds."""
        return Histogram(name, text, buckets=buckets, registry=self.registry)

    def exposition(self) -> bytes:
        """All measures in Prometheus' text format."""
        return generate_latest(self.registry)

    def health(self) -> dict[str, object]:
        """The health of the process, for people and supervisors."""
        return {
            "process": self.name,
            "ok": self.well,
            "loop_lag_s": round(self.lag_s, 4),
            "store": {"answered_s": round(self.silent_s, 1), "error": self.refusal or None},
            "duties": self.duties.troubles,
        }

    def beat(self) -> None:
        """Note a heartbeat, written or not; once begun it must go on."""
        self._beaten = asyncio.get_running_loop().time()

    @property
    def well(self) -> bool:
        """True while store, heartbeat and vital duties are well; an answer proves that the loop turns."""
        late = self._beaten is not None and asyncio.get_running_loop().time() - self._beaten > HEART_SILENT_S
        answers = self._answered is not None and self.silent_s < STORE_SILENT_S
        return answers and not late and not self.duties.lost

    async def pulse(self) -> None:
        """Measure the loop, look after the duties, and tell the supervisor; for ever."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(PULSE_S)
            self._lags.append(max(0.0, loop.time() - began - PULSE_S))
            self.duties.look(PULSE_S)  # and not the time that really passed: a process that was stopped did not hang
            if self.well:
                self._notify.tell(ALIVE)

    async def probe(self) -> None:
        """Ask reader and writer of the store, for ever; the first answer makes the process ready."""
        while True:
            if self._store is not None:
                await self._ask(self._store)
            await asyncio.sleep(PROBE_S)

    async def _ask(self, store: StoreThread) -> None:
        refusal = ""
        for ask in (store.read, store.write):
            try:
                await ask(_nothing)
            except TicketError as error:
                refusal = str(error)
        first, self.refusal = self._answered is None, refusal
        self._answered = asyncio.get_running_loop().time()
        if first:
            self._notify.tell(READY, ALIVE, f"STATUS={self.name} berjalan")

    def stopping(self) -> None:
        """Tell the supervisor that this end is wanted."""
        self._notify.tell(STOPPING)
        self._notify.close()


def _nothing(store: Store) -> None:
    """An empty transaction: it takes its turn, and the write lock, but no fsync."""
    store.connection.one("SELECT 1")
