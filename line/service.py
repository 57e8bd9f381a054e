"""The service of all calls of one line, between Asterisk, the flow, the floor and the store; each call has a runner."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from agents.waiting import LineRules
from asterisk.ami import Ami
from asterisk.ari import Ari
from asterisk.errors import AriError
from asterisk.legs import Legs
from asterisk.translate import (
    ALLOWED_EVENTS,
    Arrival,
    Left,
    Sounded,
    Stray,
    Tapped,
    Told,
    translate,
    trunk_of,
)
from instance import Instance, Secrets, secrets_file
from instance.spill_place import spill_files
from ivr import events as ev
from ivr import flow
from ivr.state import CallState, Script, from_dict
from line.broken.merged import CONTEXT, Merged
from line.broken.replacing import Replacing
from line.broken.watch import Watch
from line.call_runner import CallContext, Caller, CallRunner
from line.call_writer import READ_BACK_S, CallWriter
from line.calling_back import CallingBack
from line.ear.ear import Ear
from line.ear.line import EarLine
from line.failsafe_calls import FailsafeCalls
from line.floor import Floor
from line.listening import Listening
from line.new_call import identity_of, location_of, new_call
from line.presence_writes import PresenceWrites
from line.recordings import duty_of
from line.refusals import Refusals
from line.requests import Requests
from line.staffing import Staffing
from line.standing import judge
from line.take_over import TakeOver, carried_elsewhere
from line.trunk_room import TrunkRoom
from line.unforeseen import unforeseen
from processes.duties import Duties
from processes.heartbeat import Heartbeat
from processes.running import steady
from processes.tasks import TaskKeeper
from tickets.errors import TicketError
from tickets.model import day_of
from tickets.routing import desk_phones
from tickets.store.calls import NewCall
from tickets.store.steps import Duty
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

APP = "tanggap"
RENEW_S = 20.0
LEFT_S = 0.5
# limits of the duties that are slower than the others, or must be quicker
FLOOR_S, PRESENCE_S, STRAYS_S, EAR_S = 10.0, 60.0, 120.0, 60.0


class CallService:
    """Serves all calls of one line; `instance` is asked anew for each step, so that a new edition counts at once."""

    def __init__(
        self,
        instance: Callable[[], Instance],
        store: StoreThread,
        keeper: TaskKeeper,
        clock: Callable[[], datetime],
        duties: Duties | None = None,
    ) -> None:
        self._instance = instance
        self._store = store
        self._keeper = keeper
        self._clock = clock
        self.duties = Duties() if duties is None else duties
        site = instance().site.asterisk
        self.ari = Ari(
            f"http://127.0.0.1:{site.http_port}", APP, APP, lambda: self._secrets().ari_password, keeper.start
        )
        self.ami = Ami("127.0.0.1", site.ami_port, APP, lambda: self._secrets().ami_password, keeper.start)
        self.writer = CallWriter(store, spill_files(instance(), "calls"), clock, keeper.start)
        self.writer.on_arrived = self._numbered
        self._presence = PresenceWrites(store, self.ami, clock)
        self.floor = Floor(steady(clock), self._presence.put, self._line_rules, lambda: instance().site.wrap_up_s)
        self.runners: dict[str, CallRunner] = {}
        self._merged = Merged()
        self.failsafe_calls = FailsafeCalls(store, self.ari, clock, instance, self.runners.keys, self._duty)
        self._staffing = Staffing(store, self.writer, self.ami, self.floor, self._presence, self.runners, self.pump)
        self.on_arrival: Callable[[float], object] = lambda seconds: None
        self.on_beat: Callable[[], object] = lambda: None
        self._prompts = f"sound:{instance().var.resolve()}/prompts"
        self._requests = Requests(self)
        self.legs = Legs(self.ari)
        self._refusals = Refusals(store, clock)
        self.listening = Listening(
            self.ari, self.legs, store, self.floor, self.runners, clock, keeper.start, self._not_heard
        )
        self.calling_back = CallingBack(
            self.ari,
            self.legs,
            store,
            self.floor,
            lambda: instance().site,
            clock,
            keeper.start,
            self._not_called_back,
            TrunkRoom(self.ari, instance().var / "run"),
        )
        self._hearing = Watch(self.ami, self.runners)
        pauses = self._hearing.pauses
        self._replacing = Replacing(self.ami, self.floor, self.runners, store, clock, keeper.start, pauses)
        self.ear = Ear(self.ari, EarLine(self.runners, store, clock, keeper.start), keeper.start, self._ear_is_on)
        recordings = instance().var / "asterisk" / "spool" / "recording"
        self._take_over = TakeOver(
            self.ari,
            self.writer,
            self.runners,
            recordings,
            self._revived,
            self._arrive,
            self.ear,
            self.listening,
            self.calling_back,
        )
        self._context = CallContext(
            writer=self.writer,
            ari=self.ari,
            ami=self.ami,
            floor=self.floor,
            script=self._script,
            clock=clock,
            spawn=keeper.start,
            offers=self,
            media=self._media,
            recordings=recordings,
            ring_s=lambda: instance().site.ring_s,
            duty=self._duty,
            ticket_url=lambda ticket: f"{instance().site.console.url}/tiket/{ticket}",
        )

    # start

    async def start(self) -> None:
        """Take over the operators and calls that are there, then answer new ones."""
        await self.writer.open()
        await self._requests.begin(self._store, self._clock())
        await self._staffing.begin()
        start = partial(self.duties.start, self._keeper.start)
        start("presence", self._presence.run, limit_s=PRESENCE_S)
        await self.ami.connect()
        self.ari.on_event(self._on_ari, ALLOWED_EVENTS)
        self.ari.on_connect(self._take_over.run)
        await self.ari.connect()
        start("phones", self._staffing.watch_phones)
        start("operators", self._staffing.follow_users)
        start("dead-man", self._renew_dead_men, limit_s=3 * RENEW_S)
        start("floor", self._watch_floor, limit_s=FLOOR_S)
        start("media", self._hearing.run, vital=False)
        start("requests", partial(self._requests.follow, self._store))
        start("refusals", self._refusals.run)
        start("beat", Heartbeat(self._store, self._clock, "calls", lambda: self.on_beat(), data=self._vitals).beat)
        start("ledger", self.writer.keep, limit_s=READ_BACK_S, restarts=False)
        start("strays", self.failsafe_calls.run, limit_s=STRAYS_S, vital=False)
        if self._ear_is_on():  # without the ear every sound counts as a person
            start("ear", self.ear.run, vital=False)
            start("ear-process", self.ear.hands.run, limit_s=EAR_S, vital=False)

    async def close(self) -> None:
        """Leave Asterisk; its calls stay, and the next start takes them over."""
        await self.ari.close()
        await self.ami.close()
        await self.writer.close()

    def _numbered(self, call: str, ticket: str) -> None:
        """Note the ticket number of a spilled arrival: the store gives another where the provisional one was taken."""
        if runner := self.runners.get(call):
            runner.ticket = ticket

    @property
    def phones(self) -> frozenset[str]:
        """Accounts whose phones are registered."""
        return self._staffing.phones

    @property
    def followed(self) -> int:
        """The last journal row that was read for requests."""
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
        match self.legs.route(translate(event)):
            case Arrival(call, dialled, channel):
                self._arrive(call, dialled, channel)
            case Left(call):
                runner = self.runners.get(call)
                if runner is not None:
                    runner.dead_man = False  # the fail-safe branch sets its own timers
                if runner is not None and not runner.gone and runner.state.stage != "ended":
                    self._keeper.start(f"left-{call}", self._left(call))
            case Sounded(call):
                self.ear.sounded(call)
            case Tapped(channel):
                self.ear.entered(channel)
            case Stray(leg):
                self._keeper.start(f"orphan-{leg}", self.legs.hang_up(leg))
            case Told(call, event_of_call):
                if runner := self.runners.get(call):
                    runner.tell(event_of_call)
                elif isinstance(event_of_call, ev.LegAnswered):
                    self._keeper.start(f"orphan-{event_of_call.leg}", self.ari.hangup(event_of_call.leg, 26))

    def _arrive(self, call: str, dialled: str, channel: dict[str, Any]) -> None:
        if call in self.runners:  # moved back into the application: its runner knows
            return
        identity, trunk = identity_of(channel), trunk_of(channel.get("name", ""))
        first = self._merged.first(call, identity, asyncio.get_running_loop().time()) if trunk else None
        if first in self.runners:  # while it lives: a copy of a call that is over may be its caller's last way
            log.info("call.merged", call=call, first=first)
            self._keeper.start(f"merged-{call}", self._merge(call))
            return
        site = self._instance().site
        caller = channel.get("caller", {})
        new = new_call(
            call,
            caller.get("number"),
            dialled,
            site,
            name=caller.get("name"),
            location=location_of(channel),
            trunk=trunk,
            identity=identity,
        )
        # known from now on: the very next event may say that the caller has hung up
        runner = CallRunner(
            flow.begin(call), "", Caller(new.display, new.number), self._context, self._take_over.asterisk
        )
        self.runners[call] = runner
        self._keeper.start(f"call-{call}", self._serve_arrival(runner, new))

    async def _merge(self, call: str) -> None:
        """Refuse a copy of a call, which has its ticket and rings already."""
        try:
            await self.ari.leave(call, CONTEXT)
        except AriError as error:  # its sender has taken it back
            log.info("call.merged_gone", call=call, error=str(error))

    async def _serve_arrival(self, runner: CallRunner, new: NewCall) -> None:
        call = runner.call
        now, instance, began = self._clock(), self._instance(), asyncio.get_running_loop().time()
        try:
            await runner.arrive(new, day_of(now, instance.hours.tz), judge(new, now, instance.routing.screening))
        except Exception as error:
            # no ticket without a store: Asterisk's fail-safe branch keeps the caller
            log.error("call.no_ticket", call=call, error=str(error), exc_info=unforeseen(error))
            self.runners.pop(call, None)
            await self.ari.leave(call, "failsafe")
            return
        self.on_arrival(asyncio.get_running_loop().time() - began)
        log.info("call.arrived", call=call, ticket=runner.ticket, anonymous=new.anonymous)
        self._replacing.arrived(runner)
        await self._serve(runner)

    async def _serve(self, runner: CallRunner) -> None:
        await runner.serve()
        self.listening.call_over(runner.call)
        self.runners.pop(runner.call, None)

    async def _left(self, call: str) -> None:
        """Handle a StasisEnd: the caller hung up, or the dead-man timer moved the call to the fail-safe branch.

        That branch may have served the call to its end already: then its row says so, the channel is gone."""
        while True:
            try:
                channel = await self.ari.channel(call)
                break
            except AriError as error:  # no second StasisEnd comes: the call would stay in the line for ever
                log.warning("call.left_unknown", call=call, error=str(error))
                await asyncio.sleep(LEFT_S)
        try:
            row = await self.writer.find(call)
        except TicketError:
            row = None
        runner = self.runners.get(call)
        if runner is None:
            return
        lives_on = channel is not None and _walked(channel)
        runner.tell(ev.LeftToFailsafe() if lives_on or carried_elsewhere(row) else ev.CallerGone())

    def offer(self, call: str, operators: tuple[str, ...]) -> None:
        """Pass an offer to a call; the desks of these operators count as ringing for it already."""
        if runner := self.runners.get(call):
            runner.tell(ev.Offered(operators))
        else:
            self.floor.line = self.floor.line.dequeue(call)
            self.floor.settle(call, set())

    def desk_phone(self, opd: str) -> str | None:
        """The account of a desk phone of this agency that is registered, or None."""
        return next((phone for phone in desk_phones(self._instance().routing, opd) if phone in self.phones), None)

    def pump(self) -> None:
        """Offer waiting calls to free operators."""
        for offer in self.floor.pump():
            self.offer(offer.call, offer.operators)

    def _revived(self, row: dict[str, Any]) -> CallRunner:
        stored = {"call": row["id"], **json.loads(row["state"])}
        state: CallState = from_dict(stored)
        caller = Caller(row["display"], row["number"])
        runner = CallRunner(state, row["ticket"], caller, self._context, stored.get("asterisk"))
        self.runners[row["id"]] = runner
        if state.talking is not None:
            self.floor.engaged(state.talking.operator, row["id"], "talking")
        self._keeper.start(f"call-{row['id']}", self._serve(runner))
        log.info("call.taken_over", call=row["id"], ticket=row["ticket"], stage=state.stage)
        return runner

    # duties

    def restaff(self) -> None:
        """Read the operators anew: users changed."""
        self._staffing.changed()

    async def _watch_floor(self) -> None:
        """Look at the floor four times a second: wrap-ups and cool-downs end by time alone."""
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
                continue  # this process stood still: first learn which calls have gone to the fail-safe branch
            for runner in list(self.runners.values()):
                if runner.dead_man and runner.state.stage != "ended":
                    try:
                        await runner.renew_dead_man()
                    except Exception:  # the other calls need theirs as well
                        log.exception("call.dead_man_not_set", call=runner.call)

    def _vitals(self) -> dict[str, Any]:
        """Data of the heartbeat; `phones` are the registered ones that are no operator's."""
        phones = sorted(self.phones - set(self.floor.roster.desks))
        asterisk = self.ari.connected
        return {
            "calls": len(self.runners),
            "asterisk": asterisk,
            "seq": self._requests.seq,
            "phones": phones,
            "edition": self._instance().edition,
        }

    async def _not_called_back(self, operator: str, task: int, why: str) -> None:
        self.refuse("request.callback", f"user:{operator}", why, {"operator": operator, "task": task})

    async def _not_heard(self, user: str, call: str, why: str) -> None:
        self.refuse("request.listen", f"user:{user}", why, {"operator": user, "call": call})

    def refuse(self, kind: str, actor: str, why: str, data: dict[str, Any]) -> None:
        """Refuse a request in the journal, where the operator's page reads it, as soon as the store takes it."""
        self._refusals.put(kind, actor, why, data)


def _walked(channel: dict[str, Any]) -> bool:
    """True for a channel that left us and lives on in the dialplan; one that was never answered may be hanging up."""
    inside = channel.get("dialplan", {})
    failsafe = inside.get("context") == "failsafe" or inside.get("exten") == "T"
    return bool(inside.get("app_name") != "Stasis" and (channel["state"] == "Up" or failsafe))
