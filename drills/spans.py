"""Spans of time in which a state lasted, and their overlaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Span = tuple[float, float]


class Spans:
    """The spans in which a state lasted, on the loop's clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._past: list[Span] = []
        self._since: float | None = None

    def set(self, on: bool) -> None:
        """Begin the state now, or end it."""
        if on and self._since is None:
            self._since = self._clock()
        elif not on and self._since is not None:
            self._past.append((self._since, self._clock()))
            self._since = None

    def until_now(self) -> list[Span]:
        """All spans, the present one included."""
        return [*self._past, *([] if self._since is None else [(self._since, self._clock())])]


def together(every: Sequence[Sequence[Span]]) -> list[Span]:
    """Intersect all; no spans for no input."""
    if not every:
        return []
    common = list(every[0])
    for spans in every[1:]:
        common = [(max(a, c), min(b, d)) for a, b in common for c, d in spans if max(a, c) < min(b, d)]
    return common


def overlap(spans: Sequence[Span], start: float, end: float) -> float:
    """Seconds between start and end that lie in the spans."""
    return sum(max(0.0, min(end, b) - max(start, a)) for a, b in spans)
