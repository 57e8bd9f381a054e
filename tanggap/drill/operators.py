"""The drill's operators: a page and a phone each; they answer, talk, say what it was, and are ready again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from console.site import ConsoleSite
from tanggap.drill.agent import Incoming
from tanggap.drill.audio import Audio
from tanggap.drill.caller import Caller
from tanggap.drill.instance import Person
from tanggap.drill.journal import Tickets
from tanggap.drill.media import Stream
from tanggap.drill.phone import DeskPhones
from tanggap.drill.plan import Answering, Plan
from tanggap.rehearsal.page import OperatorPage, PageError

log = structlog.get_logger(__name__)
Spawn = Callable[[str, Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]

ACK_S = 4.0
SOUND_FRAMES = 10
# a call that is none of ours (it cannot happen, and must not stop the drill)
STRANGER = Answering(reaction_s=3.0, talk_s=5.0, wrap_up_s=5.0, verdict="prank")


class Spans:
    """When something was the case, on the loop's clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._past: list[tuple[float, float]] = []
        self._since: float | None = None

    def set(self, on: bool) -> None:
        """It is so from now on, or no longer."""
        if on and self._since is None:
            self._since = self._clock()
        elif not on and self._since is not None:
            self._past.append((self._since, self._clock()))
            self._since = None

    def until_now(self) -> list[tuple[float, float]]:
        """All of them, the present one included."""
        return [*self._past, *([] if self._since is None else [(self._since, self._clock())])]


class Operator:
    """One operator: `work` is when a call kept them busy, `off` when they were not on duty, `away` either of them."""

    def __init__(
        self, person: Person, phone: tuple[DeskPhones, str], console: ConsoleSite, plan: Plan, tickets: Tickets,
        audio: Audio, spawn: Spawn,
    ) -> None:  # fmt: skip
        self.name = person.name
        self.answered = 0
        self.busy = False
        self._person = person
        self._plan = plan
        self._tickets = tickets
        self._spawn = spawn
        self._audio = audio
        self._loop = asyncio.get_running_loop()
        self.work, self.off, self.away = (Spans(self._loop.time) for _ in range(3))
        self._be("belum masuk", off=True)
        phones, password = phone
        self._phone = phones.phone(person.name, password, self._rings)
        self._page = OperatorPage(console, person.name, spawn)
        self._leaving = False

    async def come(self) -> None:
        """Register the phone and log in; not ready yet."""
        await self._phone.register()
        self._spawn(f"phone-{self.name}", self._phone.stay())
        await self._page.open(self._person.password)

    async def ready(self) -> None:
        """Press «Siap»."""
        await self._page.ready()
        if not self.busy:
            self._be("siap")

    async def leave(self) -> None:
        """The shift is over: finish what is at hand, then go."""
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

    # a call

    def _rings(self, call: Incoming) -> None:
        rang = self._loop.time()
        self.busy = True
        self._be("berdering", work=True)
        self._spawn(f"operator-{self.name}", self._serve(call, rang))

    async def _serve(self, call: Incoming, rang: float) -> None:
        ticket = call.invite.one("x-ticket")
        caller = await self._tickets.whose(ticket)
        answering = caller.planned.answering if caller else STRANGER
        if caller is not None:
            caller.rings(rang, self.name, ticket)
        try:
            if await self._answers(call, answering):
                await self._talk(call, caller, answering)
                await self._wrap_up(ticket, answering)
        except (PageError, TimeoutError, OSError) as error:
            log.error("drill.operator_failed", operator=self.name, ticket=ticket, error=str(error))
        self.busy = False
        self._be("pulang" if self._leaving else "siap", off=self._leaving)

    async def _answers(self, call: Incoming, answering: Answering) -> bool:
        """Pick up after the reaction time; False when the caller was gone before."""
        try:
            async with asyncio.timeout(self._plan.shortened("reaction", answering.reaction_s)):
                await call.cancelled.wait()
        except TimeoutError:
            return True
        return False

    async def _talk(self, call: Incoming, caller: Caller | None, answering: Answering) -> None:
        stream = self._phone.pick_up(call)
        self._be("bicara", work=True)
        self.answered += 1
        try:
            async with asyncio.timeout(ACK_S):
                await call.acknowledged.wait()
            stream.say(self._audio.get("operator", caller.planned.variant if caller else 0), loop=True)
            if caller is not None:
                caller.connected()
            seconds = self._plan.shortened("talk", answering.talk_s)
            await self._until_over(call, stream, seconds)
            if caller is not None:
                caller.heard.heard_caller = stream.sounding >= SOUND_FRAMES
            await call.bye()
        finally:
            self._phone.put_down(stream)

    async def _until_over(self, call: Incoming, stream: Stream, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await call.ended.wait()
        except TimeoutError:
            return

    async def _wrap_up(self, ticket: str, answering: Answering) -> None:
        """Say what it was, write it down, press «Selesai»."""
        self._be("mencatat", work=True)
        await self._page.judge(ticket, answering.verdict)
        await asyncio.sleep(self._plan.shortened("wrap_up", answering.wrap_up_s))
        await self._page.wrap_up_done()
        if caller := self._tickets.known(ticket):
            caller.heard.verdict = answering.verdict
