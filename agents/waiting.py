"""The waiting line: which call rings at whose phone. Lanes in order, then arrival; longest-idle operator first."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from agents.presence import Desk

LANES = ("urgent", "normal", "unverified", "silent")
RINGING_LANES = LANES[:3]


@dataclass(frozen=True, slots=True)
class LineRules:
    """How the line is served: after `singles` phones that did not answer all free ones ring at once; `reserve` free
    operators are never taken by an `unverified` call."""

    singles: int = 2
    reserve: int = 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call in the line; `ringing` while phones ring for it, `tried` the operators that did not answer, in order."""

    call: str
    lane: str
    since: datetime
    ringing: bool = False
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """Ring these operators for this call."""

    call: str
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """All calls that wait; frozen, changed by replacing."""

    calls: dict[str, Waiting] = field(default_factory=dict)

    def enqueue(self, call: str, lane: str, now: datetime) -> "Line":
        """Stand in the line, or change lane there; the first arrival counts."""
        before = self.calls.get(call)
        entry = replace(before, lane=lane, ringing=False) if before else Waiting(call, lane, now)
        return Line({**self.calls, call: entry})

    def dequeue(self, call: str) -> "Line":
        """Leave the line; a call that is not there is no error."""
        return Line({name: entry for name, entry in self.calls.items() if name != call})

    def rings(self, call: str, ringing: bool) -> "Line":
        """Phones ring for this call, or stopped to."""
        entry = self.calls.get(call)
        return Line({**self.calls, call: replace(entry, ringing=ringing)}) if entry else self

    def missed(self, call: str, operator: str) -> "Line":
        """This operator did not answer this call."""
        entry = self.calls.get(call)
        return Line({**self.calls, call: replace(entry, tried=(*entry.tried, operator))}) if entry else self

    def ordered(self) -> tuple[Waiting, ...]:
        """The order in which calls are served."""
        return tuple(sorted(self.calls.values(), key=lambda entry: (LANES.index(entry.lane), entry.since, entry.call)))

    def position(self, call: str) -> int | None:
        """The place of a call among those that are still waiting for a phone (1: next), None when it is not there."""
        order = [entry.call for entry in self.ordered() if entry.lane in RINGING_LANES]
        return order.index(call) + 1 if call in order else None


def offers(line: Line, free: Sequence[Desk], rules: LineRules) -> tuple[Offer, ...]:
    """Which calls ring where now; no operator is in two offers, and no call that rings already is offered again."""
    idle = [desk.operator for desk in free]
    made: list[Offer] = []
    for entry in line.ordered():
        if entry.ringing or entry.lane not in RINGING_LANES:
            continue
        available = len(idle) - (rules.reserve if entry.lane == "unverified" else 0)
        if available < 1:
            continue
        chosen = _choose(entry, idle, rules)[:available]
        made.append(Offer(entry.call, tuple(chosen)))
        idle = [operator for operator in idle if operator not in chosen]
    return tuple(made)


def _choose(entry: Waiting, idle: Sequence[str], rules: LineRules) -> list[str]:
    if len(entry.tried) >= rules.singles:
        return list(idle)
    fresh = [operator for operator in idle if operator not in entry.tried]
    return (fresh or list(idle))[:1]
