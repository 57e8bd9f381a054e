"""A disk that is slow: a write whose end nobody heard of is made once all the same."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

import tickets.escalation.daemon
from tests.tickets.world import SARI, START, World
from tickets.errors import StoreUnavailable, WriteRefused, WriteUnknown
from tickets.escalation import answer_rules
from tickets.escalation.attempts import Attempts
from tickets.escalation.batching import Recorder
from tickets.escalation.unwritten import Answered, Entry, Pressed, Tried, Unwritten
from tickets.model import DuePush, Row
from tickets.store import Store
from tickets.store.thread import StoreThread

DAY = "20261122"
PATIENCE_S = 20.0
LIMIT_S = 0.3


class Disk:
    """Stands before SQLite's own connection: while it is slow, a COMMIT waits until it is let go."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.slow = False
        self.reached = threading.Event()
        self._free = threading.Event()

    def execute(self, sql: str, *values: Any) -> Any:
        """As that of the connection."""
        if self.slow and sql == "COMMIT":
            self.reached.set()
            assert self._free.wait(60)
        return self._raw.execute(sql, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def let_go(self) -> None:
        """It is fast again."""
        self.slow = False
        self._free.set()


class Kept(Unwritten):
    """Says when something was kept."""

    def __init__(self) -> None:
        super().__init__()
        self.event = asyncio.Event()

    async def keep(self, *entries: Entry) -> None:
        await super().keep(*entries)
        self.event.set()


async def before(store: StoreThread) -> Disk:
    """The disk under a store's writes."""

    def put(store: Store) -> Disk:
        disk = Disk(store.connection.raw)
        store.connection.raw = cast(Any, disk)
        return disk

    return await store.write(put)


@contextmanager
def slow(disk: Disk, monkeypatch: pytest.MonkeyPatch, *, at_once: bool = True) -> Iterator[None]:
    """Slower than the daemon waits for, until it is let go."""
    with monkeypatch.context() as patch:
        patch.setattr(tickets.escalation.daemon, "LIMIT_S", LIMIT_S)
        patch.setattr("tickets.escalation.phone_answers.LIMIT_S", LIMIT_S)
        disk.slow = at_once
        try:
            yield
        finally:
            disk.let_go()


async def reached(disk: Disk) -> None:
    """A COMMIT waits for the disk."""
    assert await asyncio.to_thread(disk.reached.wait, PATIENCE_S)


async def kept(unwritten: Kept) -> None:
    """Something was kept, because its end was not heard of."""
    async with asyncio.timeout(PATIENCE_S):
        await unwritten.event.wait()


async def attempts(world: World, channel: str) -> list[Row]:
    rows = await world.store.read(lambda store: store.connection.all("SELECT * FROM attempts ORDER BY id"))
    return [row for row in rows if row["channel"] == channel]


async def test_a_push_whose_commit_is_slow_is_written_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One delivery, one attempt, one row in the journal: what is kept and written later looks whether it stands."""
    unwritten = Kept()
    world.page.hang = asyncio.Event()
    world.start(unwritten=unwritten)
    await world.dispatch()
    await world.settle()
    disk = await before(world.store)
    with slow(disk, monkeypatch):
        world.page.hang.set()
        await reached(disk)
        await kept(unwritten)
    await world.settle()
    await world.forward(10)
    assert world.page.times("damkar.siaga") == [0.0]
    assert len(await attempts(world, "page")) == 1
    assert [row["data"]["channel"] for row in await world.journal("push.sent")] == ["call", "page"]
    assert len(unwritten) == 0
    await world.forward(60)  # and the pace is that of one attempt
    assert world.page.times("damkar.siaga") == [0.0, 30.0, 60.0]


async def test_an_answer_whose_commit_is_slow_is_written_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Key 1 is believed, since nobody heard that it was written; it was, and stands once."""
    unwritten = Kept()
    world.call.hang = asyncio.Event()
    world.start(unwritten=unwritten)
    assignment = await world.dispatch()
    await world.settle()
    disk = await before(world.store)
    with slow(disk, monkeypatch):
        world.call.says = ("accept",)
        world.call.hang.set()
        await reached(disk)
        await kept(unwritten)
    await world.settle()
    await world.forward(10)
    assert world.call.heard == ["accepted"]
    assert len(await attempts(world, "call")) == 1
    assert len(await world.journal("assignment.acknowledged")) == 1
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], row["acknowledged_by"], len(unwritten)) == ("diterima", "damkar.siaga", 0)


