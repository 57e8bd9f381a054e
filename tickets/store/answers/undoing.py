"""Steps that a finger took and takes back: the state before, with the very pushes that the step had ended."""

from collections.abc import Sequence
from datetime import datetime

from tickets.errors import Conflict
from tickets.model import WAITING_STATE, Actor, PlannedPush, Row, to_text
from tickets.store.assignments import Assignments
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Puts an assignment back; no row where somebody was faster. An answer that is taken back was never given.
_BACK = """UPDATE assignments SET state = :state, updated_at = :at, ended_at = NULL,
    acknowledged_at = CASE WHEN :answered THEN NULL ELSE acknowledged_at END,
    acknowledged_by = CASE WHEN :answered THEN NULL ELSE acknowledged_by END,
    via = CASE WHEN :answered THEN NULL ELSE via END
    WHERE id = :id AND state = :was AND updated_at = :since"""
# Ends the pushes that the step had begun; those for changes go on until they are read.
_END = """UPDATE pushes SET done_at = :at, lease_until = NULL
    WHERE assignment = :id AND done_at IS NULL AND phase <> 'diubah'"""
# Resumes the pushes that the step had ended, with the due times and numbers of tries that they had; what became due
# meanwhile is due now.
_RESUME = """UPDATE pushes SET done_at = NULL, claimed_by = NULL, lease_until = NULL,
    due_at = CASE WHEN due_at < :at THEN :at ELSE due_at END
    WHERE assignment = :id AND done_at = :since AND phase <> 'diubah'"""
# Finds an open assignment of the same agency and ticket: it was sent again meanwhile.
_OTHER = "SELECT 1 FROM assignments WHERE ticket = :ticket AND opd = :opd AND ended_at IS NULL AND id <> :id"
# Gives a ticket back to its agency.
_TICKET = "UPDATE tickets SET status = 'dispatched', closed_at = NULL, updated_at = :at WHERE number = :number"
# Remembers how long an answer stood.
_KEEP = """INSERT INTO undone_steps (assignment, state, answered, stood_from, stood_until, undone_by)
    VALUES (:id, :state, :answered, :since, :at, :by)"""
# Counts an assignment's steps that were taken back.
_COUNT = "SELECT count(*) FROM undone_steps WHERE assignment = :id"
_STEPS = ("assignment.acknowledged", "assignment.moved", "assignment.undone")
_ROWS = 60  # of the journal of a ticket: a step that may be undone is seconds old


class Undoing:
    """Steps of assignments that were taken back."""

    def __init__(self, connection: Connection, journal: Journal, assignments: Assignments) -> None:
        self._db = connection
        self._journal = journal
        self._assignments = assignments

    def last(self, assignment: int) -> Row | None:
        """The journal row of the newest step of an assignment, or of its undoing; None: only dispatched, or long
        ago."""
        ticket = self._assignments.get(assignment)["ticket"]
        rows = self._journal.told_of_ticket(ticket, _ROWS)
        steps = [row for row in rows if row["kind"] in _STEPS and row["data"]["assignment"] == assignment]
        return steps[-1] if steps else None

    def count(self, assignment: int) -> int:
        """Number of steps of an assignment that were taken back."""
        return int(self._db.run(_COUNT, id=assignment).fetchone()[0])

    def back(self, now: datetime, step: Row, actor: Actor, instead: Sequence[PlannedPush] = ()) -> Row:
        """Put an assignment back to the state before `step` (a row of `last`); returns it.

        Its former pushes go on as if it had not been taken; `instead` are planned where none of them is left. Conflict
        where the assignment has moved since, or its agency was sent the ticket anew."""
        with self._db.ensured_write():
            facts = step["data"]
            row = self._assignments.get(facts["assignment"])
            which = {"id": row["id"], "since": step["at"], "at": to_text(now)}
            if self._db.one(_OTHER, ticket=row["ticket"], opd=row["opd"], id=row["id"]) is not None:
                raise Conflict(f"tiket {row['ticket']} sudah dikirim lagi ke OPD ini; tidak bisa diurungkan")
            answered = step["kind"] == "assignment.acknowledged"
            moved = {"state": facts["before"], "was": facts["state"], "answered": answered}
            if not self._db.run(_BACK, **which, **moved).rowcount:
                raise Conflict(f"penugasan {row['id']} sudah «{row['state']}»; tidak bisa diurungkan")
            resumed = self._resume(now, which)
            self._db.run(_KEEP, **which, state=facts["state"], answered=int(answered), by=actor.name)
            undone = {"assignment": row["id"], "opd": row["opd"], "before": facts["state"], "state": facts["before"]}
            where = {"call": row["call"], "ticket": row["ticket"]}
            if row["ended_at"] is not None:
                self._db.run(_TICKET, number=row["ticket"], at=to_text(now))
                self._journal.append(now, "ticket.reopened", actor, **where, data={"undone": facts["state"]})
            self._journal.append(now, "assignment.undone", actor, **where, data=undone)
            if facts["before"] == WAITING_STATE and not resumed:
                self._assignments.replan(now, row["id"], instead, actor, "jawaban diurungkan")
            return self._assignments.get(row["id"])

    def _resume(self, now: datetime, which: Row) -> int:
        self._db.run(_END, id=which["id"], at=to_text(now))
        return self._db.run(_RESUME, **which).rowcount
