"""The state of a drill under way: written by the conductor, read by the progress display and by the result."""

from __future__ import annotations

from dataclasses import dataclass, field

from drills.caller import Caller
from drills.operators import Operator
from drills.plan import Plan


@dataclass(slots=True)
class Conducted:
    """The plan, and everybody who has come so far; `began` is the loop's time of the first second of the plan."""

    plan: Plan
    callers: list[Caller] = field(default_factory=list)
    operators: list[Operator] = field(default_factory=list)
    began: float = 0.0

    @property
    def live(self) -> int:
        """Number of calls in progress."""
        return sum(caller.heard.ended is None for caller in self.callers)