async def test_entries_whose_commit_is_slow_are_written_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing what was kept may end unheard, too: the next time nothing of it is written twice."""
    await world.dispatch()
    (push, *_) = await world.store.write(lambda store: store.assignments.claim(START, "escalate", 15, 10))
    unwritten = Unwritten()
    await unwritten.keep(tried(push))
    disk = await before(world.store)
    late = attempts_of(world, unwritten)
    with slow(disk, monkeypatch):
        monkeypatch.setattr("tickets.escalation.attempts.LIMIT_S", LIMIT_S)
        with pytest.raises(StoreUnavailable):
            await late.catch_up(START)
        assert disk.reached.is_set()
    monkeypatch.setattr("tickets.escalation.attempts.LIMIT_S", PATIENCE_S)
    await late.catch_up(START)
    assert (len(await attempts(world, push.channel)), len(unwritten)) == (1, 0)


async def test_a_refusal_that_stands_is_not_made_again(world: World) -> None:
    """Key 3 was written unheard, then the agency accepted after all: writing key 3 late does not turn it down again."""
    assignment = await world.dispatch()
    (push, *_) = await world.store.write(lambda store: store.assignments.claim(START, "escalate", 15, 10))
    contact, unwritten = world.routing.contacts[push.contact], Unwritten()
    await world.store.write(lambda store: answer_rules.take(store, world.routing, START, push, contact, "refuse"))
    await unwritten.keep(Answered(push, push.contact, "refuse", START, START + timedelta(minutes=10)))
    world.time.now += timedelta(seconds=5)
    await world.move(assignment, "diterima")
    await attempts_of(world, unwritten).catch_up(world.time.now)
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], len(await world.journal("assignment.moved"))) == ("diterima", 1)


async def test_a_button_that_stands_is_not_pressed_again(world: World) -> None:
    """«TERIMA» was written unheard: written late it changes nothing, and leaves the answer that the page hears."""
    assignment = await world.dispatch()
    unwritten = Unwritten()
    reply = {"key": "k", "user": "budi", "asked": "x", "names": ["id", "state"]}
    pressed = Pressed(assignment, "budi", START, START + timedelta(minutes=10), reply)
    await world.store.write(lambda store: answer_rules.accept_late(store, world.routing, pressed))
    await world.move(assignment, "berangkat")
    await unwritten.keep(pressed)
    await attempts_of(world, unwritten).catch_up(START)
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], len(await world.journal("assignment.acknowledged"))) == ("berangkat", 1)


@pytest.mark.long
async def test_a_clock_set_back_is_followed_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A push that is due in half an hour stays so, and is not shifted twice, where the end of the shift is not heard
    of."""
    world.start()
    await world.dispatch(kind="complaint")
    await world.forward(300)
    disk = await before(world.store)
    await world.store.write(partial(slow_when_shifting, disk))
    world.time.now -= timedelta(hours=1)
    with slow(disk, monkeypatch, at_once=False):
        await world.dispatch("bpbd")  # wakes it
        await reached(disk)
        await world.settle()  # it waits no longer
    await world.settle()
    await world.forward(60)
    assert world.page.times("damkar.siaga") == [0.0]
    await world.forward(1500)
    assert world.page.times("damkar.siaga") == [0.0, 1800.0 - 3600.0]


def slow_when_shifting(disk: Disk, store: Store) -> None:
    """The COMMIT of the transaction that follows the clock is the slow one."""
    shift = store.assignments.shift

    def shifting(now: datetime, before: datetime, known: int) -> int:
        disk.slow = True
        return shift(now, before, known)

    store.assignments.shift = shifting  # type: ignore[method-assign]


