"""The house stands as designed: our packages are ours, listed, well named, and pinned without addresses."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "agents",
    "asterisk",
    "console",
    "drills",
    "instance",
    "ivr",
    "line",
    "operations",
    "processes",
    "tanggap",
    "tickets",
    "voice",
)
OURS = "tanggap112"
NOT_CONFUSING = {"site"}  # Python's own `site` is imported by nobody; ours describe the site of an instance


@pytest.mark.parametrize("name", PACKAGES)
def test_package_is_ours_and_nobody_elses(name: str) -> None:
    """PyPI has other packages of these names (openai-agents installs an `agents`), and pip installs them in silence."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).resolve() == ROOT / name / "__init__.py"
    owners = set(importlib.metadata.packages_distributions().get(name, [])) - {OURS}
    assert owners == set(), f"a foreign distribution installs «{name}»: {owners}"


def test_every_package_is_listed_in_pyproject() -> None:
    """Setuptools takes only what is listed; a forgotten package would be missing from an installation."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    found = {
        ".".join(init.parent.relative_to(ROOT).parts)
        for name in PACKAGES
        for init in (ROOT / name).rglob("__init__.py")
    }
    assert sorted(found) == sorted(listed)


def test_every_folder_of_tests_is_a_package() -> None:
    """A folder tests/agents without __init__.py would shadow `agents`."""
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    """`queue.py`, `calendar.py` and their like confuse readers and, run as a script's neighbour, Python."""
    modules = {path for name in PACKAGES for path in (ROOT / name).rglob("*.py") if not path.stem.startswith("__")}
    taken = sys.stdlib_module_names - NOT_CONFUSING
    assert sorted(str(path.relative_to(ROOT)) for path in modules if path.stem in taken) == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.name)
def test_requirements_are_pinned_with_hashes_and_name_no_address(path: Path) -> None:
    """An install brings exactly what was tested, from wherever the machine gets its packages."""
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in text.replace("sphinx", "")
    pins = text.replace("\\\n", " ").splitlines()
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


def test_the_runtime_pins_are_the_tested_pins() -> None:
    """Every runtime package has the same version in the set that the tests run with."""

    def versions(name: str) -> set[str]:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return {line.rstrip("\\ ") for line in lines if "==" in line and not line.startswith(" ")}

    assert versions("requirements.txt") <= versions("requirements-dev.txt")
