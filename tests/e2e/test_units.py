"""The commands of the systemd units as real processes, each with a supervisor's socket; pages over HTTPS.

No systemd runs here: what it would do with the commands is done by the test. The tests are one story on one instance.
"""

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tanggap.config import REPOSITORY, Instance, load
from tanggap.rehearsal import demo
from tanggap.systemd.units import TARGET, units
from tests.e2e.test_up import CLOSED, OPEN, replace_file
from tickets.store import Store

ORDER = ("asterisk", "agi", "calls", "escalate", "console", "steward")


@dataclass
class Unit:
    """One started unit and what it said."""

    name: str
    process: asyncio.subprocess.Process
    notify: socket.socket
    log: Path
    words: list[str] = field(default_factory=list)

    def heard(self, word: str) -> bool:
        """Whether it has said this since it was last cleared."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self.words += self.notify.recv(4096).decode().split("\n")
        return word in self.words


@dataclass
class Machine:
    """An instance and its units."""

    instance: Instance
    started: dict[str, Unit] = field(default_factory=dict)

    async def start(self, name: str) -> Unit:
        """As the unit's file says."""
        text = units(self.instance, "root")[f"tanggap-{name}.service"]
        setting = dict(line.split("=", 1) for line in text.splitlines() if line.startswith(("ExecStart=", "Working")))
        path, log = self.instance.home / f"{name}.n", self.instance.home / f"{name}.txt"
        path.unlink(missing_ok=True)
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(str(path))
        notify.setblocking(False)
        with log.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                *setting["ExecStart"].split(), cwd=setting["WorkingDirectory"], stdin=asyncio.subprocess.DEVNULL,
                stdout=out, stderr=out, env={**os.environ, "NOTIFY_SOCKET": str(path)}, start_new_session=True,
            )  # fmt: skip
        self.started[name] = Unit(name, process, notify, log)
        return self.started[name]

    async def get(self, path: str) -> tuple[int, str]:
        """What the pages answer, over HTTPS."""
        url = f"{self.instance.site.console.url}{path}"
        async with aiohttp.ClientSession() as session, session.get(url, ssl=False) as answer:
            return answer.status, await answer.text()

    def journal(self, kind: str) -> list[Any]:
        """Journal rows of a kind."""
        with contextlib.closing(Store(self.instance.var / "tanggap.db")) as store:
            return [row for row in store.journal.after(0, 100_000) if row["kind"] == kind]


async def until(true: Callable[[], object], limit_s: float = 30.0) -> None:
    """Return as soon as it is true."""
    deadline = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def machine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Machine]:
    """An instance with a certificate made by the program, prepared; ended afterwards."""
    home = tmp_path_factory.mktemp("unit") / "j"
    demo.prepare(home)
    (home / "hours.yaml").write_text(OPEN)
    [port] = demo.free_ports(1)
    with (home / "site.yaml").open("a") as site:
        site.write(f"tls: {{generated: ya, wss_port: {port}}}\n")
    made = Machine(load(home))
    try:
        yield made
    finally:
        for unit in reversed(made.started.values()):
            if unit.process.returncode is None:
                unit.process.send_signal(signal.SIGKILL)
            await unit.process.wait()
            unit.notify.close()


async def test_prepare_then_everything_gets_ready(machine: Machine) -> None:
    """Each process says so itself, Asterisk too; the pages answer over HTTPS that the line is ready."""
    assert {f"tanggap-{name}.service" for name in ("prepare", *ORDER)} | {TARGET} == set(units(machine.instance, "x"))
    prepared = await machine.start("prepare")
    assert await asyncio.wait_for(prepared.process.wait(), 120) == 0, prepared.log.read_text()
    for name in ORDER:
        await machine.start(name)
    await until(lambda: all(machine.started[name].heard("READY=1") for name in ORDER), 60)
    async with asyncio.timeout(30):
        while (await machine.get("/health/ready"))[0] != 200:
            await asyncio.sleep(0.2)
    status, text = await machine.get("/metrics")
    assert status == 200
    assert 'tanggap_event_loop_lag_seconds{process="steward"}' in text
    assert (machine.instance.var / "tls" / "certificate.pem").exists()
    assert Path(os.readlink(f"/proc/{machine.started['calls'].process.pid}/cwd")) == REPOSITORY


async def test_each_says_every_second_that_it_lives(machine: Machine) -> None:
    """And a stopped one does not; where it hung stands in its log when it is aborted."""
    ours = [machine.started[name] for name in ORDER if name != "asterisk"]
    for unit in ours:
        unit.heard("")
        unit.words.clear()
    await until(lambda: all(unit.heard("WATCHDOG=1") for unit in ours), 10)
    agi = machine.started["agi"]
    agi.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(0.5)
    agi.heard("")
    agi.words.clear()
    await asyncio.sleep(3)
    assert not agi.heard("WATCHDOG=1")
    agi.process.send_signal(signal.SIGABRT)
    agi.process.send_signal(signal.SIGCONT)
    assert await asyncio.wait_for(agi.process.wait(), 10) == -signal.SIGABRT
    assert "Fatal Python error: Aborted" in agi.log.read_text()
    agi.notify.close()
    again = await machine.start("agi")
    await until(lambda: again.heard("READY=1"))


async def test_the_steward_takes_up_changed_hours(machine: Machine) -> None:
    """As `tanggap up` does: the journal says so, and Asterisk's own fail-safe follows."""
    replace_file(machine.instance.home / "hours.yaml", CLOSED)
    await until(lambda: machine.journal("config.accepted"))
    [row] = machine.journal("config.accepted")
    assert (row["actor"], row["data"]["files"]) == ("process:steward", ["extensions.conf"])


async def test_they_end_when_they_are_told_to(machine: Machine) -> None:
    """SIGTERM, as systemd stops them: each says that it is stopping, and ends within its time."""
    ours = [machine.started[name] for name in reversed(ORDER) if name != "asterisk"]
    for unit in ours:
        unit.heard("")  # its queue holds ten words, and nobody else has read them meanwhile
        unit.process.send_signal(signal.SIGTERM)
    for unit in ours:
        assert await asyncio.wait_for(unit.process.wait(), 10) == 0, unit.log.read_text()
        assert unit.heard("STOPPING=1"), unit.name
