"""Verdicts on calls and the reputation they give a number, counted by a keyed hash that outlives the number itself."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ivr.screening_rules import ScreeningRules
from tickets.errors import Conflict, InvalidInput
from tickets.model import Actor, Row, from_text, to_text
from tickets.screening.reputation import (
    VERDICTS,
    Briefs,
    Standing,
    Verdict,
    fingerprint,
    forgotten_before,
    key_name,
    standing,
)
from tickets.store.connection import Connection
from tickets.store.journal import Journal
from tickets.store.tickets import Tickets

# Reads the newest verdicts on a number, which are enough: more than these weigh the same way.
_OF_HASH = """SELECT verdict, called_at FROM verdicts
    WHERE hash = :hash AND hash IS NOT NULL AND replaced_at IS NULL AND called_at >= :since
    ORDER BY called_at DESC LIMIT 100"""
# Counts a number's brief calls in the flood window, up to the limit. Brief: over sooner after the arrival than a talk
# takes (a live call has not lasted yet). Calls that a crash cut are nobody's flood.
_BRIEF_OF_NUMBER = """SELECT count(*) FROM (SELECT 1 FROM calls
    WHERE number = :number AND number IS NOT NULL AND arrived_at >= :since AND lasted_s < :brief_s
    AND outcome IS NOT 'cut' LIMIT :limit)"""
# Counts those of a trunk.
_BRIEF_OF_TRUNK = """SELECT count(*) FROM (SELECT 1 FROM calls
    WHERE trunk = :trunk AND trunk IS NOT NULL AND arrived_at >= :since AND lasted_s < :brief_s
    AND outcome IS NOT 'cut' LIMIT :limit)"""
# Reads the verdict that counts for a ticket.
_OF_TICKET = "SELECT * FROM verdicts WHERE ticket = :ticket AND replaced_at IS NULL"
# Reads number and arrival of the judged call.
_CALL = "SELECT number, arrived_at FROM calls WHERE id = :call"
# Notes that a verdict was replaced; it stays in the history.
_REPLACE = "UPDATE verdicts SET replaced_at = :at WHERE id = :id"
# Lets a replaced verdict count again.
_REVIVE = "UPDATE verdicts SET replaced_at = NULL WHERE id = :id"
# Adds a verdict.
_INSERT = """INSERT INTO verdicts (ticket, call, number, hash, key, verdict, called_at, at, by, reason, replaces)
    VALUES (:ticket, :call, :number, :hash, :key, :verdict, :called_at, :at, :by, :reason, :replaces)"""
# Lists verdicts that were hashed under another key and still have their number.
_OTHER_KEY = "SELECT id, number FROM verdicts WHERE number IS NOT NULL AND key IS NOT :key LIMIT :limit"
# Hashes one of them anew.
_REHASH = "UPDATE verdicts SET hash = :hash, key = :key WHERE id = :id"
# Counts verdicts that no key can count any more: another key, and the number is erased.
_LOST = """SELECT count(*) FROM verdicts
    WHERE number IS NULL AND hash IS NOT NULL AND key IS NOT :key AND replaced_at IS NULL"""

# Counts verdicts that count under the present key alone, because their number is erased.
_ERASED = """SELECT count(*) FROM verdicts
    WHERE number IS NULL AND hash IS NOT NULL AND key IS :key AND replaced_at IS NULL"""

_ROWS = 60  # of a ticket's journal: what may be taken back is seconds old


class Reputations:
    """Verdicts; `key()` makes the hashes. Without it numbers have no reputation until `rekey` has run with one."""

    def __init__(self, connection: Connection, journal: Journal, tickets: Tickets, key: Callable[[], str]) -> None:
        self._db = connection
        self._journal = journal
        self._tickets = tickets
        self._find_key = key

    @property
    def _key(self) -> str:
        return self._find_key()

    @property
    def key_name(self) -> str | None:
        """Name of the present key beside its hashes; None without a key."""
        return key_name(self._key) if self._key else None

    def hash(self, number: str | None) -> str | None:
        """The hash under which a number is remembered; None without a number or a key."""
        return fingerprint(self._key, number) if number and self._key else None

    def standing(self, number: str | None, trunk: str | None, now: datetime, rules: ScreeningRules) -> Standing:
        """Compute a caller's present reputation: score of the number, floods of number and trunk, doubt."""
        rows = self._db.run(_OF_HASH, hash=self.hash(number), since=to_text(forgotten_before(now, rules)))
        verdicts = [Verdict(word, from_text(called_at)) for word, called_at in rows]
        return standing(verdicts, self._briefs(number, trunk, now, rules), now, rules)

    def _briefs(self, number: str | None, trunk: str | None, now: datetime, rules: ScreeningRules) -> Briefs:
        since = to_text(now - timedelta(seconds=rules.flood_within_s))
        window = {"since": since, "brief_s": rules.flood_short_s}
        of_number = self._db.run(_BRIEF_OF_NUMBER, number=number, limit=rules.flood_calls, **window).fetchone()[0]
        of_trunk = self._db.run(_BRIEF_OF_TRUNK, trunk=trunk, limit=rules.flood_trunk_calls, **window).fetchone()[0]
        return Briefs(of_number, of_trunk)

    def of_ticket(self, ticket: str) -> Row | None:
        """The verdict that counts for a ticket's call, or None."""
        return self._db.one(_OF_TICKET, ticket=ticket)

    def judge(
        self, now: datetime, ticket: str, verdict: str, actor: Actor, *, reason: str | None = None, reopen: bool = True
    ) -> Row:
        """Give a verdict on a ticket's call, in place of an earlier one; the ticket follows it.

        Conflict while an agency works on a ticket that the verdict would close. `reopen` False leaves a closed ticket
        closed (a correction long afterwards). The same verdict again changes nothing.
        """
        if verdict not in VERDICTS:
            raise InvalidInput(f"putusan {verdict!r} tidak dikenal; yang ada: {', '.join(VERDICTS)}")
        with self._db.ensured_write():
            row, before = self._tickets.get(ticket), self.of_ticket(ticket)
            self._tickets.judged(now, ticket, verdict, actor, reopen=reopen)
            if before is None or before["verdict"] != verdict:
                self._insert(now, row, verdict, actor, reason, before)
                data = {"verdict": verdict, "before": before["verdict"] if before else None}
                data |= {"kind": row["kind"], "status": row["status"]}
                data |= {"reason": reason} if reason else {}
                self._journal.append(now, "ticket.judged", actor, call=row["call"], ticket=ticket, data=data)
            present = self.of_ticket(ticket)
            assert present is not None
            return present

    def take_back(self, now: datetime, ticket: str, actor: Actor, since: datetime) -> str | None:
        """Take back the verdict that this person gave since a moment; returns the one that counts again, if any.

        The ticket is of its former kind, and open where the verdict had closed it. Conflict where it is another's, or
        older, or the ticket has changed since."""
        with self._db.ensured_write():
            present, row = self.of_ticket(ticket), self._tickets.get(ticket)
            rows = self._journal.told_of_ticket(ticket, _ROWS)
            judged = [each for each in rows if each["kind"] == "ticket.judged"]
            if present is None or present["by"] != actor.name or present["at"] < to_text(since) or not judged:
                raise Conflict("tidak ada penilaian Anda dari beberapa detik terakhir yang bisa diurungkan")
            before = judged[-1]["data"]
            self._db.run(_REPLACE, id=present["id"], at=to_text(now))
            if present["replaces"] is not None:
                self._db.run(_REVIVE, id=present["replaces"])
            former = self.of_ticket(ticket)
            data = {"verdict": present["verdict"], "now": former["verdict"] if former else None}
            self._journal.append(now, "ticket.unjudged", actor, call=row["call"], ticket=ticket, data=data)
            self._tickets.unjudged(now, row, before["kind"], before["status"], actor)
            return former["verdict"] if former else None

    def _insert(
        self, now: datetime, ticket: Row, verdict: str, actor: Actor, reason: str | None, before: Row | None
    ) -> None:
        call = self._db.one(_CALL, call=ticket["call"]) or {"number": None, "arrived_at": ticket["created_at"]}
        known = (call["number"], self.hash(call["number"]), self.key_name if call["number"] else None)
        if before is not None:
            self._db.run(_REPLACE, id=before["id"], at=to_text(now))
            if call["number"] is None:  # erased meanwhile: the hash of the former verdict stays
                known = (None, before["hash"], before["key"])
        self._db.run(
            _INSERT,
            ticket=ticket["number"],
            call=ticket["call"],
            number=known[0],
            hash=known[1],
            key=known[2],
            verdict=verdict,
            called_at=call["arrived_at"],
            at=to_text(now),
            by=actor.name,
            reason=reason,
            replaces=before["id"] if before else None,
        )

    def rekey(self, now: datetime, limit: int = 500) -> int:
        """Hash verdicts anew that were made under another key (or none) and still have their number; returns how
        many."""
        if not self._key:
            return 0
        with self._db.ensured_write():
            rows = self._db.all(_OTHER_KEY, key=self.key_name, limit=limit)
            for row in rows:
                self._db.run(_REHASH, id=row["id"], hash=self.hash(row["number"]), key=self.key_name)
            if rows:
                data = {"key": self.key_name, "rehashed": len(rows), "lost": self.lost()}
                self._journal.append(now, "number.rekeyed", Actor("process", "store"), data=data)
        return len(rows)

    def erased(self) -> int:
        """Verdicts that count under the present key alone: their number is erased, so nothing can hash it anew."""
        return int(self._db.run(_ERASED, key=self.key_name).fetchone()[0])

    def lost(self) -> int:
        """Verdicts that count no more: made under another key, and their number is erased."""
        return int(self._db.run(_LOST, key=self.key_name).fetchone()[0]) if self._key else 0
