"""Outbox for the government's own application: written with the change itself, sent at least once.

The rows of one complaint are sent in order: one that was not taken yet holds the later ones back.
"""

import json
from datetime import datetime, timedelta

from tickets.errors import NotFound
from tickets.model import Actor, Row, from_text, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Writes one hand-over, due at once.
_PUT = """INSERT INTO wadul_outbox (ticket, event, state, at, begun_at, due_at)
    VALUES (:ticket, :event, :state, :at, :at, :at)"""
# Takes due rows under a lease; of each complaint only its first unsent row.
_CLAIM = """UPDATE wadul_outbox SET claimed_by = :me, lease_until = :until WHERE id IN (
    SELECT o.id FROM wadul_outbox o WHERE o.sent_at IS NULL AND o.dead_at IS NULL AND o.due_at <= :now
    AND (o.lease_until IS NULL OR o.lease_until <= :now)
    AND NOT EXISTS (SELECT 1 FROM wadul_outbox b WHERE b.ticket = o.ticket AND b.id < o.id AND b.sent_at IS NULL)
    ORDER BY o.due_at, o.id LIMIT :limit) RETURNING id"""
# Reads the rows that were just claimed.
_ROWS = "SELECT * FROM wadul_outbox WHERE id IN (SELECT value FROM json_each(:ids)) ORDER BY id"
# Notes that the application took a row.
_SENT = """UPDATE wadul_outbox SET sent_at = :at, attempts = attempts + 1, last_error = NULL, claimed_by = NULL,
    lease_until = NULL WHERE id = :id AND sent_at IS NULL"""
# Notes a failed try and when the next is due, or that there is none (`dead`).
_FAILED = """UPDATE wadul_outbox SET attempts = attempts + 1, last_error = :error, due_at = :due, dead_at = :dead,
    claimed_by = NULL, lease_until = NULL WHERE id = :id AND sent_at IS NULL AND claimed_by = :me"""
# Gives back what was claimed and not finished.
_RELEASE = "UPDATE wadul_outbox SET claimed_by = NULL, lease_until = NULL WHERE claimed_by = :me AND sent_at IS NULL"
# Tries a complaint's waiting rows again as if they were new.
_RESEND = """UPDATE wadul_outbox SET dead_at = NULL, due_at = :at, begun_at = :at, attempts = 0
    WHERE ticket = :ticket AND sent_at IS NULL"""
# Finds when the next row may be sent.
_NEXT = """SELECT min(max(o.due_at, coalesce(o.lease_until, o.due_at))) FROM wadul_outbox o WHERE o.sent_at IS NULL
    AND o.dead_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM wadul_outbox b WHERE b.ticket = o.ticket AND b.id < o.id AND b.sent_at IS NULL)"""
# Counts the rows that wait, and those that are not tried any more.
_WAITING = "SELECT count(*), sum(dead_at IS NOT NULL) FROM wadul_outbox WHERE sent_at IS NULL"
# Lists the tickets of rows that are not tried any more.
_DEAD = "SELECT DISTINCT ticket FROM wadul_outbox WHERE sent_at IS NULL AND dead_at IS NOT NULL ORDER BY ticket"
# Forgets what waits: there is no application.
_DROP = "DELETE FROM wadul_outbox WHERE sent_at IS NULL"
# Forgets what was taken long ago.
_OLD = "DELETE FROM wadul_outbox WHERE sent_at < :before"


class WadulOutbox:
    """Rows `id ticket event state at begun_at due_at attempts last_error sent_at dead_at`."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    def put(self, now: datetime, ticket: str, event: str, state: str) -> None:
        """Write one hand-over, due at once."""
        with self._db.ensured_write():
            self._db.run(_PUT, ticket=ticket, event=event, state=state, at=to_text(now))

    def claim(self, now: datetime, me: str, lease_s: float, limit: int) -> list[Row]:
        """Take due rows under a lease; an unfinished one is due again when its lease ends."""
        until = to_text(now + timedelta(seconds=lease_s))
        with self._db.ensured_write():
            ids = [row[0] for row in self._db.run(_CLAIM, me=me, until=until, now=to_text(now), limit=limit).fetchall()]
            return self._db.all(_ROWS, ids=json.dumps(ids))

    def sent(self, now: datetime, row: int) -> None:
        """Note that the application took it."""
        with self._db.ensured_write():
            self._db.run(_SENT, id=row, at=to_text(now))

    def failed(self, now: datetime, me: str, row: Row, error: str, due: datetime, *, dead: bool) -> None:
        """Note a failed try; due again then, or never (`dead`) until `resend`."""
        with self._db.ensured_write():
            at = to_text(now) if dead else None
            self._db.run(_FAILED, id=row["id"], me=me, error=error, due=to_text(due), dead=at)
            if dead:
                actor, data = Actor("process", "wadul"), {"error": error}
                self._journal.append(now, "complaint.undelivered", actor, ticket=row["ticket"], data=data)

    def release(self, me: str) -> None:
        """Give back what was claimed and not finished."""
        with self._db.ensured_write():
            self._db.run(_RELEASE, me=me)

    def resend(self, now: datetime, ticket: str, actor: Actor) -> None:
        """Try again from now on, as if it were new; NotFound when nothing of this ticket waits."""
        with self._db.ensured_write():
            if not self._db.run(_RESEND, ticket=ticket, at=to_text(now)).rowcount:
                raise NotFound(f"tiket {ticket} tidak punya kiriman yang menunggu")
            self._journal.append(now, "complaint.resent", actor, ticket=ticket)

    def next_due(self) -> datetime | None:
        """Time when the next row is to be tried, or its lease ends; None when nothing waits."""
        text = self._db.run(_NEXT).fetchone()[0]
        return from_text(text) if text else None

    def waiting(self) -> tuple[int, int]:
        """Numbers of rows that wait, and of those that are not tried any more."""
        count, dead = self._db.run(_WAITING).fetchone()
        return int(count), int(dead or 0)

    def dead(self) -> list[str]:
        """The tickets whose hand-over is not tried any more."""
        return [row["ticket"] for row in self._db.all(_DEAD)]

    def drop(self) -> int:
        """Forget what waits, because there is no application; returns the number of rows."""
        with self._db.ensured_write():
            return self._db.run(_DROP).rowcount

    def forget(self, before: datetime) -> int:
        """Forget rows that were taken before this moment; returns their number."""
        with self._db.ensured_write():
            return self._db.run(_OLD, before=to_text(before)).rowcount
