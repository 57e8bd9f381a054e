"""Who is pushed in whose place while a contact is off duty; pure, decided when a push is taken up, never planned.

No step is ever left without anybody: where nobody of it is on duty and nobody stands in, its contacts are pushed all
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from ivr.hours import decide
from tickets.escalation.ladder import channels_of
from tickets.routing import EXTRA_CHANNELS, Contact, Routing


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom a push goes to and how; `why` (Indonesian, for the ledger) where that is not simply its own contact."""

    contact: Contact
    channel: str
    why: str = ""


def absence(contact: Contact, now: datetime, away: Collection[str]) -> str:
    """Why a contact is not there at `now` (Indonesian); empty while it is on duty. `away`: who is marked so."""
    if contact.name in away:
        return "ditandai tidak di tempat"
    if contact.duty is not None and not decide(contact.duty, now, until=False).open:
        return "di luar jam dinas"
    return ""


def stand_in(routing: Routing, contact: Contact, now: datetime, away: Collection[str]) -> Contact | None:
    """The first stand-in who is on duty and can be reached, or else whoever stands in for one of them; None: nobody."""
    seen, asked = {contact.name}, list(contact.stand_in)
    while asked:
        name = asked.pop(0)
        found = routing.contacts.get(name)
        if found is None or name in seen:
            continue
        seen.add(name)
        reachable = not EXTRA_CHANNELS.issuperset(channels_of(found, mobiles=routing.mobiles))
        if reachable and not absence(found, now, away):
            return found
        asked += found.stand_in
    return None


def choose(
    routing: Routing,
    contact: Contact,
    channel: str,
    now: datetime,
    away: Collection[str],
    step: Callable[[], Iterable[str]],
) -> Chosen | None:
    """Whom a push to `contact` goes to at `now`; `step` names the contacts of its whole step, asked only where needed.

    None: nobody, because the step has somebody else who is on duty.
    """
    why = absence(contact, now, away)
    if not why:
        return Chosen(contact, channel)
    found = stand_in(routing, contact, now, away)
    if found is not None:
        has = channels_of(found, mobiles=routing.mobiles)
        best = channel if channel in has else has[0]
        return Chosen(found, best, f"pengganti {contact.name} ({why})")
    if any(_covered(routing, name, now, away) for name in step()):
        return None
    return Chosen(contact, channel, f"{why}, tidak ada pengganti")


def _covered(routing: Routing, name: str, now: datetime, away: Collection[str]) -> bool:
    found = routing.contacts.get(name)
    return found is not None and (not absence(found, now, away) or stand_in(routing, found, now, away) is not None)
