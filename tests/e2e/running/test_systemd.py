"""The units under a real systemd, in a machine of its own: as docs/operations.md says, then one plug after another.

The tests are one story. The machine has no network but its loopback; its clock is the real one: hours are all day."""

import asyncio
import contextlib
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from drills import demo
from instance import REPOSITORY, Instance
from tests.e2e.running.machine import CannotError, Machine, machine

pytestmark = pytest.mark.real
HOME = Path("/srv/jepara")
TANGGAP = ("env", f"--chdir={REPOSITORY}", sys.executable, "-m", "tanggap", "--home", str(HOME))
NAMES = ("asterisk", "agi", "calls", "escalate", "console", "steward")
CLOSED = "daily: tutup\nafter_hours: {leave_message: true}\n"
SCENARIO = Path(__file__).parent.parent / "outside" / "sipp" / "info.xml"
GET = """import ssl, sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=5, context=ssl._create_unverified_context()).read().decode())"""
ROWS = """import sqlite3, sys, json
print(json.dumps(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(sys.argv[2]).fetchall()))"""


class Line:
    """The instance in the machine."""

    def __init__(self, made: Machine, instance: Instance) -> None:
        self.made = made
        self.instance = instance

    async def tanggap(self, *words: str) -> str:
        """Output of our command."""
        return await self.made.say(*TANGGAP, *words)

    async def get(self, path: str) -> str:
        """The pages' answer."""
        port = self.instance.site.console.port
        return await self.made.python(GET, f"https://127.0.0.1:{port}{path}")

    async def rows(self, query: str) -> list[list[object]]:
        """Rows of the store."""
        rows: list[list[object]] = json.loads(await self.made.python(ROWS, str(HOME / "var" / "tanggap.db"), query))
        return rows

    async def show(self, name: str) -> dict[str, str]:
        """systemd's properties of a unit."""
        wanted = "--property=ActiveState,SubState,MainPID,NRestarts,Result,StatusText"
        text = await self.made.say("systemctl", "show", wanted, f"tanggap-{name}.service")
        return dict(line.split("=", 1) for line in text.splitlines() if line)

    async def active(self) -> bool:
        """True when all units are active and the pages report that the line is ready."""
        if any([(await self.show(name))["ActiveState"] != "active" for name in NAMES]):
            return False
        with contextlib.suppress(AssertionError):
            return bool(json.loads(await self.get("/health/ready"))["ok"])
        return False

    async def until(self, true: Callable[[], Awaitable[object]], limit_s: float = 60.0) -> None:
        """Return as soon as it is true."""
        deadline = time.monotonic() + limit_s
        while not await true():
            if time.monotonic() > deadline:
                states = {name: await self.show(name) for name in NAMES}
                pytest.fail(f"did not happen in time: {states}\n{await self.said()}")
            await asyncio.sleep(0.3)

    async def said(self) -> str:
        """The machine's last log lines."""
        return (await self.made.run("journalctl", "--no-pager", "--lines=60")).text

    async def signal(self, name: str, signal: str) -> None:
        """Send a signal to a unit's main process."""
        await self.made.say("systemctl", "kill", "--kill-whom=main", f"--signal={signal}", f"tanggap-{name}.service")

    async def call(self) -> None:
        """A caller from outside presses 1, waits and hangs up; fails unless every step of SIP went right."""
        server = f"127.0.0.1:{self.instance.site.asterisk.sip_port}"
        await self.made.say(
            *("sipp", server, "-sf", str(SCENARIO), "-s", "112", "-m", "1", "-t", "u1", "-i", "127.0.0.1"),
            *("-p", "5999", "-mi", "127.0.0.1", "-mp", "6100", "-nostdin", "-timeout", "30s", "-timeout_error"),
        )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def line(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Line]:
    """Set up by the very commands of docs/operations.md."""
    folder = tmp_path_factory.mktemp("systemd")
    instance = demo.prepare(folder / "j")
    with (folder / "j" / "site.yaml").open("a") as site:
        site.write(f"tls: {{generated: ya, wss_port: {demo.free_ports(1)[0]}}}\n")
    (folder / "m").mkdir()
    try:
        async with machine(folder / "m") as made:
            await _open_to_all(made)
            await made.say("useradd", "--system", "--home-dir", str(HOME), "tanggap")
            await made.say("mkdir", str(HOME))
            for name in ("routing.yaml", "hours.yaml", "site.yaml"):
                await made.say("cp", str(folder / "j" / name), str(HOME))
            assert "peringatan" not in await made.say(*TANGGAP, "systemd", "render", "/etc/systemd/system")
            await made.say("install", "-d", "-o", "tanggap", "-g", "tanggap", "-m", "700", str(HOME / "var"))
            await made.say("systemctl", "daemon-reload")
            await made.say("systemctl", "enable", "--now", "tanggap.target", limit_s=120)
            yield Line(made, instance)
    except CannotError as why:
        pytest.skip(f"no machine with a systemd within this one: {why}")


