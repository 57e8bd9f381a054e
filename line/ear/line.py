"""The calls of the service as the ear sees them: their stages, their flow, their journal."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

import structlog

from ivr import events as ev
from line.call_runner import CallRunner
from line.unforeseen import unforeseen
from tickets.errors import TicketError
from tickets.model import Actor
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)


class EarLine:
    """The runners and the store behind an `Ear`."""

    def __init__(
        self,
        runners: Mapping[str, CallRunner],
        store: StoreThread,
        clock: Callable[[], datetime],
        spawn: Callable[[str, Coroutine[Any, Any, Any]], Any],
    ) -> None:
        self._runners = runners
        self._store = store
        self._clock = clock
        self._spawn = spawn

    def stage(self, call: str) -> str | None:
        """The stage of a call; None when it is gone."""
        runner = self._runners.get(call)
        return None if runner is None or runner.gone else runner.state.stage

    def person(self, call: str) -> None:
        """Tell a call that there is a person, or may be."""
        self._runners[call].tell(ev.Spoke())

    def note(self, call: str, kind: str, data: Mapping[str, str]) -> None:
        """Write a note into the journal, in a task of its own: the call does not wait for it."""
        self._spawn(f"heard-{call}", self._write(call, self._runners[call].ticket or None, kind, dict(data)))

    async def _write(self, call: str, ticket: str | None, kind: str, data: dict[str, str]) -> None:
        now = self._clock()
        try:
            await self._store.write(
                lambda store: store.journal.append(now, kind, Actor("call", call), call=call, ticket=ticket, data=data)
            )
        except TicketError as error:
            log.error("ear.not_noted", call=call, kind=kind, error=str(error), exc_info=unforeseen(error))
