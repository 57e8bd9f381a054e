"""A world for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tickets.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A real store in a directory of its own, an unmoved clock, no daemon yet."""
    made = World(tmp_path / "tanggap.db")
    await made.store.open()
    yield made
    await made.close()
