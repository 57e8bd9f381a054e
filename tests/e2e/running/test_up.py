"""`tanggap up` as a real process, beside another running instance: up, faults one after another, down, and up again.

The tests with `site` are one story on one instance and run in order; those with `fresh` have an instance each.
"""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import stat
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from baresip.runtime import Runtime

from asterisk.launch import Asterisk
from asterisk.ports import addresses, check_free
from drills import demo
from drills.page import OperatorPage
from drills.phones.softphone import Phone, Talk
from instance import Instance, load
from operations.phone_system import phone_system
from operations.up import PROCESSES
from processes.tasks import TaskKeeper
from tests.e2e.line import House
from tests.e2e.outside.outsider import Outsider, outsider
from tickets.model import Actor, Row
from tickets.store import Store

pytestmark = pytest.mark.story("site")

OPERATOR_HZ, CALLER_HZ = 880, 1300
OPEN, CLOSED = "daily: 00:00-24:00\n", "daily: tutup\nafter_hours: {leave_message: true}\n"


@dataclass
class Site:
    """One instance, the `up` that runs it, and phones for it."""

    instance: Instance
    asterisk: Asterisk
    sip: Runtime
    outside: Outsider
    keeper: TaskKeeper
    process: asyncio.subprocess.Process | None = None
    starts: int = 0
    phones: list[Phone] = field(default_factory=list)
    talk: tuple[Talk, Talk] | None = None
    _store: Store | None = None

    @property
    def home(self) -> Path:
        """The instance's directory."""
        return self.instance.home

    @property
    def server(self) -> str:
        """The address at which phones register and callers call."""
        return f"127.0.0.1:{self.instance.site.asterisk.sip_port}"

    @property
    def said(self) -> str:
        """Output of the newest `up`."""
        return (self.home / f"up-{self.starts}.txt").read_text()

    async def up(self) -> None:
        """Start `tanggap up` and wait until it says that the line is ready."""
        process = await self.begin()
        await until(lambda: "siap." in self.said or process.returncode is not None)
        assert process.returncode is None, self.said

    async def begin(self) -> asyncio.subprocess.Process:
        """Start `tanggap up`."""
        self.starts += 1
        with (self.home / f"up-{self.starts}.txt").open("wb") as out:
            self.process = await self.tanggap("up", out=out)
        return self.process

    @property
    def holder(self) -> int | None:
        """The `up` that has the instance to itself."""
        file = self.home / "var" / "run" / "up.pid"
        return int(file.read_text() or 0) if file.exists() else None

    async def tanggap(self, *words: str, out: Any = asyncio.subprocess.PIPE) -> asyncio.subprocess.Process:
        """A `tanggap` command on this instance, in a session of its own, as from another terminal."""
        command = (sys.executable, "-m", "tanggap", "--home", str(self.home), *words)
        return await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip

    async def run(self, *words: str) -> tuple[int, str]:
        """Its exit status and what it wrote."""
        process = await self.tanggap(*words)
        output, _ = await asyncio.wait_for(process.communicate(), 180)
        return process.returncode or 0, output.decode()

    async def listed(self) -> list[Row]:
        """`tanggap calls list --json`."""
        status, output = await self.run("calls", "list", "--json")
        assert status == 0, output
        rows: list[Row] = json.loads(output)
        return rows

    async def down(self, number: int) -> int:
        """Send `up` a signal; its exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), 120)

    @property
    def store(self) -> Store:
        """The store, as another process sees it; opened once, since opening takes the write lock from the line."""
        if self._store is None:
            self._store = Store(self.home / "var" / "tanggap.db")
        return self._store

    def calls(self) -> list[Row]:
        """All calls, newest first."""
        return list(self.store.calls.since(datetime(2000, 1, 1, tzinfo=UTC)))

    def journal(self, kind: str) -> list[Row]:
        """Journal rows of a kind."""
        return [row for row in self.store.journal.after(0, 100_000) if row["kind"] == kind]

    def beats(self) -> dict[str, int]:
        """The process that last said it was well, by name."""
        return {row["process"]: row["pid"] for row in self.store.people.beats()}

    def ready(self, operator: str) -> None:
        """Write the request of «Siap», as the operator's page does."""
        data = {"operator": operator, "wanted": "ready"}
        self.store.journal.append(datetime.now(UTC), "request.presence", Actor("user", operator), data=data)

    def live(self, operator: str) -> str:
        """The operator's state as the calls process last wrote it."""
        return next((row["live"] for row in self.store.people.presences() if row["operator"] == operator), "")

    async def phone(self, account: str) -> Phone:
        """An operator's softphone, registered."""
        password = load(self.home).secrets.sip[account]
        made = await Phone.register(self.sip, self.server, account, password, self.keeper.start)
        self.phones.append(made)
        return made

    def close(self) -> None:
        """Leave the store alone."""
        if self._store is not None:
            self._store.close()

    def processes(self) -> dict[str, list[int]]:
        """Every living process of this instance by its name."""
        seen: dict[str, list[int]] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                line = (folder / "cmdline").read_bytes()
                words = line.decode(errors="replace").split("\0")
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
                # one that its parent has just forked, and that is about to become something else
                fresh = parent != "0" and Path(f"/proc/{parent}/cmdline").read_bytes() == line
                if any(word.startswith(str(self.home)) for word in words) and not fresh:
                    name = words[-2] if "tanggap" in words else "asterisk"
                    if not name.startswith("--"):  # a command that is soon over, as the backup that up makes daily
                        seen.setdefault(name, []).append(int(folder.name))
        return seen


