"""The laboratory: one instance under its real supervisor, proxies before its Asterisk, phones and an agency of ours."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web
from rich.console import Console

from drills import faults as drill_faults
from drills.conduct import listener
from drills.faults import CATEGORY, OPD, Agency
from drills.instance import OPERATORS_HOST, people, prepare, trunk_host
from drills.phones.agent import Agent
from drills.phones.media import Media
from drills.phones.phone import DeskPhones
from drills.plan import Plan, plan
from drills.ports import own_ports
from drills.scenario import load as load_scenario
from instance import REPOSITORY, Instance, load
from operations.children import Child
from operations.phone_system import build_prompts
from operations.story import Story
from operations.up import PROCESSES, RunningInstance
from processes.tasks import TaskKeeper
from processes.vitals.answers import ask, socket_of
from tests.faults.people import Caller, Operator, until
from tests.faults.proxy import Proxy
from tests.faults.spoilt import Spoils, put_between
from tickets.escalation.ladder import follow_up
from tickets.escalation.ladder import plan as ladder
from tickets.model import Actor, Row
from tickets.store import Store

OPERATORS = ("op1", "op2", "op3", "op4")
DISK = "160m"
LAB = Actor("user", "op1")
FOLLOW_UP_S = 20.0
# all calls come over one trunk and are brief: as shipped, that is a flood, and each would be asked for two digits
FLOOD = {"calls": "1000", "trunk_calls": "10000", "within": "10s", "short": "1s"}
_SERVED = re.compile(r'^tanggap_calls_in_hand\{stage="(\w+)"\} (\S+)$', re.MULTILINE)
_LINKS = re.compile(r'^tanggap_asterisk_connected\{link="\w+"\} (\S+)$', re.MULTILINE)


class FickleAgency(Agency):
    """An agency that never takes a report; it may also refuse connections, or accept them and say nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.speaks = asyncio.Event()
        self.speaks.set()

    async def _take(self, request: web.Request) -> web.Response:
        reply = await super()._take(request)
        await self.speaks.wait()
        return reply


