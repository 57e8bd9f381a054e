"""Takes unsent emergencies to contacts over their channels: telephone, message, web push.

At least once: a target is claimed under a lease that is longer than any delivery, sent, and only then recorded. While
the store takes no writes it is read, and targets are pushed by the times of the attempts that wait in `Unwritten`, also
those of a killed daemon.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Any

import structlog

from tickets.errors import StoreUnavailable
from tickets.escalation.attempts import Outcome, deliver
from tickets.escalation.duty_hours import Chosen, StepWay, choose
from tickets.escalation.ladder import next_due
from tickets.escalation.picking import next_turn
from tickets.escalation.unsent_attempts import UnsentTried
from tickets.escalation.unsent_words import unsent_report
from tickets.escalation.unwritten import Unwritten
from tickets.model import UNSENT, ContactChannel, DuePush, Row, from_text
from tickets.notify.channel import Clock, Delivery, Heard, Said, Wired
from tickets.routing import Contact, Routing
from tickets.store import Store
from tickets.store.thread import StoreThread

# Spare time of a lease after the longest delivery.
SPARE_S = 10.0
STOPPED = "dihentikan: sudah dikirim"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Sending:
    row: Row
    ticket: Row
    chosen: Chosen
    started: datetime
    task: asyncio.Task[None] | None = None
    over: bool = False  # its episode has ended
    answered: bool = False  # the reply is still to be heard

    @property
    def way(self) -> ContactChannel:
        return self.chosen.contact.name, self.chosen.channel


@dataclass(slots=True)
class _Picker:
    """One look at the due targets, in the store's thread; `me` None: nothing can be claimed.

    `used` are telephones in use, `unwritten` has attempts that the store does not."""

    me: str | None
    now: datetime
    routing: Routing
    channels: Mapping[str, Wired]
    sending: frozenset[int]
    used: set[ContactChannel]
    unwritten: Unwritten

    def pick(self, store: Store) -> list[_Sending]:
        """Choose, and claim, what is sent now."""
        away, picked = store.absences.names(self.now), []
        for row in store.unsent_targets.due(self.now):
            tried = self.unwritten.unsent(row["id"])
            if row["id"] in self.sending or (tried is not None and tried.due > self.now):
                continue
            if tried is not None:
                row |= tried.after
            chosen, later = self._choose(store, row, away)
            if chosen is None:
                if self.me is not None:
                    store.unsent_targets.postpone(row["id"], later)
                continue
            kind = self.channels[chosen.channel].kind
            lease_s = kind.limit_s + SPARE_S
            if self.me is not None and not store.unsent_targets.claim(self.now, self.me, row["id"], lease_s):
                continue
            picked.append(_Sending(row, store.tickets.get(row["ticket"]), chosen, self.now))
            if kind.alone:
                self.used.add((chosen.contact.name, chosen.channel))
        return picked

    def _choose(self, store: Store, row: Row, away: frozenset[str]) -> tuple[Chosen | None, datetime]:
        """The recipient of a target, or None and when to look at it again."""
        now, later = self.now, self.now + timedelta(seconds=row["every_s"])
        contact = self.routing.contacts.get(row["contact"])
        if contact is None or row["channel"] not in self.channels:
            return None, later
        chosen = choose(self.routing, contact, row["channel"], now, away, partial(_step, store, row))
        if chosen is None:
            return None, later
        way, kind = (chosen.contact.name, chosen.channel), self.channels[chosen.channel].kind
        quiet = store.unsent_targets.quiet_until(row["episode"], chosen.contact.name)
        if quiet is not None and quiet > now:
            return None, quiet
        if not kind.alone:
            return chosen, now
        if way in self.used:
            return None, next_turn(now)
        known = store.assignments.last_attempt(*way, now), self.unwritten.last(way)
        last = max((at for at in known if at is not None), default=None)
        pace_s = kind.first_pace(chosen.contact) if row["attempts"] == 0 else kind.pace(chosen.contact)
        free = last + timedelta(seconds=pace_s) if last else now
        return (None, free) if free > now else (chosen, now)


class UnsentChannels:
    """`taken` names the telephones that reports use now; `make_room` is called before one is rung; `page` is the
    address of a ticket's page. `unwritten` keeps what the store does not take, `catch_up` writes it."""

    def __init__(
        self,
        me: str,
        store: StoreThread,
        write: Callable[[Callable[[Store], Any]], Awaitable[Any]],
        routing: Callable[[], Routing],
        channels: Mapping[str, Wired],
        clock: Clock,
        spawn: Callable[[str, Coroutine[Any, Any, None]], asyncio.Task[None]],
        zone: tzinfo,
        *,
        unwritten: Unwritten,
        catch_up: Callable[[datetime], Awaitable[None]],
        taken: Callable[[], Iterable[ContactChannel]] = tuple,
        make_room: Callable[[Contact, str], Awaitable[None]] | None = None,
        page: Callable[[str], str] = lambda ticket: "",
    ) -> None:
        self._me = me
        self._store = store
        self._write = write
        self._routing = routing
        self._channels = channels
        self._clock = clock
        self._spawn = spawn
        self._zone = zone
        self._taken = taken
        self._make_room = make_room
        self._page = page
        self._sending: dict[int, _Sending] = {}
        self._unwritten = unwritten
        self._catch_up = catch_up

    @property
    def ways(self) -> list[ContactChannel]:
        """Contacts and channels that are in use now."""
        return [sending.way for sending in self._sending.values()]

    @property
    def ringing(self) -> list[Contact]:
        """Contacts whose telephone or loudspeaker is in use now."""
        chosen = [sending.chosen for sending in self._sending.values()]
        return [each.contact for each in chosen if self._channels[each.channel].kind.alone]

    async def look(self) -> datetime | None:
        """Start what is due, hang up what is sent by now; returns the time of the next push."""
        now = self._clock()
        try:
            await self._catch_up(now)
            ended, due = await self._read()
            if due is not None and due <= now:
                for sending in await self._write(self._picker(now, self._me).pick):
                    self._start(sending)
                ended, due = await self._read()
        except StoreUnavailable as error:
            log.warning("unsent.not_claimed", error=str(error))
            for sending in await self._store.read(self._picker(now, None).pick):
                self._start(sending)
            ended, due = await self._read()
        for target in ended:
            self._hang_up(self._sending.get(target))
        return due

    async def _read(self) -> tuple[list[int], datetime | None]:
        """Targets on their way whose episode has ended, and the time of the next push."""
        under_way = tuple(self._sending)

        def job(store: Store) -> tuple[list[int], datetime | None]:
            ended = [target for target in under_way if store.unsent_targets.has_ended(target)]
            return ended, store.unsent_targets.next_due(now)

        now = self._clock()
        return await self._store.read(job)

    def _picker(self, now: datetime, me: str | None) -> _Picker:
        used = {*self._taken(), *self.ways}
        return _Picker(me, now, self._routing(), self._channels, frozenset(self._sending), used, self._unwritten)

    def _hang_up(self, sending: _Sending | None) -> None:
        if sending is not None and not (sending.over or sending.answered):
            assert sending.task is not None
            sending.over = True
            sending.task.cancel()

    async def stop(self) -> None:
        """End what is on its way, and give it back: it is due at once."""
        tasks = [sending.task for sending in self._sending.values() if sending.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, sending: _Sending) -> None:
        target = sending.row["id"]
        self._sending[target] = sending
        sending.task = self._spawn(f"unsent-{target}", self._send(sending))
        sending.task.add_done_callback(lambda _task: self._sending.pop(target))

    # -- one push -----------------------------------------------------------------------------------------------------

    async def _send(self, sending: _Sending) -> None:
        try:
            outcome = await self._try(sending)
        except asyncio.CancelledError:
            if not sending.over:
                raise
            outcome = Outcome(False, STOPPED)
        now, kind = self._clock(), self._channels[sending.chosen.channel].kind
        pace_s = kind.pace(sending.chosen.contact)
        push = _push(sending.row, sending.way)
        due = next_due(push, sending.started, now, pace_s, ok=outcome.ok, permanent=outcome.permanent)
        why = f" ({sending.chosen.why})" if sending.chosen.why else ""
        row, detail = sending.row, outcome.detail + why
        tried = UnsentTried(row, sending.way, sending.started, now, outcome.ok, detail, due)
        try:
            await self._write(tried.write)
        except StoreUnavailable as error:
            log.warning("unsent.not_recorded", error=str(error))
            await self._unwritten.keep(tried)

    async def _try(self, sending: _Sending) -> Outcome:
        row, contact, channel = sending.row, sending.chosen.contact, sending.chosen.channel
        wired, attempt, link = self._channels[channel], row["attempts"] + 1, self._page(row["ticket"])
        text = unsent_report(sending.ticket, row, contact, self._routing(), self._zone, attempt=attempt, link=link)
        delivery = Delivery(_push(row, sending.way), contact, text, partial(self._answer, sending))
        if self._make_room is not None and wired.kind.alone:
            await self._make_room(contact, channel)
        return await deliver(wired, delivery)

    async def _answer(self, sending: _Sending, word: Said) -> Heard:
        """Key 1: this contact knows and deals with it, and is left alone for a while; nobody sends it by a key."""
        if word not in ("accept", "know"):
            return "unfit"
        sending.answered = True
        contact, channel = sending.way
        quiet_s, now, episode = self._routing().known_s, self._clock(), sending.row["episode"]
        until = await self._write(lambda store: store.unsent_targets.know(now, episode, contact, quiet_s, via=channel))
        return "known" if until else "ended"


def _step(store: Store, row: Row) -> Iterable[StepWay]:
    for target in store.unsent_targets.step(row["step"]):
        yield StepWay(target["contact"], target["channel"], target["failures"] > 0)


def _push(row: Row, way: ContactChannel) -> DuePush:
    return DuePush(
        id=row["id"],
        assignment=0,
        ticket=row["ticket"],
        opd="",
        step=row["number"],
        contact=way[0],
        channel=way[1],
        phase=UNSENT,
        due_at=from_text(row["due_at"]),
        every_s=row["every_s"],
        attempts=row["attempts"],
        dispatched_at=from_text(row["since"]),
        failures=row["failures"],
    )
