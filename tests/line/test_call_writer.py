"""Calls while the store cannot be written: carried on, spilled, and read back once and in order."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ivr import events as ev
from ivr import flow
from line import call_writer as module
from line.call_runner import Caller, CallRunner
from line.call_writer import CallWriter
from tests.ivr.playbook import OPEN
from tests.line.line import Line
from tickets.errors import StoreUnavailable
from tickets.model import Row
from tickets.spill import SpillFile, read
from tickets.store import Store
from tickets.store.calls import NewCall, Note
from tickets.store.steps import CallStep, Record, as_row, from_row
from tickets.store.thread import StoreThread

ROOT = Path(__file__).resolve().parents[2]
# noon in Jepara, on the playbook's day
PROVISIONAL = "T-20261122-S120000"


class Faulty(StoreThread):
    """A store that can be told to refuse every write, as a full disk does."""

    full = False

    async def write(self, job: Any) -> Any:
        if self.full:
            raise StoreUnavailable("basis data tidak bisa ditulis: database or disk is full")
        return await super().write(job)


class Spilling(Line):
    """A line whose writer may spill."""

    store: Faulty

    def __init__(self, folder: Path, store: Faulty) -> None:
        super().__init__(folder, store)
        self.files = [
            SpillFile(folder / "lain" / "calls.spill"),
            SpillFile(folder / "spill" / "calls.spill", reserve=8192),
        ]
        self.writer = CallWriter(store, self.files, lambda: self.now, self._started)
        self._context.writer = self.writer

    def _started(self, name: str, work: Any) -> asyncio.Task[Any]:
        return asyncio.get_running_loop().create_task(work, name=name)

    async def read_back(self) -> None:
        """Let the store take writes again, and have the writer read back."""
        self.store.full = False
        await self.writer._read_back()

    async def all_of(self, sql: str) -> list[Row]:
        """The rows of a statement."""
        return await self.store.read(lambda store: store.connection.all(sql))


@pytest.fixture
async def spilling(tmp_path: Path) -> AsyncIterator[Spilling]:
    store = Faulty(tmp_path / "tanggap.db")
    await store.open()
    line = Spilling(tmp_path, store)
    await line.writer.open()
    yield line
    await line.writer.close()
    await store.close()


async def test_a_call_on_a_full_disk_is_carried_on(spilling: Spilling) -> None:
    """Answered, the phone rings with the provisional number, a talk, the end: nothing of it needs the store."""
    line = spilling
    line.ready("sari")
    line.store.full = True
    runner = await line.call()
    assert runner.ticket == PROVISIONAL
    await line.tell("c1", ev.Digit("1"))
    await line.tell("c1", ev.LegAnswered("op-c1-4"))
    line.later(61)
    await line.tell("c1", ev.LegEnded("op-c1-4", "hung_up"))
    did = [done[0] for done in line.did()]
    assert [word for word in did if word in ("answer", "originate", "create_bridge", "hangup")] == [
        "answer",
        "originate",
        "create_bridge",
        "hangup",
    ]
    assert await line.journal() == []
    assert sum(read(file.path).lines for file in line.files) > 0


async def test_it_is_read_back_as_if_nothing_had_been(spilling: Spilling, tmp_path: Path) -> None:
    """Row, ticket and journal of a spilled call are those of the same call with a store, but for the number."""
    stored = await StoreThread(tmp_path / "lain.db").open()
    plain = Line(tmp_path, stored)
    for line in (spilling, plain):
        line.store.full = line is spilling  # type: ignore[attr-defined]
        line.ready("sari")
        await line.call()
        line.later(3)
        await line.tell("c1", ev.Digit("2"))
        line.later(7.5)
        await line.tell("c1", ev.LegAnswered("op-c1-4"))
        line.later(61)
        await line.tell("c1", ev.LegEnded("op-c1-4", "hung_up"))
    await spilling.read_back()
    assert await spilling.row() == await plain.row() | {"ticket": PROVISIONAL}
    tickets = [await line.store.read(lambda store: store.tickets.open()) for line in (spilling, plain)]
    assert [[ticket["number"] for ticket in rows] for rows in tickets] == [[PROVISIONAL], ["T-20261122-0001"]]
    assert tickets[0][0] | {"number": ""} == tickets[1][0] | {"number": ""}
    journal = await spilling.journal()
    assert [kind for kind in journal if kind not in ("ticket.read_back", "store.read_back")] == await plain.journal()
    assert (journal.count("ticket.read_back"), journal[-1]) == (1, "store.read_back")
    assert [read(file.path).lines for file in spilling.files] == [0, 0]
    await stored.close()


async def test_no_later_step_overtakes_a_spilled_one(spilling: Spilling) -> None:
    """The store is back in the middle of a call: its next step is spilled too until all before it is read back."""
    line = spilling
    await line.call()
    line.store.full = True
    await line.tell("c1", ev.Digit("1"))
    line.store.full = False
    assert await line.saves("c1", ev.CallerGone()) == 0
    assert (await line.row())["stage"] == "menu"
    await line.read_back()
    assert [(await line.row())[name] for name in ("stage", "lane", "outcome")] == ["ended", "urgent", "abandoned"]
    assert await line.saves("c1") == 0
    assert await line.counted(lambda: line.call("c2")) == 1


async def test_many_at_once_are_one_fsync(spilling: Spilling, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred calls that arrive together wait for few writes of the file, and get a hundred numbers."""
    line, syncs, real = spilling, list[int](), os.fdatasync
    line.store.full = True
    monkeypatch.setattr(os, "fdatasync", lambda handle: (syncs.append(handle), real(handle))[1])
    news = [NewCall(f"c{n}", None, "Tanpa nomor", True, False, "112") for n in range(100)]
    runners = [CallRunner(flow.begin(new.id), "", Caller(new.display, None), line._context) for new in news]
    await asyncio.gather(*(runner.arrive(new, "20261122") for runner, new in zip(runners, news, strict=True)))
    assert len({runner.ticket for runner in runners}) == 100
    assert len(syncs) < 20
    await line.read_back()
    assert len(await line.all_of("SELECT 1 FROM calls")) == 100