class Lab:
    """The running instance, and questions to it."""

    def __init__(self, instance: Instance, line: RunningInstance, disk: Path | None, agency_port: int) -> None:
        self.instance, self.line, self.disk, self.agency_port = instance, line, disk, agency_port
        self.keeper = TaskKeeper()
        self.ari = Proxy(instance.site.asterisk.http_port)
        self.ami = Proxy(instance.site.asterisk.ami_port)
        self.agency = FickleAgency()
        self.operators: dict[str, Operator] = {}
        self.spoils = Spoils()
        self.agent: Agent
        self.media: Media
        self.desk: DeskPhones
        self._ear = listener(instance)
        self._dialled = 0

    @property
    def home(self) -> Path:
        """The instance's folder."""
        return self.instance.home

    def now(self) -> datetime:
        """The time of our processes' clock."""
        return datetime.now(UTC) + timedelta(seconds=self.spoils.clock_s)

    def spoil(self, **changes: float) -> None:
        """Change the processes' clock or how late they read the journal."""
        self.spoils = replace(self.spoils, **changes)
        self.spoils.write(self.home)

    # people

    def caller(self) -> Caller:
        """Somebody with a number of their own."""
        self._dialled += 1
        return Caller(f"0812{self._dialled:08d}", self.agent, self.media, self._ear, self.keeper)

    async def ask(self, kind: str, **data: Any) -> None:
        """Write a request for the calls process, as an operator's page does."""
        actor = Actor("user", str(data.get("operator", "uji")))
        await self.line.store.write(lambda store: store.journal.append(self.now(), kind, actor, data=data))

    async def want(self, operator: str, wanted: str) -> None:
        """A state button, and what follows from it."""
        await self.ask("request.presence", operator=operator, wanted=wanted)
        await self.is_live(operator, wanted, *(("ringing", "talking") if wanted == "ready" else ()))

    async def wrapped_up(self, operator: Operator) -> None:
        """The operator presses «Selesai»."""
        await self.ask("request.wrap_up_done", operator=operator.name)

    async def is_live(self, operator: str, *states: str) -> None:
        """Wait until pages show one of these."""
        deadline = asyncio.get_running_loop().time() + 15
        while (state := await self.live(operator)) not in states:
            assert asyncio.get_running_loop().time() < deadline, f"{operator} is {state}, not {' or '.join(states)}"
            await asyncio.sleep(0.05)

    async def live(self, operator: str) -> str:
        """The operator's state as pages show it."""
        rows = await self.line.store.read(lambda store: store.people.presences())
        return next((row["live"] for row in rows if row["operator"] == operator), "")

    # what the store says

    async def row(self, caller: Caller) -> Row | None:
        """The newest call of a caller."""
        rows = await self.rows()
        return next((row for row in rows if (row["number"] or "").endswith(caller.number[-9:])), None)

    async def rows(self) -> list[Row]:
        """All calls, newest first."""
        return await self.line.store.read(
            lambda store: store.calls.since(datetime(2001, 1, 1, tzinfo=UTC), limit=10_000)
        )

    async def at_stage(self, caller: Caller, *stages: str, limit_s: float = 10.0) -> Row:
        """Wait until a call is there."""
        deadline = asyncio.get_running_loop().time() + limit_s
        while (row := await self.row(caller)) is None or row["stage"] not in stages:
            stage = row and row["stage"]
            assert asyncio.get_running_loop().time() < deadline, f"expected {' or '.join(stages)}, found {stage}"
            await asyncio.sleep(0.05)
        return row

    async def callback(self, caller: Caller) -> Row | None:
        """The open task to call somebody back."""
        rows = await self.line.store.read(lambda store: store.callbacks.open(1000))
        return next((row for row in rows if row["number"].endswith(caller.number[-9:])), None)

    async def dispatch(self, ticket: str) -> int:
        """«Kirim ke OPD»: to the agency that never answers."""
        routing, now = self.instance.routing, self.now()

        def job(store: Store) -> int:
            store.tickets.update(now, ticket, {"kind": "emergency", "category": CATEGORY}, LAB)
            return store.assignments.dispatch(now, ticket, OPD, ladder(routing, OPD, now), FOLLOW_UP_S, LAB)

        return await self.line.store.write(job)

    async def accept(self, assignment: int) -> None:
        """«TERIMA»: from now on only its follow-up is pushed."""
        routing, now, actor = self.instance.routing, self.now(), Actor("user", "damkar")

        def job(store: Store) -> None:
            plan = follow_up(routing, store.assignments.get(assignment), "diterima", now)
            store.assignments.move(now, assignment, "diterima", actor, via="page", follow_up=plan)

        await self.line.store.write(job)

    async def finish(self, assignment: int) -> None:
        """The agency's part is over; nothing where it is already."""
        now = self.now()

        def job(store: Store) -> None:
            if store.assignments.get(assignment)["ended_at"] is None:
                store.assignments.move(now, assignment, "dibatalkan", LAB, via="page")

        await self.line.store.write(job)

    async def assignment(self, number: int) -> Row:
        """As the store has it."""
        return await self.line.store.read(lambda store: store.assignments.get(number))

    # whether all is in our hands

    async def in_control(self, limit_s: float = 30.0) -> float:
        """Seconds until every process says it is well, `calls` is linked to Asterisk and serves each live call of its
        own; AssertionError when that does not come."""
        loop = asyncio.get_running_loop()
        began, missing = loop.time(), "nothing"
        while missing:
            assert loop.time() < began + limit_s, f"not in control within {limit_s:g} s: {missing}"
            await asyncio.sleep(0.1)
            missing = await self._missing()
        return loop.time() - began

    async def _missing(self) -> str:
        for name in PROCESSES:
            health = await ask(socket_of(self.instance.var, name), "/health", 1.0)
            if health is None or b'"ok": true' not in health:
                return f"{name} is not well"
        text = (await ask(socket_of(self.instance.var, "calls")) or b"").decode()
        if [float(value) for value in _LINKS.findall(text)] != [1.0, 1.0]:
            return "calls is not linked to Asterisk"
        served = sum(float(count) for stage, count in _SERVED.findall(text) if stage != "ended")
        live = await self.line.store.read(lambda store: store.calls.live())
        ours = [row for row in live if row["handled_by"] == "calls"]
        if served < len(ours):
            return f"{served:g} of {len(ours)} calls are served"
        return ""


