"""`tanggap calls`: the ARI application. Wires Asterisk, the flow, the floor and the store; one runner for each call."""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from agents.waiting import LineRules
from asterisk.ami import Ami
from asterisk.ari import Ari
from asterisk.errors import AmiError, AriError
from asterisk.location import parse
from asterisk.translate import (
    ALLOWED_EVENTS,
    TAP,
    Arrival,
    Left,
    Sounded,
    Tapped,
    Told,
    call_of_part,
    translate,
    trunk_of,
)
from ivr import events as ev
from ivr import flow
from ivr.state import CallState, Script, from_dict
from tanggap.call_runner import Caller, CallRunner, Desk112
from tanggap.calling_back import CallingBack
from tanggap.config import Instance, Secrets, secrets_file
from tanggap.doubts import judge
from tanggap.ear.ear import Ear
from tanggap.ear.line import EarLine
from tanggap.failsafe_calls import FailsafeCalls
from tanggap.floor import Floor
from tanggap.found import Found, look
from tanggap.ledger import Ledger
from tanggap.listening import Listening
from tanggap.new_call import new_call
from tanggap.presence_writes import PresenceWrites
from tanggap.process import spare_collector, steady
from tanggap.recordings import duty_of, file_of
from tanggap.requests import Requests
from tanggap.spill_place import spill_files
from tanggap.supervise import TaskKeeper, for_ever
from tanggap.vitals.calls import measure
from tanggap.vitals.measures import Vitals
from tickets.errors import TicketError
from tickets.model import day_of, from_text
from tickets.routing import desk_phones
from tickets.store.calls import NewCall
from tickets.store.steps import Duty
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

APP = "tanggap"
RENEW_S = 20.0
BEAT_S = 2.0
PHONES_S = 5.0
LEFT_S = 0.5


