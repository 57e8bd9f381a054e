"""Batches the records of attempts that end at the same moment: one transaction, one fsync."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from tickets.errors import WriteUnknown
from tickets.store import Store

Job = Callable[[Store], None]
Spawn = Callable[[str, Coroutine[Any, Any, None]], "asyncio.Task[None]"]


class Recorder:
    """Writer of jobs: `write` returns when its job is durable. While there is `much` to do, jobs are batched.

    Jobs of a failed batch are tried again one by one. After WriteUnknown they are not: they may have been written.
    """

    def __init__(
        self,
        write: Callable[[Callable[[Store], object]], Awaitable[object]],
        spawn: Spawn,
        much: Callable[[], bool],
        gather: Callable[[asyncio.Event], Awaitable[None]],
    ) -> None:
        self._into_store = write
        self._spawn = spawn
        self._much = much
        self._gather = gather  # for how long, or until the event is set
        self._hurry = asyncio.Event()
        self._waiting: list[tuple[Job, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def write(self, job: Job) -> None:
        """Run `job` in a transaction; a cancelled wait still writes."""
        if not self._much():
            await self._into_store(job)
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, done))
        if self._writer is None:
            self._writer = self._spawn("records", self._write())
        await done

    async def end(self) -> None:
        """Write all that was handed in, without further gathering."""
        self._hurry.set()
        if self._writer is not None:
            await self._writer

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._gather(self._hurry)
                batch, self._waiting = self._waiting, []
                await self._together(batch)
        finally:
            self._writer = None

    async def _together(self, batch: list[tuple[Job, asyncio.Future[None]]]) -> None:
        try:
            await self._into_store(lambda store: [job(store) for job, _done in batch])
        except Exception as error:
            if len(batch) == 1 or isinstance(error, WriteUnknown):
                for _job, done in batch:
                    _settle(done, error)
            else:
                await asyncio.gather(*(self._together([job]) for job in batch))
        else:
            for _job, done in batch:
                _settle(done)


def _settle(done: asyncio.Future[None], error: Exception | None = None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
