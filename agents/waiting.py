"""The waiting line: lanes in order, then arrival; the longest-idle operator first.

Doubt delays a call and never starves it. A doubted call stands behind the others of its lane, and the lane `unverified`
leaves `reserve` free operators to the lanes before it. Where all operators on duty are reserved, or all others talk
long, that would be for ever. So an unverified call that has waited `unverified_max_s` gets a reserved operator too:
once every other call has a phone, and while no operator is engaged by another unverified call. A flood of doubted calls
thus never holds more operators than all but the reserve, plus one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from agents.presence import Desk

LANES = ("urgent", "normal", "unverified", "silent")
RINGING_LANES = LANES[:3]


@dataclass(frozen=True, slots=True)
class LineRules:
    """Rules of the line.

    After `singles` phones that did not answer, all free phones ring at once. `reserve` free operators are kept from
    unverified calls; one that has waited `unverified_max_s` gets one of them, while no other engages an operator."""

    singles: int = 2
    reserve: int = 1
    unverified_max_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call in the line, since its first arrival there.

    `ringing`: phones ring for it. `tried`: operators that did not answer, in order. `doubted`: it stands behind the
    others of its lane. `first`: before them, since it has lost the operator that it talked with."""

    call: str
    lane: str
    since: datetime
    ringing: bool = False
    tried: tuple[str, ...] = ()
    doubted: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """Ring these operators for this call."""

    call: str
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """All calls that wait; frozen, changed by replacing."""

    calls: dict[str, Waiting] = field(default_factory=dict)

    def enqueue(self, call: str, lane: str, now: datetime, *, doubted: bool = False, first: bool = False) -> "Line":
        """Add a call, or change its lane; its first arrival counts."""
        before = self.calls.get(call) or Waiting(call, lane, now)
        return Line({**self.calls, call: replace(before, lane=lane, ringing=False, doubted=doubted, first=first)})

    def dequeue(self, call: str) -> "Line":
        """Remove a call; one that is not in the line is no error."""
        return Line({name: entry for name, entry in self.calls.items() if name != call})

    def rings(self, call: str, ringing: bool) -> "Line":
        """Note that phones ring for a call, or no longer do."""
        entry = self.calls.get(call)
        return Line({**self.calls, call: replace(entry, ringing=ringing)}) if entry else self

    def missed(self, call: str, operator: str) -> "Line":
        """Note that an operator did not answer a call."""
        entry = self.calls.get(call)
        return Line({**self.calls, call: replace(entry, tried=(*entry.tried, operator))}) if entry else self

    def ordered(self) -> tuple[Waiting, ...]:
        """The order in which calls are served."""
        return tuple(sorted(self.calls.values(), key=_place))

    def position(self, call: str) -> int | None:
        """The place of a call among those that may ring (1: next); None when it has none."""
        order = [entry.call for entry in self.ordered() if entry.lane in RINGING_LANES]
        return order.index(call) + 1 if call in order else None


def offers(
    line: Line, free: Sequence[Desk], rules: LineRules, now: datetime, *, unverified_engaged: bool = False
) -> tuple[Offer, ...]:
    """The calls that ring now, and their phones. No operator is in two offers; no call that rings is offered again.

    `unverified_engaged`: an operator is engaged by a call of the lane `unverified`."""
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


def _place(entry: Waiting) -> tuple[int, bool, bool, datetime, str]:
    return LANES.index(entry.lane), not entry.first, entry.doubted, entry.since, entry.call


def _most(entry: Waiting, idle: int, rules: LineRules, now: datetime, unverified_engaged: bool) -> int:
    """The number of free operators that this call may ring."""
    if entry.lane != "unverified":
        return idle
    overdue = now - entry.since >= timedelta(seconds=rules.unverified_max_s)
    return max(idle - rules.reserve, int(overdue and not unverified_engaged))


def _choose(entry: Waiting, idle: Sequence[str], rules: LineRules) -> list[str]:
    if len(entry.tried) >= rules.singles:
        return list(idle)
    fresh = [operator for operator in idle if operator not in entry.tried]
    return (fresh or list(idle))[:1]
