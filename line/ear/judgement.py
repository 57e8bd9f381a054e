"""Judges a caller's sound window by window: a voice, knocks, or noise. Pure.

A window is 32 ms. The model gives each a probability of speech; loudness is its root mean square in dBFS. The figures
were measured: docs/adr/0008-voice-activity.md.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

WINDOW_S = 0.032
# a voice: VOICED of the last AMONG windows are SURELY speech; or a whole second averages PERHAPS (whispers, voices
# under noise), and AFTER_NOISE where there was noise before
SURELY, VOICED, AMONG = 0.8, 4, 12
SECOND = round(1 / WINDOW_S)
PERHAPS, AFTER_NOISE = 0.25, 0.35
# knocks on the telephone of somebody who cannot speak: short, loud, with quiet before and after, several of them
LOUD_DBFS, ABOVE_DB, LONGEST, QUIET = -38.0, 15.0, 2, 3
KNOCKS, WITHIN = 4, round(6 / WINDOW_S)
# noise: this much sound in which no voice was
AUDIBLE_DBFS, NOISE = -45.0, round(4 / WINDOW_S)


class Verdict(StrEnum):
    """The kind of a sound; SPEECH and KNOCKS are signs of a person, after NOISE it goes on listening."""

    SPEECH = "speech"
    KNOCKS = "knocks"
    NOISE = "noise"


class Judge:
    """Listens to one caller; `hear` gives a verdict once, when it is sure of it."""

    def __init__(self) -> None:
        self._voiced: deque[float] = deque(maxlen=SECOND)
        self._levels: deque[float] = deque(maxlen=LONGEST + 2 * QUIET)
        self._knocks: deque[int] = deque(maxlen=KNOCKS)
        self._given: set[Verdict] = set()
        self._windows = self._audible = 0

    def hear(self, probability: float, dbfs: float) -> Verdict | None:
        """Take in one window; a verdict that was not given before, or None."""
        self._windows += 1
        self._audible += dbfs > AUDIBLE_DBFS
        self._voiced.append(probability)
        self._levels.append(dbfs)
        if self._knocked():
            self._knocks.append(self._windows)
        verdict = self._verdict()
        if verdict is None or verdict in self._given:
            return None
        self._given.add(verdict)
        return verdict

    def _verdict(self) -> Verdict | None:
        if self._spoke():
            return Verdict.SPEECH
        if len(self._knocks) == KNOCKS and self._windows - self._knocks[0] <= WITHIN:
            return Verdict.KNOCKS
        return Verdict.NOISE if self._audible >= NOISE else None

    def _spoke(self) -> bool:
        latest = list(self._voiced)
        if sum(probability >= SURELY for probability in latest[-AMONG:]) >= VOICED:
            return True
        return sum(latest) / SECOND >= (AFTER_NOISE if Verdict.NOISE in self._given else PERHAPS)

    def _knocked(self) -> bool:
        """True when a knock has just been followed by quiet."""
        levels = list(self._levels)
        if len(levels) < LONGEST + 2 * QUIET:
            return False
        after, rest = levels[-QUIET:], levels[:-QUIET]
        peak = max(rest[-LONGEST:])
        threshold = peak - ABOVE_DB
        if peak < LOUD_DBFS or max(after) > threshold or rest[-1] <= threshold:
            return False
        knock = next((length for length, level in enumerate(reversed(rest)) if level <= threshold), len(rest))
        return knock <= LONGEST and max(rest[-knock - QUIET : -knock]) <= threshold
