"""Ctrl-C while a command has only just been told to start: it ends by the signal, and writes nothing about itself."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from drills import demo
from instance import REPOSITORY

# Loaded by Python itself before anything of ours: sends SIGINT to the process at the moment that the test names.
AT = """
import os, signal, sys

def watch(event, arguments):
    if (event, str(arguments[0])) == ("import", {at!r}) or event == "open" and str(arguments[0]).endswith({at!r}):
        print("moment", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGINT)

sys.addaudithook(watch)
if {at!r} == "python":
    watch("import", ["python"])
"""
# In the order in which `tanggap up` comes by them: modules that it imports, files that it opens.
MOMENTS = (
    "click",
    "tanggap.cli.base",
    "structlog",
    "yaml",
    "sqlite3",
    "operations.up",
    "aiohttp",
    "site.yaml",
    "up.log",
)
TANGGAP = (sys.executable, "-P", "-m", "tanggap")
LIMIT_S = 120.0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An instance that was never started."""
    return demo.prepare(tmp_path / "instance").home


async def interrupted(at: str, folder: Path, *command: str) -> tuple[int, str]:
    """Exit status and output of a command to which SIGINT comes at this moment."""
    (folder / "sitecustomize.py").write_text(AT.format(at=at))
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        output, _ = await asyncio.wait_for(process.communicate(), LIMIT_S)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


@pytest.mark.parametrize("at", MOMENTS)
@pytest.mark.long
async def test_ctrl_c_before_anything_is_begun(home: Path, tmp_path: Path, at: str) -> None:
    """Whatever Python was doing: no traceback, and the shell sees that it was the signal."""
    assert await interrupted(at, tmp_path, *TANGGAP, "--home", str(home), "up") == (-signal.SIGINT, "moment\n")
    assert not (home / "var" / "run" / "up.pid").exists()


@pytest.mark.parametrize("name", ["agi", "calls", "escalate", "console", "steward"])
@pytest.mark.long
async def test_ctrl_c_before_a_process_serves(home: Path, tmp_path: Path, name: str) -> None:
    """The processes of a line, started by hand: the same."""
    command = (*TANGGAP, "--home", str(home), name)
    assert await interrupted("processes.running", tmp_path, *command) == (-signal.SIGINT, "moment\n")


@pytest.mark.parametrize("at", ["python", "runpy", "click"])
async def test_the_installed_command_waits_with_ctrl_c_for_our_handler(home: Path, tmp_path: Path, at: str) -> None:
    """Python puts up a handler of its own before it comes to us; the command that scripts/setup writes holds SIGINT
    back until then."""
    written = REPOSITORY / ".venv" / "bin" / "tanggap"
    command = (str(written), "--home", str(home), "up")
    assert await interrupted(at, tmp_path, *command) == (-signal.SIGINT, "moment\n")


async def test_what_is_ignored_stays_ignored(home: Path, tmp_path: Path) -> None:
    """nohup, and jobs that a script starts in the background: SIGINT is not for them."""
    command = ("/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh", *TANGGAP, "--home", str(home), "check")
    code, output = await interrupted("click", tmp_path, *command)
    assert (code, output.splitlines()[0]) == (0, "moment")


async def test_a_command_that_only_asks_is_broken_off_with_its_cleaning_up(home: Path, tmp_path: Path) -> None:
    """It serves nobody, so Python's own way is right: `finally` runs, click says «Aborted!»."""
    code, output = await interrupted("hours.yaml", tmp_path, *TANGGAP, "--home", str(home), "check")
    assert (code, output) == (1, "moment\n\nAborted!\n")
