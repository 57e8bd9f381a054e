"""Keeps rows that several pages show alike: they are read once for each state of the journal."""

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from tickets.store import Store

T = TypeVar("T")


class Kept:
    """Keeps the result of a job until the journal moves; for all threads that read.

    Only for rows that never change without a journal row."""

    def __init__(self) -> None:
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._known: dict[str, tuple[tuple[object, ...], Any]] = {}

    def of(self, store: Store, name: str, job: Callable[[Store], T], *key: object) -> T:
        """The result of `job`, named `name`, which depends on `key` besides the store; other threads wait meanwhile."""
        with self._locks[name]:
            wanted = (store.journal.last(), *key)
            known = self._known.get(name)
            if known is None or known[0] != wanted:
                known = self._known[name] = (wanted, job(store))
            value: T = known[1]
        return value
