"""Scenario files: every error with its place, and the shipped ones as they are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.plan import busiest_hour
from drills.scenario import FOLDER, load, shipped
from instance import REPOSITORY, ConfigErrors

RIGHT = """\
title: Coba
about: Satu kelompok.
trunks: [latihan]
arrivals: {within: 1m}
callers:
  - {name: satu, what: Menekan 1, genuine: ya, calls: 3, keys: 1, sound: emergency}
"""


def problems(tmp_path: Path, text: str) -> list[str]:
    """The problems of a file with this text."""
    path = tmp_path / "coba.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigErrors) as raised:
        load(str(path))
    return [str(problem) for problem in raised.value.problems]


def test_a_right_file_is_read(tmp_path: Path) -> None:
    """By path, and what is not written has its default."""
    path = tmp_path / "coba.yaml"
    path.write_text(RIGHT, encoding="utf-8")
    scenario = load(str(path))
    file = scenario.file
    assert (scenario.name, file.calls, file.operators.count, file.seed) == ("coba", 3, 3, 112)
    assert file.callers[0].keys == "1"


@pytest.mark.parametrize(
    ("before", "after", "place", "sentence"),
    [
        ("genuine: ya", "genuine: mungkin", "mungkin",
         '"mungkin" bukan ya atau tidak, diharapkan true atau false (ya atau tidak)'),
        ("keys: 1", "keys: 1a", "1a", 'tombol "1a" tidak sah, diharapkan 1 sampai 40 dari 0-9, * dan #'),
        ("keys: 1", "stays: 6s-2s", "6s-2s",
         'rentang "6s-2s" terbalik, diharapkan lama waktu seperti 3s, atau rentang seperti 2s-6s'),
        ("keys: 1", "numbers: nenek", "nenek",
         'nomor "nenek" tidak ada, diharapkan salah satu dari clean, anonymous, no_sim'),
        ("keys: 1", "trunk: lain", "lain", 'trunk "lain" tidak ada, diharapkan "latihan" (mungkin itu maksudnya)'),
        ("sound: emergency", "speaks: at_once", "at_once",
         "tidak ada suara untuk diperdengarkan, diharapkan sound selain silence, comfort, no_rtp"),
        ("within: 1m", "days: [1, 2]", "{days",
         'waktu panggilan tidak jelas, diharapkan "days" dan "hours", atau "within" saja'),
        ("within: 1m", "days: [0], hours: [1]", "[0]",
         "semua bobot nol, diharapkan paling sedikit satu bobot di atas nol"),
        ("calls: 3", "calls: 0", "0,", 'jumlah panggilan "0" tidak sah, diharapkan bilangan bulat 1 sampai 5000'),
    ],
)  # fmt: skip
def test_errors_have_their_place(tmp_path: Path, before: str, after: str, place: str, sentence: str) -> None:
    """File, line and column, what is wrong, what was expected."""
    assert RIGHT.count(before) == 1
    text = RIGHT.replace(before, after)
    line = next(number for number, line in enumerate(text.splitlines(), 1) if place in line)
    col = text.splitlines()[line - 1].index(place) + 1
    assert problems(tmp_path, text) == [f"coba.yaml:{line}:{col}: {sentence}"]


def test_all_errors_at_once(tmp_path: Path) -> None:
    """Three faults are three lines."""
    text = RIGHT.replace("calls: 3", "calls: 0").replace("within: 1m", "within: besok").replace("ya,", "tak,")
    assert len(problems(tmp_path, text)) == 3


def test_the_same_name_twice(tmp_path: Path) -> None:
    """Figures are told by behaviour: each has its own name."""
    errors = problems(tmp_path, RIGHT + RIGHT.splitlines()[-1] + "\n")
    assert errors == ['coba.yaml:7:12: nama "satu" dipakai dua kali, diharapkan nama lain']


def test_a_scenario_that_is_not_there() -> None:
    """The nearest name is told."""
    with pytest.raises(ConfigErrors) as raised:
        load("lauch-week")
    assert (
        str(raised.value)
        == f'{FOLDER}: skenario "lauch-week" tidak ada, diharapkan "launch-week" (mungkin itu maksudnya)'
    )


def test_the_shipped_scenarios() -> None:
    """Each is right."""
    assert shipped() == ["after-hours", "cannot-speak", "chaos", "launch-week", "prank-storm", "shift-change"]
    for name in shipped():
        assert load(name).file.title


def test_launch_week_is_that_of_jepara() -> None:
    """900 calls, 742 not genuine; few of these press a key or sound like somebody (Telangana: 7.6 %)."""
    week = load("launch-week").file
    others = [group for group in week.callers if not group.genuine]
    assert (week.calls, sum(group.calls for group in others), week.operators.count) == (900, 742, 3)
    signs = sum(g.calls for g in others if g.keys or g.sound in ("nonsense", "laughter"))
    assert 0.05 < signs / 742 < 0.08
    assert 39 < busiest_hour(week) < 40


def test_the_example_of_the_docs_is_right(tmp_path: Path) -> None:
    """docs/drill.md shows a scenario that can be drilled."""
    text = (REPOSITORY / "docs" / "drill.md").read_text(encoding="utf-8")
    path = tmp_path / "coba.yaml"
    path.write_text(text.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert load(str(path)).file.calls == 15
