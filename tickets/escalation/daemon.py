"""The escalation daemon: pushes OPDs until they respond. No timer lives in memory: each cycle asks the store.

At least once: a push is claimed under a short lease, sent, and only then recorded. The lease is renewed while the
sending goes on, so that what a killed daemon had in hand is due again within LEASE_S. A store that takes no writes (a
full disk) is read, and pushing goes on (tickets/escalation/unwritten.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Any, TypeVar

import structlog

from tickets.errors import StoreUnavailable
from tickets.escalation.amending import with_changes
from tickets.escalation.attempts import LIMIT_S, Attempts, Outcome, Sending, deliver
from tickets.escalation.batching import Recorder
from tickets.escalation.duty_hours import Chosen
from tickets.escalation.ladder import report
from tickets.escalation.phone_answers import Answers
from tickets.escalation.picking import PER_WAY, Picked, Picker
from tickets.escalation.rerouting import reroute
from tickets.escalation.unclaimed import pick_unclaimed
from tickets.escalation.unsent_channels import UnsentChannels
from tickets.escalation.unsent_duty import UnsentDuty
from tickets.escalation.unwritten import Unwritten
from tickets.model import AMENDED, ContactChannel, DuePush, Row, from_text, to_text
from tickets.notify.channel import Clock, Delivery, Wired
from tickets.routing import Contact, Routing
from tickets.store import Store
from tickets.store.thread import StoreThread

Spawn = Callable[[str, Coroutine[Any, Any, None]], "asyncio.Task[None]"]
Wait = Callable[[asyncio.Event, float], Awaitable[None]]
MakeRoom = Callable[[Contact, str], Awaitable[None]]
T = TypeVar("T")
LEASE_S = 15.0
BEAT_S = 2.0
PARALLEL = 512
# Longest sleep of a cycle: a clock that was put forward is noticed then.
IDLE_S = 5.0
# Above this rate (pushes a second) claims and results are batched for GATHER_S.
MANY_PER_S = 50
GATHER_S = 0.05
AFTER_ERROR_S = 1.0
# A larger step back is a clock that was set.
SET_BACK = timedelta(seconds=2)
STOPPED = "dihentikan: sudah dijawab"

log = structlog.get_logger(__name__)


def _hang_up(sending: Sending) -> None:
    """End a push that is no longer wanted, unless somebody answers it at this moment."""
    if not (sending.accepting or sending.answered):
        assert sending.task is not None
        sending.answered = True
        sending.task.cancel()


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Wait until `event` is set, at most `seconds`."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


class EscalationDaemon:
    """Pushes what is due while `run` runs; cancelled, it hangs up what it was sending and gives its claims back."""

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
        page: Callable[[str], str] = lambda ticket: "",
        unwritten: Unwritten | None = None,
        also: Callable[[], dict[str, object]] = dict,
    ) -> None:
        self.name = name
        self._also = also  # more data for the heartbeat
        self.seen = 0  # the last journal row that was followed
        self.on_beat: Callable[[], object] = lambda: None  # after each try to write the heartbeat
        self.make_room: MakeRoom | None = None  # called before a contact is rung; always short
        self._store = store
        self._routing = routing
        self._channels = channels
        self._clock = clock
        self._spawn = spawn
        self._zone = zone
        self._parallel = parallel
        self._wait = wait
        self._link = link
        self._unwritten = Unwritten() if unwritten is None else unwritten
        self._writable = True
        self._wake = asyncio.Event()
        self._never = asyncio.Event()
        self._before: datetime | None = None  # the clock at the last look, also of a former daemon
        self._planned_by: Routing | None = None  # the routing that open pushes follow
        self._known = 0  # the last push that was planned at the last beat
        self._following = asyncio.Lock()  # one duty at a time corrects a set-back
        self._sending: dict[int, Sending] = {}
        self._recent: deque[tuple[datetime, int]] = deque()  # (moment, pushes begun) within a second
        self._recorder = Recorder(self._write, spawn, self._much, self._gather)
        self._attempts = Attempts(name, store, routing, channels, self._unwritten, self._recorder.write)
        ways = UnsentChannels(
            name,
            store,
            self._write,
            routing,
            channels,
            clock,
            spawn,
            zone,
            taken=self._ways,
            unwritten=self._unwritten,
            catch_up=self._attempts.catch_up,
            make_room=self._room,
            page=page,
        )
        self._unsent = UnsentDuty(store, self._write, routing, clock, ways)
        self._answers = Answers(store, routing, clock, self._attempts, self._unwritten, self._stop_answered)

    @property
    def sending(self) -> int:
        """Number of pushes on their way now."""
        return len(self._sending)

    @property
    def ringing(self) -> list[Contact]:
        """Contacts whose telephone or loudspeaker a push is using now."""
        chosen = [sending.picked.chosen for sending in self._sending.values()]
        own = [target.contact for target in chosen if target and self._channels[target.channel].kind.alone]
        return own + self._unsent.channels.ringing

    def _ways(self) -> list[ContactChannel]:
        return [sending.picked.way for sending in self._sending.values()]

    async def _room(self, contact: Contact, channel: str) -> None:
        """Make room on a telephone; a push goes out in any case."""
        if self.make_room is not None:
            with contextlib.suppress(Exception):
                await self.make_room(contact, channel)

    async def pressed(self, assignment: int, user: str, reply: Row) -> bool:
        """Accept an answer of a page that its console could not write; False where no assignment waits for it."""
        kept = await self._answers.pressed(assignment, user, reply)
        self._wake.set()
        return kept

    async def run(self) -> None:
        """Push what is due until cancelled; claims of an earlier daemon of this name are due at once."""
        await self._release()
        await self._unwritten.open(self._store)
        self.seen = await self._store.read(lambda store: store.journal.last())
        self._before, self._known = await self._store.read(self._last_beat)  # our own first beat overwrites it
        duties = {"cycle": self._cycle, "follow": self._follow, "beat": self._beat, "unsent": self._unsent.look}
        tasks = [self._spawn(f"{self.name}-{name}", self._keep(name, duty)) for name, duty in duties.items()]
        try:
            await asyncio.gather(*tasks)
        finally:
            await self._stop(tasks)

    async def _stop(self, tasks: list[asyncio.Task[None]]) -> None:
        sending = [each.task for each in self._sending.values() if each.task is not None]
        for task in (*tasks, *sending):
            task.cancel()
        await asyncio.gather(*tasks, *sending, self._unsent.channels.stop(), return_exceptions=True)
        await self._recorder.end()
        await self._release()

    async def _release(self) -> None:
        """Give this daemon's claims back; one that cannot be given back ends with its lease."""
        with contextlib.suppress(StoreUnavailable):
            await self._write(self._give_back)

    def _give_back(self, store: Store) -> None:
        store.assignments.release(self.name)
        store.unsent_targets.release(self.name)

    async def _write(self, job: Callable[[Store], T]) -> T:
        return await self._store.write_within(job, LIMIT_S)

    async def _keep(self, name: str, duty: Callable[[], Awaitable[float]]) -> None:
        """Repeat a duty after as many seconds as it returns, also after an error."""
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
        """Start the due pushes for which there is room; returns the seconds until the next is due."""
        if self._much():
            await self._gather(self._never)
        room = self._parallel - len(self._sending)
        if room <= 0:
            return IDLE_S
        now = self._clock()
        picker = self._picker(room, now)
        try:
            await self._follow_clock()
            await self._attempts.catch_up(now)
            await self._follow_routing(now)
            picked, due = await self._write(picker.pick)
        except StoreUnavailable as error:
            await self._push_unclaimed(self._picker(room, now), error)
            return AFTER_ERROR_S
        self._writable = True
        for push in picked:
            self._start(push)
        self._recent.append((picker.now, len(picked)))
        if due is None or len(self._sending) >= self._parallel:
            return IDLE_S
        return min(max((due - self._clock()).total_seconds(), 0.0), IDLE_S)

    async def _push_unclaimed(self, picker: Picker, error: Exception) -> None:
        """Push without claims while the store takes no writes: what it holds for due and `unwritten` does not."""
        if self._writable:
            self._writable = False
            log.error("escalation.not_written", error=str(error))
        for push in await self._store.read(lambda store: pick_unclaimed(picker, store, self._unwritten)):
            self._start(push, claimed=False)

    async def _follow_routing(self, now: datetime) -> None:
        """Plan the pushes of open assignments anew where routing.yaml has changed."""
        old, new = self._planned_by, self._routing()
        if new is old:
            return
        if count := await self._write(lambda store: reroute(store, old, new, now)):
            log.warning("escalation.rerouted", assignments=count)
        self._planned_by = new

    async def _follow_clock(self) -> datetime:
        """Make every push due earlier by as much as the clock was set back, also while no daemon ran; returns `now`.

        Pushes that were planned by the new clock, before it was looked at, stay.

        Comes before every beat: a beat at the new time would hide the set-back from the next daemon."""
        async with self._following:
            now, before = self._clock(), self._before
            if before is not None and before - now > SET_BACK:
                count = await self._write(partial(self._shift, before=before, now=now))
                log.warning("escalation.clock_set_back", seconds=(before - now).total_seconds(), pushes=count)
            self._before = now
            return now

    def _shift(self, store: Store, *, before: datetime, now: datetime) -> int:
        """Shift all due times once per set-back (a mark tells whether it was done), and beat at the new time."""
        mark = f"clock {self.name} {to_text(before)}"
        if store.spilled.applied(mark):
            return 0
        count = store.assignments.shift(now, before, self._known)
        store.snoozes.shift(now, now - before)
        store.unsent_pushes.shift(now - before)
        store.unsent_targets.shift(now - before)
        store.spilled.mark(now, mark, 1)
        self._beat_once(store, now, list(self._sending))
        return count

    def _last_beat(self, store: Store) -> tuple[datetime | None, int]:
        """The clock at the last beat of this daemon or a former one, and the last push that was planned then."""
        row = next((row for row in store.people.beats() if row["process"] == self.name), None)
        if row is None:
            return None, 0
        planned = row["data"].get("last_push")  # an earlier version did not write it
        return from_text(row["at"]), store.assignments.last_push() if planned is None else planned

    def _picker(self, room: int, now: datetime) -> Picker:
        under_way = Counter([*self._ways(), *self._unsent.channels.ways])
        full: set[ContactChannel] = {
            (sending.push.contact, sending.push.channel)
            for sending in self._sending.values()
            if under_way[sending.picked.way] >= PER_WAY
        }
        return Picker(
            self.name,
            LEASE_S,
            room,
            now,
            self._routing(),
            self._channels,
            under_way,
            full,
            frozenset(self._sending),
        )

    def _much(self) -> bool:
        now = self._clock()
        while self._recent and not now - timedelta(seconds=1) <= self._recent[0][0] <= now:
            self._recent.popleft()
        return sum(number for _at, number in self._recent) > MANY_PER_S

    async def _gather(self, hurry: asyncio.Event) -> None:
        await self._wait(hurry, GATHER_S)

    def _start(self, picked: Picked, *, claimed: bool = True) -> None:
        push = picked.push
        sending = self._sending[push.id] = Sending(picked, self._clock(), claimed=claimed)
        sending.task = self._spawn(f"push-{push.id}", self._send(sending))
        sending.task.add_done_callback(lambda _task: self._ended(push))

    def _ended(self, push: DuePush) -> None:
        del self._sending[push.id]
        self._wake.set()

    # -- one push -----------------------------------------------------------------------------------------------------

    async def _send(self, sending: Sending) -> None:
        """Send one push and record it; where that fails its lease ends and it is due again."""
        try:
            outcome = await self._deliver(sending)
        except asyncio.CancelledError:
            if not sending.answered:
                raise
            outcome = Outcome(False, STOPPED)
        except Exception as error:
            log.exception("push.failed", push=sending.push.id, error=type(error).__name__)
            return
        if not sending.recorded:
            await self._attempts.ended(sending, outcome, self._clock())

    async def _deliver(self, sending: Sending) -> Outcome:
        picked = sending.picked
        if picked.chosen is None:
            return Outcome(False, picked.wrong, permanent=True)
        outcome = await self._try(sending, picked.chosen, self._channels[picked.chosen.channel])
        why = picked.chosen.why
        return replace(outcome, detail=f"{outcome.detail} ({why})") if why else outcome

    async def _try(self, sending: Sending, chosen: Chosen, wired: Wired) -> Outcome:
        push, contact, ticket, routing = sending.went, chosen.contact, sending.picked.ticket, self._routing()
        attempt, link = push.attempts + 1, self._link(push)
        outside = contact.opd != push.opd
        text = report(
            ticket,
            push.opd,
            routing,
            self._zone,
            phase=push.phase,
            attempt=attempt,
            link=link,
            outside=outside,
            asked_by=sending.picked.asked_by,
        )
        text = with_changes(text, sending.picked.changes, push.opd, routing, self._zone, push.phase)
        delivery = Delivery(push, contact, text, partial(self._answers.take, sending, contact), unheard=sending.unheard)
        if wired.kind.alone:
            await self._room(contact, push.channel)
        sending.started = self._clock()
        return await deliver(wired, delivery)

    # -- what was answered --------------------------------------------------------------------------------------------

    async def _follow(self) -> float:
        """Follow the journal: wake the cycle, and hang up pushes of assignments that were answered."""
        async for rows in self._store.follow(self.seen, assignments=True):
            for row in rows:
                if row["kind"] == "assignment.read" and not row["data"]["left"]:
                    self._stop_read(row["data"])
                self._stop_answered(row["data"])
                self._wake.set()
            self.seen = rows[-1]["seq"]
        return 0.0

    def _stop_answered(self, data: Mapping[str, Any]) -> None:
        """Hang up pushes for an answer; those for changes go on until they are read."""
        for sending in self._sending.values():
            push, phase = sending.push, sending.push.phase
            if push.assignment == data.get("assignment") and phase not in (AMENDED, data.get("state", phase)):
                _hang_up(sending)

    def _stop_read(self, data: Mapping[str, Any]) -> None:
        for sending in self._sending.values():
            if sending.push.assignment == data["assignment"] and sending.push.phase == AMENDED:
                _hang_up(sending)

    # -- alive --------------------------------------------------------------------------------------------------------

    async def _beat(self) -> float:
        """Write the heartbeat with the lateness of pushes, and renew the leases of pushes on their way."""
        try:
            now, sending = await self._follow_clock(), list(self._sending)
            await self._write(lambda store: self._beat_once(store, now, sending))
        except StoreUnavailable as error:
            log.warning("beat.failed", error=str(error))
        finally:
            self.on_beat()
        return BEAT_S

    def _beat_once(self, store: Store, now: datetime, sending: list[int]) -> None:
        if sending:
            store.assignments.renew(now, self.name, LEASE_S, sending)
        due = store.assignments.next_due()
        late_s = max((now - due).total_seconds(), 0.0) if due is not None else 0.0
        self._known = store.assignments.last_push()
        state = {"oldest_due_s": round(late_s, 3), "sending": len(sending), "last_push": self._known}
        data: dict[str, object] = state | self._also()
        store.people.beat(now, self.name, os.getpid(), data)
