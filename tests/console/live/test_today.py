"""The day's figures, asked for by several threads at once."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from console.live.today import Today
from tests.console.desk112 import NOW
from tickets.model import Row
from tickets.store import Store

LIMIT_S = 20.0


def store_at(seq: int, rows: Callable[[], list[Row]] = list) -> Store:
    """A reader's view of the store: the newest journal row that it sees, and the calls of the day."""
    journal = SimpleNamespace(last=lambda: seq)
    screening = SimpleNamespace(calls=lambda begin, end: rows())
    return cast(Store, SimpleNamespace(journal=journal, screening=screening))


def ask(today: Today, store: Store, midnight: datetime) -> tuple[threading.Thread, list[Any]]:
    """Ask from a thread of its own; its answer is put into the list."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(today.of(store, midnight)), daemon=True)
    thread.start()
    return thread, answers


def test_nobody_is_given_the_figures_of_yesterday() -> None:
    """While the first figures of a new day are made, others wait for them."""
    today, midnight = Today(), NOW
    yesterday = today.of(store_at(1), midnight - timedelta(days=1))
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> list[Row]:
        begun.set()
        assert go_on.wait(LIMIT_S)
        return []

    first, made = ask(today, store_at(2, slow), midnight)
    assert begun.wait(LIMIT_S)
    second, given = ask(today, store_at(2), midnight)
    second.join(0.2)  # time enough for a wrong answer; a right one cannot come yet
    go_on.set()
    for thread in (first, second):
        thread.join(LIMIT_S)
    assert given[0] is not yesterday
    assert given[0] is made[0]


def test_former_figures_of_the_same_day_are_given_meanwhile() -> None:
    """A late screen-pop is worse than a figure that is a moment old."""
    today, midnight = Today(seconds=lambda: 0.0), NOW
    former = today.of(store_at(1), midnight)
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> list[Row]:
        begun.set()
        assert go_on.wait(LIMIT_S)
        return []

    thread, made = ask(today, store_at(2, slow), midnight)
    assert begun.wait(LIMIT_S)
    assert today.of(store_at(2), midnight) is former
    go_on.set()
    thread.join(LIMIT_S)
    assert made[0] is not former


def test_a_reader_that_sees_less_does_not_replace_newer_figures() -> None:
    """Threads read at moments of their own: the one that began first may come last."""
    today = Today(seconds=lambda: 0.0)
    newer = today.of(store_at(7), NOW)
    assert today.of(store_at(5), NOW) is newer
    assert today.of(store_at(8), NOW) is not newer
