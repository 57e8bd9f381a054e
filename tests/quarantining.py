"""Hooks of tests/conftest.py that keep tests in quarantine out of a run, or run them alone (`--quarantine`)."""

import pytest

from tests import quarantine

__all__ = ["pytest_addoption", "pytest_collection_modifyitems", "pytest_terminal_summary"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--quarantine`."""
    parser.addoption("--quarantine", action="store_true", help="run those of tests/quarantine.txt, and only those")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep those that are wanted; pytest counts the others as deselected."""
    listed = quarantine.read(quarantine.FILE.read_text(encoding="utf-8"))
    wanted = bool(config.getoption("--quarantine"))
    out = [item for item in items if any(entry.covers(item.nodeid) for entry in listed) != wanted]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name each test on the list: nothing is left out in silence."""
    listed = quarantine.read(quarantine.FILE.read_text(encoding="utf-8"))
    if listed:
        terminalreporter.section("in quarantine (tests/quarantine.txt)")
    for entry in listed:
        terminalreporter.write_line(f"{entry.nodeid} since {entry.since}: {entry.reason}")
