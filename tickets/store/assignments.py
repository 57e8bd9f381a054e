"""Assignments and their pushes: dispatched in one transaction, pushed until the OPD responds."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tickets.errors import Conflict, InvalidInput, NotFound
from tickets.model import (
    ASSIGNMENT_STEPS,
    ENDED_STATES,
    WAITING_STATE,
    Actor,
    ContactChannel,
    DuePush,
    HandedOn,
    PlannedPush,
    Row,
    from_text,
    to_text,
)
from tickets.store.answers.amendments import Amendments
from tickets.store.answers.planning import write_plan
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Looks at the ticket before it is dispatched: it must exist, and a merged ticket is refused.
_TICKET = """SELECT number, call, status, (SELECT master FROM merges m WHERE m.ticket = t.number) AS master
    FROM tickets t WHERE number = :number"""
# Dispatches a ticket to an agency; no row where that agency has it already (unique index over open ones).
_INSERT = """INSERT INTO assignments (ticket, opd, state, dispatched_at, dispatched_by, follow_up_s, updated_at,
    unanswered_since, handed_on) VALUES (:ticket, :opd, 'dikirim', :at, :by, :follow_up_s, :at, :since, :times)
    ON CONFLICT DO NOTHING RETURNING id"""
# Reads the ladder of an assignment in a state as it was planned, also after its end.
_PLANNED = """SELECT step, contact, channel, first_due_at, every_s, phase, attempts, done_at FROM pushes
    WHERE assignment = :assignment AND phase = :phase ORDER BY id"""
# Reads the open pushes of an assignment for the state that it is in.
_PLANNED_NOW = """SELECT p.id, p.step, p.contact, p.channel, p.first_due_at, p.every_s FROM pushes p
    JOIN assignments a ON a.id = p.assignment
    WHERE p.assignment = :assignment AND p.phase = a.state AND p.done_at IS NULL ORDER BY p.id"""
# Lists open assignments with the kind of their ticket.
_OPEN_ONES = """SELECT a.*, t.kind FROM assignments a JOIN tickets t ON t.number = a.ticket
    WHERE a.id IN (SELECT id FROM assignments WHERE ended_at IS NULL) ORDER BY a.id"""
# Ends one push.
_END_ONE = "UPDATE pushes SET done_at = :at, lease_until = NULL WHERE id = :id AND done_at IS NULL"
# Lets a push that was not tried yet be due earlier.
_HASTEN = """UPDATE pushes SET due_at = :due_at, first_due_at = :due_at WHERE assignment = :assignment
    AND phase = :phase AND contact = :contact AND channel = :channel AND done_at IS NULL AND attempts = 0
    AND lease_until IS NULL AND due_at > :due_at"""
# Gives an assignment the age of its ticket where another agency handed it over.
_AGE = """UPDATE assignments SET
    unanswered_since = CASE WHEN :since < coalesce(unanswered_since, dispatched_at) THEN :since
    ELSE unanswered_since END,
    handed_on = CASE WHEN :times > handed_on THEN :times ELSE handed_on END WHERE id = :id"""
# Notes that a task came back to 112, until an operator has dealt with it.
_RETURN = "UPDATE assignments SET returned_at = :at WHERE id = :id"
# Reads the last assignment of a ticket that came back.
_RETURNED = "SELECT * FROM assignments WHERE ticket = :ticket AND returned_at IS NOT NULL ORDER BY id DESC LIMIT 1"
# Ends the waiting of what came back.
_DEALT = "UPDATE assignments SET returned_at = NULL WHERE ticket = :ticket AND returned_at IS NOT NULL"
# Sets a ticket's status; only `done` gives it an end.
_TICKET_STATUS = """UPDATE tickets SET updated_at = :at, closed_at = CASE WHEN :status = 'done' THEN :at END,
    status = :status WHERE number = :number"""
# Reads one assignment with the call and kind of its ticket.
_ONE = "SELECT a.*, t.call, t.kind FROM assignments a JOIN tickets t ON t.number = a.ticket WHERE a.id = :id"
# Moves an assignment to its next state unless somebody was faster; the first answer keeps its time and author.
_MOVE = """UPDATE assignments SET state = :state, updated_at = :at, note = coalesce(:note, note),
    acknowledged_at = coalesce(acknowledged_at, CASE WHEN :answers THEN :at END),
    acknowledged_by = coalesce(acknowledged_by, CASE WHEN :answers THEN :by END),
    via = coalesce(via, CASE WHEN :answers THEN :via END),
    ended_at = CASE WHEN :ends THEN :at END
    WHERE id = :id AND state = :before"""
# Ends every push of an assignment for an answer: it was answered, replanned or ended. Those for changes go on until
# they are read.
_QUIET = """UPDATE pushes SET done_at = :at, lease_until = NULL
    WHERE assignment = :id AND done_at IS NULL AND phase <> 'diubah'"""
# Sets the time that an agency has in each of the next states.
_PATIENCE = "UPDATE assignments SET follow_up_s = coalesce(:seconds, follow_up_s) WHERE id = :id"
# Counts what keeps a ticket from being settled: its open assignments, and a merge into another ticket.
_SIBLINGS = """SELECT (SELECT count(*) FROM assignments WHERE ticket = :ticket AND ended_at IS NULL)
    + (SELECT count(*) FROM merges WHERE ticket = :ticket)"""
# Takes due pushes under a lease, the longest due first; a push under somebody's lease is left alone.
_CLAIM = """UPDATE pushes SET claimed_by = :me, lease_until = :until WHERE id IN (
    SELECT id FROM pushes WHERE done_at IS NULL AND due_at <= :now AND (lease_until IS NULL OR lease_until <= :now)
    AND contact || ' ' || channel NOT IN (SELECT value FROM json_each(:without))
    ORDER BY due_at, attempts LIMIT :limit) RETURNING id"""
# The columns of a push that is to be sent (`DuePush`), for a condition to be added.
_DUE_PUSH = """SELECT p.id, p.assignment, a.ticket, a.opd, p.step, p.contact, p.channel, p.phase, p.due_at, p.every_s,
    p.attempts, p.failures, a.dispatched_at FROM pushes p JOIN assignments a ON a.id = p.assignment"""
# Reads the pushes that were just claimed.
_CLAIMED = f"{_DUE_PUSH} WHERE p.id IN (SELECT value FROM json_each(:ids)) ORDER BY p.due_at, p.attempts, p.id"
# Reads all due pushes, claimed or not, for a daemon that cannot claim.
_DUE = f"{_DUE_PUSH} WHERE p.done_at IS NULL AND p.due_at <= :now ORDER BY p.due_at, p.attempts, p.id"
# Claims a push afterwards that was sent while no claim could be written.
_CLAIM_LATE = "UPDATE pushes SET claimed_by = :me WHERE id = :id AND done_at IS NULL"
# Extends the lease of pushes whose sending is under way.
_RENEW = """UPDATE pushes SET lease_until = :until
    WHERE claimed_by = :me AND done_at IS NULL AND id IN (SELECT value FROM json_each(:ids))"""
# Gives back all that a daemon claimed and did not finish: due at once.
_RELEASE = "UPDATE pushes SET claimed_by = NULL, lease_until = NULL WHERE claimed_by = :me AND done_at IS NULL"
# Gives back claimed pushes whose sending was not begun: due at once.
_GIVE_BACK = """UPDATE pushes SET claimed_by = NULL, lease_until = NULL
    WHERE claimed_by = :me AND done_at IS NULL AND id IN (SELECT value FROM json_each(:ids))"""
# Delays all free due pushes of one contact and channel; first pushes and repetitions apart.
_PUT_OFF = """UPDATE pushes SET due_at = :until WHERE done_at IS NULL AND due_at <= :now AND lease_until IS NULL
    AND contact = :contact AND channel = :channel AND (attempts = 0) = :first"""
# Names every push of one step of a ladder: at least one of them must reach a person.
_STEP = """SELECT contact, channel, failures FROM pushes
    WHERE assignment = :assignment AND phase = :phase AND step = :step AND done_at IS NULL"""
# Gives one claimed push back untried, due later.
_POSTPONE = """UPDATE pushes SET due_at = :due_at, claimed_by = NULL, lease_until = NULL
    WHERE id = :id AND claimed_by = :me AND done_at IS NULL"""
# Finds the last attempt over one contact and channel, for the channel's pace; also one for an unsent emergency.
_LAST_ATTEMPT = """SELECT max(at) FROM (SELECT max(started_at) AS at FROM attempts
    WHERE contact = :contact AND channel = :channel AND started_at <= coalesce(:now, started_at)
    UNION ALL SELECT max(started_at) FROM unsent_attempts
    WHERE contact = :contact AND channel = :channel AND started_at <= coalesce(:now, started_at)) AS tried"""
# Reads the due times and leases of all open pushes, to shift them after the clock was set back.
# those that the new clock has planned already stay
_WAITING = """SELECT id, due_at, lease_until FROM pushes WHERE done_at IS NULL
    AND (id <= :known OR coalesce(planned_at, :before) > :now)"""
# The last push that was planned so far.
_LAST_PUSH = "SELECT coalesce(max(id), 0) FROM pushes"
# Shifts one push; its first due time moves along while it was never tried.
_SHIFT = """UPDATE pushes SET due_at = :due_at, lease_until = :lease_until,
    first_due_at = CASE WHEN attempts = 0 THEN :due_at ELSE first_due_at END WHERE id = :id"""
# Finds when the next push without a lease is due, but for full contacts' channels.
# two looks that indexes answer: all open pushes may be tens of thousands
_NEXT_FREE = """SELECT due_at FROM pushes INDEXED BY pushes_due WHERE done_at IS NULL AND lease_until IS NULL
    AND contact || ' ' || channel NOT IN (SELECT value FROM json_each(:without)) ORDER BY due_at LIMIT 1"""
# Finds when the first lease ends; its push is due again then.
_NEXT_CLAIMED = """SELECT min(max(due_at, lease_until)) FROM pushes INDEXED BY pushes_claimed
    WHERE claimed_by IS NOT NULL AND done_at IS NULL"""
# Counts due pushes that nobody has in hand, for the alarm.
_OVERDUE = """SELECT count(*), min(due_at) FROM pushes
    WHERE done_at IS NULL AND due_at <= :now AND (lease_until IS NULL OR lease_until <= :now)"""
# Schedules a push anew after an attempt, and frees it; only its claimant may.
_DONE = """UPDATE pushes SET attempts = attempts + 1, sent = sent + :sent, last_error = :error, due_at = :due_at,
    failures = CASE WHEN :sent THEN 0 ELSE failures + 1 END, claimed_by = NULL, lease_until = NULL
    WHERE id = :id AND claimed_by = :me"""
# Records one attempt in the ledger.
_ATTEMPT = """INSERT INTO attempts (push, assignment, started_at, ended_at, contact, channel, ok, detail)
    VALUES (:id, :assignment, :started, :ended, :contact, :channel, :ok, :detail)"""
# An attempt is known by its start and its channel. A daemon that does not know whether its write was kept looks here
# before it writes it again.
_STANDS = """SELECT 1 FROM attempts WHERE contact = :contact AND channel = :channel AND started_at = :started
    AND push = :push"""
# Shows whether an actor's change of an assignment at this very moment was kept.
_MOVED = """SELECT 1 FROM journal WHERE ticket = :ticket AND at = :at AND actor = :actor
    AND kind IN ('assignment.acknowledged', 'assignment.moved') LIMIT 1"""
# Adds a photo or a link to an assignment.
_ATTACH = """INSERT INTO attachments (assignment, kind, value, added_at, added_by, taken_at, lat, lon)
    VALUES (:id, :kind, :value, :at, :by, :taken_at, :lat, :lon)"""
# Reads the photos and links of an assignment.
_ATTACHMENTS = "SELECT * FROM attachments WHERE assignment = :id ORDER BY id"
# Reads the ledger of one assignment.
_ATTEMPTS = "SELECT * FROM attempts WHERE assignment = :id ORDER BY id"
# The columns of an assignment with its ticket's report, for a condition to be added.
_OPEN = """SELECT a.*, t.kind, t.category, t.kecamatan, t.desa, t.address, t.description, t.reporter_name,
    t.reporter_number, t.created_at AS ticket_created_at,
    (SELECT coalesce(sum(sent), 0) FROM pushes p WHERE p.assignment = a.id) AS pushes
    FROM assignments a JOIN tickets t ON t.number = a.ticket"""
# Reads open and lately ended assignments of all agencies, each kind by an index of its own: with OR between them SQLite
# would read all that ever were.
_OPEN_OF_ALL = f"""{_OPEN} WHERE a.id IN (SELECT id FROM assignments WHERE ended_at IS NULL
    UNION ALL SELECT id FROM assignments WHERE ended_at >= :ended_since) ORDER BY a.dispatched_at"""
# Reads the same for one agency.
_OPEN_OF_OPD = f"""{_OPEN} WHERE a.id IN (SELECT id FROM assignments WHERE ended_at IS NULL AND opd = :opd
    UNION ALL SELECT id FROM assignments WHERE ended_at >= :ended_since AND opd = :opd) ORDER BY a.dispatched_at"""
# Lists open pushes whose last attempt failed, for the alarm.
_TROUBLED = """SELECT p.id, p.contact, p.channel, p.last_error, a.ticket, a.opd FROM pushes p
    JOIN assignments a ON a.id = p.assignment WHERE p.done_at IS NULL AND p.last_error IS NOT NULL
    ORDER BY p.id LIMIT :limit OFFSET :offset"""
# Counts them.
_TROUBLED_COUNT = "SELECT count(*) FROM pushes WHERE done_at IS NULL AND last_error IS NOT NULL"


class Assignments:
    """Assignments of tickets to agencies: dispatch, answers, and pushes until the answer."""

    def __init__(self, connection: Connection, journal: Journal, amendments: Amendments) -> None:
        self._db = connection
        self._journal = journal
        self._amendments = amendments

    def dispatch(
        self,
        now: datetime,
        ticket: str,
        opd: str,
        ladder: Sequence[PlannedPush],
        follow_up_s: float,
        actor: Actor,
        past: HandedOn | None = None,
    ) -> int:
        """Give a ticket to an OPD with its whole ladder in one transaction; Conflict when that OPD has it already.

        `past`: of a ticket that was handed on."""
        if not ladder:
            raise InvalidInput(f"OPD {opd} tidak punya tangga eskalasi; tiket {ticket} tidak dikirim")
        with self._db.ensured_write():
            row = self._db.one(_TICKET, number=ticket)
            if row is None:
                raise NotFound(f"tiket {ticket} tidak ada")
            if row["master"] is not None:
                raise Conflict(f"tiket {ticket} digabung ke {row['master']}; kirim dari sana, atau pisahkan dulu")
            values = {"ticket": ticket, "opd": opd, "at": to_text(now), "by": actor.name, "follow_up_s": follow_up_s}
            values |= {"since": past and to_text(past.since), "times": past.times if past else 0}
            created = self._db.run(_INSERT, **values).fetchone()
            if created is None:
                raise Conflict(f"tiket {ticket} sudah dikirim ke {opd}")
            self.add_pushes(now, int(created[0]), ladder)
            self._db.run(_TICKET_STATUS, number=ticket, status="dispatched", at=to_text(now))
            data = {"opd": opd, "assignment": created[0]} | ({"handed_on": past.times} if past else {})
            self._journal.append(now, "ticket.dispatched", actor, call=row["call"], ticket=ticket, data=data)
        return int(created[0])

    def move(
        self,
        now: datetime,
        assignment: int,
        state: str,
        actor: Actor,
        *,
        via: str,
        note: str | None = None,
        follow_up: Sequence[PlannedPush] = (),
        acted_at: datetime | None = None,
        joins: str = "",
    ) -> Row:
        """Take an assignment to its next state and end its pushes; `follow_up` are the next state's own.

        `acted_at`: the time of the answer where it arrived late (a telephone without a signal); it counts from `now`.
        `joins`: the ticket in which it goes on, where it ends by merging.

        Conflict when the state does not allow it (somebody was first); the assignment after the change is returned.
        """
        with self._db.ensured_write():
            row = self.get(assignment)
            before = row["state"]
            if state not in ASSIGNMENT_STEPS.get(before, ()):
                raise Conflict(_refusal(row, state))
            answers = before == WAITING_STATE and state != "dibatalkan"
            self._db.run(
                _MOVE,
                id=assignment,
                before=before,
                state=state,
                at=to_text(now),
                by=actor.name,
                via=via,
                note=note,
                answers=answers,
                ends=state in ENDED_STATES,
            )
            self._db.run(_QUIET, id=assignment, at=to_text(now))
            if state not in ENDED_STATES:
                self.add_pushes(now, assignment, follow_up)
            data = {
                "assignment": assignment,
                "opd": row["opd"],
                "before": before,
                "state": state,
                "via": via,
                "note": note,
            } | ({"acted_at": to_text(acted_at)} if acted_at else {})
            kind = "assignment.acknowledged" if answers else "assignment.moved"
            self._journal.append(now, kind, actor, call=row["call"], ticket=row["ticket"], data=data)
            if state in ENDED_STATES:
                self._amendments.ended(now, row, state, note, actor, joins)
                self.settle(now, row["ticket"], row["call"])
            elif before == WAITING_STATE:
                self._amendments.answered(assignment)
            return self.get(assignment)

    def settle(self, now: datetime, ticket: str, call: str | None) -> None:
        """Set a ticket to done when its last open assignment has ended, or to open again where none was completed; a
        merged ticket follows its master instead."""
        if self._db.run(_SIBLINGS, ticket=ticket).fetchone()[0]:
            return
        finished = self._db.one("SELECT 1 FROM assignments WHERE ticket = :t AND state = 'selesai'", t=ticket)
        status = "done" if finished else "open"
        self._db.run(_TICKET_STATUS, number=ticket, status=status, at=to_text(now))
        kind = "ticket.done" if finished else "ticket.reopened"
        self._journal.append(now, kind, Actor("process", "store"), call=call, ticket=ticket)

    def replan(
        self,
        now: datetime,
        assignment: int,
        pushes: Sequence[PlannedPush],
        actor: Actor,
        why: str,
        *,
        follow_up_s: float | None = None,
    ) -> None:
        """Replace the pushes under way, and the terms of the next states where given; the state stays. Conflict when it
        has ended."""
        with self._db.ensured_write():
            row = self.get(assignment)
            if row["ended_at"] is not None:
                raise Conflict(_refusal(row, row["state"]))
            self._db.run(_QUIET, id=assignment, at=to_text(now))
            self._db.run(_PATIENCE, id=assignment, seconds=follow_up_s)
            self.add_pushes(now, assignment, pushes)
            data = {"assignment": assignment, "opd": row["opd"], "note": why}
            self._journal.append(now, "assignment.replanned", actor, call=row["call"], ticket=row["ticket"], data=data)

    def restart(self, now: datetime, assignment: int, pushes: Sequence[PlannedPush]) -> None:
        """Begin the term of a state anew: the agency is at work. Its note or photo is the row of the journal."""
        with self._db.ensured_write():
            self._db.run(_QUIET, id=assignment, at=to_text(now))
            self.add_pushes(now, assignment, pushes)

    def add_pushes(self, now: datetime, assignment: int, pushes: Sequence[PlannedPush]) -> None:
        """Plan more pushes of an assignment, within the caller's transaction."""
        write_plan(self._db, now, assignment, pushes)

    def planned(self, assignment: int, phase: str) -> list[Row]:
        """The pushes of an assignment in a state as they were planned, also those that ended."""
        return self._db.all(_PLANNED, assignment=assignment, phase=phase)

    def open_ones(self) -> list[Row]:
        """Every open assignment, with the `kind` of its ticket."""
        return self._db.all(_OPEN_ONES)

    def planned_now(self, assignment: int) -> list[Row]:
        """The open pushes of an assignment for the state that it is in."""
        return self._db.all(_PLANNED_NOW, assignment=assignment)

    def reroute(
        self,
        now: datetime,
        assignment: int,
        ended: Sequence[int],
        begun: Sequence[PlannedPush],
        actor: Actor,
        why: str,
    ) -> None:
        """End some pushes of an assignment and begin others; the rest goes on."""
        with self._db.ensured_write():
            row = self.get(assignment)
            for push in ended:
                self._db.run(_END_ONE, id=push, at=to_text(now))
            self.add_pushes(now, assignment, begun)
            data = {"assignment": assignment, "opd": row["opd"], "note": why}
            self._journal.append(now, "assignment.replanned", actor, call=row["call"], ticket=row["ticket"], data=data)

    def hasten(self, assignment: int, past: HandedOn, pushes: Sequence[PlannedPush]) -> None:
        """Give an unanswered assignment the age of a ticket that was handed over to it, and its untried pushes the
        earlier times of `pushes`."""
        with self._db.ensured_write():
            self._db.run(_AGE, id=assignment, since=to_text(past.since), times=past.times)
            for push in pushes:
                way = {"phase": push.phase, "contact": push.contact, "channel": push.channel}
                self._db.run(_HASTEN, assignment=assignment, due_at=to_text(push.due_at), **way)

    def came_back(self, now: datetime, assignment: int) -> None:
        """Note that a task came back to 112: it waits for an operator, whoever else has the ticket."""
        with self._db.ensured_write():
            self._db.run(_RETURN, id=assignment, at=to_text(now))

    def returned(self, ticket: str) -> Row | None:
        """The last task of a ticket that came back to 112 and that no operator has dealt with; None without one."""
        return self._db.one(_RETURNED, ticket=ticket)

    def take_up(self, ticket: str) -> None:
        """End the waiting of what came back to 112, in the transaction that sends the ticket on."""
        self._db.run(_DEALT, ticket=ticket)

    def dealt_with(self, now: datetime, ticket: str, actor: Actor, reason: str) -> None:
        """End the waiting of what came back to 112, with an operator's reason. Conflict where nothing waits."""
        with self._db.ensured_write():
            row = self.returned(ticket)
            if row is None:
                raise Conflict(f"tiket {ticket} tidak punya tugas yang dikembalikan")
            self._db.run(_DEALT, ticket=ticket)
            call = self.get(row["id"])["call"]
            data = {"assignment": row["id"], "opd": row["opd"], "note": reason}
            self._journal.append(now, "assignment.settled", actor, call=call, ticket=ticket, data=data)

    def claim(
        self, now: datetime, me: str, lease_s: float, limit: int, without: Iterable[ContactChannel] = ()
    ) -> list[DuePush]:
        """Take due pushes under a lease; an unfinished one is due again when its lease ends.

        `without`: contacts and channels of which none is taken."""
        values = {"me": me, "until": to_text(now + timedelta(seconds=lease_s)), "now": to_text(now), "limit": limit}
        with self._db.ensured_write():
            ids = [row[0] for row in self._db.run(_CLAIM, without=_ways(without), **values).fetchall()]
            return [_due(row) for row in self._db.all(_CLAIMED, ids=json.dumps(ids))] if ids else []

    def give_back(self, me: str, pushes: Sequence[int]) -> None:
        """Give back claimed pushes that were not begun: due at once, unchanged."""
        with self._db.ensured_write():
            self._db.run(_GIVE_BACK, me=me, ids=json.dumps(list(pushes)))

    def put_off(self, now: datetime, way: ContactChannel, until: datetime, *, first: bool) -> None:
        """Delay all free due pushes of one contact and channel: the `first` ones, or the repetitions."""
        values = {"now": to_text(now), "until": to_text(until), "contact": way[0], "channel": way[1]}
        with self._db.ensured_write():
            self._db.run(_PUT_OFF, first=first, **values)

    def step_pushes(self, push: DuePush) -> list[Row]:
        """Every push of the step that this push belongs to: contact, channel, and the failures since its last
        success."""
        values = {"assignment": push.assignment, "phase": push.phase, "step": push.step}
        return self._db.all(_STEP, **values)

    def due(self, now: datetime) -> list[DuePush]:
        """Due pushes, claimed or not, for a daemon that cannot claim."""
        return [_due(row) for row in self._db.all(_DUE, now=to_text(now))]

    def claim_late(self, push: int, me: str) -> None:
        """Claim a push afterwards that `me` sent while no claim could be written."""
        with self._db.ensured_write():
            self._db.run(_CLAIM_LATE, id=push, me=me)

    def renew(self, now: datetime, me: str, lease_s: float, pushes: Sequence[int]) -> None:
        """Keep the lease on pushes whose sending is still under way."""
        until = to_text(now + timedelta(seconds=lease_s))
        with self._db.ensured_write():
            self._db.run(_RENEW, me=me, until=until, ids=json.dumps(list(pushes)))

    def release(self, me: str) -> int:
        """Give back all unfinished claims of `me`, due at once; returns their number."""
        with self._db.ensured_write():
            return self._db.run(_RELEASE, me=me).rowcount

    def postpone(self, push: int, me: str, due_at: datetime) -> None:
        """Give one push back untried, due again at `due_at`."""
        with self._db.ensured_write():
            self._db.run(_POSTPONE, id=push, me=me, due_at=to_text(due_at))

    def last_push(self) -> int:
        """Id of the last push that was planned so far."""
        return int(self._db.run(_LAST_PUSH).fetchone()[0])

    def shift(self, now: datetime, before: datetime, known: int) -> int:
        """Move the due time and lease of every open push along with a clock that was set back from `before` to `now`;
        returns their number.

        Pushes after `known` (see `last_push`) that the new clock has planned are right already and stay."""
        by = now - before
        with self._db.ensured_write():
            rows = self._db.all(_WAITING, known=known, now=to_text(now), before=to_text(before))
            for row in rows:
                moved = {name: row[name] and to_text(from_text(row[name]) + by) for name in ("due_at", "lease_until")}
                self._db.run(_SHIFT, id=row["id"], **moved)
        return len(rows)

    def last_attempt(self, contact: str, channel: str, now: datetime | None = None) -> datetime | None:
        """Time of the last attempt over a contact's channel, for any assignment; None when never. Attempts after `now`
        do not count: they were made before the clock was set back."""
        text = self._db.run(_LAST_ATTEMPT, contact=contact, channel=channel, now=now and to_text(now)).fetchone()[0]
        return from_text(text) if text else None

    def next_due(self, without: Iterable[ContactChannel] = ()) -> datetime | None:
        """Time when the next push is due, or its lease ends; `without` leaves out contacts' channels. None: no open
        push."""
        free = self._db.run(_NEXT_FREE, without=_ways(without)).fetchone()
        moments = [row[0] for row in (free, self._db.run(_NEXT_CLAIMED).fetchone()) if row and row[0]]
        return from_text(min(moments)) if moments else None

    def overdue(self, now: datetime) -> tuple[int, str | None]:
        """Number of due pushes that nobody has in hand, and the due time of the oldest."""
        count, oldest = self._db.run(_OVERDUE, now=to_text(now)).fetchone()
        return int(count), oldest

    def attempted(
        self,
        push: DuePush,
        me: str,
        started: datetime,
        now: datetime,
        *,
        ok: bool,
        detail: str,
        next_due: datetime,
        way: ContactChannel | None = None,
    ) -> None:
        """Record one attempt and schedule the next; a push that was answered meanwhile keeps its end.

        `way` is where it went when that was not its own contact and channel."""
        with self._db.ensured_write():
            contact, channel = way or (push.contact, push.channel)
            times = {"started": to_text(started), "ended": to_text(now)}
            went = {"assignment": push.assignment, "contact": contact, "channel": channel}
            self._db.run(_ATTEMPT, id=push.id, ok=ok, detail=detail, **went, **times)
            error = None if ok else detail
            self._db.run(_DONE, id=push.id, me=me, sent=int(ok), error=error, due_at=to_text(next_due))
            data = {"opd": push.opd} | went
            outcome = {"attempt": push.attempts + 1, "detail": detail}
            kind, more = ("push.sent", outcome) if ok else ("push.failed", {"error": detail})
            self._journal.append(now, kind, Actor("process", me), ticket=push.ticket, data=data | more)

    def has_attempt(self, push: int, way: ContactChannel, started: datetime) -> bool:
        """True where an attempt of this push that began then, and went this way, is recorded."""
        values = {"push": push, "contact": way[0], "channel": way[1], "started": to_text(started)}
        return self._db.one(_STANDS, **values) is not None

    def has_moved(self, at: datetime, ticket: str, actor: Actor) -> bool:
        """True where this actor has changed an assignment of the ticket at this very moment."""
        return self._db.one(_MOVED, ticket=ticket, at=to_text(at), actor=str(actor)) is not None

    def attach(
        self,
        now: datetime,
        assignment: int,
        kind: str,
        value: str,
        actor: Actor,
        *,
        taken_at: str | None = None,
        place: tuple[float, float] | None = None,
    ) -> None:
        """Add a photo (file name in var/media), with when and where it was taken, or a link as proof."""
        with self._db.ensured_write():
            row, (lat, lon) = self.get(assignment), place or (None, None)
            values = {"value": value, "at": to_text(now), "by": actor.name, "taken_at": taken_at}
            self._db.run(_ATTACH, id=assignment, kind=kind, lat=lat, lon=lon, **values)
            data = {"assignment": assignment, "opd": row["opd"], "kind": kind, "value": value}
            self._journal.append(now, "assignment.attached", actor, call=row["call"], ticket=row["ticket"], data=data)

    def noted(self, now: datetime, assignment: int, note: str, actor: Actor, acted_at: datetime | None = None) -> None:
        """Journal a note that the agency wrote while it works; its state stays."""
        with self._db.ensured_write():
            row = self.get(assignment)
            data = {"assignment": assignment, "opd": row["opd"], "note": note}
            data |= {"acted_at": to_text(acted_at)} if acted_at else {}
            self._journal.append(now, "assignment.noted", actor, call=row["call"], ticket=row["ticket"], data=data)

    def get(self, assignment: int) -> Row:
        """One assignment with the `call` of its ticket; NotFound when there is none."""
        row = self._db.one(_ONE, id=assignment)
        if row is None:
            raise NotFound(f"penugasan {assignment} tidak ada")
        return row

    def attachments(self, assignment: int) -> list[Row]:
        """Photos and links of an assignment."""
        return self._db.all(_ATTACHMENTS, id=assignment)

    def attempts(self, assignment: int) -> list[Row]:
        """Every attempt to push an assignment, oldest first."""
        return self._db.all(_ATTEMPTS, id=assignment)

    def open(self, opd: str | None, ended_since: datetime) -> list[Row]:
        """Assignments of an OPD (None: of all) that are open or ended since a moment, with their ticket's report."""
        if opd is None:
            return self._db.all(_OPEN_OF_ALL, ended_since=to_text(ended_since))
        return self._db.all(_OPEN_OF_OPD, opd=opd, ended_since=to_text(ended_since))

    def troubled(self, limit: int = -1, offset: int = 0) -> list[Row]:
        """Pushes whose last attempt failed, for the alarm on the overview; the oldest first."""
        return self._db.all(_TROUBLED, limit=limit, offset=offset)

    def troubled_count(self) -> int:
        """Number of rows that `troubled` gives without a limit."""
        return int(self._db.run(_TROUBLED_COUNT).fetchone()[0])


def _refusal(row: Row, state: str) -> str:
    by = f" (oleh {row['acknowledged_by']})" if row["acknowledged_by"] else ""
    return f"penugasan {row['id']} tiket {row['ticket']} sudah «{row['state']}»{by}; tidak bisa menjadi «{state}»"


def _ways(ways: Iterable[ContactChannel]) -> str:
    return json.dumps([" ".join(way) for way in ways])


def _due(row: Row) -> DuePush:
    moments = {name: from_text(row[name]) for name in ("due_at", "dispatched_at")}
    return DuePush(**(row | moments))
