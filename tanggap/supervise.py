"""Tasks that are named, kept, and heard when they fail; the only place that starts one."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class TaskKeeper:
    """Starts tasks and keeps them until they end; `close` cancels what still runs."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Start `work` as a named task; an error in it is logged, never swallowed."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("task.failed", task=task.get_name(), exc_info=task.exception())

    async def close(self) -> None:
        """Cancel every task and wait for its end."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def for_ever(
    name: str, duty: Callable[[], Coroutine[Any, Any, None]], *, back_off_s: tuple[float, ...] = (0.1, 0.5, 2.0, 5.0)
) -> None:
    """Run a duty again and again: one that ends or fails is started anew after a growing pause."""
    failures = 0
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await duty()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("duty.failed", duty=name)
        if asyncio.get_running_loop().time() - started > 30:
            failures = 0
        await asyncio.sleep(back_off_s[min(failures, len(back_off_s) - 1)])
        failures += 1
