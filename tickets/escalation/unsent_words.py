"""Words and recipients of an unsent emergency's channels; pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo

from ivr.wording import write_time
from tickets.escalation.ladder import Report, anybody_above, channels_of, report
from tickets.messages import BACK_REMINDER, UNSENT_REMINDER
from tickets.model import UNSENT, ContactChannel, Row, from_text
from tickets.routing import Contact, Routing

URGENT_KIND = "emergency"


def command_centre(routing: Routing) -> tuple[ContactChannel, ...]:
    """The contacts above that the agencies' ladders name first, over every channel that they have.

    In force where routing.yaml names nobody: pages are pushed by themselves."""
    contacts = dict.fromkeys(
        target.contact for step in anybody_above(routing, URGENT_KIND).steps for target in step.notify
    )
    known = (routing.contacts[name] for name in contacts)
    return tuple(
        (contact.name, channel)
        for contact in known
        for channel in channels_of(contact, mobiles=routing.mobiles)
        if channel != "page"
    )


def unsent_report(
    ticket: Row, episode: Row, contact: Contact, routing: Routing, zone: tzinfo, *, attempt: int, link: str
) -> Report:
    """The report of a ticket that no agency was sent, with that before all else; `episode`: its `sign` and `since`."""
    known = report(ticket, contact.title, routing, zone, phase=UNSENT, attempt=attempt, outside=contact.opd is None)
    since = write_time(from_text(episode["since"]).astimezone(zone).time().replace(second=0, microsecond=0))
    desk = f", operator {ticket['operator']}" if ticket.get("operator") else ""
    back = episode["sign"] == "returned"  # another agency may have it
    state, reminder = ("DIKEMBALIKAN OPD", BACK_REMINDER) if back else ("BELUM DIKIRIM", UNSENT_REMINDER)
    line = f"{state}, BELUM DITERUSKAN" if back else f"{state} KE OPD"
    head, mark, rest = known.subject.partition("[112] ")
    subject = f"{mark}{state}: {rest}" if mark and not head else f"{state}: {known.subject}"
    body = known.body.replace(UNSENT_REMINDER, reminder)
    return replace(
        known,
        subject=subject,
        body="\n".join([f"{line} sejak {since}{desk}", body, *([f"Buka: {link}"] if link else [])]),
        spoken=f"{reminder} {known.spoken}",
        data={**known.data, "link": link or None, "unsent": {"since": episode["since"], "sign": episode["sign"]}},
        outside=True,
        unsent=True,
    )
