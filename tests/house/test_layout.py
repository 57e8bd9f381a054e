"""The house stands as designed: our packages are ours, listed, well named, and pinned without addresses."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import sys
import tomllib
from collections.abc import Mapping
from graphlib import TopologicalSorter
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


def test_no_files_import_each_other_in_a_circle() -> None:
    """Whoever reads one file can read what it needs first; imports for the type checker alone do not count."""
    files = {_dotted(path): path for name in PACKAGES for path in (ROOT / name).rglob("*.py")}
    needs = {module: _imported(path, files) - {module} for module, path in files.items()}
    assert list(TopologicalSorter(needs).static_order())  # CycleError names the circle


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, files: Mapping[str, Path]) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            parts = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= parts & files.keys() if parts <= files.keys() else (parts & files.keys()) | {node.module}
    return names & files.keys()
