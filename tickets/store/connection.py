"""One SQLite connection with the settings that the promises need, and its transaction."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from tickets.errors import StoreUnavailable
from tickets.model import Row
from tickets.store.migrations import migrations

BUSY_TIMEOUT_S = 5.0


class Connection:
    """A connection for the thread that uses it; WAL, `synchronous=FULL`, foreign keys on."""

    def __init__(self, path: Path) -> None:
        try:
            raw = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, cached_statements=256)
            _use_wal(raw)
            raw.execute("PRAGMA synchronous=FULL")
            raw.execute("PRAGMA foreign_keys=ON")
            raw.execute("PRAGMA secure_delete=ON")  # what is erased does not stay in free pages
        except sqlite3.Error as error:
            raise StoreUnavailable(f"basis data {path} tidak bisa dibuka: {error}") from error
        self.raw = raw
        self.database = Database(raw)
        self._half_done = False

    def migrate(self) -> None:
        """Bring the schema up to date; two processes may start at once, the second finds nothing to do."""
        with self.ensured_write():
            if migrations.pending(self.database):
                migrations.apply(self.database)

    @contextmanager
    def ensured_write(self) -> Iterator[None]:
        """A transaction that holds the write lock from its first statement (sqlite_utils' `atomic()` is deferred).

        Inside another it is part of that one: whoever wants to pass over an error in it puts it into a `savepoint`.
        """
        if self.raw.in_transaction:
            with self._part():
                yield
            return
        self._half_done = False
        try:
            self.raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"basis data tidak bisa ditulis: {error}") from error
        try:
            yield
            self._refuse_half_done()
            self.raw.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._rollback()
            raise StoreUnavailable(f"basis data tidak bisa ditulis: {error}") from error
        except BaseException:
            self._rollback()
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Within a transaction: what fails in here is undone alone, and its error may be passed over."""
        if not self.raw.in_transaction:
            raise StoreUnavailable("basis data tidak bisa ditulis: transaksinya sudah dibatalkan")
        before = self._half_done
        try:
            with self.database.atomic():
                self._half_done = False
                yield
                self._refuse_half_done()
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"basis data tidak bisa ditulis: {error}") from error
        finally:
            self._half_done = before

    @contextmanager
    def _part(self) -> Iterator[None]:
        changes = self.raw.total_changes
        try:
            yield
        except sqlite3.OperationalError as error:
            self._half_done = True
            raise StoreUnavailable(f"basis data tidak bisa ditulis: {error}") from error
        except BaseException:
            self._half_done = self._half_done or self.raw.total_changes != changes
            raise

    def _refuse_half_done(self) -> None:
        """An error of a part that had changed something already was passed over: none of it may be kept."""
        if self._half_done:
            raise RuntimeError("a part of this transaction failed half-done; pass errors over in a savepoint only")

    def _rollback(self) -> None:
        if self.raw.in_transaction:
            self.raw.execute("ROLLBACK")

    def run(self, sql: str, **values: Any) -> sqlite3.Cursor:
        """Execute one statement with named values."""
        return self.raw.execute(sql, values)

    def all(self, sql: str, **values: Any) -> list[Row]:
        """Every row of a query, as dictionaries."""
        cursor = self.raw.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, sql: str, **values: Any) -> Row | None:
        """The first row of a query, or None."""
        rows = self.all(sql, **values)
        return rows[0] if rows else None

    def data_version(self) -> int:
        """A number that changes when another connection has committed."""
        return int(self.raw.execute("PRAGMA data_version").fetchone()[0])

    def fold(self) -> bool:
        """Fold the WAL back into the file and empty it; False while somebody else reads an older state."""
        return not self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    def close(self) -> None:
        """Close; the last connection folds the WAL back into the file."""
        self.raw.close()


def _use_wal(raw: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; SQLite does not wait here for another that does the same, so we do."""
    give_up = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
        time.sleep(0.02)
