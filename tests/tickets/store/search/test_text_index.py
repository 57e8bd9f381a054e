"""The index of words: it follows every write of a text or note."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

import tickets.store
from tickets.errors import Conflict
from tickets.model import Actor, PlannedPush
from tickets.store import Store
from tickets.store.migrations import migrations
from tickets.store.search import text_index
from tickets.store.search.notes import Notes
from tickets.store.search.text_index import MOST_SPELLINGS, TEXTS
from tickets.store.search.words import distinct, words_of

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SITI, REGU = Actor("user", "siti"), Actor("user", "regu")
PUSH = PlannedPush(0, "damkar.siaga", "page", NOW, 60.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "t.db")
    yield store
    store.close()


def ticket(store: Store, **fields: str) -> str:
    number = store.tickets.create(NOW, "20261129", SITI)
    store.tickets.update(NOW, number, fields, SITI)
    return number


def indexed(store: Store) -> dict[str, set[str]]:
    """Words by ticket and, behind a slash, source, as the index has them; each word's count must be right."""
    rows = store.connection.all(
        "SELECT w.word, w.reports, p.ticket, p.source FROM search_words w LEFT JOIN search_postings p ON p.word = w.id"
    )
    words: dict[str, set[str]] = {}
    for row in rows:
        words.setdefault(f"{row['ticket']}/{row['source']}".rstrip("/"), set()).add(row["word"])
        assert row["reports"] == sum(other["word"] == row["word"] for other in rows)
    return words


def as_they_stand(store: Store) -> dict[str, set[str]]:
    """The same, made anew from the tickets and the journal."""
    rows = store.connection.all(f"SELECT number, {', '.join(TEXTS)} FROM tickets")
    words = {row["number"]: set(distinct(words_of(*(row[name] for name in TEXTS)))) for row in rows}
    for number in list(words):
        for source, of_notes in Notes(store.connection).words(number).items():
            words[f"{number}/{source}"] = set(of_notes)
    return {number: its for number, its in words.items() if its}


def test_every_field_is_indexed_and_follows_its_changes(store: Store) -> None:
    """Words come and go with the text, and one that nobody has any more is forgotten."""
    number = ticket(store, **{name: f"kata{place}" for place, name in enumerate(TEXTS)})
    assert indexed(store) == {number: {f"kata{place}" for place in range(len(TEXTS))}}
    for name in TEXTS:
        store.tickets.update(NOW, number, {name: f"Baru {name}"}, SITI)
        assert indexed(store) == as_they_stand(store)
    store.tickets.update(NOW, number, dict.fromkeys(TEXTS), SITI)
    assert store.connection.all("SELECT word FROM search_words") == []


def test_a_refused_write_leaves_the_index_alone(store: Store) -> None:
    """It is part of the write's own transaction."""
    ticket(store, description="api")
    with pytest.raises(Conflict), store.transaction():
        ticket(store, description="air")
        raise Conflict("x")
    assert indexed(store) == as_they_stand(store)


def test_erasure_and_retention_take_the_words_along(store: Store) -> None:
    """A name that only the erased report had stands nowhere any more."""
    number = ticket(store, reporter_name="Rukmini", description="rumah terbakar", kecamatan="Bangsri")
    store.tickets.close(NOW, number, SITI)
    assert store.retention.expire_reports(NOW, NOW + timedelta(days=1)) == 1
    assert indexed(store) == as_they_stand(store) == {number: {"bangsri"}}


def test_only_known_places_write_these_fields() -> None:
    """Whoever writes a ticket's text by another statement must tell the index, too."""
    writes = re.compile(r"(?:UPDATE tickets SET|INSERT INTO tickets)[^\"]*", re.DOTALL)
    writers = set()
    for path in Path(tickets.store.__file__).parent.rglob("*.py"):
        for statement in writes.findall(path.read_text(encoding="utf-8")):
            assigned = statement.partition("WHERE")[0]
            if any(re.search(rf"\b{name}\b", assigned) for name in TEXTS) or "{sets}" in assigned:
                writers.add(path.stem)
    # tickets.update and retention.blank_reports tell it; tickets.create inserts no text
    assert writers <= {"tickets", "retention"}
    assert "reporter_name" in Path(tickets.store.tickets.__file__).read_text(encoding="utf-8")


def test_notes_are_indexed_under_whose_they_are(store: Store) -> None:
    """Each of an agency's, under it; the staff's apart; the machine's own not at all."""
    number = ticket(store, description="api")
    store.assignments.dispatch(NOW, number, "damkar", (PUSH,), 600.0, SITI)
    (assignment,) = store.tickets.report(number)["assignments"]
    store.assignments.noted(NOW, assignment["id"], "butuh tangga", REGU)
    store.assignments.move(NOW, assignment["id"], "diterima", REGU, via="page", note="tangga berangkat")
    store.journal.append(NOW, "ticket.closed", SITI, ticket=number, data={"note": "pelapor tenang"})
    store.journal.append(NOW, "ticket.closed", Actor("call", "c1"), ticket=number, data={"note": "abandoned"})
    store.journal.append(NOW, "assignment.moved", Actor("process", "x"), ticket=number, data={"note": "mesin"})
    assert indexed(store) == as_they_stand(store)
    assert indexed(store) == {
        number: {"api"},
        f"{number}/damkar": {"butuh", "tangga", "berangkat"},
        f"{number}/-": {"pelapor", "tenang"},
    }


