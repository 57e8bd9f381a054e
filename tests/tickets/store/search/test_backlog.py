"""Tickets from before the index are taken up in slices: nothing is lost or counted twice, whatever happens between."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from tests.tickets.store.search.test_text_index import PUSH, REGU, SITI, as_they_stand, indexed
from tickets.model import to_text
from tickets.store import Store
from tickets.store.calls import NewCall
from tickets.store.migrations import migrations

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
STEPS = ("0025-search", "0031-search-facts", "0037-words-in-order")
# what is derived, made anew from the tables that it is derived from
FACTS = """SELECT t.number AS ticket, t.created_at, t.status, t.category, t.kecamatan, t.operator,
    c.operator AS talked_with, c.outcome FROM tickets t LEFT JOIN calls c ON c.id = t.call ORDER BY t.number"""
NUMBERS = """SELECT ticket, id AS call, number FROM calls WHERE number IS NOT NULL
    UNION SELECT number, '', replace(replace(reporter_number, '-', ''), ' ', '') FROM tickets
    WHERE reporter_number IS NOT NULL ORDER BY 1, 2"""
AGENCIES = "SELECT DISTINCT opd, ticket FROM assignments ORDER BY opd, ticket"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "t.db")
    yield store
    store.close()


def unindexed(store: Store) -> None:
    """The store as the step of the schema leaves one that had no index."""
    for table in ("postings", "words", "facts", "numbers", "agencies", "progress"):
        store.connection.run(f"DELETE FROM search_{table}")
    store.connection.run(
        """INSERT INTO search_progress (id, older_than, calls_until, call, done) SELECT 1,
        coalesce((SELECT max(number) || '~' FROM tickets), ''),
        coalesce((SELECT max(arrived_at) FROM calls), ''), '~', 0"""
    )


def called(store: Store, n: int, **fields: str) -> str:
    """A ticket with a call that was talked with."""
    call = f"c{n}"
    number = store.calls.arrive(NOW, "20261129", NewCall(call, f"+62812345{n:04d}", "0812", False, True, "112"))
    over = {"stage": "ended", "outcome": "talked", "ended_at": to_text(NOW), "operator": "sari"}
    store.calls.step(NOW, call, number, over, ())
    store.tickets.update(NOW, number, {"description": f"lama {n}"} | fields, SITI)
    return number


def assert_whole(store: Store) -> None:
    """The index is what the store's own tables say."""
    assert indexed(store) == as_they_stand(store)
    assert store.connection.all("SELECT * FROM search_facts ORDER BY ticket") == store.connection.all(FACTS)
    numbers = "SELECT ticket, call, number FROM search_numbers ORDER BY 1, 2"
    assert store.connection.all(numbers) == store.connection.all(NUMBERS)
    assert store.connection.all("SELECT opd, ticket FROM search_agencies ORDER BY 1, 2") == store.connection.all(
        AGENCIES
    )


def test_taken_up_newest_first_while_others_write(store: Store) -> None:
    """How far it is can be seen; what changes meanwhile is in the index at once, on whichever side of the mark."""
    numbers = [called(store, n, reporter_name="Sari") for n in range(5)]
    unindexed(store)
    assert store.backlog.progress() == {"older_than": f"{numbers[-1]}~", "total": None, "done": 0}
    store.backlog.counted(store.backlog.left())
    assert store.backlog.take(2) == 4
    assert store.backlog.progress() == {"older_than": numbers[3], "total": 5, "done": 2}
    assert set(indexed(store)) == {numbers[3], numbers[4]}
    store.tickets.update(NOW, numbers[4], {"description": "baru"}, SITI)
    store.tickets.update(NOW, numbers[0], {"description": "lekas", "category": "banjir"}, SITI)
    fresh = called(store, 9, description="segar")
    assert {row["ticket"] for row in store.connection.all("SELECT ticket FROM search_facts")} == {
        numbers[0], numbers[3], numbers[4], fresh,
    }  # fmt: skip
    assert "lekas" in indexed(store)[numbers[0]]
    while store.backlog.take(2):
        pass
    assert store.backlog.progress() is None
    assert_whole(store)


def test_notes_and_dispatches_of_old_tickets_before_their_turn(store: Store) -> None:
    """Their turn finds them there, and counts nothing twice."""
    number, other = called(store, 1), called(store, 2)
    unindexed(store)
    store.assignments.dispatch(NOW, number, "damkar", (PUSH,), 600.0, SITI)
    data = {"opd": "damkar", "note": "lama menunggu"}
    store.journal.append(NOW, "assignment.noted", REGU, ticket=number, data=data)
    store.tickets.update(NOW, other, {"description": "lama sekali 2"}, SITI)
    assert indexed(store) == {f"{number}/damkar": {"lama", "menunggu"}, other: {"sekali"}}
    assert store.backlog.take(50) == 4
    assert_whole(store)