class CallService:
    """All calls of one line. `script` and `instance` are asked anew for each step, so a reload counts at once."""

    def __init__(
        self, instance: Callable[[], Instance], store: StoreThread, keeper: TaskKeeper, clock: Callable[[], datetime]
    ) -> None:
        self._instance = instance
        self._store = store
        self._keeper = keeper
        self._clock = clock
        site = instance().site.asterisk
        self.ari = Ari(
            f"http://127.0.0.1:{site.http_port}", APP, APP, lambda: self._secrets().ari_password, keeper.start
        )
        self.ami = Ami("127.0.0.1", site.ami_port, APP, lambda: self._secrets().ami_password, keeper.start)
        self.ledger = Ledger(store, spill_files(instance(), "calls"), clock, keeper.start)
        self.ledger.on_arrived = self._numbered
        self._presence = PresenceWrites(store, self.ami, clock)
        self.floor = Floor(steady(clock), self._presence.put, self._line_rules, lambda: instance().site.wrap_up_s)
        self.runners: dict[str, CallRunner] = {}
        self._asterisk: str | None = None
        self.failsafe_calls = FailsafeCalls(store, self.ari, clock, instance, self.runners.keys, self._duty)
        self._phones_wanted = asyncio.Event()
        self.phones: frozenset[str] = frozenset()
        self.on_arrival: Callable[[float], object] = lambda seconds: None
        self.on_beat: Callable[[], object] = lambda: None
        self._prompts = f"sound:{instance().var.resolve()}/prompts"
        self._requests = Requests(self)
        self.listening = Listening(self.ari, store, self.floor, self.runners, clock, keeper.start, self._not_heard)
        self.calling_back = CallingBack(
            self.ari, store, self.floor, lambda: instance().site, clock, keeper.start, self._not_called_back
        )
        self.ear = Ear(self.ari, EarLine(self.runners, store, clock, keeper.start), keeper.start, self._ear_is_on)
        self._desk112 = Desk112(
            ledger=self.ledger,
            ari=self.ari,
            ami=self.ami,
            floor=self.floor,
            script=self._script,
            clock=clock,
            spawn=keeper.start,
            colleagues=self,
            media=self._media,
            recordings=instance().var / "asterisk" / "spool" / "recording",
            ring_s=lambda: instance().site.ring_s,
            duty=self._duty,
            ticket_url=lambda ticket: f"{instance().site.console.url}/tiket/{ticket}",
        )

    # start

    async def start(self) -> None:
        """Take up the operators and the calls that are there, then answer new ones."""
        await self.ledger.open()
        self._requests.seq = await self._requests_since()
        self._requests.began = await self._store.read(lambda store: store.journal.last())
        await self._staff(first=True)
        self.ami.on_event("ContactStatus", lambda event: self._phones_wanted.set())
        self.ami.on_connect(self._resync_phones)
        self._keeper.start("presence", self._presence.run())
        await self.ami.connect()
        self.ari.on_event(self._on_ari, ALLOWED_EVENTS)
        self.ari.on_connect(self._take_over)
        await self.ari.connect()
        for name, duty in (
            ("ear", self.ear.run),
            ("phones", self._watch_phones),
            ("dead-man", self._renew_dead_men),
            ("floor", self._watch_floor),
            ("beat", self._beat),
            ("requests", self._follow_requests),
            ("strays", self.failsafe_calls.run),
        ):
            self._keeper.start(name, duty())
        self._keeper.start("ledger", for_ever("ledger", self.ledger.keep))

    async def close(self) -> None:
        """Leave; calls stay in Asterisk and are taken over by the next start."""
        await self.ari.close()
        await self.ami.close()
        await self.ledger.close()

    def _numbered(self, call: str, ticket: str) -> None:
        """A spilled arrival is in the store, under its provisional number unless that was taken."""
        if runner := self.runners.get(call):
            runner.ticket = ticket

    @property
    def followed(self) -> int:
        """The last journal row that was looked at for requests."""
        return self._requests.seq

    def _secrets(self) -> Secrets:
        return secrets_file.present(self._instance().home, self._instance().secrets)

    def _script(self) -> Script:
        return self._instance().script

    def _line_rules(self) -> LineRules:
        rules = self._instance().routing.screening
        return LineRules(reserve=rules.reserve, unverified_max_s=rules.unverified_max_s)

    def _duty(self, now: datetime) -> Duty | None:
        return duty_of(self._instance(), now)

    def _ear_is_on(self) -> bool:
        return self._instance().site.ear

    def _media(self, prompt: str) -> str:
        return f"{self._prompts}/{prompt}"

    # calls

    def _on_ari(self, event: dict[str, Any]) -> None:
        if self.listening.heard(event) or self.calling_back.heard(event):
            return
        match translate(event):
            case Arrival(call, dialled, channel):
                self._arrive(call, dialled, channel)
            case Left(call):
                runner = self.runners.get(call)
                if runner is not None:
                    runner.dead_man = False  # the timers of the fail-safe branch are its own
                if runner is not None and not runner.gone and runner.state.stage != "ended":
                    self._keeper.start(f"left-{call}", self._left(call))
            case Sounded(call):
                self.ear.sounded(call)
            case Tapped(channel):
                self.ear.entered(channel)
            case Told(call, told):
                if runner := self.runners.get(call):
                    runner.tell(told)
                elif isinstance(told, ev.LegAnswered):
                    self._keeper.start(f"orphan-{told.leg}", self.ari.hangup(told.leg, 26))

    def _arrive(self, call: str, dialled: str, channel: dict[str, Any]) -> None:
        if call in self.runners:  # moved back into us: it is known, and told by who moved it
            return
        site = self._instance().site
        caller = channel.get("caller", {})
        location, trunk = _location(channel), trunk_of(channel.get("name", ""))
        new = new_call(
            call, caller.get("number"), dialled, site, name=caller.get("name"), location=location, trunk=trunk
        )
        # known from this moment on: a caller who hangs up within it is told of by the very next event
        runner = CallRunner(flow.begin(call), "", Caller(new.display, new.number), self._desk112, self._asterisk)
        self.runners[call] = runner
        self._keeper.start(f"call-{call}", self._serve_arrival(runner, new))

    async def _serve_arrival(self, runner: CallRunner, new: NewCall) -> None:
        call = runner.call
        now, instance, began = self._clock(), self._instance(), asyncio.get_running_loop().time()
        try:
            await runner.arrive(new, day_of(now, instance.hours.tz), judge(new, now, instance.routing.screening))
        except Exception as error:
            # no ticket without a store: Asterisk's fail-safe branch keeps the caller
            log.error("call.no_ticket", call=call, error=str(error), exc_info=not isinstance(error, TicketError))
            self.runners.pop(call, None)
            await self.ari.leave(call, "failsafe")
            return
        self.on_arrival(asyncio.get_running_loop().time() - began)
        log.info("call.arrived", call=call, ticket=runner.ticket, anonymous=new.anonymous)
        await self._serve(runner)

    async def _serve(self, runner: CallRunner) -> None:
        await runner.serve()
        self.listening.call_over(runner.call)
        self.runners.pop(runner.call, None)

    async def _left(self, call: str) -> None:
        """StasisEnd: gone if the channel is gone, else the dead-man timer took it to the fail-safe branch."""
        while True:
            try:
                channel = await self.ari.channel(call)
                break
            except AriError as error:  # its one StasisEnd was this: whoever is not asked about again stays in the line
                log.warning("call.left_unknown", call=call, error=str(error))
                await asyncio.sleep(LEFT_S)
        runner = self.runners.get(call)
        if runner is None:
            return
        runner.tell(ev.LeftToFailsafe() if channel is not None and _walked(channel) else ev.CallerGone())

    def offer(self, call: str, operators: tuple[str, ...]) -> None:
        """Tell a call that it may ring these operators, whose desks ring for it already."""
        if runner := self.runners.get(call):
            runner.tell(ev.Offered(operators))
        else:
            self.floor.line = self.floor.line.dequeue(call)
            self.floor.settle(call, set())

    def desk_phone(self, opd: str) -> str | None:
        """The account of a desk phone of this agency that is registered, or None."""
        return next((one for one in desk_phones(self._instance().routing, opd) if one in self.phones), None)

    def pump(self) -> None:
        """Give waiting calls to whoever is free."""
        for offer in self.floor.pump():
            self.offer(offer.call, offer.operators)

    # back after having been away

    async def _take_over(self) -> None:
        """After each (re)connection: every call goes on from what Asterisk has of it; what nobody knows is ended."""
        found = await look(self.ari)
        self._asterisk = found.run
        rows = {row["id"]: row for row in await self.ledger.live()}
        for call in {**rows, **self.runners}:
            if call in self.runners or rows[call]["handled_by"] == "calls":
                await self._take_up(call, rows.get(call), found)
        for channel in found.channels:
            if channel.startswith(TAP):
                self.ear.entered(channel)
        for call, args in found.callers(APP).items():
            if call not in self.runners:
                await self._take_up_unknown(call, args[0] if args else "", found)
        await self._clear(found)
        await self.listening.sweep(set(found.channels))
        await self.calling_back.sweep(set(found.channels))
        for call in self.runners:
            self.ear.missed(call)

    async def _take_up(self, call: str, row: dict[str, Any] | None, found: Found) -> None:
        """A call of ours; `row` is None where the store does not have it yet, or has its end."""
        runner, is_there = self.runners.get(call), call in found.channels
        if runner is None and row is not None and _lives(row) and (not is_there or found.ours(call)):
            runner = self._revived(row)
        if runner is None or runner.state.stage == "ended":
            return
        if not is_there:
            self._lost(runner, found)
        elif found.ours(call):
            await self._restore(runner, found)
        else:
            runner.tell(ev.LeftToFailsafe())

    def _lost(self, runner: CallRunner, found: Found) -> None:
        """The caller hung up while we were away, or, where another Asterisk runs now, was cut off."""
        recording = _message(runner.state)
        runner.tell(ev.CallerGone() if runner.asterisk in (None, found.run) else ev.Cut())
        if recording is not None:
            runner.tell(ev.MessageRecorded(recording, 0.0))  # the file tells how much of it there is

    async def _restore(self, runner: CallRunner, found: Found) -> None:
        """Tell it what Asterisk has of it; the flow makes that what its saved step says."""
        call, message = runner.call, _message(runner.state)
        legs = found.legs(call)
        runner.tell(
            ev.Restored(
                legs,
                tuple(leg for leg in legs if found.up(leg)),
                found.bridged(call),
                up=found.up(call),
                recorded=await self._recorded(runner.state),
            )
        )
        if message is not None and not await self.ari.is_recording(message):
            runner.tell(ev.MessageRecorded(message, 0.0))

    async def _recorded(self, state: CallState) -> bool:
        """Whether a talk has its recording: what was begun is not begun anew, that would overwrite it."""
        if state.talking is None or state.recording is None:
            return True
        return file_of(self._desk112.recordings, state.recording).exists() or await self.ari.is_recording(
            state.recording
        )

    async def _take_up_unknown(self, call: str, dialled: str, found: Found) -> None:
        """A channel in our hands that no live row knows: one that came while we were away, or one that we had ended."""
        if await self.ledger.find(call) is not None:
            await self.ari.hangup(call)  # its end was saved, and then we died before we hung up
        else:
            self._arrive(call, dialled, dict(found.channels[call]))

    async def _clear(self, found: Found) -> None:
        """Phones and bridges of calls that are over."""
        for leg in found.legs():
            if call_of_part(leg) not in self.runners:
                await self.ari.hangup(leg, 26)
        for bridge, call in found.talks().items():
            if call not in self.runners:
                await self.ari.destroy_bridge(bridge)

    def _revived(self, row: dict[str, Any]) -> CallRunner:
        stored = {"call": row["id"], **json.loads(row["state"])}
        state: CallState = from_dict(stored)
        caller = Caller(row["display"], row["number"])
        runner = CallRunner(state, row["ticket"], caller, self._desk112, stored.get("asterisk"))
        self.runners[row["id"]] = runner
        if state.talking is not None:
            self.floor.engaged(state.talking.operator, row["id"], "talking")
        self._keeper.start(f"call-{row['id']}", self._serve(runner))
        log.info("call.taken_over", call=row["id"], ticket=row["ticket"], stage=state.stage)
        return runner

    # duties

    async def _staff(self, *, first: bool = False) -> None:
        rows = await self._store.read(lambda store: store.people.operators())
        presences = await self._store.read(lambda store: store.people.presences()) if first else []
        self.floor.staff([row["name"] for row in rows], {row["operator"]: row["wanted"] for row in presences})
        for row in presences:
            if row["call"] is not None and (since := await self._wraps_up_since(row)) is not None:
                self.floor.wraps_up(row["operator"], row["call"], since)

    async def _wraps_up_since(self, presence: dict[str, Any]) -> datetime | None:
        """From when on an operator is at the ticket of a talk that is over; None: there is none, or they talk still.

        A desk is written a moment after its call: who talks, by the desk, may have been released by the call."""
        if presence["live"] == "wrap_up":
            return from_text(presence["since"])
        if presence["live"] != "talking" or (call := await self.ledger.find(presence["call"])) is None:
            return None
        talking = from_dict({"call": call["id"], **json.loads(call["state"])}).talking
        if talking is not None and talking.operator == presence["operator"]:
            return None
        return from_text(ended) if (ended := call.get("talk_ended_at")) else None

    async def restaff(self) -> None:
        """Users changed: take up the operators anew."""
        await self._staff()
        self._phones_wanted.set()

    async def _resync_phones(self) -> None:
        self._phones_wanted.set()
        await self._presence.sync(
            [desk.operator for desk in self.floor.roster.desks.values() if desk.wanted == "ready"]
        )

    async def _watch_phones(self) -> None:
        """Which operators' phones are registered: asked anew whenever Asterisk says that a contact changed."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PHONES_S):
                    await self._phones_wanted.wait()
            self._phones_wanted.clear()
            try:
                self._phones_are({p.account for p in await self.ami.phones() if p.state != "Unreachable"})
            except AmiError as error:
                log.warning("phones.unknown", error=str(error))
                await asyncio.sleep(1)

    def _phones_are(self, registered: set[str]) -> None:
        self.phones = frozenset(registered)
        for desk in list(self.floor.roster.desks.values()):
            call = self.floor.registered(desk.operator, desk.operator in registered)
            runner = self.runners.get(call) if call else None
            for leg in runner.state.legs if runner else ():
                if leg.operator == desk.operator and runner is not None:
                    runner.tell(ev.LegEnded(leg.id, "unreachable"))
        self.pump()

    async def _watch_floor(self) -> None:
        """Wrap-ups and cool-downs end by time: look again then, and at least twice a second."""
        while True:
            self.floor.refresh()
            self.pump()
            await asyncio.sleep(0.25)

    async def _renew_dead_men(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            slept = loop.time()
            await asyncio.sleep(RENEW_S)
            if loop.time() - slept > 2 * RENEW_S:
                continue  # we were stopped: first hear which calls have walked to the fail-safe branch meanwhile
            for runner in list(self.runners.values()):
                if runner.dead_man and runner.state.stage != "ended":
                    await runner.renew_dead_man()

    def _vitals(self) -> dict[str, Any]:
        """What the heartbeat tells; `phones` are those registered beside the operators'."""
        phones = sorted(self.phones - set(self.floor.roster.desks))
        asterisk = self.ari.connected
        return {"calls": len(self.runners), "asterisk": asterisk, "seq": self._requests.seq, "phones": phones}

    async def _beat(self) -> None:
        while True:
            now, data = self._clock(), self._vitals()
            try:
                await self._store.write(
                    lambda store, now=now, data=data: store.people.beat(now, "calls", os.getpid(), data)  # type: ignore[misc]
                )
            except TicketError as error:
                log.error("beat.failed", error=str(error))
            self.on_beat()
            await asyncio.sleep(BEAT_S)

    async def _follow_requests(self) -> None:
        async for rows in self._store.follow(self._requests.seq, requests=True):
            for row in rows:
                await self._requests.act(row)

    async def _requests_since(self) -> int:
        """From where the former process stopped; what operators asked long ago is not done now."""
        beats = {row["process"]: row for row in await self._store.read(lambda store: store.people.beats())}
        before = beats.get("calls")
        fresh = before and datetime.fromisoformat(before["at"]) > self._clock() - timedelta(minutes=5)
        if before and fresh and before["data"].get("seq") is not None:
            return int(before["data"]["seq"])
        return await self._store.read(lambda store: store.journal.last())

    async def _not_called_back(self, operator: str, task: int, why: str) -> None:
        await self.refuse("request.callback", f"user:{operator}", why, {"operator": operator, "task": task})

    async def _not_heard(self, user: str, call: str, why: str) -> None:
        await self.refuse("request.listen", f"user:{user}", why, {"operator": user, "call": call})

    async def refuse(self, kind: str, actor: str, why: str, data: dict[str, Any]) -> None:
        """What an operator asked for cannot be done: say so where their page sees it."""
        now = self._clock()
        await self._store.write(
            lambda store: store.journal.append(now, f"{kind}.refused", actor, data={**data, "why": why})
        )


