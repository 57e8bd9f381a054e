"""Runs a process: follows the edition in force, and ends cleanly on SIGTERM or SIGINT."""

import asyncio
import faulthandler
import gc
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import structlog

from instance import Instance, editions
from instance.reload import Follower
from processes.instance_lock import only_one
from processes.logs import to_file
from processes.tasks import TaskKeeper
from processes.vitals import answers, starts
from processes.vitals.measures import Vitals
from processes.vitals.notify import from_environment

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
# the garbage collector stops everything for a moment: only after the process has begun its work
FREEZE_AFTER_S = 1.0
# reading the configuration anew may take long on a slow disk
RELOAD_S = 120.0
Main = Callable[[Callable[[], Instance], Clock, asyncio.Event, Vitals], Awaitable[None]]


def real_clock() -> datetime:
    """The real clock: now, aware, UTC. Only a process's start hands it out."""
    return datetime.now(UTC)


def steady(clock: Clock) -> Clock:
    """Make a monotonic clock that starts at `clock()`: waiting times must not jump when the system clock is set."""
    base, began = clock(), time.monotonic()
    return lambda: base + timedelta(seconds=time.monotonic() - began)


def run_process(name: str, home: Path, main: Main) -> None:
    """Run a process until it is told to stop.

    ConfigErrors when the configuration is wrong at the start; TakenError, and nothing was touched, when another process
    of this name runs for the instance."""
    faulthandler.enable()  # a supervisor that replaces a hung process sends SIGABRT: the stacks are then logged
    vitals = Vitals(name, from_environment())
    with only_one(home, name), editions.taken(home, real_clock()) as instance:
        to_file(instance.var / "log" / f"{name}.log")
        starts.note(instance.var / "run", name, real_clock())
        asyncio.run(_run(name, instance, main, vitals))


async def _run(name: str, instance: Instance, main: Main, vitals: Vitals) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    keeper = TaskKeeper()
    follower = Follower(instance)
    start, socket = partial(vitals.duties.start, keeper.start), answers.socket_of(instance.var, name)
    vitals.duties.ending = stop.is_set
    start("reload", follower.run, limit_s=RELOAD_S, vital=False)
    edition = "Number of the edition of the configuration that this process runs"
    vitals.gauge("tanggap_config_edition", edition, lambda: follower.instance.edition)
    # without limits: the supervisor watches the pulse, and the probe itself reports a silent store
    start("pulse", vitals.pulse, limit_s=None)
    start("probe", vitals.probe, limit_s=None)
    start("vitals", lambda: answers.serve(vitals, socket), limit_s=None, vital=False, back_off_s=(1, 10, 60))
    asyncio.get_running_loop().call_later(FREEZE_AFTER_S, freeze_garbage)
    log.info("process.started", process=name, home=str(instance.home))
    try:
        await main(lambda: follower.instance, real_clock, stop, vitals)
    finally:
        vitals.stopping()
        await keeper.close()
        log.info("process.stopped", process=name)


def freeze_garbage() -> None:
    """Take all present objects out of garbage collection: each full one would stop everything for some 80 ms."""
    gc.collect()
    gc.freeze()
