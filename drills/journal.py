"""Follows the instance's journal while the drill runs, and matches tickets with callers."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque

from asterisk.phone_numbers import normalise
from drills.caller import Caller
from tickets.model import Row
from tickets.store.thread import StoreThread

KNOWN_S = 3.0


class Tickets:
    """Callers by ticket.

    Calls of one number get their tickets in the order of dialling, and so do the calls without a number."""

    def __init__(self, store: StoreThread) -> None:
        self._store = store
        self._dialled: dict[str | None, deque[Caller]] = defaultdict(deque)
        self._callers: dict[str, Caller] = {}
        self._all: list[Caller] = []
        self._moved = asyncio.Event()
        self.strangers: list[str] = []

    def dials(self, caller: Caller) -> None:
        """Note a caller who sends its INVITE now."""
        self._all.append(caller)
        self._dialled[normalise(caller.planned.number).e164].append(caller)

    async def last(self) -> int:
        """Number of the journal's newest row."""
        return await self._store.read(lambda store: store.journal.last())

    async def follow(self, since: int) -> None:
        """Follow the journal after row `since`, for ever."""
        async for rows in self._store.follow(since):
            for row in rows:
                if row["kind"] == "call.arrived":
                    self._arrived(row)

    def _arrived(self, row: Row) -> None:
        waiting = self._dialled[row["data"]["number"]]
        if not waiting:
            self.strangers.append(row["ticket"])
            return
        caller = waiting.popleft()
        caller.heard.ticket = row["ticket"]
        self._callers[row["ticket"]] = caller
        self._moved.set()

    def calling(self, number: str) -> Caller | None:
        """The caller who calls from this number now; None if nobody does."""
        e164 = normalise(number).e164
        callers = [caller for caller in self._all if e164 and normalise(caller.planned.number).e164 == e164]
        return next((caller for caller in reversed(callers) if caller.heard.ended is None), None)

    def known(self, ticket: str) -> Caller | None:
        """The caller of a ticket, if it is known by now."""
        return self._callers.get(ticket)

    async def whose(self, ticket: str) -> Caller | None:
        """Wait for the caller of a ticket, at most KNOWN_S; None for a call that the drill did not make."""
        try:
            async with asyncio.timeout(KNOWN_S):
                while ticket not in self._callers:
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            return None
        return self._callers[ticket]