def test_erased_before_its_turn_it_is_never_indexed(store: Store) -> None:
    """A slice reads the rows as they stand then."""
    number = called(store, 1, reporter_name="Rukmini")
    unindexed(store)
    store.retention.blank_reports([number])
    store.numbers.blank(["c1"], [number])
    store.backlog.take(10)
    assert indexed(store) == {}
    assert store.connection.all("SELECT number FROM search_numbers") == []


def test_calls_of_one_moment_are_all_taken_up(store: Store) -> None:
    """Also where they are more than a slice holds."""
    for n in range(7):
        called(store, n)
    unindexed(store)
    while store.backlog.take(2):
        pass
    assert_whole(store)


def test_two_processes_take_up_one_slice_each(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark is read under the lock: whoever comes second goes on where the first has come to."""
    numbers = [called(store, n) for n in range(6)]
    unindexed(store)
    begin = store.connection.ensured_write
    with closing(Store(tmp_path / "t.db")) as other:

        @contextmanager
        def later() -> Iterator[None]:
            monkeypatch.undo()
            assert other.backlog.take(2) == 4
            with begin():
                yield

        monkeypatch.setattr(store.connection, "ensured_write", later)
        assert store.backlog.take(2) == 4
    assert store.backlog.progress() == {"older_than": numbers[2], "total": None, "done": 4}
    store.backlog.take(50)
    assert_whole(store)


def test_every_fact_follows_what_is_written(store: Store) -> None:
    """By the triggers: calls, tickets, dispatches, merging, erasure."""
    first, second = called(store, 1, category="banjir"), called(store, 2, reporter_number="0812-345 678")
    store.assignments.dispatch(NOW, second, "damkar", (PUSH,), 600.0, SITI)
    assert_whole(store)
    store.merging.merge(NOW, second, first, SITI)
    assert_whole(store)
    store.tickets.update(NOW, first, {"category": None, "kecamatan": "Keling", "reporter_number": "0291 5912"}, SITI)
    assert_whole(store)
    store.numbers.blank(["c1", "c2"], [first, second])
    assert store.connection.all("SELECT number FROM search_numbers") == []
    assert_whole(store)


def before_the_search(path: Path, count: int) -> None:
    """A store of so many tickets whose schema had no search yet."""
    former = Migrations(migrations.name)
    former._migrations = [step for step in migrations._migrations if step.name not in STEPS]
    with closing(Database(path)) as database:
        former.apply(database)
        with database.conn:
            rows = [(f"T-20261129-{n:05d}", to_text(NOW), to_text(NOW), f"api {n}") for n in range(count)]
            database.conn.executemany(
                """INSERT INTO tickets (number, source, kind, status, created_at, updated_at, description)
                VALUES (?, 'web', 'emergency', 'done', ?, ?, ?)""", rows,
            )  # fmt: skip
            calls = [(f"c{n}", f"+62812{n:08d}", to_text(NOW), f"T-20261129-{n:05d}") for n in range(count)]
            database.conn.executemany(
                """INSERT INTO calls (id, number, display, anonymous, callable, dialled, arrived_at, stage, ticket,
                handled_by) VALUES (?, ?, '', 0, 1, '112', ?, 'ended', ?, 'calls')""", calls,
            )  # fmt: skip


def test_the_first_start_costs_the_same_however_much_there_is(tmp_path: Path) -> None:
    """It holds the lock that an arriving call needs: no index is made over what is there."""
    steps: dict[int, int] = {}
    for count in (10, 3_000):
        path, seen = tmp_path / f"{count}.db", list[int]()
        before_the_search(path, count)
        with closing(Database(path)) as database:
            database.conn.set_progress_handler(lambda seen=seen: seen.append(1), 100)  # type: ignore[misc]
            migrations.apply(database)
            database.conn.set_progress_handler(None, 0)
        steps[count] = len(seen)
    assert steps[3_000] <= steps[10] + 10


RUN = """
import sys
from pathlib import Path
from tickets.store import Store
store = Store(Path(sys.argv[1]))
while store.backlog.take(5):
    print(store.backlog.progress(), flush=True)
"""


def test_a_kill_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    """The next start goes on where the mark is, and meanwhile there is nothing half."""
    path = tmp_path / "t.db"
    before_the_search(path, 400)
    process = subprocess.Popen([sys.executable, "-c", RUN, path], stdout=subprocess.PIPE, cwd=Path.cwd())
    assert process.stdout is not None
    for _slice in range(3):
        assert process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with closing(Store(path)) as store:
        progress: Any = store.backlog.progress()
        assert 15 <= progress["done"] < 400
        assert len(store.connection.all("SELECT ticket FROM search_facts")) == progress["done"]
        assert store.connection.all("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        while store.backlog.take(50):
            pass
        assert_whole(store)
