"""No statement of a page or of the daemon reads a table that only grows from one end to the other."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import tickets.store
from console.live.snapshots import SNAPSHOTS, Moment
from ivr.hours import decide
from tests.console.desk112 import setting
from tests.tickets.world import START, World
from tickets.errors import ChannelError
from tickets.store import Store
from tickets.store.calls import NewCall
from tickets.store.connection import Connection

# Tables that only retention empties, after months or years. Not here: tables that each write prunes (sessions, pages,
# links, replies, test pushes, the outbox of complaints).
GROWING = frozenset({
    "calls", "tickets", "assignments", "pushes", "attempts", "journal", "callbacks", "callback_tries", "complaints",
    "verdicts", "merges", "merged_assignments", "attachments", "search_words", "search_postings",
    "search_facts", "search_numbers", "search_agencies",
    "amendments", "unsent_episodes", "unsent_steps", "unsent_pushes", "unsent_targets", "unsent_attempts",
    "unsent_known", "nudges", "positions",
})  # fmt: skip

# Parts of statements, which end with a condition of their own.
PARTS = {"assignments._DUE_PUSH", "assignments._OPEN", "burning._TASK", "callbacks._SELECT", "complaints._SELECT"}
# Statements that read a whole table, and their reason. None of them is of a page or of the daemon.
ASKED_FOR = {
    "caller_numbers._TYPED": "an admin erases a number, also where it was typed by hand",
    "complaints._FOUND": "somebody searches complaints for words",
    "copies._COUNTS": "a backup says what it holds",
    "erasure._TYPED": "an admin erases a number",
    "ledger._AMENDED": "the report of pushes that were missing",
    "ledger._UNPUSHED": "the report of pushes that were missing",
    "ledger._STEPS": "the report of pushes that were missing",
    "retention._KNOWN": "the steward clears recordings away",
    "retention._OLD_PHOTOS": "the steward clears photos away",
    "retention._OLD_TRIES": "the steward clears recordings away",
    "retention._PHOTOS": "the steward clears photos away",
}
# The newest row by its key: SQLite calls it a scan, and reads one row.
NEWEST = {"journal._NEWEST_AT"}

ASSIGNED = re.compile(r"(_[A-Z_]+) = ")
STATEMENT = re.compile(r"\s*(SELECT|UPDATE|DELETE|INSERT|WITH)\b")
READS = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+(?:AS\s+)?([a-z]\w*))?")
SCAN = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
NAME = re.compile(r"(?<!:):(\w+)")


def scans(raw: sqlite3.Connection, sql: str) -> list[str]:
    """Growing tables of which a statement reads every row. A scan of a partial index does not count: ours hold open
    rows."""
    if sql.lstrip().startswith("INSERT"):  # what it looks at are the keys that others refer to it by
        return []
    tables = {alias or table: table for table, alias in READS.findall(sql)}
    partial = {
        name for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'")
    }
    scanned = []
    for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}", dict.fromkeys(NAME.findall(sql), "1")):
        scan = SCAN.match(row[3])
        if scan is not None and scan[2] not in partial and (table := tables.get(scan[1], scan[1])) in GROWING:
            scanned.append(table)
    return scanned


def statements() -> dict[str, str]:
    """Every statement of the store by its name."""
    named = {}
    for module in pkgutil.walk_packages(tickets.store.__path__, "tickets.store."):
        short = module.name.rpartition(".")[2]
        if short == "migrations":
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, str) and name.startswith("_") and STATEMENT.match(value):
                named[f"{short}.{name}"] = value
    return named


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    store = Store(tmp_path / "tanggap.db")
    yield store.connection.raw
    store.close()


def test_who_reads_all_there_is(raw: sqlite3.Connection) -> None:
    """Only listed statements read a whole table, and every listed one still does."""
    reading = {name for name, sql in statements().items() if scans(raw, sql)}
    assert reading == PARTS | ASKED_FOR.keys() | NEWEST


def test_every_statement_has_a_sentence() -> None:
    """The comment above a named statement says what it is for."""
    bare, known = set(), statements()
    for path in sorted(Path(tickets.store.__file__).parent.rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        named = {match[1]: number for number, line in enumerate(lines) if (match := ASSIGNED.match(line))}
        bare |= {
            f"{path.stem}.{name}"
            for name, number in named.items()
            if f"{path.stem}.{name}" in known and not lines[number - 1].startswith("#")
        }
    assert bare == set()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM calls", ["calls"]),
        ("SELECT * FROM calls c WHERE c.ended_at IS NULL", []),
        ("SELECT count(*) FROM tickets", ["tickets"]),
        ("SELECT * FROM users", []),
        ("SELECT * FROM tickets t JOIN pushes p ON p.contact = t.operator WHERE t.number = :n", ["pushes"]),
        ("DELETE FROM journal WHERE kind = :kind", ["journal"]),
        ("UPDATE pushes SET attempts = 1 WHERE contact = :contact", ["pushes"]),
    ],
)
def test_a_scan_is_seen(raw: sqlite3.Connection, sql: str, expected: list[str]) -> None:
    """Also over an alias, an index that holds every row, and in what changes."""
    assert scans(raw, sql) == expected


class Asked:
    """Notes each statement that the store runs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statements: set[str] = set()
        execute = Connection._execute

        def noted(connection: Connection, sql: str, values: dict[str, Any]) -> sqlite3.Cursor:
            self.statements.add(sql)
            return execute(connection, sql, values)

        monkeypatch.setattr(Connection, "_execute", noted)

    def names(self) -> set[str]:
        """Names of the statements that ran; their text where they have no name."""
        names = {sql: name for name, sql in statements().items()}
        return {names.get(sql, sql) for sql in self.statements}

    def scanning(self, raw: sqlite3.Connection) -> set[str]:
        """Names of the statements that ran and read a whole table."""
        named = {name: sql for name, sql in statements().items() if sql in self.statements}
        unnamed = {sql: sql for sql in self.statements - set(named.values()) if STATEMENT.match(sql)}
        return {name for name, sql in (named | unnamed).items() if scans(raw, sql)}


