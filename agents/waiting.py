"""The waiting line: which call rings at whose phone. Lanes in order, then arrival; longest-idle operator first.

Doubt orders calls and starves none: a doubted call stands behind the others of its lane, and the lane `unverified`
leaves `reserve` free operators to the lanes before it. That would be for ever where no more operators are on duty than
are reserved, or where all others have long talks. So one that has waited `unverified_max_s` is given a reserved
operator too, once every other call has a phone and while no operator is engaged by another call of its lane: a flood
of doubted calls never holds more operators than all but the reserve, and one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from agents.presence import Desk

LANES = ("urgent", "normal", "unverified", "silent")
RINGING_LANES = LANES[:3]


@dataclass(frozen=True, slots=True)
class LineRules:
    """How the line is served: after `singles` phones that did not answer all free ones ring at once; `reserve` free
    operators are kept from `unverified` calls, but from one that has waited `unverified_max_s` only while another of
    them engages an operator."""

    singles: int = 2
    reserve: int = 1
    unverified_max_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call in the line; `ringing` while phones ring for it, `tried` the operators that did not answer, in order;
    a `doubted` one stands behind the others of its lane."""

    call: str
    lane: str
    since: datetime
    ringing: bool = False
    tried: tuple[str, ...] = ()
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """Ring these operators for this call."""

    call: str
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """All calls that wait; frozen, changed by replacing."""

    calls: dict[str, Waiting] = field(default_factory=dict)

    def enqueue(self, call: str, lane: str, now: datetime, *, doubted: bool = False) -> "Line":
        """Stand in the line, or change lane there; the first arrival counts."""
        before = self.calls.get(call) or Waiting(call, lane, now)
        return Line({**self.calls, call: replace(before, lane=lane, ringing=False, doubted=doubted)})

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
        return tuple(sorted(self.calls.values(), key=_place))

    def position(self, call: str) -> int | None:
        """The place of a call among those that are still waiting for a phone (1: next), None when it is not there."""
        order = [entry.call for entry in self.ordered() if entry.lane in RINGING_LANES]
        return order.index(call) + 1 if call in order else None


def offers(
    line: Line, free: Sequence[Desk], rules: LineRules, now: datetime, *, unverified_engaged: bool = False
) -> tuple[Offer, ...]:
    """Which calls ring where now; no operator is in two offers, and no call that rings already is offered again.

    `unverified_engaged`: an operator rings for, or talks with, a call of the lane `unverified`."""
    idle = [desk.operator for desk in free]
    made: list[Offer] = []
    for entry in line.ordered():
        if entry.ringing or entry.lane not in RINGING_LANES:
            continue
        chosen = _choose(entry, idle, rules)[: _most(entry, len(idle), rules, now, unverified_engaged)]
        if not chosen:
            continue
        made.append(Offer(entry.call, tuple(chosen)))
        idle = [operator for operator in idle if operator not in chosen]
        unverified_engaged |= entry.lane == "unverified"
    return tuple(made)


def _place(entry: Waiting) -> tuple[int, bool, datetime, str]:
    return LANES.index(entry.lane), entry.doubted, entry.since, entry.call


def _most(entry: Waiting, idle: int, rules: LineRules, now: datetime, unverified_engaged: bool) -> int:
    """How many of the free operators this call may ring."""
    if entry.lane != "unverified":
        return idle
    overdue = now - entry.since >= timedelta(seconds=rules.unverified_max_s)
    return max(idle - rules.reserve, int(overdue and not unverified_engaged))


def _choose(entry: Waiting, idle: Sequence[str], rules: LineRules) -> list[str]:
    if len(entry.tried) >= rules.singles:
        return list(idle)
    fresh = [operator for operator in idle if operator not in entry.tried]
    return (fresh or list(idle))[:1]
