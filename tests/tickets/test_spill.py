"""The spill file: acknowledged records are read back after any crash; others leave no line."""

import errno
import os
from pathlib import Path

import pytest

from tickets import spill
from tickets.errors import StoreUnavailable
from tickets.model import Row
from tickets.spill import SpillFile, line_of, read


def rows(*words: str) -> list[Row]:
    return [{"word": word} for word in words]


def words(path: Path) -> list[str]:
    return [row["word"] for _n, row in read(path).records]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spill" / "calls.spill"


def test_lines_come_back_in_order(path: Path) -> None:
    """Over several appends and starts, numbered from 1, under one name."""
    file = SpillFile(path, reserve=1 << 16)
    assert file.open().lines == 0
    assert file.append(rows("satu", "dua")) == [1, 2]
    name = file.id
    file.close()
    again = SpillFile(path, reserve=1 << 16)
    assert [n for n, _row in again.open().records] == [1, 2]
    assert (again.append(rows("tiga")), again.id) == ([3], name)
    assert words(path) == ["satu", "dua", "tiga"]
    again.close()


def test_only_we_can_read_it(path: Path) -> None:
    """Folder 0700, file 0600; another user's folder or a link in its place is refused."""
    file = SpillFile(path)
    file.open()
    assert (path.parent.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)
    file.append(rows("satu"))
    file.close()
    open_to_all = path.parent.parent / "umum"
    open_to_all.mkdir(mode=0o755)
    link = path.parent.parent / "tautan"
    link.symlink_to(path.parent)
    for folder in (open_to_all, link):
        with pytest.raises(StoreUnavailable, match=r"bukan milik program ini saja \(diharapkan izin 0700\)"):
            SpillFile(folder / "calls.spill").open()


def test_the_reserve_is_taken_beforehand(path: Path) -> None:
    """Lines go into space that the file has already; it does not grow."""
    file = SpillFile(path, reserve=1 << 20)
    file.open()
    before = path.stat()
    file.append(rows(*("x" * 100 for _ in range(500))))
    after = path.stat()
    assert (before.st_size, before.st_blocks) == (after.st_size, after.st_blocks) == (1 << 20, before.st_blocks)
    file.close()


@pytest.mark.parametrize("cut", range(1, 30, 4))
def test_a_torn_last_line_is_no_line(path: Path, cut: int) -> None:
    """Cut short by a power failure: the lines before it stay, and the next one takes its place."""
    file = SpillFile(path, reserve=4096)
    file.open()
    file.append(rows("satu", "dua"))
    end = read(path).end
    torn = line_of({"word": "sobek, sangat panjang"})[:-cut]
    file._put(torn, end)
    file.close()
    assert (words(path), read(path).torn) == (["satu", "dua"], len(torn))
    again = SpillFile(path, reserve=4096)
    again.open()
    assert read(path).torn == 0
    again.append(rows("3"))
    assert words(path) == ["satu", "dua", "3"]
    again.close()


def test_a_wrong_checksum_costs_one_line(path: Path) -> None:
    """A flipped bit is detected; its line is reported, the others are read."""
    file = SpillFile(path)
    file.open()
    file.append(rows("satu", "dua", "tiga"))
    file.close()
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"dua")] ^= 1
    path.write_bytes(raw)
    content = read(path)
    assert [(n, row["word"]) for n, row in content.records] == [(1, "satu"), (3, "tiga")]
    assert [(damage.n, b"eua" in damage.line) for damage in content.damaged] == [(2, True)]
    assert content.lines == 3


def test_a_damaged_name_costs_no_record(path: Path) -> None:
    """The file is then known by its damage, the same at every start."""
    file = SpillFile(path)
    file.open()
    file.append(rows("satu"))
    file.close()
    raw = bytearray(path.read_bytes())
    raw[20] ^= 1
    path.write_bytes(raw)
    assert words(path) == ["satu"]
    assert read(path).id == read(path).id != ""


def test_emptied(path: Path) -> None:
    """Zeros again and a new name; and one that was killed while it was emptied is empty too."""
    file = SpillFile(path, reserve=1 << 16)
    file.open()
    file.append(rows("a" * 100_000))
    first = file.id
    file.empty()
    assert (path.stat().st_size, read(path).lines) == (1 << 16, 0)
    file.append(rows("b", "c"))
    assert (words(path), file.id != first) == (["b", "c"], True)
    file._put(bytes(1), 0)
    file.close()
    again = SpillFile(path, reserve=1 << 16)
    assert again.open().lines == 0
    assert path.read_bytes().count(0) == path.stat().st_size
    again.close()


def test_what_could_not_be_written_is_not_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full within a line: the error is raised, and the next line follows the last whole one."""
    file = SpillFile(path)
    file.open()
    file.append(rows("satu"))
    real = os.pwrite

    def full_disk(handle: int, data: bytes, at: int) -> int:
        """Space for another forty bytes, as long as they are no zeros."""
        if any(data) and len(data) <= 60:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[:40], at)

    monkeypatch.setattr(spill.os, "pwrite", full_disk)
    with pytest.raises(OSError, match="No space left"):
        file.append(rows("x" * 60))
    monkeypatch.undo()
    assert read(path).torn == 0
    file.append(rows("dua"))
    assert words(path) == ["satu", "dua"]
    file.close()


def test_one_process_alone(path: Path) -> None:
    """A second one is refused: two writers would write over each other."""
    first, second = SpillFile(path), SpillFile(path)
    first.open()
    with pytest.raises(StoreUnavailable, match="dipakai proses lain"):
        second.open()
    first.close()
    second.open()
    second.close()