def test_erased_notes_take_their_words_along(store: Store) -> None:
    """A name that stood in a note stands nowhere any more, the report's own words stay counted right."""
    number = ticket(store, description="api", kecamatan="Bangsri")
    other = ticket(store, description="tangga")
    for text in ("Rukmini di tangga", "Rukmini pergi ke Bangsri"):
        data = {"opd": "damkar", "note": text}
        store.journal.append(NOW, "assignment.noted", REGU, ticket=number, data=data)
    store.retention.blank_reports([number])
    assert indexed(store) == as_they_stand(store) == {number: {"bangsri"}, other: {"tangga"}}


def test_a_word_stands_for_its_beginning_its_family_and_its_spelling(store: Store) -> None:
    """In this order: misspellings only where nothing else is there."""
    for story in ("kebakaran", "terbakar", "bakaran ikan", "Bangsri", "bangun"):
        ticket(store, description=story)
    words = {row["id"]: row["word"] for row in store.connection.all("SELECT id, word FROM search_words")}

    def meant(word: str) -> tuple[set[str], tuple[str, ...]]:
        term = store.text_index.term(word)
        return {words[id_] for id_ in term.ids}, term.instead

    assert meant("bakar") == ({"bakaran", "kebakaran", "terbakar"}, ())
    assert meant("ban") == ({"bangsri", "bangun"}, ())
    assert meant("ba") == (set(), ())
    assert meant("bangri") == ({"bangsri"}, ("bangsri",))
    assert meant("pangsri") == ({"bangsri"}, ("bangsri",))
    assert meant("xyzzy") == (set(), ())


@pytest.mark.parametrize("name", ["_BEGINNING", "_NEAR"])
def test_words_of_a_beginning_lie_side_by_side(store: Store, name: str) -> None:
    """Their counts with them: without an index from which each word's row is one more page of the file."""
    values = dict.fromkeys(("low", "high", "limit", "shortest", "longest"), 1)
    rows = store.connection.raw.execute(f"EXPLAIN QUERY PLAN {getattr(text_index, name)}", values).fetchall()
    assert rows[0][3] == "SEARCH search_words USING PRIMARY KEY (word>? AND word<?)"


def test_a_word_is_written_by_its_key(store: Store) -> None:
    """One page of the file for each word that a text adds, and no scan for the next number of a new one."""
    for name in ("_WORD", "_COUNT", "_FORGET"):
        values = {"word": "x", "n": 1}
        rows = store.connection.raw.execute(f"EXPLAIN QUERY PLAN {getattr(text_index, name)}", values).fetchall()
        assert [row[3] for row in rows] == ["SEARCH search_words USING PRIMARY KEY (word=?)"], name
    values = dict.fromkeys(("word", "root", "sound"), "x")
    rows = store.connection.raw.execute(f"EXPLAIN QUERY PLAN {text_index._NEW_WORD}", values).fetchall()
    assert "SEARCH search_words USING COVERING INDEX search_words_id" in [row[3] for row in rows]


def test_words_that_have_been_written_before_the_new_order_are_as_they_were(tmp_path: Path) -> None:
    """With their numbers and counts, so that every posting still belongs to its word."""
    former = Migrations(migrations.name)
    former._migrations = [step for step in migrations._migrations if step.name != "0037-words-in-order"]
    rows = [(3, "rumah", "rumah", "rm", 2), (7, "api", "api", "ap", 1)]
    with closing(Database(tmp_path / "old.db")) as database:
        former.apply(database)
        database.conn.executemany("INSERT INTO search_words VALUES (?, ?, ?, ?, ?)", rows)
        database.conn.commit()
    with closing(Store(tmp_path / "old.db")) as store:
        kept = store.connection.raw.execute("SELECT id, word, root, sound, reports FROM search_words").fetchall()
        assert kept == [rows[1], rows[0]]
        ticket(store, description="api air")
        assert store.connection.all("SELECT id, word, reports FROM search_words WHERE word <> 'rumah'") == [
            {"id": 8, "word": "air", "reports": 1},
            {"id": 7, "word": "api", "reports": 2},
        ]


def test_a_beginning_stands_for_so_many_words_at_most(store: Store) -> None:
    """The word itself among them, then the most frequent."""
    ticket(store, description=" ".join(f"kata{chr(97 + n)}" for n in range(20)))
    ticket(store, description="katat kat")
    ids = store.text_index.term("kat").ids
    words = {row["id"]: row["word"] for row in store.connection.all("SELECT id, word FROM search_words")}
    assert len(ids) == MOST_SPELLINGS
    assert [words[id_] for id_ in ids[:2]] == ["kat", "katat"]
