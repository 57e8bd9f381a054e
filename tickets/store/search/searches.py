"""Searches for tickets and their calls: by numbers, by words, by place, category, agency, operator, state, outcome.

Every condition has an index of its own (a source). The thinnest one is walked, newest first, and the others are checked
for each of its tickets, the thinner ones first, in rounds that grow, up to a budget: a search without a hit costs no
more.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, repeat
from operator import itemgetter
from typing import Any

from tickets.model import Actor, Row, to_text
from tickets.store.connection import Connection
from tickets.store.journal import Journal
from tickets.store.search.backlog import Backlog
from tickets.store.search.notes import STAFF, Notes
from tickets.store.search.sources import Source, sources_of
from tickets.store.search.text_index import ROOT_LENGTH, TEXTS, TextIndex
from tickets.store.search.words import fold, root

SNIPPET = 120  # characters
# tickets of the walked source that a round looks at: few at first, since mostly the newest ones are enough
SPANS = (100, 400, 2_000, *[8_000] * 16)
# a page's search begins no further round so long after its own beginning; then it says where to go on
ENOUGH_S = 0.1
SAMPLE = 400  # tickets of a source by which it is judged how thin it is
_CLOCK = 1e-9  # seconds that a round takes at least
_AFTER_ALL = "U"  # every number begins with a T
_COLUMNS = """t.number, t.call, t.created_at, t.kind, t.category, t.status, t.operator, t.kecamatan, t.desa, t.address,
    t.description, t.reporter_name, t.reporter_number, c.display, c.outcome, c.operator AS talked_with,
    (SELECT m.master FROM merges m WHERE m.ticket = t.number) AS master"""
# Words that were typed as they are meant.
NOTHING_ELSE: Mapping[str, tuple[str, ...]] = {}
# Reads what a search shows of a ticket and its call.
_HIT = f"SELECT {_COLUMNS} FROM tickets t LEFT JOIN calls c ON c.id = t.call WHERE t.number = :number"
# Lists the agencies that have or had a ticket.
_AGENCIES = "SELECT DISTINCT opd FROM assignments WHERE ticket = :ticket ORDER BY opd"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search: what limits it; None or nothing where it does not. At most `limit` hits, all `before` a number.

    `ticket` is the beginning of a number, `phone` a whole one (E.164), `digits` the end of one, at least four.
    `reader` is the agency that searches: it finds nothing by notes that are not its own."""

    first: datetime | None
    last: datetime | None
    limit: int
    before: str | None = None
    state: str | None = None
    category: str | None = None
    kecamatan: str | None = None
    agency: str | None = None
    operator: str | None = None
    outcome: str | None = None
    ticket: str | None = None
    phone: str | None = None
    digits: str | None = None
    reader: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """Numbers of tickets, newest first; `next`: where to go on, None at the end; `instead`: guessed words by those that
    were typed; `indexing`: how far the index of words is, where it is not whole."""

    numbers: tuple[str, ...]
    next: str | None = None
    instead: dict[str, tuple[str, ...]] = field(default_factory=dict)
    indexing: Row | None = None


