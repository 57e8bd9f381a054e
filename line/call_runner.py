"""Runs one call: hands its events to the flow in order, saves the state, then carries the commands out."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import structlog

from asterisk.ami import Ami
from asterisk.ari import Ari
from asterisk.errors import AmiError, AriError
from asterisk.recordings import file_of, mend, message_s
from ivr import commands as do
from ivr import events as ev
from ivr import flow
from ivr.state import CallState, Script, to_dict
from line.call_writer import CallWriter
from line.floor import Floor
from line.unforeseen import unforeseen
from tickets.model import to_text
from tickets.store import Store
from tickets.store.calls import NewCall, Note
from tickets.store.steps import CallStep, Duty, Record

log = structlog.get_logger(__name__)

DEAD_MAN_S = 60.0
# A refused answer is repeated for less time than the dialplan's own dead-man timer of 8 s: a caller who is not answered
# by then goes to the fail-safe branch.
ANSWER_S, ANSWER_AGAIN_S = 7.0, 0.5
# a runner outlives its call by this: late events (the end of a recording) still count
LINGER_S = 3.0
# an answered caller hears music when the store takes longer than this
SLOW_S = 0.5


class LineOffers(Protocol):
    """Passes an offer to another call when this one frees an operator."""

    def offer(self, call: str, operators: tuple[str, ...]) -> None:
        """Tell another call that it may ring these operators."""


@dataclass(slots=True)
class CallContext:
    """Services and settings that all calls of the line share."""

    writer: CallWriter
    ari: Ari
    ami: Ami
    floor: Floor
    script: Callable[[], Script]
    clock: Callable[[], datetime]
    spawn: Callable[[str, Any], "asyncio.Task[Any]"]
    offers: LineOffers
    media: Callable[[str], str]
    recordings: Path
    ring_s: Callable[[], float]
    ticket_url: Callable[[str], str]
    duty: Callable[[datetime], Duty | None]


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller, as the operator's phone and page show them."""

    display: str
    number: str | None
    callable: bool = True


Judge = Callable[[Store], ev.Arrived]


def _clean(store: Store) -> ev.Arrived:
    """Doubt nobody: the reputation is not looked up."""
    return ev.Arrived()


