"""Pushes OPDs until they respond. No timer lives in memory: each cycle asks the store what is due.

At least once: a push is claimed under a short lease, sent, and only then recorded. The lease is renewed while the
sending goes on, so that what a killed daemon had in hand is due again within LEASE_S.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import Any

import structlog

from tickets import answering
from tickets.errors import TicketError
from tickets.escalation import next_due, report
from tickets.model import WAITING_STATE, DuePush, Row
from tickets.notify.channel import DETAILS, Clock, Delivery, Heard, Said, Wired
from tickets.routing import Contact, Routing
from tickets.store import Store
from tickets.store.thread import StoreThread

Spawn = Callable[[str, Coroutine[Any, Any, None]], "asyncio.Task[None]"]
Wait = Callable[[asyncio.Event, float], Awaitable[None]]
LEASE_S = 15.0
BEAT_S = 2.0
PARALLEL = 64
# Never asleep for longer, whatever the store said: a clock that was put forward is noticed then.
IDLE_S = 5.0
# A contact whose telephone is in use by another report is tried again after so long.
BUSY_S = 5.0
AFTER_ERROR_S = 1.0
STOPPED = "dihentikan: sudah dijawab"

log = structlog.get_logger(__name__)


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Until `event` is set, at most so long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


@dataclass(slots=True)
class _Sending:
    """A push on its way: `accepting` once its own contact answers, `answered` once it is no longer wanted."""

    push: DuePush
    started: datetime
    task: asyncio.Task[None] | None = None
    accepting: bool = False
    recorded: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class _Outcome:
    ok: bool
    detail: str
    permanent: bool = False


class EscalationDaemon:
    """`run` until cancelled; it then hangs up what it was sending and gives its claims back."""

    def __init__(
        self,
        store: StoreThread,
        routing: Callable[[], Routing],
        channels: Mapping[str, Wired],
        clock: Clock,
        spawn: Spawn,
        zone: tzinfo,
        *,
        name: str = "escalate",
        parallel: int = PARALLEL,
        wait: Wait = wait,
        link: Callable[[DuePush], str] = lambda push: "",
    ) -> None:
        self.name = name
        self.seen = 0  # the last journal row that was followed
        self.on_beat: Callable[[], object] = lambda: None  # after each try to say that this daemon lives
        self._store = store
        self._routing = routing
        self._channels = channels
        self._clock = clock
        self._spawn = spawn
        self._zone = zone
        self._parallel = parallel
        self._wait = wait
        self._link = link
        self._wake = asyncio.Event()
        self._never = asyncio.Event()
        self._sending: dict[int, _Sending] = {}
        self._busy: dict[tuple[str, str], int] = {}  # contact and channel of a push that is alone there, until recorded

    @property
    def sending(self) -> int:
        """How many pushes are on their way now."""
        return len(self._sending)

    async def run(self) -> None:
        """Push what is due, for ever; what an earlier daemon of this name had claimed is due at once."""
        await self._store.write(lambda store: store.assignments.release(self.name))
        self.seen = await self._store.read(lambda store: store.journal.last())
        duties = {"cycle": self._cycle, "follow": self._follow, "beat": self._beat}
        tasks = [self._spawn(f"{self.name}-{name}", self._keep(name, duty)) for name, duty in duties.items()]
        try:
            await asyncio.gather(*tasks)
        finally:
            await self._stop(tasks)

    async def _stop(self, tasks: list[asyncio.Task[None]]) -> None:
        sending = [one.task for one in self._sending.values() if one.task is not None]
        for task in (*tasks, *sending):
            task.cancel()
        await asyncio.gather(*tasks, *sending, return_exceptions=True)
        await self._store.write(lambda store: store.assignments.release(self.name))

    async def _keep(self, name: str, duty: Callable[[], Awaitable[float]]) -> None:
        """Repeat a duty after as many seconds as it says; one that fails is repeated too."""
        while True:
            if name == "cycle":
                self._wake.clear()
            try:
                pause = await duty()
            except Exception as error:
                log.exception("escalation.duty_failed", duty=name, error=str(error))
                pause = AFTER_ERROR_S
            await self._wait(self._wake if name == "cycle" else self._never, pause)

    # -- what is due --------------------------------------------------------------------------------------------------

    async def _cycle(self) -> float:
        """Start all that is due and for which there is room; returns the seconds until the next is due."""
        room = self._parallel - len(self._sending)
        if room <= 0:
            return IDLE_S
        now = self._clock()
        for push in await self._store.write(lambda store: store.assignments.claim(now, self.name, LEASE_S, room)):
            # one that is still on its way lost its lease while the store was away: it is not sent twice
            if push.id not in self._sending:
                self._start(push)
        due = await self._store.read(lambda store: store.assignments.next_due())
        if due is None or len(self._sending) >= self._parallel:
            return IDLE_S
        return min(max((due - self._clock()).total_seconds(), 0.0), IDLE_S)

    def _start(self, push: DuePush) -> None:
        sending = self._sending[push.id] = _Sending(push, self._clock())
        sending.task = self._spawn(f"push-{push.id}", self._send(sending))
        sending.task.add_done_callback(lambda _task: self._ended(push))

    def _ended(self, push: DuePush) -> None:
        del self._sending[push.id]
        if self._busy.get(_line(push)) == push.id:
            del self._busy[_line(push)]
        self._wake.set()

    # -- one push -----------------------------------------------------------------------------------------------------

    async def _send(self, sending: _Sending) -> None:
        """Carry one push out and record it; if that fails its lease ends and it is due again."""
        try:
            outcome = await self._deliver(sending)
        except asyncio.CancelledError:
            if not sending.answered:
                raise
            outcome = _Outcome(False, STOPPED)
        except Exception as error:
            log.exception("push.failed", push=sending.push.id, error=type(error).__name__)
            return
        if outcome is not None and not sending.recorded:
            await self._record(sending, outcome)

    async def _deliver(self, sending: _Sending) -> _Outcome | None:
        """None when nothing was tried: the OPD has answered, or the contact's telephone is in use."""
        push, routing = sending.push, self._routing()
        contact, wired = routing.contacts.get(push.contact), self._channels.get(push.channel)
        if wired is not None and wired.kind.alone and self._busy.setdefault(_line(push), push.id) != push.id:
            await self._postpone(push, _next_turn(self._clock()))
            return None
        seen = await self._store.read(lambda store: _look(store, push))
        if seen is None:
            return None
        ticket, last = seen
        if contact is None:
            return _Outcome(False, f"kontak {push.contact} tidak ada lagi di routing.yaml", permanent=True)
        if wired is None:
            return _Outcome(False, f"saluran {push.channel} tidak dikenal", permanent=True)
        if wired.kind.alone and last is not None:
            pace_s = wired.kind.pace(contact) if push.attempts else wired.kind.first_pace(contact)
            free_at = last + timedelta(seconds=pace_s)
            if free_at > self._clock():
                await self._postpone(push, free_at)
                return None
        return await self._try(sending, routing, ticket, contact, wired)

    async def _postpone(self, push: DuePush, due_at: datetime) -> None:
        await self._store.write(lambda store: store.assignments.postpone(push.id, self.name, due_at))

    async def _try(self, sending: _Sending, routing: Routing, ticket: Row, contact: Contact, wired: Wired) -> _Outcome:
        push = sending.push
        attempt, link = push.attempts + 1, self._link(push)
        text = report(ticket, push.opd, routing, self._zone, phase=push.phase, attempt=attempt, link=link)
        delivery = Delivery(push, contact, text, partial(self._answer, sending, contact))
        sending.started = self._clock()
        try:
            async with asyncio.timeout(wired.kind.limit_s):
                return _Outcome(True, await wired.channel.send(delivery))
        except TicketError as error:
            return _Outcome(False, str(error), permanent=bool(getattr(error, "permanent", False)))
        except TimeoutError:
            return _Outcome(False, f"tidak selesai dalam {wired.kind.limit_s:g} detik")
        except Exception as error:
            log.exception("push.crashed", push=push.id, channel=push.channel, error=type(error).__name__)
            return _Outcome(False, f"kesalahan program: {type(error).__name__}")

    async def _record(self, sending: _Sending, outcome: _Outcome) -> None:
        now = self._clock()
        await self._store.write(lambda store: self._attempted(store, sending, outcome, now))

    def _attempted(self, store: Store, sending: _Sending, outcome: _Outcome, now: datetime, wait_s: float = 0) -> None:
        push, started = sending.push, sending.started
        due = next_due(push, started, now, self._pace(push), ok=outcome.ok, permanent=outcome.permanent)
        due = max(due, now + timedelta(seconds=wait_s))
        store.assignments.attempted(push, self.name, started, now, ok=outcome.ok, detail=outcome.detail, next_due=due)

    def _pace(self, push: DuePush) -> float:
        contact, wired = self._routing().contacts.get(push.contact), self._channels.get(push.channel)
        return wired.kind.pace(contact) if contact is not None and wired is not None else 0.0

    # -- the answer ---------------------------------------------------------------------------------------------------

    async def _answer(self, sending: _Sending, contact: Contact, said: Said) -> Heard:
        """Save what this push's contact says; it may say more than one thing in one call."""
        sending.accepting = True  # it is this very call that answers: what it reads back is still to be heard
        now = self._clock()
        try:
            heard = await self._store.write(lambda store: self._take(store, sending, contact, said, now))
        except BaseException:
            sending.accepting = False
            raise
        sending.recorded = True
        return heard

    def _take(self, store: Store, sending: _Sending, contact: Contact, said: Said, now: datetime) -> Heard:
        """The attempt and then what it led to, in one transaction: not one push is younger than the answer."""
        push = sending.push
        if not sending.recorded:
            # a reminder that was heard leaves this contact in peace until the OPD's next term
            waits = push.phase != WAITING_STATE and said == "accept"
            wait_s = store.assignments.get(push.assignment)["follow_up_s"] if waits else 0
            self._attempted(store, sending, _Outcome(True, DETAILS[said]), now, wait_s)
        return answering.take(store, self._routing(), now, push, contact, said)

    async def _follow(self) -> float:
        """Wake on what the journal tells, and hang up what an answer has made needless."""
        async for rows in self._store.follow(self.seen):
            for row in rows:
                if row["kind"] == "ticket.dispatched" or row["kind"].startswith("assignment."):
                    self._stop_answered(row["data"])
                    self._wake.set()
            self.seen = rows[-1]["seq"]
        return 0.0

    def _stop_answered(self, data: Mapping[str, Any]) -> None:
        for sending in self._sending.values():
            push, stoppable = sending.push, not (sending.accepting or sending.answered)
            if stoppable and push.assignment == data.get("assignment") and data.get("state", push.phase) != push.phase:
                assert sending.task is not None
                sending.answered = True
                sending.task.cancel()

    # -- alive --------------------------------------------------------------------------------------------------------

    async def _beat(self) -> float:
        """Say that this daemon lives and how late it is, and keep the leases of what is on its way."""
        now, sending = self._clock(), list(self._sending)
        try:
            await self._store.write(lambda store: self._beat_once(store, now, sending))
        finally:
            self.on_beat()
        return BEAT_S

    def _beat_once(self, store: Store, now: datetime, sending: list[int]) -> None:
        if sending:
            store.assignments.renew(now, self.name, LEASE_S, sending)
        due = store.assignments.next_due()
        late_s = max((now - due).total_seconds(), 0.0) if due is not None else 0.0
        data: dict[str, object] = {"oldest_due_s": round(late_s, 3), "sending": len(sending)}
        store.people.beat(now, self.name, os.getpid(), data)


def _line(push: DuePush) -> tuple[str, str]:
    return push.contact, push.channel


def _next_turn(now: datetime) -> datetime:
    """A moment that all share who wait for the same telephone: then the one that was tried least comes first."""
    return datetime.fromtimestamp((now.timestamp() // BUSY_S + 1) * BUSY_S, UTC)


def _look(store: Store, push: DuePush) -> tuple[Row, datetime | None] | None:
    """The ticket and when this contact was last tried; None when the push is no longer wanted."""
    if not store.assignments.still_wanted(push.id):
        return None
    return store.tickets.get(push.ticket), store.assignments.last_attempt(push.contact, push.channel)
