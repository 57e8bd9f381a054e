"""A small region with two OPDs, a real store, and a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from ivr.menu import Choice, Menu, Menus
from tickets.escalation.daemon import EscalationDaemon
from tickets.escalation.ladder import plan
from tickets.model import Actor, Row
from tickets.notify.channel import ChannelKind, Delivery, Heard, Means, Said, Wired
from tickets.routing import Category, Contact, Ladder, Opd, Routing, Step, Target
from tickets.store import Store
from tickets.store.thread import READ_LIMIT_S, StoreThread

T = TypeVar("T")
START = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)  # 14.00 WIB
WIB = ZoneInfo("Asia/Jakarta")
SARI = Actor("user", "sari")

CONTACTS = (
    Contact("damkar.siaga", "damkar", "Pos Damkar", page=True, sip="damkar1"),
    Contact("damkar.piket", "damkar", "Komandan regu", mobile="+628123456789"),
    Contact("bpbd.siaga", "bpbd", "Pos BPBD", page=True, apprise="json://127.0.0.1:9/x"),
    Contact("pusdalops", None, "Pusat kendali", page=True),
)


def steps(opd: str, *lines: tuple[float, tuple[str, ...], float]) -> Ladder:
    """A ladder from (after, "role/channel" …, every); a role without an OPD is written with a dot in front."""

    def target(text: str) -> Target:
        role, _, channel = text.partition("/")
        return Target(role[1:] if role.startswith(".") else f"{opd}.{role}", channel)

    return Ladder("darurat", tuple(Step(after, tuple(map(target, targets)), every) for after, targets, every in lines))


DAMKAR = steps("damkar", (0, ("siaga/page", "siaga/call"), 30), (120, ("piket/call", ".pusdalops/page"), 120))
BPBD = steps("bpbd", (0, ("siaga/page", "siaga/apprise"), 60))
SLOW = steps("damkar", (0, ("siaga/page",), 1800))


def make_routing(contacts: tuple[Contact, ...] = CONTACTS) -> Routing:
    """The small region's routing."""
    menu = Menu("utama", "menu-utama", 2, 4.0, {"1": Choice("urgent", "emergency", None, "Darurat")})
    return Routing(
        menus=Menus("utama", {"utama": menu}),
        categories={"kebakaran": Category("kebakaran", "Kebakaran", "emergency", ("damkar",), 1)},
        opds={
            "damkar": Opd("damkar", "Dinas Damkar", "Damkar", (), DAMKAR, SLOW, "#c00", 600.0),
            "bpbd": Opd("bpbd", "BPBD", "BPBD", (), BPBD, BPBD, "#0c0", 600.0),
        },
        contacts={contact.name: contact for contact in contacts},
        rules=(),
        fallback=("bpbd",),
        duty="bpbd.siaga",
    )


