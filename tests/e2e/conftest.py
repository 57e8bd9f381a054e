"""A whole line for end-to-end tests: real Asterisk, real SIP phones, the real calls service; only the clock is ours."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from baresip.runtime import Runtime

from drills.phones.softphone import phones
from tests.e2e.line import OUTSIDE, House, LineUnderTest, house, line_under_test


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def the_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One Asterisk with its configuration and prompts for all tests of this folder."""
    async with house(tmp_path_factory.mktemp("line")) as made:
        yield made


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def sip() -> AsyncIterator[Runtime]:
    """The SIP stack, of which a process has one."""
    async with phones("X-Ticket", listen=OUTSIDE) as runtime:
        yield runtime


@pytest_asyncio.fixture(loop_scope="session")
async def line(the_house: House, sip: Runtime) -> AsyncIterator[LineUnderTest]:
    """The calls service of one test, at ten in the morning, with nobody on duty."""
    async with line_under_test(the_house, sip) as made:
        yield made


@pytest.fixture
def patient(the_house: House) -> Iterator[None]:
    """Phones ring for minutes: whoever rings after another does so for another reason than that time was up."""
    before = the_house.instance
    the_house.instance = replace(before, site=replace(before.site, ring_s=300.0))
    yield
    the_house.instance = before


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the real Asterisk and shares the loop of the session."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.real)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
