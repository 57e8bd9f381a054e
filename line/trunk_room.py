"""Room on a trunk for calls that go out: its last channels are left to callers.

A trunk's door is a lock on a file: the processes that dial out count its channels and order a call one after another,
so that two of them never take the same last channel. A process that dies opens it. Where the file cannot be opened, on
a full disk, a call is counted and ordered without it: it goes out all the same."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from asterisk.ari import Ari
from asterisk.site import Trunk
from asterisk.trunks.status import full_sentence
from tickets.errors import ChannelError

# how long a door may be held by others, and how often it is tried
DOOR_S, TRY_S = 3.0, 0.02
# how often a waiting call looks for room
LOOK_S = 1.0

log = structlog.get_logger(__name__)


class TrunkFull(ChannelError):
    """Only channels that are kept for callers are left; the sentence says how many are in use."""


class TrunkRoom:
    """Counts the channels of trunks by Asterisk's list; `folder` holds the doors."""

    def __init__(self, ari: Ari, folder: Path) -> None:
        self._ari, self._folder = ari, folder

    async def wait(self, trunk: Trunk | None, limit_s: float) -> None:
        """Return as soon as a call may go out; TrunkFull after the limit."""
        loop = asyncio.get_running_loop()
        until = loop.time() + limit_s
        while True:
            try:
                return await self.check(trunk)
            except TrunkFull:
                if loop.time() + LOOK_S > until:
                    raise
            await asyncio.sleep(LOOK_S)

    async def check(self, trunk: Trunk | None) -> None:
        """TrunkFull where no call may go out now."""
        if trunk is None or not trunk.channels:
            return
        channel = re.compile(rf"PJSIP/{re.escape(trunk.endpoint)}-[0-9a-f]{{8}}")
        used = sum(1 for row in await self._ari.channels() if channel.fullmatch(row.get("name", "")))
        if used >= trunk.channels - trunk.reserve:
            raise TrunkFull(full_sentence(trunk, used))

    @asynccontextmanager
    async def door(self, trunk: Trunk | None) -> AsyncIterator[None]:
        """Hold the trunk's door while a call is ordered; TrunkFull where none may go out now."""
        if trunk is None or not trunk.channels:
            yield
            return
        async with self._locked(self._folder / f"trunk-{trunk.name}.lock"):
            await self.check(trunk)
            yield

    @asynccontextmanager
    async def _locked(self, path: Path) -> AsyncIterator[None]:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            log.error("trunk.door_not_opened", file=str(path), error=str(error))
            yield
            return
        try:
            async with asyncio.timeout(DOOR_S):
                while not _taken(handle):  # noqa: ASYNC110 - another process holds it: no event tells of its end
                    await asyncio.sleep(TRY_S)
        except BaseException as error:
            os.close(handle)
            if isinstance(error, TimeoutError):
                raise TrunkFull("panggilan keluar lain sedang dimulai") from None
            raise
        try:
            yield
        finally:
            os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
