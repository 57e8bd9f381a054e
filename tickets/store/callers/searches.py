"""Searches for tickets: by their number, by their caller's number, by words.

Nothing but the rows themselves is read, so what is erased from them cannot be found again."""

from dataclasses import dataclass
from datetime import datetime

from tickets.errors import InvalidInput
from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal

MOST_WORDS = 6
SNIPPET = 120  # characters
_COLUMNS = "t.number, t.call, t.created_at, t.kind, t.category, t.status, t.operator, t.kecamatan, t.desa, t.address"
_COLUMNS += ", t.description"
_FILTERS = "t.created_at >= :first AND t.created_at < :last AND (:state IS NULL OR t.status = :state)"
# Finds tickets by the beginning of their number, newest first, by the key.
_BY_TICKET = f"""SELECT {_COLUMNS} FROM tickets t WHERE t.number >= :low AND t.number < :high AND {_FILTERS}
    ORDER BY t.number DESC LIMIT :limit"""
# Finds the tickets of a caller's number, newest first, by the index of the calls.
_BY_PHONE = f"""SELECT {_COLUMNS} FROM calls c JOIN tickets t ON t.number = c.ticket
    WHERE c.number = :phone AND {_FILTERS} ORDER BY c.arrived_at DESC LIMIT :limit"""
_TEXT = """lower(coalesce(t.description, '') || ' ' || coalesce(t.address, '') || ' ' || coalesce(t.desa, '') || ' ' ||
    coalesce(t.kecamatan, '') || ' ' || coalesce(t.category, '') || ' ' || coalesce(t.reporter_name, ''))"""
_WORDS = " AND ".join(rf"{_TEXT} LIKE :word{n} ESCAPE '\'" for n in range(MOST_WORDS))
# Finds tickets of some days that have all of these words, newest first; only those days are read.
_BY_WORDS = f"""SELECT {_COLUMNS} FROM tickets t WHERE {_FILTERS} AND {_WORDS}
    ORDER BY t.created_at DESC LIMIT :limit"""
# Lists the agencies that have or had a ticket.
_AGENCIES = "SELECT DISTINCT opd FROM assignments WHERE ticket = :ticket ORDER BY opd"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search: one of `ticket` (the beginning of a number), `phone` (E.164) or `words`, and what limits it."""

    first: datetime
    last: datetime
    limit: int
    state: str | None = None
    ticket: str | None = None
    phone: str | None = None
    words: tuple[str, ...] = ()


class Searches:
    """Hits, newest first; each search is a row of the journal that names the tickets that were shown."""

    def __init__(self, connection: Connection, journal: Journal) -> None:
        self._db = connection
        self._journal = journal

    def find(self, now: datetime, wanted: Wanted, actor: Actor) -> Row:
        """Search as `by` (`ticket`, `phone`, `words`): `hits`, and in `more` whether there are others.

        InvalidInput for too many words. The journal keeps no text that was typed: it may be somebody's number."""
        by, rows = self._rows(wanted)
        hits = [self._hit(row, wanted.words) for row in rows[: wanted.limit]]
        data = {"by": by, "tickets": [hit["ticket"] for hit in hits]}
        with self._db.ensured_write():
            self._journal.append(now, "search.made", actor, data=data)
        return {"by": by, "hits": hits, "more": len(rows) > wanted.limit}

    def _rows(self, wanted: Wanted) -> tuple[str, list[Row]]:
        values = {"first": to_text(wanted.first), "last": to_text(wanted.last), "state": wanted.state}
        limit = wanted.limit + 1
        if wanted.ticket:
            low, high = wanted.ticket, wanted.ticket + "\uffff"
            return "ticket", self._db.all(_BY_TICKET, low=low, high=high, limit=limit, **values)
        if wanted.phone:
            return "phone", self._db.all(_BY_PHONE, phone=wanted.phone, limit=limit, **values)
        if len(wanted.words) > MOST_WORDS:
            raise InvalidInput(f"isian TEXT berisi {len(wanted.words)} kata, paling banyak {MOST_WORDS}")
        patterns = [_pattern(word) for word in wanted.words] + ["%"] * (MOST_WORDS - len(wanted.words))
        words = {f"word{n}": pattern for n, pattern in enumerate(patterns)}
        return "words", self._db.all(_BY_WORDS, limit=limit, **values, **words)

    def _hit(self, row: Row, words: tuple[str, ...]) -> Row:
        return {
            "type": "ticket",
            "ticket": row["number"],
            "call": row["call"],
            "at": row["created_at"],
            "kind": row["kind"],
            "category": row["category"],
            "state": row["status"],
            "agencies": [agency["opd"] for agency in self._db.all(_AGENCIES, ticket=row["number"])],
            "operator": row["operator"],
            "place": {name: row[name] for name in ("kecamatan", "desa", "address")},
            "snippet": _snippet(row["description"] or "", words),
        }


def _pattern(word: str) -> str:
    """A word as LIKE matches it anywhere, its own signs taken as they stand."""
    for sign in "\\%_":
        word = word.replace(sign, f"\\{sign}")
    return f"%{word.lower()}%"


def _snippet(text: str, words: tuple[str, ...]) -> str:
    """The part of a story that begins a little before the first word, in one line."""
    line = " ".join(text.split())
    places = [place for word in words if (place := line.lower().find(word.lower())) >= 0]
    start = max(0, min(places, default=0) - SNIPPET // 3)
    return f"{'…' if start else ''}{line[start : start + SNIPPET]}{'…' if len(line) > start + SNIPPET else ''}"
