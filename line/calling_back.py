"""Calling back: the operator's or an agency's phone rings first, then the person's number over the trunk; recorded.

Each conversation is one task and one row of `callback_tries`. It outlives this process: the next one takes it up by its
row and its two channels, until somebody hangs up.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from asterisk.ari import Ari
from asterisk.causes import call_back_outcome
from asterisk.errors import AriError
from asterisk.legs import ANSWER_AT_ONCE, Leg, Legs
from asterisk.phone_numbers import normalise
from asterisk.translate import CALLBACK, ENDS, LegEvent
from instance.site import Site
from line.broken.early import EarlyMedia
from line.floor import Floor
from line.inventory import Found, look
from line.trunk_room import TrunkFull, TrunkRoom
from line.trunks import NO_TRUNK, caller_id, endpoint, headers, mobile_trunk
from line.unforeseen import unforeseen
from tickets.errors import Conflict, TicketError
from tickets.model import Row
from tickets.notify.channel import Telephone
from tickets.routing import is_placeholder
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

OPERATOR_S, PERSON_S = 15.0, 45.0
# pause between attempts to read the conversations of a former process
RETRY_S = 1.0
FAILED = "sambungan gagal"


class _NotDone(Exception):
    """The call cannot be made; the text is the reason that the user sees, `outcome` that of the try."""

    def __init__(self, why: str, outcome: str) -> None:
        super().__init__(why)
        self.outcome = outcome


@dataclass(eq=False, slots=True)
class Conversation:
    """A try, after which its channels are named; `operator` is the user who calls, `phone` the account of theirs.

    `leg` is the channel of that phone, `out` the person's."""

    attempt: int
    task: int
    operator: str
    phone: str = ""
    leg: Leg = field(init=False)
    out: Leg = field(init=False)

    def __post_init__(self) -> None:
        """Two channels with one inbox: the end of either is heard at any time."""
        self.leg = Leg(f"{CALLBACK}{self.attempt}-op")
        self.out = Leg(f"{CALLBACK}{self.attempt}-out", self.leg.inbox)

    @property
    def bridge(self) -> str:
        """The bridge of the two channels."""
        return f"{CALLBACK}br-{self.attempt}"

    @property
    def early(self) -> str:
        """The bridge and the channel by which the operator hears the network before the person answers."""
        return f"{CALLBACK}{self.attempt}-early"

    @property
    def desk_call(self) -> str:
        """The name under which it engages the operator's desk."""
        return _desk_call(self.task)


