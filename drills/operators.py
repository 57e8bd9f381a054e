"""The drill's operators, with a page and a phone each: they answer, talk, give their verdict, and are ready again.

An idle operator listens to callers who wait in silence, and takes those who sound like a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from drills import faults
from drills.caller import Caller
from drills.instance import Person
from drills.journal import Tickets
from drills.page import OperatorPage, PageError
from drills.phones import sip
from drills.phones.agent import Incoming
from drills.phones.audio import Audio
from drills.phones.media import Stream
from drills.phones.phone import DeskPhones
from drills.phones.recognise import sounds_like
from drills.plan import Answering, Plan
from drills.silent import LISTEN_S, SilentLane, sounds_human
from drills.spans import Spans
from tickets.model import Row

log = structlog.get_logger(__name__)
Spawn = Callable[[str, Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]

ACK_S, LOOK_S, IN_TOUCH_S, LISTEN_EVERY_S = 4.0, 0.5, 6.0, 0.2
# for a call that the drill did not make: it cannot happen, and must not stop the drill
STRANGER = Answering(reaction_s=3.0, talk_s=5.0, wrap_up_s=5.0, verdict="prank")


@dataclass(frozen=True, slots=True)
class Room:
    """Everything that all operators share."""

    plan: Plan
    tickets: Tickets
    audio: Audio
    silent: SilentLane
    spawn: Spawn


class Operator:
    """One operator; spans of time: `work` kept busy by a call, `off` not on duty, `away` either of them."""

    def __init__(self, person: Person, page: OperatorPage, phones: DeskPhones, sip_password: str, room: Room) -> None:
        self.name = person.name
        self.busy = False
        self._person = person
        self._room = room
        self._page = page
        self._phone = phones.phone(person.name, sip_password, self._rings)
        self._loop = asyncio.get_running_loop()
        self.work, self.off, self.away = (Spans(self._loop.time) for _ in range(3))
        self._be("belum masuk", off=True)
        self._listens_to: Row | None = None
        self._leaving = False

    async def come(self) -> None:
        """Register the phone and log in; not ready yet."""
        await self._phone.register()
        self._room.spawn(f"phone-{self.name}", self._phone.stay())
        await self._page.open(self._person.password)

    async def ready(self) -> None:
        """Press «Siap»."""
        await self._page.ready()
        if not self.busy:
            self._be("siap")
        if self._room.plan.scenario.file.operators.listens:
            self._room.spawn(f"silent-{self.name}", self._watch_silent())

    async def leave(self) -> None:
        """End the shift: finish the call at hand, then go."""
        self._leaving = True
        await self._page.want("offline")
        if not self.busy:
            self._be("pulang", off=True)

    async def close(self) -> None:
        """Leave the page."""
        await self._page.close()

    def _be(self, state: str, *, work: bool = False, off: bool = False) -> None:
        self.state = state
        for spans, on in ((self.work, work), (self.off, off), (self.away, work or off)):
            spans.set(on)

    def _be_idle(self) -> None:
        self.busy = False
        self._be("pulang" if self._leaving else "siap", off=self._leaving)

    # a call

    def _rings(self, call: Incoming) -> None:
        ticket, caller = call.invite.one("x-ticket"), None
        if not ticket:  # the fail-safe branch rings without a ticket, but with the caller's number
            caller = self._room.tickets.calling(sip.user_of(call.invite.one("from")))
            if caller is None:
                self._room.spawn(f"listen-{self.name}", self._hear(call))
                return
        rang = self._loop.time()
        self.busy = True
        self._be("berdering", work=True)
        self._room.spawn(f"operator-{self.name}", self._serve(call, ticket, rang, caller))

    async def _serve(self, call: Incoming, ticket: str, rang: float, caller: Caller | None) -> None:
        caller = caller or await self._room.tickets.whose(ticket)
        answering = caller.planned.answering if caller else STRANGER
        if caller is not None:
            ticket = ticket or caller.heard.ticket
            caller.rings(rang, self.name, ticket)
        try:
            if await _lasts(call.cancelled, self._room.plan.shortened("reaction", answering.reaction_s)):
                await self._talk(call, self._phone.pick_up(call), caller, answering)
                await self._wrap_up(ticket, caller, answering)
        except (PageError, TimeoutError, OSError) as error:
            log.error("drill.operator_failed", operator=self.name, ticket=ticket, error=str(error))
        self._be_idle()

    async def _talk(self, call: Incoming, stream: Stream, caller: Caller | None, answering: Answering) -> None:
        self._be("bicara", work=True)
        try:
            async with asyncio.timeout(ACK_S):
                await call.acknowledged.wait()
            voice = self._room.audio.get("operator", caller.planned.variant if caller else 0)
            stream.say(voice, loop=True)
            stream.keeps = True
            if caller is not None:
                caller.connected(voice)
                await _until(lambda: call.ended.is_set() or caller.in_touch.is_set(), IN_TOUCH_S)
            await self._converse(call, stream, caller, answering)
            if caller is not None and not call.ended.is_set():
                caller.heard.let_go = True
            await call.bye()
        finally:
            self._phone.put_down(stream)

    async def _converse(self, call: Incoming, stream: Stream, caller: Caller | None, answering: Answering) -> None:
        """Talk until the operator has heard enough or the caller hangs up; listen for the caller's own sound."""
        until = self._loop.time() + self._room.plan.shortened("talk", answering.talk_s)
        while not call.ended.is_set() and self._loop.time() < until:
            if caller is not None and not caller.heard.heard_caller:
                caller.heard.heard_caller = sounds_like(stream, caller.sound)
            await _lasts(call.ended, min(LISTEN_EVERY_S, max(0.0, until - self._loop.time())))

    async def _wrap_up(self, ticket: str, caller: Caller | None, answering: Answering) -> None:
        """Give the verdict, fill in the ticket, press «Selesai»."""
        self._be("mencatat", work=True)
        try:
            if ticket:
                await self._page.judge(ticket, answering.verdict)
                await self._send_on(ticket, answering)
        except PageError as error:  # a colleague has: the caller came back into the line
            log.info("drill.not_judged", operator=self.name, ticket=ticket, error=str(error))
        await asyncio.sleep(self._room.plan.shortened("wrap_up", answering.wrap_up_s))
        await self._page.wrap_up_done()
        if caller is not None:
            caller.heard.verdict = answering.verdict

    async def _send_on(self, ticket: str, answering: Answering) -> None:
        """Dispatch a genuine report to an agency, if the scenario plays faults."""
        if self._room.plan.scenario.file.faults is None or answering.verdict != "genuine":
            return
        await self._page.save(ticket, {
            "kind": "emergency", "category": faults.CATEGORY, "kecamatan": "Tahunan", "desa": "Mantingan",
            "address": "Sebelah masjid", "description": "Latihan gangguan.",
        })  # fmt: skip
        await self._page.dispatch(ticket, [faults.OPD])

    # the silent lane

    async def _watch_silent(self) -> None:
        """Listen to callers who wait in silence while no call is at hand."""
        while not self._leaving:
            await asyncio.sleep(LOOK_S)
            row = None if self.busy else self._room.silent.next(self._page.shown)
            if row is None:
                continue
            self._listens_to = row
            try:
                await self._page.listen(row["id"])
                await asyncio.sleep(LISTEN_S)
            except (PageError, OSError) as error:
                log.info("drill.not_listened", operator=self.name, call=row["id"], error=str(error))

    async def _hear(self, call: Incoming) -> None:
        """Hear a silent caller over the phone, and take the call if it sounds like a person."""
        row, stream = self._listens_to, self._phone.pick_up(call)
        self.state = "mendengar"
        caller = await self._room.tickets.whose(row["ticket"]) if row else None
        try:
            if row is not None and caller is not None and await sounds_human(call, stream, caller.planned.group.sound):
                await self._take(row, call, stream, caller)
        except (PageError, TimeoutError, OSError) as error:
            log.info("drill.not_taken", operator=self.name, error=str(error))
        self._phone.put_down(stream)
        await call.bye()
        if self.state == "mendengar":
            self.state = "siap"

    async def _take(self, row: Row, call: Incoming, stream: Stream, caller: Caller) -> None:
        """Press «Ambil»: the caller is on this phone already, so nothing rings."""
        self.busy = True
        caller.rings(self._loop.time(), self.name, row["ticket"])
        answering = caller.planned.answering
        try:
            await self._page.take(row["id"])
            await self._talk(call, stream, caller, answering)
            await self._wrap_up(row["ticket"], caller, answering)
        finally:
            self._be_idle()


async def _until(true: Callable[[], bool], limit_s: float) -> None:
    """Wait until `true` or for `limit_s`: a silent line must not keep an operator for ever."""
    deadline = asyncio.get_running_loop().time() + limit_s
    while not true() and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - two things may end it
        await asyncio.sleep(0.02)


async def _lasts(over: asyncio.Event, seconds: float) -> bool:
    """Wait so many seconds; False if `over` was set before."""
    try:
        async with asyncio.timeout(seconds):
            await over.wait()
    except TimeoutError:
        return True
    return False
