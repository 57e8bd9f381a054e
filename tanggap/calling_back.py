"""Calling back: the operator's or an agency's phone rings first, then the person's number over the trunk; recorded.

Each conversation is one task and one row of `callback_tries`. It outlives this process: who comes back finds its row
and its two channels, and stays with it until somebody hangs up.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from asterisk.ari import Ari, Event
from asterisk.dial import ANSWER_AT_ONCE
from asterisk.errors import AriError
from asterisk.phone_numbers import normalise
from tanggap.config.site import Site
from tanggap.floor import Floor
from tanggap.found import CALLBACK, Found
from tanggap.listening import ENDS
from tanggap.trunks import caller_id, endpoint
from tickets.errors import Conflict, TicketError
from tickets.model import Row
from tickets.notify.channel import Line
from tickets.routing import is_placeholder
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

OPERATOR_S, PERSON_S = 15.0, 45.0
# how long Asterisk may be late with the end of a phone that it was told to ring for so long
GRACE_S = 5.0
# Q.850 causes of a call that was not answered
_OUTCOMES = {16: "no_answer", 17: "busy", 18: "no_answer", 19: "no_answer", 21: "busy"}


class _NotDone(Exception):
    """The operator's wish cannot be done; the text says why, `outcome` what the try was."""

    def __init__(self, why: str, outcome: str) -> None:
        super().__init__(why)
        self.outcome = outcome


@dataclass(eq=False, slots=True)
class Conversation:
    """A try: the channels are named after it. `operator` is who calls, `phone` the account that rings for them."""

    attempt: int
    task: int
    operator: str
    phone: str = ""
    told: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    rung: set[str] = field(default_factory=set)

    @property
    def leg(self) -> str:
        """The operator's phone."""
        return f"{CALLBACK}{self.attempt}-op"

    @property
    def out(self) -> str:
        """The person's phone."""
        return f"{CALLBACK}{self.attempt}-out"

    @property
    def bridge(self) -> str:
        """Where they meet."""
        return f"{CALLBACK}br-{self.attempt}"

    @property
    def desk_call(self) -> str:
        """By this name it engages the operator's desk."""
        return f"callback-{self.task}"


