"""A short start: each process loads what it needs, and a command is found without loading the others."""

from __future__ import annotations

import gc
import importlib
import subprocess
import sys

import click
import pytest

from tanggap.lean import loading
from tanggap.program import COMMANDS, PARTS, _load, main

# large, and of no use to the process that answers calls
LARGE = {"rapidfuzz", "numpy", "rich", "apprise", "cryptography", "argon2", "jinja2", "requests"}
LOADS = """
import click, sys
from tanggap.program import main
main.get_command(click.Context(main), "calls")
import processes.running, tanggap.calls
print(" ".join(sys.modules))
import numpy, rich
"""


def test_the_calls_process_loads_nothing_large() -> None:
    """Callers wait while it is started again; what was hidden meanwhile can be loaded by who needs it."""
    done = subprocess.run([sys.executable, "-P", "-c", LOADS], capture_output=True, text=True, check=True)
    assert sorted(LARGE & set(done.stdout.split())) == []


def test_every_command_is_found_by_its_name() -> None:
    """The table says where each stands; one that is not in it does not exist."""
    context = click.Context(main)
    loaded = {name: main.get_command(context, name) for name in main.list_commands(context)}
    assert {name: command and command.name for name, command in loaded.items()} == {name: name for name in COMMANDS}
    assert main.get_command(context, "tiada") is None


def test_a_group_has_the_commands_of_other_modules() -> None:
    """«tickets merge» stands beside the merging, not beside the lists."""
    for name, parts in PARTS.items():
        group = main.get_command(click.Context(main), name)
        assert isinstance(group, click.Group)
        assert {_load(part) for part in parts} <= set(group.commands.values())


def test_loading_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The collector works again, and only modules that were not there are hidden; also when loading fails."""
    monkeypatch.delitem(sys.modules, "wave", raising=False)
    with pytest.raises(ModuleNotFoundError, match="wave"), loading("wave", "gc"):
        assert (gc.isenabled(), sys.modules["gc"]) == (False, gc)
        importlib.import_module("wave")
    assert (gc.isenabled(), "wave" in sys.modules) == (True, False)
    assert importlib.import_module("wave").__name__ == "wave"
