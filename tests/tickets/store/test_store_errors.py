"""No error of SQLite leaves the store untranslated: callers see those of `tickets.errors` alone."""

from __future__ import annotations

import inspect
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

import tickets
from ivr.screening_rules import ScreeningRules
from tests.tickets.world import SARI, START
from tickets.complaints.states import Overdue
from tickets.errors import SchemaViolated, StoreUnavailable, WriteRefused
from tickets.links import Link
from tickets.model import DuePush, HandedOn, PlannedPush, PlannedTest
from tickets.store import Store, copies, examination
from tickets.store.answers.amendments import FIELDS
from tickets.store.calls import NewCall
from tickets.store.people.push_devices import PushDevice
from tickets.store.search.searches import Wanted
from tickets.store.search.text_index import TEXTS
from tickets.store.thread import StoreThread

DAY = "20261122"
MALFORMED = sqlite3.DatabaseError("database disk image is malformed")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "tanggap.db", "kunci")
    yield made
    made.close()


def spoil(path: Path, table: str) -> None:
    """Overwrite the first page of a table, as a disk does that loses what it was given."""
    with sqlite3.connect(path) as raw:
        page = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
        size = raw.execute("PRAGMA page_size").fetchone()[0]
    raw.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def test_a_damaged_page_is_one_of_our_errors(tmp_path: Path) -> None:
    """A read of a table whose page is broken says so in our words, and so does a write."""
    path = tmp_path / "tanggap.db"
    made = Store(path)
    made.tickets.create(START, DAY, SARI)
    made.close()
    spoil(path, "tickets")
    store = Store(path)
    with pytest.raises(StoreUnavailable) as caught:
        store.tickets.get("T-20261122-0001")
    assert str(caught.value) == "basis data tidak bisa dibaca: database disk image is malformed"
    with pytest.raises(WriteRefused, match="tidak bisa ditulis: database disk image is malformed"):
        store.tickets.create(START, DAY, SARI)
    store.close()


async def test_a_damaged_page_reaches_who_reads_as_one_of_our_errors(tmp_path: Path) -> None:
    """Through the threads, too; and the reader goes on."""
    path = tmp_path / "tanggap.db"
    Store(path).close()
    spoil(path, "journal")
    store = await StoreThread(path, readers=1).open()
    with pytest.raises(StoreUnavailable):
        await store.read(lambda store: store.journal.last())
    with pytest.raises(StoreUnavailable):
        await anext(store.follow(0))
    assert await store.read(lambda store: store.people.users()) == []
    await store.close()


@pytest.mark.parametrize("damage", ["none", "schema"])
def test_a_file_that_is_no_store_is_one_of_our_errors(tmp_path: Path, damage: str) -> None:
    """Opening, looking at and copying what is no database, or one whose schema is broken."""
    path = tmp_path / "tanggap.db"
    if damage == "none":
        path.write_bytes(b"no database at all" * 500)
    else:
        Store(path).close()
        with path.open("r+b") as file:
            file.seek(100)
            file.write(b"\xff" * 2000)
    for look in (Store, examination.schema, copies.contents, lambda path: copies.copy_into(path, tmp_path / "copy.db")):
        with pytest.raises(StoreUnavailable):
            look(path)
    with pytest.raises(StoreUnavailable):
        copies.copy_into(path, tmp_path / "none" / "copy.db")


class Spoilt:
    """Stands before SQLite's own connection: `asks` fails, or what is fetched of it does."""

    def __init__(self, raw: Any, error: sqlite3.Error, *, fetching: bool) -> None:
        self._raw = raw
        self._error = error
        self._fetching = fetching
        self.raised = 0

    def execute(self, sql: str, *values: Any) -> Any:
        """A result that cannot be fetched, or none at all."""
        if sql in ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
            return self._raw.execute(sql)
        if self._fetching:
            return _Spoilt(self, self._raw.execute(sql, *values))
        raise self.error()

    def error(self) -> sqlite3.Error:
        self.raised += 1
        return self._error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


