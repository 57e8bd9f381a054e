"""A second call of a number whose first call still stands: the first is ended where nobody is there any more.

That is asked of its media: a switchboard, or an E1 gateway, has many callers behind one number, and none of them may
be cut off because another one calls (docs/adr/0034).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

import structlog

from asterisk.ami import Ami
from asterisk.errors import AmiError
from ivr import events as ev
from line.broken.counts import VARIABLE, Counts, read
from line.broken.directions import PAUSING_S
from line.call_runner import CallRunner
from line.floor import Floor
from tickets.errors import TicketError
from tickets.model import Actor
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)
# no packet for so long, while the caller calls again: the first call is dead; a stream that has paused before gets
# PAUSING_S, for whoever only listens sends nothing there
DEAD_S, LOOK_S = 3.0, 0.5
BY = Actor("process", "calls")


class Replacing:
    """Looks for the first call of each caller who arrives, beside the call's own path; `pauses` knows the calls whose
    stream has stopped before and went on by itself."""

    def __init__(
        self,
        ami: Ami,
        floor: Floor,
        runners: Mapping[str, CallRunner],
        store: StoreThread,
        clock: Callable[[], datetime],
        spawn: Callable[[str, Coroutine[Any, Any, None]], Any],
        pauses: Callable[[str], bool],
    ) -> None:
        self._ami, self._floor, self._runners = ami, floor, runners
        self._store, self._clock, self._spawn, self._pauses = store, clock, spawn, pauses

    def arrived(self, second: CallRunner) -> None:
        """Look for an earlier call of this caller; nothing is waited for."""
        if second.number is None:
            return
        first = next((runner for runner in self._runners.values() if _stands(runner, second)), None)
        if first is not None:
            log.info("call.second", call=second.call, first=first.call)
            self._spawn(f"replaces-{second.call}", self._replace(first, second))

    async def _replace(self, first: CallRunner, second: CallRunner) -> None:
        if await self._sounds(first.call) or _over(first) or _over(second):
            return
        self._take_over(first, second)
        await self._merge(first, second)

    async def _sounds(self, call: str) -> bool:
        """True where anything comes from a call; also where Asterisk does not say."""
        loop = asyncio.get_running_loop()
        limit_s = PAUSING_S if self._pauses(call) else DEAD_S
        until, before = loop.time() + limit_s, await self._counts(call)
        while before is not None and loop.time() < until:
            await asyncio.sleep(LOOK_S)
            if (now := await self._counts(call)) is None or now != before:
                return True
        return before is None

    async def _counts(self, call: str) -> tuple[int, int] | None:
        try:
            counts: Counts | None = read(await self._ami.variable(call, VARIABLE))
        except AmiError as error:
            log.info("call.media_unknown", call=call, error=str(error))
            return None
        return None if counts is None else (counts.ssrc, counts.received)

    def _take_over(self, first: CallRunner, second: CallRunner) -> None:
        """Give the second call the operator of the first, or its place in the line; end the first."""
        state, floor = first.state, self._floor
        log.warning("call.replaced", call=first.call, by=second.call, stage=state.stage)
        if state.talking is not None:
            floor.engaged(state.talking.operator, second.call, "ringing")
            second.tell(ev.Replaces(first.call, state.talking.operator, kind=state.kind, category=state.category))
        elif (place := floor.line.calls.get(first.call)) is not None:
            floor.line = floor.line.enqueue(second.call, place.lane, place.since, first=place.first)
            words = {"mark": state.mark, "kind": state.kind, "category": state.category}
            second.tell(ev.Replaces(first.call, None, place.lane, **words))
        first.tell(ev.Replaced(second.call))

    async def _merge(self, first: CallRunner, second: CallRunner) -> None:
        """Link the two tickets: to the first one where an operator may have written in it."""
        written = first.state.operator is not None
        ticket, master = (second.ticket, first.ticket) if written else (first.ticket, second.ticket)
        now = self._clock()
        try:
            await self._store.write(lambda store: store.merging.merge(now, ticket, master, BY))
        except TicketError as error:  # both stay tickets of their own, which people can merge
            log.warning("call.tickets_not_merged", ticket=ticket, master=master, error=str(error))


def _over(runner: CallRunner) -> bool:
    return runner.gone or runner.state.stage == "ended"


def _stands(runner: CallRunner, second: CallRunner) -> bool:
    return runner is not second and runner.number == second.number and not _over(runner)
