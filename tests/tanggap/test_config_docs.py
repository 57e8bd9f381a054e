"""docs/configuration.md is tested: its examples load together, its lists are complete."""

import re
from datetime import date
from pathlib import Path

import pytest

from tanggap.config import holiday, load
from tanggap.config.check import check
from tanggap.config.problems import Problem
from tanggap.config.scalars import DAY_NAMES

REPOSITORY = Path(__file__).resolve().parents[2]
GUIDE = (REPOSITORY / "docs" / "configuration.md").read_text()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, text in re.findall(r"```yaml\n# (\w+\.yaml)\n(.*?)```", GUIDE, re.DOTALL):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_examples_are_one_right_instance(home: Path) -> None:
    """The three examples of the guide fit together."""
    assert [problem for problem in check(home) if not problem.warning] == []
    instance = load(home)
    assert instance.hours.weekly[DAY_NAMES.index("minggu")] == ()
    assert instance.site.mobile_trunk == "telkom"
    assert (home / "var" / "secrets.json").exists()


def test_holidays_by_name(home: Path) -> None:
    """Dates beat holidays, names beat the default, add and remove beat the calendar."""
    special = load(home, secrets=False).hours.exceptions
    reasons = {day: (found.reason, len(found.windows)) for day, found in special.items()}
    assert reasons[date(2027, 4, 10)] == ("Hari Jadi Jepara", 1)
    assert reasons[date(2027, 1, 2)] == ("", 0)
    assert reasons[date(2026, 8, 17)] == ("Hari Kemerdekaan Republik Indonesia", 1)
    assert reasons[date(2026, 12, 24)] == ("Cuti Bersama Hari Raya Natal", 1)
    assert reasons[date(2027, 3, 10)] == ("Hari Raya Idul Fitri", 1)
    assert date(2027, 3, 11) not in special
    assert date(2026, 12, 25) not in special  # biasa


@pytest.mark.parametrize("name", holiday.names())
def test_the_guide_lists_every_holiday(name: str) -> None:
    """What hours.yaml may name can be looked up."""
    assert f"\n- {name}\n" in GUIDE


def test_a_problem_reads_as_one_line() -> None:
    """The form that the guide promises."""
    assert str(Problem("hours.yaml", 4, 10, "apa", "itu")) == "hours.yaml:4:10: apa, diharapkan itu"
    assert str(Problem("hours.yaml", 0, 0, "apa", warning=True)) == "hours.yaml: peringatan: apa"
