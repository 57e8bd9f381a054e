"""`tanggap drill` as a person types it; the drills themselves are those of tests/drills."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drills import scenario
from tanggap.program import main


def drill(*arguments: str) -> Result:
    """The command's end, without a drill."""
    return CliRunner().invoke(main, ["drill", *arguments])


def test_the_shipped_scenarios_are_listed_by_name_and_title() -> None:
    """One a line."""
    result = drill("--list")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split(": ")[0] for line in result.stdout.splitlines()] == list(scenario.shipped())


def test_without_a_scenario_those_that_there_are_are_named() -> None:
    """Wrong usage: exit 2."""
    result = drill()
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"sebutkan skenarionya: {', '.join(scenario.shipped())}" in result.stderr


def test_a_comparison_has_both_halves() -> None:
    """The half alone beside it is refused, before a drill begins."""
    result = drill(scenario.shipped()[0], "--compare", "--no-screening")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--compare sudah mencakup --no-screening" in result.stderr


@pytest.mark.parametrize("text", ["title: x\n", "title: [\n"])
def test_a_wrong_scenario_is_refused_with_file_and_line(tmp_path: Path, text: str) -> None:
    """Exit 2, and each problem at its place."""
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    result = drill(str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("own.yaml:") or result.stderr.startswith(str(path))
