"""One person's erasure (UU PDP 27/2022): planned, with the reasons for what must stay; then done and recorded."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from tickets.model import Actor
from tickets.store.callers.caller_numbers import Numbers
from tickets.store.callers.retention import Retention
from tickets.store.connection import Connection
from tickets.store.journal import Journal

# Lists the calls of a number.
_CALLS = "SELECT id, ticket, recording FROM calls WHERE number = :number ORDER BY arrived_at"
# Finds tickets in which the number was typed by hand, however it was written.
_TYPED = """SELECT number FROM tickets
    WHERE replace(replace(reporter_number, '-', ''), ' ', '') LIKE '%' || :tail"""
# Reads what keeps a ticket from being erased: a hold, open work, a call back.
_STANDING = """SELECT t.number, t.status, t.held_at, t.hold_reason,
    EXISTS (SELECT 1 FROM callbacks b WHERE b.ticket = t.number AND b.done_at IS NULL) AS called_back
    FROM tickets t WHERE t.number IN (SELECT value FROM json_each(:tickets)) ORDER BY t.number"""
# Lists the recordings of the tickets' callbacks.
_TRIES = """SELECT y.id, y.recording FROM callback_tries y JOIN callbacks k ON k.id = y.task
    WHERE k.ticket IN (SELECT value FROM json_each(:tickets)) AND y.recording IS NOT NULL"""
# Counts agencies' photos of the tickets.
_PHOTOS = """SELECT count(*) FROM attachments p JOIN assignments a ON a.id = p.assignment
    WHERE p.kind = 'photo' AND a.ticket IN (SELECT value FROM json_each(:tickets))"""
# Counts the verdicts on a number; they stay, under its hash.
_VERDICTS = "SELECT count(*) FROM verdicts WHERE hash = :hash OR number = :number"
# Takes the number out of its verdicts.
_VERDICTS_BLANK = """UPDATE verdicts SET number = NULL
    WHERE number = :number AND ticket IN (SELECT value FROM json_each(:tickets))"""


@dataclass(frozen=True, slots=True)
class Erasable:
    """The data of a number: `calls`, `tickets`, `recordings` (names) and `tries` are erased; `kept` tickets stay
    (number: reason), and so do `photos` of agencies and `verdicts` (their numbers), which count on by hash."""

    number: str
    hash: str
    calls: tuple[str, ...]
    tickets: tuple[str, ...]
    recordings: tuple[str, ...]
    tries: tuple[int, ...]
    kept: dict[str, str]
    photos: int
    verdicts: int


class Erasure:
    """Erases one caller; `caller` is as `Numbers` takes it."""

    def __init__(self, connection: Connection, journal: Journal, numbers: Numbers, retention: Retention) -> None:
        self._db = connection
        self._journal = journal
        self._numbers = numbers
        self._retention = retention

    def plan(self, caller: str) -> Erasable:
        """Plan what `run` would do now; NotFound for a number without any data."""
        digest, number = self._numbers.resolve(caller)
        calls = self._db.all(_CALLS, number=number)
        typed = self._db.all(_TYPED, tail=number[3:]) if number else []
        kept = self._kept({row["ticket"] for row in calls} | {row["number"] for row in typed})
        going = [row for row in calls if row["ticket"] not in kept]
        numbers = {row["ticket"] for row in going} | {row["number"] for row in typed}
        tickets = tuple(sorted(numbers - kept.keys()))
        tries = self._db.all(_TRIES, tickets=json.dumps(tickets))
        return Erasable(
            number=number or "",
            hash=(digest or "")[:12],
            calls=tuple(row["id"] for row in going),
            tickets=tickets,
            recordings=tuple(row["recording"] for row in (*going, *tries) if row["recording"]),
            tries=tuple(row["id"] for row in tries),
            kept=kept,
            photos=int(self._db.run(_PHOTOS, tickets=json.dumps(tickets)).fetchone()[0]),
            verdicts=int(self._db.run(_VERDICTS, hash=digest, number=number).fetchone()[0]),
        )

    def _kept(self, tickets: set[str]) -> dict[str, str]:
        why: dict[str, str] = {}
        for row in self._db.all(_STANDING, tickets=json.dumps(sorted(tickets))):
            if row["held_at"]:
                why[row["number"]] = f"ditahan: {row['hold_reason']}"
            elif row["status"] in ("open", "dispatched"):
                why[row["number"]] = "belum selesai"
            elif row["called_back"]:
                why[row["number"]] = "masih harus ditelepon balik"
        return why

    def run(self, now: datetime, caller: str, actor: Actor, reason: str, *, reports: bool) -> Erasable:
        """Erase the number, its recordings' rows and (`reports`) the text of its reports; returns what was done.

        The recordings' files are to be removed before. `number.erased` in the journal is the record of it."""
        with self._db.ensured_write():
            erasable = self.plan(caller)
            self._numbers.blank(list(erasable.calls), list(erasable.tickets))
            self._db.run(_VERDICTS_BLANK, number=erasable.number, tickets=json.dumps(erasable.tickets))
            if erasable.recordings:
                self._retention.recordings_gone(now, erasable.calls, erasable.tries)
            if reports:
                self._retention.blank_reports(erasable.tickets)
            counts = {name: len(value) for name, value in asdict(erasable).items() if name in ("calls", "recordings")}
            counts |= {"tickets": len(erasable.tickets) if reports else 0}
            data = {"hash": erasable.hash, **counts, "kept": sorted(erasable.kept), "reason": reason}
            self._journal.append(now, "number.erased", actor, data=data)
        return erasable

    def finish(self) -> bool:
        """Remove the erased data from the write-ahead log, too; False where a reader hinders it (it is removed
        later)."""
        return self._db.fold()
