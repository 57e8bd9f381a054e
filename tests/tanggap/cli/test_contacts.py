"""`tanggap contacts`: as an admin types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tanggap.program import main
from tests.fixtures import Edit


@pytest.fixture
def home(edited: Edit) -> Path:
    """The shipped instance, never started."""
    return edited()


def run(home: Path, *arguments: str) -> Result:
    """The command's result; another exit status than 0 fails."""
    result = CliRunner().invoke(main, ["--home", str(home), *arguments])
    assert result.exit_code == 0, result.output
    return result


def test_a_list_makes_no_database(home: Path) -> None:
    """Contacts are those of routing.yaml, also before the first start; nobody is marked as away then."""
    rows = json.loads(run(home, "contacts", "list", "--json").output)
    assert {row["name"]: row["away"] for row in rows}["damkar.siaga"] is None
    assert not (home / "var" / "tanggap.db").exists()


def test_a_mark_is_listed(home: Path) -> None:
    """Marked as away, then back."""
    run(home, "contacts", "away", "damkar.siaga", "--reason", "cuti")
    rows = {row["name"]: row for row in json.loads(run(home, "contacts", "list", "--json").output)}
    assert (rows["damkar.siaga"]["on_duty"], rows["damkar.siaga"]["away"]["reason"]) == (False, "cuti")
    run(home, "contacts", "back", "damkar.siaga")
    rows = {row["name"]: row for row in json.loads(run(home, "contacts", "list", "--json").output)}
    assert rows["damkar.siaga"]["away"] is None
