"""A line for each test; and instances of the shipped files with changes."""

import functools
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import structlog

from tests.line.line import Line
from tickets.store.thread import StoreThread

REPOSITORY = Path(__file__).resolve().parents[1]
FILES = ("routing.yaml", "hours.yaml", "site.yaml")
Edit = Callable[..., Path]


@pytest.fixture(autouse=True, scope="session")
def _no_cached_loggers() -> Iterator[None]:
    """Let every logger ask for its processors at each line: a cached one no longer reaches capture_logs."""
    configure = structlog.configure
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", functools.partial(_uncached, configure))
        yield


def _uncached(configure: Callable[..., None], *args: object, **settings: object) -> None:
    configure(*args, **settings | {"cache_logger_on_first_use": False})


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    """A line with nobody on duty, at noon."""
    store = await StoreThread(tmp_path / "tanggap.db").open()
    yield Line(tmp_path, store)
    await store.close()


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """Makes an instance of the shipped files with some words replaced, or a file with new content."""

    def make(name: str = "", *changes: tuple[str, str], text: str | bytes | None = None) -> Path:
        for file in FILES:
            shutil.copy(REPOSITORY / file, tmp_path)
        path = tmp_path / name
        if text is not None:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        for before, after in changes:
            found = path.read_text()
            assert before in found, before
            path.write_text(found.replace(before, after, 1))
        return tmp_path

    return make