def _walked(channel: dict[str, Any]) -> bool:
    """Whether a channel that left us lives on in the dialplan; one that was not answered yet may be just hanging up."""
    inside = channel.get("dialplan", {})
    failsafe = inside.get("context") == "failsafe" or inside.get("exten") == "T"
    return bool(inside.get("app_name") != "Stasis" and (channel["state"] == "Up" or failsafe))


def _lives(row: dict[str, Any]) -> bool:
    """Whether its flow has not ended: what the dead-man timer took away is the fail-safe's."""
    return bool(json.loads(row["state"]).get("stage") != "ended")


def _message(state: CallState) -> str | None:
    """The message that a call records, or has just recorded."""
    return state.recording if state.stage == "recording" and state.outcome != "message" else None


def _location(channel: dict[str, Any]) -> str | None:
    """The caller's position as JSON text, where the network sent one."""
    found = parse((channel.get("channelvars") or {}).get("TANGGAP_LOCATION"))
    return None if found is None else json.dumps(found)


async def run(
    instance: Callable[[], Instance], clock: Callable[[], datetime], stop: asyncio.Event, vitals: Vitals
) -> None:
    """The process: until `stop`."""
    keeper = TaskKeeper()
    store = await StoreThread(instance().var / "tanggap.db", lambda: instance().secrets.number_key).open()
    vitals.watch(store)
    service = CallService(instance, store, keeper, clock)
    measure(service, vitals)
    try:
        starting = keeper.start("start", service.start())
        stopping = keeper.start("stop", stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done() and starting.exception() is not None:
            raise starting.exception()  # type: ignore[misc]
        spare_collector()  # of ARI's description, too
        await stop.wait()
    finally:
        await service.close()
        await keeper.close()
        await store.close()
