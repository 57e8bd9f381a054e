"""For all tests."""

import asyncio

import pytest

from tanggap.logs import quiet


def pytest_configure(config: pytest.Config) -> None:
    """pytest-asyncio leaves an event loop behind when plain tests run first: a warning, and so an error."""
    asyncio.set_event_loop(None)
    quiet()
