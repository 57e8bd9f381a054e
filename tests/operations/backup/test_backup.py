"""Backup and restore: a backup made beside a busy line comes back whole, and no former file is lost."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from instance import load
from operations.backup.backup import BackupError, newest_first, unpack
from operations.backup.restore import make_sound, who_runs
from tanggap.program import main
from tests.fixtures import Edit
from tickets.store import Store
from tickets.store.calls import NewCall

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def home(edited: Edit) -> Path:
    """An instance with ten calls, a recording and prompts of its own."""
    folder: Path = edited()
    (folder / "var" / "asterisk" / "spool" / "recording").mkdir(parents=True)
    (folder / "var" / "asterisk" / "spool" / "recording" / "c1.wav").write_bytes(b"RIFF")
    (folder / "prompts" / "id").mkdir(parents=True)
    (folder / "prompts" / "id" / "sapaan.wav").write_bytes(b"RIFF sapaan")
    (folder / "places").mkdir()
    (folder / "places" / "patokan.csv").write_text("name,desa,kecamatan\nSMP 1,Bangsri,Bangsri\n")
    add_calls(folder, 10)
    return folder


def add_calls(home: Path, count: int, prefix: str = "c") -> None:
    store = Store(home / "var" / "tanggap.db")
    for n in range(count):
        store.calls.arrive(NOW, "20261122", NewCall(f"{prefix}{n}", None, "Tanpa nomor", True, False, "112"))
    store.close()


def tickets(home: Path) -> int:
    with sqlite3.connect(home / "var" / "tanggap.db") as database:
        count = database.execute("SELECT count(*) FROM tickets").fetchone()[0]
    database.close()
    return int(count)


def run(home: Path, *words: str, status: int = 0) -> Any:
    """A command's JSON, or its sentence where it fails."""
    done = CliRunner().invoke(main, ["--home", str(home), *words, *(["--json"] if status == 0 else [])])
    assert (done.exit_code, done.exception if not isinstance(done.exception, SystemExit) else None) == (status, None), (
        done.output
    )
    return json.loads(done.stdout) if status == 0 else done.stderr.strip()


def backed_up(home: Path, *words: str) -> Path:
    return Path(run(home, "backup", *words)["path"])


# -- backup


def test_a_backup(home: Path) -> None:
    """One file, readable by its owner alone: database, configuration, own prompts, list of recordings; no secrets."""
    load(home)
    made = run(home, "backup")
    path = Path(made["path"])
    assert path.parent == home / "var" / "backup"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (made["holds"]["tickets"], made["holds"]["calls"], made["bytes"]) == (10, 10, path.stat().st_size)
    with tarfile.open(path) as tar:
        assert sorted(tar.getnames()) == [
            "hours.yaml", "manifest.json", "places/patokan.csv", "prompts/id/sapaan.wav", "recordings.json",
            "routing.yaml", "site.yaml", "tanggap.db",
        ]  # fmt: skip
        assert all(member.mode == 0o600 for member in tar)
        listed = tar.extractfile("recordings.json")
        assert listed is not None
        (recording,) = json.load(listed)
    assert (recording["file"], recording["bytes"]) == ("asterisk/spool/recording/c1.wav", 4)
    assert run(home, "backup", "--check", str(path))["ok"] is True
    journal = run(home, "journal")
    assert (journal[-1]["kind"], journal[-1]["data"]["file"]) == ("backup.made", str(path))
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_older_ones_go(home: Path) -> None:
    """The newest `--keep` backups stay; files of other names are not touched."""
    folder = home / "var" / "backup"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"tanggap-2026110{day}T000000Z.tar.gz").write_bytes(b"")
    (folder / "tanggap-lama.tar.gz").write_bytes(b"")
    made = run(home, "backup", "--keep", "3")
    assert len(made["removed"]) == 3
    assert [path.name for path in newest_first(folder)[1:]] == [
        "tanggap-20261105T000000Z.tar.gz",
        "tanggap-20261104T000000Z.tar.gz",
    ]
    assert (folder / "tanggap-lama.tar.gz").exists()


def write_on(path: str, stop: Event) -> None:
    """Another process that writes as a busy line does."""
    store, n = Store(Path(path)), 0
    while not stop.is_set():
        store.calls.arrive(NOW, "20261122", NewCall(f"busy{n}", None, "x", True, False, "112"))
        n += 1
        time.sleep(0.001)
    store.close()


