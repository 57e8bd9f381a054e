"""Searches of the store: words, limits, pages, the piece of the story, and what the journal keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tickets.model import Actor, Row
from tickets.store import Store
from tickets.store.search import searches
from tickets.store.search.searches import Wanted
from tickets.store.search.text_index import Term
from tickets.store.search.words import words_of

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SITI = Actor("user", "siti")
STORIES = ("Air naik 100% di gang_3", "Air naik 1000 cm di gangx3", "kata " * 40 + "TENGGELAM di kali " + "ekor " * 40)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three walk-in reports, an hour apart."""
    store = Store(tmp_path / "t.db")
    for n, story in enumerate(STORIES):
        number = store.tickets.create(NOW + timedelta(hours=n), "20261129", SITI)
        store.tickets.update(NOW + timedelta(hours=n), number, {"description": story}, SITI)
    yield store
    store.close()


def searched(store: Store, *words: str, limit: int = 10, first: datetime = NOW, **fields: str) -> list[str]:
    """The last part of the numbers that a search gives."""
    wanted = Wanted(first, NOW + timedelta(days=1), limit, words=tuple(words_of(*words)), **fields)
    return [number[-4:] for number in store.searches.find(wanted).numbers]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("air",), ["0002", "0001"]),
        (("100%",), ["0001"]),
        (("gang_3",), ["0001"]),
        (("cm", "AIR"), ["0002"]),
        (("cm", "100%"), []),
        (("Tenggelam",), ["0003"]),
    ],
)
def test_words(store: Store, words: tuple[str, ...], expected: list[str]) -> None:
    """Newest first; a number is meant as it stands."""
    assert searched(store, *words) == expected


def test_limits(store: Store) -> None:
    """Days and states hold for every kind of search."""
    assert searched(store, "air", limit=1) == ["0002"]
    assert searched(store, "air", first=NOW + timedelta(minutes=30)) == ["0002"]
    assert searched(store, "air", state="done") == []
    assert searched(store, ticket="T-20261129", state="open") == ["0003", "0002", "0001"]
    assert searched(store, ticket="T-20261129-0001", first=NOW + timedelta(minutes=30)) == []


def test_the_piece_of_the_story(store: Store) -> None:
    """Around the first word that it has, and it says on which side there is more."""
    (hit,) = store.searches.hits(["T-20261129-0003"], ("tenggelam",))
    assert "TENGGELAM" in hit["snippet"]
    assert (hit["snippet"][0], hit["snippet"][-1], len(hit["snippet"])) == ("…", "…", 122)


def test_a_look_is_a_row_without_the_text(store: Store) -> None:
    store.searches.note(NOW, "words", ["T-20261129-0003"], ("state",), SITI)
    (row,) = store.journal.after(store.journal.last() - 1)
    assert (row["kind"], row["actor"]) == ("search.made", "user:siti")
    assert row["data"] == {"by": "words", "tickets": ["T-20261129-0003"], "filters": ["state"]}


def many(store: Store, count: int, odd: str = "") -> None:
    """Reports of one hour; every tenth of them is a fire."""
    with store.transaction():
        for n in range(count):
            number = store.tickets.create(NOW, "20261130", SITI)
            store.tickets.update(NOW, number, {"description": f"api {'besar' if n % 10 else odd}"}, SITI)


@pytest.mark.parametrize("limit", [1, 7, 50])
def test_pages_follow_one_another(store: Store, limit: int) -> None:
    """Each ticket once, whatever the size of a page."""
    many(store, 120)
    wanted = Wanted(NOW, NOW + timedelta(days=1), limit, words=("api",))
    numbers: list[str] = []
    while True:
        result = store.searches.find(wanted)
        numbers += result.numbers
        if result.next is None:
            break
        wanted = replace(wanted, before=result.next)
    assert numbers == [f"T-20261130-{n:04d}" for n in range(120, 0, -1)]


def test_a_page_looks_at_so_many_tickets_and_says_where_to_go_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something that hardly any of many tickets has costs a page no more; a search of all of them finds it."""
    many(store, 200)
    store.tickets.update(NOW, "T-20261130-0001", {"category": "kebakaran", "description": "api"}, SITI)
    store.tickets.close(NOW, "T-20261130-0001", SITI)
    monkeypatch.setattr("tickets.store.search.searches.SPANS", (5, 20))
    wanted = Wanted(NOW, NOW + timedelta(days=1), 10, words=("api",), state="done")
    result = store.searches.find(wanted)
    assert (result.numbers, result.next) == ((), "T-20261130-0174")
    assert store.searches.find(wanted, whole=True).numbers == ("T-20261130-0001",)


def test_the_rarer_condition_is_walked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever is asked for first: then a miss is found out by a few lookups."""
    many(store, 60, odd="langka")
    monkeypatch.setattr("tickets.store.search.searches.SPANS", (8,))
    for words in (("api", "langka"), ("langka", "api")):
        result = store.searches.find(Wanted(NOW, NOW + timedelta(days=1), 50, words=words))
        assert (len(result.numbers), result.next) == (6, None)


