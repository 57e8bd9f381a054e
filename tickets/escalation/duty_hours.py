"""Stand-ins for contacts who are off duty; pure. Chosen when a push is taken up, never planned.

No step is ever left without anybody: where nobody of it is on duty and nobody stands in, its contacts are pushed all
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from ivr.hours import decide
from tickets.escalation.ladder import channels_of
from tickets.routing import MACHINE_CHANNELS, Contact, Routing


@dataclass(frozen=True, slots=True)
class Chosen:
    """The contact and channel a push goes to; `why` (Indonesian, for the ledger) where that is not its own contact."""

    contact: Contact
    channel: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class StepWay:
    """A contact and channel of a step; `fails`: its last attempt did not arrive."""

    contact: str
    channel: str
    fails: bool = False


def absence(contact: Contact, now: datetime, away: Collection[str]) -> str:
    """Reason for a contact's absence at `now` (Indonesian), "" while it is on duty; `away`: names marked as away."""
    if contact.name in away:
        return "ditandai tidak di tempat"
    if contact.duty is not None and not decide(contact.duty, now, until=False).open:
        return "di luar jam dinas"
    return ""


def stand_in(routing: Routing, contact: Contact, now: datetime, away: Collection[str]) -> Contact | None:
    """The first reachable stand-in on duty, or else one of their stand-ins; None where there is nobody."""
    seen, asked = {contact.name}, list(contact.stand_in)
    while asked:
        name = asked.pop(0)
        candidate = routing.contacts.get(name)
        if candidate is None or name in seen:
            continue
        seen.add(name)
        reachable = not MACHINE_CHANNELS.issuperset(channels_of(candidate, mobiles=routing.mobiles))
        if reachable and not absence(candidate, now, away):
            return candidate
        asked += candidate.stand_in
    return None


def choose(
    routing: Routing,
    contact: Contact,
    channel: str,
    now: datetime,
    away: Collection[str],
    step: Callable[[], Iterable[StepWay]],
) -> Chosen | None:
    """Choose the recipient of a push to `contact` at `now`; `step` gives its step's pushes, asked only where needed.

    None: no recipient, because somebody else of the step is on duty and can be reached.
    """
    why = absence(contact, now, away)
    if not why:
        return Chosen(contact, channel)
    substitute = stand_in(routing, contact, now, away)
    if substitute is not None:
        has = channels_of(substitute, mobiles=routing.mobiles)
        best = channel if channel in has else has[0]
        return Chosen(substitute, best, f"pengganti {contact.name} ({why})")
    if any(_covered(routing, way, now, away) for way in step()):
        return None
    return Chosen(contact, channel, f"{why}, tidak ada pengganti")


def _covered(routing: Routing, way: StepWay, now: datetime, away: Collection[str]) -> bool:
    """True where a person is reached by this push: a machine covers nobody, nor does a push that does not arrive."""
    candidate = routing.contacts.get(way.contact)
    if candidate is None or way.channel in MACHINE_CHANNELS or way.fails:
        return False
    if absence(candidate, now, away):
        return stand_in(routing, candidate, now, away) is not None
    return way.channel in channels_of(candidate, mobiles=routing.mobiles)
