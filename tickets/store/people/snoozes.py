"""«Saya tahu, saya tangani»: contacts above an agency who deal with an assignment, each quiet for some minutes.

The agency's own pushes go on, and so do those of everybody else above."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tickets.errors import Conflict
from tickets.model import ENDED_STATES, Actor, PlannedPush, Row, from_text, to_text
from tickets.store.assignments import Assignments
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Notes that a contact deals with an assignment.
_BEGIN = """INSERT INTO snoozes (assignment, contact, actor, via, begun_at, ends_at)
    VALUES (:assignment, :contact, :actor, :via, :at, :ends_at)"""
# Tells whether a change of an assignment is unread: a recall is pushed until it is read.
_UNREAD = "SELECT id FROM amendments WHERE assignment = :assignment AND read_at IS NULL LIMIT 1"
# Lets the pushes of this contact be due when its quiet time ends, all at once: the agency has not answered then.
_HOLD = """UPDATE pushes SET due_at = :ends_at WHERE assignment = :assignment AND contact = :contact
    AND done_at IS NULL AND due_at < :ends_at AND lease_until IS NULL"""
# Lists the quiet times that are not over, for the daemon.
_NOW = "SELECT assignment, contact, ends_at FROM snoozes WHERE ends_at > :now"
# Lists the same for pages, of open assignments alone, the last first.
_SHOWN = """SELECT s.assignment, a.ticket, a.opd, s.contact, s.actor, s.begun_at, s.ends_at
    FROM snoozes s JOIN assignments a ON a.id = s.assignment
    WHERE s.ends_at > :now AND a.ended_at IS NULL ORDER BY s.id DESC LIMIT :limit"""
# Moves a quiet time along with a clock that was set back.
_SHIFT = "UPDATE snoozes SET begun_at = :begun_at, ends_at = :ends_at WHERE id = :id"
# Lists the quiet times that are not over, to move them.
_ENDING_AFTER = "SELECT id, begun_at, ends_at FROM snoozes WHERE ends_at > :now"
# Reads the quiet times of an assignment, for the proof.
_OF = "SELECT contact, begun_at, ends_at FROM snoozes WHERE assignment = :assignment ORDER BY id"
# Reads the open pushes of a contact for an assignment, the last step first, by which a louder one is planned.
_PLANNED = """SELECT step, channel, every_s, phase FROM pushes
    WHERE assignment = :assignment AND contact = :contact AND done_at IS NULL ORDER BY step DESC, id DESC"""


class Snoozes:
    """Quiet times of contacts above the agencies, by assignment."""

    def __init__(self, connection: Connection, journal: Journal, assignments: Assignments) -> None:
        self._db = connection
        self._journal = journal
        self._assignments = assignments

    def begin(
        self,
        now: datetime,
        assignment: int,
        contact: str,
        quiet_s: float,
        actor: Actor,
        *,
        via: str,
        louder: Iterable[str] = (),
    ) -> datetime:
        """Leave a contact alone with an assignment for `quiet_s`; returns the end. Conflict when the assignment ended.

        After that time it is pushed over everything that was planned and over the first of the `louder` channels that
        was not."""
        with self._db.ensured_write():
            row = self._assignments.get(assignment)
            if row["state"] in ENDED_STATES and not self._is_pushed_recall(row):
                raise Conflict(f"penugasan {assignment} tiket {row['ticket']} sudah «{row['state']}»")
            end = now + timedelta(seconds=quiet_s)
            key = {"assignment": assignment, "contact": contact}
            self._db.run(_BEGIN, actor=str(actor), via=via, at=to_text(now), ends_at=to_text(end), **key)
            self._plan_louder(now, key, end, tuple(louder))
            self._db.run(_HOLD, ends_at=to_text(end), **key)
            data = key | {"opd": row["opd"], "via": via, "until": to_text(end)}
            self._journal.append(now, "assignment.known", actor, call=row["call"], ticket=row["ticket"], data=data)
        return end

    def _is_pushed_recall(self, row: Row) -> bool:
        return row["state"] == "dibatalkan" and self._db.one(_UNREAD, assignment=row["id"]) is not None

    def _plan_louder(self, now: datetime, key: Row, end: datetime, louder: tuple[str, ...]) -> None:
        planned = self._db.all(_PLANNED, **key)
        used = {row["channel"] for row in planned}
        more = next((channel for channel in louder if channel not in used), None)
        if planned and more is not None:
            row = planned[0]
            push = PlannedPush(row["step"], key["contact"], more, end, row["every_s"], row["phase"])
            self._assignments.add_pushes(now, key["assignment"], (push,))

    def at(self, now: datetime) -> dict[tuple[int, str], datetime]:
        """The end of each quiet time that is not over, by assignment and contact."""
        ends: dict[tuple[int, str], datetime] = {}
        for row in self._db.all(_NOW, now=to_text(now)):
            key, end = (row["assignment"], row["contact"]), from_text(row["ends_at"])
            ends[key] = max(end, ends.get(key, end))
        return ends

    def ends(self, now: datetime, assignment: int, contact: str) -> datetime | None:
        """The end of a contact's quiet time with an assignment; None where it is not quiet."""
        return self.at(now).get((assignment, contact))

    def shown(self, now: datetime, limit: int = 100) -> list[Row]:
        """Quiet times at `now` of open assignments, with ticket and agency, the last first."""
        return self._db.all(_SHOWN, now=to_text(now), limit=limit)

    def of(self, assignment: int) -> list[Row]:
        """All quiet times of an assignment, with their contacts."""
        return self._db.all(_OF, assignment=assignment)

    def shift(self, now: datetime, by: timedelta) -> None:
        """Move those that are not over along with a clock that was set back by `-by` to `now`."""
        with self._db.ensured_write():
            for row in self._db.all(_ENDING_AFTER, now=to_text(now)):
                begun, end = from_text(row["begun_at"]), from_text(row["ends_at"])
                if begun > now:  # by the old clock
                    values = {"begun_at": to_text(begun + by), "ends_at": to_text(end + by)}
                    self._db.run(_SHIFT, id=row["id"], **values)
