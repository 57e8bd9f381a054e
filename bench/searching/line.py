"""The line beside it: calls that arrive, are answered and end, each write timed as the caller feels it."""

import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from tickets.store import Store
from tickets.store.calls import NewCall, Note

RATE = 10.0  # calls a second
STEPS = (
    {"stage": "menu"},
    {"stage": "waiting", "lane": "urgent"},
    {"stage": "talking", "operator": "op1"},
    {"stage": "ended", "outcome": "talked"},
)


def write(path: Path, stop: Event, seconds: float, mark: str) -> list[float]:
    """Milliseconds of each write of the calls that came meanwhile."""
    took: list[float] = []
    end, n = time.monotonic() + seconds, 0
    with closing(Store(path, migrate=False)) as store:
        while time.monotonic() < end and not stop.is_set():
            began, now, call = time.monotonic(), datetime.now(UTC), f"line-{mark}{n}"
            ticket = _timed(took, lambda: store.calls.arrive(now, f"{now:%Y%m%d}", _new(call, n)))  # noqa: B023
            for columns in STEPS:
                note = (Note("call.step", {}),)
                _timed(took, lambda: store.calls.step(now, call, ticket, columns, note))  # noqa: B023
            n += 1
            time.sleep(max(0.0, 1 / RATE - (time.monotonic() - began)))
    return took


def _new(call: str, n: int) -> NewCall:
    number = f"+6289{n:08d}"
    return NewCall(call, number, number, False, True, "112")


def _timed(took: list[float], job):  # type: ignore[no-untyped-def]
    began = time.perf_counter()
    result = job()
    took.append((time.perf_counter() - began) * 1000)
    return result
