"""The words of every report, each with the tickets that have it: two ordinary tables, kept by the writes themselves.

A ticket's words change in the transaction that changes its text, so that an erased word is gone from the index with
it. What a store held before it had an index is taken up by `index_older`, newest first; until a ticket's turn comes,
changes of its text leave the index alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tickets.model import Row
from tickets.store.connection import Connection
from tickets.store.search.words import distinct, errors_allowed, errors_between, root, sound, words_of

# fields of a ticket whose words are indexed
TEXTS = ("description", "address", "desa", "kecamatan", "category", "reporter_name")
SHORTEST_BEGINNING = 3
MOST_SPELLINGS = 12
MOST_GUESSES = 3
_ROOT_LENGTH = 4

# Reads up to which ticket the index reaches; '' when it reaches all.
_PROGRESS = "SELECT older_than, total, done FROM search_progress WHERE id = 1"
# Reads the newest tickets that are not in the index yet.
_OLDER = f"""SELECT number, {", ".join(TEXTS)} FROM tickets WHERE number < :older_than
    ORDER BY number DESC LIMIT :limit"""
# Notes how far the index reaches now.
_REACHED = "UPDATE search_progress SET older_than = :older_than, done = done + :n WHERE id = 1"
# Finds a word's id.
_WORD = "SELECT id FROM search_words WHERE word = :word"
# Adds a word that no report had before.
_NEW_WORD = "INSERT INTO search_words (word, root, sound, reports) VALUES (:word, :root, :sound, 0) RETURNING id"
# Adds a ticket to a word.
_POST = "INSERT INTO search_postings (word, ticket) VALUES (:word, :ticket) ON CONFLICT DO NOTHING"
# Takes a ticket from a word.
_UNPOST = "DELETE FROM search_postings WHERE word = :word AND ticket = :ticket"
# Counts a word's tickets on or back.
_COUNT = "UPDATE search_words SET reports = reports + :n WHERE id = :word"
# Forgets a word that no report has any more: it may have been somebody's name.
_FORGET = "DELETE FROM search_words WHERE id = :word AND reports = 0"
# Lists the most frequent words that begin so.
_BEGINNING = """SELECT id, word, reports FROM search_words WHERE word >= :low AND word < :high
    ORDER BY reports DESC LIMIT :limit"""
# Lists the most frequent words of a root.
_SAME_ROOT = "SELECT id, word, reports FROM search_words WHERE root = :root ORDER BY reports DESC LIMIT :limit"
# Lists the most frequent words that sound alike.
_SAME_SOUND = "SELECT id, word, reports FROM search_words WHERE sound = :sound ORDER BY reports DESC LIMIT :limit"


@dataclass(frozen=True, slots=True)
class Term:
    """A searched word: the ids of the words that it stands for, and what was looked for `instead` of a misspelling."""

    typed: str
    ids: tuple[int, ...]
    instead: tuple[str, ...] = ()


class TextIndex:
    """Words of tickets' texts (`TEXTS`); `changed` is called by whoever writes one of those, in its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def changed(self, number: str, before: Mapping[str, str | None], after: Mapping[str, str | None]) -> None:
        """Follow a ticket's text from `before` to `after`; only the words that differ are written."""
        if all(before[name] == after[name] for name in TEXTS) or number < self.older_than():
            return
        old, new = _words(before), _words(after)
        with self._db.ensured_write():
            self._remove(number, old - new)
            ids: dict[str, int] = {}
            for word, count in self._add(number, new - old, ids).items():
                self._db.run(_COUNT, word=word, n=count)

    def _add(self, number: str, words: Iterable[str], ids: dict[str, int]) -> Counter[int]:
        added: Counter[int] = Counter()
        for word in sorted(words):
            if word not in ids:
                ids[word] = self._id(word)
            added[ids[word]] += self._db.run(_POST, word=ids[word], ticket=number).rowcount
        return added

    def _id(self, word: str) -> int:
        row = self._db.one(_WORD, word=word)
        if row is None:
            return int(self._db.run(_NEW_WORD, word=word, root=root(word), sound=sound(word)).fetchone()[0])
        return int(row["id"])

    def _remove(self, number: str, words: Iterable[str]) -> None:
        for word in sorted(words):
            row = self._db.one(_WORD, word=word)
            if row is not None and self._db.run(_UNPOST, word=row["id"], ticket=number).rowcount:
                self._db.run(_COUNT, word=row["id"], n=-1)
                self._db.run(_FORGET, word=row["id"])

    def older_than(self) -> str:
        """Tickets whose number is less are not in the index yet; "" when all are."""
        return str(self._db.run(_PROGRESS).fetchone()[0])

    def progress(self) -> Row | None:
        """Progress of the index while it is being made (`older_than done total`); None when it is whole."""
        row = self._db.one(_PROGRESS)
        return row if row and row["older_than"] else None

    def index_older(self, limit: int) -> int:
        """Take up the newest tickets that are not in the index yet; returns how many, 0 when it is whole."""
        older_than = self.older_than()
        if not older_than:
            return 0
        with self._db.ensured_write():
            rows = self._db.all(_OLDER, older_than=older_than, limit=limit)
            ids: dict[str, int] = {}
            counts: Counter[int] = Counter()
            for row in rows:
                counts += self._add(row["number"], _words(row), ids)
            for word, count in sorted(counts.items()):
                self._db.run(_COUNT, word=word, n=count)
            reached = rows[-1]["number"] if len(rows) == limit else ""
            self._db.run(_REACHED, older_than=reached, n=len(rows))
        return len(rows)

    def term(self, word: str) -> Term:
        """The words that a searched word (as `words_of` gives it) stands for.

        Itself, those that begin with it, and those of its root; where there are none, those that it misspells."""
        rows = self._db.all(_BEGINNING, low=word, high=word + "\U0010ffff", limit=MOST_SPELLINGS) if _long(word) else []
        rows += self._db.all(_BEGINNING, low=word, high=word + "\0", limit=1)
        if word.isalpha() and len(stem := root(word)) >= _ROOT_LENGTH:
            rows += self._db.all(_SAME_ROOT, root=stem, limit=MOST_SPELLINGS)
        if rows:
            rows.sort(key=lambda row: (row["word"] != word, -row["reports"]))
            return Term(word, tuple(dict.fromkeys(row["id"] for row in rows))[:MOST_SPELLINGS])
        guesses = self._guesses(word)
        return Term(word, tuple(row["id"] for row in guesses), tuple(row["word"] for row in guesses))

    def _guesses(self, word: str) -> list[Row]:
        """The nearest words to one that no report has, the most frequent first."""
        most = errors_allowed(word)
        if not most:
            return []
        rows = self._db.all(_SAME_SOUND, sound=sound(word), limit=50)
        rows += self._db.all(_BEGINNING, low=word[:2], high=word[:2] + "\U0010ffff", limit=3000)
        near = {row["word"]: (errors_between(word, row["word"], most), row) for row in rows}
        best = min((errors for errors, _row in near.values()), default=most + 1)
        if best > most:
            return []
        nearest = [row for errors, row in near.values() if errors == best]
        return sorted(nearest, key=lambda row: -row["reports"])[:MOST_GUESSES]


def _long(word: str) -> bool:
    return len(word) >= SHORTEST_BEGINNING and not word.isdigit()


def _words(row: Mapping[str, str | None]) -> frozenset[str]:
    return distinct(words_of(*(row[name] for name in TEXTS)))