def test_one_ticket_of_many_is_a_few_steps(store: Store) -> None:
    """Its number bounds the walk from both sides: the tickets before it are not looked at."""
    many(store, 400)
    steps: list[int] = []
    store.connection.raw.set_progress_handler(lambda: steps.append(1), 100)  # instructions of SQLite
    result = store.searches.find(Wanted(NOW, NOW + timedelta(days=1), 50, ticket="T-20261130-0400"))
    store.connection.raw.set_progress_handler(None, 0)
    assert (result.numbers, len(steps) <= 10) == (("T-20261130-0400",), True)


def traced(store: Store, wanted: Wanted) -> list[str]:
    """The statements of a search."""
    statements: list[str] = []
    store.connection.raw.set_trace_callback(statements.append)
    store.searches.find(wanted)
    store.connection.raw.set_trace_callback(None)
    return statements


def test_words_are_not_weighed_by_what_the_index_has_counted_already(store: Store) -> None:
    """Of several words alone nothing is read before the walk; beside a filter the rarest is weighed, and no other."""
    many(store, 30, odd="langka")
    words = Wanted(NOW, NOW + timedelta(days=1), 50, words=("api", "besar", "langka"))
    rare = store.text_index.term("langka").ids[0]
    walked = [sql for sql in traced(store, words) if "search_postings d" in sql]
    assert len(walked) == 2  # where the round ends, and its tickets
    assert all(f"d.word = {rare} " in sql for sql in walked)
    filtered = [sql for sql in traced(store, replace(words, state="done")) if "search_postings d" in sql]
    assert all(f"d.word = {rare} " in sql for sql in filtered)


FACTS = ("category", "kecamatan", "operator", "outcome")


def facts(store: Store, count: int) -> list[Row]:
    """Rows of facts of so many tickets, of which each has one of twelve values in everything, independently."""
    rng = Random(112)
    rows = [{"ticket": f"T-20261130-{n:06d}"} | {name: f"x{rng.randrange(12)}" for name in FACTS} for n in range(count)]
    with store.transaction():
        store.connection.many(
            f"""INSERT INTO search_facts (ticket, created_at, status, {", ".join(FACTS)})
            VALUES (:ticket, '2026-11-30', 'done', :{", :".join(FACTS)})""",
            rows,
        )
    store.connection.fold()
    return rows


def test_many_filters_read_pages_of_their_indexes_and_not_a_row_of_each_ticket(tmp_path: Path, store: Store) -> None:
    """A leaf of an index has more than a hundred tickets, and a slow disk serves pages. Nothing of the store is in
    memory: each page counts."""
    rows = facts(store, 12_000)
    expected = [row["ticket"] for row in rows if row["category"] == row["kecamatan"] == row["operator"] == "x3"]
    with closing(Store(tmp_path / "t.db", migrate=False)) as fresh:
        before = pages_read()
        wanted = Wanted(NOW, NOW + timedelta(days=1), 50, category="x3", kecamatan="x3", operator="x3")
        result = fresh.searches.find(wanted, whole=True)
        assert list(result.numbers) == sorted(expected, reverse=True)
        assert pages_read() - before < 100


def pages_read() -> float:
    """Pages of a store that this thread has read so far, also from the system's memory."""
    counts = dict(line.split(": ") for line in Path("/proc/thread-self/io").read_text().splitlines())
    return int(counts["rchar"]) / 4096


@pytest.mark.parametrize(
    ("seconds_a_ticket", "expected"),
    [
        (0.0, [100, 400, 2_000, 8_000]),
        (0.000_03, [100, 400, 2_000, 833]),
        (0.000_3, [100, 233]),
        (0.001, [100]),
    ],
    ids=["in memory", "on a busy machine", "on a fast disk", "on a slow disk"],
)
def test_a_round_is_no_longer_than_the_time_allows(
    monkeypatch: pytest.MonkeyPatch, seconds_a_ticket: float, expected: list[int]
) -> None:
    """The pace of each round bounds the next; a search that found little then says where to go on."""
    now = 100.0
    monkeypatch.setattr("tickets.store.search.searches.time.monotonic", lambda: now)
    rounds = []
    for span in searches._bounded(searches.SPANS[:4], now + searches.ENOUGH_S):
        rounds.append(span)
        now += span * seconds_a_ticket
    assert rounds == expected


def test_the_time_runs_from_the_beginning_of_the_search(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also that of understanding its words and of weighing: then there is the first round alone, and no empty page
    without it."""
    many(store, 30)
    now, term = [100.0], store.text_index.term
    monkeypatch.setattr("tickets.store.search.searches.time.monotonic", lambda: now[0])
    monkeypatch.setattr("tickets.store.search.searches.SPANS", (5, 10, 20))

    def slow(word: str) -> Term:
        now[0] += searches.ENOUGH_S * 2
        return term(word)

    wanted = Wanted(NOW, NOW + timedelta(days=1), 50, words=("api",))
    assert len(store.searches.find(wanted).numbers) == 30
    monkeypatch.setattr(store.text_index, "term", slow)
    result = store.searches.find(wanted)
    assert (len(result.numbers), result.next) == (6, "T-20261130-0025")
    assert len(store.searches.find(wanted, whole=True).numbers) == 30