@pytest.mark.long
async def test_the_daemon_reads_what_is_open(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dispatched, pushed, answered on the telephone, failed, its clock set back, stopped and begun anew."""
    asked = Asked(monkeypatch)
    world.start()
    world.page.error = ChannelError("x")
    assignment = await world.dispatch()
    await world.forward(400)
    await world.stop()
    world.page.error = None
    world.time.now -= timedelta(hours=1)
    world.call.says = ("accept",)
    world.start()
    await world.forward(60)
    await world.move(assignment, "berangkat")
    await world.forward(10)
    ours = {f"assignments.{name}" for name in ("_CLAIM", "_DONE", "_LAST_ATTEMPT", "_MOVE", "_RELEASE", "_SHIFT")}
    assert asked.names() >= ours | {"journal._ASSIGNMENTS_AFTER", "people._BEAT"}
    assert await world.store.write(lambda store: asked.scanning(store.connection.raw)) == set()


def test_pages_read_what_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page, with a call in the line, one that ended, and a ticket that an agency has."""
    store = Store(tmp_path / "tanggap.db", "kunci")
    for name in ("c1", "c2"):
        number = store.calls.arrive(START, "20261122", NewCall(name, "+62811", "0811", False, True, "112"))
    store.calls.step(START, "c1", number, {"stage": "waiting", "lane": "urgent"}, ())
    store.calls.step(START, "c2", number, {"stage": "ended", "ended_at": "2026", "outcome": "talked"}, ())
    store.people.set_presence(START, "sari", "ready", "talking", "c1")
    here = setting()
    moment = Moment(here, START, decide(here.hours, START))
    asked = Asked(monkeypatch)
    for page, snapshot in SNAPSHOTS.items():
        snapshot(
            store, moment, {"operator": "sari", "opd": "damkar", "ticket": number, "numbers": "sari"}.get(page, "")
        )
    store.assignments.open(None, START)
    store.boards.photo("x.jpg")
    store.merging.similar(number, START, "kebakaran", "Bangsri", None)
    store.sessions.of_token(START, "x")
    assert asked.names() >= {"boards._TASKS", "assignments._TROUBLED", "boards._ESCALATED_IDS", "boards._WORK_COUNT"}
    assert asked.scanning(store.connection.raw) == set()
    store.close()
