"""The papers name what the code has: findings of the doctor, metrics, routes, kinds of the journal."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from console.web.routes import ROUTES, Route
from tests.house.test_layout import PACKAGES
from tickets.complaints import tracking

ROOT = Path(__file__).resolve().parents[2]
CODE = {path: path.read_text(encoding="utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
# made from a variable part; the pages tell them apart
BUILT = {"failsafe.key", "failsafe.queue", "noun.verb"}
MADE = {".venv", ".asterisk", ".git", "var", "build", "node_modules"}
# a reader's own, and what testing.md shows
EXAMPLES = {
    "kudus.yaml",
    "my-scenario.yaml",
    "measure.py",
    "pkg/room/x.py",
    "tests/pkg/room/test_x.py",
    "tests/pkg/test_room.py",
}


def paper(name: str) -> str:
    """One page of docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def everywhere(pattern: str) -> set[str]:
    """Each match of a pattern's group in the code."""
    return {match for text in CODE.values() for match in re.findall(pattern, text)}


def test_operations_names_every_finding_of_the_doctor() -> None:
    """And none that there is not."""
    in_code = everywhere(r'(?:bad|odd|Finding)\(\s*"([A-Z]+(?:_[A-Z]+)+)"')
    in_paper = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", paper("operations.md")))
    assert sorted(in_code - in_paper) == []
    written = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', "".join(CODE.values())))
    assert sorted(in_paper - written - {"CAP_NET_BIND_SERVICE"}) == []


def test_operations_names_every_metric() -> None:
    """And none that there is not; histograms by their own name, counters as Prometheus shows them."""
    in_paper = set(re.findall(r"(tanggap_[a-z_]+)", paper("operations.md")))
    counters = everywhere(r'CounterMetricFamily\("(tanggap_[a-z_]+)"')
    in_code = everywhere(r'"(tanggap_[a-z_]+)"') - counters | {f"{name}_total" for name in counters}
    assert sorted(in_paper ^ in_code) == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_api_names_every_route(route: Route) -> None:
    """A page of its own stands in api.md by its path, with the names of its parts written large."""
    path = re.sub(r"\{(\w+)(?::(?:[^{}]|\{\})*)?\}", lambda part: part[1].upper(), route.path)
    for inner, shown in {"ASSIGNMENT": "ID", "TEST": "ID", "ATTEMPT": "TRY"}.items():
        path = path.replace(f"/{inner}", f"/{shown}")
    assert re.search(rf"{re.escape(path)}[`?\[ {{,(]", paper("api.md")), path


def test_records_names_every_kind_of_journal_row() -> None:
    """And none that there is not."""
    page = paper("records.md")
    rows = [line.split("|")[1] for line in page[page.index("## journal") :].splitlines() if line.startswith("| `")]
    in_paper = {kind for row in rows for kind in re.findall(r"`([a-z]+\.[a-z_]+)`", row)}
    assert len(in_paper) > 90
    assert sorted(in_paper - everywhere(r'"([a-z]+\.[a-z_]+)"') - BUILT) == []
    written = everywhere(r'(?:\.append\(\s*[a-z_.]+,|\b[Nn]ote\()\s*"([a-z]+\.[a-z_]+)"')
    assert len(written) > 50
    assert sorted(written - in_paper) == []


def test_example_numbers_of_complaints_are_right() -> None:
    """Whoever tries the number that a page shows as an example must not be told that it has a wrong digit."""
    pages = [
        path for kind in ("console/**/*.html", "console/static/js/**/*.js", "docs/*.md") for path in ROOT.glob(kind)
    ]
    texts = {path: path.read_text(encoding="utf-8") for path in pages} | CODE
    examples = {(path, number) for path, text in texts.items() for number in re.findall(r"\b4827 ?\d{4}\b", text)}
    assert len(examples) > 5
    assert sorted(str(path) for path, number in examples if tracking.parse(number) is None) == []


@cache
def files() -> frozenset[str]:
    """Our files by their path from the top, without what tools and installations made."""
    top = [path for path in ROOT.iterdir() if path.name not in MADE]
    return frozenset(f"/{path.relative_to(ROOT)}" for folder in top for path in (folder, *folder.rglob("*")))


PAGES = (*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md")
NAMED = re.compile(r"(?<![\w/*….-])([a-z_-]+(?:/[a-z_0-9-]+)*\.(?:py|js|yaml|sh))\b")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_files_that_a_paper_names_are_there(page: Path) -> None:
    """By their path from the top, or by its end."""
    named = set(NAMED.findall(page.read_text(encoding="utf-8")))
    missing = {name for name in named if not any(path.endswith(f"/{name}") for path in files())}
    assert sorted(missing - EXAMPLES) == []


def test_the_readme_is_narrow() -> None:
    """It is read in terminals: no line is longer than those of the code."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert [(place, len(line)) for place, line in enumerate(lines, 1) if len(line) > 120] == []
