"""Automatic backups, as often as site.yaml says, made by a separate process of low priority."""

import asyncio
import contextlib
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from instance import Instance
from operations.backup.backup import folder_of, made_at, newest_first
from processes.running import real_clock

log = structlog.get_logger(__name__)

# the first look comes a little after the start; a failed backup is not tried again at once
LOOK_S, RETRY_S = 60.0, 900.0
# so long an interrupted backup may clear its files away
END_S = 5.0

Tell = Callable[[str, dict[str, object]], Awaitable[None]]


def is_due(instance: Instance, now: datetime) -> bool:
    """True when the last backup is older than site.yaml allows; a backup dated in the future is ignored."""
    every = instance.site.store.backup_every_s
    last = next((made_at(path) for path in newest_first(folder_of(instance))), None)
    return bool(every) and (last is None or not timedelta(0) <= now - last < timedelta(seconds=every))


class BackUps:
    """Runs `tanggap backup` whenever a backup is due; a failure is a row of the journal."""

    def __init__(self, instance: Callable[[], Instance], tell: Tell) -> None:
        self._instance = instance
        self._tell = tell

    async def run(self) -> None:
        """Look for due backups until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            if await asyncio.to_thread(is_due, self._instance(), real_clock()) and not await self.make():
                await asyncio.sleep(RETRY_S)

    async def make(self) -> bool:
        """Make a backup; on failure False, and the journal says why."""
        words = ("nice", "-n", "19", sys.executable, "-m", "tanggap", "--home", str(self._instance().home), "backup")
        made = await asyncio.create_subprocess_exec(
            *words, "--json", stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, start_new_session=True
        )
        try:
            _, errors = await made.communicate()
        finally:
            await _end(made)
        if made.returncode == 0:
            return True
        why = errors.decode(errors="replace").strip()[-300:]
        log.error("backup.failed", why=why)
        await self._tell("backup.failed", {"why": why})
        return False


async def _end(made: asyncio.subprocess.Process) -> None:
    """End a backup that nobody waits for any more: interrupted it leaves no file, killed a hidden folder."""
    if made.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        made.send_signal(signal.SIGINT)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_S):
                await made.communicate()
                return
        made.kill()
    await made.communicate()
