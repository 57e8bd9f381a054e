"""`tanggap up`: brings one instance up, watches it, and takes it down again."""

import asyncio
import contextlib
import json
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp
import structlog

from asterisk.errors import AsteriskError
from asterisk.launch import Asterisk
from asterisk.ports import Address, addresses, check_free
from instance import Instance, editions
from operations.backup.restore import make_sound
from operations.beside import PROCESS, Beside
from operations.children import Child
from operations.disk import ballast
from operations.first_users import create_first_users, softphone_help
from operations.phone_system import build_prompts, phone_system, write_files
from operations.steward import end_hung
from operations.story import Login, Story
from processes.duties import Duties
from processes.instance_lock import alone
from processes.running import real_clock
from processes.tasks import TaskKeeper
from processes.vitals import answers, starts
from processes.vitals.measures import Vitals
from processes.vitals.notify import ALIVE, READY, STOPPING, Notify, from_environment
from tickets.errors import StoreUnavailable
from tickets.store.thread import StoreThread
from voice.speech import PromptError

log = structlog.get_logger(__name__)

# in the order of their start; they are stopped in reverse
PROCESSES = ("agi", "calls", "escalate", "console")
HEALTHY_S = 30.0
# an Asterisk that was ended is started again within this time
START_S = 120.0
PULSE_S = 1.0
SPACE_S = 2.0
BEAT_FRESH = timedelta(seconds=6)


class UpError(Exception):
    """The instance did not come up; the text says what and what to do."""


