"""Calling back: open tasks with what was tried, the tries themselves, and their end."""

import json
from collections import defaultdict
from datetime import datetime

from tickets.errors import Conflict, NotFound
from tickets.model import Actor, Row, from_text, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Lists the numbers to call back. A number with several open tasks is one person: its newest task stands for all of
# them. A caller who was cut off comes first, then the urgent lane, then the oldest.
_OPEN = """SELECT b.id, b.call, b.ticket, b.number, b.reason, b.created_at, c.display, c.lane, c.state,
    same.times, same.since, same.cut, (SELECT master FROM merges m WHERE m.ticket = b.ticket) AS master,
    (SELECT max(arrived_at) FROM calls a WHERE a.number = b.number AND a.outcome = 'talked'
        AND a.arrived_at > c.arrived_at) AS reached_at
    FROM (SELECT max(id) AS id, count(*) AS times, min(created_at) AS since, max(reason = 'terputus') AS cut
        FROM callbacks WHERE done_at IS NULL GROUP BY number) same
    JOIN callbacks b ON b.id = same.id JOIN calls c ON c.id = b.call ORDER BY same.cut DESC,
    CASE c.lane WHEN 'urgent' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END, same.since, b.id
    LIMIT :limit OFFSET :offset"""
# Reads one open task with the caller's name as shown.
_TASK = """SELECT b.*, c.display FROM callbacks b JOIN calls c ON c.id = b.call
    WHERE b.id = :id AND b.done_at IS NULL"""
# Ends a task and all older open tasks of its number.
_DONE = """UPDATE callbacks SET done_at = :at, done_by = :by WHERE number = :number AND id <= :id AND done_at IS NULL
    RETURNING id, call, ticket"""
# Finds the task of a ticket that this person ended since a moment.
_ENDED = """SELECT number, done_at FROM callbacks WHERE ticket = :ticket AND done_by = :by AND done_at >= :since
    ORDER BY id DESC LIMIT 1"""
# Opens the tasks of one number again that ended together.
_AGAIN = """UPDATE callbacks SET done_at = NULL, done_by = NULL WHERE ticket IN (SELECT c.ticket FROM calls c
    WHERE c.number = :number) AND number = :number AND done_by = :by AND done_at = :at RETURNING id, call, ticket"""
# Closes a ticket on which nobody wrote anything: with the call back it is over.
_CLOSE_UNUSED = """UPDATE tickets SET status = 'closed', closed_at = :at, updated_at = :at
    WHERE number = :number AND status = 'open' AND category IS NULL AND description IS NULL
    AND NOT EXISTS (SELECT 1 FROM assignments WHERE ticket = :number)
    AND NOT EXISTS (SELECT 1 FROM merges WHERE ticket = :number) RETURNING number"""
# Begins a try; a try by hand is over with the same row.
_TRY = """INSERT INTO callback_tries (task, operator, way, started_at, ended_at, outcome, note)
    VALUES (:task, :operator, :way, :at, :ended, :outcome, :note) RETURNING id"""
# Opens the task of an agency's call to a reporter, done from the beginning: nobody else is to make it.
_REPORTER = """INSERT INTO callbacks (call, ticket, number, reason, created_at, done_at, done_by)
    VALUES (:call, :ticket, :number, :reason, :at, :at, :by) RETURNING id"""
# Counts the numbers that are to be called back.
_OPEN_COUNT = "SELECT count(DISTINCT number) FROM callbacks WHERE done_at IS NULL"
# The columns of a try with its task's call, ticket and number, for a condition to be added.
_SELECT = "SELECT t.*, b.call, b.ticket, b.number, b.reason FROM callback_tries t JOIN callbacks b ON b.id = t.task"
# Reads one try.
_ATTEMPT = f"{_SELECT} WHERE t.id = :id"
# Lists the tries that run, in the order of the partial index: by their ids SQLite would read all that ever were.
_LIVE = f"{_SELECT} WHERE t.ended_at IS NULL ORDER BY t.started_at, t.id"
# Lists the recorded talks of a ticket's callbacks.
_RECORDED = f"{_SELECT} WHERE b.ticket = :ticket AND t.recording IS NOT NULL ORDER BY t.id"
# Notes that the person answered, unless the try is over already.
_TALKS = """UPDATE callback_tries SET talked_at = :at, recording = :recording WHERE id = :id AND ended_at IS NULL
    RETURNING task, operator"""
