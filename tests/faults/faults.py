"""Faults, one function each: entering it breaks something, leaving it mends what does not mend itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial

from processes.line_server import run_folder
from processes.vitals.notify import ALIVE
from tests.e2e.test_full_disk import fill
from tests.faults.lab import Lab
from tests.faults.people import until

HOUR_S = 3600.0
# longer than every dead-man timer
DEAD_MEN_S = 75.0
SUPERVISED_S = 25.0


@dataclass(frozen=True, slots=True)
class Fault:
    """`holds_s`: for so long, in CI `brief_s` (None: not in CI). `crash`: calls end with Asterisk.

    `push_late_s`: by so much a push may come later than the ladder says, since the agency itself is what is broken."""

    name: str
    what: str
    inject: Callable[[Lab], AbstractAsyncContextManager[None]]
    holds_s: float = 0.0
    brief_s: float | None = 0.0
    crash: bool = False
    push_late_s: float = 0.0
    clock_s: float = 0.0
    needs_disk: bool = False


def _pid(lab: Lab, name: str) -> int:
    pid = lab.line.children[name].pid
    assert pid is not None, f"{name} does not run"
    return pid


async def _replaced(lab: Lab, name: str, pid: int, limit_s: float = SUPERVISED_S) -> None:
    await until(lambda: lab.line.children[name].pid not in (None, pid), limit_s, f"{name} is started again")


@contextlib.asynccontextmanager
async def killed(lab: Lab) -> AsyncIterator[None]:
    """kill -9 of `calls`."""
    pid = _pid(lab, "calls")
    os.kill(pid, signal.SIGKILL)
    yield
    await _replaced(lab, "calls", pid)


@contextlib.asynccontextmanager
async def hung(lab: Lab) -> AsyncIterator[None]:
    """SIGSTOP of `calls`, with its sockets up; the supervisor hears nothing of it and replaces it."""
    pid = _pid(lab, "calls")
    os.kill(pid, signal.SIGSTOP)
    yield
    await _replaced(lab, "calls", pid)


@contextlib.asynccontextmanager
async def frozen(lab: Lab) -> AsyncIterator[None]:
    """SIGSTOP of `calls` that nobody notices, beyond every dead-man timer; then it goes on as if nothing had been."""
    pid = _pid(lab, "calls")
    patting = lab.keeper.start("pat", _pat(lab))
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(1)
        patting.cancel()


async def _pat(lab: Lab) -> None:
    """Tell the supervisor in the place of `calls` that it is alive."""
    path = run_folder(lab.instance.var) / "calls.notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as teller:
        while True:
            teller.sendto(ALIVE.encode(), str(path))
            await asyncio.sleep(1)


@contextlib.asynccontextmanager
async def deaf(lab: Lab) -> AsyncIterator[None]:
    """Everything between our processes and Asterisk is swallowed, without FIN or RST."""
    lab.ari.swallows = lab.ami.swallows = True
    yield
    lab.ari.swallows = lab.ami.swallows = False


@contextlib.asynccontextmanager
async def slow(lab: Lab, seconds: float) -> AsyncIterator[None]:
    """Each answer of Asterisk over REST comes so late."""
    lab.ari.late_s = seconds
    yield
    lab.ari.late_s = 0.0


@contextlib.asynccontextmanager
async def refusing(lab: Lab) -> AsyncIterator[None]:
    """Each request over REST is answered with 500."""
    lab.ari.refuses = True
    yield
    lab.ari.refuses = False


@contextlib.asynccontextmanager
async def asterisk_killed(lab: Lab) -> AsyncIterator[None]:
    """kill -9 of Asterisk; the supervisor starts another."""
    pid = lab.line.asterisk.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    yield
    await until(lambda: lab.line.asterisk.pid not in (None, pid), SUPERVISED_S, "Asterisk is started again")


@contextlib.asynccontextmanager
async def asterisk_restarted(lab: Lab) -> AsyncIterator[None]:
    """`core restart now`, as an admin types it."""
    await lab.line.asterisk.command("core restart now")
    yield


@contextlib.asynccontextmanager
async def disk_full(lab: Lab) -> AsyncIterator[None]:
    """The disk of `var` has no space left: database, recordings, Asterisk's own files, logs."""
    assert lab.disk is not None
    full = await asyncio.to_thread(fill, lab.disk)
    yield
    full.unlink()


@contextlib.asynccontextmanager
async def clock_steps(lab: Lab, seconds: float) -> AsyncIterator[None]:
    """The clock of our processes steps, and stays so."""
    lab.spoil(clock_s=lab.spoils.clock_s + seconds)
    yield


@contextlib.asynccontextmanager
async def journal_late(lab: Lab, seconds: float) -> AsyncIterator[None]:
    """All that follow the journal read it so late: pages' wishes, screens, the waking of the escalation."""
    lab.spoil(late_s=seconds)
    yield
    lab.spoil(late_s=0.0)


@contextlib.asynccontextmanager
async def console_down(lab: Lab) -> AsyncIterator[None]:
    """The console is killed -9 whenever it is there."""
    killing = lab.keeper.start("kill-console", _kill_again_and_again(lab, "console"))
    yield
    killing.cancel()


async def _kill_again_and_again(lab: Lab, name: str) -> None:
    while True:
        if (pid := lab.line.children[name].pid) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.2)


@contextlib.asynccontextmanager
async def agency_refuses(lab: Lab) -> AsyncIterator[None]:
    """Nobody listens where the agency's server was."""
    await lab.agency.close()
    yield
    await lab.agency.open(lab.agency_port)


@contextlib.asynccontextmanager
async def agency_mute(lab: Lab) -> AsyncIterator[None]:
    """The agency's server accepts, and says nothing."""
    lab.agency.speaks.clear()
    yield
    lab.agency.speaks.set()


FAULTS = (
    Fault("killed", "kill -9 calls", killed),
    Fault("hung", "SIGSTOP calls, supervised", hung),
    Fault("frozen", "SIGSTOP calls 75 s, unnoticed", frozen, DEAD_MEN_S, None),
    Fault("deaf", "socket gone without FIN", deaf, 10.0, 5.0),
    Fault("slow", "REST 2 s late", partial(slow, seconds=2.0), 10.0, 4.0),
    Fault("too_slow", "REST 5 s late (limit 3 s)", partial(slow, seconds=5.0), 12.0, None),
    Fault("refusing", "REST answers 500", refusing, 8.0, 3.0),
    Fault("disk_full", "disk full", disk_full, 10.0, 4.0, needs_disk=True),
    Fault("clock_forward", "clock +1 h", partial(clock_steps, seconds=HOUR_S), 3.0, 2.0, clock_s=HOUR_S),
    Fault("clock_back", "clock -1 h", partial(clock_steps, seconds=-HOUR_S), 3.0, 2.0, clock_s=-HOUR_S),
    Fault("journal_late", "journal read 4 s late", partial(journal_late, seconds=4.0), 8.0, 3.0),
    Fault("console_down", "console down", console_down, 8.0, 2.0),
    Fault("agency_refuses", "agency server refuses", agency_refuses, 15.0, 3.0, push_late_s=12.0),
    Fault("agency_mute", "agency server mute", agency_mute, 15.0, 3.0, push_late_s=12.0),
    Fault("asterisk_killed", "kill -9 Asterisk", asterisk_killed, crash=True),
    Fault("asterisk_restarted", "core restart now", asterisk_restarted, 2.0, None, crash=True),
)