@contextlib.asynccontextmanager
async def lab(folder: Path, *, keep: bool = False) -> AsyncIterator[Lab]:
    """The laboratory in `folder`, everything running; everything is stopped and, unless `keep`, removed afterwards."""
    async with contextlib.AsyncExitStack() as stack:
        home = folder / "lab"
        home.mkdir(mode=0o700)
        if not keep:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        disk = _own_disk(home / "var", stack.callback)
        if keep and disk is not None:
            stack.callback(shutil.copytree, disk / "log", folder / "log", dirs_exist_ok=True)
        ports = stack.enter_context(own_ports())
        drawn = plan(load_scenario("chaos"), 1, 1, 1)
        instance = await asyncio.to_thread(_prepare, home, drawn, ports)
        await asyncio.to_thread(people, instance, drawn)
        await asyncio.to_thread(build_prompts, instance)
        line = RunningInstance(instance, Story(Console(file=io.StringIO())))
        made = Lab(instance, line, disk, ports[5])
        stack.push_async_callback(made.keeper.close)
        for proxy in (made.ari, made.ami):
            stack.push_async_callback(proxy.close)
            await proxy.open()
        site = instance.site.asterisk
        put_between(home, {site.http_port: made.ari.port, site.ami_port: made.ami.port})
        line.children = {name: Child(name, home, module="tests.faults.spoilt") for name in PROCESSES}
        stack.push_async_callback(made.agency.close)
        await made.agency.open(ports[5])
        stack.push_async_callback(line.stop)
        await line.start()
        await _phones(made, drawn, stack)
        yield made
        made.ari.swallows = made.ami.swallows = False


def _own_disk(var: Path, later: Callable[..., object]) -> Path | None:
    """A small disk for everything that the instance writes, to be filled; None where it cannot be mounted."""
    var.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700", "tmpfs", str(var)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        return None
    later(subprocess.run, ["umount", "--lazy", str(var)], check=False)
    return var


def _prepare(home: Path, drawn: Plan, ports: list[int]) -> Instance:
    """The instance of the drill with faults: every report goes to one agency that never answers."""
    prepare(home, REPOSITORY, drawn, ports, screening=True)
    _edit(home / "routing.yaml", lambda routing: routing["screening"].update(flood=FLOOD))
    _edit(home / "site.yaml", lambda site: site.update(store={"spill": str(home / "beside")}))
    return load(home)


def _edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    change(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


async def _phones(made: Lab, drawn: Plan, stack: contextlib.AsyncExitStack) -> None:
    server, host = ("127.0.0.1", made.instance.site.asterisk.sip_port), trunk_host(drawn, "latihan")
    made.agent, made.media = await Agent.open(server, host), Media(host)
    made.desk = DeskPhones(await Agent.open(server, OPERATORS_HOST), Media(OPERATORS_HOST))
    for media, agent in ((made.media, made.agent), (made.desk.media, made.desk.agent)):
        stack.callback(media.close)
        stack.push_async_callback(agent.close)
    passwords = load(made.home).secrets.sip
    for name in OPERATORS:
        operator = made.operators[name] = Operator(name, passwords[name], made.desk, made.keeper)
        operator.after_talk = None
        await operator.register()


EVERY_S, LATE_S = drill_faults.EVERY_S, drill_faults.LATE_S

__all__ = ["EVERY_S", "FOLLOW_UP_S", "LATE_S", "OPERATORS", "Lab", "lab", "until"]
