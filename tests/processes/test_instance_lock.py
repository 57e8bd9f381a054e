"""One supervisor for an instance, and one process of each name, by a lock that the kernel frees."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from instance import Instance, load
from processes.vitals import answers
from tests.fixtures import Edit
from tickets.escalation.ladder import plan
from tickets.model import Actor
from tickets.store import Store
from tickets.store.calls import NewCall
from tickets.store.thread import StoreThread

# each test starts processes
pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
HOLD = """import pathlib, sys
from processes.instance_lock import only_one
with only_one(pathlib.Path(sys.argv[1]), "calls"):
    print("ya", flush=True)
    input()
"""
NAMES = ("calls", "agi", "escalate", "console", "steward")


class Running:
    """One `tanggap NAME` of an instance."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def end(self) -> tuple[int, str]:
        """Its exit status and what it said; it ends by itself."""
        async with asyncio.timeout(30):
            output, _ = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, output.decode()


@contextlib.asynccontextmanager
async def running(instance: Instance, name: str) -> AsyncIterator[Running]:
    """Start it; killed at the end, if it is there yet."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tanggap", "--home", str(instance.home), name),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=ROOT,
    )
    try:
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def answering(instance: Instance, name: str) -> tuple[int, int]:
    """Wait until it answers on its socket; which socket that is: its inode, and when it was made."""
    path = answers.socket_of(instance.var, name)
    async with asyncio.timeout(30):
        while await answers.ask(path, "/health") is None:
            await asyncio.sleep(0.05)
    return path.stat().st_ino, path.stat().st_ctime_ns


async def in_hand(instance: Instance) -> tuple[StoreThread, list[str]]:
    """A report of which the first daemon has every push in hand for a while; the store, and whose each push is."""
    store = await StoreThread(instance.var / "tanggap.db").open()
    async with asyncio.timeout(30):  # it has given back what a former one had, and is at work
        while not await store.read(lambda store: store.people.beats()):
            await asyncio.sleep(0.05)
    now = datetime.now(UTC)

    def job(store: Store) -> None:
        ticket = store.calls.arrive(now, "20261122", NewCall("c1", "+6281234567890", "0812", False, True, "112"))
        pushes = plan(instance.routing, "damkar", now)
        store.assignments.dispatch(now, ticket, "damkar", pushes, 600.0, Actor("user", "siti"))
        store.assignments.claim(now + timedelta(days=1), "escalate", 3600.0, 1000)

    await store.write(job)
    return store, await claims(store)


async def claims(store: StoreThread) -> list[str]:
    """The process that has claimed each push."""
    rows = await store.read(lambda store: store.connection.all("SELECT claimed_by FROM pushes ORDER BY id"))
    return [row["claimed_by"] for row in rows]


async def test_a_second_escalation_takes_nothing_from_the_first(edited: Edit) -> None:
    """It says which one is there and ends; claims and socket stay. After kill -9 the next one starts at once."""
    instance = load(edited())
    async with running(instance, "escalate") as first:
        socket = await answering(instance, "escalate")
        store, before = await in_hand(instance)
        assert before and set(before) == {"escalate"}
        async with running(instance, "escalate") as second:
            async with asyncio.timeout(30):
                while second.process.returncode is None and await claims(store) == before:
                    await asyncio.sleep(0.05)
            assert await claims(store) == before
            code, output = await second.end()
        assert (code, await answering(instance, "escalate")) == (1, socket)
        assert output == (
            f"gagal: proses escalate untuk instans {instance.home} sudah berjalan (pid {first.process.pid}) dan tidak "
            "boleh ada dua; hentikan dulu yang itu, atau pilih instans lain dengan --home\n"
        )
        first.process.send_signal(signal.SIGKILL)
        await first.process.wait()
        async with running(instance, "escalate"):
            assert await answering(instance, "escalate") != socket
    await store.close()


@pytest.mark.parametrize("name", NAMES)
async def test_no_process_starts_twice(edited: Edit, name: str) -> None:
    """While one holds the name's lock, another leaves no trace: no log, no count of its start, no socket, no store."""
    from processes.instance_lock import only_one

    instance = load(edited())
    with only_one(instance.home, name):
        before = sorted(path.name for path in instance.var.rglob("*"))
        async with running(instance, name) as second:
            code, output = await second.end()
        assert (code, f"proses {name}" in output, f"(pid {os.getpid()})" in output) == (1, True, True)
        assert sorted(path.name for path in instance.var.rglob("*")) == before


def test_a_lock_is_waited_for_and_freed_with_its_process(tmp_path: Path) -> None:
    """A killed process is in nobody's way, of two names neither is in the other's; a full disk is no reason to wait."""
    from processes.instance_lock import TakenError, only_one

    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    with child:
        assert child.stdout is not None and child.stdout.readline() == b"ya\n"
        taken = pytest.raises(TakenError, match=rf"proses calls .* \(pid {child.pid}\)")
        with taken, only_one(tmp_path, "calls", wait_s=0):
            pytest.fail("two of a name")
        with only_one(tmp_path, "agi", wait_s=0):
            child.kill()
        with only_one(tmp_path, "calls"):
            pass
    (tmp_path / "file").write_text("")
    with only_one(tmp_path / "file", "calls"):  # no folder can be made there
        pass
