"""All processes of an instance run with one edition of its configuration, whenever each of them was started."""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from instance import ConfigErrors, agreement, editions, load
from instance.reload import Follower
from tanggap.program import main
from tests.fixtures import Edit
from tests.instance.test_reload import rewrite
from tickets.store import Store

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
# stands in for a process of ours: prints its configuration whenever it is asked, and ends when told
PROGRAM = """
import asyncio, json, sys, threading
from pathlib import Path
from processes.running import run_process

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
        """The configuration that the process runs with."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        line: dict[str, object] = json.loads(self.process.stdout.readline())
        return line

    def end(self) -> None:
        """Stop it and wait."""
        self.process.communicate(timeout=20)

    def kill(self) -> None:
        """Kill it, as a crash does."""
        self.process.kill()
        self.process.communicate()


Start = Callable[[str], Process]


@pytest.fixture
def home(edited: Edit) -> Iterator[Path]:
    """An instance as it was shipped."""
    yield edited()


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts processes of the instance; whatever still runs is killed afterwards."""
    started: list[Process] = []

    def one(name: str) -> Process:
        started.append(Process(home, name))
        return started[-1]

    yield one
    for process in started:
        if process.process.poll() is None:
            process.kill()


@pytest.mark.long
def test_a_process_that_starts_again_has_the_site_of_the_others(home: Path, start: Start) -> None:
    """site.yaml was changed meanwhile: the restarted process keeps the former one, as the others do."""
    calls, agi = start("calls"), start("agi")
    rewrite(home / "site.yaml", "port: 8112", "port: 8113")
    agi.kill()
    agi = start("agi")
    assert (calls.says()["port"], agi.says()["port"]) == (8112, 8112)
    calls.end()
    agi.end()
    assert start("calls").says()["port"] == 8113


@pytest.mark.long
def test_a_process_starts_again_while_a_file_is_wrong(home: Path, start: Start) -> None:
    """A wrong file that no process runs with does not prevent a restart."""
    start("calls")
    agi = start("agi")
    rewrite(home / "hours.yaml", "daily: 07:00-21:00", "daily: 07:00-25:00")
    agi.kill()
    assert start("agi").says()["open"] is True


@pytest.mark.long
def test_processes_take_up_the_edition_that_is_put_in_force(home: Path, start: Start) -> None:
    """Each process does so while it runs; files count only once they are in force."""
    processes = [start("calls"), start("agi")]
    rewrite(home / "hours.yaml", "daily: 07:00-21:00", "daily: tutup")
    assert [process.says()["open"] for process in processes] == [True, True]
    assert editions.publish(load(home), NOW).edition == 2
    for process in processes:
        deadline = time.monotonic() + 15
        while (says := process.says())["edition"] != 2:
            assert time.monotonic() < deadline, says
        assert says["open"] is False


async def test_an_edition_that_cannot_be_taken_up_is_tried_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The former one stays meanwhile, and the heartbeat says so."""
    with editions.taken(home, NOW) as instance:
        follower = Follower(instance)
        rewrite(home / "hours.yaml", "daily: 07:00-21:00", "daily: tutup")
        editions.publish(load(home), NOW)
        with monkeypatch.context() as patched:
            patched.setattr(editions, "in_force", _refuse)
            assert (await follower.look(), follower.instance.edition) == (False, 1)
        assert (await follower.look(), follower.instance.edition) == (True, 2)


def _refuse(home: Path) -> None:
    raise ConfigErrors([])


def test_an_instance_of_an_earlier_version_begins_with_edition_one(home: Path) -> None:
    """Its folder has no editions; the files of the first start are the first."""
    with editions.taken(home, NOW) as instance:
        assert (instance.edition, instance) == (1, load(home))
        assert editions.current(home) == editions.Current(1, editions.current(home).digest, NOW.isoformat())  # type: ignore[union-attr]
    copies = {name: (editions.folder(home) / "1" / name).read_bytes() for name in ("site.yaml", "hours.yaml")}
    assert copies == {name: (home / name).read_bytes() for name in copies}
    assert (editions.folder(home) / "1" / "routing.yaml").stat().st_mode & 0o077 == 0


def test_the_same_text_is_the_same_edition(home: Path) -> None:
    """A restart without a change makes no new edition."""
    for _ in range(2):
        with editions.taken(home, NOW) as instance:
            assert instance.edition == 1
    rewrite(home / "site.yaml", "port: 8112", "port: 8113")
    with editions.taken(home, NOW) as instance:
        assert (instance.edition, instance.site.console.port) == (2, 8113)


@pytest.mark.long
def test_a_machine_that_boots_with_a_wrong_file_runs_the_last_edition(home: Path) -> None:
    """Whoever saved it last night is asleep; without any edition there is nothing to run."""
    rewrite(home / "hours.yaml", "daily: 07:00-21:00", "daily: 07:00-25:00")
    with pytest.raises(ConfigErrors), editions.taken(home, NOW):
        pass
    rewrite(home / "hours.yaml", "daily: 07:00-25:00", "daily: 07:00-21:00")
    with editions.taken(home, NOW):
        pass
    rewrite(home / "hours.yaml", "daily: 07:00-21:00", "daily: 07:00-25:00")
    with editions.taken(home, NOW) as instance:
        assert (instance.edition, bool(instance.hours.weekly[0])) == (1, True)


