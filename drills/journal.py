"""Which ticket is whose: the instance's journal, followed while the drill runs."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque

from asterisk.phone_numbers import normalise
from drills.caller import Caller
from tickets.model import Row
from tickets.store.thread import StoreThread

KNOWN_S = 3.0


class Tickets:
    """Callers by ticket. Calls of one number get their tickets in the order in which they were dialled, and so do the
    calls without a number."""

    def __init__(self, store: StoreThread) -> None:
        self._store = store
        self._dialled: dict[str | None, deque[Caller]] = defaultdict(deque)
        self._callers: dict[str, Caller] = {}
        self._all: list[Caller] = []
        self._moved = asyncio.Event()
        self.strangers: list[str] = []

    def dials(self, caller: Caller) -> None:
        """This caller sends its INVITE now."""
        self._all.append(caller)
        self._dialled[normalise(caller.planned.number).e164].append(caller)

    async def last(self) -> int:
        """Where the journal stands now."""
        return await self._store.read(lambda store: store.journal.last())

    async def follow(self, since: int) -> None:
        """For ever, from there on."""
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
        """Who calls from this number now."""
        e164 = normalise(number).e164
        found = [one for one in self._all if e164 and normalise(one.planned.number).e164 == e164]
        return next((one for one in reversed(found) if one.heard.ended is None), None)

    def known(self, ticket: str) -> Caller | None:
        """The caller of a ticket, if it is known by now."""
        return self._callers.get(ticket)

    async def whose(self, ticket: str) -> Caller | None:
        """The caller of a ticket; None when it is none of ours."""
        try:
            async with asyncio.timeout(KNOWN_S):
                while ticket not in self._callers:
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            return None
        return self._callers[ticket]
