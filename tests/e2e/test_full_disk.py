"""A disk that is full: calls go on with provisional ticket numbers, and all of it is in the store when it can be."""

import asyncio
import contextlib
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from baresip.runtime import Runtime

from instance import FILES, REPOSITORY
from instance.site import StoreSite
from instance.spill_place import spill_folders
from line.service import CallService
from operations.disk.storage import alarms, spilled
from tests.e2e.line import HEARD, SUPERVISOR, House, LineUnderTest, house, line_under_test
from tests.e2e.test_bad_input import process, running
from tickets.model import Row

OPERATOR_HZ, CALLER_HZ = 880, 1300


@contextlib.contextmanager
def disk_of(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own, so small that a test can fill it."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("a disk of its own cannot be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MB, to be filled."""
    with disk_of(tmp_path / "kecil", 64) as folder:
        yield folder


def fill(disk: Path) -> Path:
    """Take all space that is left; the file that holds it."""
    path = disk / "penuh"
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The shipped files in a folder of their own; nothing was ever started in it."""
    folder = tmp_path / "jepara"
    folder.mkdir()
    for name in FILES:
        shutil.copy(REPOSITORY / name, folder)
    return folder


async def test_no_space_at_the_start(home: Path, small_disk: Path) -> None:
    """`up` on a full disk, for the first time: says so and starts nothing (later: tests/e2e/running/)."""
    (home / "var").symlink_to(small_disk)
    fill(small_disk)
    sentence = (
        "var/secrets.json: berkas tidak bisa ditulis (ruang cakram habis), diharapkan folder var yang bisa ditulisi\n"
    )
    assert await process(home, "up") == (1, sentence)
    assert not (small_disk / "secrets.json").exists()
    assert running(home) == []


@pytest.mark.parametrize("place", ["another disk", "the reserve on the full disk"])
async def test_no_space_while_people_talk(the_house: House, sip: Runtime, small_disk: Path, place: str) -> None:
    """The disk fills up: the talk goes on, a new caller is answered, rings and talks, also over our restart; then there
    is space again, and every call is in the store once, with all of its moments."""
    home = small_disk.parent / "rumah"
    (home / "instance").mkdir(parents=True)
    (home / "instance" / "var").symlink_to(small_disk)
    shutil.copytree(the_house.instance.var / "prompts", small_disk / "prompts")
    spill = str(small_disk.parent / "lain") if place == "another disk" else "var/spill"
    async with house(home) as made:
        made.instance = replace(made.instance, site=replace(made.instance.site, store=StoreSite(spill=spill)))
        async with line_under_test(made, sip) as line:
            await talk_through_a_full_disk(line, made, small_disk)


async def talk_through_a_full_disk(line: LineUnderTest, made: House, small_disk: Path) -> None:
    """One talk from before the disk fills up, one that begins on it and outlives a restart, one call after it."""
    operator, colleague = await line.operator("op1"), await line.operator("op2")
    talk = await line.dial()
    await talk.press("1")
    spoken = await line.answer(operator, await operator.rings())
    assert await talk.hears(OPERATOR_HZ)
    await registrations_on_disk(made, 2)
    first, now = await line.call(), line.clock()
    await line.store.write(lambda store: store.listeners.begin(now, "ls-lama", SUPERVISOR, first["id"], "listen"))
    full = fill(small_disk)
    second = await line.dial("081234567892")
    assert await line.hears(second, "menu-utama") > HEARD
    await second.press("1")
    ringing = await colleague.rings()
    ticket = ringing.headers["X-Ticket"]
    assert ticket.startswith("T-20261123-S10")
    answered = await line.answer(colleague, ringing)
    assert await second.hears(OPERATOR_HZ)
    assert await asyncio.gather(talk.hears(OPERATOR_HZ), spoken.hears(CALLER_HZ)) == [True, True]
    (waiting,) = spilled(made.instance)
    assert (waiting.path.parent, waiting.records >= 3) == (spill_folders(made.instance)[0], True)
    assert "TIDAK BISA DITULIS" in alarms(made.instance, line.clock())[0]["sentence"]
    await taken_over(line, made, ticket)
    assert await second.hears(OPERATOR_HZ)
    await second.hang_up()
    await answered.ended()
    full.unlink()
    await line.until(lambda: not spilled(made.instance), 60)
    third = await line.dial("081234567893")
    # the store takes rows again, but this call's may still come by way of the spill
    async with asyncio.timeout(60):
        while (await line.call())["number"] != "+6281234567893":
            await asyncio.sleep(0.05)
    await third.hang_up()
    await talk.hang_up()
    await spoken.ended()
    await line.until(lambda: not line.service.runners, 60)
    await kept_once(line, ticket)
    assert spilled(made.instance) == []
    await beats(line)


async def taken_over(line: LineUnderTest, made: House, ticket: str) -> None:
    """Our process ends and comes back while the disk is full: the spilled talk is taken over, not begun anew, and a
    listener of before, whose end cannot be written yet, is in nobody's way."""
    await line.service.close()
    line.service = CallService(lambda: made.instance, line.store, line.keeper, line.clock)
    await line.service.start()
    assert {runner.ticket: runner.state.stage for runner in line.service.runners.values()}[ticket] == "talking"


async def kept_once(line: LineUnderTest, ticket: str) -> None:
    """The listener of before is ended; each of the three calls has one row, the spilled talk all of its moments."""
    async with asyncio.timeout(60):
        while await line.store.read(lambda store: store.listeners.all()):
            await asyncio.sleep(0.05)
    rows: list[Row] = await line.store.read(lambda store: store.calls.since(line.clock().replace(hour=0, minute=0)))
    assert sorted((row["number"], row["outcome"], row["operator"]) for row in rows) == [
        ("+6281234567890", "talked", "op1"),
        ("+6281234567892", "talked", "op2"),
        ("+6281234567893", "abandoned", None),
    ]
    (second_row,) = [row for row in rows if row["number"] == "+6281234567892"]
    assert (second_row["ticket"], second_row["talk_s"] > 0) == (ticket, True)
    journal = await line.store.read(lambda store: store.journal.of_ticket(ticket, second_row["id"]))
    kinds = [row["kind"] for row in journal]
    assert [kind for kind in kinds if kind not in ("operator.presence", "ticket.updated")] == [
        "call.arrived", "ticket.read_back", "call.gate", "call.lane", "operator.ringing", "call.talking",
        "call.restored", "call.ended",
    ]  # fmt: skip


async def registrations_on_disk(made: House, count: int) -> None:
    """Asterisk writes registrations every second; one that it had not written yet is lost with the space for it."""
    database = made.asterisk.paths.db / "astdb.sqlite3"
    async with asyncio.timeout(60):
        while True:
            with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as read:
                kept = read.execute("SELECT count(*) FROM astdb WHERE key LIKE '/registrar/contact/%'").fetchone()[0]
                if kept >= count:
                    return
            await asyncio.sleep(0.1)


async def beats(line: LineUnderTest) -> None:
    """The service says again that it is well, and its desks are written."""
    since = line.clock().isoformat()
    async with asyncio.timeout(60):
        while True:
            rows = await line.store.read(lambda store: store.people.beats())
            desks = {row["operator"]: row["live"] for row in await line.store.read(lambda s: s.people.presences())}
            if desks["op1"] in ("wrap_up", "ready") and any(row["at"] > since for row in rows):
                return
            await asyncio.sleep(0.1)
