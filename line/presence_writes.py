"""Writes of presence: desks into the store, operators on duty into Asterisk's fail-safe queue."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

import structlog

from agents.presence import Desk
from asterisk.ami import Ami
from asterisk.errors import AmiError
from line.unforeseen import unforeseen
from tickets.errors import TicketError
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)
GATHER_S, RETRY_S, LOOK_S = 0.05, 1.0, 5.0
ON_DUTY = frozenset({"ready", "ringing", "talking", "wrap_up"})


class PresenceWrites:
    """Takes each change of a desk at once and writes it a moment later, several in one commit.

    The delay keeps disk and Asterisk free while a phone is being rung. Asterisk's queue is changed only for an operator
    who enters or leaves it, and for all of them after `sync`.
    """

    def __init__(self, store: StoreThread, ami: Ami, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._ami = ami
        self._clock = clock
        self._changes: asyncio.Queue[tuple[Desk, str]] = asyncio.Queue()
        self._queued: dict[str, bool] = {}
        self._unsaved: dict[str, tuple[Desk, str]] = {}

    def put(self, desk: Desk, live: str) -> None:
        """Queue a change: the desk is `live` now."""
        self._changes.put_nowait((desk, live))

    async def run(self) -> None:
        """Write for ever; desks that could not be written are written again with the next changes."""
        while True:
            changes = await self._next()
            if not changes and not self._unsaved:
                continue
            writes = [*self._unsaved.values(), *changes]
            self._unsaved |= {desk.operator: (desk, live) for desk, live in changes}
            if await self._save(writes):
                self._unsaved = {}
            for operator, live in {desk.operator: _duty(desk, live) for desk, live in changes}.items():
                await self._mirror(operator, live in ON_DUTY)

    async def _next(self) -> list[tuple[Desk, str]]:
        """The next changes; empty after LOOK_S, and earlier while some wait for another try."""
        changes = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RETRY_S if self._unsaved else LOOK_S):
                changes.append(await self._changes.get())
        await asyncio.sleep(GATHER_S)
        while not self._changes.empty():
            changes.append(self._changes.get_nowait())
        return changes

    async def sync(self, on_duty: list[str]) -> None:
        """Make Asterisk's queue hold exactly these operators: it is new, or was away."""
        self._queued.clear()
        await self._ami.sync_queue(dict.fromkeys(on_duty, False))

    async def _save(self, changes: list[tuple[Desk, str]]) -> bool:
        now = self._clock()

        def job(store: Store) -> None:
            for desk, live in changes:
                store.people.set_presence(now, desk.operator, desk.wanted, live, desk.listens or desk.call)

        try:
            await self._store.write(job)
        except TicketError as error:
            operators = [desk.operator for desk, _ in changes]
            log.warning("presence.not_saved", operators=operators, error=str(error), exc_info=unforeseen(error))
            return False
        return True

    async def _mirror(self, operator: str, on_duty: bool) -> None:
        if not self._ami.connected or self._queued.get(operator) == on_duty:
            return
        try:
            await self._ami.queue_member(operator, "add" if on_duty else "remove")
            self._queued[operator] = on_duty
        except AmiError as error:
            log.warning("presence.not_mirrored", operator=operator, error=str(error))


def _duty(desk: Desk, live: str) -> str:
    """The state for the queue: an operator who listens or calls back keeps the state that they asked for."""
    return desk.wanted if live in ("listening", "calling") else live
