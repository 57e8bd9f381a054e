"""All processes of an instance run with one edition of its configuration, whenever each of them was started."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tanggap.conftest import Edit
from tests.tanggap.test_reload import rewrite

# a process of ours as far as its configuration goes: says what it runs with whenever it is asked, and ends when told
PROGRAM = """
import asyncio, json, sys, threading
from pathlib import Path
from tanggap.process import run_process

async def main(instance, clock, stop, vitals):
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        found = instance()
        tuesday = found.hours.weekly[1]
        words = {"port": found.site.console.port, "open": bool(tuesday), "edition": getattr(found, "edition", None)}
        print(json.dumps(words), flush=True)

run_process(sys.argv[2], Path(sys.argv[1]), main)
"""


class Process:
    """One running process."""

    def __init__(self, home: Path, name: str) -> None:
        words = (sys.executable, "-c", PROGRAM, str(home), name)
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.says()

    def says(self) -> dict[str, object]:
        """What it runs with."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        found: dict[str, object] = json.loads(self.process.stdout.readline())
        return found

    def end(self) -> None:
        """Stop it and wait."""
        self.process.communicate(timeout=20)

    def kill(self) -> None:
        """As a crash does."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def home(edited: Edit) -> Iterator[Path]:
    """An instance as it was shipped."""
    yield edited()


@pytest.fixture
def start(home: Path) -> Iterator[type]:
    """Starts processes of the instance; whatever still runs is killed afterwards."""
    started: list[Process] = []

    def one(name: str) -> Process:
        started.append(Process(home, name))
        return started[-1]

    yield one  # type: ignore[misc]
    for process in started:
        if process.process.poll() is None:
            process.kill()


def test_a_process_that_starts_again_has_the_site_of_the_others(home: Path, start) -> None:
    """site.yaml was changed meanwhile: the one that was restarted waits for it as the others do."""
    calls, agi = start("calls"), start("agi")
    rewrite(home / "site.yaml", "port: 8112", "port: 8113")
    agi.kill()
    agi = start("agi")
    assert (calls.says()["port"], agi.says()["port"]) == (8112, 8112)
    calls.end()
    agi.end()
    assert start("calls").says()["port"] == 8113


def test_a_process_starts_again_while_a_file_is_wrong(home: Path, start) -> None:
    """A wrong file that nobody has taken up keeps nobody from coming back."""
    start("calls")
    agi = start("agi")
    rewrite(home / "hours.yaml", "daily: 07:00-21:00", "daily: 07:00-25:00")
    agi.kill()
    assert start("agi").says()["open"] is True