async def until(true: Callable[[], object], limit_s: float = 180.0) -> None:
    """Return as soon as it is true."""
    deadline = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def site_of(instance: Instance, sip: Runtime) -> AsyncIterator[Site]:
    """An instance that is not yet up; whatever was started on it is ended."""
    keeper = TaskKeeper()
    async with outsider(f"127.0.0.1:{instance.site.asterisk.sip_port}") as outside:
        made = Site(instance, phone_system(instance), sip, outside, keeper)
        try:
            yield made
        finally:
            made.close()
            for phone in made.phones:
                await phone.leave()
            await keeper.close()
            if made.process is not None and made.process.returncode is None:
                await made.down(signal.SIGTERM)
            for pid in [pid for pids in made.processes().values() for pid in pids]:
                os.kill(pid, signal.SIGKILL)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(the_house: House, sip: Runtime, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """An instance on ports of its own, beside the one that all other tests use; not yet up."""
    instance = demo.prepare(tmp_path_factory.mktemp("up") / "jepara")
    (instance.home / "hours.yaml").write_text(OPEN)
    async with site_of(instance, sip) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def fresh(the_house: House, sip: Runtime, tmp_path: Path) -> AsyncIterator[Site]:
    """An instance of one test, never started: nothing of it is left from another test, no backup either."""
    instance = demo.prepare(tmp_path / "jepara")
    shutil.copytree(the_house.instance.var / "prompts", instance.var / "prompts")  # they take the longest to make
    async with site_of(instance, sip) as made:
        yield made


async def test_it_comes_up_beside_another_and_answers(site: Site, the_house: House) -> None:
    """Healthy, says where everything is, keeps its secrets to itself, and answers 112."""
    await site.up()
    assert {name: len(pids) for name, pids in site.processes().items()} == {
        "up": 1,
        "asterisk": 1,
        **dict.fromkeys(PROCESSES, 1),
    }
    assert site.instance.site.console.url in site.said
    assert stat.S_IMODE((site.home / "var" / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((site.home / "var").stat().st_mode) == 0o700
    call = await site.outside.dial()
    assert await call.bye() == 200
    await until(lambda: [row["stage"] for row in site.calls()] == ["ended"])
    [row] = await site.listed()
    assert (row["number"], row["outcome"], row["handled_by"]) == ("+6281234567890", "abandoned", "calls")
    assert the_house.asterisk.pid not in (None, site.asterisk.pid)


async def test_the_logins_that_it_showed_are_right(site: Site) -> None:
    """The operator logs in with the password that stood in the terminal, and is ready with a softphone."""
    shown = re.search(r"op1\s+│\s+(\S+)\s+│", site.said)
    assert shown is not None, site.said
    await site.phone("op1")
    page = OperatorPage(site.instance.site.console, "op1", site.keeper.start)
    try:
        await page.open(shown[1])
        await page.ready()
    finally:
        await page.close()


async def test_the_doctor_finds_nothing_wrong(site: Site) -> None:
    """On a whole line, beside everything: warnings of what is not set up, no error."""
    await until(lambda: site.beats().keys() >= {*PROCESSES, "steward"})
    _, output = await site.run("doctor", "--json")
    findings = json.loads(output)["findings"]
    assert [finding for finding in findings if finding["level"] == "error"] == []
    assert {finding["code"] for finding in findings} >= {"TRUNK_LOCAL", "CONFIG_WARNING"}


async def test_every_process_is_measured(site: Site) -> None:
    """One text for Prometheus, gathered by the console; the words of the last call are not in it."""
    url = f"{site.instance.site.console.url}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        text = await answer.text()
    for name in PROCESSES:
        assert f'tanggap_store_writable{{process="{name}"}} 1.0' in text
        assert f'tanggap_process_restarts{{process="{name}"}} 0.0' in text
    assert 'tanggap_asterisk_connected{link="ami",process="calls"} 1.0' in text
    rows = re.findall(r'tanggap_duty_up{duty="([^"]*)",process="([^"]*)"} (.*)', text)
    duties = {(process, duty): up for duty, process, up in rows}
    assert {key: up for key, up in duties.items() if up != "1.0"} == {}
    some = {("calls", "requests"), ("escalate", "escalate-cycle"), ("console", "push"), ("agi", "beat")}
    assert duties.keys() >= some
    arrivals = re.findall(r'tanggap_arrival_seconds_count{process="calls"} (\d+)', text)
    assert [int(moment) for moment in arrivals] == [len(site.calls())]
    assert "81234567890" not in text


async def test_a_second_up_says_so_and_changes_nothing(site: Site) -> None:
    """Two supervisors on one instance would do everything twice: the second one stops at once."""
    assert site.process is not None
    before = site.processes()
    status, output = await site.run("up")
    assert (status, output.strip()) == (
        1,
        f"gagal: instans {site.home} sudah dijalankan (pid {site.process.pid}); "
        "hentikan dulu yang itu (Ctrl-C di sana), atau pilih instans lain dengan --home",
    )
    assert site.processes() == before
    call = await site.outside.dial()
    await call.bye()
    await until(lambda: site.calls()[0]["stage"] == "ended")
    assert site.calls()[0]["handled_by"] == "calls"


async def test_changed_hours_count_at_once(site: Site) -> None:
    """hours.yaml is saved: the next call and Asterisk's own fail-safe follow it, without a restart."""
    before = site.processes()
    assert "Return(0)" not in await site.asterisk.command("dialplan show failsafe-hours")
    accepted = len(site.journal("config.accepted"))
    replace_file(site.home / "hours.yaml", CLOSED)
    await until(lambda: len(site.journal("config.accepted")) > accepted)
    assert "Return(0)" in await site.asterisk.command("dialplan show failsafe-hours")
    assert await calls_until(site, "closed")
    assert site.processes() == before


async def test_wrong_hours_are_refused_and_the_old_ones_stay(site: Site) -> None:
    """A wrong edit: its lines stand in the journal, calls go by the hours before it; put right, it is taken up."""
    replace_file(site.home / "hours.yaml", "daily: 07:00-25:00\nafterhours: {}\n")
    await until(lambda: site.journal("config.refused"))
    assert site.journal("config.refused")[-1]["data"]["problems"] == [
        'hours.yaml:1:8: jam "25:00" tidak sah, diharapkan JJ:MM antara 00:00 dan 24:00',
        'hours.yaml:2:1: kunci "afterhours" tidak dikenal, diharapkan "after_hours" (mungkin itu maksudnya)',
    ]
    assert await one_call(site) == "closed"
    assert "Return(0)" in await site.asterisk.command("dialplan show failsafe-hours")
    accepted = len(site.journal("config.accepted"))
    replace_file(site.home / "hours.yaml", OPEN)
    await until(lambda: len(site.journal("config.accepted")) > accepted)
    assert await calls_until(site, "menu")


async def test_a_talk_begins(site: Site) -> None:
    """A caller talks to op1; the tests that follow kill one thing after another under it."""
    await until(lambda: site.live("op1") == "ready")
    caller = await Phone.outside(site.sip, site.server, "081234500001", site.keeper.start)
    heard = await caller.dial("112")
    await heard.up()
    await heard.press("1")
    operator = site.phones[0]
    site.talk = heard, await operator.answer(await operator.rings())
    assert await talking(site)


async def test_without_calls_a_new_call_reaches_the_failsafe(site: Site) -> None:
    """`calls` is killed: the talk goes on, a new caller gets a ticket from the fail-safe and an operator's phone."""
    assert site.process is not None
    second = await site.phone("op2")
    site.ready("op2")
    await until(lambda: site.live("op2") == "ready")
    with stopped(site.process.pid):  # else the supervisor would be faster than the caller
        victim = site.beats()["calls"]
        os.kill(victim, signal.SIGKILL)
        caller = await Phone.outside(site.sip, site.server, "081234500002", site.keeper.start)
        talk = await caller.dial("112")
        await talk.up()
        assert await talking(site)
        await talk.press("1")
        answered = await second.answer(await second.rings())
        assert await talk.hears(OPERATOR_HZ) and await answered.hears(CALLER_HZ)
    row = site.calls()[0]
    assert (row["number"], row["handled_by"], row["keys"]) == ("+6281234500002", "agi", "1")
    ticket = site.store.tickets.show(row["ticket"])
    assert (ticket["source"], ticket["status"]) == ("agi", "open")
    await until(lambda: site.beats()["calls"] != victim)
    await answered.hang_up()
    await talk.ended()
    assert await talking(site)
    assert await calls_until(site, "menu")
    assert site.calls()[0]["handled_by"] == "calls"
    await until(lambda: next(r for r in site.calls() if r["id"] == row["id"])["stage"] == "ended")
    after = next(known for known in site.calls() if known["id"] == row["id"])
    assert (after["outcome"], after["operator"], after["ticket"]) == ("talked", "op2", row["ticket"])


@pytest.mark.parametrize("name", ["agi", "escalate", "console"])
async def test_a_killed_process_comes_back(site: Site, name: str) -> None:
    """kill -9: started again under the same name, once; neither the talk nor new calls notice."""
    before = site.processes()
    os.kill(before[name][0], signal.SIGKILL)
    assert await one_call(site) == "menu"
    assert await talking(site)
    await until(lambda: site.beats()[name] not in (before[name][0],))
    after = site.processes()
    assert len(after[name]) == 1
    assert {other: pids for other, pids in after.items() if other != name} == {
        other: pids for other, pids in before.items() if other != name
    }


@pytest.mark.parametrize("name", ["calls", "console"])
async def test_a_stopped_process_is_replaced(site: Site, name: str) -> None:
    """SIGSTOP: alive by its pid, silent for ten seconds; replaced, while the talk goes on and others stay."""
    before = site.processes()
    os.kill(before[name][0], signal.SIGSTOP)
    began = time.monotonic()
    await until(lambda: site.beats()[name] != before[name][0], 40)
    assert 9 < time.monotonic() - began < 30
    after = site.processes()
    assert len(after[name]) == 1
    assert {other: pids for other, pids in after.items() if other != name} == {
        other: pids for other, pids in before.items() if other != name
    }
    assert await talking(site)
    assert await calls_until(site, "menu")


async def test_a_killed_up_is_followed_by_a_new_one(site: Site) -> None:
    """kill -9 of the supervisor: the line goes on; a new `up` takes it over, no process is there twice."""
    assert site.process is not None
    before = site.processes()
    site.process.kill()
    await site.process.wait()
    assert await one_call(site) == "menu"
    await site.up()
    after = site.processes()
    assert {name: len(pids) for name, pids in after.items()} == dict.fromkeys(before, 1)
    assert after["asterisk"] == before["asterisk"]
    assert all(after[name] != before[name] for name in PROCESSES)
    assert "Login baru" not in site.said
    assert await talking(site)
    assert await one_call(site) == "menu"


async def test_the_talk_ends_as_any_other(site: Site) -> None:
    """After all that: one call, talked, recorded, with its operator."""
    assert site.talk is not None
    heard, spoken = site.talk
    await heard.hang_up()
    await spoken.ended()
    talks = [row for row in site.calls() if row["number"] == "+6281234500001"]
    assert len(talks) == 1
    await until(lambda: next(r for r in site.calls() if r["id"] == talks[0]["id"])["stage"] == "ended")
    row = next(row for row in site.calls() if row["id"] == talks[0]["id"])
    assert (row["outcome"], row["operator"], row["handled_by"]) == ("talked", "op1", "calls")
    recording = site.asterisk.paths.recordings / f"{row['recording']}.wav"
    await until(lambda: recording.exists() and recording.stat().st_size > 16000)


async def test_ctrl_c_stops_all_of_it(site: Site) -> None:
    """SIGINT: exit 0, no process of the instance left, every port free; the other instance runs on."""
    for phone in site.phones:
        await phone.leave()
    site.phones.clear()
    assert await site.down(signal.SIGINT) == 0, site.said
    assert site.processes() == {}
    check_free(addresses(site.instance.site.asterisk))


async def test_nothing_to_do_is_not_done_again(site: Site) -> None:
    """The prompts, the users and the configuration are there already; how long it takes, the start says itself."""
    prompts = {path: path.stat().st_mtime_ns for path in (site.instance.var / "prompts").rglob("*.wav")}
    await site.up()
    assert prompts
    assert {path: path.stat().st_mtime_ns for path in prompts} == prompts
    assert "pusdalops" not in site.said
    assert await one_call(site) == "menu"


async def test_a_killed_asterisk_is_started_again(site: Site) -> None:
    """kill -9 of Asterisk: its calls end in the store, with their tickets, and the next caller is answered.

    The new one begins in a new second: it names its channels by it, and none may be named as one of before."""
    before = site.processes()
    lost = await site.outside.dial()
    lost.up = False
    os.kill(before["asterisk"][0], signal.SIGKILL)
    killed = int(time.time())
    await until(lambda: site.processes().get("asterisk", before["asterisk"]) != before["asterisk"])
    await until(lambda: site.calls()[0]["stage"] == "ended")
    assert await calls_until(site, "menu")
    queue_log = (site.asterisk.paths.log / "queue_log").read_text().splitlines()
    assert max(int(row.split("|")[0]) for row in queue_log if row.endswith("|QUEUESTART|")) > killed
    assert {name: pids for name, pids in site.processes().items() if name != "asterisk"} == {
        name: pids for name, pids in before.items() if name != "asterisk"
    }


async def test_a_stopped_asterisk_is_started_again(site: Site) -> None:
    """SIGSTOP of Asterisk: it answers nothing, and everybody in it hears nothing; another one is started."""
    before = site.processes()
    os.kill(before["asterisk"][0], signal.SIGSTOP)
    await until(lambda: site.processes().get("asterisk", before["asterisk"]) != before["asterisk"])
    assert await calls_until(site, "menu")


async def test_sigterm_stops_all_of_it(site: Site, the_house: House) -> None:
    """As systemd ends it: like Ctrl-C. The other instance never noticed."""
    assert await site.down(signal.SIGTERM) == 0, site.said
    assert site.processes() == {}
    assert (await the_house.asterisk.status()).running


async def test_a_database_that_is_none_is_set_aside(fresh: Site) -> None:
    """Another file in its place, and no backup: said, kept as it is, and the line answers with an empty store."""
    database = fresh.home / "var" / "tanggap.db"
    database.write_text("ini bukan basis data\n" * 500)
    await fresh.up()
    assert "basis data rusak, disisihkan di" in fresh.said
    (kept,) = (fresh.home / "var" / "broken").glob("*/tanggap.db")
    assert kept.read_text() == "ini bukan basis data\n" * 500
    assert await one_call(fresh) == "menu"
    assert [row["data"]["from"] for row in fresh.journal("store.broken")] == [None]
    assert await fresh.down(signal.SIGTERM) == 0, fresh.said


@pytest.mark.parametrize("begun", ["up", "asterisk", "agi"])
async def test_ctrl_c_while_it_starts_leaves_nothing(fresh: Site, begun: str) -> None:
    """However far the start had come, once it holds the instance; before, it ends by the signal
    (tests/tanggap/test_program.py)."""
    process = await fresh.begin()
    await until(lambda: fresh.holder == process.pid or process.returncode is not None)
    await until(lambda: begun in fresh.processes() or process.returncode is not None)
    assert process.returncode is None, fresh.said
    assert await fresh.down(signal.SIGINT) == 0, fresh.said
    assert fresh.processes() == {}


async def talking(site: Site) -> bool:
    """True if caller and operator hear each other now."""
    assert site.talk is not None
    heard, spoken = site.talk
    return all(await asyncio.gather(heard.hears(OPERATOR_HZ), spoken.hears(CALLER_HZ)))


async def one_call(site: Site) -> str:
    """Stage of a new call once it is answered."""
    before = len(site.calls())
    call = await site.outside.dial()
    await until(lambda: len(site.calls()) > before)
    stage: str = site.calls()[0]["stage"]
    await call.bye()
    await until(lambda: site.calls()[0]["stage"] == "ended")
    return stage


async def calls_until(site: Site, stage: str, limit_s: float = 180.0) -> bool:
    """Call again and again, until a call gets there."""
    deadline = time.monotonic() + limit_s
    while await one_call(site) != stage:
        if time.monotonic() > deadline:
            return False
    return True


def replace_file(path: Path, text: str) -> None:
    """As editors do: a new file moved over the old one."""
    fresh = path.with_suffix(".baru")
    fresh.write_text(text)
    fresh.replace(path)


@contextlib.contextmanager
def stopped(pid: int) -> Any:
    """A process that does nothing for a while."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
