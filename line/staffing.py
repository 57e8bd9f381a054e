"""Keeps the floor up to date: operators from the store, registered phones from Asterisk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from asterisk.ami import Ami
from asterisk.errors import AmiError
from ivr import events as ev
from ivr.state import from_dict
from line.call_runner import CallRunner
from line.call_writer import CallWriter
from line.floor import Floor
from line.presence_writes import PresenceWrites
from processes.duties import is_set
from tickets.model import Row, from_text
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)
PHONES_S = 5.0
AFTER_ERROR_S = 1.0


class Staffing:
    """Keeps the floor's desks; `phones`: registered accounts, `pump` offers waiting calls to free operators."""

    def __init__(
        self,
        store: StoreThread,
        writer: CallWriter,
        ami: Ami,
        floor: Floor,
        presence: PresenceWrites,
        runners: Mapping[str, CallRunner],
        pump: Callable[[], None],
    ) -> None:
        self._store = store
        self._writer = writer
        self._ami = ami
        self._floor = floor
        self._presence = presence
        self._runners = runners
        self._pump = pump
        self._phones_wanted, self._operators_wanted = asyncio.Event(), asyncio.Event()
        self.phones: frozenset[str] = frozenset()

    async def begin(self) -> None:
        """Seat the operators in the state that they last asked for, and resume the wrap-ups of a former process."""
        presences = await self._store.read(lambda store: store.people.presences())
        await self._staff({row["operator"]: row["wanted"] for row in presences})
        for row in presences:
            if row["call"] is not None and (since := await self._wraps_up_since(row)) is not None:
                self._floor.wraps_up(row["operator"], row["call"], since)
        self._ami.on_event("ContactStatus", lambda event: self._phones_wanted.set())
        self._ami.on_connect(self._resync)

    def changed(self) -> None:
        """Have the operators read anew, as soon as the store can be read: users changed."""
        self._operators_wanted.set()

    async def follow_users(self) -> None:
        """Read the operators anew whenever users change, for ever."""
        while True:
            if await is_set(self._operators_wanted, PHONES_S):
                await self._take_up()
                self._phones_wanted.set()
                self._pump()

    async def _take_up(self) -> None:
        self._operators_wanted.clear()
        try:
            await self._staff(None)
        except BaseException:  # still to be read
            self._operators_wanted.set()
            raise

    async def _staff(self, wanted: Mapping[str, str] | None) -> None:
        rows = await self._store.read(lambda store: store.people.operators())
        self._floor.staff([row["name"] for row in rows], wanted)

    async def _wraps_up_since(self, presence: Row) -> datetime | None:
        """The begin of an operator's wrap-up; None where they have none, or are still talking.

        A desk is written a moment after its call: one that is «talking» may have been released by the call already.
        A desk «unregistered» under the former process wraps up as well, from the end of its talk."""
        call = await self._writer.find(presence["call"])
        if presence["live"] == "wrap_up":
            begins = [presence["since"], call.get("talk_ended_at") if call else None]
            return from_text(min(at for at in begins if at))
        if presence["live"] not in ("talking", "unregistered") or call is None:
            return None
        talking = from_dict({"call": call["id"], **json.loads(call["state"])}).talking
        if talking is not None and talking.operator == presence["operator"]:
            return None
        return from_text(ended) if (ended := call.get("talk_ended_at")) else None

    async def _resync(self) -> None:
        self._phones_wanted.set()
        desks = self._floor.roster.desks.values()
        await self._presence.sync([desk.operator for desk in desks if desk.wanted == "ready"])

    async def watch_phones(self) -> None:
        """Follow the registered phones for ever: ask again whenever Asterisk reports that a contact changed."""
        while True:
            await is_set(self._phones_wanted, PHONES_S)
            self._phones_wanted.clear()
            try:
                self._phones_are({p.account for p in await self._ami.phones() if p.state != "Unreachable"})
            except AmiError as error:
                log.warning("phones.unknown", error=str(error))
                await asyncio.sleep(AFTER_ERROR_S)

    def _phones_are(self, registered: set[str]) -> None:
        self.phones = frozenset(registered)
        for desk in list(self._floor.roster.desks.values()):
            call = self._floor.registered(desk.operator, desk.operator in registered)
            runner = self._runners.get(call) if call else None
            for leg in runner.state.legs if runner else ():
                if leg.operator == desk.operator and runner is not None:
                    runner.tell(ev.LegEnded(leg.id, "unreachable"))
        self._pump()