class CallingBack:
    """The calls back that run now, at most one for each operator and number."""

    def __init__(
        self,
        ari: Ari,
        legs: Legs,
        store: StoreThread,
        floor: Floor,
        site: Callable[[], Site],
        clock: Callable[[], datetime],
        spawn: Callable[[str, Coroutine[Any, Any, None]], "asyncio.Task[Any]"],
        refuse: Callable[[str, int, str], Coroutine[Any, Any, None]],
        room: TrunkRoom,
    ) -> None:
        self._room = room
        self._ari = ari
        self._legs = legs
        self._store = store
        self._floor = floor
        self._site = site
        self._clock = clock
        self._spawn = spawn
        self._refuse = refuse
        self._running: set[Conversation] = set()
        self._phones: set[str] = set()  # desk phones of agencies with a reporter call of theirs

    def start(self, operator: str, task: int) -> str | None:
        """Begin and engage the operator's desk at once; the reason where that is impossible."""
        if self._site().mobile_trunk is None:
            return NO_TRUNK
        if not self._floor.may_take(operator):
            return "telepon Anda tidak terdaftar atau sedang dipakai"
        self._floor.engaged(operator, _desk_call(task), "calling")
        self._spawn(_desk_call(task), self._begin(operator, task))
        return None

    def start_for_agency(self, user: str, assignment: int, phone: str | None) -> str | None:
        """Ring an agency's desk phone and then the reporter of its assignment; the reason where that is impossible."""
        if self._site().mobile_trunk is None:
            return NO_TRUNK
        if phone is None:
            return "telepon meja OPD tidak terdaftar"
        if phone in self._phones or any(talk.phone == phone for talk in self._running):
            return "telepon meja OPD sedang dipakai menelepon"
        self._phones.add(phone)  # engaged from now on, before the store has the try
        self._spawn(f"reporter-{assignment}", self._for_agency(user, assignment, phone))
        return None

    async def sweep(self, inventory: Found, recorded: Callable[[str], Awaitable[bool]]) -> None:
        """After a (re)connection take talks up again and end the rest; `recorded`: whether a talk has its file.

        While the store cannot be read nothing is ended; that is repeated in a task, for which no caller waits."""
        self._legs.missing(inventory.channels, CALLBACK)
        if not await self._take_up(inventory, recorded):
            self._spawn("callbacks-taken-up", self._take_up_later(recorded))

    async def _take_up_later(self, recorded: Callable[[str], Awaitable[bool]]) -> None:
        taken = False
        while not taken:
            await asyncio.sleep(RETRY_S)
            try:
                taken = await self._take_up(await look(self._ari), recorded)
            except AriError as error:  # the next connection sweeps anew
                log.warning("callback.not_taken_up", error=str(error))
                return

    async def _take_up(self, inventory: Found, recorded: Callable[[str], Awaitable[bool]]) -> bool:
        """Take up every conversation that has its two channels; False while the store cannot be read."""
        try:
            rows = await self._store.read(lambda store: store.callbacks.live())
        except TicketError as error:
            log.error("callback.not_taken_up", error=str(error), exc_info=unforeseen(error))
            return False
        for row in rows:
            talk = Conversation(row["id"], row["task"], row["operator"])
            if talk.leg.id in self._legs:
                continue
            if inventory.up(talk.leg.id) and inventory.up(talk.out.id):
                await self._go_on(talk, row, recorded)
            else:
                await self._over(talk, "talked" if row["talked_at"] else "failed")
        for channel in inventory.channels:
            if channel.startswith(CALLBACK) and channel not in self._legs:
                await self._legs.hang_up(channel)
        return True

    async def _go_on(self, talk: Conversation, row: Row, recorded: Callable[[str], Awaitable[bool]]) -> None:
        # the part that may fail comes first: an engaged desk must have a task that frees it
        unrecorded = row["recording"] is not None and not await recorded(row["recording"])
        log.info("callback.taken_over", attempt=talk.attempt, operator=talk.operator)
        self._know(talk)
        talk.leg.rung = talk.out.rung = True
        if self._floor.roster.get(talk.operator) is not None:  # an agency has no desk on this floor
            self._floor.engaged(talk.operator, talk.desk_call, "calling")
        begun = row["talked_at"] is not None
        self._spawn(talk.desk_call, self._resume(talk, row["recording"] if unrecorded else None, begun=begun))

    # one conversation

    async def _begin(self, operator: str, task: int) -> None:
        now = self._clock()
        try:
            row = await self._store.write(lambda store: store.callbacks.dial(now, task, operator))
        except Exception as error:
            # any error: no desk stays engaged by a call that did not begin
            self._floor.released(operator, _desk_call(task), "cancelled")
            await self._not_begun(operator, task, error)
            return
        await self._carry_out(Conversation(row["attempt"], task, operator, operator), row["number"])

    async def _for_agency(self, user: str, assignment: int, phone: str) -> None:
        try:
            await self._begin_for_agency(user, assignment, phone)
        finally:
            self._phones.discard(phone)

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
        except Exception as error:
            await self._not_begun(user, 0, error)
            return
        await self._carry_out(Conversation(row["attempt"], row["task"], user, phone), row["number"])

    async def _not_begun(self, operator: str, task: int, error: Exception) -> None:
        defect = unforeseen(error)
        report = log.info if defect is None else log.error
        report("callback.not_begun", task=task, error=str(error), exc_info=defect)
        await self._tell(operator, task, str(error) if defect is None else FAILED)

    async def _carry_out(self, talk: Conversation, number: str) -> None:
        """Run one conversation to its end; a failure is told after its phones and desk are free."""
        self._know(talk)
        why: str | None = None
        try:
            outcome = await self._call(talk, number)
        except _NotDone as error:
            outcome, why = error.outcome, str(error)
        except Exception as error:
            log.error("callback.failed", attempt=talk.attempt, error=str(error), exc_info=unforeseen(error))
            outcome, why = "failed", FAILED
        await self._over(talk, outcome, why)

    async def _resume(self, talk: Conversation, unrecorded: str | None, *, begun: bool) -> None:
        """Go on with a conversation of a former process: connect or record it where that is missing."""
        try:
            if not begun:
                await self._connect(talk)
            elif unrecorded is not None:
                await self._record(talk, unrecorded)
            outcome = await self._talk(talk)
        except Exception as error:
            log.error("callback.failed", attempt=talk.attempt, error=str(error), exc_info=unforeseen(error))
            outcome = "failed"
        await self._over(talk, outcome)

    async def _call(self, talk: Conversation, number: str) -> str:
        if is_placeholder(number):
            raise _NotDone("nomor contoh tidak dihubungi", "failed")
        try:
            await self._room.check(mobile_trunk(self._site()))  # before the operator's phone rings for nothing
        except TrunkFull as error:
            raise _NotDone(str(error), "cancelled") from None
        await self._ring_operator(talk)
        await self._ari.ring(talk.leg.id, True)
        await self._ring_person(talk, number)
        if (outcome := await self._answered_or_heard(talk)) is not None:
            return outcome
        await self._connect(talk)
        return await self._talk(talk)

    async def _ring_operator(self, talk: Conversation) -> None:
        try:
            await self._legs.ring(
                talk.leg,
                f"PJSIP/{talk.phone}",
                app_args="cb",
                caller_id='"Telepon balik 112" <112>',
                ring_s=OPERATOR_S,
                variables=ANSWER_AT_ONCE,
            )
        except AriError:
            raise _NotDone("telepon Anda tidak terjangkau", "cancelled") from None
        if await self._answered(talk, talk.leg, OPERATOR_S) is not None:
            raise _NotDone("telepon Anda tidak diangkat", "cancelled")

    async def _ring_person(self, talk: Conversation, number: str) -> None:
        site = self._site()
        if site.mobile_trunk is None:  # taken out while the operator's phone rang
            raise _NotDone(NO_TRUNK, "failed")
        person = Telephone("mobile", number)
        try:
            async with self._room.door(mobile_trunk(site)):
                await self._legs.ring(
                    talk.out,
                    endpoint(person, site),
                    app_args="cb",
                    caller_id=caller_id(site, person),
                    ring_s=PERSON_S,
                    originator=talk.leg.id,
                    variables=headers(site, person),
                )
        except TrunkFull as error:
            raise _NotDone(str(error), "cancelled") from None
        except AriError as error:
            log.error("callback.trunk", trunk=site.mobile_trunk, error=str(error))
            raise _NotDone(f"trunk {site.mobile_trunk} tidak bisa memanggil keluar", "failed") from None

    async def _answered_or_heard(self, talk: Conversation) -> str | None:
        """Wait for the person, while the operator hears what the network says; what is heard ends nothing."""
        early = EarlyMedia(self._ari, self._legs, talk.early, talk.leg.id, talk.out.id)
        hearing = self._spawn(f"early-{talk.attempt}", early.hear())
        try:
            return await self._answered(talk, talk.out, PERSON_S)
        finally:
            hearing.cancel()
            await asyncio.wait([hearing])
            await early.end()

    async def _answered(self, talk: Conversation, leg: Leg, ring_s: float) -> str | None:
        """None as soon as this phone is answered, else the outcome of the try."""

        async def given_up(event: LegEvent) -> str | None:
            return "cancelled" if isinstance(event, ENDS) and event.leg == talk.leg.id else None

        end = await self._legs.answered(leg, ring_s, given_up)
        return end if end is None or isinstance(end, str) else call_back_outcome(end.cause)

    async def _connect(self, talk: Conversation) -> None:
        now = self._clock()
        recording = f"calls/{now:%Y/%m/%d}/callback-{talk.attempt}"
        await self._ari.ring(talk.leg.id, False)
        await self._ari.create_bridge(talk.bridge)
        await self._ari.add_to_bridge(talk.bridge, talk.leg.id, talk.out.id)
        await self._save(lambda store: store.callbacks.talks(now, talk.attempt, recording))
        await self._record(talk, recording)

    async def _record(self, talk: Conversation, recording: str) -> None:
        try:
            await self._ari.record_bridge(talk.bridge, recording)
        except AriError as error:
            log.error("callback.not_recorded", attempt=talk.attempt, error=str(error))

    async def _talk(self, talk: Conversation) -> str:
        """Wait until either side hangs up."""
        while not isinstance(await talk.leg.inbox.get(), ENDS):
            pass
        return "talked"

    async def _over(self, talk: Conversation, outcome: str, why: str | None = None) -> None:
        """Free phones and desk, then tell and write: a slow store keeps nobody engaged.

        `why`: the reason for the operator, where the call could not be made."""
        self._running.discard(talk)
        self._legs.forget(talk.leg.id, talk.out.id)
        for leg in (talk.leg, talk.out):
            await self._legs.hang_up(leg.id)
        for bridge in (talk.bridge, talk.early):
            try:
                await self._ari.destroy_bridge(bridge)
            except AriError as error:
                log.error("callback.bridge_left", attempt=talk.attempt, error=str(error))
        self._floor.released(talk.operator, talk.desk_call, "talked" if outcome == "talked" else "cancelled")
        if why is not None:
            await self._tell(talk.operator, talk.task, why)
        now = self._clock()
        await self._save(lambda store: store.callbacks.ended(now, talk.attempt, outcome))

    def _know(self, talk: Conversation) -> None:
        self._running.add(talk)
        self._legs.know(talk.leg, talk.out)

    async def _tell(self, operator: str, task: int, why: str) -> None:
        try:
            await self._refuse(operator, task, why)
        except TicketError as error:
            log.error("callback.not_told", operator=operator, task=task, error=str(error), exc_info=unforeseen(error))

    async def _save(self, change: Callable[[Store], None]) -> None:
        try:
            await self._store.write(change)
        except TicketError as error:
            log.error("callback.not_saved", error=str(error), exc_info=unforeseen(error))


def _desk_call(task: int) -> str:
    return f"callback-{task}"
