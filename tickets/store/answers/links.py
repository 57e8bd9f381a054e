"""Used one-time links; an unused link has no row."""

from datetime import datetime, timedelta

from tickets.errors import BadLink
from tickets.links import Link
from tickets.model import ENDED_STATES, Actor, to_text
from tickets.store.assignments import Assignments
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Spends a link; no row where it was spent before.
_USE = """INSERT INTO links (nonce, assignment, contact, purpose, used_at, expires_at, device)
    VALUES (:nonce, :assignment, :contact, :purpose, :at, :expires, :device) ON CONFLICT DO NOTHING RETURNING nonce"""
# Shows whether this browser has spent a link of that contact to that assignment.
_HELD = "SELECT 1 FROM links WHERE assignment = :assignment AND contact = :contact AND device = :device"
# Shows whether a link was spent, by whichever browser.
_SPENT = "SELECT 1 FROM links WHERE nonce = :nonce"
# Shows whether the journal has it already that this link's page was read.
_NOTED = """SELECT 1 FROM journal WHERE ticket = :ticket AND kind = 'link.opened' AND data ->> 'nonce' = :nonce"""
# Forgets links that are long past their time.
_FORGET = "DELETE FROM links WHERE expires_at < :at"

# longer than links are valid, so that a clock that is set back makes none valid again
KEEP = timedelta(days=7)


class Links:
    """Spends links. A link is used in the transaction of its action: both happen once, or neither and the link stays
    valid."""

    def __init__(self, connection: Connection, journal: Journal, assignments: Assignments) -> None:
        self._db = connection
        self._journal = journal
        self._assignments = assignments

    def use(self, now: datetime, link: Link, device: str | None = None) -> None:
        """Spend a link that `tickets.links.read` has checked; BadLink when it was spent or its assignment has ended.

        `device` is the hash of the browser's own secret: there the assignment stays open."""
        with self._db.ensured_write():
            if self._assignments.get(link.assignment)["state"] in ENDED_STATES:
                raise BadLink("tugas ini sudah selesai atau dibatalkan")
            self._db.run(_FORGET, at=to_text(now - KEEP))
            values = {"nonce": link.nonce, "contact": link.contact, "purpose": link.purpose}
            times = {"at": to_text(now), "expires": to_text(link.expires_at)}
            made = self._db.run(_USE, assignment=link.assignment, device=device, **values, **times)
            if made.fetchone() is None:
                raise BadLink("tautan ini sudah dipakai")

    def holds(self, link: Link, device: str | None) -> bool:
        """True where this browser has spent a link of the same contact to the same assignment."""
        if device is None:
            return False
        return self._db.one(_HELD, assignment=link.assignment, contact=link.contact, device=device) is not None

    def spent(self, link: Link) -> bool:
        """True where it was used, by whichever browser."""
        return self._db.one(_SPENT, nonce=link.nonce) is not None

    def opened(self, now: datetime, link: Link) -> None:
        """Journal, once for a link, that somebody read its page."""
        with self._db.ensured_write():
            row = self._assignments.get(link.assignment)
            if self._db.one(_NOTED, ticket=row["ticket"], nonce=link.nonce) is None:
                data = {"assignment": link.assignment, "opd": row["opd"], "contact": link.contact, "nonce": link.nonce}
                actor = Actor("contact", link.contact)
                self._journal.append(now, "link.opened", actor, call=row["call"], ticket=row["ticket"], data=data)

    def refused(self, now: datetime, link: Link | None, why: str) -> None:
        """Journal that a link opened nothing, and why; None: it was none of ours."""
        with self._db.ensured_write():
            if link is None:
                self._journal.append(now, "link.refused", Actor("process", "console"), data={"why": why})
                return
            row = self._assignments.get(link.assignment)
            data = {"assignment": link.assignment, "opd": row["opd"], "contact": link.contact, "why": why}
            actor = Actor("contact", link.contact)
            self._journal.append(now, "link.refused", actor, call=row["call"], ticket=row["ticket"], data=data)
