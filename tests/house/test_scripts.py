"""Commands of the clone: each says what it does, and refuses at once what it does not know."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ("scripts/screenshots.py",)
BENCH = tuple(f"bench/{path.name}" for path in sorted((ROOT / "bench").iterdir()) if path.is_file() and not path.suffix)
SCRIPTS = (".ci/run", "scripts/faults", "scripts/pin", "scripts/run", "scripts/setup", "scripts/test", *PYTHON, *BENCH)


def run(name: str, *arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """A command of the clone, called from a folder."""
    words = [sys.executable if name in PYTHON else "bash", str(ROOT / name), *arguments]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.long
def test_help_explains_and_does_nothing(name: str, tmp_path: Path) -> None:
    """Usage on stdout, exit 0, no file."""
    done = run(name, "--help", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.lower().startswith(("usage: ", "pemakaian: "))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.long
def test_an_unknown_argument_is_refused(name: str, tmp_path: Path) -> None:
    """A sentence that names it, exit 2, and nothing was begun."""
    done = run(name, "--nonsense", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--nonsense" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_test_that_is_not_there_is_refused() -> None:
    """A slip of the pen does not begin a whole run."""
    done = run("scripts/test", "tests/ivrr")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "scripts/test: argument «tests/ivrr» is not known; see: bash scripts/test --help\n"


@pytest.mark.parametrize("option", ["--keep", "--dir=x"])
def test_an_option_of_the_demo_is_none_of_the_line(option: str) -> None:
    """`scripts/run --keep` would start the line of the clone."""
    assert run("scripts/run", option).returncode == 2
