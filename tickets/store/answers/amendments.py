"""Amendments: what changed after an agency was sent a ticket, one row for each assignment and field, until it is read.

The row is written in the transaction of the change. Several edits are one row until somebody has read it: its `before`
is what the agency knew last. A value that was taken back is no amendment, unless it may have been seen meanwhile: then
the row leads from that value (`pushed`) to the newest.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from tickets.locating.positions import LOOKED_UP, written
from tickets.model import AMENDED, Actor, PlannedPush, Row, from_text, to_text
from tickets.store.answers.planning import write_plan
from tickets.store.connection import Connection
from tickets.store.journal import Journal

FIELDS = ("kind", "category", "kecamatan", "desa", "address", "description")
# beside them: a report of another caller (`about` is its ticket), that the agency no longer has the task, its position
REPORT, RECALL, POSITION = "report", "recall", "position"
# Edits closer together than SETTLE are one push, which waits no longer than LONGEST.
SETTLE, LONGEST = timedelta(seconds=4), timedelta(seconds=30)
TURNED_DOWN = "ditolak"
# Columns that pages show; of what is unread, so many beside a ticket in a list.
SHOWN = (
    *("id", "revision", "field", "about", "before", "after", "made_by", "changed_at"),
    *("read_at", "read_by", "read_via", "read_to"),
)
UNREAD_SHOWN = 5

# Lists the open assignments of a ticket, and of the one that it is linked to.
_OPEN = """SELECT id, ticket, opd FROM assignments WHERE ended_at IS NULL
    AND ticket IN (:ticket, (SELECT master FROM merges WHERE ticket = :ticket)) ORDER BY id"""
# Reads the unread change of one field.
_STANDING = """SELECT * FROM amendments WHERE assignment = :assignment AND field = :field AND about = :about
    AND read_at IS NULL"""
# Adds a change.
_ADD = """INSERT INTO amendments (assignment, field, about, before, after, made_by, made_at, since, changed_at, due_at)
    VALUES (:assignment, :field, :about, :before, :after, :by, :at, :at, :at, :due) RETURNING id"""
# Gives an unread change its newest value.
_SET = """UPDATE amendments SET after = :after, shown = :shown, pushed = :pushed, revision = revision + 1,
    made_by = :by, changed_at = :at, since = :since, due_at = :due, planned = :planned, taken = 0 WHERE id = :id"""
# Drops a change that was taken back before anybody could see it.
_DROP = "DELETE FROM amendments WHERE id = :id"
# Delays the pushes of changes that are still being typed.
_DELAY = """UPDATE pushes SET due_at = :due, first_due_at = :due WHERE assignment = :assignment AND phase = :phase
    AND done_at IS NULL AND attempts = 0 AND lease_until IS NULL AND due_at > :at AND due_at < :due"""
# Lists assignments with changes that no push was planned for.
_UNPLANNED = "SELECT DISTINCT assignment FROM amendments WHERE planned = 0 AND read_at IS NULL ORDER BY assignment"
# Reads an assignment's unread changes.
_UNREAD = "SELECT * FROM amendments WHERE assignment = :assignment AND read_at IS NULL ORDER BY id"
# Reads an assignment's changes, read or not.
_OF = "SELECT * FROM amendments WHERE assignment = :assignment ORDER BY id"
# Notes that a push was planned for them.
_PLANNED = "UPDATE amendments SET planned = 1 WHERE assignment = :assignment AND read_at IS NULL"
# Lets them be planned anew.
_REPLAN = "UPDATE amendments SET planned = 0 WHERE assignment = :assignment AND read_at IS NULL AND planned = 1"
# Notes that a push takes them to the agency.
_TAKEN = "UPDATE amendments SET taken = 1 WHERE assignment = :assignment AND read_at IS NULL AND taken = 0"
# Lists the contacts to whom changes are pushed that nobody has read.
_TOLD = "SELECT assignment, contact FROM pushes WHERE done_at IS NULL AND due_at > '' AND phase = :phase"
# Has the pushes of changes planned anew.
_PLAN_ANEW = "UPDATE amendments SET planned = 0 WHERE assignment = :assignment AND read_at IS NULL"
# Ends the pushes of changes, to plan them anew.
_QUIET = """UPDATE pushes SET done_at = :at, lease_until = NULL
    WHERE assignment = :assignment AND phase = :phase AND done_at IS NULL"""
# Reads the last step of an assignment's pushes for changes.
_LAST_STEP = "SELECT coalesce(max(step), 0) AS step FROM pushes WHERE assignment = :assignment AND phase = :phase"
# Lists how an agency was reached: contact and channel of its pushes that arrived.
_WAYS = """SELECT DISTINCT contact, channel FROM attempts WHERE assignment = :assignment AND ok = 1
    ORDER BY contact, channel"""
# Lists an agency's ended assignments with a change that it has not read.
_ENDED_UNREAD = """SELECT DISTINCT m.assignment FROM amendments m JOIN assignments a ON a.id = m.assignment
    WHERE m.read_at IS NULL AND a.opd = :opd AND a.ended_at IS NOT NULL ORDER BY m.assignment LIMIT :limit"""
# Marks as read what the reader was shown: a row that changed after that stays unread.
_READ = """UPDATE amendments SET read_at = :at, read_by = :by, read_via = :via, read_to = :to
    WHERE id = :id AND assignment = :assignment AND read_at IS NULL AND revision <= :revision"""
# Reads the ticket and agency of an assignment for the journal.
_WHERE = """SELECT a.id, a.ticket, a.opd, t.call FROM assignments a JOIN tickets t ON t.number = a.ticket
    WHERE a.id = :assignment"""
# Reads whose agency a user is of.
_AGENCY = "SELECT opd FROM users WHERE name = :name"


class Amendments:
    """Amendments by assignment; each change of a ticket, a merge or an assignment's end notes its own here."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    # -- what changed -------------------------------------------------------------------------------------------------

    def edited(self, now: datetime, before: Row, changes: Mapping[str, str | None], actor: Actor) -> None:
        """Note an edit for each agency that has the ticket, or the one it is linked to; `before`: the row before it."""
        fields = {name: value for name, value in changes.items() if name in FIELDS and before[name] != value}
        if before["status"] != "dispatched" or not fields:
            return  # no agency has it: a call's own steps end here
        number, after = before["number"], before | fields
        for row in self._db.all(_OPEN, ticket=number):
            if row["ticket"] == number:
                self.differs(now, row["id"], before, after, actor)
            else:
                self.reported(now, row["id"], number, before, after, actor)

    def differs(self, now: datetime, assignment: int, before: Row, after: Row, actor: Actor) -> None:
        """Note every field in which the ticket of an assignment became another."""
        for name in FIELDS:
            self._note(now, assignment, name, "", before[name], after[name], actor)

    def positioned(self, now: datetime, ticket: Row, before: Row | None, after: Row | None, actor: Actor) -> None:
        """Note another position of a ticket for each agency that has it: its row, and the positions that counted."""
        if ticket["status"] != "dispatched":
            return
        for row in self._db.all(_OPEN, ticket=ticket["number"]):
            if row["ticket"] == ticket["number"]:
                self.moved(now, row["id"], before, after, actor)

    def moved(self, now: datetime, assignment: int, before: Row | None, after: Row | None, actor: Actor) -> None:
        """Note that another position counts for an assignment; those that only follow its desa say nothing new."""
        if {row["kind"] for row in (before, after) if row} <= LOOKED_UP:
            return
        was, became = (None if row is None else written(row) for row in (before, after))
        self._note(now, assignment, POSITION, "", was, became, actor)

    def reported(
        self, now: datetime, assignment: int, about: str, before: Row | None, after: Row | None, actor: Actor
    ) -> None:
        """Note a report of another caller (its ticket's row): that it joined, changed, or (`after` None) left."""
        was, became = (None if row is None else report_text(row) or None for row in (before, after))
        self._note(now, assignment, REPORT, about, was, became, actor)

    def ended(self, now: datetime, row: Row, state: str, note: str | None, actor: Actor, joins: str = "") -> None:
        """Note that an assignment was taken off its agency, or goes on in the ticket that it `joins`.

        An agency that ends it itself has nothing to learn of it."""
        if state == "selesai":
            return
        if self._is_of(actor, row["opd"]) or row["state"] == TURNED_DOWN:
            unread = {each["id"]: each["revision"] for each in self.unread(row["id"])}
            self.read(now, row["id"], unread, actor, state)
        else:
            self._note(now, row["id"], RECALL, joins, row["state"], note or state, actor)

    def withdraw_recall(self, now: datetime, assignment: int) -> bool:
        """Drop the note that an assignment was taken off its agency; False where a push may have told it already."""
        with self._db.ensured_write():
            rows = [row for row in self._db.all(_UNREAD, assignment=assignment) if row["field"] == RECALL]
            if any(row["taken"] for row in rows):
                return False
            for row in rows:
                self._db.run(_DROP, id=row["id"])
            self._quiet_when_read(now, assignment)
            return True

    def _is_of(self, actor: Actor, opd: str) -> bool:
        if actor.kind == "contact":
            return actor.name.startswith(f"{opd}.")
        user = self._db.one(_AGENCY, name=actor.name) if actor.kind == "user" else None
        return user is not None and user["opd"] == opd

    def _note(
        self,
        now: datetime,
        assignment: int,
        field: str,
        about: str,
        before: str | None,
        after: str | None,
        actor: Actor,
    ) -> None:
        if (before or "") == (after or ""):
            return
        with self._db.ensured_write():
            row = self._db.one(_STANDING, assignment=assignment, field=field, about=about)
            values = {"after": after, "by": actor.name, "at": to_text(now), "due": to_text(now + SETTLE)}
            if row is None:
                place = {"assignment": assignment, "field": field, "about": about, "before": before}
                id = self._db.run(_ADD, **place, **values).fetchone()[0]
                self._journalled(now, assignment, field, id, actor)
            elif row["taken"] or from_text(row["due_at"]) <= now:
                self._again(now, row, values, actor)
            elif not row["shown"] and (row["before"] or "") == (after or ""):
                self._db.run(_DROP, id=row["id"])
                self._quiet_when_read(now, assignment)
            else:
                due = to_text(min(now + SETTLE, from_text(row["since"]) + LONGEST))
                kept = {name: row[name] for name in ("id", "shown", "pushed", "since", "planned")}
                self._db.run(_SET, **kept, **values | {"due": due})
                self._db.run(_DELAY, assignment=assignment, phase=AMENDED, at=to_text(now), due=due)

    def _again(self, now: datetime, row: Row, values: Row, actor: Actor) -> None:
        """Change a value that somebody may have seen: pushed anew, and never dropped from here on."""
        if (row["before"] or "") != (row["after"] or ""):
            row = row | {"shown": 1, "pushed": row["after"]}
        kept = {name: row[name] for name in ("id", "shown", "pushed")}
        self._db.run(_SET, **kept, **values, since=to_text(now), planned=0)
        self._journalled(now, row["assignment"], row["field"], row["id"], actor)

    def _journalled(self, now: datetime, assignment: int, field: str, amendment: int, actor: Actor) -> None:
        """Journal a change, without its values: those stand in the row, where erasure reaches them."""
        row = self._db.all(_WHERE, assignment=assignment)[0]
        data = {"assignment": assignment, "opd": row["opd"], "field": field, "amendment": amendment}
        self._journal.append(now, "assignment.amended", actor, call=row["call"], ticket=row["ticket"], data=data)

    # -- pushing ------------------------------------------------------------------------------------------------------

    def unplanned(self) -> list[int]:
        """Assignments with a change that no push was planned for."""
        return [row["assignment"] for row in self._db.all(_UNPLANNED)]

    def left_without(self, contacts: Collection[str]) -> int:
        """Have changes planned anew that are pushed to a contact that is not among these any more; returns the number
        of their assignments."""
        with self._db.ensured_write():
            rows = self._db.all(_TOLD, phase=AMENDED)
            gone = {row["assignment"] for row in rows if row["contact"] not in contacts}
            for assignment in sorted(gone):
                self._db.run(_PLAN_ANEW, assignment=assignment)
        return len(gone)

    def ways(self, assignment: int) -> list[tuple[str, str]]:
        """Contact and channel of each way by which the agency was reached for this assignment."""
        return [(row["contact"], row["channel"]) for row in self._db.all(_WAYS, assignment=assignment)]

    def plan(self, now: datetime, assignment: int, pushes: Sequence[PlannedPush]) -> None:
        """Replace the pushes of an assignment's changes; their steps are counted on, so that the proof tells them
        apart."""
        values = {"assignment": assignment, "phase": AMENDED}
        with self._db.ensured_write():
            last = self._db.all(_LAST_STEP, **values)[0]["step"]
            self._db.run(_QUIET, at=to_text(now), **values)
            write_plan(self._db, now, assignment, pushes, last)
            self._db.run(_PLANNED, assignment=assignment)

    def taken_up(self, assignment: int) -> list[Row]:
        """The unread changes, for a push that is about to be sent: from now on somebody may have seen them."""
        rows = self.unread(assignment)
        if any(not row["taken"] for row in rows):
            self._db.run(_TAKEN, assignment=assignment)
        return rows

    def answered(self, assignment: int) -> None:
        """Let unread changes be pushed as those of a task under way: until the answer its own ladder has told them."""
        self._db.run(_REPLAN, assignment=assignment)

    # -- reading ------------------------------------------------------------------------------------------------------

    def unread(self, assignment: int) -> list[Row]:
        """An assignment's unread changes, in their order."""
        return [_view(row) for row in self._db.all(_UNREAD, assignment=assignment)]

    def standing(self, assignment: int) -> Row:
        """Number of an assignment's unread changes, `unread_count`, and the newest of them, `unread`."""
        rows = self.unread(assignment)
        return {"unread_count": len(rows), "unread": [shown(row) for row in rows[-UNREAD_SHOWN:]]}

    def of(self, assignment: int) -> list[Row]:
        """An assignment's changes, read or not, in their order."""
        return [_view(row) for row in self._db.all(_OF, assignment=assignment)]

    def ended_unread(self, opd: str, limit: int) -> list[int]:
        """An agency's ended assignments with a change that it has not read, as a task that was taken off it."""
        return [row["assignment"] for row in self._db.all(_ENDED_UNREAD, opd=opd, limit=limit)]

    def read(
        self,
        now: datetime,
        assignment: int,
        shown: Mapping[int, int],
        actor: Actor,
        via: str,
        to: str | None = None,
    ) -> list[int]:
        """Mark as read what the reader was shown: revisions by id. Returns the ids of those that were unread.

        What has changed since then stays unread. `to`: to whom of the agency the actor has read it out."""
        with self._db.ensured_write():
            values = {"assignment": assignment, "at": to_text(now), "by": actor.name, "via": via, "to": to}
            ids = [
                id
                for id, revision in sorted(shown.items())
                if self._db.run(_READ, id=id, revision=revision, **values).rowcount == 1
            ]
            if ids:
                self._quiet_when_read(now, assignment)
                row, left = self._db.all(_WHERE, assignment=assignment)[0], len(self.unread(assignment))
                data = {"assignment": assignment, "opd": row["opd"], "amendments": ids, "left": left, "via": via}
                data |= {"to": to} if to else {}
                self._journal.append(now, "assignment.read", actor, call=row["call"], ticket=row["ticket"], data=data)
        return ids

    def _quiet_when_read(self, now: datetime, assignment: int) -> None:
        if self._db.one(_UNREAD, assignment=assignment) is None:
            self._db.run(_QUIET, at=to_text(now), assignment=assignment, phase=AMENDED)


def report_text(ticket: Row) -> str:
    """A ticket as one line of another's story: where and what; neither names nor numbers."""
    place = ", ".join(filter(None, [ticket["address"], ticket["desa"]]))
    return ": ".join(filter(None, [place, ticket["description"]]))


def shown(row: Row) -> Row:
    """A change as pages show it."""
    return {name: row[name] for name in SHOWN}


def _view(row: Row) -> Row:
    """The row as people see it: where the first value stands again, it leads from the one that was seen meanwhile."""
    back = (row["before"] or "") == (row["after"] or "") and row["shown"]
    return row | {"before": row["pushed"]} if back else row
