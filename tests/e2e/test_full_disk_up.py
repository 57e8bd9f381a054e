"""`tanggap up` on a disk that fills up: a process is killed -9 and comes back, calls go on, all is kept once."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from baresip.runtime import Runtime

from tanggap.phone_system import phone_system
from tanggap.rehearsal import demo
from tanggap.supervise import TaskKeeper
from tests.e2e.line import House
from tests.e2e.outsider import outsider
from tests.e2e.test_full_disk import fill
from tests.e2e.test_up import OPEN, Site, until


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 96 MB, to be filled."""
    folder = tmp_path / "cakram"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(folder)], check=False).returncode:
        pytest.skip("a disk of its own cannot be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest_asyncio.fixture(loop_scope="session")
async def site(the_house: House, sip: Runtime, disk: Path, tmp_path: Path) -> AsyncIterator[Site]:
    """An instance whose `var` is that disk, and which spills beside it; not yet up."""
    home = tmp_path / "jepara"
    home.mkdir()
    (home / "var").symlink_to(disk)
    instance = demo.prepare(home)
    (home / "hours.yaml").write_text(OPEN)
    (home / "site.yaml").write_text((home / "site.yaml").read_text() + f"\nstore: {{spill: {tmp_path / 'lain'}}}\n")
    keeper = TaskKeeper()
    async with outsider(f"127.0.0.1:{instance.site.asterisk.sip_port}") as outside:
        made = Site(instance, phone_system(instance), sip, outside, keeper)
        try:
            yield made
        finally:
            await keeper.close()
            if made.process is not None and made.process.returncode is None:
                await made.down(signal.SIGTERM)
            for pid in [pid for pids in made.processes().values() for pid in pids]:
                os.kill(pid, signal.SIGKILL)


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
    for _ in range(20):  # by the fail-safe, until the calls process is back
        call = await site.outside.dial()
        assert await call.bye() == 200
        if spill.read_bytes().count(b'"arrives"') > 1:
            answered += 1
        if answered == 3:
            break
        await asyncio.sleep(0.5)
    assert answered == 3
    full.unlink()
    await until(lambda: not spill.read_bytes().strip(b"\0"), 30)
    await until(lambda: all(row["stage"] == "ended" for row in site.calls()), 30)
    numbers = [row["ticket"] for row in site.calls()]
    assert len(numbers) == len(set(numbers)) >= 4
    assert len([number for number in numbers if "-S" in number]) >= 4
    assert {row["data"]["rejected"] for row in site.journal("store.read_back")} == {0}