def test_a_damaged_copy_is_not_taken_for_the_edition(home: Path) -> None:
    """The files count then, as edition 0, which is reported as another edition than that of the others."""
    with editions.taken(home, NOW):
        (editions.folder(home) / "1" / "hours.yaml").write_text("daily: tutup\n")
        assert editions.in_force(home) is None
        with editions.taken(home, NOW) as second:
            assert (second.edition, bool(second.hours.weekly[0])) == (0, True)


def test_a_disk_that_takes_nothing_keeps_nobody_from_starting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The former edition where there is one, else the files."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    instance = load(home, secrets=False)
    with pytest.raises(OSError, match="No space left"):
        editions.publish(instance, NOW)
    assert editions.current(home) is None and list(editions.folder(home).iterdir()) == []
    with monkeypatch.context() as patched:
        patched.setattr(editions, "publish", full)
        patched.setattr("instance.secrets_file.os.fsync", lambda handle: None)
        with editions.taken(home, NOW) as running:
            assert (running.edition, running.site) == (0, instance.site)


def test_old_editions_go(home: Path) -> None:
    """The last ten stay, to be looked at."""
    instance = load(home)
    for turn in range(editions.KEPT + 3):
        texts = {**instance.texts, "hours.yaml": instance.texts["hours.yaml"] + b"# %d\n" % turn}
        editions.publish(replace(instance, texts=texts), NOW)
    numbers = sorted(int(path.name) for path in editions.folder(home).iterdir() if path.name.isdigit())
    assert numbers == list(range(4, editions.KEPT + 4))


def test_commands_go_by_the_edition_while_it_runs(home: Path) -> None:
    """`tanggap user add` renders Asterisk's files with the running site; with the files where nothing runs."""
    with editions.taken(home, NOW):
        rewrite(home / "site.yaml", "port: 8112", "port: 8113")
        assert editions.present(home).site.console.port == 8112
    assert editions.present(home).site.console.port == 8113


def test_a_backup_is_made_while_a_file_is_wrong(home: Path, tmp_path: Path) -> None:
    """The line runs with its edition; a mistyped hour must not prevent the night's backup."""
    with editions.taken(home, NOW):
        Store(home / "var" / "tanggap.db").close()
        rewrite(home / "hours.yaml", "daily: 07:00-21:00", "daily: 07:00-25:00")
        made = CliRunner().invoke(main, ["--home", str(home), "backup", "--into", str(tmp_path / "made")])
    assert (made.exit_code, len(list((tmp_path / "made").glob("*.tar.gz")))) == (0, 1)


def test_a_command_that_asks_is_not_one_that_runs(home: Path) -> None:
    """A start at the same moment waits at the door and still counts as the first."""
    with editions.taken(home, NOW):
        pass
    before = sorted(path.name for path in editions.folder(home).iterdir())
    assert editions.present(home).edition == 0
    assert sorted(path.name for path in editions.folder(home).iterdir()) == before
    with (editions.folder(home) / "running.lock").open() as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


async def test_a_process_follows_the_edition_and_its_site_stays(home: Path) -> None:
    """Files that were saved meanwhile do not count; an edition with another site is for the next start."""
    with editions.taken(home, NOW) as instance:
        follower = Follower(instance)
        rewrite(home / "hours.yaml", "daily: 07:00-21:00", "daily: tutup")
        await follower.look()
        assert follower.instance is instance
        editions.publish(load(home), NOW)
        await follower.look()
        assert (follower.instance.edition, follower.instance.hours.weekly[0]) == (2, ())
        rewrite(home / "site.yaml", "port: 8112", "port: 8113")
        editions.publish(load(home), NOW)
        await follower.look()
        assert (follower.instance.edition, follower.instance.site.console.port) == (2, 8112)


def test_who_runs_another_edition_is_named(home: Path) -> None:
    """Its heartbeat says so; an old heartbeat does not count, nor does that of an earlier version."""
    at = {"fresh": NOW.isoformat(), "old": (NOW - timedelta(minutes=1)).isoformat()}
    beats = [
        {"process": "calls", "at": at["fresh"], "data": {"edition": 2}},
        {"process": "agi", "at": at["fresh"], "data": {"edition": 1}},
        {"process": "console", "at": at["old"], "data": {"edition": 1}},
        {"process": "escalate", "at": at["fresh"], "data": {}},
    ]
    assert agreement.behind(beats, 2, NOW) == {"agi": "proses agi memakai konfigurasi edisi 1, yang berlaku edisi 2"}


def test_the_command_says_who_runs_which_edition(home: Path) -> None:
    """Exit status 0 where all processes agree, 1 where one lags behind."""
    with editions.taken(home, NOW):
        store = Store(home / "var" / "tanggap.db")
        store.people.beat(datetime.now(UTC), "calls", 1, {"edition": 1})
        editions.note_asterisk(home, 1)
        words = ["--home", str(home), "edition", "--json"]
        agreed = CliRunner().invoke(main, words)
        editions.note_asterisk(home, 0)
        lagging = CliRunner().invoke(main, words)
        store.close()
    assert (agreed.exit_code, json.loads(agreed.output)["behind"]) == (0, [])
    assert (lagging.exit_code, json.loads(lagging.output)["behind"]) == (1, ["asterisk"])
