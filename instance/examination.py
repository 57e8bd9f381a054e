"""Examines the files of an instance for `tanggap check`, before a change takes effect."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import instance
from instance import secrets_file
from instance.places import gazetteer
from instance.problems import ConfigErrors, Problem


def check(home: Path) -> list[Problem]:
    """All problems and warnings of the instance, in the order of the files; changes nothing."""
    problems: list[Problem] = []
    try:
        loaded = instance.load(home, secrets=False)
        problems += instance.warnings(loaded)
        # a wrong row of places is left out: nothing stops for it
        problems += [replace(problem, warning=True) for problem in gazetteer.read(loaded).problems]
    except ConfigErrors as error:
        problems += error.problems
    try:
        secrets_file.read(home)
    except ConfigErrors as error:
        problems += error.problems
    return problems


def report(home: Path, *, as_json: bool = False) -> tuple[list[str], int]:
    """The lines to print and the exit status: 1 where there is an error, 0 with warnings or nothing."""
    problems = check(home)
    errors = [problem for problem in problems if not problem.warning]
    status = 1 if errors else 0
    if as_json:
        data = {"ok": not errors, "problems": [problem.as_json() for problem in problems]}
        return [json.dumps(data, ensure_ascii=False, indent=2)], status
    lines = [str(problem) for problem in problems]
    return (lines if errors else [*lines, "konfigurasi benar"]), status