class Time:
    """A clock, and the waiting of the daemon upon it."""

    def __init__(self) -> None:
        self.now = START
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def __call__(self) -> datetime:
        return self.now

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """The daemon's `wait`, on this clock."""
        if seconds <= 0 or event.is_set():
            await asyncio.sleep(0)
            return
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sleeper = (self.now + timedelta(seconds=seconds), alarm)
        self._sleepers.append(sleeper)
        rung = asyncio.create_task(event.wait())
        try:
            await asyncio.wait((alarm, rung), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._sleepers.remove(sleeper)
            rung.cancel()

    async def fast_forward(self, seconds: float, settle: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Let time pass, from alarm to alarm; all that happens at one moment ends before the next."""
        end = self.now + timedelta(seconds=seconds)
        await settle()
        while due := [sleeper for sleeper in self._sleepers if sleeper[0] <= end and not sleeper[1].done()]:
            at, alarm = min(due, key=lambda sleeper: sleeper[0])
            self.now = max(self.now, at)
            alarm.set_result(None)
            await settle()
        self.now = end


class QuietStore(StoreThread):
    """The real store; it knows when nothing is under way, and its `follow` wakes by its own writes alone."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.busy = 0
        self._changed = asyncio.Event()

    async def write(self, job: Callable[[Store], T]) -> T:
        self.busy += 1
        try:
            return await super().write(job)
        finally:
            self.busy -= 1
            self._changed.set()

    async def read(self, job: Callable[[Store], T], limit_s: float | None = READ_LIMIT_S) -> T:
        self.busy += 1
        try:
            return await super().read(job, limit_s)
        finally:
            self.busy -= 1

    async def follow(self, seq: int, *, requests: bool = False, assignments: bool = False) -> AsyncIterator[list[Row]]:
        assert assignments and not requests
        while True:
            self._changed.clear()
            rows, seq = await self.read(lambda store, seq=seq: store.journal.assignments_after(seq))  # type: ignore[misc]
            if rows:
                yield rows
            else:
                await self._changed.wait()


@dataclass
class FakeChannel:
    """Notes every delivery; fails with `error`, hangs until `hang` is set, accepts when `accepts`, says `says`."""

    clock: Callable[[], datetime]
    sent: list[tuple[float, Delivery]] = field(default_factory=list)
    error: BaseException | None = None
    hang: asyncio.Event | None = None
    hangs_for: str | None = None  # this contact alone
    accepts: bool = False
    says: tuple[Said, ...] = ()
    says_of: Mapping[str, Said] = field(default_factory=dict)  # by contact
    heard: list[Heard] = field(default_factory=list)
    unheard: bool = False  # its words cannot be spoken
    stopped: int = 0

    async def send(self, delivery: Delivery) -> str:
        self.sent.append(((self.clock() - START).total_seconds(), delivery))
        if self.hang is not None and self.hangs_for in (None, delivery.contact.name):
            try:
                await self.hang.wait()
            except asyncio.CancelledError:
                self.stopped += 1
                raise
        if self.error is not None:
            raise self.error
        if self.unheard:
            delivery.unheard()
        if self.accepts:
            assert await delivery.answer("accept") != "ended"
        own_word = self.says_of.get(delivery.contact.name)
        for word in (*self.says, *([own_word] if own_word else [])):
            self.heard.append(await delivery.answer(word))
        return "terkirim"

    def times(self, contact: str) -> list[float]:
        """Pushes to this contact, in seconds after START."""
        return [at for at, delivery in self.sent if delivery.contact.name == contact]


class World:
    """A real store and a daemon over it, with fake channels, on a clock that the test moves."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.time = Time()
        self.routing = make_routing()
        self.page, self.call, self.message, self.machine = (FakeChannel(self.time) for _ in range(4))
        self.limit_s = 180.0
        self.store = QuietStore(path)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.running: asyncio.Task[None] | None = None

    def spawn(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def channels(self) -> Mapping[str, Wired]:
        page = Wired(ChannelKind(lambda means: self.page, self.limit_s), self.page)
        message = Wired(ChannelKind(lambda means: self.message, self.limit_s), self.message)
        kind = ChannelKind(lambda means: self.call, self.limit_s, pace_s=15, mobile_pace_s=120, alone=True)
        machine = Wired(ChannelKind(lambda means: self.machine, self.limit_s), self.machine)
        machines = {"speaker": machine, "webpush": machine}
        return {"page": page, "apprise": message, "call": Wired(kind, self.call)} | machines

    def start(self, **options: Any) -> EscalationDaemon:
        """Start the daemon."""
        routing = lambda: self.routing  # noqa: E731
        daemon = EscalationDaemon(
            self.store, routing, self.channels(), self.time, self.spawn, WIB, wait=self.time.wait, **options
        )
        self.running = self.spawn("daemon", daemon.run())
        return daemon

    async def stop(self) -> None:
        """Stop the daemon in the clean way."""
        if self.running is not None:
            self.running.cancel()
            await asyncio.gather(self.running, return_exceptions=True)
            self.running = None

    async def kill(self) -> None:
        """End the daemon as kill -9 does: claims are not given back, sends are not recorded."""
        before = self.store
        before._closed = True  # from now on each of its requests fails
        await self.stop()
        before._closed = False
        await before.close()
        self.store = QuietStore(self.path)
        await self.store.open()

    async def settle(self) -> None:
        """Wait until nothing is under way but channels that hang on purpose."""
        quiet = 0
        while quiet < 12:
            await asyncio.sleep(0 if not self.store.busy else 0.0002)
            quiet = 0 if self.store.busy else quiet + 1

    async def forward(self, seconds: float) -> None:
        """Let time pass."""
        await self.time.fast_forward(seconds, self.settle)

    async def dispatch(self, opd: str = "damkar", kind: str = "emergency") -> int:
        """Dispatch a fire in Mantingan to an OPD; returns the assignment."""
        fields = {"kind": kind, "category": "kebakaran", "kecamatan": "Tahunan", "desa": "Mantingan"}

        def job(store: Store) -> int:
            number = store.tickets.create(self.time.now, "20261122", SARI)
            store.tickets.update(self.time.now, number, fields, SARI)
            ladder = plan(self.routing, opd, self.time.now, kind)
            return store.assignments.dispatch(self.time.now, number, opd, ladder, 600.0, SARI)

        return await self.store.write(job)

    async def move(self, assignment: int, state: str, **options: Any) -> Row:
        """Press a button on the OPD's page."""
        actor = Actor("user", "budi")
        return await self.store.write(
            lambda store: store.assignments.move(self.time.now, assignment, state, actor, via="page", **options)
        )

    async def journal(self, kind: str) -> list[Row]:
        """Journal rows of a kind."""
        return [
            row for row in await self.store.read(lambda store: store.journal.after(0, 1_000_000)) if row["kind"] == kind
        ]

    async def close(self) -> None:
        """Stop everything; no task may be left."""
        await self.stop()
        await self.store.close()
        await asyncio.sleep(0)
        assert not self._tasks, self._tasks


def callback_tasks(store: Store) -> list[Row]:
    """The tasks of calling back that are open, each for itself, oldest first."""
    return store.connection.all("SELECT * FROM callbacks WHERE done_at IS NULL ORDER BY created_at")


def means(world: World, **options: Any) -> Means:
    """Means for a single channel; the dialler and HTTP session only where given."""
    given: dict[str, Any] = {"store": world.store, "clock": world.time, "http": None, "dial": None}
    return Means(**(given | options))
