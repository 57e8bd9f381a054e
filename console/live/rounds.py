"""Schedules the rereading of pages: which, in which order, not before which moment; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Group = tuple[str, str]

DEBOUNCE_S = 0.03  # a call's step and what follows it are several rows
SHARE = 4  # a page is read for a fifth of the time at most
REST_S = 0.12  # but it never rests longer than this while something has changed
LEAD_S = 0.02  # so much earlier comes a more urgent kind of page; later ones have their turn all the same


@dataclass(frozen=True, slots=True)
class _Mark:
    urgent: bool
    since: float


class Rounds:
    """Groups of pages that show the same; each is read once for all its pages, by one reader at a time.

    `order` are kinds of pages, the most urgent first; `now` is any clock that only goes forward, in seconds."""

    def __init__(self, order: Iterable[str]) -> None:
        self._order: Mapping[str, int] = {page: place for place, page in enumerate(order)}
        self._marks: dict[Group, _Mark] = {}
        self._read: set[Group] = set()
        self._rests: dict[Group, float] = {}

    def mark(self, groups: Iterable[Group], now: float, *, urgent: bool = True) -> None:
        """Mark groups to be read again: after a change (`urgent`), or because it is time to look."""
        for group in groups:
            before = self._marks.get(group)
            if before is None or (urgent and not before.urgent):
                self._marks[group] = _Mark(urgent, now)

    def take(self, now: float) -> Group | None:
        """The next group to read, or None while none is due; `done` ends it."""
        due = [group for group in self._marks if group not in self._read and self._due(group) <= now]
        if not due:
            return None
        group = min(
            due,
            key=lambda candidate: (
                not self._marks[candidate].urgent,
                self._marks[candidate].since + LEAD_S * self._place(candidate),
            ),
        )
        del self._marks[group]
        self._read.add(group)
        return group

    def done(self, group: Group, now: float, took_s: float) -> None:
        """Note that a group was read; it rests for a share of the time that took."""
        self._read.discard(group)
        self._rests[group] = now + min(REST_S, SHARE * took_s)

    def wait_s(self, now: float) -> float | None:
        """Seconds until another group is due; None while no group is marked but those being read."""
        moments = [self._due(group) for group in self._marks if group not in self._read]
        return max(0.0, min(moments) - now) if moments else None

    def forget(self, groups: Iterable[Group]) -> None:
        """Forget groups without an open page."""
        for group in groups:
            self._marks.pop(group, None)
            self._rests.pop(group, None)

    def _due(self, group: Group) -> float:
        return max(self._marks[group].since + DEBOUNCE_S, self._rests.get(group, 0.0))

    def _place(self, group: Group) -> int:
        return self._order.get(group[0], len(self._order))
