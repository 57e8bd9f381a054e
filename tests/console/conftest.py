"""Fixtures of the console's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.console.desk112 import Console, console


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Console]:
    """A running console."""
    async with console(tmp_path) as running:
        yield running
