"""The line that end-to-end tests call: helpers that read like what people do."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from baresip.call import Call
from baresip.runtime import Runtime

from asterisk.launch import Asterisk
from asterisk.site import Trunk
from drills import demo
from drills.phones.softphone import Phone, Talk
from drills.sounds.hearing import likeness, likeness_of_end
from instance import Instance, load
from line.service import CallService
from operations.phone_system import build_prompts, phone_system, write_files
from processes.tasks import TaskKeeper
from tickets.model import Actor, Row
from tickets.store import Store
from tickets.store.thread import StoreThread

OPERATORS = ("op1", "op2")
SUPERVISOR = "pusdalops"
# where phones outside are called over the trunk, and where the SBC of a second one is, by hand
OUTSIDE, EARLY = (f"127.0.0.1:{port}" for port in demo.free_ports(2))
HEARD = 0.9
# half of what people have: a silent caller is asked twice before a test goes on
PATIENCE_S = 2.0
MORNING = "2026-11-23T10:00:00+07:00"
# calls of former tests are put before this
YEAR_2001 = datetime(2001, 1, 1, tzinfo=UTC)
HOURS = "daily: 07:00-21:00\nafter_hours: {leave_message: true, max_message: 30s}\n"


@dataclass
class House:
    """The instance and its running Asterisk."""

    instance: Instance
    asterisk: Asterisk

    @property
    def server(self) -> str:
        """The address at which phones register and callers call."""
        return f"127.0.0.1:{self.instance.site.asterisk.sip_port}"

    @property
    def recordings(self) -> Path:
        """The folder of Asterisk's recordings."""
        return self.asterisk.paths.recordings

    def prompt(self, name: str) -> Path:
        """The file of a prompt."""
        return self.instance.var / "prompts" / f"{name}.wav"


class TestClock:
    """A clock that is set by hand and then goes on at the pace of the real one, or stands still."""

    __test__ = False

    def __init__(self, moment: str) -> None:
        self.set(moment)

    def set(self, moment: str, *, still: bool = False) -> None:
        """It is this moment now (ISO 8601 with offset); `still`: for ever, however slow the machine is."""
        self._base, self._from, self._still = datetime.fromisoformat(moment).astimezone(UTC), time.monotonic(), still

    def __call__(self) -> datetime:
        return self._base + timedelta(seconds=0 if self._still else time.monotonic() - self._from)


@contextlib.asynccontextmanager
async def house(folder: Path) -> AsyncIterator[House]:
    """Configuration with short rings and pauses, two operators, real prompts, Asterisk on free ports."""
    home = folder / "instance"
    demo.prepare(home)
    (home / "hours.yaml").write_text(HOURS, encoding="utf-8")
    store = Store(home / "var" / "tanggap.db")
    for name in OPERATORS:
        store.people.add(datetime.now(UTC), name, name.upper(), "operator", None, "-")
    store.people.add(datetime.now(UTC), SUPERVISOR, "Pusat kendali", "command", None, "-")
    store.close()
    loaded = load(home)
    menus = {name: replace(menu, patience_s=PATIENCE_S) for name, menu in loaded.routing.menus.by_name.items()}
    routing = replace(
        loaded.routing,
        menus=replace(loaded.routing.menus, by_name=menus),
        screening=replace(loaded.routing.screening, silent_hold_s=4.0, sample=0),
    )
    out = Trunk("keluar", ("127.0.0.9",), contact=f"sip:{OUTSIDE}")
    early = Trunk("dini", ("127.0.0.8",), contact=f"sip:{EARLY}")
    asterisk_site = replace(loaded.site.asterisk, trunks=(*loaded.site.asterisk.trunks, out, early))
    site = replace(loaded.site, asterisk=asterisk_site, mobile_trunk="keluar", ring_s=3.0, wrap_up_s=2.0)
    instance = replace(loaded, site=site, routing=routing)
    await asyncio.to_thread(build_prompts, instance)
    asterisk = phone_system(instance)
    changed = await asyncio.to_thread(write_files, instance, asterisk, datetime.now(UTC))
    instance = replace(instance, secrets=load(home).secrets)
    await asterisk.start(changed)
    try:
        yield House(instance, asterisk)
    finally:
        await asterisk.stop()


