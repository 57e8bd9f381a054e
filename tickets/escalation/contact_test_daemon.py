"""Sends the test pushes of tickets/escalation/contact_tests.py.

They run beside the real pushes and give way to them: a telephone that a report needs is not rung for a test, and a test
that rings there is hung up first. They have channels of their own, so that no test slows a real push's pace.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

import structlog

from tickets.errors import StoreUnavailable, TicketError
from tickets.escalation.contact_tests import words
from tickets.escalation.daemon import Spawn, Wait, wait
from tickets.links import TEST_CHANNELS
from tickets.model import Actor, DuePush, Row
from tickets.notify.call import MOBILE_PACE_S
from tickets.notify.channel import Clock, Delivery, Heard, Said, Wired
from tickets.routing import Contact, Routing
from tickets.store import Store
from tickets.store.thread import StoreThread

# How long somebody may take to say that a page or a message was noticed, before the report says that nobody did.
ANSWER_WITHIN = timedelta(minutes=10)
# Longer than any delivery may take.
LEASE_S = 240.0
LOOK_S = 1.0
AFTER_ERROR_S = 5.0
MOST_ATTEMPTS = 3
# No test on a telephone that a report will ring within so long.
SOON_S = 60.0
# One that gave way comes again after so long: a mobile is not called more often.
AGAIN = timedelta(seconds=MOBILE_PACE_S + 10)
# How long a real push may wait for the test on its telephone to be hung up.
ROOM_S = 0.5
# A desk phone and a mobile are tested each for itself; what both are sent over.
OVER = {"mobile": "call"}
RINGING = ("call", "speaker")
# At once, so that real pushes have lines and threads left.
AT_ONCE = {"call": 3}
ANSWERABLE = ("page", *TEST_CHANNELS)

GONE = "kontak ini tidak ada lagi di routing.yaml, atau saluran ini tidak dipunyainya lagi"
STOPPED_TOO_OFTEN = f"terhenti {MOST_ATTEMPTS} kali di tengah jalan"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Sending:
    row: Row
    over: str
    lines: frozenset[str]  # the telephones that it may ring
    task: asyncio.Task[None] | None = None
    gives_way: bool = False
    answered: bool = False


class PageTests:
    """Sends test pushes while `run` runs; a cancelled one leaves its claims due again.

    `ringing` names the contacts whose telephones real pushes ring at this moment."""

    def __init__(
        self,
        store: StoreThread,
        routing: Callable[[], Routing],
        channels: Mapping[str, Wired],
        clock: Clock,
        spawn: Spawn,
        zone: tzinfo,
        *,
        name: str = "escalate",
        ringing: Callable[[], Iterable[Contact]] = tuple,
        link: Callable[[Row], str] = lambda row: "",
        wait: Wait = wait,
    ) -> None:
        self.name = name
        self._store = store
        self._routing = routing
        self._channels = channels
        self._clock = clock
        self._spawn = spawn
        self._zone = zone
        self._ringing = ringing
        self._link = link
        self._wait = wait
        self._wake = asyncio.Event()
        self._sending: dict[int, _Sending] = {}

    async def run(self) -> None:
        """Send test pushes until cancelled."""
        try:
            await self._give_back()
            while True:
                self._wake.clear()
                await self._wait(self._wake, await self._look())
        finally:
            tasks = [sending.task for sending in self._sending.values() if sending.task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._give_back()

    async def _give_back(self) -> None:
        try:
            if await self._store.read(lambda store: store.test_pushes.last_run()) is not None:
                await self._store.write(lambda store: store.test_pushes.release(self.name))
        except StoreUnavailable as error:
            log.warning("test.not_given_back", error=str(error))

    async def _look(self) -> float:
        """Start the test pushes that may be sent now; returns the seconds until the next look."""
        now = self._clock()
        try:
            if await self._store.read(lambda store: store.test_pushes.due(now)):
                for picked in await self._store.write(lambda store: self._pick(store, now)):
                    self._start(picked)
        except StoreUnavailable as error:
            log.warning("test.not_taken", error=str(error))
            return AFTER_ERROR_S
        return LOOK_S

    def _pick(self, store: Store, now: datetime) -> list[_Sending]:
        store.test_pushes.expire(now)
        tests, routing = store.test_pushes, self._routing()
        under_way = Counter(sending.over for sending in self._sending.values())
        taken = {line for sending in self._sending.values() for line in sending.lines}
        taken |= {line for contact in self._ringing() for line in telephones(contact)}
        picked = []
        for row in tests.due(now):
            channel: str = row["channel"]
            over, contact = OVER.get(channel, channel), routing.contacts.get(row["contact"])
            lines = telephones(contact, channel) if contact else frozenset()
            full = under_way[over] >= AT_ONCE.get(over, 1)
            if row["id"] in self._sending or full or lines & taken:
                continue
            if lines and tests.wanted(now, _sharing(routing, lines), SOON_S):
                continue
            if not tests.claim(now, self.name, LEASE_S, row["id"]):
                continue
            under_way[over] += 1
            taken |= lines
            picked.append(_Sending(row, over, lines))
        return picked

    def _start(self, sending: _Sending) -> None:
        number = sending.row["id"]
        self._sending[number] = sending
        sending.task = self._spawn(f"test-{number}", self._send(sending))
        sending.task.add_done_callback(lambda _task: self._ended(number))

    def _ended(self, number: int) -> None:
        del self._sending[number]
        self._wake.set()

    async def make_room(self, contact: Contact, channel: str) -> None:
        """Hang up the tests on this contact's telephones: a real push is about to ring them."""
        if channel not in RINGING or not self._sending:
            return
        lines = telephones(contact)
        tasks = []
        for sending in self._sending.values():
            if sending.lines & lines and sending.task is not None:
                sending.gives_way = True
                sending.task.cancel()
                tasks.append(sending.task)
        if tasks:
            await asyncio.wait(tasks, timeout=ROOM_S)

    async def _send(self, sending: _Sending) -> None:
        row = sending.row
        try:
            ok, detail = await self._try(sending)
            answerable = ok and row["channel"] in ANSWERABLE
            await self._write(sending, ok, detail, self._clock() + ANSWER_WITHIN if answerable else None)
        except asyncio.CancelledError:
            if not sending.gives_way:
                raise
            await self._come_again(sending)

    async def _come_again(self, sending: _Sending) -> None:
        """End a test whose telephone was needed for a report; answered by then, it counts as done."""
        if sending.answered:
            await self._write(sending, True, "dijawab dengan tombol 1", None)
            return
        number, due = sending.row["id"], self._clock() + AGAIN
        try:
            await self._store.write(lambda store: store.test_pushes.postpone(number, self.name, due))
        except StoreUnavailable as error:  # its lease ends
            log.warning("test.not_written", test=number, error=str(error))

    async def _write(self, sending: _Sending, ok: bool, detail: str, until: datetime | None) -> None:
        row, now = sending.row, self._clock()
        try:
            await self._store.write(
                lambda store: store.test_pushes.ended(now, row, self.name, ok=ok, detail=detail, answer_until=until)
            )
        except StoreUnavailable as error:  # its lease ends
            log.warning("test.not_written", test=row["id"], error=str(error))

    async def _try(self, sending: _Sending) -> tuple[bool, str]:
        row, routing = sending.row, self._routing()
        wired, contact = self._channels.get(sending.over), routing.contacts.get(row["contact"])
        if row["attempts"] >= MOST_ATTEMPTS:
            return False, STOPPED_TOO_OFTEN
        if wired is None or contact is None:
            return False, GONE
        try:
            async with asyncio.timeout(wired.kind.limit_s):
                return True, await wired.channel.send(self._delivery(sending, contact))
        except TicketError as error:
            return False, str(error)
        except TimeoutError:
            return False, f"tidak selesai dalam {wired.kind.limit_s:g} detik"
        except Exception as error:
            log.exception("test.crashed", test=row["id"], channel=row["channel"], error=type(error).__name__)
            return False, f"kesalahan program: {type(error).__name__}"

    def _delivery(self, sending: _Sending, contact: Contact) -> Delivery:
        row, now = sending.row, self._clock()
        link = self._link(row) if sending.over in TEST_CHANNELS else ""
        push = DuePush(
            id=row["id"],
            assignment=0,
            ticket="",
            opd=contact.opd or "",
            step=0,
            contact=contact.name,
            channel=sending.over,
            phase="uji",
            due_at=now,
            every_s=0.0,
            attempts=row["attempts"],
            dispatched_at=now,
        )

        async def answer(word: Said) -> Heard:
            """Record that the test was heard: any key says so."""
            at, actor = self._clock(), Actor("contact", contact.name)
            await self._store.write(lambda store: store.test_pushes.answered(at, row["id"], actor))
            sending.answered = True
            return "noted"

        report = words(contact, now, self._zone, link)
        return Delivery(push, _with_this_alone(contact, row["channel"]), report, answer, test=True)


def telephones(contact: Contact, channel: str = "") -> frozenset[str]:
    """Addresses of the telephones that a contact's channel rings; of all its channels where none is named."""
    lines = {"call": contact.sip, "mobile": contact.mobile, "speaker": contact.speaker}
    return frozenset(line for name, line in lines.items() if line and channel in ("", name))


def _sharing(routing: Routing, lines: frozenset[str]) -> list[str]:
    return [name for name, contact in routing.contacts.items() if telephones(contact) & lines]


def _with_this_alone(contact: Contact, channel: str) -> Contact:
    if channel == "call":
        return replace(contact, mobile=None)
    return replace(contact, sip=None) if channel == "mobile" else contact