class _Spoilt:
    def __init__(self, owner: Spoilt, cursor: Any) -> None:
        self._owner = owner
        self._cursor = cursor

    def fetchone(self) -> Any:
        raise self._owner.error()

    fetchall = fetchmany = __iter__ = __next__ = fetchone

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def methods(store: Store) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public method of every room of the store."""
    for room, thing in vars(store).items():
        if room == "connection":
            for name in ("data_version", "fold", "migrate"):
                yield f"connection.{name}", getattr(thing, name)
            continue
        for name, method in inspect.getmembers(thing, inspect.ismethod):
            if not name.startswith("_"):
                yield f"{room}.{name}", method


PUSH = DuePush(1, 1, "T-1", "damkar", 0, "a", "page", "dikirim", START, 30.0, 0, START)
GIVEN: dict[str, Any] = {
    "now": START, "since": START, "before": START, "until": START, "at": START, "midnight": START, "start": START,
    "end": START, "ended_since": START, "started": START, "next_due": START, "due": START, "due_at": START,
    "first": START, "last": START, "passed": START, "by": timedelta(hours=1), "actor": SARI, "push": PUSH,
    "new": NewCall("c1", "+62811", "0811", False, True, "112"), "ladder": (PUSH,), "pushes": (1,), "ids": (1,),
    "way": ("damkar.siaga", "call"), "begun": START, "over": Overdue(START, START, START),
    "wanted": Wanted(START, START, 1, words=("api",)),
}  # fmt: skip


ROW = {"id": 1, "ticket": "T-1", "user": "x", "service": "x", "endpoint": "x"}
REPORT = dict.fromkeys(FIELDS, "api") | {"number": "T-1", "status": "dispatched"}
POSITION = {"kind": "point", "lat": -6.5, "lon": 110.7, "radius_m": 12.0, "place": "", "source": "x"}
STEP = {"kind": "assignment.moved", "at": "x", "data": {"assignment": 1, "before": "diterima", "state": "selesai"}}
LINK = Link(1, "damkar.siaga", "diterima", START, "x")
TARGET = ROW | {"step": 1, "episode": 1, "number": 1, "audience": "x", "every_s": 30.0}
# what these want before they ask anything
PLANNED = (PlannedPush(1, "damkar.siaga", "page", START, 30.0),)
THEIR_OWN: dict[str, dict[str, Any]] = {
    "assignments.add_pushes": {"pushes": PLANNED},
    "assignments.restart": {"pushes": PLANNED},
    "assignments.hasten": {"past": HandedOn(START, 1), "pushes": PLANNED},
    "calls.step": {"notes": (), "columns": {"stage": "menu"}},
    "tickets.update": {"fields": {"description": "api"}},
    "amendments.differs": {"before": REPORT, "after": REPORT | {"address": "x"}},
    "amendments.edited": {"before": REPORT, "changes": {"address": "x"}},
    "amendments.ended": {"row": ROW | {"opd": "damkar", "state": "dikirim"}},
    "amendments.moved": {"before": None, "after": POSITION},
    "amendments.positioned": {"ticket": REPORT},
    "amendments.read": {"shown": {1: 1}},
    "amendments.reported": {"before": None, "after": REPORT},
    "outbox.failed": {"row": ROW},
    "complaints.first_time": {"now": START, "kept": timedelta(hours=1)},
    "complaints.told": {"state": "dijawab"},
    **{f"links.{name}": {"link": LINK} for name in ("holds", "opened", "refused", "spent", "use")},
    "reputations.judge": {"verdict": "prank"},
    "reputations.standing": {"rules": ScreeningRules()},
    "undoing.back": {"step": STEP},
    "tickets.unjudged": {"ticket": {"number": "T-1", "kind": "prank", "status": "closed", "call": None}},
    "test_pushes.ask": {"planned": (PlannedTest("damkar.siaga", "damkar", "page"),)},
    "test_pushes.ended": {"row": ROW},
    "searches.note": {"by": "words"},
    "searches.hits": {"numbers": ("T-1",)},
    **{f"text_index.{name}": {"postings": (("api", "T-1", ""),)} for name in ("add", "add_new")},
    "text_index.noted": {"actor": "user:x", "data": {"note": "api"}},
    "text_index.changed": {"before": dict.fromkeys(TEXTS), "after": dict.fromkeys(TEXTS, "api")},
    "unsent_pushes.begin": {"episode": ROW | {"opened_at": "x", "sign": "lane", "since": "x"}, "steps": ()},
    "unsent_pushes.pushed": {"step": ROW | {"step": 0, "episode": 1, "audience": "desk", "tries": 0}},
    "push_devices.gone": {"devices": [ROW]},
    "unsent_targets.plan": {
        "steps": ({"id": 1, "audience": "x", "tries": 0, "first_due_at": "x", "every_s": 30.0},),
        "ways": {"x": (("damkar.siaga", "call"),)},
    },
    "unsent_targets.duty": {"episode": ROW, "step": ROW | {"step": 1, "every_s": 30.0}},
    "unsent_targets.attempted": {"target": TARGET},
    "push_devices.put": {"device": PushDevice("x", "x", "x", "x", "x")},
}


def call(store: Store, name: str, method: Callable[..., Any]) -> None:
    """Call it with something for each of its arguments, and go through what it gives."""
    wanted = [
        parameter
        for parameter in inspect.signature(method).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    given = {parameter.name: _given(store, parameter.name, parameter) for parameter in wanted}
    result = method(**given | THEIR_OWN.get(name, {}))
    if inspect.isgenerator(result):
        list(result)


def _given(store: Store, name: str, parameter: inspect.Parameter) -> Any:
    kind = str(parameter.annotation)
    if kind == "Store" or "tickets.store.Store" in kind:
        return store
    if kind in ("<class 'int'>", "int") or kind.startswith("int"):
        return 1
    if name in GIVEN:
        return GIVEN[name]
    if "datetime" in kind:
        return START
    if "timedelta" in kind:
        return timedelta(hours=1)
    for words, value in (("Mapping", {}), ("Sequence", ()), ("Iterable", ()), ("Callable", lambda *_: None)):
        if words in kind:
            return value
    return {"str": "x", "bool": False, "float": 1.0}.get(re.sub(r"<class '(\w+)'>", r"\1", kind).split(" ")[0], "x")


# a migration has SQLite's own connection, and a hash is none of its business
UNTOUCHED = {"connection.migrate", "reputations.hash"}


@pytest.mark.parametrize("fetching", [False, True], ids=["asked", "fetched"])
@pytest.mark.parametrize(
    ("error", "ours"),
    [(MALFORMED, StoreUnavailable), (sqlite3.IntegrityError("UNIQUE constraint failed"), SchemaViolated)],
    ids=["damage", "constraint"],
)
@pytest.mark.long
def test_every_method_says_it_in_our_words(
    tmp_path: Path, error: sqlite3.Error, ours: type[Exception], fetching: bool
) -> None:
    """Each public method of each room, with a database that fails at its first statement or its first row."""
    untouched, wrong = set(), {}
    path = tmp_path / "tanggap.db"
    names = [name for name, _method in _closed(Store(path, "kunci"))]
    for name in names:
        store = Store(path, "kunci")
        method = dict(methods(store))[name]
        spoilt = Spoilt(store.connection.raw, error, fetching=fetching)
        store.connection.raw = cast(Any, spoilt)
        try:
            call(store, name, method)
        except ours:
            pass
        except Exception as raised:
            if spoilt.raised or isinstance(raised, sqlite3.Error):
                wrong[name] = repr(raised)
        if not spoilt.raised:
            untouched.add(name)
        store.close()
    assert wrong == {}
    if not fetching:
        assert untouched == UNTOUCHED
    assert len(names) > 200


def _closed(store: Store) -> list[tuple[str, Callable[..., Any]]]:
    names = list(methods(store))
    store.close()
    return names


def test_nobody_else_knows_the_driver() -> None:
    """Only the connection translates errors, so nothing may go around it."""
    root = Path(tickets.__file__).parent
    knows = {"connection.py", "copies.py", "examination.py", "migrations.py"}
    direct = re.compile(r"\bsqlite3\b|\bsqlite_utils\b|connection\.raw\.(?!total_changes)")
    files = [path for path in sorted(root.rglob("*.py")) if direct.search(path.read_text(encoding="utf-8"))]
    assert {path.name for path in files} == knows
