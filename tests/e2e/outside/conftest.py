"""A caller from outside; each test of this folder ends with nothing of its calls left."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from line import call_runner
from tests.e2e.line import LineUnderTest
from tests.e2e.outside.ending import nothing_is_stuck
from tests.e2e.outside.outsider import Outsider, outsider


@pytest_asyncio.fixture(loop_scope="session")
async def outside(line: LineUnderTest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outsider]:
    """A caller that can send anything; afterwards nothing of its calls may be left."""
    monkeypatch.setattr(call_runner, "LINGER_S", 0.3)
    async with outsider(line.house.server) as made:
        yield made
    for phone in line.agents:
        await phone.leave()
    await nothing_is_stuck(line)
