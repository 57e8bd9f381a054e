"""Callers' numbers for admins: list, look at, correct, erase; and their erasure when their time is over."""

import json
import math
from collections import defaultdict
from datetime import datetime

from ivr.screening_rules import ScreeningRules
from tickets.errors import Conflict, InvalidInput, NotFound
from tickets.model import Actor, Row, from_text, to_text
from tickets.screening.reputation import VERDICTS, Briefs, Standing, Verdict, standing
from tickets.store.callers.reputations import Reputations
from tickets.store.connection import Connection
from tickets.store.journal import Journal

ERASED = "Nomor dihapus"
_HASH_LENGTH = 64

_SUMS = ", ".join(f"sum(verdict = '{word}') AS {word}" for word in VERDICTS)
# Lists judged numbers by hash with their verdicts counted, the last judged first.
_LIST = f"""SELECT hash, max(number) AS number, {_SUMS}, min(called_at) AS first_at, max(called_at) AS last_at
    FROM verdicts WHERE replaced_at IS NULL AND hash IS NOT NULL
    AND (:digits IS NULL OR number LIKE :digits OR hash = :hash) GROUP BY hash
    HAVING sum(verdict = 'prank') >= :pranks ORDER BY last_at DESC LIMIT :limit"""
# Reads the counting verdicts of several hashes, for their scores.
_PRESENT = """SELECT hash, verdict, called_at FROM verdicts
    WHERE replaced_at IS NULL AND hash IN (SELECT value FROM json_each(:hashes))"""
# Finds the number of a hash, where it is not erased.
_NUMBER = "SELECT max(number) AS number, count(*) AS n FROM verdicts WHERE hash = :hash"
# Finds the hashes that begin so; two are enough to know that it is ambiguous.
_STARTING = """SELECT hash, max(number) AS number FROM verdicts
    WHERE hash >= :start AND hash < :end GROUP BY hash LIMIT 2"""
# Lists every verdict ever given on a number.
_VERDICTS = """SELECT id, ticket, call, verdict, called_at, at, by, reason, replaces, replaced_at FROM verdicts
    WHERE hash = :hash OR (number = :number AND number IS NOT NULL) ORDER BY id DESC"""
# Lists a number's last calls with their verdicts.
_CALLS = """SELECT c.id, c.arrived_at, c.lane, c.outcome, c.operator, c.doubt, c.sampled, c.trunk, c.ticket, v.verdict
    FROM calls c LEFT JOIN verdicts v ON v.ticket = c.ticket AND v.replaced_at IS NULL
    WHERE c.number = :number ORDER BY c.arrived_at DESC LIMIT 100"""
# Lists the tickets whose counting verdict is another than it should be.
_TO_CORRECT = """SELECT ticket FROM verdicts
    WHERE replaced_at IS NULL AND (hash = :hash OR (number = :number AND number IS NOT NULL)) AND verdict <> :verdict"""
# Lists a number's calls and tickets.
_IDS = "SELECT id, ticket FROM calls WHERE number = :number"
# Finds a ticket that still needs the number: held, open, or to be called back.
_STILL_NEEDED = """SELECT t.number, t.held_at FROM tickets t WHERE t.number IN (SELECT value FROM json_each(:tickets))
    AND (t.held_at IS NOT NULL OR t.status IN ('open', 'dispatched') OR EXISTS
    (SELECT 1 FROM callbacks b WHERE b.ticket = t.number AND b.done_at IS NULL)) ORDER BY t.number LIMIT 1"""
# Lists finished calls whose number is older than its term, a batch at a time.
_OLD = """SELECT c.id, c.ticket, c.arrived_at FROM calls c JOIN tickets t ON t.number = c.ticket
    WHERE c.arrived_at > :after AND c.arrived_at < :before AND c.ended_at IS NOT NULL
    AND (c.display NOT IN (:erased, 'Tanpa nomor') OR c.identity IS NOT NULL)
    AND t.status NOT IN ('open', 'dispatched') AND t.held_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM callbacks b WHERE b.call = c.id AND b.done_at IS NULL)
    ORDER BY c.arrived_at LIMIT :limit"""

