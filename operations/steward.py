"""The supervisor's work under systemd: ends a hung Asterisk, brings changed files into force, keeps backups.

Under systemd this is the process `tanggap steward`; `tanggap up` does the same itself (operations/beside.py)."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import aiohttp
import structlog

from asterisk.errors import LaunchError
from asterisk.launch import Asterisk
from instance import Instance, editions
from operations.backup.restore import make_sound
from operations.beside import PROCESS, Beside
from operations.disk import ballast
from operations.phone_system import build_prompts, phone_system, write_files
from processes.running import real_clock
from processes.tasks import TaskKeeper
from processes.vitals import answers
from processes.vitals.measures import Vitals
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

LOOK_S = 2.0
# looks in a row without an answer over HTTP after which the control socket is asked
SILENT_TIMES = 5
HTTP_S = 2.0
CONTROL_S = 5.0


async def hung(asterisk: Asterisk) -> int:
    """Wait until a running Asterisk answers neither over HTTP nor at its control socket; returns its pid."""
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
    """True when anything answers; a refused connection counts too: that Asterisk is starting or ending, not hung."""
    try:
        async with session.get(f"http://127.0.0.1:{port}/"):
            return True
    except TimeoutError:
        return False
    except aiohttp.ClientError:
        return True


async def end_hung(asterisk: Asterisk) -> None:
    """Wait until Asterisk hangs and kill it; its supervisor starts it again."""
    pid = await hung(asterisk)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


async def run(
    instance: Callable[[], Instance], clock: Callable[[], datetime], stop: asyncio.Event, vitals: Vitals
) -> None:
    """Run the process until `stop`. Asterisk and the other processes are started by systemd."""
    keeper, running = TaskKeeper(), instance()
    store = await StoreThread(running.var / "tanggap.db").open()
    vitals.watch(store)
    beside, asterisk = Beside(running, store, clock, PROCESS), phone_system(running)
    try:
        vitals.duties.start(keeper.start, "asterisk", lambda: end_hung(asterisk))
        await beside.start(vitals, keeper)
        await stop.wait()
    finally:
        await beside.stop()
        await keeper.close()
        await store.close()


def prepare(instance: Instance) -> list[str]:
    """Make everything that the processes need before they start; returns lines for the administrator."""
    ballast.give_up(instance.var)
    for folder in ("log", "run", "media"):
        (instance.var / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    lines = []
    # a database that a running process of ours uses is not set aside
    if asyncio.run(_nobody_runs(instance)) and (restored := make_sound(instance, real_clock())):
        lines.append(restored.sentence)
    build_prompts(instance)
    asterisk = phone_system(instance)
    write_files(instance, asterisk, real_clock())
    if asterisk.pid is None:  # a running Asterisk has not reloaded the files yet
        editions.note_asterisk(instance.home, instance.edition)
    return lines


async def _nobody_runs(instance: Instance) -> bool:
    names = ("calls", "agi", "escalate", "console", PROCESS)
    replies = await asyncio.gather(*(answers.ask(answers.socket_of(instance.var, name), "/health") for name in names))
    return replies == [None] * len(names)
