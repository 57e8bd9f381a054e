"""What the four processes share: the instance in force, reloaded safely, and a clean end on SIGTERM or SIGINT."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog

from tanggap.config import Instance, load
from tanggap.config.problems import Problem
from tanggap.config.reload import Watcher
from tanggap.logs import to_file
from tanggap.supervise import TaskKeeper, for_ever

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
Main = Callable[[Callable[[], Instance], Clock, asyncio.Event], Awaitable[None]]


def real_clock() -> datetime:
    """The one real clock: now, aware, UTC."""
    return datetime.now(UTC)


def run_process(name: str, home: Path, main: Main) -> None:
    """Run a process until it is told to stop; raises ConfigErrors when the configuration is wrong at the start."""
    instance = load(home)
    to_file(instance.var / "log" / f"{name}.log")
    asyncio.run(_run(name, instance, main))


async def _run(name: str, instance: Instance, main: Main) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    keeper = TaskKeeper()
    watcher = Watcher(instance, _changed, _refused)
    keeper.start("reload", for_ever("reload", watcher.run))
    spare_collector()
    log.info("process.started", process=name, home=str(instance.home))
    try:
        await main(lambda: watcher.instance, real_clock, stop)
    finally:
        await keeper.close()
        log.info("process.stopped", process=name)


def spare_collector() -> None:
    """What is loaded stays: without this each full garbage collection holds everything up for some 80 ms."""
    gc.collect()
    gc.freeze()


def _changed(instance: Instance) -> None:
    log.info("config.accepted", home=str(instance.home))


def _refused(problems: Sequence[Problem]) -> None:
    log.error("config.refused", problems=[str(problem) for problem in problems])
