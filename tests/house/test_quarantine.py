"""Tests in quarantine: kept out of the run, named at its end, run apart; and what the list itself must be."""

import ast
from datetime import date
from pathlib import Path

import pytest

from tests import quarantine
from tests.quarantine import Quarantined, read

ROOT = Path(__file__).resolve().parents[2]
LINE = "tests/a/test_b.py::test_c  2026-11-30  the sound is late on one core"


def test_a_line_has_a_test_a_date_and_a_reason() -> None:
    """Comments and empty lines are passed over."""
    reason = "the sound is late on one core"
    assert read(f"# why\n\n{LINE}\n") == [Quarantined("tests/a/test_b.py::test_c", date(2026, 11, 30), reason)]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("tests/a.py::test_b 2026-11-30", "quarantine: expected «id date reason»: tests/a.py::test_b 2026-11-30"),
        ("tests/a.py::test_b soon it is slow",
         "quarantine: expected a date such as 2026-11-30 after the id: tests/a.py::test_b soon it is slow"),
    ],
)  # fmt: skip
def test_a_line_that_says_too_little_is_refused(line: str, error: str) -> None:
    """Nothing goes into quarantine in silence."""
    with pytest.raises(ValueError) as caught:
        read(line)
    assert str(caught.value) == error


def test_parameters_are_covered_too() -> None:
    """`test_c[x]` is in quarantine with `test_c`; `test_cd` is not."""
    (entry,) = read(LINE)
    names = ("test_c", "test_c[x]", "test_cd", "test_c2[x]")
    assert [name for name in names if entry.covers(f"tests/a/test_b.py::{name}")] == ["test_c", "test_c[x]"]


def test_who_is_listed_exists() -> None:
    """A test that was renamed or mended does not stay on the list."""
    for entry in read(quarantine.FILE.read_text(encoding="utf-8")):
        file, _, name = entry.nodeid.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name.split("[")[0] in [node.name for node in tree.body if hasattr(node, "name")], entry


@pytest.mark.long
def test_the_run_leaves_them_out_and_names_them(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run by itself, with our conftest's own hooks; with --quarantine they alone are run."""
    listed = pytester.path / "listed.txt"
    listed.write_text("test_it.py::test_shaky 2026-11-30 late on one core\n")
    pytester.makeini("[pytest]\nfilterwarnings = ignore")
    pytester.makeconftest(
        "from pathlib import Path\n"
        "import tests.quarantine\n"
        f"tests.quarantine.FILE = Path({str(listed)!r})\n"
        "from tests.quarantining import *\n"
    )
    pytester.makepyfile(test_it="def test_sure(): pass\ndef test_shaky(): assert False\n")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    whole = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    whole.assert_outcomes(passed=1, deselected=1)
    whole.stdout.fnmatch_lines(["*in quarantine*", "test_it.py::test_shaky since 2026-11-30: late on one core"])
    apart = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--quarantine")
    apart.assert_outcomes(failed=1, deselected=1)
