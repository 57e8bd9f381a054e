"""Conducts one drill: brings the private instance up, lets everybody call and answer, and gathers what happened."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from rich.console import Console

from drills.caller import Caller
from drills.conducted import Conducted
from drills.faults import Agency, Kills
from drills.instance import OPERATORS_HOST, Person, people, prepare, trunk_host
from drills.journal import Tickets
from drills.operators import Operator, Room
from drills.page import OperatorPage
from drills.phones.agent import Agent
from drills.phones.audio import Audio
from drills.phones.media import Media
from drills.phones.phone import DeskPhones
from drills.phones.rtp import Ear
from drills.plan import Plan, PlannedCall
from drills.ports import own_ports
from drills.progress import Shown
from drills.result import Checks, Result, result
from drills.silent import SilentLane
from instance import Instance, load
from operations.story import Story
from operations.up import RunningInstance
from processes.instance_lock import alone
from processes.logs import to_file
from processes.tasks import TaskKeeper
from tickets.model import Row
from tickets.store import Store

log = structlog.get_logger(__name__)

# not recognised as prompts: they begin anywhere, and arrive slightly altered
MUSIC = ("musik", "nada")
SETTLE_S, POLL_S = 25.0, 0.2
# outcomes that end with a good-bye of ours, so nobody is cut off
GOODBYES = ("message", "after_hours", "silent")


@dataclass(frozen=True, slots=True)
class Trunk:
    """The SIP agent and the RTP socket that place the calls of one trunk."""

    agent: Agent
    media: Media


class Drill:
    """Conducts a drill on a running instance; `conducted` is its state, for the progress display and the result."""

    def __init__(
        self,
        plan: Plan,
        line: RunningInstance,
        crew: list[Person],
        trunks: dict[str, Trunk],
        desk: DeskPhones,
        audio: Audio,
        agency: Agency,
    ) -> None:
        self.conducted = Conducted(plan)
        self._plan = plan
        self._line = line
        self._crew = crew
        self._trunks = trunks
        self._desk = desk
        self._audio = audio
        self._keeper = TaskKeeper()
        self._tickets = Tickets(line.store)
        self._listener = listener(line.instance)
        self._room = Room(plan, self._tickets, audio, SilentLane(asyncio.get_running_loop().time), self._keeper.start)
        self._loop = asyncio.get_running_loop()
        self._kills = Kills(plan, line.children, self._loop.time)
        self._agency = agency

    async def run(self, *, screening: bool) -> Result:
        """Plays the plan from the first log-in to the last wrap-up, and gathers the result."""
        moment = datetime.now(UTC)
        try:
            self._keeper.start("journal", self._tickets.follow(await self._tickets.last()))
            await self._operators_come()
            self.conducted.began = self._loop.time()
            shifts = self._keeper.start("shifts", self._change_shifts())
            calls = [self._keeper.start(f"call-{call.index}", self._call(call)) for call in self._plan.calls]
            breaking = self._keeper.start("faults", self._kills.run())
            await asyncio.gather(*calls, return_exceptions=True)
            lasted = self._loop.time() - self.conducted.began
            shifts.cancel()
            breaking.cancel()
            rows = await self._settled(moment)
            return result(self.conducted, rows, await self._checks(rows), lasted, screening=screening)
        finally:
            for operator in self.conducted.operators:
                await operator.close()
            await self._keeper.close()

    async def _operators_come(self) -> None:
        staff, site = self._plan.scenario.file.operators, self._line.instance.site
        passwords = load(self._line.instance.home).secrets.sip
        for person in self._crew:
            page = OperatorPage(site.console, person.name, self._keeper.start)
            self.conducted.operators.append(Operator(person, page, self._desk, passwords[person.name], self._room))
        if self._plan.scenario.file.line == "open":
            await _all(operator.come() for operator in self.conducted.operators)
            await _all(operator.ready() for operator in self.conducted.operators[: staff.count])

    async def _change_shifts(self) -> None:
        change, count = self._plan.scenario.file.operators.change, self._plan.scenario.file.operators.count
        if change is None:
            return
        await asyncio.sleep(self._plan.lasts_s * change.at / 100)
        await _all(operator.leave() for operator in self.conducted.operators[:count])
        await asyncio.sleep(change.gap.middle)
        await _all(operator.ready() for operator in self.conducted.operators[count:])

    async def _call(self, planned: PlannedCall) -> None:
        await asyncio.sleep(max(0.0, self.conducted.began + planned.at_s - self._loop.time()))
        trunk = self._trunks[planned.trunk]
        broken = self._plan.scenario.file.faults is not None
        caller = Caller(planned, trunk.agent, trunk.media, self._listener, self._audio, insists=broken)
        self.conducted.callers.append(caller)
        self._tickets.dials(caller)
        try:
            await caller.run()
        except Exception as error:
            log.exception("drill.caller_failed", call=planned.index)
            caller.heard.failure = caller.heard.failure or repr(error)[:200]
            caller.heard.ended = caller.heard.ended or self._loop.time()

    async def _settled(self, since: datetime) -> list[Row]:
        """Wait until all calls are over and every operator is free, at most SETTLE_S; the store's rows of the calls."""
        deadline = self._loop.time() + SETTLE_S
        while True:
            rows = await self._line.store.read(lambda store: _calls(store, since))
            busy = any(operator.busy for operator in self.conducted.operators)
            over = all(row["ended_at"] for row in rows) and not busy
            if over or self._loop.time() > deadline:
                return rows
            await asyncio.sleep(POLL_S)

    async def _checks(self, rows: list[Row]) -> Checks:
        """Count what must be 0 in every scenario: lost, stuck and unforeseen calls."""
        status = await self._line.asterisk.status()
        answered = [caller for caller in self.conducted.callers if caller.heard.answered is not None]
        by_ticket = {row["ticket"]: row for row in rows}
        heard = [caller.heard for caller in self.conducted.callers]
        assignments = await self._line.store.read(lambda store: store.assignments.open(None, datetime.now(UTC)))
        return Checks(
            failed=sum(bool(caller.heard.failure) for caller in self.conducted.callers),
            without_ticket=sum(caller.heard.ticket not in by_ticket for caller in answered),
            not_ended=sum(row["ended_at"] is None for row in rows),
            stuck_channels=status.channels,
            left_to_failsafe=sum(row["handled_by"] != "calls" or row["outcome"] == "failsafe" for row in rows),
            cut=sum(call.talked is not None and call.ended_by == "petugas" and not call.let_go for call in heard),
            hung_up=sum(
                call.talked is None
                and call.ended_by == "112"
                and by_ticket.get(call.ticket, {}).get("outcome") not in GOODBYES
                for call in heard
            ),
            pushes_missing=self._agency.missing(assignments, datetime.now(UTC)),
            pushes_twice=self._agency.twice,
            pushes_twice_unexplained=self._agency.unexplained(self._kills.moments),
            pushes=sum(map(len, self._agency.pushed.values())),
            assignments=len(assignments),
            kills=tuple(self._kills.done),
            restarts=sum(child.restarts for child in self._line.children.values()),
            frames_late=sum(trunk.media.late for trunk in self._trunks.values()) + self._desk.media.late,
        )


