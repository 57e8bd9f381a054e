"""`tanggap contacts` and `tanggap report pushes`, as a person or a script calls them."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from instance import REPOSITORY, load
from tanggap.program import main
from tickets.model import Actor, PlannedPush
from tickets.store import Store

SITI = Actor("user", "siti")
NOW = datetime.now(UTC)  # the commands use the real clock; all times of this file lie before it
DAYS = [str((NOW - timedelta(hours=back)).astimezone(ZoneInfo("Asia/Jakarta")).date()) for back in (2, 0)]
REPORT = ("report", "pushes", "--from", DAYS[0], "--to", DAYS[1])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The shipped instance."""
    for name in ("routing.yaml", "hours.yaml", "site.yaml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    load(tmp_path)
    return tmp_path


def run(home: Path, *arguments: str, code: int = 0) -> Result:
    """The command's result; another exit status fails."""
    result = CliRunner().invoke(main, ["--home", str(home), *arguments])
    assert result.exit_code == code, result.output
    return result


def json_of(home: Path, *arguments: str, code: int = 0) -> Any:
    return json.loads(run(home, *arguments, "--json", code=code).output)


def contact(home: Path, name: str) -> dict[str, Any]:
    (row,) = (entry for entry in json_of(home, "contacts", "list") if entry["name"] == name)
    return dict(row)


def unanswered(home: Path, *minutes: float) -> str:
    """An assignment that is an hour old, with pushes tried so many minutes after it began."""
    store, began = Store(home / "var" / "tanggap.db"), NOW - timedelta(hours=1)
    number = store.tickets.create(began, "20261123", SITI, "emergency")
    push = PlannedPush(1, "damkar.siaga", "page", began, 1800.0)
    assignment = store.assignments.dispatch(began, number, "damkar", (push,), 600.0, SITI)
    for minute in minutes:
        at = began + timedelta(minutes=minute)
        (due,) = store.assignments.claim(at, "escalate", 15.0, 1)
        after = at + timedelta(minutes=30)
        store.assignments.attempted(due, "escalate", at, at, ok=True, detail="1 halaman bersuara", next_due=after)
    store.assignments.move(NOW - timedelta(seconds=5), assignment, "diterima", SITI, via="page")
    store.close()
    return number


@pytest.mark.long
def test_who_is_away_has_a_stand_in_until_back(home: Path) -> None:
    """Marked, listed with who and why, and taken back; what is asked of nobody is refused in a sentence."""
    before = contact(home, "damkar.siaga")
    assert (before["away"], before["absent"], before["on_duty"]) == (None, None, True)
    assert "page" in before["channels"]
    answer = json_of(home, "contacts", "away", "damkar.siaga", "--hours", "2", "--reason", "cuti")
    assert answer["away"] is True
    row = contact(home, "damkar.siaga")
    assert (row["on_duty"], row["stand_in"]) == (False, answer["stand_in"])
    assert (row["away"]["by"], row["away"]["reason"]) == ("cli", "cuti")
    until = datetime.fromisoformat(row["away"]["until_at"])
    assert timedelta(hours=2) <= until - NOW < timedelta(hours=3)
    assert "damkar.siaga" in run(home, "contacts", "list").output
    assert run(home, "contacts", "back", "damkar.siaga").output == "kontak damkar.siaga ada di tempat lagi\n"
    assert contact(home, "damkar.siaga") == before
    refused = run(home, "contacts", "away", "siapa.saja", code=1).output
    assert "kontak siapa.saja tidak ada di routing.yaml; lihat: tanggap contacts list" in refused


def test_the_report_proves_that_pushing_never_paused(home: Path) -> None:
    """Every gap within the ladder: exit status 0, and how long the longest was."""
    number = unanswered(home, 0, 30)
    figures = json_of(home, *REPORT)
    assert (figures["holds"], figures["assignments"], figures["attempts"], figures["violations"]) == (True, 1, 2, [])
    assert (figures["longest"]["ticket"], figures["longest"]["seconds"]) == (number, 1800.0)
    assert "Tidak ada jeda yang lebih dari" in run(home, *REPORT).output


def test_the_report_tells_of_a_gap(home: Path) -> None:
    """Exit status 1, and whose push was missing from when to when."""
    number = unanswered(home, 0)
    figures = json_of(home, *REPORT, code=1)
    (gap,) = figures["violations"]
    assert (gap["ticket"], gap["opd"], gap["allowed_s"]) == (number, "damkar", 1800.0)
    assert 3590 <= gap["seconds"] <= 3600
    assert number in run(home, *REPORT, code=1).output


def test_check_names_the_open_tasks_of_an_agency_that_left(home: Path) -> None:
    """A warning: the files are right as they are."""
    number = unanswered(home, 0)
    assert "tugas terbuka" not in run(home, "check").output
    store = Store(home / "var" / "tanggap.db")
    store.connection.raw.execute("UPDATE assignments SET opd = 'pmk'")
    store.close()
    lines = run(home, "check").output.splitlines()
    expected = f"peringatan: OPD pmk tidak ada di routing.yaml, tetapi punya 1 tugas terbuka ({number}): "
    assert [line[: len(expected)] for line in lines if "pmk" in line] == [expected]
