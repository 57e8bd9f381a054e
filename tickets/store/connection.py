"""One SQLite connection with the settings that the promises need, and its transaction."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from tickets.errors import ReadTimedOut, SchemaViolated, StoreUnavailable, TicketError, WriteRefused, WriteUnknown
from tickets.model import Row
from tickets.store.migrations import migrations

BUSY_TIMEOUT_S = 5.0
# SQLite instructions between two looks whether a read is still wanted: some tenths of a millisecond
STEPS_BETWEEN_LOOKS = 20_000
_STOPPED = "pembacaan basis data dihentikan: batas waktunya habis"
_ROLLED_BACK = "basis data tidak bisa ditulis: transaksinya sudah dibatalkan"
# errors that no second try mends; every other error is the database's
_OUR_MISTAKES = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    sqlite3.DataError,
    sqlite3.NotSupportedError,
)


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
        self._writing = False
        self._unwanted: Callable[[], bool] = lambda: False

    def migrate(self) -> None:
        """Bring the schema up to date; two processes may start at once, the second finds nothing to do."""
        with self.ensured_write():
            if migrations.pending(self.database):
                migrations.apply(self.database)

    @contextmanager
    def ensured_write(self) -> Iterator[None]:
        """A transaction that holds the write lock from its first statement (sqlite_utils' `atomic()` is deferred).

        Inside another it is part of that one; only an error inside a `savepoint` may be passed over.
        """
        if self.raw.in_transaction:
            with self._part():
                yield
            return
        if self._writing:
            raise WriteRefused(_ROLLED_BACK)
        self._half_done, self._writing = False, True
        try:
            self._begin()
            yield
            self._refuse_half_done()
            self._commit()
        except sqlite3.Error as error:  # from the migrations, which use the driver's own connection
            raise self.translated(error) from error
        finally:
            self._rollback()
            self._writing = False

    def _begin(self) -> None:
        try:
            self.raw.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise self.translated(error) from error

    def _commit(self) -> None:
        """Commit; WriteUnknown where the disk fails meanwhile: nobody can tell what a restart will read."""
        try:
            self.raw.execute("COMMIT")
        except sqlite3.Error as error:
            if _primary_code(error) == sqlite3.SQLITE_IOERR:
                raise WriteUnknown(f"tidak diketahui apakah tersimpan di basis data: {error}") from error
            raise self.translated(error) from error

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction that fails alone: it is undone, and its error may be passed over."""
        if not self.raw.in_transaction:
            raise WriteRefused(_ROLLED_BACK)
        before = self._half_done
        try:
            with self.database.atomic():
                self._half_done = False
                yield
                self._refuse_half_done()
        except sqlite3.Error as error:
            raise self.translated(error) from error
        finally:
            self._half_done = before

    @contextmanager
    def _part(self) -> Iterator[None]:
        changes = self.raw.total_changes
        try:
            yield
        except sqlite3.OperationalError as error:
            self._half_done = True
            raise self.translated(error) from error
        except StoreUnavailable:
            self._half_done = True
            raise
        except BaseException:
            self._half_done = self._half_done or self.raw.total_changes != changes
            raise

    def _refuse_half_done(self) -> None:
        """Refuse to commit where the error of a half-done part was passed over: none of it may be kept."""
        if self._half_done:
            raise RuntimeError("a part of this transaction failed half-done; pass errors over in a savepoint only")

    def _rollback(self) -> None:
        if self.raw.in_transaction:
            with suppress(sqlite3.Error):  # the error that led here matters more
                self.raw.execute("ROLLBACK")

    def translated(self, error: sqlite3.Error) -> TicketError:
        """Translate an error of SQLite into one of ours; none of its own leaves the store."""
        if _primary_code(error) == sqlite3.SQLITE_INTERRUPT:
            return ReadTimedOut(_STOPPED)
        if isinstance(error, _OUR_MISTAKES):
            return SchemaViolated(f"tidak sesuai dengan skema basis data: {error}")
        if self._writing:
            return WriteRefused(f"basis data tidak bisa ditulis: {error}")
        return StoreUnavailable(f"basis data tidak bisa dibaca: {error}")

    @contextmanager
    def stopped_when(self, unwanted: Callable[[], bool]) -> Iterator[None]:
        """Stop statements in here as soon as `unwanted` is true, and begin no further: ReadTimedOut."""
        self._unwanted = unwanted
        self.raw.set_progress_handler(unwanted, STEPS_BETWEEN_LOOKS)
        try:
            yield
        finally:
            self._unwanted = lambda: False
            self.raw.set_progress_handler(None, 0)

    def run(self, sql: str, **values: Any) -> "Rows":
        """Execute one statement with named values."""
        try:
            return Rows(self, self._execute(sql, values))
        except sqlite3.Error as error:
            raise self.translated(error) from error

    def many(self, sql: str, rows: Sequence[Row]) -> int:
        """Execute a statement once for each row of named values; returns how many rows it has changed."""
        try:
            return self.raw.executemany(sql, rows).rowcount if rows else 0
        except sqlite3.Error as error:
            raise self.translated(error) from error

    def all(self, sql: str, **values: Any) -> list[Row]:
        """Every row of a query, as dictionaries."""
        try:
            cursor = self._execute(sql, values)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except sqlite3.Error as error:
            raise self.translated(error) from error

    def _execute(self, sql: str, values: dict[str, Any]) -> sqlite3.Cursor:
        if self._unwanted():
            raise ReadTimedOut(_STOPPED)
        return self.raw.execute(sql, values)

    def one(self, sql: str, **values: Any) -> Row | None:
        """The first row of a query, or None."""
        rows = self.all(sql, **values)
        return rows[0] if rows else None

    def data_version(self) -> int:
        """A number that changes when another connection has committed."""
        return int(self.run("PRAGMA data_version").fetchone()[0])

    def fold(self) -> bool:
        """Fold the WAL back into the file and empty it; False while somebody else reads an older state."""
        return not self.run("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

    def close(self) -> None:
        """Close; the last connection folds the WAL back into the file."""
        try:
            self.raw.close()
        except sqlite3.Error as error:
            raise self.translated(error) from error


class Rows:
    """The result of a statement; an error that comes while it is fetched is one of ours."""

    __slots__ = ("_connection", "_cursor")

    def __init__(self, connection: Connection, cursor: sqlite3.Cursor) -> None:
        self._connection = connection
        self._cursor = cursor

    @property
    def rowcount(self) -> int:
        """Number of rows that the statement has changed."""
        return self._cursor.rowcount

    def fetchone(self) -> Any:
        """The next row as a tuple, or None."""
        try:
            return self._cursor.fetchone()
        except sqlite3.Error as error:
            raise self._connection.translated(error) from error

    def fetchall(self) -> list[Any]:
        """The rows that are left, as tuples."""
        try:
            return self._cursor.fetchall()
        except sqlite3.Error as error:
            raise self._connection.translated(error) from error

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())


def _primary_code(error: sqlite3.Error) -> int:
    """SQLite's own result code without its extension; 0 for an error of the driver."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


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