async def _all(acts: Iterable[Awaitable[None]]) -> None:
    await asyncio.gather(*acts)


def _calls(store: Store, since: datetime) -> list[Row]:
    return [store.calls.get(row["id"]) for row in store.calls.since(since, limit=100_000)]


def listener(instance: Instance) -> Ear:
    """A listener that recognises the instance's prompts by their bytes."""
    folder = instance.var / "prompts"
    return Ear(folder, [path.stem for path in sorted(folder.glob("*.wav")) if path.stem.split(".")[0] not in MUSIC])


@asynccontextmanager
async def drill(
    plan: Plan, home: Path, live: Path, *, screening: bool, tell: Callable[[str], None]
) -> AsyncIterator[Drill]:
    """A drill that is ready to `run` on an instance of its own in `home`; everything is stopped afterwards."""
    async with AsyncExitStack() as stack:
        stack.enter_context(alone(home))
        tell("instans tersendiri disiapkan")
        ports = stack.enter_context(own_ports())
        instance = await asyncio.to_thread(lambda: prepare(home, live, plan, ports, screening=screening))
        to_file(instance.var / "log" / "drill.log")
        audio = Audio(instance.var / "audio")
        names = {group.sound for group in plan.scenario.file.callers} | {"operator"}
        await asyncio.to_thread(audio.prepare, names)
        crew = await asyncio.to_thread(lambda: people(instance, plan))
        agency = Agency()
        stack.push_async_callback(agency.close)
        await agency.open(ports[5])
        line = RunningInstance(instance, Story(Console(file=io.StringIO())))
        stack.push_async_callback(line.stop)
        await line.start()
        server = ("127.0.0.1", instance.site.asterisk.sip_port)
        trunks = {}
        for name in plan.scenario.file.trunks:
            trunks[name] = Trunk(await Agent.open(server, trunk_host(plan, name)), Media(trunk_host(plan, name)))
            stack.callback(trunks[name].media.close)
            stack.push_async_callback(trunks[name].agent.close)
        desk = DeskPhones(await Agent.open(server, OPERATORS_HOST), Media(OPERATORS_HOST))
        stack.callback(desk.media.close)
        stack.push_async_callback(desk.agent.close)
        tell("Asterisk dan keempat proses berjalan")
        yield Drill(plan, line, crew, trunks, desk, audio, agency)


async def play(plan: Plan, home: Path, live: Path, *, screening: bool) -> Result:
    """Plays one drill from an empty folder to its result; the progress is shown on standard error."""
    shown, keeper = Shown(Console(stderr=True, highlight=False)), TaskKeeper()
    try:
        async with drill(plan, home, live, screening=screening, tell=shown.tell) as made:
            keeper.start("progress", shown.follow(made.conducted))
            return await made.run(screening=screening)
    finally:
        await keeper.close()
