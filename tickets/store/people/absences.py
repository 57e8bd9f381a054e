"""Contacts who are marked as not there, whatever their duty hours say: leave, illness, a phone that is lost."""

from datetime import datetime

from tickets.errors import Conflict
from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

_MARK = """INSERT INTO absences (contact, since, until, by, reason) VALUES (:contact, :since, :until, :by, :reason)
    ON CONFLICT (contact) DO UPDATE SET since = excluded.since, until = excluded.until, by = excluded.by,
    reason = excluded.reason"""
_BACK = "DELETE FROM absences WHERE contact = :contact AND (until IS NULL OR until > :now)"
_NOW = "SELECT * FROM absences WHERE until IS NULL OR until > :now ORDER BY contact"


class Absences:
    """One present absence for each contact; one that is over counts no more."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    def mark(self, now: datetime, contact: str, until: datetime | None, actor: Actor, reason: str = "") -> None:
        """This contact is not there until then (None: until somebody says so)."""
        with self._db.ensured_write():
            end = to_text(until) if until else None
            self._db.run(_MARK, contact=contact, since=to_text(now), until=end, by=actor.name, reason=reason)
            data = {"contact": contact, "until": end, "reason": reason}
            self._journal.append(now, "contact.away", actor, data=data)

    def back(self, now: datetime, contact: str, actor: Actor) -> None:
        """This contact is there again; Conflict when it was not marked."""
        with self._db.ensured_write():
            if not self._db.run(_BACK, contact=contact, now=to_text(now)).rowcount:
                raise Conflict(f"kontak {contact} tidak ditandai tidak di tempat")
            self._journal.append(now, "contact.back", actor, data={"contact": contact})

    def names(self, now: datetime) -> frozenset[str]:
        """Who is marked at `now`."""
        return frozenset(row["contact"] for row in self.rows(now))

    def rows(self, now: datetime) -> list[Row]:
        """Who is marked at `now`, since and until when, by whom and why."""
        return self._db.all(_NOW, now=to_text(now))
