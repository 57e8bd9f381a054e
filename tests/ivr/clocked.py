"""A call on a clock: prompts last as long as they do, timers come when they are due, and an operator is always free."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from ivr import commands as do
from ivr import events as ev
from ivr import flow
from ivr.state import CallState, Script
from tests.ivr.playbook import CALL, OPEN, SCRIPT, step

# the longest that each may last (tests/voice/test_prompts.py measures them)
SECONDS = {
    "menu-utama": 6.0,
    "menu-ulang": 9.0,
    "sambungkan": 10.0,
    "tantangan": 5.0,
    "selamat-tinggal-hening": 12.0,
    "antrean": 3.0,
    "tetap-di-telepon": 5.0,
}
DIGIT_S = 1.1


@dataclass
class Clocked:
    """One call; `at` holds the first moment of each command's kind, in seconds after the answer."""

    script: Script = SCRIPT
    arrived: ev.Arrived = field(default_factory=ev.Arrived)
    state: CallState = field(default_factory=lambda: flow.begin(CALL))
    now_s: float = 0.0
    at: dict[str, float] = field(default_factory=dict)
    lanes: list[tuple[float, str]] = field(default_factory=list)
    _due: list[tuple[float, int, ev.Event]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)

    def run(self, *does: tuple[float, ev.Event], until_s: float = 120.0) -> Clocked:
        """The whole call; the caller does these things so many seconds after the answer."""
        self._later(0.0, self.arrived)
        for when, event in does:
            self._later(when, event)
        while self._due and self._due[0][0] <= until_s and self.state.stage != "ended":
            self.now_s, _, event = heapq.heappop(self._due)
            self._handle(event)
        return self

    @property
    def rang_s(self) -> float:
        """When the first operator's phone rang."""
        return self.at.get("Ring", float("inf"))

    def _later(self, when: float, event: ev.Event) -> None:
        heapq.heappush(self._due, (when, next(self._order), event))

    def _handle(self, event: ev.Event) -> None:
        now = OPEN + timedelta(seconds=self.now_s)
        self.state, commands = step(self.state, event, now, self.script)
        for command in commands:
            self.at.setdefault(type(command).__name__, self.now_s)
            match command:
                case do.Play(playback, prompts):
                    self._later(self.now_s + sum(map(_seconds, prompts)), ev.PlaybackEnded(playback))
                case do.Wake(timer, after_s):
                    self._later(self.now_s + after_s, ev.Wakeup(timer))
                case do.Enqueue(lane):
                    self.lanes.append((self.now_s, lane))
                    if lane != "silent":
                        self._later(self.now_s, ev.Offered(("sari",)))


def _seconds(prompt: str) -> float:
    return DIGIT_S if prompt.startswith("angka-") else SECONDS[prompt]
