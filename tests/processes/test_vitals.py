"""Measures of a process, its reports to the supervisor, its answers on a socket; a supervisor that hears them."""

import asyncio
import json
import os
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from processes.duties import GRACE_S
from processes.tasks import TaskKeeper
from processes.vitals import answers, measures, starts, watch
from processes.vitals.measures import Vitals
from processes.vitals.notify import ALIVE, READY, STOPPING, Notify, from_environment
from processes.vitals.watch import Watch
from tickets.errors import StoreUnavailable
from tickets.store.thread import StoreThread

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class Supervisor:
    """A socket as systemd gives it, and the reports that came in."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.setblocking(False)

    def heard(self) -> list[str]:
        """Every word since it was last asked."""
        words: list[str] = []
        while True:
            try:
                words += self.socket.recv(4096).decode().split("\n")
            except BlockingIOError:
                return words


@pytest.fixture
async def keeper() -> AsyncIterator[TaskKeeper]:
    """Tasks that end with the test."""
    made = TaskKeeper()
    yield made
    await made.close()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[StoreThread]:
    """A store."""
    made = await StoreThread(tmp_path / "tanggap.db").open()
    yield made
    await made.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds become tens of milliseconds."""
    monkeypatch.setattr(measures, "PULSE_S", 0.02)
    monkeypatch.setattr(measures, "PROBE_S", 0.02)
    monkeypatch.setattr(measures, "STORE_SILENT_S", 0.3)
    monkeypatch.setattr(watch, "TICK_S", 0.02)


def test_notify_speaks_systemds_protocol(tmp_path: Path) -> None:
    """One datagram with its words on lines; without an address, or with nobody there, nothing happens."""
    supervisor = Supervisor(tmp_path / "notify")
    with closing(supervisor.socket):
        notify = Notify(str(tmp_path / "notify"))
        notify.tell(READY, "STATUS=berjalan")
        assert supervisor.heard() == [READY, "STATUS=berjalan"]
        for _ in range(1000):  # its queue is full: the words are lost, we are not held up
            notify.tell(ALIVE)
        notify.close()
        notify.tell(ALIVE)
    Notify().tell(ALIVE)
    gone = Notify(str(tmp_path / "nobody"))
    gone.tell(ALIVE)
    gone.close()


def test_the_address_is_for_this_process_alone(tmp_path: Path) -> None:
    """It is taken out of the environment, and not used where it was meant for our parent."""
    supervisor = Supervisor(tmp_path / "notify")
    with closing(supervisor.socket):
        address = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "10000000"}
        for pid, heard in ((str(os.getpid()), [ALIVE]), ("1", [])):
            environment = {**address, "WATCHDOG_PID": pid, "HOME": "/"}
            notify = from_environment(environment)
            notify.tell(ALIVE)
            notify.close()
            assert environment == {"HOME": "/"}
            assert supervisor.heard() == heard


async def test_alive_is_said_while_loop_and_store_answer(
    tmp_path: Path, store: StoreThread, keeper: TaskKeeper, quick: None
) -> None:
    """Ready with the store's first answer; silent once its writer hangs; alive again when it goes on."""
    supervisor = Supervisor(tmp_path / "notify")
    with closing(supervisor.socket):
        vitals = Vitals("uji", Notify(str(tmp_path / "notify")))
        keeper.start("pulse", vitals.pulse())
        keeper.start("probe", vitals.probe())
        await asyncio.sleep(0.1)
        assert supervisor.heard() == []
        vitals.watch(store)
        await _until(lambda: vitals.well)
        words: list[str] = []
        await _until(lambda: words.extend(supervisor.heard()) or words.count(ALIVE) > 2)
        assert words[:2] == [READY, ALIVE]
        assert words.count(READY) == 1

        free = threading.Event()
        held = asyncio.ensure_future(store.write(lambda _store: free.wait(10)))
        await _until(lambda: not vitals.well)
        supervisor.heard()
        await asyncio.sleep(0.1)
        assert supervisor.heard() == []
        assert vitals.health()["ok"] is False
        free.set()
        await held
        await _until(lambda: ALIVE in supervisor.heard())
        vitals.stopping()
        assert STOPPING in supervisor.heard()


