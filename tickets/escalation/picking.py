"""Picks due pushes and their recipients in one transaction, so that no other daemon takes them too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from tickets.errors import StoreUnavailable
from tickets.escalation.amending import take_up
from tickets.escalation.duty_hours import Chosen, StepWay, choose
from tickets.model import WAITING_STATE, ContactChannel, DuePush, Row
from tickets.notify.channel import Wired
from tickets.routing import Routing
from tickets.store import Store

# Pause before a contact whose telephone another report uses is tried again.
BUSY_S = 5.0
# Most pushes on their way to one contact over one channel, and over one channel in all: a server that hangs delays its
# own pushes only.
PER_WAY = 16
PER_CHANNEL = 256
# A busy contact is only discovered after claiming; claim again without it, at most this many rounds.
ROUNDS = 8

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Picked:
    """A claimed push with its ticket and its unread `changes`; `chosen` None: it cannot be sent, because of `wrong`."""

    push: DuePush
    ticket: Row
    chosen: Chosen | None
    wrong: str = ""
    changes: tuple[Row, ...] = ()
    asked_by: str = ""  # above the agency, who wants to know

    @property
    def way(self) -> ContactChannel:
        """The contact and channel it really goes to, a stand-in's where there is one."""
        if self.chosen is None:
            return self.push.contact, self.push.channel
        return self.chosen.contact.name, self.chosen.channel


@dataclass(frozen=True, slots=True)
class _Wait:
    """Delay of everything due on one contact's channel: `until` then, None until a push on its way has ended."""

    until: datetime | None


@dataclass(slots=True)
class Picker:
    """One look at the due pushes; `pick` runs in the store's thread."""

    me: str
    lease_s: float
    room: int
    now: datetime
    routing: Routing
    channels: Mapping[str, Wired]
    under_way: Counter[ContactChannel]  # really, with stand-ins
    full: set[ContactChannel]  # planned ways of which no more may be taken now
    sending: frozenset[int]
    _tickets: dict[str, Row] = field(default_factory=dict)
    _quiet: dict[tuple[int, str], datetime] = field(default_factory=dict)  # by assignment and contact
    _asking: dict[int, str] = field(default_factory=dict)  # titles by assignment
    _in_channel: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for (_contact, channel), number in self.under_way.items():
            self._in_channel[channel] += number

    def pick(self, store: Store) -> tuple[list[Picked], datetime | None]:
        """Claim pushes to send now; returns them and the time when the next sendable one is due."""
        take_up(store, self.routing, self.now)
        away = store.absences.names(self.now)
        self._quiet = store.snoozes.at(self.now)
        self._asking = store.nudges.asking(self.now, self.routing.nudge_s)
        picked: list[Picked] = []
        for _ in range(ROUNDS):
            room = self.room - len(picked)
            claimed = store.assignments.claim(self.now, self.me, self.lease_s, room, self.full) if room > 0 else []
            back: list[int] = []
            waits: dict[tuple[ContactChannel, bool], _Wait] = {}
            # a new report goes before a reminder of another
            for push in sorted(claimed, key=lambda push: push.attempts > 0):
                if push.id in self.sending:  # its lease ran out while the store was away, but it is still being sent
                    continue
                decision = self._decide_safely(store, push, away, waits)
                if isinstance(decision, Picked):
                    picked.append(decision)
                    self.under_way[decision.way] += 1
                    self._in_channel[decision.way[1]] += 1
                elif isinstance(decision, datetime):
                    store.assignments.postpone(push.id, self.me, decision)
                else:
                    back.append(push.id)
            if back:
                store.assignments.give_back(self.me, back)
            for (way, first), wait in waits.items():
                if wait.until is None:
                    self.full.add(way)
                else:
                    store.assignments.put_off(self.now, way, wait.until, first=first)
            if len(claimed) < room or not back:
                break
        return picked, store.assignments.next_due(self.full)

    def _decide_safely(
        self, store: Store, push: DuePush, away: frozenset[str], waits: dict[tuple[ContactChannel, bool], _Wait]
    ) -> Picked | datetime | None:
        """Decide on one push; an error stays with it and delays no other."""
        try:
            return self._decide(store, push, away, waits)
        except StoreUnavailable:
            raise
        except Exception as error:
            log.exception("push.undecided", push=push.id, error=type(error).__name__)
            return Picked(push, {}, None, f"kesalahan program: {type(error).__name__}")

    def _decide(
        self, store: Store, push: DuePush, away: frozenset[str], waits: dict[tuple[ContactChannel, bool], _Wait]
    ) -> Picked | datetime | None:
        """Return the push to send, a later due time, or None where its channel waits (first pushes and repetitions
        apart)."""
        first = push.attempts == 0
        planned = (push.contact, push.channel), first
        if planned in waits:
            return None
        contact = self.routing.contacts.get(push.contact)
        ticket = self._ticket(store, push.ticket)
        if contact is None:
            return Picked(push, ticket, None, f"kontak {push.contact} tidak ada lagi di routing.yaml")
        if push.channel not in self.channels:
            return Picked(push, ticket, None, f"saluran {push.channel} tidak dikenal")
        chosen = choose(self.routing, contact, push.channel, self.now, away, partial(_step, store, push))
        if chosen is None:
            return self.now + timedelta(seconds=push.every_s)
        quiet = self._quiet.get((push.assignment, chosen.contact.name))
        if quiet is not None:  # looked at again in between: a stand-in's quiet time is not the contact's own
            itself = chosen.contact is contact
            return quiet if itself else min(quiet, self.now + timedelta(seconds=push.every_s))
        wait = self._wait(store, chosen, first=first)
        if wait is not None:
            waits[planned] = wait
            return None
        changes = tuple(store.amendments.taken_up(push.assignment))
        own = chosen.contact.opd == push.opd and push.phase == WAITING_STATE
        asked_by = self._asking.get(push.assignment, "") if own else ""
        return Picked(push, ticket, chosen, changes=changes, asked_by=asked_by)

    def _wait(self, store: Store, chosen: Chosen, *, first: bool) -> _Wait | None:
        """The wait for a channel that is in use or whose pace does not allow it yet; None where it is free."""
        way, kind = (chosen.contact.name, chosen.channel), self.channels[chosen.channel].kind
        if not kind.alone:
            full = self.under_way[way] >= PER_WAY or self._in_channel[way[1]] >= PER_CHANNEL
            return _Wait(None) if full else None
        if self.under_way[way]:
            return _Wait(next_turn(self.now))
        last = store.assignments.last_attempt(*way, self.now)
        pace_s = kind.first_pace(chosen.contact) if first else kind.pace(chosen.contact)
        free_at = last + timedelta(seconds=pace_s) if last else self.now
        return _Wait(free_at) if free_at > self.now else None

    def _ticket(self, store: Store, number: str) -> Row:
        if number not in self._tickets:
            self._tickets[number] = store.tickets.get(number) | {"position": store.positions.standing(number)}
        return self._tickets[number]


def _step(store: Store, push: DuePush) -> Iterable[StepWay]:
    for row in store.assignments.step_pushes(push):
        yield StepWay(row["contact"], row["channel"], row["failures"] > 0)


def next_turn(now: datetime) -> datetime:
    """A moment that all share who wait for the same telephone: then the one that was tried least comes first."""
    return datetime.fromtimestamp((now.timestamp() // BUSY_S + 1) * BUSY_S, UTC)
