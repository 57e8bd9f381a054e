"""The spill file: records that the store could not take, one line of JSON each with its checksum, append-only.

The file is filled with zeros beforehand (its reserve), so that a line finds its place on a full disk too. A line is
`checksum SPACE json NEWLINE`; the first one names the file, the others are numbered from 1. What follows the last whole
line is zeros, or a line that was torn while it was written: nobody was told that it is kept.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from tickets.errors import StoreUnavailable
from tickets.model import Row

_ZEROS = bytes(1 << 16)


@dataclass(frozen=True, slots=True)
class Damaged:
    """A line within the file whose checksum is wrong."""

    n: int
    line: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """Content of a spill file; the next line goes to `end`, `torn` counts the bytes of a line cut short there."""

    id: str
    records: tuple[tuple[int, Row], ...]
    damaged: tuple[Damaged, ...] = ()
    end: int = 0
    torn: int = 0

    @property
    def lines(self) -> int:
        """Number of records written, damaged ones included."""
        return len(self.records) + len(self.damaged)


NOTHING = Content("", ())


def line_of(row: Row) -> bytes:
    """One line of the file."""
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
    return _checksum(text) + b" " + text + b"\n"


def _checksum(text: bytes) -> bytes:
    return blake2b(text, digest_size=8).hexdigest().encode()


def _row_of(line: bytes) -> Row | None:
    """Decode a line; None where its checksum is wrong."""
    checksum, space, text = line.partition(b" ")
    if not space or checksum != _checksum(text):
        return None
    row = json.loads(text)
    return row if isinstance(row, dict) else None


def read(path: Path) -> Content:
    """Read a spill file, also while it is written to or after a crash; OSError where it cannot be read."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return NOTHING
    used = raw.rstrip(b"\0")
    if used.startswith(b"\0"):  # the name was taken away first: all of it is in the store
        return Content("", (), (), 0, len(used))
    whole, newline, torn = used.rpartition(b"\n")
    lines = whole.split(b"\n") if newline else []
    end = len(whole) + len(newline)
    if not lines:
        return Content("", (), (), 0, len(torn))
    # a corrupt header still yields a stable id: the hash of its bytes
    header = _row_of(lines[0]) or {"spill": "?" + blake2b(lines[0], digest_size=6).hexdigest()}
    rows = [(n, line, _row_of(line)) for n, line in enumerate(lines[1:], 1)]
    return Content(
        id=str(header.get("spill", "?")),
        records=tuple((n, row) for n, _line, row in rows if row is not None),
        damaged=tuple(Damaged(n, line) for n, line, row in rows if row is None),
        end=end,
        torn=len(torn),
    )


class SpillFile:
    """One process's spill file; every method blocks, and raises OSError. One thread at a time."""

    def __init__(self, path: Path, *, reserve: int = 0) -> None:
        self.path = path
        self.id = ""
        self.reserved = reserve
        self._n = 0
        self._end = 0
        self._handle: int | None = None

    def open(self) -> Content:
        """Open the file, made with its folder and reserve where it is missing; returns what a former process left in
        it.

        StoreUnavailable while another process has it, or where the folder is not ours alone."""
        _own_folder(self.path.parent)
        self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            content = read(self.path)
            if content.torn:
                self._put(bytes(content.torn), content.end)
            if not content.end:
                self._reserve()
        except BlockingIOError:
            self.close()
            raise StoreUnavailable(f"{self.path} dipakai proses lain") from None
        except OSError:
            self.close()
            raise
        self.id, self._n, self._end = content.id, content.lines, content.end
        return content

    @property
    def usable(self) -> bool:
        """True while it is open."""
        return self._handle is not None

    def append(self, rows: Sequence[Row]) -> list[int]:
        """Write rows and wait until they are on the disk; returns their numbers. On an error none of them is in the
        file."""
        begins = not self.id
        identity = secrets.token_hex(8) if begins else self.id
        lines = [line_of({"spill": identity})] if begins else []
        block = b"".join([*lines, *map(line_of, rows)])
        try:
            self._put(block, self._end)
        except OSError:
            self._undo(len(block))
            raise
        self.id = identity
        self._end += len(block)
        numbers = list(range(self._n + 1, self._n + len(rows) + 1))
        self._n += len(rows)
        return numbers

    def empty(self) -> None:
        """Empty the file once all of it is in the store: no id, zeros, the reserve as it was. On an error it stays as
        it is, or is closed and emptied by the next `open`."""
        if self._handle is None:
            raise OSError(f"{self.path} is not open")
        try:
            self._put(bytes(1), 0)  # from here on no later process reads it
        except OSError:
            self.close()
            raise
        size, self.id, self._n, self._end = self._end, "", 0, 0
        try:
            for start in range(0, size, len(_ZEROS)):
                self._put(_ZEROS[: min(len(_ZEROS), size - start)], start, sync=False)
            if os.fstat(self._handle).st_size > self.reserved:
                os.ftruncate(self._handle, self.reserved)
            os.fsync(self._handle)
        except OSError:
            self.close()

    def close(self) -> None:
        """Close the file; an empty one without a reserve is removed, with its folder."""
        if self._handle is None:
            return
        if not self.reserved and not self.id and not os.fstat(self._handle).st_size:
            with suppress(OSError):
                self.path.unlink()
                self.path.parent.rmdir()
        os.close(self._handle)
        self._handle = None

    def _put(self, data: bytes, at: int, *, sync: bool = True) -> None:
        if self._handle is None:
            raise OSError(f"{self.path} is not open")
        view = memoryview(data)
        while view:
            written = os.pwrite(self._handle, view, at)
            view, at = view[written:], at + written
        if sync:
            os.fdatasync(self._handle)

    def _undo(self, size: int) -> None:
        """Overwrite a half-written line with zeros, so that no later line follows it."""
        if self._handle is None:
            return
        try:
            reach = min(size, max(0, os.fstat(self._handle).st_size - self._end))
            self._put(bytes(reach), self._end, sync=False)
        except OSError:
            self.close()  # the next `open` reads it anew

    def _reserve(self) -> None:
        """Allocate the reserve by writing zeros; as many as there is space for."""
        assert self._handle is not None
        size = os.fstat(self._handle).st_size
        try:
            while size < self.reserved:
                size += os.pwrite(self._handle, _ZEROS[: self.reserved - size], size)
        except OSError:
            pass  # a full disk: a smaller reserve has to do
        os.fsync(self._handle)


def take_up(file: SpillFile) -> Content:
    """Open a file and return its content; a file without a reserve is only made when it is needed."""
    if not file.reserved and not file.path.exists():
        return NOTHING
    return file.open()


def _own_folder(folder: Path) -> None:
    """Create the folder where it is missing, and refuse another user's folder or link in a public place."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise StoreUnavailable(f"folder {folder} bukan milik program ini saja (diharapkan izin 0700)")
