"""Hooks of tests/conftest.py for tests that are one story on one instance: after a failure the rest fails at once."""

from collections.abc import Generator

import pytest

__all__ = ["pytest_runtest_makereport", "pytest_runtest_setup"]

BROKEN = pytest.StashKey[dict[str, str]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember the first failure of each story."""
    report = yield
    if report.failed and (story := _story(item)):
        item.config.stash.setdefault(BROKEN, {}).setdefault(story, item.name)
    return report


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail what comes after it: what such a test finds is worth nothing, and waiting for it takes minutes."""
    broken = item.config.stash.get(BROKEN, {})
    if first := broken.get(_story(item)):
        pytest.fail(f"not run: the story of this file broke at {first}", pytrace=False)


def _story(item: pytest.Item) -> str:
    """The file and the fixture that its story is about; empty for a test that stands alone."""
    mark = item.get_closest_marker("story")
    return f"{item.path}:{mark.args[0]}" if mark and mark.args[0] in getattr(item, "fixturenames", ()) else ""
