"""«Colek»: somebody above asks an agency that has not answered: it is pushed anew at once, and nothing is answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tickets.model import Actor, Row, to_text
from tickets.store.assignments import Assignments
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Keeps a nudge.
_ADD = "INSERT INTO nudges (assignment, at, actor, title) VALUES (:assignment, :at, :actor, :title)"
# Makes one push due now; a step that was not due yet begins so. One that is on its way is left alone.
_HASTEN = """UPDATE pushes SET due_at = :at,
    first_due_at = CASE WHEN attempts = 0 AND first_due_at > :at THEN :at ELSE first_due_at END
    WHERE id = :id AND done_at IS NULL AND lease_until IS NULL AND due_at > :at"""
# Finds the last nudge of a task within a time. Later ones are of a clock that was set back.
_LAST = """SELECT at, title FROM nudges WHERE assignment = :assignment AND at > :since AND at <= :at
    ORDER BY at DESC LIMIT 1"""
# Lists the nudges of a time, by which pushes say who asks.
_SINCE = "SELECT assignment, title FROM nudges WHERE at > :since AND at <= :at ORDER BY at"
# Lists tasks that wait for an answer with the last nudge of each, the newest first.
_SHOWN = """SELECT n.assignment, a.ticket, a.opd, n.title, n.at,
    (SELECT count(*) FROM nudges k WHERE k.assignment = n.assignment) AS times
    FROM assignments a JOIN nudges n ON n.id = (SELECT max(k.id) FROM nudges k WHERE k.assignment = a.id)
    WHERE a.ended_at IS NULL AND a.acknowledged_at IS NULL ORDER BY n.id DESC LIMIT :limit"""


class Nudges:
    """Nudges of tasks, each a row of its own and of the journal."""

    def __init__(self, connection: Connection, journal: Journal, assignments: Assignments) -> None:
        self._db = connection
        self._journal = journal
        self._assignments = assignments

    def nudge(self, now: datetime, assignment: int, pushes: Sequence[Row], actor: Actor, title: str) -> list[str]:
        """Make these pushes (rows of `planned_now`) of a task due now; returns their contacts, each once.

        `title` is what people read: who asks."""
        with self._db.ensured_write():
            row, at = self._assignments.get(assignment), to_text(now)
            self._db.run(_ADD, assignment=assignment, at=at, actor=str(actor), title=title)
            for push in pushes:
                self._db.run(_HASTEN, id=push["id"], at=at)
            contacts = sorted({push["contact"] for push in pushes})
            data = {"assignment": assignment, "opd": row["opd"], "title": title, "contacts": contacts}
            self._journal.append(now, "assignment.nudged", actor, call=row["call"], ticket=row["ticket"], data=data)
        return contacts

    def last(self, now: datetime, assignment: int, within_s: float) -> Row | None:
        """The last nudge of a task within a time: `at`, `title`; None where there was none."""
        since = to_text(now - timedelta(seconds=within_s))
        return self._db.one(_LAST, assignment=assignment, since=since, at=to_text(now))

    def asking(self, now: datetime, within_s: float) -> dict[int, str]:
        """Titles of those who asked within a time, by assignment."""
        rows = self._db.all(_SINCE, since=to_text(now - timedelta(seconds=within_s)), at=to_text(now))
        return {row["assignment"]: row["title"] for row in rows}

    def shown(self, limit: int = 100) -> list[Row]:
        """Tasks that wait and were asked about: `assignment ticket opd title at times`, the last asked first."""
        return self._db.all(_SHOWN, limit=limit)
