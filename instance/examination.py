"""`tanggap check`: every problem of an instance's configuration, before it takes effect."""

from __future__ import annotations

import json
from pathlib import Path

import instance
from instance import secrets_file
from instance.problems import ConfigErrors, Problem


def check(home: Path) -> list[Problem]:
    """All problems and warnings of the instance, in the order of the files; changes nothing."""
    found: list[Problem] = []
    try:
        found += instance.warnings(instance.load(home, secrets=False))
    except ConfigErrors as error:
        found += error.problems
    try:
        secrets_file.read(home)
    except ConfigErrors as error:
        found += error.problems
    return found


def report(home: Path, *, as_json: bool = False) -> tuple[list[str], int]:
    """The lines to print and the exit status: 1 where there is an error, 0 with warnings or nothing."""
    found = check(home)
    errors = [problem for problem in found if not problem.warning]
    status = 1 if errors else 0
    if as_json:
        data = {"ok": not errors, "problems": [problem.as_json() for problem in found]}
        return [json.dumps(data, ensure_ascii=False, indent=2)], status
    lines = [str(problem) for problem in found]
    return (lines if errors else [*lines, "konfigurasi benar"]), status
