"""What is taken up now of all that is due, and whom it goes to; one transaction, so that nobody else takes it too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from tickets.errors import StoreUnavailable
from tickets.escalation.duty_hours import Chosen, choose
from tickets.model import DuePush, Row, Way
from tickets.notify.channel import Wired
from tickets.routing import Routing
from tickets.store import Store

# A contact whose telephone is in use by another report is tried again after so long.
BUSY_S = 5.0
# So many pushes may be on their way to one contact over one channel, and by one channel in all: a server that hangs
# holds up its own.
PER_WAY = 16
PER_CHANNEL = 256
# Full ways are found while claiming; then the rest is looked for anew, at most so often.
ROUNDS = 8

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Picked:
    """A claimed push with its ticket; `chosen` None: it cannot be sent, because of `wrong`."""

    push: DuePush
    ticket: Row
    chosen: Chosen | None
    wrong: str = ""

    @property
    def way(self) -> Way:
        """Whom it really goes to and how."""
        if self.chosen is None:
            return self.push.contact, self.push.channel
        return self.chosen.contact.name, self.chosen.channel


@dataclass(frozen=True, slots=True)
class _Wait:
    """Everything due on this way waits until then; None: until something on its way has ended."""

    until: datetime | None


@dataclass(slots=True)
class Picker:
    """One look at what is due; `pick` runs in the store's thread."""

    me: str
    lease_s: float
    room: int
    now: datetime
    routing: Routing
    channels: Mapping[str, Wired]
    under_way: Counter[Way]  # really, with stand-ins
    full: set[Way]  # planned ways of which no more may be taken now
    sending: frozenset[int]
    _tickets: dict[str, Row] = field(default_factory=dict)
    _in_channel: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for (_contact, channel), number in self.under_way.items():
            self._in_channel[channel] += number

    def pick(self, store: Store) -> tuple[list[Picked], datetime | None]:
        """What to send now, and when the next one is due that could be sent."""
        away = store.absences.names(self.now)
        picked: list[Picked] = []
        for _ in range(ROUNDS):
            room = self.room - len(picked)
            claimed = store.assignments.claim(self.now, self.me, self.lease_s, room, self.full) if room > 0 else []
            back: list[int] = []
            waits: dict[tuple[Way, bool], _Wait] = {}
            # who was not told of a report yet is told of it before they are reminded of another
            for push in sorted(claimed, key=lambda push: push.attempts > 0):
                if push.id in self.sending:  # it lost its lease while the store was away: it is not sent twice
                    continue
                found = self._decide_safely(store, push, away, waits)
                if isinstance(found, Picked):
                    picked.append(found)
                    self.under_way[found.way] += 1
                    self._in_channel[found.way[1]] += 1
                elif isinstance(found, datetime):
                    store.assignments.postpone(push.id, self.me, found)
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
        self, store: Store, push: DuePush, away: frozenset[str], waits: dict[tuple[Way, bool], _Wait]
    ) -> Picked | datetime | None:
        """One push that cannot be decided on keeps its error and holds nobody up."""
        try:
            return self._decide(store, push, away, waits)
        except StoreUnavailable:
            raise
        except Exception as error:
            log.exception("push.undecided", push=push.id, error=type(error).__name__)
            return Picked(push, {}, None, f"kesalahan program: {type(error).__name__}")

    def _decide(
        self, store: Store, push: DuePush, away: frozenset[str], waits: dict[tuple[Way, bool], _Wait]
    ) -> Picked | datetime | None:
        """The push to send, when it is due instead, or None when all of its way wait, first pushes and repetitions
        each for themselves."""
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
        step: Callable[[], list[str]] = partial(store.assignments.step_contacts, push)
        chosen = choose(self.routing, contact, push.channel, self.now, away, step)
        if chosen is None:
            return self.now + timedelta(seconds=push.every_s)
        wait = self._wait(store, chosen, first=first)
        if wait is not None:
            waits[planned] = wait
            return None
        return Picked(push, ticket, chosen)

    def _wait(self, store: Store, chosen: Chosen, *, first: bool) -> _Wait | None:
        """Whether this way is taken, or may not be used again yet."""
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
            self._tickets[number] = store.tickets.get(number)
        return self._tickets[number]


def next_turn(now: datetime) -> datetime:
    """A moment that all share who wait for the same telephone: then the one that was tried least comes first."""
    return datetime.fromtimestamp((now.timestamp() // BUSY_S + 1) * BUSY_S, UTC)
