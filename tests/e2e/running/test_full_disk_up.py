"""`tanggap up` on a disk that fills up: a process is killed -9 and comes back, calls go on, all is kept once."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from baresip.runtime import Runtime

from console.api.once import HEADER
from console.web.sessions import COOKIE, new_token, token_hash
from drills import demo
from operations.disk.ballast import path_of
from processes.running import real_clock
from tests.e2e.line import House
from tests.e2e.running.test_up import OPEN, Site, site_of, until
from tests.e2e.test_full_disk import disk_of, fill
from tickets.escalation.ladder import plan
from tickets.model import Actor, Row


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 96 MB, to be filled."""
    with disk_of(tmp_path / "cakram", 96) as folder:
        yield folder


@pytest_asyncio.fixture(loop_scope="session")
async def site(the_house: House, sip: Runtime, disk: Path, tmp_path: Path) -> AsyncIterator[Site]:
    """An instance whose `var` is that disk, and which spills beside it; not yet up."""
    home = tmp_path / "jepara"
    home.mkdir()
    (home / "var").symlink_to(disk)
    instance = demo.prepare(home)
    (home / "hours.yaml").write_text(OPEN)
    (home / "site.yaml").write_text((home / "site.yaml").read_text() + f"\nstore: {{spill: {tmp_path / 'lain'}}}\n")
    async with site_of(instance, sip) as made:
        yield made


async def test_killed_on_a_full_disk(site: Site, disk: Path, tmp_path: Path) -> None:
    """Calls before and after `kill -9` of the calls process; the disk is full all the time; then there is space."""
    await site.up()
    full = fill(disk)
    first = await site.outside.dial()
    assert await first.bye() == 200
    spill = tmp_path / "lain" / "calls.spill"
    await until(lambda: spill.exists() and b"call.ended" in spill.read_bytes())
    (before,) = site.processes()["calls"]
    os.kill(before, signal.SIGKILL)
    await until(lambda: site.processes().get("calls", [before]) != [before])
    await until(lambda: (site.home / "var" / "run" / "calls.pid").exists())
    answered = 0
    async with asyncio.timeout(120):
        while answered < 3:  # by the fail-safe, until the calls process is back
            call = await site.outside.dial()
            assert await call.bye() == 200
            answered += spill.read_bytes().count(b'"arrives"') > 1
            await asyncio.sleep(0.5)
    full.unlink()
    await until(lambda: not spill.read_bytes().strip(b"\0"))
    await until(lambda: all(row["stage"] == "ended" for row in site.calls()))
    numbers = [row["ticket"] for row in site.calls()]
    assert len(numbers) == len(set(numbers)) >= 4
    assert len([number for number in numbers if "-S" in number]) >= 4
    assert {row["data"]["rejected"] for row in site.journal("store.read_back")} == {0}


@pytest.mark.parametrize("ballast", [True, False], ids=["with ballast", "without"])
async def test_no_space_at_the_start(site: Site, disk: Path, ballast: bool) -> None:
    """Stopped in order, then the disk fills up, then the machine starts: the line is there all the same, and whole with
    the ballast; without it Asterisk answers alone until there is space."""
    await site.up()
    await until(lambda: path_of(disk).exists())
    assert await site.down(signal.SIGTERM) == 0
    if not ballast:
        path_of(disk).unlink()
        close_in_order(disk / "tanggap.db")
    full = fill(disk)
    await site.up()
    assert "CAKRAM PENUH" in site.said
    assert ("Asterisk menjawab sendiri" in site.said) is not ballast
    call = await site.outside.dial()
    assert await call.bye() == 200
    full.unlink()
    async with asyncio.timeout(120):
        while not (rows := site.calls()) or rows[0]["handled_by"] != "calls":
            call = await site.outside.dial()
            assert await call.bye() == 200
            await asyncio.sleep(0.5)


def close_in_order(store: Path) -> None:
    """Leave nothing beside a store: with the files that a killed process leaves there, it opens without new space."""
    with contextlib.closing(sqlite3.connect(store)) as opened:
        opened.execute("SELECT count(*) FROM calls").fetchone()
    assert not store.with_name(f"{store.name}-shm").exists()


async def test_pushing_on_a_full_disk(site: Site, disk: Path, tmp_path: Path) -> None:
    """An agency's desk phone rings on while nothing can be written; its key 1 is obeyed, also by the next daemon after
    a `kill -9`, and is in the store as soon as there is space. So is «TERIMA» on another agency's page."""
    await site.up()
    station = await site.phone("damkar1")
    assignment, other = dispatch(site), dispatch(site, "bpbd")
    session = logged_in(site, "bpbd")
    call = await station.rings()
    full = fill(disk)
    await call.hangup()
    assert "112 sudah tahu" in await accepts(site, session, other)
    talk = await station.answer(await station.rings())
    await asyncio.sleep(2)
    await talk.press("1")
    spill = tmp_path / "lain" / "escalate.spill"
    await until(lambda: spill.exists() and b'"said":"accept"' in spill.read_bytes())
    await talk.ended()
    assert state(site, assignment)["state"] == "dikirim"
    (before,) = site.processes()["escalate"]
    os.kill(before, signal.SIGKILL)
    await until(lambda: site.processes().get("escalate", [before]) != [before])
    with pytest.raises(TimeoutError):
        await station.rings(12)  # the next daemon would ring at once
    full.unlink()
    await until(lambda: state(site, assignment)["state"] == state(site, other)["state"] == "diterima")
    assert (state(site, other)["acknowledged_by"], state(site, other)["via"]) == ("petugas-bpbd", "page")
    assert await accepts(site, session, other) == "diterima"
    assert state(site, assignment)["acknowledged_by"] == "damkar.siaga"
    await until(lambda: not spill.read_bytes().strip(b"\0"))


def logged_in(site: Site, opd: str) -> str:
    """The session of an officer of this agency."""
    now, token = real_clock(), new_token()
    site.store.people.add(now, f"petugas-{opd}", "Petugas", "opd", opd, "-")
    site.store.sessions.open(now, token_hash(token), f"petugas-{opd}", now + timedelta(hours=1))
    return token


async def accepts(site: Site, session: str, assignment: int) -> str:
    """«TERIMA» on the page, the same request each time: the state, or the sentence of who cannot write it."""
    url = f"{site.instance.site.console.url}/api/assignments/{assignment}/move"
    headers, body = {HEADER: "1" * 20, "Cookie": f"{COOKIE}={session}"}, {"state": "diterima"}
    async with aiohttp.ClientSession() as browser, browser.post(url, json=body, headers=headers) as answer:
        found = await answer.json()
        return str(found["state"] if answer.ok else found["error"])


def dispatch(site: Site, opd: str = "damkar") -> int:
    """A fire, given to an agency; the assignment."""
    now, sari, store = real_clock(), Actor("user", "op1"), site.store
    number = store.tickets.create(now, "20261123", sari)
    fields = {"kind": "emergency", "category": "kebakaran", "kecamatan": "Tahunan", "desa": "Mantingan"}
    store.tickets.update(now, number, fields, sari)
    ladder = plan(site.instance.routing, opd, now)
    return store.assignments.dispatch(now, number, opd, ladder, 600.0, sari)


def state(site: Site, assignment: int) -> Row:
    """The assignment as the store has it."""
    return site.store.assignments.get(assignment)