async def test_records_whose_end_is_unknown_are_not_written_apart() -> None:
    """Every job of a batch gets WriteUnknown; none is repeated on its own."""
    written: list[object] = []

    async def write(job: Callable[[Store], object]) -> object:
        written.append(job)
        raise WriteUnknown("basis data tidak menjawab dalam 3 detik")

    tasks: list[asyncio.Task[None]] = []

    def spawn(name: str, work: Any) -> asyncio.Task[None]:
        tasks.append(asyncio.get_running_loop().create_task(work, name=name))
        return tasks[-1]

    async def gather(hurry: asyncio.Event) -> None:
        await asyncio.sleep(0)

    recorder = Recorder(write, spawn, lambda: True, gather)
    ends = await asyncio.gather(*(recorder.write(lambda store: None) for _ in range(3)), return_exceptions=True)
    assert [type(end) for end in ends] == [WriteUnknown] * 3
    assert len(written) == 1
    await asyncio.gather(*tasks)


def tried(push: DuePush) -> Tried:
    """A push that went out at once."""
    way = push.contact, push.channel
    return Tried(push, way, START, START + timedelta(seconds=1), True, "terkirim", START + timedelta(seconds=30))


def attempts_of(world: World, unwritten: Unwritten) -> Attempts:
    """The writing of what was kept."""

    async def never(job: object) -> None:
        raise AssertionError(job)

    return Attempts("escalate", world.store, lambda: world.routing, world.channels(), unwritten, never)


# -- refused or unknown ---------------------------------------------------------------------------------------------


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[StoreThread]:
    made = await StoreThread(tmp_path / "tanggap.db").open()
    yield made
    await made.close()


async def tickets_of(store: StoreThread) -> int:
    return int(await store.read(lambda store: store.connection.one("SELECT count(*) AS n FROM tickets")["n"]))  # type: ignore[index]


async def test_a_write_that_was_not_begun_is_refused(store: StoreThread) -> None:
    """It waits behind another; when its time is over it is withdrawn, and never made."""
    free, begun = threading.Event(), threading.Event()
    other = asyncio.create_task(store.write(lambda store: (begun.set(), free.wait(60))))
    assert await asyncio.to_thread(begun.wait, PATIENCE_S)
    with pytest.raises(WriteRefused) as caught:
        await store.write_within(lambda store: store.tickets.create(START, DAY, SARI), 0.1)
    assert str(caught.value) == "basis data tidak menjawab dalam 0.1 detik"
    free.set()
    await other
    assert await tickets_of(store) == 0


async def test_a_write_whose_commit_is_slow_is_unknown(store: StoreThread) -> None:
    """A write that has begun is made after all; its caller got WriteUnknown."""
    disk = await before(store)
    disk.slow = True
    with pytest.raises(WriteUnknown) as caught:
        await store.write_within(lambda store: store.tickets.create(START, DAY, SARI), 0.2)
    assert str(caught.value) == "basis data tidak menjawab dalam 0.2 detik; mungkin tersimpan juga"
    disk.let_go()
    await store.write(lambda store: None)
    assert await tickets_of(store) == 1


async def test_a_commit_on_a_disk_that_fails_is_unknown(store: StoreThread) -> None:
    """SQLite cannot say what the log holds when writing it through failed; any other error of COMMIT keeps nothing."""
    disk = await before(store)
    ends: list[type[StoreUnavailable]] = []
    for code, words in ((sqlite3.SQLITE_IOERR_FSYNC, "disk I/O error"), (sqlite3.SQLITE_FULL, "disk is full")):
        error = sqlite3.OperationalError(words)
        error.sqlite_errorcode = code
        ends.append(await end_of_commit(store, disk, error))
    assert ends == [WriteUnknown, WriteRefused]
    assert await tickets_of(store) == 0
    with suppress(StoreUnavailable):
        await store.write(lambda store: store.tickets.create(START, DAY, SARI))
    assert await tickets_of(store) == 1


async def end_of_commit(store: StoreThread, disk: Disk, error: Exception) -> type[StoreUnavailable]:
    """The error of a write whose COMMIT fails with that of SQLite."""
    execute = disk.execute

    def failing(sql: str, *values: Any) -> Any:
        if sql == "COMMIT":
            raise error
        return execute(sql, *values)

    disk.execute = failing  # type: ignore[method-assign]
    try:
        await store.write(lambda store: store.tickets.create(START, DAY, SARI))
    except StoreUnavailable as end:
        return type(end)
    finally:
        disk.execute = execute  # type: ignore[method-assign]
    raise AssertionError("it was written")