class CallRunner:
    """Runs one call until it has ended; `tell` hands it an event, which is handled after those before it.

    `asterisk` names the run of Asterisk that has its channel (`Found.run`); None where that is not known."""

    def __init__(
        self, state: CallState, ticket: str, caller: Caller, context: CallContext, asterisk: str | None = None
    ) -> None:
        self.state = state
        self.asterisk = asterisk
        self.ticket = ticket
        self.dead_man = False
        self.gone = False
        self._hung_up = False
        self._caller = caller
        self._new = NewCall(state.call, caller.number, caller.display, caller.number is None, caller.callable, "")
        self._context = context
        self._events: asyncio.Queue[ev.Event | None] = asyncio.Queue()
        self._first: tuple[do.Command, ...] = ()
        self._answering: asyncio.Task[AriError | None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._promised: list[str] = []

    @property
    def call(self) -> str:
        """The call's id, which is its channel's."""
        return self.state.call

    @property
    def number(self) -> str | None:
        """The caller's number, where the network sent one."""
        return self._caller.number

    def _legs(self) -> set[str]:
        return {leg.id for leg in (*self.state.legs, self.state.talking) if leg is not None}

    def tell(self, event: ev.Event) -> None:
        """Hand in an event; the desks that it offers belong to this call at once, before the event is handled."""
        self._promised += _operators_of(event)
        self._hung_up |= isinstance(event, ev.CallerGone)
        self.gone |= isinstance(event, ev.CallerGone | ev.Cut)
        self._events.put_nowait(event)

    def stop(self) -> None:
        """End `serve` after the events that were handed in."""
        self._events.put_nowait(None)

    async def arrive(self, new: NewCall, day: str, judge: Judge = _clean) -> None:
        """Write call, ticket and first step in one transaction; `serve` then carries the step out.

        Every arrival is answered meanwhile (docs/adr/0012). `judge` looks the caller up within that transaction.
        Errors of the store are passed on: then there is no ticket, and nothing else was done.
        """
        before, now, script = self.state, self._context.clock(), self._context.script()
        self._new = new
        if not self.gone:
            self._answering = self._context.spawn(f"answer-{self.call}", self._answer())
            await asyncio.sleep(0)  # the answer is on its way before the store is asked

        def first(known: ev.Arrived) -> tuple[CallState, tuple[do.Command, ...], CallStep]:
            # hung up while the store was busy: such a call was never answered
            state, commands = flow.handle(before, ev.CallerGone() if self._hung_up else known, now, script)
            return state, commands, self._step(before, state, commands, now)

        def job(store: Store) -> tuple[str, CallState, tuple[do.Command, ...]]:
            known = judge(store)
            state, commands, step = first(known)
            ticket = store.calls.arrive(now, day, new, known.doubt, sampled=known.sampled)
            step.write(store, ticket)
            return ticket, state, commands

        def spilled() -> tuple[Record, tuple[str, CallState, tuple[do.Command, ...]]]:
            state, commands, step = first(ev.Arrived(callable=new.callable))  # an unknown caller is not doubted
            ticket = self._context.writer.provisional(day, script.hours.tz)
            return Record(ticket, new, step, arrives=True), (ticket, state, commands)

        held: list[asyncio.Task[None]] = []
        late = asyncio.get_running_loop().call_later(SLOW_S, self._hold, held)
        try:
            self.ticket, self.state, self._first = await self._context.writer.write(job, spilled)
        finally:
            late.cancel()
            for music in held:
                await music
                await self._music(False)

    def _hold(self, held: list[asyncio.Task[None]]) -> None:
        """Play music until the greeting: the disk is slow, and an answered caller must not hear silence."""
        if self._answering is not None:
            held.append(self._context.spawn(f"music-{self.call}", self._music(True)))

    async def _music(self, on: bool) -> None:
        try:
            await self._one(do.Music(on))
        except AriError as error:
            log.info("call.no_music", call=self.call, error=str(error))

    async def serve(self) -> None:
        """Handle events until the call has ended; an error in one leaves the call to the next event."""
        lingering: asyncio.TimerHandle | None = None
        if self._first:
            await self._guarded(self._begin(), ev.Arrived())
        while (event := await self._events.get()) is not None:
            await self._guarded(self._handle(event), event)
            if self.state.stage == "ended" and lingering is None:
                lingering = asyncio.get_running_loop().call_later(LINGER_S, self.stop)
        if self._timer is not None:
            self._timer.cancel()

    # one step

    async def _guarded(self, step: Coroutine[Any, Any, None], event: ev.Event) -> None:
        try:
            await step
        except Exception:
            log.exception("call.step_failed", call=self.call, ticket=self.ticket, told=repr(event))
            self._free_desks(event)

    def _free_desks(self, event: ev.Event) -> None:
        """Free the desks of a failed step; the call is offered anew, to the same operators after a pause."""
        floor, operators = self._context.floor, self._operators()
        for operator in _operators_of(event):
            if operator not in operators:
                floor.released(operator, self.call, "missed")
        floor.settle(self.call, operators)
        if self.state.stage == "waiting":
            floor.line = floor.line.rings(self.call, False)

    async def _begin(self) -> None:
        """Carry out the arrival, which is saved already; a call that enters the line at once takes a second step."""
        commands, self._first = self._first, ()
        before, now = self.state, self._context.clock()
        more = self._move_in_line(commands, now)
        await self._start_rings(commands + more)
        if more:
            await self._save(before, more, now)
        await self._carry_out(commands + more)

    async def _handle(self, event: ev.Event) -> None:
        before, now = self.state, self._context.clock()
        for operator in _operators_of(event):
            self._promised.remove(operator)
        if isinstance(event, ev.MessageRecorded):
            event = await asyncio.to_thread(self._checked_message, event)
        self.state, commands = flow.handle(before, event, now, self._context.script())
        commands += self._move_in_line(commands, now)
        await self._start_rings(commands)
        await self._save(before, commands, now)
        await self._carry_out(commands)
        if isinstance(event, ev.Cut) and self.state.recording is not None:
            await asyncio.to_thread(mend, self._file(self.state.recording))

    def _move_in_line(self, commands: tuple[do.Command, ...], now: datetime) -> tuple[do.Command, ...]:
        """Enter or leave the line, and ring free operators within the same step, so that it is saved once."""
        moved = False
        for command in commands:
            moved |= self._apply_to_floor(command)
        floor = self._context.floor
        floor.settle(self.call, self._operators())
        if not moved:
            return ()
        if self.state.stage == "ringing":  # rung by name (taken, transferred): not offered to others meanwhile
            floor.line = floor.line.rings(self.call, True)
        more: tuple[do.Command, ...] = ()
        for offer in floor.pump():
            if offer.call != self.call:
                self._context.offers.offer(offer.call, offer.operators)
                continue
            self.state, more = flow.handle(self.state, ev.Offered(offer.operators), now, self._context.script())
            floor.settle(self.call, self._operators())
        return more

    def _apply_to_floor(self, command: do.Command) -> bool:
        floor = self._context.floor
        match command:
            case do.Enqueue(lane, doubted, first):
                floor.line = floor.line.enqueue(self.call, lane, floor.now(), doubted=doubted, first=first)
            case do.Dequeue():
                floor.line = floor.line.dequeue(self.call)
            case do.Release(operator, why):
                floor.released(operator, self.call, why)
            case do.Connect():
                operator = self.state.talking.operator if self.state.talking else ""
                floor.engaged(operator, self.call, "talking")
            case _:
                return False
        return True

    def _operators(self) -> set[str]:
        talking = {self.state.talking.operator} if self.state.talking else set()
        return {leg.operator for leg in self.state.legs} | talking | set(self._promised)

    # save

    async def _save(self, before: CallState, commands: tuple[do.Command, ...], now: datetime) -> None:
        if self.state == before and not any(isinstance(command, do.Note | do.Callback) for command in commands):
            return
        ticket = self.ticket
        try:
            step = self._step(before, self.state, commands, now)
            record = Record(ticket, self._new, step)
            await self._context.writer.write(lambda store: step.write(store, ticket), lambda: (record, None))
        except Exception as error:
            # the line is sacred: a store that cannot be written, for whatever reason, does not end a call
            log.error("call.not_saved", call=self.call, ticket=ticket, error=str(error), exc_info=unforeseen(error))

    def _step(self, before: CallState, state: CallState, commands: tuple[do.Command, ...], now: datetime) -> CallStep:
        """Build the store's record of the step from `before` to `state`."""
        notes = tuple(Note(c.kind, dict(c.data)) for c in commands if isinstance(c, do.Note))
        return CallStep(
            call=self.call,
            at=now,
            columns=_columns(before, state, now, self.asterisk),
            notes=notes,
            taken_for=_taken_for(before, state),
            callbacks=tuple(command.reason for command in commands if isinstance(command, do.Callback)),
            duty=self._context.duty(now) if any(note.kind == "call.message" for note in notes) else None,
            ends=(state.outcome or "failed") if state.stage == "ended" and before.stage != "ended" else None,
        )

    # carry out

    async def _answer(self) -> AriError | None:
        loop = asyncio.get_running_loop()
        until = loop.time() + ANSWER_S
        while True:
            try:
                await self._context.ari.answer(self.call)
            except AriError as error:
                if error.status in (404, 409) or self.gone or loop.time() > until:
                    return error
            else:
                return None
            await asyncio.sleep(ANSWER_AGAIN_S)

    async def _start_rings(self, commands: tuple[do.Command, ...]) -> None:
        """Ring the phones while the step is saved; after a crash a leg that is in no saved state is hung up."""
        rings = [command for command in commands if isinstance(command, do.Ring)]
        for ring in rings:
            self._context.spawn(f"ring-{ring.leg}", self._ring(ring))
        if rings:
            await asyncio.sleep(0)  # their INVITEs are on their way before anything else of this step

    async def _carry_out(self, commands: tuple[do.Command, ...]) -> None:
        for command in commands:
            try:
                await self._one(command)
            except (AriError, AmiError) as error:
                self._failed(command, error)
                if isinstance(command, do.Answer):
                    return  # the caller hears nothing: the dialplan's own dead-man timer goes on and takes the call

    async def _one(self, command: do.Command) -> None:
        ari = self._context.ari
        match command:
            case do.Answer():
                if self._answering is None:
                    await ari.answer(self.call)
                elif error := await self._answering:
                    raise error
            case do.Play(playback, prompts):
                await ari.play(self.call, playback, [self._context.media(name) for name in prompts])
            case do.StopPlay(playback):
                await ari.stop_playback(playback)
            case do.Music(on):
                await (ari.start_music(self.call) if on else ari.stop_music(self.call))
            case do.DeadMan(running):
                self.dead_man = running
                if running:  # the dialplan has set the first one: the prompt need not wait for this
                    self._context.spawn(f"dead-man-{self.call}", self.renew_dead_man())
                else:
                    await self.renew_dead_man(0)
            case do.Wake(timer, after_s):
                self._wake(timer, after_s)
            case do.Cancel(leg, elsewhere):
                await ari.hangup(leg, 26 if elsewhere else 16)
            case do.Connect(leg, recording):
                await self._connect(leg, recording)
            case do.RecordTalk(recording):
                await self._record(recording)
            case do.Rejoin(channel):
                await ari.add_to_bridge(self.bridge, channel)  # out and in again: Asterisk does both
            case do.Renegotiate(channel):
                await self._context.ami.set_variable(channel, "PJSIP_SEND_SESSION_REFRESH()", "invite")
            case do.Disconnect():
                await ari.destroy_bridge(self.bridge)
            case do.Record(recording, max_s):
                await ari.record_channel(self.call, recording, max_s=max_s, silence_s=10)
            case do.Hangup():
                await ari.hangup(self.call)

    def _failed(self, command: do.Command, error: Exception) -> None:
        """Hand the flow the event that a refused command would have ended with, so that it goes on."""
        gone = isinstance(error, AriError) and error.status == 404
        level = log.info if gone else log.error
        level("call.command_failed", call=self.call, command=repr(command), error=str(error))
        match command:
            case do.Play(playback):
                self.tell(ev.PlaybackEnded(playback))
            case do.Record(recording):
                self.tell(ev.MessageRecorded(recording, 0.0))
            case do.Connect(leg):
                self.tell(ev.LegEnded(leg, "lost"))
            case do.Rejoin() if not gone and self.state.talking is not None:  # perhaps out of the talk, and not back
                self.tell(ev.LegEnded(self.state.talking.id, "lost"))

    async def renew_dead_man(self, seconds: float = DEAD_MAN_S) -> None:
        """Set the call's dead-man timer, over AMI: ARI would wait for the end of a prompt."""
        try:
            await self._context.ami.set_timeout(self.call, seconds)
        except AmiError as error:
            log.warning("call.dead_man_not_set", call=self.call, seconds=seconds, error=str(error))
            if seconds == 0:  # a talk must not be torn apart: nothing plays now, so ARI does not wait
                await self._context.ari.set_variable(self.call, "TIMEOUT(absolute)", "0")

    def _wake(self, timer: str, after_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(after_s, self._woken, timer)

    def _woken(self, timer: str) -> None:
        floor = self._context.floor
        self.tell(ev.Wakeup(timer, floor.line.position(self.call), floor.listened(self.call)))

    @property
    def bridge(self) -> str:
        """The bridge of the talk."""
        return f"br-{self.call}"

    async def _ring(self, command: do.Ring) -> None:
        caller = self._caller
        url = self._context.ticket_url(self.ticket)
        try:
            await self._context.ari.originate(
                command.leg,
                f"PJSIP/{command.operator}",
                app_args=f"op,{self.call}",
                caller_id=f'"112 {caller.display}" <{caller.number or "anonymous"}>',
                timeout_s=self._context.ring_s(),
                originator=self.call,
                variables={
                    "PJSIP_HEADER(add,X-Ticket)": self.ticket,
                    "PJSIP_HEADER(add,Call-Info)": f"<{url}>;purpose=info",
                },
            )
        except AriError as error:
            log.info("operator.unreachable", call=self.call, operator=command.operator, error=str(error))
            self.tell(ev.LegEnded(command.leg, "unreachable"))
            return
        if command.leg not in self._legs():
            await self._stop_late(command.leg)

    async def _stop_late(self, leg: str) -> None:
        """Hang up a leg that was cancelled before Asterisk had a channel for it: that cancellation ended nothing."""
        try:
            await self._context.ari.hangup(leg)
        except AriError as error:
            log.error("call.leg_not_stopped", call=self.call, leg=leg, error=str(error))

    async def _connect(self, leg: str, recording: str) -> None:
        ari = self._context.ari
        await ari.create_bridge(self.bridge)
        await ari.add_to_bridge(self.bridge, self.call, leg)
        await self._record(recording)

    async def _record(self, recording: str) -> None:
        try:
            await self._context.ari.record_bridge(self.bridge, recording)
        except AriError as error:
            log.error("call.not_recorded", call=self.call, ticket=self.ticket, error=str(error))

    def _checked_message(self, event: ev.MessageRecorded) -> ev.MessageRecorded:
        """Take a message's length from its file: Asterisk's own figure is not reliable (asterisk.recordings)."""
        return ev.MessageRecorded(event.recording, message_s(self._file(event.recording)))

    def _file(self, recording: str) -> Path:
        return file_of(self._context.recordings, recording)


def _operators_of(event: ev.Event) -> tuple[str, ...]:
    """The operators whose desks an event promises to the call."""
    match event:
        case ev.Offered(operators):
            return operators
        case ev.Taken(operator) | ev.Transferred(operator):
            return (operator,)
        case ev.Replaces(_, operator) if operator is not None:
            return (operator,)
    return ()


def _taken_for(before: CallState, after: CallState) -> dict[str, Any]:
    """The ticket's kind and category, where the caller's keys changed them."""
    if (after.kind, after.category) == (before.kind, before.category):
        return {}
    return {"kind": after.kind or "unknown", "category": after.category}


def _columns(before: CallState, after: CallState, now: datetime, asterisk: str | None) -> dict[str, Any]:
    """The columns of the call's row that a step changes, its timestamps included."""
    at, lives_in = to_text(now), {} if asterisk is None else {"asterisk": asterisk}
    columns: dict[str, Any] = {"state": json.dumps(to_dict(after) | lives_in, separators=(",", ":"))}
    if after.outcome == "failsafe":  # the fail-safe branch has the call now, and may have written its row already
        return columns
    for name in ("stage", "lane", "mark", "outcome", "keys", "operator", "recording"):
        if getattr(after, name) != getattr(before, name):
            columns[name] = getattr(after, name)
    if after.answered and not before.answered:
        columns["answered_at"] = at
    if after.lane is not None and before.lane is None:
        columns["waiting_at"] = at
    if after.rang and not before.rang:
        columns["ringing_at"] = at
    if after.talking is not None and before.operator is None:
        columns["talking_at"] = at
    if before.talking is not None and after.talking is None:
        columns["talk_ended_at"] = at
    if after.stage == "ended" and before.stage != "ended":
        columns["ended_at"] = at
    return columns
