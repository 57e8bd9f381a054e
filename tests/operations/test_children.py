"""A supervised process: started again with a growing pause however it ends, and replaced when it hangs."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from operations import children
from operations.children import Child
from processes.tasks import TaskKeeper
from processes.vitals.watch import Watch

# stands in for «python -m tanggap --home HOME NAME»: says what the file «how» tells it to
PROGRAM = """#!{python}
import os, signal, socket, sys, time
home, name = sys.argv[4], sys.argv[5]
how = open(home + "/how").read()
with open(home + "/started", "a") as file:
    file.write(str(os.getpid()) + "\\n")
if how == "die":
    sys.exit(3)
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
def say(words):
    try:
        told.sendto(words.encode(), socket.MSG_DONTWAIT, os.environ["NOTIFY_SOCKET"])
    except (KeyError, OSError):
        pass
if how == "slow":
    time.sleep(4)
say("READY=1")
if how == "deaf":
    signal.signal(signal.SIGABRT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    if how != "deaf":
        say("WATCHDOG=1")
    time.sleep(0.05)
"""

# each test starts processes
pytestmark = pytest.mark.long
# longer than a crowded machine keeps a child from its turn
SILENT_S = 2.0


class Stand:
    """A child of a made-up program, and what it was told to do."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.child = Child("calls", home)
        self.child._watch = Watch(home / "var" / "run" / "calls.notify", silent_s=SILENT_S)

    @property
    def pids(self) -> list[int]:
        """Every process that was started, in order."""
        path = self.home / "started"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def how(self, word: str) -> None:
        """Behaviour of the next process: live, slow, die, deaf."""
        (self.home / "how").write_text(word)


@pytest.fixture
async def stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stand]:
    """A stand whose process is stopped afterwards."""
    program = tmp_path / "python"
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    for folder in ("log", "run"):
        (tmp_path / "var" / folder).mkdir(parents=True)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(children, "ABORT_S", 0.3)
    monkeypatch.setattr(children, "STOP_S", 1.0)
    made, keeper = Stand(tmp_path), TaskKeeper()
    made.how("live")
    keeping = keeper.start("child", made.child.keep())
    yield made
    await made.child.stop()
    await asyncio.wait({keeping}, timeout=60)
    await keeper.close()
    assert [pid for pid in made.pids if Path(f"/proc/{pid}").exists()] == []


async def until(true: Callable[[], object]) -> None:
    """Return as soon as it is true."""
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)


async def test_a_killed_process_is_started_again(stand: Stand) -> None:
    """Its end does not count as a hang."""
    await until(lambda: len(stand.pids) == 1)
    os.kill(stand.pids[0], signal.SIGKILL)
    await until(lambda: len(stand.pids) == 2)
    assert (stand.child.restarts, stand.child.hangs, stand.child.pid) == (1, 0, stand.pids[1])


@pytest.mark.parametrize(("steady_s", "pause_s"), [(0.0, 0.0), (60.0, 0.5)])
async def test_who_was_well_is_started_again_at_once(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, steady_s: float, pause_s: float
) -> None:
    """Callers wait for it; one that ended soon after its start is given a pause."""
    monkeypatch.setattr(children, "STEADY_S", steady_s)
    await until(lambda: len(stand.pids) == 1)
    with capture_logs() as logs:
        os.kill(stand.pids[0], signal.SIGKILL)
        await until(lambda: len(stand.pids) == 2)
    assert [row["again_in_s"] for row in logs if row["event"] == "child.ended"] == [pause_s]


async def test_a_stopped_process_is_replaced(stand: Stand) -> None:
    """SIGSTOP: alive by its pid, and says nothing any more."""
    await until(lambda: stand.child.pid in stand.pids)
    await asyncio.sleep(0.5)
    os.kill(stand.pids[0], signal.SIGSTOP)
    await until(lambda: len(stand.pids) == 2)
    assert (stand.child.restarts, stand.child.hangs) == (1, 1)


async def test_one_that_ignores_every_signal_is_replaced(stand: Stand) -> None:
    """It was ready, says nothing more, and takes neither SIGABRT nor SIGTERM."""
    stand.how("deaf")
    await until(lambda: len(stand.pids) == 1)
    stand.how("live")
    await until(lambda: len(stand.pids) == 2)
    assert stand.child.hangs == 1


async def test_one_that_is_slow_at_the_start_is_left_alone(stand: Stand) -> None:
    """Silent for longer than the limit before it was ever ready."""
    stand.how("slow")
    os.kill((await first(stand)), signal.SIGKILL)
    await until(lambda: len(stand.pids) == 2)
    await until(lambda: stand.child._watch._ready)
    assert (len(stand.pids), stand.child.hangs) == (2, 0)


async def test_one_that_dies_at_once_is_tried_more_and_more_slowly(stand: Stand) -> None:
    """0.5, 1 and 2 s between the tries."""
    pid = await first(stand)
    stand.how("die")
    os.kill(pid, signal.SIGKILL)
    loop = asyncio.get_running_loop()
    moments = []
    for count in (2, 3, 4):
        await until(lambda count=count: len(stand.pids) >= count)  # type: ignore[misc]
        moments.append(loop.time())
    assert moments[2] - moments[1] > moments[1] - moments[0] > 0.9
    stand.how("live")


async def test_where_it_cannot_be_heard_it_runs_all_the_same(stand: Stand) -> None:
    """The folder of the sockets is gone: not watched for hangs, but started again when it ends."""
    pid = await first(stand)
    stand.child._watch.close()
    run = stand.home / "var" / "run"
    run.rename(stand.home / "var" / "away")
    os.kill(pid, signal.SIGKILL)
    await until(lambda: len(stand.pids) == 2)
    await asyncio.sleep(SILENT_S + 1)
    assert (stand.child.hangs, stand.child.pid) == (0, stand.pids[1])
    (stand.home / "var" / "away").rename(run)


async def first(stand: Stand) -> int:
    """The first process, once it runs."""
    await until(lambda: stand.child.pid in stand.pids)
    return stand.pids[0]


async def test_one_that_is_just_being_started_is_stopped_too(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop that comes between the end of a process and its next start leaves none behind."""
    await until(lambda: stand.pids)
    spawn, spawned, go, keeper = stand.child._spawn, asyncio.Event(), asyncio.Event(), TaskKeeper()
    started: list[asyncio.subprocess.Process] = []

    async def slowly(environment: dict[str, str]) -> asyncio.subprocess.Process:
        started.append(await spawn(environment))
        spawned.set()
        await go.wait()
        return started[-1]

    monkeypatch.setattr(stand.child, "_spawn", slowly)
    os.kill(stand.pids[0], signal.SIGKILL)
    await spawned.wait()
    stopping = keeper.start("stop", stand.child.stop())
    await asyncio.wait({stopping}, timeout=0.5)
    go.set()
    await stopping
    assert started[0].returncode is not None
    await keeper.close()
