"""A real store for each test of a use case; nobody serves pages over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tickets.cases.people import Desk
from tickets.store import Store


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A store with a small region's routing."""
    store = Store(tmp_path / "tanggap.db", "kunci uji")
    with store.transaction():  # use cases run inside their caller's
        yield Desk(store)
    store.close()
