"""A line for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tanggap.line import Line
from tickets.store.thread import StoreThread


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    """A line with nobody on duty, at noon."""
    store = await StoreThread(tmp_path / "tanggap.db").open()
    yield Line(tmp_path, store)
    await store.close()
