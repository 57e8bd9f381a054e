"""Absences of contacts (leave, illness, a lost phone), which count beside their duty hours."""

from datetime import datetime

from tickets.errors import Conflict
from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Marks a contact as away, in place of an earlier mark.
_MARK = """INSERT INTO absences (contact, since, until, by, reason) VALUES (:contact, :since, :until, :by, :reason)
    ON CONFLICT (contact) DO UPDATE SET since = excluded.since, until = excluded.until, by = excluded.by,
    reason = excluded.reason"""
# Ends a present absence.
_BACK = "DELETE FROM absences WHERE contact = :contact AND (until IS NULL OR until > :now)"
# Lists the present absences.
_NOW = "SELECT * FROM absences WHERE until IS NULL OR until > :now ORDER BY contact"


class Absences:
    """One present absence for each contact; one that is over counts no more."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    def mark(self, now: datetime, contact: str, until: datetime | None, actor: Actor, reason: str = "") -> None:
        """Mark a contact as away until then (None: until `back`)."""
        with self._db.ensured_write():
            end = to_text(until) if until else None
            self._db.run(_MARK, contact=contact, since=to_text(now), until=end, by=actor.name, reason=reason)
            data = {"contact": contact, "until": end, "reason": reason}
            self._journal.append(now, "contact.away", actor, data=data)

    def back(self, now: datetime, contact: str, actor: Actor) -> None:
        """End a contact's absence; Conflict when it was not marked."""
        with self._db.ensured_write():
            if not self._db.run(_BACK, contact=contact, now=to_text(now)).rowcount:
                raise Conflict(f"kontak {contact} tidak ditandai tidak di tempat")
            self._journal.append(now, "contact.back", actor, data={"contact": contact})

    def names(self, now: datetime) -> frozenset[str]:
        """Names of the contacts marked at `now`."""
        return frozenset(row["contact"] for row in self.rows(now))

    def rows(self, now: datetime) -> list[Row]:
        """Absences at `now`: contact, times, author and reason."""
        return self._db.all(_NOW, now=to_text(now))
