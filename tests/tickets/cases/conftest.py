"""A real store for each test of a use case; nobody serves pages over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tickets.cases.people import Office
from tickets.store import Store


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A store with a small region's routing."""
    store = Store(tmp_path / "tanggap.db", "kunci uji")
    with store.transaction():  # use cases run inside their caller's
        yield Office(store)
    store.close()
