"""Reads of what burns now, for those who answer for it all: tasks that nobody has answered, and those at work.

Nothing of a reporter is read: no name, no number, no story."""

from tickets.model import Row
from tickets.store.connection import Connection

# The columns of a task, for a condition to be added.
_TASK = """SELECT a.id AS assignment, a.ticket, a.opd, a.state, a.handed_on, a.updated_at,
    coalesce(a.unanswered_since, a.dispatched_at) AS since, t.category, t.kecamatan, t.desa
    FROM assignments a JOIN tickets t ON t.number = a.ticket"""
# Tasks of emergencies that nobody has answered, or that were turned down and have no taker.
_WAITS = """a.id IN (SELECT id FROM assignments WHERE ended_at IS NULL AND acknowledged_at IS NULL
    UNION SELECT id FROM assignments WHERE state = 'ditolak' AND ended_at IS NULL) AND t.kind <> 'complaint'"""
# Tasks that an agency has answered.
_WORKS = """a.ended_at IS NULL AND a.acknowledged_at IS NOT NULL AND a.state <> 'ditolak'
    AND t.kind <> 'complaint'"""
# Lists the former, the longest unanswered first.
_UNANSWERED = f"{_TASK} WHERE {_WAITS} ORDER BY since, a.id LIMIT :limit"
# Counts them.
_UNANSWERED_COUNT = f"SELECT count(*) FROM assignments a JOIN tickets t ON t.number = a.ticket WHERE {_WAITS}"
# Lists tasks that somebody works on, the last that moved first.
_WORKING = f"{_TASK} WHERE {_WORKS} ORDER BY a.updated_at DESC, a.id DESC LIMIT :limit"
# Counts them.
_WORKING_COUNT = f"SELECT count(*) FROM assignments a JOIN tickets t ON t.number = a.ticket WHERE {_WORKS}"
# Counts the pushes of a task by contact, in the order of its ladder; `arrived`: those that a channel took.
_PUSHED = """SELECT contact, sum(attempts) AS times, sum(sent) AS arrived FROM pushes
    WHERE assignment = :assignment AND attempts > 0 GROUP BY contact ORDER BY min(step), contact"""


class Burning:
    """Open tasks of emergencies, without anything of their reporters."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def unanswered(self, limit: int) -> list[Row]:
        """Tasks that nobody has answered, the oldest first."""
        return self._db.all(_UNANSWERED, limit=limit)

    def unanswered_count(self) -> int:
        """Number of rows that `unanswered` gives without a limit."""
        return int(self._db.run(_UNANSWERED_COUNT).fetchone()[0])

    def working(self, limit: int) -> list[Row]:
        """Tasks that an agency works on, the last that moved first."""
        return self._db.all(_WORKING, limit=limit)

    def working_count(self) -> int:
        """Number of rows that `working` gives without a limit."""
        return int(self._db.run(_WORKING_COUNT).fetchone()[0])

    def pushed(self, assignment: int) -> list[Row]:
        """Contacts that were pushed for a task, and how often: `contact times arrived`."""
        return self._db.all(_PUSHED, assignment=assignment)
