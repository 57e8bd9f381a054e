"""Proves from the ledger that pushing for an answer never paused for longer than its ladder allows; pure.

Each step of a ladder is held to its own `every` from its first turn to the answer: at least one of its contacts must
have been pushed. A push counts from its start to its end (a telephone that rings is being pushed), whether it arrived
or not: what failed is told apart, but it was tried; where for longer than that nothing arrived at a person, the step
counts as unreached. A step of telephone calls alone may be as slow as a mobile's pace,
and a telephone that rang for another report meanwhile was in use. While an answer stood that was taken back, nobody had
to be pushed; nor while everybody of a step had said that they know and deal with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tickets.model import AMENDED, ContactChannel
from tickets.routing import MACHINE_CHANNELS

# How late a push may be: the daemon's own alarm.
GRACE_S = 10.0
CALLS = frozenset({"call", "speaker"})
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt to push."""

    started: datetime
    ended: datetime
    way: ContactChannel
    ok: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """One step of one assignment in one state: pushed from `since` on, until it was answered (None: not yet)."""

    assignment: int
    ticket: str
    opd: str
    phase: str
    step: int
    every_s: float
    since: datetime
    until: datetime | None
    channels: frozenset[str]
    tried: tuple[Tried, ...]
    stood: tuple[Span, ...] = ()  # when nobody had to be pushed: an answer stood that was taken back, or all knew

    @property
    def arrived(self) -> Duty:
        """The same with those attempts alone that reached a person, or rang at one."""
        reached = tuple(each for each in self.tried if each.ok and each.way[1] not in MACHINE_CHANNELS)
        return replace(self, tried=reached)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without any push of a step; `allowed_s` is what its ladder allows, the grace not included."""

    duty: Duty
    start: datetime
    end: datetime
    allowed_s: float

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()

    @property
    def too_long(self) -> bool:
        return self.seconds > self.allowed_s + GRACE_S


def gaps(duty: Duty, now: datetime, pace_s: float, in_use: Sequence[Span] = ()) -> list[Gap]:
    """Every stretch without a push, up to the answer or `now`; `in_use`: when its telephones rang for others.

    `pace_s` is the longest that calls may lie apart. Before the first push nothing but the grace is allowed; a call for
    a change may come as late as that pace, for the same telephone may have rung for the report just before."""
    calls_alone = duty.channels <= CALLS
    allowed = max(duty.every_s, pace_s) if calls_alone else duty.every_s
    end, before_first = min(duty.until or now, now), pace_s if calls_alone and duty.phase == AMENDED else 0.0
    spans = [(attempt.started, attempt.ended, True) for attempt in duty.tried]
    spans += [(started, ended, True) for started, ended in in_use if calls_alone]
    spans += [(started, ended, False) for started, ended in duty.stood]
    covered, first, too_long = duty.since, True, []
    for started, ended, pushed in sorted(spans):
        if ended < duty.since:
            continue
        if started > end:
            break
        if started > covered:
            too_long.append(Gap(duty, covered, started, before_first if first else allowed))
        covered, first = max(covered, ended), first and not pushed
    if end > covered:
        too_long.append(Gap(duty, covered, end, before_first if first else allowed))
    return too_long


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof of a period: numbers of assignments and pushes, the longest gap, and every gap that is too long."""

    assignments: int
    attempts: int
    delivered: int
    longest: Gap | None
    violations: tuple[Gap, ...]
    unreached: tuple[Gap, ...] = ()  # tried in time perhaps, but nothing arrived at a person

    @property
    def holds(self) -> bool:
        return not self.violations


def prove(
    duties: Iterable[tuple[Duty, Sequence[Span]]], start: datetime, end: datetime, now: datetime, pace_s: float
) -> Proof:
    """The gaps that reach into a period."""
    assignments: set[int] = set()
    attempts = delivered = 0
    longest: Gap | None = None
    violations: list[Gap] = []
    unreached: list[Gap] = []
    for duty, in_use in duties:
        assignments.add(duty.assignment)
        within = [attempt for attempt in duty.tried if start <= attempt.started < end]
        attempts += len(within)
        delivered += sum(attempt.ok for attempt in within)
        for gap in gaps(duty, now, pace_s, in_use):
            if not _within(gap, start, end):
                continue
            if longest is None or _beyond(gap) > _beyond(longest):
                longest = gap
            if gap.too_long:
                violations.append(gap)
        silent = gaps(duty.arrived, now, pace_s)  # a telephone in use reached nobody for this report
        unreached += [gap for gap in silent if gap.too_long and _within(gap, start, end)]
    for rows in (violations, unreached):
        rows.sort(key=lambda gap: gap.start)
    return Proof(len(assignments), attempts, delivered, longest, tuple(violations), tuple(unreached))


def _within(gap: Gap, start: datetime, end: datetime) -> bool:
    return gap.end > start and gap.start < end


def _beyond(gap: Gap) -> timedelta:
    """By how much a gap is longer than allowed, or how little it is short of that."""
    return gap.end - gap.start - timedelta(seconds=gap.allowed_s)
