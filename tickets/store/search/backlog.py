"""The tickets and calls that a store held before its index: taken up in slices, newest first.

A slice is one transaction with the mark up to which it has come, so that a kill between two loses nothing. What is
written meanwhile enters the index at once, whichever side of the mark it is on; its turn finds it there and adds the
rest.
"""

from collections.abc import Sequence

from tickets.model import Row
from tickets.store.connection import Connection
from tickets.store.search.notes import REPORT, Notes
from tickets.store.search.sources import TYPED, last_digits
from tickets.store.search.text_index import TEXTS, TextIndex, words_in

# Reads up to which ticket, and up to which call, the index reaches; '' when it reaches all.
_AT = "SELECT older_than, calls_until, call, total, done FROM search_progress WHERE id = 1"
# Counts the tickets that are to be taken up.
_TOTAL = "SELECT count(*) FROM tickets WHERE number < :older_than"
# Notes how many there were at the beginning.
_COUNTED = "UPDATE search_progress SET total = done + :left WHERE id = 1 AND total IS NULL"
# Reads the newest tickets that are not in the index yet.
_OLDER = f"""SELECT number, {", ".join(TEXTS)} FROM tickets WHERE number < :older_than
    ORDER BY number DESC LIMIT :limit"""
# Adds the facts of the tickets between two numbers.
_FACTS = """INSERT INTO search_facts (ticket, created_at, status, category, kecamatan, operator, talked_with, outcome)
    SELECT t.number, t.created_at, t.status, t.category, t.kecamatan, t.operator, c.operator, c.outcome
    FROM tickets t LEFT JOIN calls c ON c.id = t.call WHERE t.number >= :low AND t.number < :high
    ON CONFLICT (ticket) DO NOTHING"""
# Adds the numbers that were typed into them.
_TYPED = f"""INSERT INTO search_numbers (tail, ticket, call, number)
    SELECT {last_digits(TYPED)}, d.number, '', {TYPED} FROM tickets d
    WHERE d.number >= :low AND d.number < :high AND d.reporter_number IS NOT NULL ON CONFLICT DO NOTHING"""
# Adds their agencies.
_SENT = """INSERT INTO search_agencies (opd, ticket) SELECT opd, ticket FROM assignments
    WHERE ticket >= :low AND ticket < :high ON CONFLICT DO NOTHING"""
# Notes how far the tickets reach now.
_REACHED = "UPDATE search_progress SET older_than = :older_than, done = done + :n WHERE id = 1"
# Reads the newest calls whose numbers are not in the index yet.
_CALLS = f"""SELECT d.id, d.arrived_at, d.ticket, d.number, {last_digits("d.number")} AS tail FROM calls d
    WHERE d.arrived_at <= :calls_until AND (d.arrived_at < :calls_until OR d.id < :call)
    ORDER BY d.arrived_at DESC, d.id DESC LIMIT :limit"""
# Adds a call's number.
_CALLED = """INSERT INTO search_numbers (tail, ticket, call, number) VALUES (:tail, :ticket, :id, :number)
    ON CONFLICT DO NOTHING"""
# Notes how far the calls reach now.
_CALLS_REACHED = "UPDATE search_progress SET calls_until = :calls_until, call = :call WHERE id = 1"


class Backlog:
    """Tickets and calls that the index does not have yet."""

    def __init__(self, connection: Connection, index: TextIndex, notes: Notes) -> None:
        self._db = connection
        self._index = index
        self._notes = notes

    def progress(self) -> Row | None:
        """Progress (`older_than done total`; `total` is None until it was counted); None when nothing is left."""
        row = self._db.all(_AT)[0]
        if not row["older_than"] and not row["calls_until"]:
            return None
        return {name: row[name] for name in ("older_than", "done", "total")}

    def left(self) -> int:
        """Count the tickets that are to be taken up: a read of some tenths of a second in a store of years."""
        older_than = self._db.all(_AT)[0]["older_than"]
        return int(self._db.run(_TOTAL, older_than=older_than).fetchone()[0])

    def counted(self, left: int) -> None:
        """Note that so many were left, where nobody has yet."""
        with self._db.ensured_write():
            self._db.run(_COUNTED, left=left)

    def take(self, limit: int) -> int:
        """Take up so many of the newest tickets, and of the newest calls; returns how many, 0 when nothing is left."""
        with self._db.ensured_write():
            at = self._db.all(_AT)[0]  # under the lock: another process may take slices, too
            return self._take_tickets(at, limit) + self._take_calls(at, limit)

    def _take_tickets(self, at: Row, limit: int) -> int:
        if not at["older_than"]:
            return 0
        rows = self._db.all(_OLDER, older_than=at["older_than"], limit=limit)
        if rows:
            self._add_words(rows)
            for sql in (_FACTS, _TYPED, _SENT):
                self._db.run(sql, low=rows[-1]["number"], high=at["older_than"])
        reached = rows[-1]["number"] if len(rows) == limit else ""
        self._db.run(_REACHED, older_than=reached, n=len(rows))
        return max(1, len(rows))

    def _add_words(self, rows: Sequence[Row]) -> None:
        postings = [
            (word, row["number"], source)
            for row in rows
            for source, words in {REPORT: words_in(row), **self._notes.words(row["number"])}.items()
            for word in words
        ]
        if not self._index.add_new(postings):  # some were written meanwhile
            self._index.add(postings)

    def _take_calls(self, at: Row, limit: int) -> int:
        if not at["calls_until"]:
            return 0
        rows = self._db.all(_CALLS, calls_until=at["calls_until"], call=at["call"], limit=limit)
        self._db.many(_CALLED, [row for row in rows if row["number"] is not None])
        last = rows[-1] if len(rows) == limit else {"arrived_at": "", "id": "~"}
        self._db.run(_CALLS_REACHED, calls_until=last["arrived_at"], call=last["id"])
        return max(1, len(rows))
