"""Pushes on their way and the record of each: written at once, or later where the store takes no writes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from tickets.errors import StoreUnavailable, TicketError
from tickets.escalation import answer_rules
from tickets.escalation.ladder import next_due
from tickets.escalation.picking import Picked
from tickets.escalation.unsent_attempts import UnsentTried
from tickets.escalation.unwritten import Answered, Entry, Pressed, Tried, Unwritten
from tickets.model import Actor, DuePush
from tickets.notify.channel import Delivery, Wired
from tickets.routing import Routing
from tickets.store import Store
from tickets.store.thread import StoreThread

# a write that takes longer is kept and written later
LIMIT_S = 3.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Sending:
    """A push on its way: `accepting` once its own contact answers, `answered` once it is no longer wanted; `claimed`
    unless that could not be written."""

    picked: Picked
    started: datetime
    task: asyncio.Task[None] | None = None
    accepting: bool = False
    recorded: bool = False
    answered: bool = False
    claimed: bool = True
    heard: bool = True  # False: the words could not be spoken

    @property
    def push(self) -> DuePush:
        """The push as it was planned."""
        return self.picked.push

    @property
    def went(self) -> DuePush:
        """The push as it goes out: to a stand-in, where there is one."""
        contact, channel = self.picked.way
        return replace(self.push, contact=contact, channel=channel)

    def unheard(self) -> None:
        """Note that the words could not be spoken."""
        self.heard = False

    @property
    def shown(self) -> dict[int, int]:
        """The unread changes that it tells of: revisions by id; none where the words could not be spoken."""
        if not self.heard:
            return {}
        return {row["id"]: row["revision"] for row in self.picked.changes}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an attempt; `detail` is for the ledger."""

    ok: bool
    detail: str
    permanent: bool = False


async def deliver(wired: Wired, delivery: Delivery) -> Outcome:
    """Send a delivery within its channel's limit; whatever goes wrong is the outcome, never an error."""
    try:
        async with asyncio.timeout(wired.kind.limit_s):
            return Outcome(True, await wired.channel.send(delivery))
    except TicketError as error:
        return Outcome(False, str(error), permanent=bool(getattr(error, "permanent", False)))
    except TimeoutError:
        return Outcome(False, f"tidak selesai dalam {wired.kind.limit_s:g} detik")
    except Exception as error:
        push = delivery.push
        log.exception("push.crashed", push=push.id, channel=push.channel, error=type(error).__name__)
        return Outcome(False, f"kesalahan program: {type(error).__name__}")


class Attempts:
    """Records the attempts of the daemon `me` through `record`, which batches writes."""

    def __init__(
        self,
        me: str,
        store: StoreThread,
        routing: Callable[[], Routing],
        channels: Mapping[str, Wired],
        unwritten: Unwritten,
        record: Callable[[Callable[[Store], None]], Awaitable[None]],
    ) -> None:
        self._me = me
        self._store = store
        self._routing = routing
        self._channels = channels
        self._unwritten = unwritten
        self._record = record

    async def ended(self, sending: Sending, outcome: Outcome, now: datetime) -> None:
        """Record an attempt that is over; kept in the spill file until the store is known to have it."""
        tried = self.tried(sending, outcome, now)
        try:
            await self._record(lambda store: self.write(store, sending, tried))
        except StoreUnavailable:
            await self._unwritten.keep(tried)

    def tried(self, sending: Sending, outcome: Outcome, now: datetime, wait_s: float = 0) -> Tried:
        """The attempt as it is written; the next one is not due for `wait_s`."""
        push, started, way = sending.push, sending.started, sending.picked.way
        due = next_due(push, started, now, self._pace(sending), ok=outcome.ok, permanent=outcome.permanent)
        due = max(due, now + timedelta(seconds=wait_s))
        return Tried(push, way, started, now, outcome.ok, outcome.detail, due)

    def write(self, store: Store, sending: Sending, tried: Tried) -> None:
        """Write an attempt within the caller's transaction."""
        if sending.claimed:
            self._write(store, tried)
        else:
            self._write_late(store, tried)

    async def catch_up(self, now: datetime) -> None:
        """Write all that could not be written before, ahead of anything new."""
        if count := len(self._unwritten):
            await self._unwritten.write(self._store, self._write_late, now, LIMIT_S)
            log.warning("escalation.written_late", entries=count)

    def _write_late(self, store: Store, entry: Entry) -> None:
        """Write an entry as it would have been written then; skip one that the store has, or that does not fit any
        more.

        The store may have it: the end of its first write was not heard of."""
        try:
            if isinstance(entry, Tried):
                if store.assignments.has_attempt(entry.push.id, entry.way, entry.started):
                    return
                store.assignments.claim_late(entry.push.id, self._me)
                self._write(store, entry)
            elif isinstance(entry, UnsentTried):
                entry.write_late(store)
            elif isinstance(entry, Pressed):
                answer_rules.accept_late(store, self._routing(), entry)
            else:
                self._answer_late(store, entry)
        except StoreUnavailable:
            raise
        except TicketError as error:
            log.error("push.not_written_late", entry=type(entry).__name__, error=str(error))

    def _answer_late(self, store: Store, entry: Answered) -> None:
        contact = self._routing().contacts.get(entry.push.contact)
        if contact is None or store.assignments.has_moved(entry.at, entry.push.ticket, Actor("contact", contact.name)):
            return
        answer_rules.take(store, self._routing(), entry.at, entry.push, contact, entry.answer, dict(entry.shown))

    def _write(self, store: Store, tried: Tried) -> None:
        store.assignments.attempted(
            tried.push,
            self._me,
            tried.started,
            tried.ended,
            ok=tried.ok,
            detail=tried.detail,
            next_due=tried.due,
            way=tried.way,
        )

    def _pace(self, sending: Sending) -> float:
        chosen = sending.picked.chosen
        return self._channels[chosen.channel].kind.pace(chosen.contact) if chosen else 0.0
