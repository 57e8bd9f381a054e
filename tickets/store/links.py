"""One-time links that were used; an unused one leaves no row."""

from datetime import datetime, timedelta

from tickets.errors import BadLink
from tickets.links import Link
from tickets.model import ENDED_STATES, to_text
from tickets.store.assignments import Assignments
from tickets.store.connection import Connection

_USE = """INSERT INTO links (nonce, assignment, contact, purpose, used_at, expires_at)
    VALUES (:nonce, :assignment, :contact, :purpose, :at, :expires) ON CONFLICT DO NOTHING RETURNING nonce"""
_FORGET = "DELETE FROM links WHERE expires_at < :at"

# longer than they are good for: a clock that is set back makes no link good again
KEEP = timedelta(days=7)


class Links:
    """Use a link in the transaction of what it does: then it happens once, or not at all and the link is still good."""

    def __init__(self, connection: Connection, assignments: Assignments) -> None:
        self._db = connection
        self._assignments = assignments

    def use(self, now: datetime, link: Link) -> None:
        """Spend a link that `tickets.links.read` has checked; BadLink when it was spent or its assignment has ended."""
        with self._db.ensured_write():
            if self._assignments.get(link.assignment)["state"] in ENDED_STATES:
                raise BadLink("tugas ini sudah selesai atau dibatalkan")
            self._db.run(_FORGET, at=to_text(now - KEEP))
            values = {"nonce": link.nonce, "contact": link.contact, "purpose": link.purpose}
            times = {"at": to_text(now), "expires": to_text(link.expires_at)}
            if self._db.run(_USE, assignment=link.assignment, **values, **times).fetchone() is None:
                raise BadLink("tautan ini sudah dipakai")
