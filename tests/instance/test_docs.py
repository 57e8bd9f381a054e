"""docs/configuration.md is tested: its examples load together, its lists are complete."""

import re
from datetime import date
from pathlib import Path

import pytest

from instance import holiday, load
from instance.examination import check
from instance.problems import Problem
from instance.scalars import DAY_NAMES
from instance.schema.agencies import MessagesModel
from instance.schema.routing import MenuModel
from instance.schema.screening import ChallengeModel, FloodModel, ReputationModel, ScreeningModel
from instance.site import PageTestSite
from tanggap.explain import explain, parse_at
from tests.fixtures import Edit
from tickets import messages

REPOSITORY = Path(__file__).resolve().parents[2]
SCREENING = (ScreeningModel, ChallengeModel, FloodModel, ReputationModel)
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
    assert instance.site.page_test == PageTestSite(DAY_NAMES.index("selasa"), 10)
    assert (home / "var" / "secrets.json").exists()


def test_the_menus_of_the_guide_fit_the_shipped_configuration(edited: Edit) -> None:
    """1 emergency, then 1 fire … 5 disaster: in place of `start` and `menus`, and walked to its end."""
    (menus,) = re.findall(r"```yaml\n# menu bertingkat\n(.*?)```", GUIDE, re.DOTALL)
    home = edited()
    path = home / "routing.yaml"
    before, rest = path.read_text().split("start: utama\n", 1)
    path.write_text(before + menus + "# Menu bertingkat" + rest.split("# Menu bertingkat", 1)[1])
    assert [problem for problem in check(home) if not problem.warning] == []
    instance = load(home, secrets=False)
    for keys, lane, kind, category in (
        ("11", "urgent", "emergency", "kebakaran"),
        ("912", "urgent", "emergency", "medis"),
        ("1*3", "urgent", "emergency", "kecelakaan"),
        ("1014", "urgent", "emergency", "kriminal"),
        ("15", "urgent", "emergency", None),
        ("1", "urgent", "emergency", None),
        ("102", "normal", "complaint", None),
    ):
        data = explain(instance, parse_at("2026-11-22T12:00", instance), None, keys).data
        assert (data["lane"], data["kind"], data["category"]) == (lane, kind, category), keys


@pytest.mark.parametrize("name", [name for model in SCREENING for name in model.model_fields])
def test_the_guide_lists_every_rule_of_screening(name: str) -> None:
    """Every key of routing.yaml below `screening` can be looked up."""
    section = GUIDE[GUIDE.index("**Penyaringan**") : GUIDE.index("**Kategori.**")]
    assert f"`{name}`" in section or f"{name}:" in section


@pytest.mark.parametrize("name", MenuModel.model_fields)
def test_the_guide_lists_every_key_of_a_menu(name: str) -> None:
    """Every key below `menus` can be looked up."""
    assert f"\n| `{name}` |" in GUIDE


def test_holidays_by_name(home: Path) -> None:
    """Dates beat holidays, names beat the default, add and remove beat the calendar."""
    special = load(home, secrets=False).hours.exceptions
    reasons = {day: (special_day.reason, len(special_day.windows)) for day, special_day in special.items()}
    assert reasons[date(2027, 4, 10)] == ("Hari Jadi Jepara", 1)
    assert reasons[date(2027, 1, 2)] == ("", 0)
    assert reasons[date(2026, 8, 17)] == ("Hari Kemerdekaan Republik Indonesia", 1)
    assert reasons[date(2026, 12, 24)] == ("Cuti Bersama Hari Raya Natal", 1)
    assert reasons[date(2027, 3, 10)] == ("Hari Raya Idul Fitri", 1)
    assert date(2027, 3, 11) not in special
    assert date(2026, 12, 25) not in special  # biasa


@pytest.mark.parametrize("name", holiday.names())
def test_the_guide_lists_every_holiday(name: str) -> None:
    """Every holiday that hours.yaml may name can be looked up."""
    assert f"\n- {name}\n" in GUIDE


def test_a_problem_reads_as_one_line() -> None:
    """The form that the guide promises."""
    assert str(Problem("hours.yaml", 4, 10, "apa", "itu")) == "hours.yaml:4:10: apa, diharapkan itu"
    assert str(Problem("hours.yaml", 0, 0, "apa", warning=True)) == "hours.yaml: peringatan: apa"


def test_the_messages_of_the_guide_fit_the_shipped_configuration(edited: Edit) -> None:
    """The example loads, and the guide lists every field and every key."""
    (words,) = re.findall(r"```yaml\n# pesan sendiri\n(.*?)```", GUIDE, re.DOTALL)
    home = edited("routing.yaml", ("fallback:", words + "fallback:"))
    assert [problem for problem in check(home) if not problem.warning] == []
    assert load(home, secrets=False).routing.messages.body.startswith("{kategori} di {lokasi}")
    assert all(f"`{{{name}}}`" in GUIDE for name in messages.FIELDS)
    assert all(f"`{name}`" in GUIDE for name in MessagesModel.model_fields)
