"""The judgement of one direction of a talk: heard, begun anew, or deaf. Pure.

Silence is no deafness: a phone that is muted sends packets, or comfort noise. Some telephones send nothing at all while
nobody speaks (RFC 3551, 4.1). A stream that stopped and went on by itself is of that kind, and gets more time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from line.broken.counts import Counts

# with a look each half second a deaf direction is told after 2.5 s at most
DEAF_S, PAUSING_S = 1.9, 20.0
Word = Literal["restarted", "deaf", "heard"]


@dataclass(frozen=True, slots=True)
class Direction:
    """One side's sound as of the last look; `moved_s`: when a packet last came, on a clock that never goes back.

    `pauses`: the stream has stopped before and went on by itself."""

    counts: Counts
    moved_s: float
    deaf: bool = False
    pauses: bool = False

    @property
    def limit_s(self) -> float:
        """The time without any packet after which the direction counts as deaf."""
        return PAUSING_S if self.pauses else DEAF_S


def look(before: Direction | None, counts: Counts, now_s: float) -> tuple[Direction, Word | None]:
    """Judge a direction by its counts, and say what has changed since the last look.

    `restarted`: another stream has begun, which Asterisk may not hear (docs/adr/0034). A direction that was deaf and
    restarts is told as restarted: it has to be taken up as well."""
    if before is None:
        return Direction(counts, now_s), None
    if counts.ssrc != before.counts.ssrc and before.counts.ssrc:
        return Direction(counts, now_s, pauses=before.pauses), "restarted"
    if counts.received != before.counts.received:
        paused = now_s - before.moved_s > DEAF_S and before.counts.received > 0
        direction = Direction(counts, now_s, pauses=before.pauses or paused)
        return direction, "heard" if before.deaf else None
    if not before.deaf and now_s - before.moved_s > before.limit_s:
        return replace(before, deaf=True), "deaf"
    return before, None