async def _open_to_all(made: Machine) -> None:
    """A clone and a Python in somebody's home, as those of a test often are, are of use to nobody else."""
    for path in (REPOSITORY, Path(sys.executable), Path(os.path.realpath(sys.executable))):
        await made.say("chmod", "o+x", *map(str, path.parents))


async def test_it_comes_up_and_answers(line: Line) -> None:
    """Every process says so itself; the pages say over HTTPS that the line is ready; a call is answered and has its
    ticket; the doctor, too, lives with a machine that has no network card."""
    await line.until(line.active)
    assert {(await line.show(name))["NRestarts"] for name in NAMES} == {"0"}
    assert (await line.show("calls"))["StatusText"] == "calls berjalan"
    await line.call()
    [[state, keys, tickets]] = await line.rows(
        "SELECT stage, keys, (SELECT count(*) FROM tickets WHERE call = calls.id) FROM calls"
    )
    assert (state, keys, tickets) == ("ended", "1", 1)
    report = json.loads((await line.made.run(*TANGGAP, "doctor", "--json")).text)
    assert report


async def test_they_may_do_nothing_else(line: Line) -> None:
    """From within the unit's own mounts all but `var/` is read only; it runs without a privilege, and nobody else can
    look into `var/`."""
    pid = (await line.show("calls"))["MainPID"]
    inside = ("nsenter", f"--target={pid}", "--mount", "--root", "--wdns=/")
    ours = [] if REPOSITORY.is_relative_to("/tmp") else [REPOSITORY]  # of what lies there /tmp is shared
    for place in (HOME, Path("/etc"), *ours):
        assert "Read-only file system" in (await line.made.run(*inside, "touch", str(place / "x"))).text
    await line.made.say(*inside, "touch", str(HOME / "var" / "x"))
    assert "denied" in (await line.made.run("setpriv", "--reuid=65534", "ls", str(HOME / "var"))).text
    status = await line.made.say("cat", f"/proc/{pid}/status")
    user = (await line.made.say("id", "-u", "tanggap")).strip()
    assert re.search(rf"^Uid:\t{user}\t{user}", status, re.M)
    for name, value in (("CapEff", "0" * 16), ("CapBnd", "0" * 16), ("NoNewPrivs", "1"), ("Seccomp", "2")):
        assert re.search(rf"^{name}:\t{value}$", status, re.M), status


async def test_what_hangs_and_what_dies_is_started_again(line: Line) -> None:
    """`calls` is stopped, so that only the watchdog can tell; agi is aborted, as the watchdog does, and says where
    it was; escalate and Asterisk are killed -9. All come back, nobody else is restarted, the next call is answered."""
    before = {name: await line.show(name) for name in NAMES}
    await line.signal("calls", "STOP")
    await line.signal("agi", "ABRT")
    for name in ("escalate", "asterisk"):
        await line.signal(name, "KILL")
    hit = ("calls", "agi", "escalate", "asterisk")

    async def again() -> bool:
        now = {name: await line.show(name) for name in hit}
        return all(now[name]["MainPID"] != before[name]["MainPID"] for name in hit) and await line.active()

    await line.until(again)
    after = {name: await line.show(name) for name in NAMES}
    assert {name: unit["NRestarts"] for name, unit in after.items()} == {
        name: "1" if name in hit else "0" for name in NAMES
    }
    assert {after[name]["MainPID"] == before[name]["MainPID"] for name in ("console", "steward")} == {True}
    assert "Watchdog timeout" in await line.made.say("journalctl", "--no-pager", "--unit=tanggap-calls")
    assert "Fatal Python error: Aborted" in await line.made.say("journalctl", "--no-pager", "--unit=tanggap-agi")
    await line.call()
    assert await line.rows("SELECT count(*) FROM calls WHERE stage = 'ended'") == [[2]]


async def test_the_steward_takes_up_changed_hours(line: Line) -> None:
    """As `tanggap up` does: the journal says so, and Asterisk's own fail-safe follows."""
    fresh = HOME / "hours.new"
    await line.made.python("import sys; open(sys.argv[1], 'w').write(sys.argv[2])", str(fresh), CLOSED)
    await line.made.say("mv", str(fresh), str(HOME / "hours.yaml"))

    async def taken() -> list[list[object]]:
        return await line.rows("SELECT actor, data FROM journal WHERE kind = 'config.accepted'")

    await line.until(taken)
    [[actor, data]] = await taken()
    assert (actor, json.loads(str(data))["files"]) == ("process:steward", ["extensions.conf"])


async def test_one_command_stops_all(line: Line) -> None:
    """`systemctl stop tanggap.target`: each ends within its time, by itself, and nothing is left."""
    await line.made.say("systemctl", "stop", "tanggap.target", limit_s=60)
    await line.until(lambda: _all_ended(line), 30)
    assert {(await line.show(name))["Result"] for name in NAMES} == {"success"}
    left = await line.made.run("pgrep", "--uid", "tanggap", "--list-full")
    assert (left.status, left.text) == (1, "")


async def _all_ended(line: Line) -> bool:
    return {(await line.show(name))["ActiveState"] for name in NAMES} == {"inactive"}
