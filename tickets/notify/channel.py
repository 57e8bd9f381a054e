"""The interface of a channel (one file, one method) and of what it works with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

import aiohttp

from tickets.escalation.ladder import Report
from tickets.model import DuePush
from tickets.routing import Contact
from tickets.store.thread import StoreThread
from tickets.web_push import WebPushSite

Clock = Callable[[], datetime]
# Answers of a contact on the telephone, and their effects.
# «know» is key 1 of somebody who is not of the agency: it answers nothing.
Said = Literal["accept", "depart", "refuse", "know"]
Heard = Literal["accepted", "departed", "refused", "noted", "known", "taken", "ended", "unfit"]
Answer = Callable[[Said], Awaitable[Heard]]
# Ledger texts of answered attempts.
DETAILS: Mapping[Said, str] = {
    "accept": "diterima dengan tombol 1",
    "depart": "berangkat, dengan tombol 2",
    "refuse": "bukan wewenang, dengan tombol 3",
    "know": "tahu dan menangani, dengan tombol 1",
}
CallResult = Literal[Heard, "no_answer", "busy", "declined", "no_key", "hung_up", "unreachable", "played"]


def _no_words() -> None:
    """Ignore that words could not be spoken."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One push to carry out; `answer` saves at once what the contact says to the report.

    `test`: of no assignment; nothing of it may stand in a ticket. `unheard` is called where the words of the report
    could not be spoken: an answer holds for the report, and reads no change."""

    push: DuePush
    contact: Contact
    report: Report
    answer: Answer
    test: bool = False
    unheard: Callable[[], object] = _no_words


class Channel(Protocol):
    """Carries a report to a contact."""

    async def send(self, delivery: Delivery) -> str:
        """Deliver, and return in a few words how it went; ChannelError when it did not arrive."""
        ...


@dataclass(frozen=True, slots=True)
class Telephone:
    """A telephone: a SIP account of our own Asterisk, or a mobile number in E.164."""

    kind: Literal["sip", "mobile"]
    address: str


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """The end of a call-out; only a key is a response, voicemail and silence are none."""

    result: CallResult
    detail: str = ""


async def _nothing(event: str) -> None:
    """Ignore what happens on the line."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Listeners of a call-out: `answer` takes the keys that mean an answer, `note` takes «ringing», «answered», «key
    7»; `unheard` is called where the words could not be spoken."""

    answer: Answer
    note: Callable[[str], Awaitable[None]] = _nothing
    unheard: Callable[[], object] = _no_words


Dialler = Callable[[Telephone, Report, Talk], Awaitable[CallAnswer]]
Announcer = Callable[[Telephone, Report], Awaitable[CallAnswer]]


async def _no_speaker(line: Telephone, report: Report) -> CallAnswer:
    return CallAnswer("unreachable")


@dataclass(frozen=True, slots=True)
class Means:
    """The means that channels work with."""

    store: StoreThread
    clock: Clock
    http: aiohttp.ClientSession
    dial: Dialler
    announce: Announcer = _no_speaker
    mobiles: bool = False  # whether the site can dial out
    webhook_key: Callable[[], bytes] = field(default=bytes, repr=False)
    push_key: Callable[[], str] = field(default=str, repr=False)
    web_push: WebPushSite = field(default_factory=WebPushSite)


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """A channel's builder, the longest that one delivery may take, and the shortest time between two to one contact.

    `alone`: a contact gets one at a time over all assignments, and its pace counts over all of them.
    """

    build: Callable[[Means], Channel]
    limit_s: float
    pace_s: float = 0.0
    mobile_pace_s: float = 0.0
    alone: bool = False

    def pace(self, contact: Contact) -> float:
        """Seconds between two deliveries to this contact; a contact with a mobile alone has the mobile's."""
        return self.mobile_pace_s if contact.mobile and not contact.sip else self.pace_s

    def first_pace(self, contact: Contact) -> float:
        """The same for a report that is new to this contact: a telephone of our own rings at once."""
        return self.mobile_pace_s if contact.mobile and not contact.sip else 0.0


@dataclass(frozen=True, slots=True)
class Wired:
    """A channel that is ready, with the limits of its kind."""

    kind: ChannelKind
    channel: Channel


def wire(kinds: Mapping[str, ChannelKind], means: Means) -> dict[str, Wired]:
    """Build every channel of `kinds`."""
    return {name: Wired(kind, kind.build(means)) for name, kind in kinds.items()}