# Erase a number everywhere that it stands beside a call; the journal keeps its rows and loses the digits in them.
_ERASE_CALLS = (
    """UPDATE calls SET number = NULL, callable = 0, identity = NULL, device = NULL,
    display = CASE display WHEN 'Tanpa nomor' THEN display ELSE :erased END
    WHERE id IN (SELECT value FROM json_each(:calls))""",
    "UPDATE callbacks SET number = :erased WHERE call IN (SELECT value FROM json_each(:calls))",
    "UPDATE verdicts SET number = NULL WHERE call IN (SELECT value FROM json_each(:calls))",
    """UPDATE journal SET data = json_replace(data, '$.number', NULL)
    WHERE call IN (SELECT value FROM json_each(:calls)) AND kind = 'call.arrived'""",
)
# Erase the reporter's number of tickets and in their journal rows.
_ERASE_TICKETS = (
    """UPDATE tickets SET reporter_number = NULL, erasures = erasures + 1, revision = revision + 1
    WHERE number IN (SELECT value FROM json_each(:tickets))""",
    """UPDATE journal SET data = json_replace(data, '$.reporter_number', NULL)
    WHERE ticket IN (SELECT value FROM json_each(:tickets)) AND kind = 'ticket.updated'""",
)
# Finds tickets in which the number was typed by hand, however it was written.
_TYPED = """SELECT number FROM tickets
    WHERE replace(replace(reporter_number, '-', ''), ' ', '') LIKE '%' || :tail"""
# Lists finished tickets without a call whose reporter's number is older than its term.
_OLD_WEB = """SELECT number FROM tickets WHERE call IS NULL AND created_at < :before AND reporter_number IS NOT NULL
    AND status NOT IN ('open', 'dispatched') AND held_at IS NULL ORDER BY created_at LIMIT :limit"""


