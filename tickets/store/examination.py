"""Looks at a store's file without changing it: is it whole, and is its schema ours."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from tickets.errors import StoreUnavailable
from tickets.store.migrations import migrations

MOST = 5
LIMIT_S = 5.0


def damage(path: Path) -> list[str]:
    """Faults of the file in SQLite's words; empty when it is whole."""
    try:
        with closing(_open(path)) as raw:
            faults = [str(row[0]) for row in raw.execute(f"PRAGMA quick_check({MOST})")]
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [] if faults == ["ok"] else faults


def schema(path: Path) -> tuple[list[str], list[str]]:
    """Steps of the schema that the file has and we do not know, and those that we know and it lacks.

    StoreUnavailable where it cannot be read."""
    known = [step.name for step in migrations._migrations]
    try:
        with closing(_open(path)) as raw:
            applied = [step.name for step in migrations.applied(Database(raw))]
    except sqlite3.Error as error:
        raise StoreUnavailable(f"skema basis data {path} tidak bisa dibaca: {error}") from error
    return [name for name in applied if name not in known], [name for name in known if name not in applied]


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=LIMIT_S)
