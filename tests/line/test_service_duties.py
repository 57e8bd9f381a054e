"""The duties of the calls process go on, whatever happens to one of them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog.testing

from instance import load
from line import failsafe_calls
from line.failsafe_calls import FailsafeCalls
from line.service import CallService
from processes.tasks import TaskKeeper
from tests.fixtures import Edit
from tickets.errors import SchemaViolated, StoreUnavailable
from tickets.model import Actor
from tickets.store import Store, connection
from tickets.store.thread import StoreThread

SARI = Actor("user", "sari")


def clock() -> datetime:
    return datetime.now(UTC)


async def until(true: Callable[[], object]) -> None:
    """Wait for a condition that comes true by itself."""
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


class Calls:
    """A calls process whose Asterisk is away, over a real store with one operator."""

    def __init__(self, service: CallService, store: StoreThread, path: Path) -> None:
        self.service, self.store, self.path = service, store, path
        self.refused: set[str] = set()  # the tasks whose write the store has refused
        self._write = store.write
        store.write = self._noted  # type: ignore[method-assign]

    async def _noted(self, job: Callable[[Store], Any]) -> Any:
        try:
            return await self._write(job)
        except StoreUnavailable:
            task = asyncio.current_task()
            self.refused.add(task.get_name() if task else "")
            raise

    async def ask(self, kind: str, **data: object) -> None:
        """Write the row that a button of the console writes."""
        await self.store.write(lambda store: store.journal.append(clock(), kind, SARI, data=data))

    async def kinds(self) -> list[str]:
        return [row["kind"] for row in await self.store.read(lambda store: store.journal.after(0))]

    def wanted(self, operator: str) -> str | None:
        desk = self.service.floor.roster.get(operator)
        return desk and desk.wanted


@pytest.fixture
async def calls(edited: Edit, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Calls]:
    """Not started yet; the process before it had seen no row of the journal."""

    async def away(self: object) -> None:
        return None

    monkeypatch.setattr("asterisk.ari.Ari.connect", away)
    monkeypatch.setattr("asterisk.ami.Ami.connect", away)
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_S", 0.1)
    instance = load(edited("site.yaml", ("  # ear: tidak", "  ear: tidak")))
    keeper, path = TaskKeeper(), instance.var / "tanggap.db"
    store = await StoreThread(path).open()
    await store.write(lambda store: store.people.add(clock(), "sari", "Sari", "operator", None, "-"))
    await store.write(lambda store: store.people.beat(clock(), "calls", 1, {"seq": 0}))
    service = CallService(lambda: instance, store, keeper, clock)
    yield Calls(service, store, path)
    await service.close()
    await keeper.close()
    await store.close()


@pytest.mark.long
async def test_a_locked_store_takes_no_button_away(calls: Calls) -> None:
    """The store is locked for longer than we wait, just as a request is refused: the next button works at once, and
    the refusal reaches its page as soon as it can be written."""
    await calls.ask("request.take", operator="sari", call="sudah-pergi")
    with closing(sqlite3.connect(calls.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await calls.service.start()
        await until(lambda: calls.refused & {"requests", "refusals"})
        other.execute("ROLLBACK")
    await calls.ask("request.presence", operator="sari", wanted="ready")
    await until(lambda: calls.wanted("sari") == "ready")
    await _until_in_journal(calls, "request.take.refused")


async def test_a_user_who_is_added_while_the_store_is_damaged_gets_a_desk(calls: Calls) -> None:
    """Reading the operators fails once: the added one is on the floor all the same."""
    await calls.service.start()
    read, failed = calls.store.read, asyncio.Event()

    async def fail_once(job: Callable[[Store], Any]) -> Any:
        task = asyncio.current_task()
        if not failed.is_set() and task and task.get_name() in ("requests", "operators") and "_staff" in str(job):
            failed.set()
            raise StoreUnavailable("disk I/O error")
        return await read(job)

    calls.store.read = fail_once  # type: ignore[method-assign, assignment]
    await calls.store.write(lambda store: store.people.add(clock(), "dewi", "Dewi", "operator", None, "-"))
    await asyncio.wait_for(failed.wait(), 10)
    await until(lambda: calls.wanted("dewi") is not None)


async def test_strays_survive_any_error(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody thought of, in one look, is not the end of all looks."""
    looks = iter([RuntimeError("tidak terpikir"), None])
    again = asyncio.Event()

    async def look(self: FailsafeCalls) -> None:
        error = next(looks, None)
        if error is not None:
            raise error
        again.set()

    monkeypatch.setattr(failsafe_calls, "LOOK_S", 0.01)
    monkeypatch.setattr(FailsafeCalls, "look", look)
    await calls.service.start()
    await asyncio.wait_for(again.wait(), 10)


@pytest.mark.parametrize(
    ("part", "method"),
    [
        ("floor", "refresh"),
        ("ami", "phones"),
        ("_presence", "_save"),
    ],
)
@pytest.mark.long
async def test_every_duty_survives_any_error(calls: Calls, part: str, method: str) -> None:
    """Floor, phones, presence: an error in one turn is not the last turn."""
    await calls.service.start()
    owner, again, turns = getattr(calls.service, part), asyncio.Event(), iter([True, False])

    def fail(*_arguments: object) -> Any:
        if next(turns, False):
            raise RuntimeError("tidak terpikir")
        again.set()
        return True if method == "refresh" else _empty()

    setattr(owner, method, fail)
    await calls.ask("request.presence", operator="sari", wanted="ready")
    await asyncio.wait_for(again.wait(), 10)


@pytest.mark.parametrize("error", [StoreUnavailable("basis data terkunci"), SchemaViolated("UNIQUE constraint failed")])
async def test_an_arrival_without_a_ticket_says_why(calls: Calls, error: Exception) -> None:
    """The fail-safe branch keeps the caller; a defect of ours is logged with its traceback."""
    left = asyncio.Event()

    async def fail(job: object, spilled: object) -> Any:
        raise error

    async def leave(call: str, context: str) -> None:
        left.set()

    calls.service.writer.write = fail  # type: ignore[method-assign, assignment]
    calls.service.ari.leave = leave  # type: ignore[method-assign, assignment]
    with structlog.testing.capture_logs() as logs:
        calls.service._on_ari({"type": "StasisStart", "channel": {"id": "1.5", "name": "PJSIP/x-1"}, "args": ["112"]})
        await asyncio.wait_for(left.wait(), 10)
    [entry] = [entry for entry in logs if entry["event"] == "call.no_ticket"]
    assert bool(entry["exc_info"]) is isinstance(error, SchemaViolated)


async def _empty() -> list[object]:
    return []


async def _until_in_journal(calls: Calls, kind: str) -> None:
    wait: Callable[[], Awaitable[list[str]]] = calls.kinds
    async with asyncio.timeout(10):
        while kind not in await wait():
            await asyncio.sleep(0.01)