@pytest.fixture
def busy(home: Path) -> Iterator[None]:
    """The line writes all the time."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    process = context.Process(target=write_on, args=(str(home / "var" / "tanggap.db"), stop))
    process.start()
    deadline = time.monotonic() + 20
    while tickets(home) < 20 and time.monotonic() < deadline:
        time.sleep(0.05)
    yield
    stop.set()
    process.join()
    assert process.exitcode == 0


@pytest.mark.usefixtures("busy")
@pytest.mark.long
def test_beside_a_busy_line(home: Path) -> None:
    """The copy is of one moment, sound and complete, while another process commits hundreds of times."""
    before = tickets(home)
    path = backed_up(home)
    after = tickets(home)
    held = run(home, "backup", "--check", str(path))["holds"]
    assert before <= held["tickets"] <= after
    assert (held["tickets"], after > before) == (held["calls"], True)


@pytest.mark.parametrize("at", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.999])
def test_a_damaged_backup_is_found(home: Path, at: float) -> None:
    """A flipped byte anywhere, or a file cut short: exit 1 and a sentence."""
    path = backed_up(home)
    raw = bytearray(path.read_bytes())
    raw[int(at * len(raw))] ^= 0xFF
    path.write_bytes(raw)
    assert str(path) in run(home, "backup", "--check", str(path), status=1)
    path.write_bytes(raw[: len(raw) // 2])
    assert str(path) in run(home, "restore", str(path), status=1)
    assert tickets(home) == 10


def test_a_broken_database_is_not_backed_up(home: Path) -> None:
    """A bad backup would be worse than none; the attempt leaves no file."""
    spoil(home / "var" / "tanggap.db")
    output = run(home, "backup", status=1)
    assert output.splitlines()[-1].startswith("gagal: basis data")
    assert list((home / "var" / "backup").iterdir()) == []


def test_no_room_for_a_backup(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command refuses before it fills the disk with half a backup."""
    from operations.backup import backup

    usage = backup.shutil._ntuple_diskusage(10**9, 10**9 - 5 * 2**20, 5 * 2**20)
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda path: usage)
    output = run(home, "backup", status=1)
    folder = home / "var" / "backup"
    assert re.fullmatch(rf"gagal: ruang di {folder} tidak cukup untuk cadangan: perlu \d+ MB, sisa 5 MB", output)


def test_what_is_no_backup(home: Path, tmp_path: Path) -> None:
    """Refused: another file, another archive, a missing file, an archive that would write outside of its folder."""
    other = tmp_path / "x.tar.gz"
    assert run(home, "restore", str(other), status=1) == f"gagal: cadangan {other} tidak ada"
    other.write_text("halo")
    assert run(home, "restore", str(other), status=1).startswith(f"gagal: {other} rusak atau bukan cadangan")
    with tarfile.open(other, "w:gz") as tar:
        tar.add(home / "site.yaml", "site.yaml")
    assert run(home, "restore", str(other), status=1) == f"gagal: {other} bukan cadangan tanggap112"
    good = backed_up(home)
    with tarfile.open(good) as source, tarfile.open(other, "w:gz") as tar:
        for member in source:
            content = source.extractfile(member)
            if member.name == "site.yaml":
                member.name = "../site.yaml"
            tar.addfile(member, content)
    with pytest.raises(BackupError, match="tidak ada dalam daftarnya"):
        unpack(other, tmp_path / "kosong")


# -- restore


def test_restored(home: Path) -> None:
    """Database and configuration are those of the backup; the former files are kept, and the output says where."""
    path = backed_up(home)
    add_calls(home, 5, "later")
    (home / "hours.yaml").write_text("daily: tutup\n")
    output = run(home, "restore", str(path))
    assert (output["files"], output["holds"]["tickets"]) == (["hours.yaml", "var/tanggap.db"], 10)
    assert tickets(home) == 10
    assert load(home, secrets=False).hours.weekly[0]
    kept = Path(output["kept"])
    assert (tickets_in(kept / "var" / "tanggap.db"), (kept / "hours.yaml").read_text()) == (15, "daily: tutup\n")
    assert [row["kind"] for row in run(home, "journal")][-1] == "store.restored"
    assert sorted(file.name for file in (home / "var").iterdir() if file.name.startswith(".")) == []


