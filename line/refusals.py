"""Refusals of operators' requests: a journal row with the reason, which their page shows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog

from processes.duties import is_set
from tickets.errors import StoreUnavailable
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)
LOOK_S, RETRY_S = 5.0, 1.0
# refusals that wait for the store: the oldest beyond these are dropped, nobody waits for them any more
MOST = 200
Refusal = tuple[datetime, str, str, dict[str, Any]]


class Refusals:
    """Takes each refusal at once, so that no request waits for the store; `run` writes them."""

    def __init__(self, store: StoreThread, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._unwritten: deque[Refusal] = deque(maxlen=MOST)
        self._wanted = asyncio.Event()

    def put(self, kind: str, actor: str, why: str, data: dict[str, Any]) -> None:
        """Refuse a request of this actor."""
        log.warning("request.refused", kind=kind, why=why, actor=actor)
        self._unwritten.append((self._clock(), f"{kind}.refused", actor, {**data, "why": why}))
        self._wanted.set()

    async def run(self) -> None:
        """Write for ever; a refusal that the store does not take is written again."""
        while True:
            if not await is_set(self._wanted, LOOK_S):
                continue
            self._wanted.clear()
            while self._unwritten:
                if not await self._write(self._unwritten[0]):
                    await asyncio.sleep(RETRY_S)

    async def _write(self, refusal: Refusal) -> bool:
        """Write one refusal; False when it must be tried again."""
        at, kind, actor, data = refusal

        def job(store: Store) -> None:
            store.journal.append(at, kind, actor, data=data)

        try:
            await self._store.write(job)
        except StoreUnavailable as error:
            log.warning("refusal.not_written", kind=kind, actor=actor, error=str(error))
            return False
        except Exception:  # the store would never take it, and the others wait behind it
            log.exception("refusal.given_up", kind=kind, actor=actor)
        if self._unwritten and self._unwritten[0] is refusal:
            self._unwritten.popleft()
        return True
