"""Words: docstrings begin with a verb or a noun, variables are named for what they hold."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.test_layout import PACKAGES

ROOT = Path(__file__).resolve().parents[2]
HEADLESS = re.compile(r"(?:What|Who|Whom|Whose|Whether|Why|How|Where|When|Which)\b")
EMPTY_NAMES = {"found", "one", "told", "said", "what", "who"}
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_docstrings_begin_with_a_verb_or_a_noun(path: Path) -> None:
    """A question without a subject says less than the name below it."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, DOCUMENTED)]
    texts = [text for node in nodes if (text := ast.get_docstring(node)) is not None]
    assert [text for text in texts if HEADLESS.match(text)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_variables_are_named_for_what_they_hold(path: Path) -> None:
    """Neither values nor arguments are called `found` or `one`; a record's field is, where JSON or YAML has it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    records = [node for node in nodes if isinstance(node, ast.ClassDef)]
    fields = {id(line.target) for record in records for line in record.body if isinstance(line, ast.AnnAssign)}
    stored = [node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    names = {node.id for node in stored if id(node) not in fields}
    names |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    assert sorted(names & EMPTY_NAMES) == []