class RunningInstance:
    """Asterisk, our four processes and what keeps them; its duties are watched like those of a process."""

    def __init__(self, instance: Instance, say: Story) -> None:
        self.instance = instance
        self.asterisk: Asterisk = phone_system(instance)
        self.children = {name: Child(name, instance.home) for name in PROCESSES}
        self._say = say
        self.vitals = Vitals("up")
        self._keeper = TaskKeeper()
        self._start_duty = partial(self.vitals.duties.start, self._keeper.start)
        self._store: StoreThread | None = None
        self._beside: Beside | None = None
        self._asterisk_restarts = 0
        self._stopping = False
        self.vitals.duties.ending = lambda: self._stopping
        self._running = contextlib.ExitStack()  # held while we run: processes that start meanwhile join our edition

    @property
    def store(self) -> StoreThread:
        """The instance's store."""
        assert self._store is not None, "the line is not up"
        return self._store

    def check_ports(self) -> None:
        """Check that our ports are free, or held by left-overs of a killed `up`; PortInUse names each other one."""
        site = self.instance.site
        wanted: list[Address] = [] if self.asterisk.pid is not None else [*addresses(site.asterisk)]
        if self.children["agi"].left_over() is None:
            wanted.append(("tcp", "127.0.0.1", site.asterisk.agi_port, "asterisk.agi_port"))
        if self.children["console"].left_over() is None:
            wanted.append(("tcp", site.console.bind, site.console.port, "console.port"))
        check_free(wanted)

    async def start(self) -> list[Login]:
        """Bring everything up and wait until it is healthy; returns the new logins. UpError when it stays unhealthy."""
        instance = self._take_edition()
        for folder in ("log", "run", "media"):
            (instance.var / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        self._answer()
        with self._say.step("Basis data"):
            await asyncio.to_thread(self._make_sound)
            await self._open_store()
        logins: list[Login] = []
        if self._store is not None:
            with self._say.step("Pengguna dan kata sandi"):
                logins = await create_first_users(instance, self._store, real_clock())
        with self._say.step("Suara (prompt)"), self._as_it_is(instance.var / "prompts"):
            await asyncio.to_thread(build_prompts, instance)
        with self._say.step(f"Asterisk {self.asterisk.binary.version}"):
            changed: list[str] = []
            with self._as_it_is(self.asterisk.paths.etc):
                changed = await asyncio.to_thread(write_files, instance, self.asterisk, real_clock())
            await self._start_asterisk(changed)
            editions.note_asterisk(instance.home, instance.edition)
        self._start_duty("asterisk", self._watch_asterisk, limit_s=START_S)
        self._start_duty("asterisk-hung", lambda: end_hung(self.asterisk))
        with self._say.step("Proses: " + ", ".join(PROCESSES)):
            began = real_clock()
            self._keep_children()
            if self._store is not None:
                await self._healthy(began)
        if self._store is not None:
            await self._stay()
        else:
            self._start_duty("store", self._stay_once_there_is_space, limit_s=None)
        return logins

    def _take_edition(self) -> Instance:
        """Join the edition in force; processes that a killed `up` left behind keep theirs."""
        before = self.instance
        self.instance = self._running.enter_context(editions.taken(before.home, real_clock()))
        if self.instance.site != before.site:
            self.asterisk = phone_system(self.instance)
        return self.instance

    async def _open_store(self) -> None:
        """Open the store; on a disk without any space Asterisk answers alone until there is some."""
        store = StoreThread(self.instance.var / "tanggap.db")
        try:
            self._store = await store.open()
        except StoreUnavailable as error:
            if not ballast.cramped(self.instance.var):
                raise
            log.error("store.not_opened", error=str(error))
            self._warn(
                "CAKRAM PENUH: basis data tidak bisa dibuka. Asterisk menjawab sendiri; kosongkan cakram sekarang."
            )

    @contextlib.contextmanager
    def _as_it_is(self, folder: Path) -> Iterator[None]:
        """Go on with the files that are there when a full disk takes no new ones."""
        try:
            yield
        except (OSError, AsteriskError, PromptError, StoreUnavailable) as error:
            if not ballast.cramped(self.instance.var) or not any(folder.iterdir()):
                raise
            log.error("up.not_written", folder=str(folder), error=str(error))
            self._warn(f"CAKRAM PENUH: {folder} dipakai seperti adanya ({error}).")

    def _warn(self, sentence: str) -> None:
        self._say.say(f"  [red]{sentence}[/red]")

    def _keep_children(self) -> None:
        """Keep each of our processes by a duty of its own, which begins anew after an error."""
        for name, child in self.children.items():
            self._start_duty(f"child-{name}", child.keep, limit_s=None)

    def _answer(self) -> None:
        """Watch our duties, and answer /health and /metrics at the steward's socket."""
        socket = answers.socket_of(self.instance.var, PROCESS)
        self._start_duty("pulse", self.vitals.pulse, limit_s=None)
        self._start_duty("probe", self.vitals.probe, limit_s=None)
        serve = partial(answers.serve, self.vitals, socket)
        self._start_duty("vitals", serve, limit_s=None, vital=False, back_off_s=(1, 10, 60))

    async def _stay(self) -> None:
        """Start the duties beside the processes."""
        self.vitals.watch(self.store)
        beside = self._beside = Beside(self.instance, self.store, real_clock, "up", self.restarts)
        edition = "Number of the edition of the configuration that was brought into force last"
        self.vitals.gauge("tanggap_config_edition", edition, lambda: beside.applying.instance.edition)
        missing = await beside.start(self.vitals, self._keeper)
        if missing:
            self._say.say(f"  [yellow]{missing}[/yellow]")

    async def _stay_once_there_is_space(self) -> None:
        while self._store is None:
            await asyncio.sleep(SPACE_S)
            store = StoreThread(self.instance.var / "tanggap.db")
            with contextlib.suppress(StoreUnavailable):
                self._store = await store.open()
        await asyncio.to_thread(build_prompts, self.instance)
        changed = await asyncio.to_thread(write_files, self.instance, self.asterisk, real_clock())
        if changed:
            await self.asterisk.reload(changed)
        await self._stay()
        await asyncio.Event().wait()

    def _make_sound(self) -> None:
        """Set a broken database aside before anything opens it, unless a left-over process still uses it."""
        if any(child.left_over() for child in self.children.values()):
            return
        if restored := make_sound(self.instance, real_clock()):
            self._say.say(f"  [red]{restored.sentence}[/red]")

    async def stop(self) -> None:
        """Take everything down, Asterisk last: a call is kept as long as anything of ours can still serve it."""
        self._stopping = True
        for name in reversed(PROCESSES):
            await self.children[name].stop()
        if self._beside is not None:
            await self._beside.stop()
        await self._keeper.close()
        try:
            await self.asterisk.stop()
        except AsteriskError as error:
            log.error("asterisk.stop_failed", error=str(error))
        if self._store is not None:
            await self._store.close()
        self._running.close()

    async def _healthy(self, began: datetime) -> None:
        async with aiohttp.ClientSession() as session:
            deadline = asyncio.get_running_loop().time() + HEALTHY_S
            while missing := await self._missing(session, began):
                if asyncio.get_running_loop().time() > deadline:
                    words = [f"{name}: {self.children[name].last_words() or 'tidak menjawab'}" for name in missing]
                    raise UpError(
                        f"tidak siap dalam {HEALTHY_S:.0f} detik: {'; '.join(words)}. Lihat {self.instance.var / 'log'}"
                    )
                await asyncio.sleep(0.1)

    async def _missing(self, session: aiohttp.ClientSession, began: datetime) -> list[str]:
        """Names of the processes without a good sign of life since `began`."""
        beats = {row["process"]: row for row in await self.store.read(lambda store: store.people.beats())}
        fresh = max(began, real_clock() - BEAT_FRESH)
        alive = {name for name, row in beats.items() if datetime.fromisoformat(row["at"]) >= fresh}
        missing = [name for name in PROCESSES if name != "console" and name not in alive]
        # on a full disk heartbeats cannot be written: ask the processes themselves
        if missing and ballast.cramped(self.instance.var):
            missing = [name for name in missing if not await self._well(name)]
        if "calls" in alive and not beats["calls"]["data"].get("asterisk"):
            missing.append("calls")
        return missing if await self._console_answers(session) else [*missing, "console"]

    async def _well(self, name: str) -> bool:
        reply = await answers.ask(answers.socket_of(self.instance.var, name), "/health")
        return reply is not None and bool(json.loads(reply).get("ok"))

    async def _console_answers(self, session: aiohttp.ClientSession) -> bool:
        console = self.instance.site.console
        host = "127.0.0.1" if console.bind in ("0.0.0.0", "") else console.bind
        url = f"{'https' if console.tls else 'http'}://{host}:{console.port}/health"
        try:
            # ssl=False: only that it answers matters here, not by which certificate
            async with session.get(url, timeout=aiohttp.ClientTimeout(2), ssl=False) as reply:
                return reply.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    async def _watch_asterisk(self) -> None:
        """Start an Asterisk again that ended by itself; our processes reconnect on their own."""
        await self.asterisk.wait()
        log.error("asterisk.ended", status=self.asterisk.exit_status)
        self._asterisk_restarts += 1
        await self._start_asterisk()

    async def _start_asterisk(self, changed: Sequence[str] = ()) -> None:
        if not await self.asterisk.start(changed):
            starts.note(self.instance.var / "run", "asterisk", real_clock())

    def restarts(self) -> dict[str, int]:
        """Number of restarts of each process and of Asterisk by this supervisor."""
        return {name: child.restarts for name, child in self.children.items()} | {"asterisk": self._asterisk_restarts}


async def up(instance: Instance, say: Story, ready: Callable[[], None] = lambda: None) -> None:
    """Run until SIGINT or SIGTERM, then stop everything that was started, however this ends.

    Raises TakenError when the instance is already run, PortInUse when a port is taken, and has touched nothing then."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    notify = from_environment()
    gave = ballast.give_up(instance.var)
    with alone(instance.home):
        if gave or ballast.cramped(instance.var):
            say.say("  [red]CAKRAM PENUH: kosongkan. Panggilan dijawab; yang tidak bisa disimpan ditumpahkan.[/red]")
        running = RunningInstance(instance, say)
        running.check_ports()
        await _run(running, say, stop, ready, notify)


async def _run(
    running: RunningInstance, say: Story, stop: asyncio.Event, ready: Callable[[], None], notify: Notify
) -> None:
    keeper = TaskKeeper()
    try:
        starting, stopping = keeper.start("start", running.start()), keeper.start("stop", stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            return
        say.logins(await starting)
        say.addresses(running.instance, softphone_help(running.instance))
        ready()
        notify.tell(READY, ALIVE)
        keeper.start("pulse", _pulse(notify, running.vitals.duties))
        await stop.wait()
    finally:
        notify.tell(STOPPING)
        with say.step("Berhenti"):
            await keeper.close()
            await running.stop()


async def _pulse(notify: Notify, duties: Duties) -> None:
    """Tell the service manager every second that we live, as long as no vital duty is lost."""
    while True:
        if not duties.lost:
            notify.tell(ALIVE)
        await asyncio.sleep(PULSE_S)
