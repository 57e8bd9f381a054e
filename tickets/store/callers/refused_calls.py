"""Calls that Asterisk itself refused, counted by far end, reason and hour; of strangers only so many far ends.

No number of a caller is kept here: where one can be called back, it has a call, a ticket and a task of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.model import Actor, Row, to_text
from tickets.store.calls import Calls, NewCall
from tickets.store.connection import Connection
from tickets.store.journal import Journal
from tickets.store.tickets import Tickets

# Counts refusals of one far end and reason in one hour.
_COUNT = """INSERT INTO refused_calls (hour, trunk, far_end, reason, status, dialled, first_at, last_at, times)
    VALUES (:hour, :trunk, :far_end, :reason, :status, :dialled, :at, :at, :times)
    ON CONFLICT (hour, trunk, far_end, reason) DO UPDATE SET times = refused_calls.times + :times, last_at = :at,
    status = :status, dialled = :dialled"""
# Counts the far ends of an hour that are told apart.
_FAR_ENDS = "SELECT count(*) FROM refused_calls WHERE hour = :hour AND trunk = :trunk"
# Shows whether this row stands already.
_STANDS = """SELECT 1 FROM refused_calls
    WHERE hour = :hour AND trunk = :trunk AND far_end = :far_end AND reason = :reason"""
# Lists what trunks' addresses sent and Asterisk refused since a moment, last one first.
_OF_TRUNKS = """SELECT trunk, far_end, reason, max(status) AS status, max(dialled) AS dialled, sum(times) AS times,
    max(last_at) AS last_at FROM refused_calls WHERE last_at >= :since AND trunk <> ''
    GROUP BY trunk, far_end, reason ORDER BY last_at DESC LIMIT :limit"""
# Counts what strangers sent since a moment, and from how many far ends.
_OF_STRANGERS = """SELECT coalesce(sum(times), 0) AS times, count(DISTINCT far_end) AS far_ends
    FROM refused_calls WHERE last_at >= :since AND trunk = ''"""
# Forgets what is old.
_FORGET = "DELETE FROM refused_calls WHERE last_at < :before"
# Finds a call of this number that was refused, or came through, shortly before.
_SAME = "SELECT 1 FROM calls WHERE number = :number AND arrived_at >= :since LIMIT 1"

KEPT = timedelta(days=30)
# far ends and reasons that one hour tells apart, of strangers and of each trunk; the others are counted together
MOST, OTHERS = 60, "lainnya"
# a network repeats a refused call; the person is called back once
SAME_WITHIN = timedelta(minutes=10)
MOST_DIALLED = 64


@dataclass(frozen=True, slots=True)
class Tally:
    """Refusals of one kind: `trunk` is "" for strangers, `status` of SIP (0: none came)."""

    trunk: str
    far_end: str
    reason: str
    status: int
    dialled: str
    times: int = 1


class RefusedCalls:
    """Counts refusals, and opens the callback of a refused caller with a number."""

    def __init__(self, connection: Connection, journal: Journal, calls: Calls, tickets: Tickets) -> None:
        self._db, self._journal, self._calls, self._tickets = connection, journal, calls, tickets

    def count(self, now: datetime, tallies: Iterable[Tally], news: Iterable[Tally], actor: Actor) -> None:
        """Count refusals; those of `news` are rows of the journal, too: `call.refused`, or `stranger.refused`."""
        hour = to_text(now.replace(minute=0, second=0, microsecond=0))
        with self._db.ensured_write():
            for tally in tallies:
                values = {"hour": hour, "trunk": tally.trunk, "far_end": tally.far_end, "reason": tally.reason}
                if self._db.one(_STANDS, **values) is None and self._full(hour, tally.trunk):
                    values["far_end"] = OTHERS
                rest = {"status": tally.status, "dialled": tally.dialled[:MOST_DIALLED], "times": tally.times}
                self._db.run(_COUNT, at=to_text(now), **values, **rest)
            for tally in news:
                kind = "call.refused" if tally.trunk else "stranger.refused"
                names = ("trunk", "far_end", "reason", "status", "dialled", "times")
                data = {name: getattr(tally, name) for name in names if name != "trunk" or tally.trunk}
                self._journal.append(now, kind, actor, data=data)
            self._db.run(_FORGET, before=to_text(now - KEPT))

    def _full(self, hour: str, trunk: str) -> bool:
        return int(self._db.run(_FAR_ENDS, hour=hour, trunk=trunk).fetchone()[0]) >= MOST

    def call_back(self, now: datetime, day: str, new: NewCall, reason: str) -> str | None:
        """Open call, ticket and callback task of a refused caller; the ticket, or None where the number cannot be rung
        or has called within SAME_WITHIN."""
        since = to_text(now - SAME_WITHIN)
        with self._db.ensured_write():
            if not new.callable or self._db.one(_SAME, number=new.number, since=since) is not None:
                return None
            ticket = self._calls.arrive(now, day, new)
            ended = {"stage": "ended", "ended_at": to_text(now), "outcome": "refused"}
            self._calls.step(now, new.id, ticket, ended, ())
            waits = self._calls.callback(now, new.id, reason)
            self._tickets.call_ended(now, ticket, "refused", waits=waits)
        return ticket

    def of_trunks(self, since: datetime, limit: int = 20) -> list[Row]:
        """Refusals of trunks' calls since a moment: far end, reason, count, last one first."""
        return self._db.all(_OF_TRUNKS, since=to_text(since), limit=limit)

    def of_strangers(self, since: datetime) -> Row:
        """Refusals of strangers since a moment: `times`, and `far_ends` that were told apart."""
        row = self._db.one(_OF_STRANGERS, since=to_text(since))
        assert row is not None
        return row
