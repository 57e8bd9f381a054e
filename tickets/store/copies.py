"""The database as a file: copied while it is written to, checked, counted."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tickets.errors import StoreUnavailable
from tickets.model import Row
from tickets.store.migrations import migrations

PAGES = 2048
# Counts a database's contents, to compare a copy with its source.
_COUNTS = """SELECT (SELECT count(*) FROM calls) AS calls, (SELECT count(*) FROM tickets) AS tickets,
    (SELECT count(*) FROM assignments) AS assignments, (SELECT coalesce(max(seq), 0) FROM journal) AS journal,
    (SELECT max(at) FROM journal) AS last_at"""
# Lists the steps of its schema.
_STEPS = "SELECT name FROM _sqlite_migrations"


def copy_into(source: Path, target: Path, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
    """Copy a database as of one moment by SQLite's backup while others write; `progress` gets pages done and pages in
    all.

    StoreUnavailable where it cannot be made."""
    try:
        with _reading(source) as read, contextlib.closing(sqlite3.connect(target)) as write:
            # one snapshot for the whole copy: else every write of another process would begin it anew
            read.execute("BEGIN")
            read.execute("SELECT count(*) FROM sqlite_master").fetchone()
            read.backup(
                write, pages=PAGES, progress=lambda _status, left, pages: progress(pages - left, pages), sleep=0.0
            )
            write.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    except sqlite3.Error as error:
        raise StoreUnavailable(f"basis data {source} tidak bisa disalin: {error}") from error


def faults(path: Path, *, thorough: bool = False) -> list[str]:
    """List the faults of a database; `thorough` checks every index and reference too.

    StoreUnavailable where it cannot be checked now, which says nothing about it."""
    try:
        with _reading(path) as read:
            check = "integrity_check" if thorough else "quick_check"
            broken = [str(row[0]) for row in read.execute(f"PRAGMA {check}(20)") if row[0] != "ok"]
            if thorough and not broken:
                broken = [f"baris {row[1]} dari {row[0]} menunjuk ke {row[2]} yang tidak ada"
                         for row in read.execute("PRAGMA foreign_key_check").fetchmany(20)]  # fmt: skip
            return broken
    except sqlite3.OperationalError as error:
        raise StoreUnavailable(f"basis data {path} tidak bisa diperiksa: {error}") from error
    except sqlite3.DatabaseError as error:
        return [str(error)]


def contents(path: Path) -> Row:
    """Count a database's rows (`calls` `tickets` `assignments` `journal` `last_at`) and list the `steps` of its
    schema."""
    try:
        with _reading(path) as read:
            cursor = read.execute(_COUNTS)
            row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
            return row | {"steps": [name for (name,) in read.execute(_STEPS)]}
    except sqlite3.Error as error:
        raise StoreUnavailable(f"isi basis data {path} tidak bisa dibaca: {error}") from error


def unknown_steps(steps: list[str]) -> list[str]:
    """Steps of a schema that this program does not know: the database is of a newer one."""
    known = {migration.name for migration in migrations._migrations}
    return sorted(set(steps) - known)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that never makes a database; it may have to read the log beside it, so it is not read-only."""
    if not path.exists():
        raise StoreUnavailable(f"basis data {path} tidak ada")
    with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=5.0)) as read:
        yield read