class Numbers:
    """Numbers for admins; `caller` is a full number (E.164), the hash that is left of one, or `#` and how it begins."""

    def __init__(self, connection: Connection, journal: Journal, reputations: Reputations) -> None:
        self._db = connection
        self._journal = journal
        self._reputations = reputations

    def listed(
        self,
        now: datetime,
        rules: ScreeningRules,
        *,
        digits: str = "",
        number: str | None = None,
        doubted: bool = False,
        limit: int = 200,
    ) -> list[Row]:
        """Numbers that were judged, newest first, worst first where only doubted ones are asked for.

        `digits` is any part of the number; `number`, where it is a whole one, also finds it by its hash.
        """
        fewest = math.ceil(rules.doubt_score) if doubted else 0
        rows = self._db.all(
            _LIST,
            digits=f"%{digits}%" if digits or number else None,
            hash=self._reputations.hash(number),
            pranks=fewest,
            limit=-1 if doubted else limit,
        )
        held = self._standings([row["hash"] for row in rows], now, rules)
        numbers = [row | {"score": held[row["hash"]].score, "doubt": held[row["hash"]].doubt} for row in rows]
        if not doubted:
            return numbers
        return sorted((row for row in numbers if row["doubt"]), key=lambda row: -row["score"])[:limit]

    def _standings(self, hashes: list[str], now: datetime, rules: ScreeningRules) -> dict[str, Standing]:
        by_hash: dict[str, list[Verdict]] = defaultdict(list)
        for row in self._db.all(_PRESENT, hashes=json.dumps(hashes)):
            by_hash[row["hash"]].append(Verdict(row["verdict"], from_text(row["called_at"])))
        return {digest: standing(by_hash[digest], Briefs(), now, rules) for digest in hashes}

    def show(self, caller: str, now: datetime, rules: ScreeningRules) -> Row:
        """One number whole: reputation, every verdict ever given (newest first), its calls; NotFound when unknown."""
        digest, number = self.resolve(caller)
        held = self._reputations.standing(number, None, now, rules)
        if number is None:
            held = self._standings([digest or ""], now, rules)[digest or ""]
        counts = {word: getattr(held, word) for word in VERDICTS}
        return {
            "hash": digest,
            "number": number,
            "score": held.score,
            "doubt": held.doubt,
            "flood": held.flood,
            **counts,
            "verdicts": self._db.all(_VERDICTS, hash=digest, number=number),
            "calls": [row | {"sampled": bool(row["sampled"])} for row in self._db.all(_CALLS, number=number)],
        }

    def correct(
        self, now: datetime, caller: str, verdict: str, actor: Actor, reason: str, ticket: str | None = None
    ) -> int:
        """Change every verdict on a number's calls (or that on one ticket) to another; returns how many changed.

        Tickets follow in kind, closed ones stay closed. The reason is kept with each of them.
        """
        if not reason.strip():
            raise InvalidInput("isian reason koreksi harus berisi alasan")
        digest, number = self.resolve(caller)
        with self._db.ensured_write():
            wrong = self._db.all(_TO_CORRECT, hash=digest, number=number, verdict=verdict)
            tickets = [row["ticket"] for row in wrong if ticket in (None, row["ticket"])]
            for corrected in tickets:
                self._reputations.judge(now, corrected, verdict, actor, reason=reason.strip(), reopen=False)
        return len(tickets)

    def erase(self, now: datetime, caller: str, actor: Actor, reason: str) -> int:
        """Erase a number from calls, tickets, callbacks, verdicts and the journal; returns how many calls had it.

        Its verdicts keep the hash, so that the score goes on. Conflict while somebody still has to call it back or to
        do something about its report.
        """
        digest, number = self.resolve(caller)
        if number is None:
            raise Conflict("nomor ini sudah dihapus")
        with self._db.ensured_write():
            rows = self._db.all(_IDS, number=number)
            tickets = [row["ticket"] for row in rows]
            tickets += [row["number"] for row in self._db.all(_TYPED, tail=number[3:])]
            needed = self._db.one(_STILL_NEEDED, tickets=json.dumps(tickets))
            if needed is not None and needed["held_at"]:
                raise Conflict(f"nomor ini ada di tiket {needed['number']} yang ditahan")
            if needed is not None:
                raise Conflict(f"nomor ini masih dipakai tiket {needed['number']} yang belum selesai")
            self.blank([row["id"] for row in rows], tickets)
            self._db.run("UPDATE verdicts SET number = NULL WHERE number = :number", number=number)
            data = {"hash": (digest or "")[:12], "calls": len(rows), "reason": reason}
            self._journal.append(now, "number.erased", actor, data=data)
        return len(rows)

    def erase_old(self, now: datetime, before: datetime, after: str = "", limit: int = 200) -> tuple[int, str | None]:
        """Erase the numbers of finished calls before a moment, one batch; returns how many, and where the next batch
        begins.

        Hand the second value back as `after`; None: that was all. Tickets that somebody still works on keep theirs.
        """
        bounds = {"before": to_text(before), "limit": limit}
        with self._db.ensured_write():
            rows = self._db.all(_OLD, after=after, erased=ERASED, **bounds)
            web = [] if after else [row["number"] for row in self._db.all(_OLD_WEB, **bounds)]
            self.blank([row["id"] for row in rows], [row["ticket"] for row in rows] + web)
            if rows or web:
                data = {"calls": len(rows), "tickets": len(rows) + len(web), "before": to_text(before)}
                self._journal.append(now, "number.expired", Actor("process", "retention"), data=data)
        return len(rows) + len(web), rows[-1]["arrived_at"] if len(rows) == limit else None

    def blank(self, calls: list[str], tickets: list[str]) -> None:
        """Remove the number from these calls and tickets, in the caller's transaction."""
        for sql in _ERASE_CALLS:
            values = {"erased": ERASED} if ":erased" in sql else {}
            self._db.run(sql, calls=json.dumps(calls), **values)
        for sql in _ERASE_TICKETS:
            self._db.run(sql, tickets=json.dumps(tickets))

    def resolve(self, caller: str) -> tuple[str | None, str | None]:
        """Resolve `caller` to hash and number; the number is None where only its hash is left."""
        if caller.startswith("#") or len(caller) == _HASH_LENGTH:
            return self._of_hash(caller.removeprefix("#"))
        digest = self._reputations.hash(caller)
        if self._db.one("SELECT 1 FROM calls WHERE number = :number", number=caller) is not None:
            return digest, caller
        row = self._db.one(_NUMBER, hash=digest)
        if row is None or not row["n"]:
            raise NotFound(f"nomor {caller} tidak ada: belum pernah menelepon, atau sudah dihapus tanpa putusan")
        return digest, row["number"]

    def _of_hash(self, start: str) -> tuple[str, str | None]:
        """The one number whose hash begins so."""
        rows = self._db.all(_STARTING, start=start, end=start + "g") if start else []
        if not rows:
            raise NotFound(f"nomor #{start[:12]} tidak ada")
        if len(rows) > 1:
            raise Conflict(f"ada beberapa nomor yang sidiknya diawali #{start[:12]}; tulis lebih panjang")
        return rows[0]["hash"], rows[0]["number"]