async def test_the_second_place_where_the_first_fails(spilling: Spilling) -> None:
    """The other disk is full as well: the reserve beside the store takes it; read back in the order of writing."""
    line = spilling
    line.store.full = True
    await line.call()
    (first,) = (file for file in line.files if file.id)
    assert first.path.parent.name == "lain"
    first.close()
    first.path.parent.chmod(0o755)  # as good as gone: it is refused
    await line.tell("c1", ev.Digit("1"))
    assert [read(file.path).lines for file in line.files] == [1, 1]
    await line.read_back()
    assert [(await line.row())[name] for name in ("stage", "lane")] == ["waiting", "urgent"]


async def test_nowhere_to_spill(spilling: Spilling) -> None:
    """Then the arrival fails as before, and Asterisk's fail-safe has the caller."""
    line = spilling
    line.store.full = True
    for file in line.files:
        file.close()
        file.path.parent.mkdir(exist_ok=True)
        file.path.parent.chmod(0o755)
    with pytest.raises(StoreUnavailable, match="tidak bisa disimpan dan tidak bisa ditumpahkan"):
        await line.call()


async def test_a_store_that_hangs(spilling: Spilling, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that does not answer counts as one that refuses; a late write of its is not repeated."""
    line = spilling
    line.writer._limit_s = 0.05
    with line.busy_store() as free:
        runner = await line.call()
        assert runner.ticket == PROVISIONAL
        free()
        await line.store.write(lambda store: None)  # after the job that held it up
    await line.read_back()
    assert [row["number"] for row in await line.all_of("SELECT number FROM tickets")] == [PROVISIONAL]
    # and one that had begun: it lands, and its spilled copy is passed over
    held, begun = threading.Event(), threading.Event()

    def slow(store: Store) -> str:
        begun.set()
        held.wait(5)
        return store.calls.arrive(OPEN, "20261122", NEW)

    step = CallStep("c9", OPEN, {"stage": "menu"}, (Note("call.gate", {"open": "True"}),))
    record = Record("T-20261122-S120009", NEW, step, arrives=True)
    assert (
        await line.writer.write(lambda store: (slow(store), step.write(store, "T-20261122-0001")), lambda: (record, 7))
        == 7
    )
    assert begun.is_set()
    held.set()
    await line.read_back()
    assert [row["number"] for row in await line.all_of("SELECT number FROM tickets WHERE call = 'c9'")] == [
        "T-20261122-0001"
    ]
    assert (await line.journal()).count("call.gate") == 2


NEW = NewCall("c9", None, "Tanpa nomor", True, False, "112")


async def test_after_a_restart(spilling: Spilling) -> None:
    """Killed while spilled: the next process knows the call as it stood, carries it on, and reads all of it back."""
    line = spilling
    await line.call("c0")
    line.store.full = True
    await line.tell("c0", ev.Digit("2"))
    await line.call()
    await line.tell("c1", ev.Digit("1"))
    await line.writer.close()
    again = CallWriter(
        line.store,
        [SpillFile(file.path, reserve=file.reserved) for file in line.files],
        lambda: line.now,
        line._started,
    )
    await again.open()
    assert sum(read(file.path).lines for file in line.files) > 0
    rows = {row["id"]: row for row in await again.live()}
    assert {name: (row["ticket"], row["stage"], row["lane"]) for name, row in rows.items()} == {
        "c0": ("T-20261122-0001", "waiting", "normal"),
        "c1": (PROVISIONAL, "waiting", "urgent"),
    }
    assert json.loads(rows["c1"]["state"])["stage"] == "waiting"
    assert (rows["c1"]["display"], rows["c1"]["number"], rows["c1"]["handled_by"]) == ("+6281234567890",) * 2 + (
        "calls",
    )
    assert (await again.find("c1") or {})["ticket"] == PROVISIONAL
    assert await again.find("c2") is None
    line.store.full = False
    await again._read_back()
    assert [row["ticket"] for row in await again.live()] == ["T-20261122-0001", PROVISIONAL]
    assert [(await line.row(name))["lane"] for name in ("c0", "c1")] == ["normal", "urgent"]
    await again.close()


async def test_a_record_that_does_not_fit_is_kept_aside(spilling: Spilling) -> None:
    """A record that the store can never take is put beside the spill file, and holds up no other."""
    line = spilling
    line.store.full = True
    await line.call()
    wrong = Record("T-20261122-S000001", NEW, CallStep("c9", OPEN, {"no_such_column": 1}), arrives=True)
    await line.writer.write(lambda store: None, lambda: (wrong, None))
    await line.call("c2")
    await line.read_back()
    assert [row["id"] for row in await line.all_of("SELECT id FROM calls ORDER BY id")] == ["c1", "c2"]
    (aside,) = map(json.loads, (line.files[0].path.with_suffix(".rejected")).read_text().splitlines())
    assert aside["why"] == "ValueError: call c9: no such columns ['no_such_column']"
    assert from_row(aside["record"]) == wrong
    entry = (await line.store.read(lambda store: store.journal.after(0)))[-1]
    assert (entry["kind"], entry["data"]["records"], entry["data"]["rejected"]) == ("store.read_back", 3, 1)


async def test_a_damaged_line_costs_no_call(spilling: Spilling) -> None:
    """The arrival's line is damaged: the call's next step makes its row and ticket; the damaged line is kept aside."""
    line = spilling
    line.store.full = True
    runner = await line.call()
    await line.tell("c1", ev.Digit("1"))
    await line.writer.close()
    path = line.files[0].path
    raw = bytearray(path.read_bytes())
    raw[raw.index(b'"arrives"')] ^= 1
    path.write_bytes(raw)
    again = CallWriter(line.store, [SpillFile(path)], lambda: line.now, line._started)
    await again.open()
    line.store.full = False
    await again._read_back()
    row = await line.row()
    assert [row[name] for name in ("ticket", "stage", "lane", "number")] == [
        runner.ticket,
        "waiting",
        "urgent",
        "+6281234567890",
    ]
    (aside,) = map(json.loads, path.with_suffix(".rejected").read_text().splitlines())
    assert (aside["n"], aside["why"]) == (1, "checksum salah")
    await again.close()


async def test_a_number_that_is_taken(spilling: Spilling) -> None:
    """The clock was set back and a provisional number came twice: the later ticket gets the next free one."""
    line, numbers = spilling, dict[str, str]()
    line.writer.on_arrived = lambda call, ticket: numbers.update({call: ticket})
    line.store.full = True
    await line.call()
    await line.read_back()
    line.writer._last = ("", 0)
    line.store.full = True
    await line.call("c2")
    await line.read_back()
    assert numbers == {"c1": PROVISIONAL, "c2": "T-20261122-S120001"}


def test_a_record_survives_its_line() -> None:
    """Nothing of it is lost between memory and file."""
    step = CallStep("c9", OPEN, {"stage": "ended", "ended_at": None}, (Note("call.ended", {"outcome": "talked"}),))
    record = Record("T-1", NEW, step, arrives=True, doubt="flood", sampled=True)
    assert from_row(json.loads(json.dumps(as_row(record)))) == record


@pytest.mark.long
async def test_killed_while_reading_back(tmp_path: Path) -> None:
    """kill -9 at many moments of the read-back: at last every record is in the store exactly once, in order."""
    database, path = tmp_path / "tanggap.db", tmp_path / "spill" / "calls.spill"
    Store(database).close()
    file = SpillFile(path)
    file.open()
    for call in range(40):
        new = NewCall(f"c{call}", None, "Tanpa nomor", True, False, "112")
        for n in range(10):
            note = Note("call.gate", {"n": str(n)})
            step = CallStep(new.id, OPEN.replace(microsecond=n), {"keys": str(n)}, (note,))
            file.append([as_row(Record(f"T-20261122-S{call:06d}", new, step, arrives=n == 0))])
    file.close()
    killed = 0
    for attempt in range(40):
        code = f"from tests.line.test_call_writer import read_back_slowly; read_back_slowly({str(tmp_path)!r})"
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        for _ in range(1 + attempt):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        killed += process.returncode == -signal.SIGKILL
        if not read(path).lines:
            break
    assert (read(path).lines, killed > 5) == (0, True)
    with sqlite3.connect(database) as store:
        journal = store.execute(
            "SELECT call, data ->> 'n' FROM journal WHERE kind = 'call.gate' ORDER BY seq"
        ).fetchall()
        assert journal == [(f"c{call}", str(n)) for call in range(40) for n in range(10)]
        assert store.execute("SELECT count(*), min(keys), max(keys) FROM calls").fetchone() == (40, "9", "9")
        assert store.execute("SELECT count(DISTINCT number) FROM tickets").fetchone() == (40,)
    store.close()


def read_back_slowly(folder: str) -> None:
    """Read back in batches of 30, in a process of its own that prints a line after each."""

    async def run() -> None:
        module.BATCH = 30
        store = await StoreThread(Path(folder) / "tanggap.db").open()
        files = [SpillFile(Path(folder) / "spill" / "calls.spill")]
        writer = await CallWriter(store, files, lambda: OPEN, lambda name, work: asyncio.create_task(work)).open()
        apply = writer._apply

        async def report(file: SpillFile, batch: list[tuple[int, Row]]) -> None:
            await apply(file, batch)
            print("batch", flush=True)
            await asyncio.sleep(0.002)

        writer._apply = report  # type: ignore[method-assign]
        await writer._read_back()
        print("done", flush=True)

    asyncio.run(run())
