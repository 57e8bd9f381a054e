"""The last author of each field of a ticket."""

from dataclasses import dataclass
from datetime import datetime

from tickets.model import Row, to_text
from tickets.store.connection import Connection

# Reads the last author of each field, with the name for people.
_OF = """SELECT e.field, e.by, e.at, e.draft, e.turn, coalesce(u.display, e.by) AS display
    FROM field_edits e LEFT JOIN users u ON u.name = e.by WHERE e.ticket = :ticket"""
# Notes a field's author.
_NOTE = """INSERT INTO field_edits (ticket, field, by, at, draft, turn)
    VALUES (:ticket, :field, :by, :at, :draft, :turn)
    ON CONFLICT (ticket, field) DO UPDATE SET by = excluded.by, at = excluded.at, draft = excluded.draft,
    turn = excluded.turn"""
# Counts a draft on that said the same once more: its earlier requests that are still under way are older.
_TURN = """UPDATE field_edits SET turn = :turn
    WHERE ticket = :ticket AND field = :field AND draft = :draft AND turn < :turn"""
# Forgets the author of a field that no person has written.
_FORGET = "DELETE FROM field_edits WHERE ticket = :ticket AND field = :field"


@dataclass(frozen=True, slots=True)
class Mark:
    """A page's draft of a ticket, and the number of its request: a lower one was sent earlier."""

    draft: str
    turn: int


class FieldEdits:
    """Authors of fields; those that only a process or a call has written have none."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, ticket: str) -> dict[str, Row]:
        """The last author of each field: `by display at draft turn`."""
        return {row["field"]: row for row in self._db.all(_OF, ticket=ticket)}

    def wrote(self, now: datetime, ticket: str, field: str, by: str, draft: str | None = None, turn: int = 0) -> None:
        """Note the author of a field that has changed."""
        values = {"ticket": ticket, "field": field, "by": by, "at": to_text(now)}
        self._db.run(_NOTE, draft=draft, turn=turn, **values)

    def repeated(self, ticket: str, field: str, draft: str, turn: int) -> None:
        """Note that a draft has said the same as before: its earlier requests count no more."""
        self._db.run(_TURN, ticket=ticket, field=field, draft=draft, turn=turn)

    def forget(self, ticket: str, field: str) -> None:
        """Note that no person has written this value."""
        self._db.run(_FORGET, ticket=ticket, field=field)
