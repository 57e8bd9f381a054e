"""For all tests."""

import asyncio
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from drills import demo
from processes.logs import quiet
from tests.faults.table import ROW, Line, table

# Files that take long begin first, the longest of them at the front, lest one of them be left for the end; those that
# share an Asterisk follow each other.
LONG = (
    "faults/",
    "drills/test_drills.py",
    "e2e/test_ear.py",
    "e2e/test_listening.py",
    "e2e/outside/",
    "e2e/running/test_up.py",
    "e2e/test_crash.py",
    "e2e/test_calls.py",
    "e2e/test_challenge.py",
    "e2e/running/test_alone.py",
    "e2e/running/test_full_disk_up.py",
    "e2e/test_strays.py",
    "e2e/",
    "console/access/",
    "console/browser/",
    "tickets/escalation/test_time_travel.py",
    "tanggap/test_escalate.py",
    "line/test_call_writer.py",
    "tickets/escalation/test_stateful.py",
)
pytest_plugins = ["pytester", "tests.fixtures", "tests.quarantining", "tests.stories"]
REAL = ("e2e/", "faults/", "drills/", "console/access/", "console/browser/", "asterisk/test_real")


def pytest_configure(config: pytest.Config) -> None:
    """pytest-asyncio leaves an event loop behind when plain tests run first: a warning, and so an error."""
    asyncio.set_event_loop(None)
    quiet()
    # how fast a machine is, is no property of the code
    settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("any-machine")
    worker, count = (os.environ.get(f"PYTEST_XDIST_WORKER{name}", "") for name in ("", "_COUNT"))
    # an instance that is down for a while finds its ports free again: each process has a place of its own among them
    first, _, places = os.environ.get("TEST_PLACES", "").partition("/")
    if places or count:
        place = int(first or 0) + int(worker.removeprefix("gw") or 0)
        demo.PORTS = demo.PORTS[place :: int(places or count)]


@pytest.fixture(autouse=True)
def same_umask() -> Iterator[None]:
    """Our commands make their files private; what a test runs in this process must not change it for the next."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, then those with real telephones and browsers, then the rest."""
    items.sort(key=lambda item: _turn(item.nodeid.removeprefix("tests/")))


def _turn(nodeid: str) -> tuple[int, int]:
    long = [place for place, name in enumerate(LONG) if nodeid.startswith(name)]
    return (0, long[0]) if long else (1, 0) if nodeid.startswith(REAL) else (2, 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The fault matrix, where its tests were run."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    rows = [row for report in reports for row in _rows(report)]
    if rows:
        terminalreporter.section("fault matrix, shortened")
        terminalreporter.write_line(table([Line.from_dict(row) for row in rows]))


def _rows(report: object) -> list[dict[str, object]]:
    """The rows of the matrix in a report."""
    properties = getattr(report, "user_properties", ())
    return [value for name, value in properties if name == ROW]
