"""Finding an Asterisk, its directories, and reading what it says; no Asterisk needed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from asterisk.binary import locate
from asterisk.errors import LaunchError
from asterisk.launch import Asterisk, Contact, needs_restart, parse_contacts
from asterisk.paths import paths_of, prepare
from tests.asterisk.rig import REPO, free_site


def fake(root: Path, says: str) -> None:
    """An installation whose asterisk prints this."""
    program = root / "usr/sbin/asterisk"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    library = root / "usr/lib/x86_64-linux-gnu"
    (library / "asterisk/modules").mkdir(parents=True)
    loader = library / "ld-linux-x86-64.so.2"
    loader.write_text('#!/bin/sh\nshift 2\nexec "$@"\n')
    loader.chmod(0o755)


def test_the_root_directory_is_used(tmp_path: Path) -> None:
    """Without Asterisk on the host the one below .asterisk/root runs through its own loader."""
    root = tmp_path / ".asterisk/root"
    fake(root, "Asterisk 22.10.1+dfsg")
    binary = locate(tmp_path, tmp_path / "host")
    assert (binary.version, binary.major) == ("22.10.1", 22)
    assert binary.argv_prefix[1:3] == ("--library-path", str(root / "usr/lib/x86_64-linux-gnu"))
    assert binary.data_dir == root / "usr/share/asterisk"


def test_too_old_and_missing(tmp_path: Path) -> None:
    """An Asterisk before 20 and none at all have a sentence each, both with what to do."""
    with pytest.raises(LaunchError) as error:
        locate(tmp_path, tmp_path / "host")
    assert str(error.value) == (
        f"Asterisk tidak ditemukan di {tmp_path / 'host'} maupun di {tmp_path / '.asterisk/root'}. "
        "Jalankan scripts/setup."
    )
    fake(tmp_path / "host", "Asterisk 18.10.0~dfsg")
    with pytest.raises(LaunchError) as error:
        locate(tmp_path, tmp_path / "host")
    assert str(error.value) == (
        f"Asterisk terlalu lama: {tmp_path / 'host/usr/sbin/asterisk'} adalah versi 18.10.0, "
        "padahal perlu 20 atau lebih baru. Jalankan scripts/setup."
    )


def test_broken_installation(tmp_path: Path) -> None:
    """A program that says nothing of a version is named."""
    fake(tmp_path / "host", "segmentation fault")
    with pytest.raises(LaunchError, match="tidak menyebut versinya: segmentation fault"):
        locate(tmp_path, tmp_path / "host")


@pytest.mark.real
def test_long_paths_get_a_short_socket() -> None:
    """The control socket's path fits into sun_path, however deep the instance lies."""
    binary = locate(REPO)
    near, deep = Path("/srv/tanggap/var"), Path("/srv") / ("x" * 90) / "var"
    assert paths_of(near, binary).run == near / "asterisk/run"
    run = paths_of(deep, binary).run
    assert str(run).startswith("/tmp/tanggap112-") and run == paths_of(deep, binary).run


def test_contacts() -> None:
    """`pjsip show contacts` is read, its headings are not."""
    text = """
  Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>
==========================================================================================

  Contact:  op-sari/sip:op-sari@127.0.0.1:53557            82d5cb3bd6 Avail         1.978
  Contact:  damkar1/sip:damkar1@127.0.0.1:5555             82d5cb3bd7 Unavail         nan

Objects found: 2
"""
    assert parse_contacts(text) == (
        Contact("op-sari", "sip:op-sari@127.0.0.1:53557", "Avail", 1.978),
        Contact("damkar1", "sip:damkar1@127.0.0.1:5555", "Unavail", None),
    )


def test_what_needs_a_restart() -> None:
    """Endpoints, hours and queues are taken up while it runs; addresses and modules are not."""
    changed = ["asterisk.conf", "extensions.conf", "pjsip-endpoints.conf", "pjsip.conf", "queues.conf", "modules.conf"]
    assert needs_restart(changed) == ["asterisk.conf", "pjsip.conf", "modules.conf"]


def test_files_that_only_a_restart_takes_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are younger than the running Asterisk; without one there is nothing to restart."""
    paths = paths_of(tmp_path, locate(REPO))
    asterisk = Asterisk(locate(REPO), paths, free_site())
    prepare(paths)
    (paths.run / "asterisk.pid").write_text("1")
    assert asterisk.outdated == []
    for name, age in (("http.conf", 1), ("pjsip.conf", -1), ("queues.conf", 1)):
        (paths.etc / name).touch()
        os.utime(paths.etc / name, ((paths.run / "asterisk.pid").stat().st_mtime + age,) * 2)
    assert asterisk.outdated == []
    monkeypatch.setattr(Asterisk, "pid", property(lambda asterisk: 1))
    assert asterisk.outdated == ["http.conf"]
    (paths.run / "asterisk.pid").unlink()
    assert asterisk.outdated == []


@contextlib.contextmanager
def left_over(asterisk: Asterisk) -> Iterator[subprocess.Popen[bytes]]:
    """A process that looks like the instance's Asterisk, started by another program."""
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)", str(asterisk.paths.conf)],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    (asterisk.paths.run / "asterisk.pid").write_text(str(process.pid))
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("how", ["stop", "wait"])
async def test_a_stopped_asterisk_is_waited_for_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """It takes its pid file away first and keeps its ports a little longer."""
    paths = paths_of(tmp_path, locate(REPO))
    prepare(paths)
    asterisk = Asterisk(locate(REPO), paths, free_site())
    with left_over(asterisk) as process:

        async def quits(line: str, limit_s: float = 5.0) -> str:
            (paths.run / "asterisk.pid").unlink()
            asyncio.get_running_loop().call_later(0.3, process.terminate)
            return ""

        monkeypatch.setattr(asterisk, "command", quits)
        ends = asyncio.ensure_future(asterisk.wait() if how == "wait" else asterisk.stop())
        if how == "wait":
            await asyncio.sleep(0)
            await quits("core stop now")
        async with asyncio.timeout(30):
            await ends
        assert not Path(f"/proc/{process.pid}/cmdline").read_bytes(), "it still runs"