async def test_a_store_that_refuses_has_answered(store: StoreThread, keeper: TaskKeeper, quick: None) -> None:
    """A full disk is no reason to be replaced: calls go on. It is measured, and stands in the health."""

    async def full(job: object) -> None:
        raise StoreUnavailable("basis data tidak bisa ditulis: database or disk is full")

    vitals = Vitals("uji")
    vitals.watch(store)
    store.write = full  # type: ignore[assignment, method-assign]
    keeper.start("probe", vitals.probe())
    await _until(lambda: vitals.well)
    assert vitals.health()["store"] == {
        "answered_s": 0.0,
        "error": "basis data tidak bisa ditulis: database or disk is full",
    }
    assert b"tanggap_store_writable 0.0" in vitals.exposition()


async def test_a_heart_that_stopped_is_not_well(
    store: StoreThread, keeper: TaskKeeper, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loop and store are fine, and yet nobody says that this process lives: its duty is gone."""
    monkeypatch.setattr(measures, "HEART_SILENT_S", 0.1)
    vitals = Vitals("uji")
    vitals.watch(store)
    keeper.start("probe", vitals.probe())
    await _until(lambda: vitals.well)
    await asyncio.sleep(0.2)
    assert vitals.well  # it has not begun to beat yet
    vitals.beat()
    assert vitals.well
    await _until(lambda: not vitals.well)
    vitals.beat()
    assert vitals.well


async def test_a_vital_duty_that_is_lost_is_not_well(
    store: StoreThread, keeper: TaskKeeper, tmp_path: Path, quick: None
) -> None:
    """Its process is replaced: nothing says any more that it is alive. One that is not vital is only told."""
    supervisor = Supervisor(tmp_path / "notify")
    with closing(supervisor.socket):
        vitals = Vitals("uji", Notify(str(tmp_path / "notify")))
        vitals.watch(store)
        keeper.start("probe", vitals.probe())
        await _until(lambda: vitals.well)
        for name, vital in (("backup", False), ("requests", True)):
            vitals.duties.start(keeper.start, name, _for_ever, limit_s=0.5, vital=vital, restarts=False)
            await asyncio.sleep(0)
            for seconds in (0.0, 1.0, GRACE_S):
                vitals.duties.look(seconds)
            assert vitals.well is not vital
        assert sorted(vitals.duties.troubles) == ["backup", "requests"]
        pulse = keeper.start("pulse", vitals.pulse())
        supervisor.heard()
        await _until(lambda: len(vitals._lags) > 3)
        assert not pulse.done() and ALIVE not in supervisor.heard()
        vitals.stopping()


async def test_the_pulse_looks_after_the_duties(store: StoreThread, keeper: TaskKeeper, quick: None) -> None:
    """One that hangs is noticed without anybody asking."""
    vitals = Vitals("uji")
    vitals.duties.start(keeper.start, "requests", _for_ever, limit_s=0.1)
    keeper.start("pulse", vitals.pulse())
    [duty] = vitals.duties
    await _until(lambda: duty.hangs)
    assert list(vitals.duties.troubles) == ["requests"]


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def test_a_held_loop_and_commits_are_measured(store: StoreThread, keeper: TaskKeeper, quick: None) -> None:
    """The longest delay of the loop, and each transaction that changed something."""
    vitals = Vitals("uji")
    vitals.watch(store)
    keeper.start("pulse", vitals.pulse())
    keeper.start("probe", vitals.probe())
    await _until(lambda: vitals.well)
    threading.Event().wait(0.2)
    await asyncio.sleep(0.05)
    assert 0.1 < vitals.lag_s < 5
    await store.write(lambda store: store.people.beat(NOON, "uji", 1))
    await asyncio.sleep(0.05)
    assert b"tanggap_store_commit_seconds_count 1.0" in vitals.exposition()


async def test_a_process_answers_on_its_socket(store: StoreThread, keeper: TaskKeeper, tmp_path: Path) -> None:
    """Metrics and health by path, over a file that only its owner can open; a gauge may have several labels."""
    vitals = Vitals("uji")
    vitals.gauge("uji_links", "Links", lambda: 1.0, link="ari")
    vitals.gauge("uji_links", "Links", lambda: 0.0, link="ami")
    path = answers.socket_of(tmp_path / "var", "uji")
    assert await answers.ask(path) is None
    for _ in range(2):  # the second finds the socket that the first left behind
        serving = keeper.start("vitals", answers.serve(vitals, path))
        text = await _answer(path)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    assert b'uji_links{link="ari"} 1.0' in text and b'uji_links{link="ami"} 0.0' in text
    assert path.parent.stat().st_mode & 0o777 == 0o700
    keeper.start("vitals", answers.serve(vitals, path))
    assert json.loads(await _answer(path, "/health"))["ok"] is False  # it has no store yet
    assert await answers.ask(path, "/lain") == b""


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    """A socket's address holds 108 bytes."""
    assert answers.socket_of(Path("/srv/112/var"), "calls") == Path("/srv/112/var/run/calls.sock")
    assert len(str(answers.socket_of(tmp_path / ("x" * 90), "escalate"))) < 100


def test_starts_are_counted(tmp_path: Path) -> None:
    """All of them, with the moments of the last; a damaged file counts as none."""
    for minute in range(25):
        starts.note(tmp_path, "calls", NOON + timedelta(minutes=minute))
    counted = starts.read(tmp_path, "calls")
    assert (counted.count, len(counted.last)) == (25, starts.KEPT)
    assert counted.within(NOON + timedelta(minutes=24), timedelta(minutes=10)) == 11
    (tmp_path / "calls.starts").write_text("{")
    assert starts.read(tmp_path, "calls") == starts.Starts()


class Ticks:
    """A clock that goes on by so much each time it is read."""

    def __init__(self, *steps: float) -> None:
        self.now, self.steps = 0.0, list(steps)

    def __call__(self) -> float:
        self.now += self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        return self.now


@pytest.mark.long
async def test_slow_at_the_start_is_not_hung(tmp_path: Path, quick: None) -> None:
    """Nothing was said yet: only the long limit counts; from «ready» on the short one."""
    heard = Watch(tmp_path / "n", silent_s=1.0, start_s=5.0)
    heard.open()
    try:
        assert await heard.hung(Ticks(0.02)) >= 5.0
        child = Notify(str(tmp_path / "n"))
        child.tell(READY)
        assert 1.0 <= await heard.hung(Ticks(0.02)) < 1.1
        child.close()
    finally:
        heard.close()


async def test_who_was_stopped_itself_blames_nobody(tmp_path: Path, quick: None) -> None:
    """A supervisor that was stopped for a minute has not listened: that minute does not count."""
    heard = Watch(tmp_path / "n", silent_s=1.0)
    heard.open()
    child = Notify(str(tmp_path / "n"))
    child.tell(READY)
    ticks = Ticks(0.0, 60.0, 60.0, 0.02)
    try:
        assert await heard.hung(ticks) < 1.1
        assert len(ticks.steps) == 1 and ticks.now > 120.5  # it waited for the whole second after that
    finally:
        heard.close()
        child.close()


@pytest.mark.long
async def test_a_new_child_is_heard_anew(tmp_path: Path, quick: None) -> None:
    """Reports of a former child do not count; its environment has the address and the interval."""
    heard = Watch(tmp_path / "n", silent_s=1.0, start_s=3.0)
    heard.open()
    child = Notify(str(tmp_path / "n"))
    child.tell(READY)
    assert await heard.hung(Ticks(0.02)) < 3.0
    heard.open()
    try:
        assert heard.environment == {"NOTIFY_SOCKET": str(tmp_path / "n"), "WATCHDOG_USEC": "1000000"}
        assert await heard.hung(Ticks(0.02)) >= 3.0
    finally:
        heard.close()
        child.close()


async def _until(true: object) -> None:
    async with asyncio.timeout(60):
        while not true():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def _answer(path: Path, resource: str = "/metrics") -> bytes:
    async with asyncio.timeout(60):
        while (reply := await answers.ask(path, resource)) is None:
            await asyncio.sleep(0.01)
    return reply