@dataclass
class LineUnderTest:
    """One running calls service, its phones and its store."""

    house: House
    clock: TestClock
    sip: Runtime
    store: StoreThread
    keeper: TaskKeeper
    service: CallService
    talks: list[Talk] = field(default_factory=list)
    agents: list[Phone] = field(default_factory=list)

    async def operator(self, name: str, *, ready: bool = True) -> Phone:
        """An operator's phone, registered, and its page on «Siap»."""
        password = self.house.instance.secrets.sip[name]
        phone = await Phone.register(self.sip, self.house.server, name, password, self.keeper.start)
        self.agents.append(phone)
        if ready:
            await self.ask("request.presence", operator=name, wanted="ready")
            await self.until(lambda: name in self.service.floor.ready(), 8)
        return phone

    async def caller(self, number: str = "081234567890") -> Phone:
        """Somebody outside."""
        phone = await Phone.outside(self.sip, self.house.server, number, self.keeper.start)
        self.agents.append(phone)
        return phone

    async def dial(self, number: str = "081234567890") -> Talk:
        """Somebody outside dials 112 and is answered."""
        talk = await (await self.caller(number)).dial("112")
        self.talks.append(talk)
        await talk.up()
        return talk

    async def answer(self, phone: Phone, call: Call) -> Talk:
        """An operator picks up."""
        talk = await phone.answer(call)
        self.talks.append(talk)
        return talk

    async def ask(self, kind: str, **data: Any) -> None:
        """Write a request for the calls process, as an operator's page does."""
        actor = Actor("user", str(data.get("operator", "uji")))
        await self.store.write(lambda store: store.journal.append(self.clock(), kind, actor, data=data))

    async def hears(self, talk: Talk, prompt: str, limit_s: float = 30.0) -> float:
        """Likeness of the caller's audio to a prompt's file, as soon as it is enough; the best after the limit."""
        best, deadline = 0.0, time.monotonic() + limit_s
        while best < HEARD and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
            # in a thread: the phones must not fall silent meanwhile
            best = max(best, await asyncio.to_thread(likeness, bytes(talk.heard), self.house.prompt(prompt)))
        return best

    async def hears_music(self, talk: Talk, limit_s: float = 30.0) -> float:
        """Likeness of the caller's last 0.6 s to the hold music, as soon as it is enough."""
        best, deadline = 0.0, time.monotonic() + limit_s
        while best < HEARD and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
            best = max(best, likeness_of_end(bytes(talk.heard[-32000:]), self.house.prompt("musik"), 0.6))
        return best

    async def call(self) -> Row:
        """The newest call, as outside checks see it."""
        row = await self._newest()
        assert row is not None, "no call in the store"
        return row

    async def arrived(self) -> None:
        """Wait until what the service has begun to write is in the store: answer and ring come before (ADR 0012)."""
        await self.store.write(lambda store: None)

    async def _newest(self) -> Row | None:
        await self.arrived()
        rows = await self.store.read(lambda store: store.calls.since(YEAR_2001, 1))
        return rows[0] if rows else None

    async def ticket(self) -> Row:
        """The ticket of the newest call."""
        call = await self.call()
        return await self.store.read(lambda store: store.tickets.show(call["ticket"]))

    async def stage(self, wanted: str, limit_s: float = 60.0) -> Row:
        """Wait until the newest call is at a stage."""
        deadline = time.monotonic() + limit_s
        while (row := await self._newest()) is None or row["stage"] != wanted:
            assert time.monotonic() < deadline, f"expected a call at {wanted}, found {row}"
            await asyncio.sleep(0.05)
        return row

    async def until(self, true: Callable[[], object], limit_s: float = 60.0) -> None:
        """Return as soon as it is true."""
        deadline = time.monotonic() + limit_s
        while not true():
            assert time.monotonic() < deadline, "did not happen in time"
            await asyncio.sleep(0.02)

    async def recording(self, name: str, limit_s: float = 60.0) -> Path:
        """The file of a recording, once Asterisk has written all of it: a call's end is in the store before."""
        path, deadline = self.house.recordings / f"{name}.wav", time.monotonic() + limit_s
        while not path.exists() or await self.service.ari.is_recording(name):
            assert time.monotonic() < deadline, f"{path} is not whole"
            await asyncio.sleep(0.02)
        return path

    async def kinds(self) -> list[str]:
        """The journal of the newest call, kinds only."""
        call = await self.call()
        rows = await self.store.read(lambda store: store.journal.of_ticket(call["ticket"], call["id"]))
        return [row["kind"] for row in rows]


@contextlib.asynccontextmanager
async def line_under_test(the_house: House, sip: Runtime) -> AsyncIterator[LineUnderTest]:
    """The calls service in this process, with a clock of the test's; everything is hung up afterwards."""
    clock, keeper = TestClock(MORNING), TaskKeeper()
    _forget(the_house)
    store = await StoreThread(the_house.instance.var / "tanggap.db", the_house.instance.secrets.number_key).open()
    service = CallService(lambda: the_house.instance, store, keeper, clock)
    await service.start()
    made = LineUnderTest(the_house, clock, sip, store, keeper, service)
    try:
        yield made
    finally:
        for talk in made.talks:
            with contextlib.suppress(TimeoutError):
                await talk.hang_up()
        for phone in made.agents:
            await phone.leave()
        with contextlib.suppress(AssertionError):
            await made.until(lambda: all(r.state.stage == "ended" for r in service.runners.values()), 5)
        await made.service.close()
        await keeper.close()
        await store.close()


def _forget(the_house: House) -> None:
    """Each test begins with nobody on duty, no call, no ticket, and no emergency that is held up."""
    store = Store(the_house.instance.var / "tanggap.db")
    with store.transaction():
        for table in ("presence", "callback_tries", "callbacks", "heartbeats"):
            store.connection.run(f"DELETE FROM {table}")
        long_ago = "2000-01-01T00:00:00.000000+00:00"
        store.connection.run("UPDATE calls SET arrived_at = :at, ended_at = :at, stage = 'ended'", at=long_ago)
        store.connection.run("UPDATE tickets SET status = 'closed' WHERE status IN ('open', 'dispatched')")
        store.connection.run("UPDATE unsent_episodes SET ended_at = :at WHERE ended_at IS NULL", at=long_ago)
    store.close()
