"""The words of every report and note, each with the tickets that have it: two ordinary tables, kept by the writes.

A ticket's words change in the transaction that changes its text, so that an erased word is gone from the index with
it. What a store held before it had an index is its backlog.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tickets.model import Row
from tickets.store.connection import Connection
from tickets.store.search.notes import REPORT, Notes, source_of
from tickets.store.search.words import distinct, errors_allowed, errors_between, root, sound, words_of

# fields of a ticket whose words are indexed
TEXTS = ("description", "address", "desa", "kecamatan", "category", "reporter_name")
SHORTEST_BEGINNING = 3
MOST_SPELLINGS = 12
MOST_GUESSES = 3
ROOT_LENGTH = 4  # letters of a root by which a word is found, at least

Posting = tuple[str, str, str]  # a word, its ticket, the source of the text that it stands in

# Finds a word's id.
_WORD = "SELECT id FROM search_words WHERE word = :word"
# Adds a word that no report had before.
_NEW_WORD = """INSERT INTO search_words (word, id, root, sound, reports)
    SELECT :word, coalesce((SELECT max(id) FROM search_words), 0) + 1, :root, :sound, 0 RETURNING id"""
# Adds a text of a ticket to a word.
_POST = """INSERT INTO search_postings (word, ticket, source) VALUES (:word, :ticket, :source)
    ON CONFLICT DO NOTHING"""
# Takes it from the word.
_UNPOST = "DELETE FROM search_postings WHERE word = :word AND ticket = :ticket AND source = :source"
# Counts a word's texts on or back.
_COUNT = "UPDATE search_words SET reports = reports + :n WHERE word = :word"
# Forgets a word that no text has any more: it may have been somebody's name.
_FORGET = "DELETE FROM search_words WHERE word = :word AND reports = 0"
# Lists the most frequent words that begin so.
_BEGINNING = """SELECT id, word, reports FROM search_words WHERE word >= :low AND word < :high
    ORDER BY reports DESC LIMIT :limit"""
# Lists the most frequent words that begin so and are as long.
_NEAR = """SELECT id, word, reports FROM search_words WHERE word >= :low AND word < :high
    AND length(word) BETWEEN :shortest AND :longest ORDER BY reports DESC LIMIT :limit"""
# Lists the most frequent words of a root.
_SAME_ROOT = "SELECT id, word, reports FROM search_words WHERE root = :root ORDER BY reports DESC LIMIT :limit"
# Lists the most frequent words that sound alike.
_SAME_SOUND = "SELECT id, word, reports FROM search_words WHERE sound = :sound ORDER BY reports DESC LIMIT :limit"


@dataclass(frozen=True, slots=True)
class Term:
    """A searched word: the ids of the words that it stands for, what was looked for `instead` of a misspelling, and
    in how many texts they stand."""

    typed: str
    ids: tuple[int, ...]
    instead: tuple[str, ...] = ()
    reports: int = 0


class _AlreadyThere(Exception):
    """Some of the words stand in the index."""


class TextIndex:
    """Words of tickets' texts (`TEXTS`) and notes; `changed` is called by whoever writes one of those, in its
    transaction, and `noted` with each row of the journal that has a note."""

    def __init__(self, connection: Connection, notes: Notes) -> None:
        self._db = connection
        self._notes = notes

    def changed(self, number: str, before: Mapping[str, str | None], after: Mapping[str, str | None]) -> None:
        """Follow a ticket's text from `before` to `after`; only the words that differ are written."""
        if all(before[name] == after[name] for name in TEXTS):
            return
        old, new = words_in(before), words_in(after)
        with self._db.ensured_write():
            self._remove(number, REPORT, old - new)
            self.add([(word, number, REPORT) for word in new - old])

    def noted(self, kind: str, actor: object, ticket: str, data: Mapping[str, Any]) -> None:
        """Follow a row of the journal with a note."""
        if (source := source_of(kind, str(actor), data)) is not None:
            with self._db.ensured_write():
                self.add([(word, ticket, source) for word in distinct(words_of(data["note"]))])

    def forget_notes(self, ticket: str) -> None:
        """Forget the words of a ticket's notes, before they are erased in the journal."""
        with self._db.ensured_write():
            for source, words in self._notes.words(ticket).items():
                self._remove(ticket, source, words)

    def add(self, postings: Iterable[Posting]) -> None:
        """Add words of texts, in a transaction; those that stand in the index already are not counted again."""
        new, ids = Counter[str](), dict[str, int]()
        for word, ticket, source in sorted(postings):
            if word not in ids:
                ids[word] = self._id(word)
            new[word] += self._db.run(_POST, word=ids[word], ticket=ticket, source=source).rowcount
        self._count(new)

    def add_new(self, postings: Iterable[Posting]) -> bool:
        """As `add`, much faster, for words that do not stand in the index; False, and nothing added, where some do."""
        rows, new, ids = [], Counter[str](), dict[str, int]()
        for word, ticket, source in sorted(postings):
            if word not in ids:
                ids[word] = self._id(word)
            rows.append({"word": ids[word], "ticket": ticket, "source": source})
            new[word] += 1
        with suppress(_AlreadyThere), self._db.savepoint():
            if self._db.many(_POST, rows) != len(rows):
                raise _AlreadyThere
            self._count(new)
            return True
        return False

    def _count(self, new: Counter[str]) -> None:
        self._db.many(_COUNT, [{"word": word, "n": count} for word, count in sorted(new.items()) if count])

    def _id(self, word: str) -> int:
        row = self._db.one(_WORD, word=word)
        if row is None:
            return int(self._db.run(_NEW_WORD, word=word, root=root(word), sound=sound(word)).fetchone()[0])
        return int(row["id"])

    def _remove(self, number: str, source: str, words: Iterable[str]) -> None:
        for word in sorted(words):
            row = self._db.one(_WORD, word=word)
            if row is not None and self._db.run(_UNPOST, word=row["id"], ticket=number, source=source).rowcount:
                self._db.run(_COUNT, word=word, n=-1)
                self._db.run(_FORGET, word=word)

    def term(self, word: str) -> Term:
        """The words that a searched word (as `words_of` gives it) stands for.

        Itself, those that begin with it, and those of its root; where there are none, those that it misspells."""
        rows = self._db.all(_BEGINNING, low=word, high=word + "\U0010ffff", limit=MOST_SPELLINGS) if _long(word) else []
        rows += self._db.all(_BEGINNING, low=word, high=word + "\0", limit=1)
        if word.isalpha() and len(stem := root(word)) >= ROOT_LENGTH:
            rows += self._db.all(_SAME_ROOT, root=stem, limit=MOST_SPELLINGS)
        if rows:
            rows.sort(key=lambda row: (row["word"] != word, -row["reports"]))
            spellings = list({row["id"]: row for row in rows}.values())[:MOST_SPELLINGS]
            return _term(word, spellings)
        guesses = self._guesses(word)
        return _term(word, guesses, tuple(row["word"] for row in guesses))

    def _guesses(self, word: str) -> list[Row]:
        """The nearest words to one that no report has, the most frequent first."""
        most = errors_allowed(word)
        if not most:
            return []
        rows = self._db.all(_SAME_SOUND, sound=sound(word), limit=50)
        around = {"low": word[:2], "high": word[:2] + "\U0010ffff"}
        rows += self._db.all(_NEAR, **around, shortest=len(word) - most, longest=len(word) + most, limit=3000)
        near = {row["word"]: (errors_between(word, row["word"], most), row) for row in rows}
        best = min((errors for errors, _row in near.values()), default=most + 1)
        if best > most:
            return []
        nearest = [row for errors, row in near.values() if errors == best]
        return sorted(nearest, key=lambda row: -row["reports"])[:MOST_GUESSES]


def _term(typed: str, rows: Sequence[Row], instead: tuple[str, ...] = ()) -> Term:
    return Term(typed, tuple(row["id"] for row in rows), instead, sum(row["reports"] for row in rows))


def _long(word: str) -> bool:
    return len(word) >= SHORTEST_BEGINNING and not word.isdigit()


def words_in(row: Mapping[str, str | None]) -> frozenset[str]:
    """The words of a ticket's texts."""
    return distinct(words_of(*(row[name] for name in TEXTS)))
