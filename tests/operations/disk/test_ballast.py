"""Space that is given up for a start on a full disk."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from operations.disk import ballast


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Number of free blocks of 4 kB."""
    left = SimpleNamespace(f_bavail=1 << 20, f_frsize=4096)
    monkeypatch.setattr(ballast.os, "statvfs", lambda path: left)
    return left


def test_kept_where_there_is_plenty_and_given_up_where_there_is_none(tmp_path: Path, free: SimpleNamespace) -> None:
    """It is made once, given up once, and made again when there is space again."""
    (tmp_path / "run").mkdir()
    ballast.keep(tmp_path)
    assert ballast.path_of(tmp_path).stat().st_size == ballast.SIZE
    assert not ballast.give_up(tmp_path)
    free.f_bavail = 100
    assert ballast.give_up(tmp_path)
    assert (ballast.path_of(tmp_path).exists(), ballast.give_up(tmp_path)) == (False, False)
    free.f_bavail = 2 * ballast.SIZE // 4096
    ballast.keep(tmp_path)
    assert not ballast.path_of(tmp_path).exists()
    free.f_bavail = 1 << 20
    ballast.keep(tmp_path)
    assert ballast.path_of(tmp_path).exists()


def test_a_disk_that_cannot_be_asked(tmp_path: Path) -> None:
    """It does not count as full."""
    assert not ballast.cramped(tmp_path / "tidak-ada")
