"""Reports of one incident: a ticket that is linked to another has no pushes of its own and ends with it.

The other (`master`) keeps its assignments and takes over those of agencies that it was not sent to: no agency that was
asked to act is dropped, and none is pushed twice for one fire.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from tickets.errors import Conflict
from tickets.model import Actor, Row, to_text
from tickets.store.answers.amendments import Amendments
from tickets.store.assignments import Assignments
from tickets.store.callers.positions import Positions
from tickets.store.connection import Connection
from tickets.store.journal import Journal
from tickets.store.tickets import Tickets

OPEN = ("open", "dispatched")
# Finds the master of a linked ticket.
_MASTER = "SELECT master FROM merges WHERE ticket = :ticket"
# Reads the link of a ticket.
_LINK = "SELECT * FROM merges WHERE ticket = :ticket"
# Lists the tickets that are linked to a master.
_OF = "SELECT ticket FROM merges WHERE master = :master ORDER BY at, ticket"
# Links a ticket to its master.
_INSERT = "INSERT INTO merges (ticket, master, at, by) VALUES (:ticket, :master, :at, :by)"
# Unlinks it.
_DELETE = "DELETE FROM merges WHERE ticket = :ticket"
# Passes tickets that were linked to this one on to its own master: links are one level deep.
_ON = "UPDATE merges SET master = :master WHERE master = :ticket"
# Lists a ticket's open assignments.
_ASSIGNMENTS = "SELECT id, opd FROM assignments WHERE ticket = :ticket AND ended_at IS NULL ORDER BY id"
# Remembers what became of an assignment by merging, so that a split can undo it.
_KEPT = """INSERT INTO merged_assignments (ticket, assignment, ended) VALUES (:ticket, :assignment, :ended)
    ON CONFLICT (ticket, assignment) DO UPDATE SET ended = excluded.ended"""
# Gives an assignment to the other ticket, unless it has moved meanwhile.
_TAKEN = "UPDATE assignments SET ticket = :to, updated_at = :at WHERE id = :assignment AND ticket = :from"
# Reads what a merge did, to undo it.
_WERE = """SELECT m.assignment, m.ended, a.opd FROM merged_assignments m JOIN assignments a ON a.id = m.assignment
    WHERE m.ticket = :ticket ORDER BY m.assignment"""
# Forgets it after the split.
_FORGET = "DELETE FROM merged_assignments WHERE ticket = :ticket"
# Sets a linked ticket's status to its master's.
_STATUS = "UPDATE tickets SET status = :status, closed_at = :closed_at, updated_at = :at WHERE number = :number"
# Reads what linked tickets report, without names and numbers, for the agencies that have the master.
_REPORTS = """SELECT m.master, t.number, t.created_at, t.address, t.desa, t.kecamatan, t.description FROM merges m
    JOIN tickets t ON t.number = m.ticket WHERE m.master IN (SELECT value FROM json_each(:masters)) ORDER BY m.at"""
# Finds open tickets of what may be the same incident: the same category and place, and something of it was reported
# lately.
_SIMILAR = """SELECT t.number, t.created_at, t.category, t.kecamatan, t.desa, t.address, t.description, t.status,
    (SELECT count(*) FROM merges m WHERE m.master = t.number) AS merged FROM tickets t
    WHERE t.status IN ('open', 'dispatched') AND t.number <> :number AND t.category = :category
    AND t.kecamatan = :kecamatan AND (t.desa IS NULL OR :desa IS NULL OR t.desa = :desa)
    AND NOT EXISTS (SELECT 1 FROM merges x WHERE x.ticket = t.number)
    AND (t.kind <> 'complaint' OR EXISTS (SELECT 1 FROM tickets o WHERE o.number = :number AND o.kind <> 'emergency'))
    AND (t.created_at >= :since OR EXISTS (SELECT 1 FROM merges m WHERE m.master = t.number AND m.at >= :since))
    ORDER BY t.status = 'dispatched' DESC, t.created_at, t.number LIMIT :limit"""
# Lists the open assignments of several tickets.
_SENT = """SELECT ticket, opd, state, dispatched_at FROM assignments
    WHERE ticket IN (SELECT value FROM json_each(:tickets)) AND ended_at IS NULL ORDER BY id"""
_MIRRORED = ("ticket.dispatched", "ticket.done", "ticket.closed", "ticket.reopened")


class Merging:
    """Tickets linked to a master; one level deep: a linked ticket has none linked to itself."""

    def __init__(
        self,
        connection: Connection,
        journal: Journal,
        tickets: Tickets,
        assignments: Assignments,
        amendments: Amendments,
        positions: Positions,
    ) -> None:
        self._db = connection
        self._journal = journal
        self._tickets = tickets
        self._assignments = assignments
        self._amendments = amendments
        self._positions = positions
        journal.of_tickets.append(self._follow)

    def merge(self, now: datetime, ticket: str, master: str, actor: Actor) -> str:
        """Link a ticket to another, or to that ticket's own master; returns the master's number.

        Its pushes end, or go on as the master's, in this transaction. Conflict where one of the two is over."""
        with self._db.ensured_write():
            row, master = self._tickets.get(ticket), self.master_of(master) or master
            other = self._tickets.get(master)
            self._check(row, other)
            self._db.run(_INSERT, ticket=ticket, master=master, at=to_text(now), by=actor.name)
            self._db.run(_ON, ticket=ticket, master=master)
            had = [assignment["id"] for assignment in self._db.all(_ASSIGNMENTS, ticket=master)]
            taken = self._hand_over(now, ticket, master, actor)
            self._amend(now, had, row, other, actor)
            self._journal.append(
                now, "ticket.merged", actor, call=row["call"], ticket=ticket, data={"master": master, "opds": taken}
            )
            joined = {"merged": ticket, "opds": taken}
            self._journal.append(now, "ticket.joined", actor, call=other["call"], ticket=master, data=joined)
            if taken and other["status"] == "open":
                self._set_status(now, master, "dispatched", None)
            self._mirror(now, master)
        return master

    def _check(self, linked: Row, other: Row) -> None:
        if linked["number"] == other["number"]:
            raise Conflict(f"tiket {linked['number']} tidak bisa digabung ke dirinya sendiri")
        present = self.master_of(linked["number"])
        if present is not None:
            raise Conflict(f"tiket {linked['number']} sudah digabung ke {present}")
        for row in (linked, other):
            if row["status"] not in OPEN:
                raise Conflict(f"tiket {row['number']} sudah selesai; tidak bisa digabung")
        if linked["kind"] == "emergency" and other["kind"] == "complaint":  # it would be pushed as slowly as that
            raise Conflict(f"tiket {other['number']} adalah aduan; keadaan darurat tidak bisa digabung ke aduan")

    def _hand_over(self, now: datetime, ticket: str, master: str, actor: Actor) -> list[str]:
        """End the assignments that the master has too; the master takes over the rest. Returns the agencies of the
        rest."""
        busy = {row["opd"] for row in self._db.all(_ASSIGNMENTS, ticket=master)}
        taken = []
        for row in self._db.all(_ASSIGNMENTS, ticket=ticket):
            ends = row["opd"] in busy
            self._db.run(_KEPT, ticket=ticket, assignment=row["id"], ended=int(ends))
            if ends:
                note = f"digabung ke {master}"
                self._assignments.move(now, row["id"], "dibatalkan", actor, via="page", note=note, joins=master)
            else:
                self._take(now, row["id"], ticket, master)
                taken.append(row["opd"])
        return taken

    def _amend(self, now: datetime, had: list[int], row: Row, other: Row, actor: Actor) -> None:
        """Note the callers that joined for those who `had` the master, and for the others how its report differs."""
        joined = [row, *(self._tickets.get(number) for number in self.of(other["number"]) if number != row["number"])]
        for assignment in self._db.all(_ASSIGNMENTS, ticket=other["number"]):
            if assignment["id"] not in had:
                self._differs(now, assignment["id"], row, other, actor)
                continue
            for report in joined:
                self._amendments.reported(now, assignment["id"], report["number"], None, report, actor)

    def _differs(self, now: datetime, assignment: int, before: Row, after: Row, actor: Actor) -> None:
        """Note the fields and the position in which the ticket of an assignment became another."""
        self._amendments.differs(now, assignment, before, after, actor)
        was, became = (self._positions.standing(row["number"]) for row in (before, after))
        self._amendments.moved(now, assignment, was, became, actor)

    def _take(self, now: datetime, assignment: int, ticket: str, to: str) -> bool:
        values = {"assignment": assignment, "from": ticket, "to": to, "at": to_text(now)}
        return bool(self._db.run(_TAKEN, **values).rowcount)

    def split(self, now: datetime, ticket: str, actor: Actor) -> list[str]:
        """Make a merged ticket stand alone again, with the assignments that the master took over.

        Returns the agencies whose assignment had ended by merging: they have to be sent it anew. Conflict when it is
        not merged."""
        with self._db.ensured_write():
            row, master = self._tickets.get(ticket), self.master_of(ticket)
            if master is None:
                raise Conflict(f"tiket {ticket} tidak digabung")
            other = self._tickets.get(master)
            self._db.run(_DELETE, ticket=ticket)
            were = self._db.all(_WERE, ticket=ticket)
            taken = [row for row in were if not row["ended"]]
            back = [row["opd"] for row in taken if self._take(now, row["assignment"], master, ticket)]
            self._db.run(_FORGET, ticket=ticket)
            self._set_status(now, ticket, "dispatched", None)
            for assignment in self._db.all(_ASSIGNMENTS, ticket=ticket):
                self._differs(now, assignment["id"], other, row, actor)
            for assignment in self._db.all(_ASSIGNMENTS, ticket=master):
                self._amendments.reported(now, assignment["id"], ticket, row, None, actor)
            data = {"master": master, "opds": back}
            self._journal.append(now, "ticket.split", actor, call=row["call"], ticket=ticket, data=data)
            self._assignments.settle(now, ticket, row["call"])
            parted = {"merged": ticket, "opds": back}
            self._journal.append(now, "ticket.parted", actor, call=other["call"], ticket=master, data=parted)
            if back and other["status"] == "dispatched":
                self._assignments.settle(now, master, other["call"])
            return sorted({row["opd"] for row in were if row["ended"]} - set(back))

    def _follow(self, now: datetime, kind: str, actor: object, ticket: str) -> None:
        if kind in _MIRRORED:
            self._mirror(now, ticket)

    def _mirror(self, now: datetime, master: str) -> None:
        """Set linked tickets to the status of their master."""
        row = None
        for ticket in self.of(master):
            row = row or self._tickets.get(master)
            linked = self._tickets.get(ticket)
            if (linked["status"], linked["closed_at"]) != (row["status"], row["closed_at"]):
                self._set_status(now, ticket, row["status"], row["closed_at"])
                data = {"master": master, "status": row["status"]}
                actor = Actor("process", "store")
                self._journal.append(now, "ticket.followed", actor, call=linked["call"], ticket=ticket, data=data)

    def _set_status(self, now: datetime, number: str, status: str, closed_at: str | None) -> None:
        self._db.run(_STATUS, number=number, status=status, closed_at=closed_at, at=to_text(now))

    def master_of(self, ticket: str) -> str | None:
        """The ticket that this one is linked to, or None."""
        row = self._db.one(_MASTER, ticket=ticket)
        return None if row is None else str(row["master"])

    def link(self, ticket: str) -> Row | None:
        """The link of a merged ticket: `master at by`; None for one that stands alone."""
        return self._db.one(_LINK, ticket=ticket)

    def of(self, master: str) -> list[str]:
        """The tickets that are linked to this one, in the order in which they were."""
        return [row["ticket"] for row in self._db.all(_OF, master=master)]

    def reports(self, masters: Iterable[str]) -> dict[str, list[Row]]:
        """Reports of the callers of linked tickets, by master: `number created_at address desa kecamatan description`;
        neither names nor telephone numbers."""
        by_master: dict[str, list[Row]] = defaultdict(list)
        for row in self._db.all(_REPORTS, masters=json.dumps(list(masters))):
            by_master[row.pop("master")].append(row)
        return by_master

    def similar(
        self, number: str, since: datetime, category: str, kecamatan: str, desa: str | None, limit: int = 3
    ) -> list[Row]:
        """Open tickets that may be the same incident, those that an agency has first, then the oldest; each with
        `merged` (how many are linked to it) and `sent` (open assignments)."""
        place = {"category": category, "kecamatan": kecamatan, "desa": desa or None}
        rows = self._db.all(_SIMILAR, number=number, since=to_text(since), limit=limit, **place)
        sent: dict[str, list[Row]] = defaultdict(list)
        for assignment in self._db.all(_SENT, tickets=json.dumps([row["number"] for row in rows])):
            sent[assignment.pop("ticket")].append(assignment)
        return [row | {"sent": sent[row["number"]]} for row in rows]