def tickets_in(path: Path) -> int:
    store = Store(path)
    count = int(store.connection.run("SELECT count(*) FROM tickets").fetchone()[0])
    store.close()
    return count


def test_only_the_store(home: Path) -> None:
    """`--only-store` leaves the configuration."""
    path = backed_up(home)
    (home / "hours.yaml").write_text("daily: tutup\n")
    assert run(home, "restore", str(path), "--only-store")["files"] == ["var/tanggap.db"]
    assert (home / "hours.yaml").read_text() == "daily: tutup\n"


def test_onto_a_new_machine(home: Path, tmp_path: Path) -> None:
    """An empty folder becomes the instance."""
    path, fresh = backed_up(home), tmp_path / "baru"
    fresh.mkdir()
    output = run(fresh, "restore", str(path))
    assert (output["kept"], tickets(fresh)) == (None, 10)
    assert (fresh / "prompts" / "id" / "sapaan.wav").read_bytes() == b"RIFF sapaan"
    assert (fresh / "places" / "patokan.csv").read_text().endswith("SMP 1,Bangsri,Bangsri\n")


def test_not_while_the_line_runs(home: Path) -> None:
    """A process of the line has the database open: refused, with its name; nothing is touched."""
    path = backed_up(home)
    code = "import sys, sqlite3; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM calls')"
    code += "; print('ya', flush=True); sys.stdin.read()"
    words = [sys.executable, "-c", code, str(home / "var" / "tanggap.db")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ya\n"
        output = run(home, "restore", str(path), status=1)
        assert output.startswith(f"gagal: instans {home} sedang berjalan: ")
        assert f"(pid {process.pid})" in output
        process.communicate(b"")
    assert who_runs(home) is None
    assert run(home, "restore", str(path))["holds"]["tickets"] == 10


def test_a_backup_of_a_newer_program(home: Path) -> None:
    """Refused, since its schema is unknown here."""
    store = Store(home / "var" / "tanggap.db")
    with store.transaction():
        store.connection.run(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tanggap112', '9999-besok', 'x')"
        )
    store.close()
    path = backed_up(home)
    output = run(home, "restore", str(path), status=1)
    assert output == f"gagal: {path} dibuat program yang lebih baru (9999-besok); perbarui program ini dulu"


# -- at the start


def spoil(database: Path) -> None:
    """A page in the middle of the tables is overwritten, as a failing disk does."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with database.open("r+b") as file:
        for page in range(2, database.stat().st_size // 4096, 2):
            os.pwrite(file.fileno(), b"\xa5" * 4096, page * 4096)


def test_a_sound_store_is_left_alone(home: Path) -> None:
    """Nothing is moved, nothing is written."""
    before = (home / "var" / "tanggap.db").read_bytes()
    assert make_sound(load(home), NOW) is None
    assert (home / "var" / "tanggap.db").read_bytes() == before


def test_a_broken_store_at_the_start(home: Path) -> None:
    """It is kept aside; the newest good backup takes its place, a damaged newer one is skipped; there are alarms."""
    from operations.disk.storage import alarms

    good = backed_up(home)
    newer = good.with_name("tanggap-20991231T000000Z.tar.gz")
    newer.write_bytes(good.read_bytes()[:-100])
    add_calls(home, 5, "later")
    spoil(home / "var" / "tanggap.db")
    broken = (home / "var" / "tanggap.db").read_bytes()
    assert run(home, "store", "check", status=1)
    restored = make_sound(load(home), NOW)
    assert restored is not None
    assert (restored.source, restored.kept, tickets(home)) == (
        str(good),
        home / "var" / "broken" / "20261122T050000Z",
        10,
    )
    assert restored.kept is not None
    assert (restored.kept / "tanggap.db").read_bytes() == broken
    (alarm,) = [row for row in alarms(load(home), NOW) if "RUSAK" in row["sentence"]]
    assert alarm["loud"] is True
    assert f"Dipulihkan dari cadangan {good.name}" in alarm["sentence"]
    assert run(home, "journal")[-1]["kind"] == "store.broken"
    assert make_sound(load(home), NOW) is None


def test_a_broken_store_without_a_backup(home: Path) -> None:
    """An empty store takes its place, so that calls go on with tickets; the alarm is loud."""
    (home / "var" / "tanggap.db").write_bytes(b"bukan basis data" * 1000)
    restored = make_sound(load(home), NOW)
    assert restored is not None
    assert (restored.source, tickets(home)) == ("", 0)
