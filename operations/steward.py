"""What somebody must do beside the four processes: notice a hung Asterisk, take up changed files, say so.

`tanggap up` does it for its own line; under systemd it is the process `tanggap steward`."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

import aiohttp
import structlog

from asterisk.errors import LaunchError
from asterisk.launch import Asterisk
from instance import Instance, editions
from operations import weekly_tests
from operations.applying import Uptake
from operations.backup import replica
from operations.backup.duty import BackUps
from operations.backup.restore import make_sound
from operations.children import Child
from operations.disk import ballast
from operations.phone_system import build_prompts, phone_system, write_files
from processes.heartbeat import Heartbeat
from processes.running import real_clock
from processes.tasks import TaskKeeper
from processes.vitals import answers
from processes.vitals.measures import Vitals
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

PROCESS = "steward"
LOOK_S = 2.0
# files of prompts may have to be made anew, and a disk may be slow
TAKE_UP_S, SLOW_S = 300.0, 120.0
BACK_UP_S = 6 * 3600.0
# so often in a row must Asterisk be silent over HTTP, and then at its control socket too
SILENT_TIMES = 5
HTTP_S = 2.0
CONTROL_S = 5.0


async def hung(asterisk: Asterisk) -> int:
    """Wait until a running Asterisk answers neither over HTTP nor at its control socket; its pid."""
    silent = 0
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=HTTP_S)) as session:
        while True:
            await asyncio.sleep(LOOK_S)
            pid = asterisk.pid
            silent = 0 if pid is None or await _answers(session, asterisk.site.http_port) else silent + 1
            if silent < SILENT_TIMES or pid is None:
                continue
            try:
                await asterisk.command("core show uptime seconds", CONTROL_S)
                silent = 0
            except LaunchError as error:
                if asterisk.pid == pid:
                    log.error("asterisk.hung", pid=pid, error=str(error))
                    return pid


async def _answers(session: aiohttp.ClientSession, port: int) -> bool:
    """Whether anything comes back; a refused connection is an Asterisk that starts or ends, and no silence."""
    try:
        async with session.get(f"http://127.0.0.1:{port}/"):
            return True
    except TimeoutError:
        return False
    except aiohttp.ClientError:
        return True


async def end_hung(asterisk: Asterisk) -> None:
    """Kill an Asterisk that hangs, once; whoever started it starts it again."""
    pid = await hung(asterisk)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


async def run(
    instance: Callable[[], Instance], clock: Callable[[], datetime], stop: asyncio.Event, vitals: Vitals
) -> None:
    """The process: until `stop`. Asterisk and the other processes are started by systemd."""
    keeper, duties, found, copier = TaskKeeper(), vitals.duties, instance(), None
    store = await StoreThread(found.var / "tanggap.db").open()
    vitals.watch(store)
    uptake, asterisk = Uptake(found, store, clock, PROCESS), phone_system(found)
    try:
        duties.start(
            keeper.start, "beat", Heartbeat(store, clock, PROCESS, vitals.beat, data=partial(_state, uptake)).beat
        )
        duties.start(keeper.start, "uptake", uptake.run, limit_s=TAKE_UP_S)
        duties.start(keeper.start, "asterisk", lambda: end_hung(asterisk))
        duties.start(keeper.start, "ballast", lambda: ballast.watch(found.var), limit_s=SLOW_S, vital=False)
        weekly = partial(weekly_tests.run, lambda: uptake.instance, store, clock)
        duties.start(keeper.start, "page-test", weekly, limit_s=SLOW_S, vital=False)
        back_ups = BackUps(lambda: uptake.instance, uptake.tell)
        duties.start(keeper.start, "backup", back_ups.run, limit_s=BACK_UP_S, vital=False)
        copier = await keep_copies(uptake, keeper)
        await stop.wait()
    finally:
        if copier is not None:
            await copier.stop()
        await keeper.close()
        await store.close()


def _state(uptake: Uptake) -> dict[str, object]:
    """Data of the heartbeat: nothing is started again here, and what holds of the configuration."""
    return {"restarts": {}, **uptake.state()}


async def keep_copies(uptake: Uptake, keeper: TaskKeeper) -> Child | None:
    """Litestream where it is wanted and there; its process is the caller's to stop."""
    instance = uptake.instance
    if why := replica.absent(instance):
        log.error("replica.absent", why=why)
        await uptake.tell("replica.absent", {"why": why})
    command = await asyncio.to_thread(replica.command, instance)
    if command is None:
        return None
    copier = Child("litestream", instance.home, command)
    keeper.start("child-litestream", copier.keep())
    return copier


def prepare(instance: Instance) -> list[str]:
    """Everything that must be there before the processes start; what was done that somebody should know."""
    ballast.give_up(instance.var)
    for folder in ("log", "run", "media"):
        (instance.var / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    told = []
    # while one of ours runs nothing is set aside under it
    if asyncio.run(_nobody_runs(instance)) and (found := make_sound(instance, real_clock())):
        came = f"dipulihkan dari {found.source}" if found.source else "tidak ada cadangan yang baik, dimulai kosong"
        told.append(f"basis data rusak, disisihkan di {found.kept}: {came}")
    build_prompts(instance)
    asterisk = phone_system(instance)
    write_files(instance, asterisk, real_clock())
    if asterisk.pid is None:  # one that runs was not told to read them
        editions.note_asterisk(instance.home, instance.edition)
    return told


async def _nobody_runs(instance: Instance) -> bool:
    names = ("calls", "agi", "escalate", "console", PROCESS)
    found = await asyncio.gather(*(answers.ask(answers.socket_of(instance.var, name), "/health") for name in names))
    return found == [None] * len(names)
