"""The fault matrix as CI runs it: one scene that must stand through fault after fault; whole: `bash scripts/faults`.

The tests of this file are one story on one instance and run in order.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.faults import FAULTS, Fault
from tests.faults.lab import lab
from tests.faults.matrix import Matrix
from tests.faults.table import ROW

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

BRIEF = [fault for fault in FAULTS if fault.brief_s is not None]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def matrix(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Matrix]:
    """A line with somebody in each lasting stage."""
    async with lab(tmp_path_factory.mktemp("faults")) as made:
        matrix = Matrix(made, brief=True)
        yield matrix
        await matrix.clear()


@pytest.mark.parametrize("fault", BRIEF, ids=lambda fault: fault.name)
async def test_every_promise_is_kept(matrix: Matrix, fault: Fault, request: pytest.FixtureRequest) -> None:
    """Nobody who talks is cut, nobody is hung up, no call and no ticket is lost, pushes go on, all is in our hands."""
    line = await matrix.run(fault)
    request.node.user_properties.append((ROW, line.as_dict()))
    if line.skipped:
        pytest.skip(line.skipped)
    assert [f"{cell.stage}: {cell.why or 'passes: no longer known'}" for cell in line.cells if not cell.green] == []
