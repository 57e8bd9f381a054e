"""What the four processes share: the edition in force, followed, and a clean end on SIGTERM or SIGINT."""

import asyncio
import faulthandler
import gc
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from tanggap.config import Instance, editions
from tanggap.config.reload import Follower
from tanggap.logs import to_file
from tanggap.supervise import TaskKeeper, for_ever
from tanggap.vitals import answers, starts
from tanggap.vitals.measures import Vitals
from tanggap.vitals.notify import from_environment

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
# the collector holds everything up: only when the process does its work
SPARE_AFTER_S = 1.0
Main = Callable[[Callable[[], Instance], Clock, asyncio.Event, Vitals], Awaitable[None]]


def real_clock() -> datetime:
    """The one real clock: now, aware, UTC."""
    return datetime.now(UTC)


def steady(clock: Clock) -> Clock:
    """Begins with `clock`, then goes by passing time alone: for what waits, whatever the clock is set to."""
    base, began = clock(), time.monotonic()
    return lambda: base + timedelta(seconds=time.monotonic() - began)


def run_process(name: str, home: Path, main: Main) -> None:
    """Run a process until it is told to stop; raises ConfigErrors when the configuration is wrong at the start."""
    faulthandler.enable()  # a supervisor that replaces a hung process sends SIGABRT: where it hung is then known
    vitals = Vitals(name, from_environment())
    with editions.taken(home, real_clock()) as instance:
        to_file(instance.var / "log" / f"{name}.log")
        starts.note(instance.var / "run", name, real_clock())
        asyncio.run(_run(name, instance, main, vitals))


async def _run(name: str, instance: Instance, main: Main, vitals: Vitals) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    keeper = TaskKeeper()
    follower = Follower(instance)
    keeper.start("reload", for_ever("reload", follower.run))
    edition = "Number of the edition of the configuration that this process runs"
    vitals.gauge("tanggap_config_edition", edition, lambda: follower.instance.edition)
    keeper.start("pulse", for_ever("pulse", vitals.pulse))
    keeper.start("probe", for_ever("probe", vitals.probe))
    socket = answers.socket_of(instance.var, name)
    keeper.start("vitals", for_ever("vitals", lambda: answers.serve(vitals, socket), back_off_s=(1, 10, 60)))
    asyncio.get_running_loop().call_later(SPARE_AFTER_S, spare_collector)
    log.info("process.started", process=name, home=str(instance.home))
    try:
        await main(lambda: follower.instance, real_clock, stop, vitals)
    finally:
        vitals.stopping()
        await keeper.close()
        log.info("process.stopped", process=name)


def spare_collector() -> None:
    """What is loaded stays: without this each full garbage collection holds everything up for some 80 ms."""
    gc.collect()
    gc.freeze()