class CallingBack:
    """All calls back that run now, at most one for each operator and number."""

    def __init__(
        self,
        ari: Ari,
        store: StoreThread,
        floor: Floor,
        site: Callable[[], Site],
        clock: Callable[[], datetime],
        spawn: Callable[[str, Coroutine[Any, Any, None]], "asyncio.Task[Any]"],
        refuse: Callable[[str, int, str], Coroutine[Any, Any, None]],
    ) -> None:
        self._ari = ari
        self._store = store
        self._floor = floor
        self._site = site
        self._clock = clock
        self._spawn = spawn
        self._refuse = refuse
        self._channels: dict[str, Conversation] = {}

    def start(self, operator: str, task: int) -> str | None:
        """Begin, or say why not; the operator's desk is engaged from now on."""
        if self._site().mobile_trunk is None:
            return "panggilan keluar belum diatur (mobile_trunk di site.yaml)"
        if not self._floor.may_take(operator):
            return "telepon Anda tidak terdaftar atau sedang dipakai"
        self._floor.engaged(operator, f"callback-{task}", "calling")
        self._spawn(f"callback-{task}", self._begin(operator, task))
        return None

    def start_for_agency(self, user: str, assignment: int, phone: str | None) -> str | None:
        """Ring an agency's desk phone and then the reporter of its assignment, or say why not."""
        if self._site().mobile_trunk is None:
            return "panggilan keluar belum diatur (mobile_trunk di site.yaml)"
        if phone is None:
            return "telepon meja OPD tidak terdaftar"
        if any(one.phone == phone for one in self._channels.values()):
            return "telepon meja OPD sedang dipakai menelepon"
        self._spawn(f"reporter-{assignment}", self._begin_for_agency(user, assignment, phone))
        return None

    def heard(self, event: Event) -> bool:
        """Take an event of Asterisk that is about a channel of ours; False for all others."""
        channel = str((event.get("channel") or event.get("peer") or {}).get("id"))
        if not channel.startswith(CALLBACK):
            return False
        found = self._channels.get(channel)
        if found is not None:
            found.told.put_nowait(event)
        elif event["type"] == "StasisStart":  # answered when we had given up
            self._spawn(f"orphan-{channel}", self._hang_up(channel))
        return True

    async def sweep(self, found: Found, recorded: Callable[[str], Awaitable[bool]]) -> None:
        """After a (re)connection: talks are taken up again, all else is ended; `recorded`: whether one has its file."""
        channels = found.channels
        for one in {*self._channels.values()}:
            for gone in one.rung - set(channels):
                one.told.put_nowait({"type": "ChannelDestroyed", "channel": {"id": gone}, "cause": 0})
        for row in await self._store.read(lambda store: store.callbacks.live()):
            one = Conversation(row["id"], row["task"], row["operator"])
            if one.leg in self._channels:
                continue
            if found.up(one.leg) and found.up(one.out):
                log.info("callback.taken_over", attempt=one.attempt, operator=one.operator)
                self._know(one)
                one.rung = {one.leg, one.out}
                if self._floor.roster.get(one.operator) is not None:  # an agency has no desk on this floor
                    self._floor.engaged(one.operator, one.desk_call, "calling")
                unrecorded = row["recording"] is not None and not await recorded(row["recording"])
                begun = row["talked_at"] is not None
                self._spawn(one.desk_call, self._resume(one, row["recording"] if unrecorded else None, begun=begun))
            else:
                await self._over(one, "talked" if row["talked_at"] else "failed")
        for channel in channels:
            if channel.startswith(CALLBACK) and channel not in self._channels:
                await self._hang_up(channel)

    # one conversation

    async def _begin(self, operator: str, task: int) -> None:
        try:
            now = self._clock()
            row = await self._store.write(lambda store: store.callbacks.dial(now, task, operator))
        except TicketError as error:
            self._floor.released(operator, f"callback-{task}", "cancelled")
            await self._refuse(operator, task, str(error))
            return
        await self._carry_out(Conversation(row["attempt"], task, operator, operator), row["number"])

    async def _begin_for_agency(self, user: str, assignment: int, phone: str) -> None:
        site, now = self._site(), self._clock()

        def dial(store: Store) -> Row:
            row = store.assignments.get(assignment)
            written = store.tickets.get(row["ticket"])["reporter_number"]
            number = normalise(written, None, site.country_code, site.area_code).e164
            if number is None or row["call"] is None:
                raise Conflict("pelapor tidak bisa ditelepon lewat 112")
            return store.callbacks.dial_reporter(now, row, number, user) | {"number": number}

        try:
            row = await self._store.write(dial)
        except TicketError as error:
            await self._refuse(user, 0, str(error))
            return
        await self._carry_out(Conversation(row["attempt"], row["task"], user, phone), row["number"])

    async def _carry_out(self, one: Conversation, number: str) -> None:
        self._know(one)
        try:
            outcome = await self._call(one, number)
        except _NotDone as error:
            outcome = error.outcome
            await self._refuse(one.operator, one.task, str(error))
        except AriError as error:
            log.error("callback.failed", attempt=one.attempt, error=str(error))
            outcome = "failed"
            await self._refuse(one.operator, one.task, "sambungan gagal")
        await self._over(one, outcome)

    async def _resume(self, one: Conversation, unrecorded: str | None, *, begun: bool) -> None:
        """Two who had picked up when we died talk on, or begin to; a talk that was not recorded yet is from now on."""
        try:
            if not begun:
                await self._connect(one)
            elif unrecorded is not None:
                await self._record(one, unrecorded)
        except AriError as error:
            log.error("callback.failed", attempt=one.attempt, error=str(error))
            await self._over(one, "failed")
            return
        await self._over(one, await self._talk(one))

    async def _call(self, one: Conversation, number: str) -> str:
        site = self._site()
        if is_placeholder(number):
            raise _NotDone("nomor contoh tidak dihubungi", "failed")
        await self._ring_operator(one)
        await self._ari.ring(one.leg, True)
        try:
            await self._ari.originate(
                one.out,
                endpoint(Line("mobile", number), site),
                app_args="cb",
                caller_id=caller_id(site),
                timeout_s=PERSON_S,
                originator=one.leg,
            )
        except AriError as error:
            log.error("callback.trunk", trunk=site.mobile_trunk, error=str(error))
            raise _NotDone(f"trunk {site.mobile_trunk} tidak bisa memanggil keluar", "failed") from None
        one.rung.add(one.out)
        if (outcome := await self._answered(one, one.out, PERSON_S)) is not None:
            return outcome
        await self._connect(one)
        return await self._talk(one)

    async def _ring_operator(self, one: Conversation) -> None:
        try:
            await self._ari.originate(
                one.leg,
                f"PJSIP/{one.phone}",
                app_args="cb",
                caller_id='"Telepon balik 112" <112>',
                timeout_s=OPERATOR_S,
                variables=ANSWER_AT_ONCE,
            )
        except AriError:
            raise _NotDone("telepon Anda tidak terjangkau", "cancelled") from None
        one.rung.add(one.leg)
        if await self._answered(one, one.leg, OPERATOR_S) is not None:
            raise _NotDone("telepon Anda tidak diangkat", "cancelled")

    async def _answered(self, one: Conversation, channel: str, ring_s: float) -> str | None:
        """None as soon as this phone is answered, else what became of the try."""
        try:
            async with asyncio.timeout(ring_s + GRACE_S):
                while True:
                    match await one.told.get():
                        case {"type": "StasisStart", "channel": {"id": str(name)}} if name == channel:
                            return None
                        case {"type": "ChannelDestroyed", "channel": {"id": str(name)}, "cause": int(cause)} if (
                            name == channel
                        ):
                            return _OUTCOMES.get(cause, "failed")
                        case {"type": str(kind), "channel": {"id": str(name)}} if kind in ENDS and name == one.leg:
                            return "cancelled"
        except TimeoutError:
            return "no_answer"

    async def _connect(self, one: Conversation) -> None:
        now = self._clock()
        recording = f"calls/{now:%Y/%m/%d}/callback-{one.attempt}"
        await self._ari.ring(one.leg, False)
        await self._ari.create_bridge(one.bridge)
        await self._ari.add_to_bridge(one.bridge, one.leg, one.out)
        await self._save(lambda store: store.callbacks.talks(now, one.attempt, recording))
        await self._record(one, recording)

    async def _record(self, one: Conversation, recording: str) -> None:
        try:
            await self._ari.record_bridge(one.bridge, recording)
        except AriError as error:
            log.error("callback.not_recorded", attempt=one.attempt, error=str(error))

    async def _talk(self, one: Conversation) -> str:
        """Until one of them hangs up."""
        while True:
            match await one.told.get():
                case {"type": str(kind), "channel": {"id": str(name)}} if kind in ENDS and name in (one.leg, one.out):
                    return "talked"

    async def _over(self, one: Conversation, outcome: str) -> None:
        for channel in (one.leg, one.out):
            self._channels.pop(channel, None)
            await self._hang_up(channel)
        try:
            await self._ari.destroy_bridge(one.bridge)
        except AriError as error:
            log.error("callback.bridge_left", attempt=one.attempt, error=str(error))
        now = self._clock()
        await self._save(lambda store: store.callbacks.ended(now, one.attempt, outcome))
        self._floor.released(one.operator, one.desk_call, "talked" if outcome == "talked" else "cancelled")

    def _know(self, one: Conversation) -> None:
        self._channels[one.leg] = self._channels[one.out] = one

    async def _hang_up(self, channel: str) -> None:
        try:
            await self._ari.hangup(channel)
        except AriError as error:
            log.error("callback.not_hung_up", channel=channel, error=str(error))

    async def _save(self, change: Callable[[Store], None]) -> None:
        try:
            await self._store.write(change)
        except TicketError as error:
            log.error("callback.not_saved", error=str(error))
