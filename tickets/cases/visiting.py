"""One-time links: the assignment that a link opens, and the answer of the contact who came by it.

The first tap spends the link and ties the assignment to that browser: there it stays open until its end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from ivr.wording import write_time
from tickets import links
from tickets.cases.handing_over import hand_over
from tickets.cases.steps import STEPS, step
from tickets.cases.undoing import undo_step
from tickets.errors import AnsweredFirst, BadLink, Conflict
from tickets.escalation.answer_rules import know
from tickets.links import Link
from tickets.model import ENDED_STATES, Actor, Row, from_text
from tickets.routing import Contact, Routing
from tickets.store import Store

NOT_OURS = "bukan_wewenang"
READ, UNDO = "dibaca", "urungkan"
# the answer of somebody above: no state of the assignment
KNOWN = "tahu"
STATES = (*STEPS, NOT_OURS, READ, UNDO, KNOWN)
WORDS = {
    "dikirim": "Belum dijawab",
    "diterima": "Diterima",
    "berangkat": "Berangkat",
    "di_lokasi": "Di lokasi",
    "selesai": "Selesai",
    "ditolak": "Bukan wewenang",
    "bukan_wewenang": "Bukan wewenang",
    "dibatalkan": "Dibatalkan",
}
ENDED = {"selesai": "tugas ini sudah selesai", "dibatalkan": "tugas ini sudah dibatalkan"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """A contact who came by a link; `device` is the hash of the browser's secret, `held`: it is tied to the link.

    `above`: not of the agency, looks at the assignment and never answers it."""

    link: Link
    contact: Contact
    device: str | None
    held: bool
    role: str = "link"
    above: bool = False

    @property
    def actor(self) -> Actor:
        """The contact as the journal names it."""
        return Actor("contact", self.contact.name)


@dataclass(frozen=True, slots=True)
class Answer:
    """A visitor's answer: a state of STATES; `reason` and `taker` come with NOT_OURS, the others with the rest.

    `shown` are the unread changes that the page showed, revisions by id: READ reads them, and so does «diterima»."""

    state: str
    note: str | None = None
    address: str | None = None
    reason: str = ""
    taker: str = ""
    shown: Mapping[int, int] = field(default_factory=dict)


def admit(store: Store, routing: Routing, zone: tzinfo, now: datetime, link: Link, device: str | None) -> Visitor:
    """Let the contact of a verified link in; BadLink tells why it opens nothing here and now."""
    row = store.assignments.get(link.assignment)
    held = store.links.holds(link, device)
    contact = routing.contacts.get(link.contact)
    above = contact is not None and contact.opd != row["opd"]
    if contact is None or (above and contact.opd is not None and contact.name != routing.duty):
        raise BadLink("tautan ini dicabut: kontaknya tidak lagi bertugas")
    if not held:
        links.check(link, now)
        if row["state"] in ENDED_STATES and not store.amendments.unread(row["id"]):
            raise _over(routing, row)
        if store.links.spent(link):
            raise BadLink(f"tautan ini sudah dipakai{answered_by(store, routing, zone, row)}")
    return Visitor(link, contact, device, held, above=above)


def answer(store: Store, routing: Routing, zone: tzinfo, now: datetime, visitor: Visitor, given: Answer) -> None:
    """Spend the link and make the answer the assignment's state; the same answer sent again changes nothing.

    UNDO takes this contact's own last step back."""
    row = assignment_of(store, visitor)
    if given.state == UNDO:
        undo_step(store, routing, now, row, visitor)
        return
    if given.state in (READ, "diterima"):
        _read(store, routing, now, row, visitor, given)
    if given.state == READ:
        return
    if row["state"] in ENDED_STATES and not visitor.held:
        raise _over(routing, row)
    if row["state"] == given.state and visitor.held:
        return  # the response to the first try was lost on its way
    if visitor.above and given.state == KNOWN:
        spend(store, now, visitor)
        know(store, routing, now, row["id"], visitor.contact, visitor.actor, "link")
        return
    check_agency(routing, row, visitor)
    if given.state == KNOWN:
        raise Conflict("yang bertugas di OPD menjawab dengan «TERIMA»")
    spend(store, now, visitor)
    if given.state == "diterima" and row["state"] != "dikirim":
        raise AnsweredFirst(f"laporan ini sudah «{WORDS[row['state']]}»{answered_by(store, routing, zone, row)}")
    if given.state == NOT_OURS:
        hand_over(store, routing, now, row, given.taker, given.reason, visitor)
    else:
        step(store, routing, now, row, given.state, visitor, given.note, given.address)


def _over(routing: Routing, row: Row) -> BadLink:
    taken = f"tugas ini sudah ditarik dari {short_name(routing, row['opd'])}"
    return BadLink(ENDED.get(row["state"], taken))


def _read(store: Store, routing: Routing, now: datetime, row: Row, visitor: Visitor, given: Answer) -> None:
    """Mark as read what the visitor was shown; it spends no link. Who is above an agency reads nothing in its name."""
    if given.state == READ:
        check_agency(routing, row, visitor)
    if not visitor.above:
        store.amendments.read(now, row["id"], given.shown, visitor.actor, "link")


def check_agency(routing: Routing, row: Row, visitor: Visitor) -> None:
    """Conflict for somebody who is not of the agency: nobody answers in its name."""
    if visitor.above:
        opd = short_name(routing, row["opd"])
        raise Conflict(f"hanya {opd} yang bisa menjawab laporan ini; hubungi {opd} atau 112")


def spend(store: Store, now: datetime, visitor: Visitor) -> None:
    """Use the link up, unless this browser did before."""
    if not store.links.holds(visitor.link, visitor.device):
        store.links.use(now, visitor.link, visitor.device)


def assignment_of(store: Store, visitor: Visitor) -> Row:
    """The assignment of the visitor's link."""
    return store.assignments.get(visitor.link.assignment)


def answered_by(store: Store, routing: Routing, zone: tzinfo, row: Row) -> str:
    """The end of a sentence that names the first answer to an assignment, a contact by its title and a login by the
    person's name; "" while there is none."""
    if row["acknowledged_at"] is None:
        return ""
    by, at = row["acknowledged_by"], time_of_day(zone, row["acknowledged_at"])
    contact, user = routing.contacts.get(by), store.people.user(by)
    title = contact.title if contact else user["display"] if user else by
    return f"; laporan ini sudah dijawab {title} pukul {at}"


def short_name(routing: Routing, opd: str) -> str:
    """An agency's short name; its code where routing no longer knows it."""
    known = routing.opds.get(opd)
    return known.short if known else opd


def time_of_day(zone: tzinfo, at: str) -> str:
    """A stored moment as a time of the day: 10.05."""
    return write_time(from_text(at).astimezone(zone).time().replace(second=0, microsecond=0))