# Ends a try over the trunk, once.
_END = """UPDATE callback_tries SET ended_at = :at, outcome = :outcome WHERE id = :id AND ended_at IS NULL
    RETURNING task, operator, talked_at"""
# Reads the tries of several numbers' open tasks.
_TRIES = """SELECT t.*, b.number FROM callback_tries t JOIN callbacks b ON b.id = t.task
    WHERE b.number IN (SELECT value FROM json_each(:numbers)) AND b.done_at IS NULL ORDER BY t.id"""


class Callbacks:
    """Tasks are opened by a call's step (`calls.callback`). A try is made over the trunk (`way` trunk) or by hand."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    def open(self, limit: int = 60, offset: int = 0) -> list[Row]:
        """One row for each number that is to be called back, first those that were `cut` off, then the longest waiting:
        its newest task, how many `times` it gave up, `reached_at` where it has talked since, its ticket's `master`,
        the `language` that the caller chose, and what was tried."""
        rows = self._db.all(_OPEN, limit=limit, offset=offset)
        tries: dict[str, list[Row]] = defaultdict(list)
        for attempt in self._db.all(_TRIES, numbers=json.dumps([row["number"] for row in rows])):
            tries[attempt["number"]].append(_shown(attempt))
        return [
            {name: value for name, value in row.items() if name != "state"}
            | {"language": json.loads(row["state"] or "{}").get("language"), "tries": tries[row["number"]]}
            for row in rows
        ]

    def open_count(self) -> int:
        """Number of telephone numbers that are to be called back."""
        return int(self._db.run(_OPEN_COUNT).fetchone()[0])

    def get(self, task: int) -> Row:
        """One open task; NotFound when there is none."""
        row = self._db.one(_TASK, id=task)
        if row is None:
            raise NotFound(f"tugas telepon balik {task} tidak ada atau sudah selesai")
        return row

    def done(self, now: datetime, task: int, actor: Actor, note: str | None = None) -> None:
        """End a task, and older ones of the same number: the person was called back."""
        with self._db.ensured_write():
            row = self.get(task)
            for id_, call, ticket in self._db.run(
                _DONE, id=task, number=row["number"], at=to_text(now), by=actor.name
            ).fetchall():
                data = {"task": id_} | ({"note": note} if note else {})
                self._journal.append(now, "callback.done", actor, call=call, ticket=ticket, data=data)
                if self._db.run(_CLOSE_UNUSED, number=ticket, at=to_text(now)).fetchone() is not None:
                    self._journal.append(now, "ticket.closed", actor, ticket=ticket, data={"note": "ditelepon balik"})

    def reopen(self, now: datetime, ticket: str, actor: Actor, since: datetime) -> None:
        """Open the tasks again that this person ended for a ticket since a moment; Conflict where there are none."""
        with self._db.ensured_write():
            ended = self._db.one(_ENDED, ticket=ticket, by=actor.name, since=to_text(since))
            if ended is None:
                raise Conflict(f"tidak ada telepon balik tiket {ticket} yang baru saja Anda selesaikan")
            values = {"number": ended["number"], "by": actor.name, "at": ended["done_at"]}
            for id_, call, of in self._db.run(_AGAIN, **values).fetchall():
                self._journal.append(now, "callback.reopened", actor, call=call, ticket=of, data={"task": id_})

    def unanswered(self, now: datetime, task: int, actor: Actor, note: str | None = None) -> None:
        """Record a try by hand that was not answered; the task stays."""
        with self._db.ensured_write():
            row, at = self.get(task), to_text(now)
            self._try(task, actor.name, "hand", at, ended=at, outcome="no_answer", note=note)
            data = {"task": task, "operator": actor.name, "way": "hand", "outcome": "no_answer"}
            data |= {"note": note} if note else {}
            self._journal.append(now, "callback.tried", actor, call=row["call"], ticket=row["ticket"], data=data)

    def dial(self, now: datetime, task: int, operator: str) -> Row:
        """Begin a try over the trunk: the task's row with the try's id as `attempt`; Conflict while another runs."""
        with self._db.ensured_write():
            row = self.get(task)
            busy = next((under_way for under_way in self.live() if under_way["number"] == row["number"]), None)
            if busy is not None:
                raise Conflict(f"nomor ini sedang ditelepon {busy['operator']}")
            attempt = self._try(task, operator, "trunk", to_text(now))
            actor, data = Actor("user", operator), {"task": task, "operator": operator}
            self._journal.append(now, "callback.dialled", actor, call=row["call"], ticket=row["ticket"], data=data)
        return row | {"attempt": attempt}

    def dial_reporter(self, now: datetime, row: Row, number: str, user: str) -> Row:
        """Begin an agency's call over the trunk to the reporter of an assignment (`row`): a task that is done from the
        start.

        Gives its `task` and `attempt`; Conflict while another call to that number runs."""
        with self._db.ensured_write():
            busy = next((under_way for under_way in self.live() if under_way["number"] == number), None)
            if busy is not None:
                raise Conflict(f"pelapor sedang ditelepon {busy['operator']}")
            at, facts = to_text(now), {"call": row["call"], "ticket": row["ticket"], "number": number}
            made = self._db.run(_REPORTER, reason=f"ditelepon {row['opd']}", at=at, by=user, **facts).fetchone()
            attempt = self._try(int(made[0]), user, "trunk", at)
            data = {"task": int(made[0]), "operator": user, "opd": row["opd"], "assignment": row["id"]}
            actor = Actor("user", user)
            self._journal.append(now, "callback.dialled", actor, call=row["call"], ticket=row["ticket"], data=data)
        return {"task": int(made[0]), "attempt": attempt}

    def talks(self, now: datetime, attempt: int, recording: str) -> None:
        """Note that the person answered."""
        with self._db.ensured_write():
            changed = self._db.run(_TALKS, id=attempt, at=to_text(now), recording=recording).fetchone()
            if changed is None:
                return
            row, (task, operator) = self._task_of(attempt), changed
            actor, data = Actor("user", operator), {"task": task, "operator": operator, "recording": recording}
            self._journal.append(now, "callback.talking", actor, call=row["call"], ticket=row["ticket"], data=data)

    def ended(self, now: datetime, attempt: int, outcome: str) -> None:
        """End a try over the trunk: talked, no_answer, busy, declined, failed, or cancelled (by the operator)."""
        with self._db.ensured_write():
            changed = self._db.run(_END, id=attempt, at=to_text(now), outcome=outcome).fetchone()
            if changed is None:
                return
            row, (task, operator, talked_at) = self._task_of(attempt), changed
            data = {"task": task, "operator": operator, "way": "trunk", "outcome": outcome}
            if talked_at is not None:
                data |= {"seconds": round((now - from_text(talked_at)).total_seconds(), 1)}
            actor = Actor("user", operator)
            self._journal.append(now, "callback.tried", actor, call=row["call"], ticket=row["ticket"], data=data)

    def live(self) -> list[Row]:
        """Tries that run, with `call`, `ticket` and `number` of their task."""
        return self._db.all(_LIVE)

    def attempt(self, attempt: int) -> Row | None:
        """One try, or None."""
        return self._db.one(_ATTEMPT, id=attempt)

    def recorded(self, ticket: str) -> list[Row]:
        """The recorded talks of a ticket's callbacks, oldest first."""
        return [_shown(row) for row in self._db.all(_RECORDED, ticket=ticket)]

    def _try(
        self,
        task: int,
        operator: str,
        way: str,
        at: str,
        *,
        ended: str | None = None,
        outcome: str | None = None,
        note: str | None = None,
    ) -> int:
        values = {"task": task, "operator": operator, "way": way, "at": at}
        row = self._db.run(_TRY, ended=ended, outcome=outcome, note=note, **values).fetchone()
        return int(row[0])

    def _task_of(self, attempt: int) -> Row:
        row = self.attempt(attempt)
        assert row is not None, f"try {attempt} was there a statement ago"
        return row


def _shown(row: Row) -> Row:
    names = ("id", "operator", "way", "started_at", "talked_at", "ended_at", "outcome", "note")
    return {name: row[name] for name in names}
