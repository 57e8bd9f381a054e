"""Folds refusals into few rows: what was counted is written every few seconds, and told once a minute at most. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from tickets.store.callers.refused_calls import OTHERS, Tally

# a trunk's refusals of one kind are a row of the journal each minute, all of strangers together one each hour
TRUNK_EVERY_S, STRANGERS_EVERY_S = 60.0, 3600.0
# kinds that are told apart between two writes; a scan has more addresses than anybody needs to know
MOST = 200
STRANGERS = ("", "", "")
Key = tuple[str, str, str]


class Tallying:
    """Refusals since the last write, and since their kind was last told; `totals` since the beginning, for metrics."""

    def __init__(self) -> None:
        self.totals: Counter[tuple[str, str]] = Counter()
        self._fresh: dict[Key, Tally] = {}
        self._untold: dict[Key, Tally] = {}
        self._told_s: dict[Key, float] = {}

    def add(self, tally: Tally) -> None:
        """Count one refusal."""
        self.totals[tally.trunk, tally.reason] += tally.times
        self._fold(self._fresh, (tally.trunk, tally.far_end, tally.reason), tally)
        if tally.trunk:
            self._fold(self._untold, (tally.trunk, tally.far_end, tally.reason), tally)
        else:
            self._fold(self._untold, STRANGERS, replace(tally, dialled=""))

    def take(self, now_s: float) -> tuple[list[Tally], list[Tally]]:
        """The refusals to write, and those to tell; `now_s` is of a clock that never goes back."""
        fresh, self._fresh = list(self._fresh.values()), {}
        due = [key for key in self._untold if self._is_due(key, now_s)]
        news = [self._untold.pop(key) for key in due]
        self._told_s |= dict.fromkeys(due, now_s)
        if len(self._told_s) > 4 * MOST:
            self._told_s = {key: at for key, at in self._told_s.items() if now_s - at < TRUNK_EVERY_S}
        return fresh, news

    def put_back(self, fresh: Iterable[Tally], news: Iterable[Tally]) -> None:
        """Take back what the store did not take."""
        for tally in fresh:
            self._fold(self._fresh, (tally.trunk, tally.far_end, tally.reason), tally)
        for tally in news:
            key = (tally.trunk, tally.far_end, tally.reason) if tally.trunk else STRANGERS
            self._fold(self._untold, key, tally)
            self._told_s.pop(key, None)

    def _is_due(self, key: Key, now_s: float) -> bool:
        every_s = STRANGERS_EVERY_S if key == STRANGERS else TRUNK_EVERY_S
        return key not in self._told_s or now_s - self._told_s[key] >= every_s

    @staticmethod
    def _fold(kept: dict[Key, Tally], key: Key, tally: Tally) -> None:
        if key not in kept and len(kept) >= MOST:
            key, tally = (tally.trunk, OTHERS, tally.reason), replace(tally, far_end=OTHERS)
        known = kept.get(key)
        kept[key] = tally if known is None else replace(tally, times=known.times + tally.times)
