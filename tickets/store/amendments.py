"""Amendments: changes of a ticket after its dispatch, one row for each open assignment, until each has read it.

An unread change of a field is one row whatever number of edits it took: its first value stays the base, so that
A → B → A is none. The row is written in the transaction of the edit.
"""

from collections.abc import Mapping
from datetime import datetime

from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection

FIELDS = ("category", "kecamatan", "desa", "address", "description")
# Lists the open assignments of a ticket, but for those of the editor's own agency.
_OPEN = """SELECT id FROM assignments WHERE ticket = :ticket AND ended_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM users u WHERE u.name = :by AND u.opd = assignments.opd) ORDER BY id"""
# Adds an unread change, or gives the one that stands its newest value; its base is kept.
_SET = """INSERT INTO amendments (ticket, assignment, field, before, after, made_by, made_at, changed_at)
    VALUES (:ticket, :assignment, :field, :before, :after, :by, :at, :at)
    ON CONFLICT (assignment, field) WHERE read_at IS NULL
    DO UPDATE SET after = excluded.after, made_by = excluded.made_by, changed_at = excluded.changed_at"""
# Drops an unread change that was taken back.
_UNDONE = """DELETE FROM amendments WHERE assignment = :assignment AND field = :field AND read_at IS NULL
    AND coalesce(before, '') = coalesce(after, '')"""
# Marks as read what the reader was shown: a row that changed after that stays unread.
_READ = """UPDATE amendments SET read_at = :at, read_by = :by, read_via = :via
    WHERE id = :id AND assignment = :assignment AND read_at IS NULL AND changed_at <= :shown"""
# Reads the amendments of one assignment.
_OF = "SELECT * FROM amendments WHERE assignment = :assignment ORDER BY id"


class Amendments:
    """Amendments by assignment."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def changed(self, now: datetime, before: Row, changes: Mapping[str, str | None], actor: Actor) -> None:
        """Record an edit for each agency that has the ticket; `before` is the ticket's row before the edit."""
        with self._db.ensured_write():
            fields = {name: value for name, value in changes.items() if name in FIELDS and before[name] != value}
            rows = self._db.all(_OPEN, ticket=before["number"], by=actor.name) if fields else []
            for assignment in (row["id"] for row in rows):
                for name, value in fields.items():
                    key = {"assignment": assignment, "field": name}
                    values = {"ticket": before["number"], "before": before[name], "after": value}
                    self._db.run(_SET, by=actor.name, at=to_text(now), **key, **values)
                    self._db.run(_UNDONE, **key)

    def read(self, now: datetime, assignment: int, amendment: int, shown: datetime, actor: Actor, via: str) -> bool:
        """Mark an amendment as read by `actor`; False where it was read before or has changed since it was `shown`."""
        with self._db.ensured_write():
            values = {"id": amendment, "assignment": assignment, "shown": to_text(shown)}
            return self._db.run(_READ, at=to_text(now), by=actor.name, via=via, **values).rowcount == 1

    def of(self, assignment: int) -> list[Row]:
        """The amendments of one assignment, read or not, in their order."""
        return self._db.all(_OF, assignment=assignment)
