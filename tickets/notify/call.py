"""A telephone call that speaks the report and takes an answer by key; the dialler is handed in."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from tickets.errors import ChannelError, TicketError
from tickets.model import UNSENT, Actor, Row
from tickets.notify.channel import DETAILS, CallAnswer, Delivery, Means, Talk, Telephone
from tickets.routing import Contact, is_placeholder

MOBILE_PACE_S = 120.0  # about 16 calls an hour from one number got it blocked as spam by a carrier

# Ledger texts of ends without a response; the phone rang, so the push was delivered.
RANG = {
    "no_answer": "berdering, tidak diangkat",
    "declined": "ditolak",
    "no_key": "diangkat, tidak menekan tombol",
    "hung_up": "diangkat, ditutup tanpa menekan tombol",
    "accepted": DETAILS["accept"],
    "departed": DETAILS["depart"],
    "refused": DETAILS["refuse"],
    "noted": "didengar, dengan tombol 1",
    "known": DETAILS["know"],
    "taken": "menekan tombol, sudah dijawab orang lain",
    "ended": "menekan tombol, tugas sudah berakhir",
    "unfit": "menekan tombol yang tidak berlaku",
    "played": "diputar",
}
FAILED = {"busy": "sedang sibuk", "unreachable": "tidak terjangkau"}


class CallChannel:
    """Rings the desk phone, or the mobile where there is no desk phone or it cannot be reached."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._dialled: dict[str, datetime] = {}

    async def send(self, delivery: Delivery) -> str:
        """Ring and report how the call ended; `delivery.answer` saved an answer while the contact was on the phone."""
        lines = lines_of(delivery.contact, mobiles=self._means.mobiles)
        if not lines:
            contact = delivery.contact.name
            raise ChannelError(f"kontak {contact} tidak punya telepon yang bisa dihubungi", permanent=True)
        outcomes: list[str] = []
        for line in lines:
            answer = await self._dial(line, delivery)
            outcomes.append(f"{name(line)} {words(answer)}")
            if answer.result not in FAILED:
                return "; ".join(outcomes)
        raise ChannelError("; ".join(outcomes))

    async def _dial(self, line: Telephone, delivery: Delivery) -> CallAnswer:
        if line.kind == "mobile":
            now, last = self._means.clock(), self._dialled.get(line.address)
            if last is not None and now < last + timedelta(seconds=MOBILE_PACE_S):
                return CallAnswer("unreachable", "baru saja dihubungi")
            self._dialled[line.address] = now
        return await self._means.dial(
            line, delivery.report, Talk(delivery.answer, self._noter(line, delivery), delivery.unheard)
        )

    def _noter(self, line: Telephone, delivery: Delivery) -> Callable[[str], Awaitable[None]]:
        """Make a note-taker that journals rings and keys; a store that cannot be written ends no call."""
        push, actor = delivery.push, Actor("contact", delivery.contact.name)
        facts: Row = {"contact": push.contact, "channel": push.channel}
        if push.phase != UNSENT:
            facts |= {"assignment": push.assignment, "opd": push.opd}

        async def note(event: str) -> None:
            now, data = self._means.clock(), facts | {"line": name(line), "what": event}
            if delivery.test:
                return
            with contextlib.suppress(TicketError):
                await self._means.store.write(
                    lambda store: store.journal.append(now, "push.heard", actor, ticket=push.ticket, data=data)
                )

        return note


def lines_of(contact: Contact, *, mobiles: bool) -> list[Telephone]:
    """The telephones of a contact in the order in which they are rung."""
    lines = [Telephone("sip", contact.sip)] if contact.sip else []
    if contact.mobile and mobiles and not is_placeholder(contact.mobile):
        lines.append(Telephone("mobile", contact.mobile))
    return lines


def name(line: Telephone) -> str:
    """A telephone in the ledger's words; of a mobile the last three digits."""
    return f"telepon {line.address}" if line.kind == "sip" else f"ponsel …{line.address[-3:]}"


def words(answer: CallAnswer) -> str:
    """The end of a call in the ledger's words."""
    text = {**RANG, **FAILED}[answer.result]
    return f"{text} ({answer.detail})" if answer.detail else text
