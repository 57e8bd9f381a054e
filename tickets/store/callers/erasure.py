"""One person's erasure (UU PDP 27/2022): what would go, what must stay and why; then done, with a record of it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from tickets.model import Actor
from tickets.store.callers.caller_numbers import Numbers
from tickets.store.callers.retention import Retention
from tickets.store.connection import Connection
from tickets.store.journal import Journal

_CALLS = "SELECT id, ticket, recording FROM calls WHERE number = :number ORDER BY arrived_at"
_TYPED = """SELECT number FROM tickets
    WHERE replace(replace(reporter_number, '-', ''), ' ', '') LIKE '%' || :tail"""
_STANDING = """SELECT t.number, t.status, t.held_at, t.hold_reason,
    EXISTS (SELECT 1 FROM callbacks b WHERE b.ticket = t.number AND b.done_at IS NULL) AS called_back
    FROM tickets t WHERE t.number IN (SELECT value FROM json_each(:tickets)) ORDER BY t.number"""
_TRIES = """SELECT y.id, y.recording FROM callback_tries y JOIN callbacks k ON k.id = y.task
    WHERE k.ticket IN (SELECT value FROM json_each(:tickets)) AND y.recording IS NOT NULL"""
_PHOTOS = """SELECT count(*) FROM attachments p JOIN assignments a ON a.id = p.assignment
    WHERE p.kind = 'photo' AND a.ticket IN (SELECT value FROM json_each(:tickets))"""
_VERDICTS = "SELECT count(*) FROM verdicts WHERE hash = :hash OR number = :number"
_VERDICTS_BLANK = """UPDATE verdicts SET number = NULL
    WHERE number = :number AND ticket IN (SELECT value FROM json_each(:tickets))"""


@dataclass(frozen=True, slots=True)
class Erasable:
    """What is held of a number: `calls`, `tickets`, `recordings` (names) and `tries` go, `kept` tickets stay (number:
    why), and so do `photos` of agencies (how many) and `verdicts`, which count on by hash."""

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
    """`who` as `Numbers` takes it."""

    def __init__(self, connection: Connection, journal: Journal, numbers: Numbers, retention: Retention) -> None:
        self._db = connection
        self._journal = journal
        self._numbers = numbers
        self._retention = retention

    def plan(self, who: str) -> Erasable:
        """What `run` would do now; NotFound for a number that nothing is held of."""
        digest, number = self._numbers.resolve(who)
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

    def run(self, now: datetime, who: str, actor: Actor, reason: str, *, reports: bool) -> Erasable:
        """Erase the number, its recordings' rows and (`reports`) what its reports say; what was done.

        The recordings' files are to be removed before. `number.erased` in the journal is the record of it."""
        with self._db.ensured_write():
            found = self.plan(who)
            self._numbers.blank(list(found.calls), list(found.tickets))
            self._db.run(_VERDICTS_BLANK, number=found.number, tickets=json.dumps(found.tickets))
            if found.recordings:
                self._retention.recordings_gone(now, found.calls, found.tries)
            if reports:
                self._retention.blank_reports(found.tickets)
            told = {name: len(value) for name, value in asdict(found).items() if name in ("calls", "recordings")}
            told |= {"tickets": len(found.tickets) if reports else 0}
            data = {"hash": found.hash, **told, "kept": sorted(found.kept), "reason": reason}
            self._journal.append(now, "number.erased", actor, data=data)
        return found

    def finish(self) -> bool:
        """Take what was erased out of the write-ahead log, too; False where a reader hinders it (it goes later)."""
        return self._db.fold()
