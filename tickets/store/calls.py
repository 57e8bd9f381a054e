"""Calls: one row each, from the first event to the end."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tickets.errors import NotFound
from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Takes the next ticket number of a day.
_NEXT_NUMBER = """INSERT INTO counters (day, last) VALUES (:day, 1)
    ON CONFLICT (day) DO UPDATE SET last = last + 1 RETURNING last"""
# Makes a call's row at its arrival.
_INSERT = """INSERT INTO calls
    (id, number, display, anonymous, callable, dialled, arrived_at, stage, ticket, handled_by, location, state, trunk,
    doubt, sampled, identity, device)
    VALUES (:id, :number, :display, :anonymous, :callable, :dialled, :at, 'arrived', :ticket, :handled_by,
    :location, :state, :trunk, :doubt, :sampled, :identity, :device)"""
# Makes the ticket of an arriving call.
_INSERT_TICKET = """INSERT INTO tickets (number, source, kind, status, call, created_at, updated_at, reporter_number)
    VALUES (:number, :source, :kind, 'open', :call, :at, :at, :reporter)"""
_VERDICT = "(SELECT verdict FROM verdicts v WHERE v.ticket = c.ticket AND v.replaced_at IS NULL) AS verdict"
# Lists calls since a moment with their verdict, newest first.
_LIST = f"""SELECT c.*, {_VERDICT} FROM calls c WHERE c.arrived_at >= :since
    ORDER BY c.arrived_at DESC LIMIT :limit"""
# Lists the calls that have not ended.
_LIVE = "SELECT * FROM calls WHERE ended_at IS NULL ORDER BY arrived_at"
# Counts what callers over trunks dialled since a moment, most first.
_DIALLED = """SELECT dialled, trunk, count(*) AS calls FROM calls WHERE arrived_at >= :since AND trunk IS NOT NULL
    GROUP BY dialled, trunk ORDER BY calls DESC, dialled LIMIT 100"""
# Reads one call.
_ONE = "SELECT * FROM calls WHERE id = :id"
_EARLIER = """t.number, t.kind, t.category, t.status, t.created_at, c.outcome, c.id AS call, v.verdict
    FROM calls c JOIN tickets t ON t.number = c.ticket
    LEFT JOIN verdicts v ON v.ticket = c.ticket AND v.replaced_at IS NULL"""
# Lists earlier calls of a number with tickets and verdicts, newest first.
_HISTORY = f"""SELECT {_EARLIER} WHERE c.number = :number AND c.id <> :but
    AND (:verdict IS NULL OR v.verdict = :verdict) ORDER BY c.arrived_at DESC LIMIT :limit"""
# Lists earlier calls of a telephone without a SIM card.
_OF_DEVICE = f"""SELECT {_EARLIER} WHERE c.device = :device AND c.id <> :but ORDER BY c.arrived_at DESC LIMIT :limit"""
# Shows whether an operator talked with this caller, also before a transfer.
_TALKED = """SELECT 1 FROM journal WHERE call = :call AND kind IN ('call.talking', 'call.transferred')
    AND data ->> 'operator' = :operator"""
# Reads the newest journal row of a kind about a call.
_NEWEST = "SELECT at, data FROM journal WHERE call = :call AND kind = :kind ORDER BY seq DESC LIMIT 1"
# Opens a callback task.
_INSERT_CALLBACK = """INSERT INTO callbacks (call, ticket, number, reason, created_at)
    VALUES (:call, :ticket, :number, :reason, :at)"""

# columns that a step of the flow may set; the names are ours, never a user's
_MOMENTS = ("answered_at", "waiting_at", "ringing_at", "talking_at", "talk_ended_at", "ended_at")
STEP_COLUMNS = frozenset(
    (*_MOMENTS, "stage", "lane", "mark", "outcome", "keys", "operator", "recording", "handled_by", "state")
)


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call as known at its arrival; `number` is E.164 or None, `display` the text that people read.

    `identity` is what the network sent of the caller and how it was read, as JSON; `device` is the mark of a telephone
    without a SIM card."""

    id: str
    number: str | None
    display: str
    anonymous: bool
    callable: bool
    dialled: str
    handled_by: str = "calls"
    location: str | None = None
    state: str = "{}"
    trunk: str | None = None
    identity: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A journal row about a call, written with its step."""

    kind: str
    data: Mapping[str, Any]


class Calls:
    """Calls and callback tasks."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    def arrive(
        self,
        now: datetime,
        day: str,
        new: NewCall,
        doubt: str | None = None,
        *,
        sampled: bool = False,
        number: str | None = None,
    ) -> str:
        """Write call and ticket in one transaction; `day` is YYYYMMDD in the site's zone; returns the ticket number.

        `doubt` and `sampled` are what screening holds of the caller, as `tickets.screening.reputation` says;
        `number` is the ticket's where it has one already.
        """
        at = to_text(now)
        with self._db.ensured_write():
            ticket = number or self.next_ticket_number(day)
            self._db.run(
                _INSERT,
                **asdict(new),
                at=at,
                ticket=ticket,
                doubt=doubt,
                sampled=sampled,
            )
            source = "call" if new.handled_by == "calls" else new.handled_by
            self._db.run(
                _INSERT_TICKET,
                number=ticket,
                source=source,
                kind="unknown",
                call=new.id,
                at=at,
                reporter=new.number,
            )
            data = {"number": new.number, "anonymous": new.anonymous, "dialled": new.dialled}
            self._journal.append(now, "call.arrived", Actor("call", new.id), call=new.id, ticket=ticket, data=data)
        return ticket

    def next_ticket_number(self, day: str) -> str:
        """Take the next ticket number: T-YYYYMMDD-NNNN, unique, counted per day."""
        with self._db.ensured_write():
            last = self._db.run(_NEXT_NUMBER, day=day).fetchone()[0]
        return f"T-{day}-{last:04d}"

    def step(self, now: datetime, call: str, ticket: str, columns: Mapping[str, Any], notes: tuple[Note, ...]) -> None:
        """Save a step of the flow (columns of `calls`) with its journal rows."""
        unknown = columns.keys() - STEP_COLUMNS
        if unknown:
            raise ValueError(f"call {call}: no such columns {sorted(unknown)}")
        with self._db.ensured_write():
            if columns:
                sets = ", ".join(f"{name} = :{name}" for name in columns)
                self._db.run(f"UPDATE calls SET {sets} WHERE id = :id", id=call, **columns)
            for note in notes:
                self._journal.append(now, note.kind, Actor("call", call), call=call, ticket=ticket, data=note.data)

    def callback(self, now: datetime, call: str, reason: str) -> bool:
        """Open a callback task where the number can be called back; False where it cannot."""
        row = self.get(call)
        if row["number"] is None or not row["callable"]:
            return False
        with self._db.ensured_write():
            self._db.run(
                _INSERT_CALLBACK, call=call, ticket=row["ticket"], number=row["number"], reason=reason, at=to_text(now)
            )
            actor, data = Actor("call", call), {"reason": reason}
            self._journal.append(now, "callback.opened", actor, call=call, ticket=row["ticket"], data=data)
        return True

    def get(self, call: str) -> Row:
        """One call; NotFound when there is none."""
        row = self._db.one(_ONE, id=call)
        if row is None:
            raise NotFound(f"panggilan {call} tidak ada")
        return row

    def find(self, call: str) -> Row | None:
        """One call or None."""
        return self._db.one(_ONE, id=call)

    def live(self) -> list[Row]:
        """Calls that have not ended, oldest first."""
        return self._db.all(_LIVE)

    def since(self, since: datetime, limit: int = 1000) -> list[Row]:
        """Calls since a moment, newest first, as `view` has them, with the `headers` that the network sent."""
        rows = self._db.all(_LIST, since=to_text(since), limit=limit)
        return [view(row) | {"headers": _identity(row).get("headers", {})} for row in rows]

    def dialled(self, since: datetime) -> list[Row]:
        """The numbers that were dialled over trunks since a moment, with trunk and count, most first."""
        return self._db.all(_DIALLED, since=to_text(since))

    def history(self, number: str | None, but: str = "", limit: int = 10, verdict: str | None = None) -> list[Row]:
        """Earlier calls of a number with their tickets and verdicts, newest first; none for an unknown number."""
        if number is None:
            return []
        return self._db.all(_HISTORY, number=number, but=but, limit=limit, verdict=verdict)

    def held_at(self, call: str) -> str | None:
        """The moment at which the operator last put the caller on hold."""
        row = self._db.one(_NEWEST, call=call, kind="call.held")
        return None if row is None else str(row["at"])

    def handed(self, call: str) -> Row | None:
        """The last transfer of a call: `at`, `by` and `to` which operator, `note`; None where there was none."""
        row = self._db.one(_NEWEST, call=call, kind="call.transferred")
        if row is None:
            return None
        data = json.loads(row["data"])
        return {"at": row["at"], "by": data.get("by"), "to": data.get("operator"), "note": data.get("note")}

    def of_device(self, device: str | None, but: str = "", limit: int = 10) -> list[Row]:
        """Earlier calls of a telephone without a SIM card, as `history`; none for calls with a number."""
        return [] if device is None else self._db.all(_OF_DEVICE, device=device, but=but, limit=limit)

    def talked_with(self, call: str, operator: str) -> bool:
        """True where this operator has talked with the caller, also before a transfer."""
        return self._db.one(_TALKED, call=call, operator=operator) is not None