class Searches:
    """Hits, newest first; `note` adds the row of the journal that names the tickets that were shown."""

    def __init__(
        self, connection: Connection, journal: Journal, index: TextIndex, backlog: Backlog, notes: Notes
    ) -> None:
        self._db = connection
        self._journal = journal
        self._index = index
        self._backlog = backlog
        self._notes = notes

    def find(self, wanted: Wanted, *, whole: bool = False) -> Result:
        """Look through as many tickets as a page may wait for, or through all (`whole`); only reads."""
        end = time.monotonic() + ENOUGH_S
        terms = [self._index.term(word) for word in wanted.words]
        backlog = self._backlog.progress()
        indexing = backlog if _relies_on_the_index(wanted) else None
        instead = {term.typed: term.instead for term in terms if term.instead}
        if not all(term.ids for term in terms):
            return Result((), None, instead, indexing)
        sources = sources_of(wanted, terms, whole=backlog is None)
        numbers, next_ = self._walk(wanted, sources, chain(SPANS, repeat(SPANS[-1])) if whole else _bounded(SPANS, end))
        return Result(tuple(numbers), next_, instead, indexing)

    def _walk(self, wanted: Wanted, sources: Sequence[Source], spans: Iterable[int]) -> tuple[list[str], str | None]:
        low, high = _bounds(wanted)
        (driver, *others), few = self._weighed(sources, low, high)
        sql, values = _statement(wanted, driver, others, few=few)
        effort = len(driver.walks) * (1 + sum(len(source.walks) for source in others if source.check) // 8)
        hits = list[str]()
        for span in spans:
            floor = self._floor(driver, low, high, max(1, span // effort))
            bounds = {"low": floor or low, "high": high, "limit": wanted.limit + 1 - len(hits)}
            hits += [row["number"] for row in self._db.all(sql, **bounds, **values)]
            if len(hits) > wanted.limit:
                return hits[:-1], hits[-2]
            if floor is None:
                return hits, None
            high = floor
        return hits, high

    def _weighed(self, sources: Sequence[Source], low: str, high: str) -> tuple[list[Source], bool]:
        """The sources, the thinnest first, and whether that one holds few tickets at all.

        Thin is a source whose tickets are far from each other: those that hold few, and then those of which so many
        reach the furthest back. Of words only the rarest is weighed so; of the others it is known how many texts they
        have."""
        words = sorted((source for source in sources if source.texts is not None), key=lambda word: word.texts or 0)
        rest = [source for source in sources if source.texts is None]
        if len(words[:1] + rest) == 1:
            return words + rest, False
        weights = [(self._density(source, low, high), source) for source in words[:1] + rest]
        weights.sort(key=itemgetter(0))
        return [source for _density, source in weights] + words[1:], not weights[0][0][0]

    def _density(self, source: Source, low: str, high: str) -> tuple[str, int]:
        if source.first:
            return "", -1
        if source.texts is not None and source.texts <= SAMPLE:
            return "", source.texts
        reached = self._floor(source, low, high, max(1, SAMPLE // len(source.walks)))
        if reached is not None:
            return reached, 0
        bounds = {"low": low, "high": high, "most": SAMPLE}
        return "", sum(int(self._db.run(sql, **bounds, **values).fetchone()[0]) for sql, values in source.counts())

    def _floor(self, source: Source, low: str, high: str, span: int) -> str | None:
        """The number down to which a round goes; None where it goes to the end."""
        bounds = {"low": low, "high": high, "span": span}
        rows = [self._db.one(sql, **bounds, **values) for sql, values in source.floors()]
        return max((row["ticket"] for row in rows if row is not None), default=None)

    def hits(
        self,
        numbers: Sequence[str],
        words: tuple[str, ...],
        reader: str | None = None,
        instead: Mapping[str, tuple[str, ...]] = NOTHING_ELSE,
    ) -> list[Row]:
        """Rows that are shown of these tickets; `words`, or those `instead` of them, lead the piece of their story, and
        the note that has them."""
        meant = [_meant(word, instead) for word in words]
        rows = [self._db.one(_HIT, number=number) for number in numbers]
        return [self._hit(row, meant, reader) for row in rows if row is not None]

    def note(self, now: datetime, by: str, numbers: Sequence[str], filters: Sequence[str], actor: Actor) -> None:
        """Journal a search: what it went by and the tickets that were shown; never the text, which may be a name."""
        data = {"by": by, "tickets": list(numbers)} | ({"filters": list(filters)} if filters else {})
        with self._db.ensured_write():
            self._journal.append(now, "search.made", actor, data=data)

    def _note_with(self, row: Row, meant: Sequence[tuple[str, ...]], reader: str | None) -> Row | None:
        """The note by which a ticket may have been found: where its report has not all of the words."""
        report = fold(" ".join(row[name] or "" for name in TEXTS))
        missing = [word for words in meant if not any(word in report for word in words) for word in words]
        noted = self._notes.newest_with(row["number"], missing, reader) if missing else None
        if noted is None:
            return None
        source, text = noted
        return {"agency": None if source == STAFF else source, "text": _snippet(text, tuple(missing))}

    def _hit(self, row: Row, meant: Sequence[tuple[str, ...]], reader: str | None) -> Row:
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
            "snippet": _snippet(row["description"] or "", tuple(chain.from_iterable(meant))),
            "note": self._note_with(row, meant, reader),
            "caller": {"name": row["reporter_name"], "number": row["reporter_number"], "display": row["display"]},
            "outcome": row["outcome"],
            "talked_with": row["talked_with"],
            "master": row["master"],
        }


def _bounded(spans: Iterable[int], end: float) -> Iterator[int]:
    """The rounds of a search that a page waits for; none but the first is longer than the time until `end` allows at
    the pace of the one before.

    A store that is not in memory is a hundred times slower: a whole round of it would take a second."""
    pace = None
    for span in spans:
        began = time.monotonic()
        room = span
        if pace is not None:
            room = min(span, int((end - began) / pace))
            if room < SPANS[0]:
                return
        yield room
        pace = max(time.monotonic() - began, _CLOCK) / room  # seconds a ticket


def _relies_on_the_index(wanted: Wanted) -> bool:
    """Tell whether a search misses what is not indexed yet: all do, except for one by a ticket's number alone."""
    limits = (wanted.state, wanted.category, wanted.kecamatan, wanted.agency, wanted.operator, wanted.outcome)
    days = (wanted.first, wanted.last)
    return wanted.ticket is None or bool(wanted.words) or any(limit is not None for limit in (*limits, *days))


def _statement(wanted: Wanted, driver: Source, others: Sequence[Source], *, few: bool) -> tuple[str, Row]:
    """Selects the tickets of a source that pass everything else; and the values of that."""
    checked = [source for source in (driver, *others) if source is not driver or source.rechecked]
    facts, values = list[str](), dict[str, Any]()
    for source in (driver, *others):
        values |= source.values
    for name, sign, moment in (("first", ">=", wanted.first), ("last", "<", wanted.last)):
        if moment is not None:
            values[name] = to_text(moment)
            facts.append(f"{{f}}.created_at {sign} :{name}")
    return driver.passing(checked, facts, few=few), values


def _bounds(wanted: Wanted) -> tuple[str, str]:
    """The numbers between which the tickets lie: each begins with its day, in whatever zone that is counted."""
    low = f"T-{wanted.first - timedelta(days=1):%Y%m%d}" if wanted.first and wanted.first.year > 1 else ""
    high = f"T-{wanted.last + timedelta(days=2):%Y%m%d}" if wanted.last else _AFTER_ALL
    if wanted.ticket:
        low, high = max(low, wanted.ticket), min(high, wanted.ticket + "\U0010ffff")
    return low, min(high, wanted.before or _AFTER_ALL)


def _meant(word: str, instead: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The texts by which a word is seen: itself, its root, and the words that were looked for instead."""
    stem = root(word)
    return tuple(dict.fromkeys((word, *instead.get(word, ()), *((stem,) if len(stem) >= ROOT_LENGTH else ()))))


def _snippet(text: str, words: tuple[str, ...]) -> str:
    """The part of a story that begins a little before the first word, in one line."""
    line = " ".join(text.split())
    places = [place for word in words if (place := line.lower().find(word.lower())) >= 0]
    start = max(0, min(places, default=0) - SNIPPET // 3)
    return f"{'…' if start else ''}{line[start : start + SNIPPET]}{'…' if len(line) > start + SNIPPET else ''}"