def view(row: Row) -> Row:
    """A call as it is shown outside: stable fields, seconds derived from the stored moments, no internal state."""
    return {
        "id": row["id"],
        "number": row["number"],
        "display": row["display"],
        "anonymous": bool(row["anonymous"]),
        "callable": bool(row["callable"]),
        "caller": {"kind": None, "why": None, "passed_on": []} | _identity(row, "kind", "why", "passed_on"),
        "dialled": row["dialled"],
        "arrived_at": row["arrived_at"],
        "answered_at": row["answered_at"],
        "ended_at": row["ended_at"],
        "stage": row["stage"],
        "lane": row["lane"],
        "mark": row["mark"],
        "outcome": row["outcome"],
        "keys": row["keys"],
        "operator": row["operator"],
        "wait_s": _seconds(row["waiting_at"], row["talking_at"] or row["ended_at"]),
        "ring_s": _seconds(row["ringing_at"], row["talking_at"] or row["ended_at"]),
        "talk_s": _seconds(row["talking_at"], row["talk_ended_at"] or row["ended_at"]),
        "ticket": row["ticket"],
        "recording": row["recording"],
        "handled_by": row["handled_by"],
        "location": json.loads(row["location"]) if row["location"] else None,
        "trunk": row["trunk"],
        "doubt": row["doubt"],
        "sampled": bool(row["sampled"]),
        "verdict": row.get("verdict"),
    }


def _identity(row: Row, *names: str) -> Row:
    """All that is kept of the caller's identity, or these parts of it; empty for calls that were not read so."""
    kept: Row = json.loads(row["identity"]) if row.get("identity") else {}
    return {name: kept[name] for name in names if name in kept} if names else kept


def _seconds(start: str | None, end: str | None) -> float | None:
    if start is None or end is None:
        return None
    return round((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds(), 3)
