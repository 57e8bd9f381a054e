"""The store: every change with its journal row in one transaction, durable when it returns."""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tickets.world import SARI, START, callback_tasks, make_routing
from tickets.errors import Conflict, InvalidInput, NotFound, SchemaViolated, StoreUnavailable
from tickets.escalation.ladder import follow_up, plan
from tickets.model import Actor, Row, to_text
from tickets.store import Store
from tickets.store.calls import NewCall, Note
from tickets.store.thread import StoreThread

ROUTING = make_routing()
DAY = "20261122"
CALL = NewCall("1700000000.1", "+628123456789", "0812-3456-789", False, True, "112")
ANONYMOUS = NewCall("1700000000.2", None, "tanpa nomor", True, False, "112")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "tanggap.db")
    yield made
    made.close()


def kinds(store: Store) -> list[str]:
    return [row["kind"] for row in store.journal.after(0)]


def dispatched(store: Store, opd: str = "damkar") -> tuple[str, int]:
    number = store.tickets.create(START, DAY, SARI, "emergency")
    return number, store.assignments.dispatch(START, number, opd, plan(ROUTING, opd, START), 600.0, SARI)


def move(store: Store, assignment: int, state: str) -> Row:
    return store.assignments.move(START, assignment, state, Actor("user", "budi"), via="page")


# -- calls and tickets ----------------------------------------------------------------------------------------------


def test_ticket_is_there_when_the_call_arrives(store: Store) -> None:
    """Call, ticket and journal row are one transaction; the ticket knows its call and the reporter's number."""
    number = store.calls.arrive(START, DAY, CALL)
    assert number == "T-20261122-0001"
    ticket = store.tickets.get(number)
    assert (ticket["call"], ticket["source"], ticket["status"], ticket["reporter_number"]) == (
        "1700000000.1",
        "call",
        "open",
        "+628123456789",
    )
    assert kinds(store) == ["call.arrived"]


def test_the_same_call_does_not_arrive_twice(store: Store) -> None:
    """A second arrival of one call id is refused as a whole: no second ticket, no journal row, no number used up."""
    store.calls.arrive(START, DAY, CALL)
    with pytest.raises(SchemaViolated, match=r"UNIQUE constraint failed: calls\.id"):
        store.calls.arrive(START, DAY, CALL)
    assert kinds(store) == ["call.arrived"]
    assert store.calls.arrive(START, DAY, ANONYMOUS) == "T-20261122-0002"


def test_numbers_start_anew_each_day(store: Store) -> None:
    """Ticket numbers count per day."""
    first = store.tickets.create(START, "20261122", SARI)
    assert (first, store.tickets.create(START, "20261123", SARI)) == ("T-20261122-0001", "T-20261123-0001")


def test_step_saves_columns_and_notes(store: Store) -> None:
    """A step of the flow: its columns and journal rows together; an unknown column is our fault and keeps nothing."""
    number = store.calls.arrive(START, DAY, CALL)
    store.calls.step(START, CALL.id, number, {"stage": "menu", "keys": "1"}, (Note("call.menu", {"try": 1}),))
    assert (store.calls.get(CALL.id)["stage"], kinds(store)) == ("menu", ["call.arrived", "call.menu"])
    with pytest.raises(ValueError, match="no such columns"):
        store.calls.step(START, CALL.id, number, {"number": "x"}, (Note("call.menu", {}),))
    assert kinds(store) == ["call.arrived", "call.menu"]


def test_callback_only_where_there_is_a_number(store: Store) -> None:
    """An anonymous caller cannot be called back, and that is no error."""
    store.calls.arrive(START, DAY, CALL)
    store.calls.arrive(START, DAY, ANONYMOUS)
    assert (store.calls.callback(START, CALL.id, "abandoned"), store.calls.callback(START, ANONYMOUS.id, "x")) == (
        True,
        False,
    )
    (task,) = callback_tasks(store)
    store.callbacks.done(START, task["id"], SARI)
    with pytest.raises(NotFound):
        store.callbacks.done(START, task["id"], SARI)


@pytest.mark.parametrize("fields", [{"kind": "x"}, {"number": "T-1"}, {"address": "a" * 501}, {"desa": 7}])
def test_wrong_fields_keep_nothing(store: Store, fields: dict[str, object]) -> None:
    """A form with one wrong field changes none."""
    number = store.tickets.create(START, DAY, SARI)
    with pytest.raises(InvalidInput):
        store.tickets.update(START, number, {"description": "api", **fields}, SARI)
    assert store.tickets.get(number)["description"] is None


# -- assignments ----------------------------------------------------------------------------------------------------


def test_dispatch_plans_the_whole_ladder(store: Store) -> None:
    """Assignment, its pushes, the ticket's state and the journal row together; the same OPD once."""
    number, _assignment = dispatched(store)
    assert store.tickets.get(number)["status"] == "dispatched"
    assert store.assignments.next_due() == START
    assert len(store.assignments.claim(START + timedelta(hours=1), "a", 15, 100)) == 4
    with pytest.raises(Conflict) as caught:
        store.assignments.dispatch(START, number, "damkar", plan(ROUTING, "damkar", START), 600.0, SARI)
    assert str(caught.value) == f"tiket {number} sudah dikirim ke damkar"


def test_dispatch_needs_a_ladder_and_a_ticket(store: Store) -> None:
    """An OPD without a ladder, a ticket that does not exist: refused."""
    number = store.tickets.create(START, DAY, SARI)
    with pytest.raises(InvalidInput):
        store.assignments.dispatch(START, number, "damkar", (), 600.0, SARI)
    with pytest.raises(NotFound):
        store.assignments.dispatch(START, "T-1", "damkar", plan(ROUTING, "damkar", START), 600.0, SARI)
    assert store.assignments.next_due() is None


def test_answer_ends_the_pushes(store: Store) -> None:
    """«diterima» ends every push of the assignment, claimed ones too, and plans the reminders."""
    _number, assignment = dispatched(store)
    claimed = store.assignments.claim(START, "a", 15, 100)
    row = store.assignments.get(assignment)
    reminders = follow_up(ROUTING, row, "diterima", START)
    store.assignments.move(START, assignment, "diterima", SARI, via="page", follow_up=reminders)
    ids = [push.id for push in claimed]
    done = store.connection.all("SELECT id FROM pushes WHERE done_at IS NOT NULL ORDER BY id")
    assert [row["id"] for row in done if row["id"] in ids] == sorted(ids)
    assert store.assignments.next_due() == START + timedelta(seconds=600)
    assert kinds(store)[-1] == "assignment.acknowledged"


def test_second_answer_is_a_conflict(store: Store) -> None:
    """Two people accept at once: the second gets the first one's name."""
    number, assignment = dispatched(store)
    move(store, assignment, "diterima")
    with pytest.raises(Conflict) as caught:
        move(store, assignment, "diterima")
    refusal = f"penugasan 1 tiket {number} sudah «diterima» (oleh budi); tidak bisa menjadi «diterima»"
    assert str(caught.value) == refusal


def test_the_ticket_is_done_with_its_last_opd(store: Store) -> None:
    """Done when the last OPD is; open again when nobody did it."""
    number, first = dispatched(store)
    second = store.assignments.dispatch(START, number, "bpbd", plan(ROUTING, "bpbd", START), 600.0, SARI)
    move(store, first, "diterima")
    move(store, first, "selesai")
    assert store.tickets.get(number)["status"] == "dispatched"
    move(store, second, "bukan_wewenang")
    assert store.tickets.get(number)["status"] == "done"
    other, assignment = dispatched(store)
    move(store, assignment, "dibatalkan")
    assert (store.tickets.get(other)["status"], kinds(store)[-1]) == ("open", "ticket.reopened")


def test_a_claim_is_exclusive_until_its_lease_ends(store: Store) -> None:
    """A claimed push goes to no other daemon; renewed it stays claimed, released or run out it is due again."""
    dispatched(store)
    claim = store.assignments.claim
    mine = claim(START, "a", 15, 1)
    assert [push.channel for push in mine] == ["page"]
    assert [push.channel for push in claim(START, "a", 15, 10)] == ["call"]  # the same moment: not what is held already
    assert claim(START, "b", 15, 10) == []
    store.assignments.renew(START + timedelta(seconds=10), "a", 15, [mine[0].id])
    later = START + timedelta(seconds=16)
    assert [push.channel for push in claim(later, "b", 15, 10)] == ["call"]
    assert store.assignments.release("a") == 1
    assert [push.channel for push in claim(later, "b", 15, 10)] == ["page"]


def test_attempts_are_counted_and_remembered(store: Store) -> None:
    """Each attempt is a row; failures in a row count up and a success clears them; a lost lease changes no schedule."""
    _number, assignment = dispatched(store)
    (push,) = store.assignments.claim(START, "a", 15, 1)
    again = START + timedelta(seconds=5)
    store.assignments.attempted(push, "a", START, START, ok=False, detail="sibuk", next_due=again)
    assert [row["last_error"] for row in store.assignments.troubled()] == ["sibuk"]
    push = next(due for due in store.assignments.claim(again, "a", 15, 10) if due.id == push.id)
    assert (push.attempts, push.failures, push.due_at) == (1, 1, again)
    store.assignments.attempted(push, "b", again, again, ok=True, detail="terkirim", next_due=START)
    store.assignments.attempted(
        push, "a", again, again, ok=True, detail="terkirim", next_due=START + timedelta(hours=1)
    )
    assert store.assignments.troubled() == []
    assert [row["detail"] for row in store.assignments.attempts(assignment)] == ["sibuk", "terkirim", "terkirim"]
    assert store.assignments.last_attempt(push.contact, "page") == again
    assert store.assignments.last_attempt(push.contact, "apprise") is None
    (fresh,) = (p for p in store.assignments.claim(START + timedelta(hours=2), "a", 15, 10) if p.id == push.id)
    assert (fresh.failures, fresh.attempts) == (0, 2)


def test_postponed_untried(store: Store) -> None:
    """A push that is given back untried is due when it says, and has no attempt."""
    dispatched(store)
    (push,) = store.assignments.claim(START, "a", 15, 1)
    store.assignments.postpone(push.id, "a", START + timedelta(seconds=5))
    assert replace(push, due_at=START + timedelta(seconds=5)) in store.assignments.claim(
        START + timedelta(seconds=5), "a", 15, 9
    )


# -- the thread -----------------------------------------------------------------------------------------------------


async def test_one_failing_write_does_not_disturb_its_neighbours(tmp_path: Path) -> None:
    """Writes that wait together share a commit: one that fails takes back its own changes alone."""
    thread = await StoreThread(tmp_path / "tanggap.db").open()
    gate = threading.Event()
    held = asyncio.create_task(thread.write(lambda store: gate.wait(5)))

    def broken(store: Store) -> None:
        store.tickets.create(START, DAY, SARI)
        raise ZeroDivisionError

    jobs = [
        lambda store: store.tickets.create(START, DAY, SARI),
        broken,
        lambda store: store.tickets.create(START, DAY, SARI),
    ]
    waiting = [asyncio.create_task(thread.write(job)) for job in jobs]
    await asyncio.sleep(0.05)
    gate.set()
    first, error, last = await asyncio.gather(*waiting, return_exceptions=True)
    await held
    assert (first, type(error), last) == ("T-20261122-0001", ZeroDivisionError, "T-20261122-0002")
    assert len(await thread.read(lambda store: store.tickets.open())) == 2
    await thread.close()


def test_a_part_that_failed_half_done_spoils_the_whole(store: Store) -> None:
    """Nothing is kept where the error of a half-written part is passed over."""
    with pytest.raises(RuntimeError, match="half-done"), store.transaction():
        store.tickets.create(START, DAY, SARI)
        with suppress(ZeroDivisionError), store.transaction():
            store.tickets.create(START, DAY, SARI)
            raise ZeroDivisionError
    assert kinds(store) == []
    store.tickets.create(START, DAY, SARI)
    assert kinds(store) == ["ticket.created"]


def test_a_savepoint_is_undone_alone(store: Store) -> None:
    """Writes before and after a failed savepoint are kept, of the savepoint nothing."""
    with store.transaction():
        first = store.tickets.create(START, DAY, SARI)
        with suppress(Conflict), store.savepoint():
            store.tickets.update(START, first, {"description": "hilang"}, SARI)
            raise Conflict
        store.tickets.update(START, first, {"address": "Mantingan"}, SARI)
    row = store.tickets.get(first)
    assert [row["description"], row["address"], *kinds(store)] == [
        None,
        "Mantingan",
        "ticket.created",
        "ticket.updated",
    ]


def test_a_savepoint_that_hides_half_a_part_is_undone_too(store: Store) -> None:
    """The rule for parts holds within a savepoint as well, and ends with it."""
    with store.transaction():
        with (
            pytest.raises(RuntimeError, match="half-done"),
            store.savepoint(),
            suppress(ZeroDivisionError),
            store.transaction(),
        ):
            store.tickets.create(START, DAY, SARI)
            raise ZeroDivisionError
        store.tickets.create(START, DAY, SARI)
    assert kinds(store) == ["ticket.created"]


def test_a_refusal_that_changed_nothing_may_be_passed_over(store: Store) -> None:
    """A part that said no before it wrote anything leaves the rest as it is."""
    number, _assignment = dispatched(store)
    with store.transaction():
        store.tickets.update(START, number, {"address": "Mantingan"}, SARI)
        with suppress(Conflict):
            store.assignments.dispatch(START, number, "damkar", plan(ROUTING, "damkar", START), 600.0, SARI)
    assert kinds(store)[-1] == "ticket.updated"


def test_a_savepoint_needs_a_transaction(store: Store) -> None:
    """SQLite ends a transaction itself when the disk is full: what comes after it in a batch is refused, not kept."""
    with pytest.raises(StoreUnavailable, match="sudah dibatalkan"), store.savepoint():
        store.tickets.create(START, DAY, SARI)
    assert kinds(store) == []


async def test_follow_sees_every_row_in_order(tmp_path: Path) -> None:
    """Rows of two connections arrive once each, in order, soon after their commit."""
    reader, writer = [await StoreThread(tmp_path / "tanggap.db").open() for _ in range(2)]
    seen: list[int] = []

    async def follow() -> None:
        async for rows in reader.follow(0):
            seen.extend(row["seq"] for row in rows)

    task = asyncio.create_task(follow())
    for number in range(50):
        await (reader if number % 2 else writer).write(lambda store: store.tickets.create(START, DAY, SARI))
    async with asyncio.timeout(60):
        while len(seen) < 50:
            await asyncio.sleep(0.005)
    assert seen == list(range(1, 51))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await reader.close()
    await writer.close()


async def test_follow_of_requests_leaves_out_all_else(tmp_path: Path) -> None:
    """Only what the calls process acts on arrives, and what was asked before `seq` does not come again."""
    reader, writer = [await StoreThread(tmp_path / "tanggap.db").open() for _ in range(2)]

    async def ask(kind: str) -> None:
        await writer.write(lambda store: store.journal.append(START, kind, SARI))

    for kind in ("request.presence", "call.ended", "request.take"):
        await ask(kind)
    seen: list[str] = []

    async def follow() -> None:
        async for rows in reader.follow(1, requests=True):
            seen.extend(row["kind"] for row in rows)

    task = asyncio.create_task(follow())
    for kind in ("call.arrived", "user.added", "operator.presence", "request.transfer"):
        await ask(kind)
        await asyncio.sleep(0.03)
    async with asyncio.timeout(60):
        while "request.transfer" not in seen:
            await asyncio.sleep(0.005)
    assert seen == ["request.take", "user.added", "request.transfer"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await reader.close()
    await writer.close()


async def test_follow_sleeps_until_somebody_commits(tmp_path: Path) -> None:
    """While nothing happens nothing is read; one that has ended leaves nothing behind that would be woken."""
    reader, writer = [await StoreThread(tmp_path / "tanggap.db").open() for _ in range(2)]
    reads: list[float] = []
    reader.on_read = lambda waited_s, took_s: reads.append(took_s)
    rows = reader.follow(0)
    waiting = asyncio.ensure_future(anext(rows))
    await asyncio.sleep(0.2)
    assert len(reads) <= 2  # the second one: the first look at the version of the data
    await writer.write(lambda store: store.tickets.create(START, DAY, SARI))
    async with asyncio.timeout(60):
        assert [row["kind"] for row in await waiting] == ["ticket.created"]
    await rows.aclose()
    assert reader._watch.wake == []
    await reader.close()
    await writer.close()


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    """A write after the end is refused, not lost in silence."""
    thread = await StoreThread(tmp_path / "tanggap.db").open()
    await thread.close()
    with pytest.raises(StoreUnavailable):
        await thread.write(lambda store: store.tickets.create(START, DAY, SARI))


async def test_a_path_that_cannot_be_opened(tmp_path: Path) -> None:
    """A store that cannot be opened is one sentence."""
    with pytest.raises(StoreUnavailable) as caught:
        await StoreThread(tmp_path / "none" / "tanggap.db").open()
    assert "tidak bisa dibuka" in str(caught.value)


def test_a_locked_database_is_unavailable(tmp_path: Path) -> None:
    """Another program holds the write lock: the change is refused after the time limit, and nothing of it is kept."""
    store = Store(tmp_path / "tanggap.db")
    store.connection.raw.execute("PRAGMA busy_timeout=50")
    other = sqlite3.connect(tmp_path / "tanggap.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        store.tickets.create(START, DAY, SARI)
    other.execute("ROLLBACK")
    other.close()
    assert store.tickets.create(START, DAY, SARI) == "T-20261122-0001"
    store.close()


# -- two processes --------------------------------------------------------------------------------------------------


def _create_many(path: Path, count: int, numbers: multiprocessing.Queue[list[str]]) -> None:
    store = Store(path)  # migrates, at the same moment as the other process
    numbers.put([store.tickets.create(START, DAY, SARI) for _ in range(count)])
    store.close()


@pytest.mark.long
def test_two_processes_migrate_and_number_at_once(tmp_path: Path) -> None:
    """Two processes open a fresh store together and create tickets: one schema, no number twice, none left out."""
    context = multiprocessing.get_context("spawn")
    numbers: multiprocessing.Queue[list[str]] = context.Queue()
    workers = [context.Process(target=_create_many, args=(tmp_path / "tanggap.db", 50, numbers)) for _ in range(2)]
    for worker in workers:
        worker.start()
    got = [number for _ in workers for number in numbers.get(timeout=30)]
    for worker in workers:
        worker.join(30)
    numbers.close()
    assert sorted(got) == [f"T-20261122-{count:04d}" for count in range(1, 101)]
    assert [worker.exitcode for worker in workers] == [0, 0]


def test_times_are_stored_in_utc() -> None:
    """Stored moments sort as text."""
    assert to_text(START) == "2026-11-22T07:00:00.000000+00:00"


@pytest.mark.parametrize(("fields", "status"), [({}, "closed"), ({"description": "atap roboh"}, "open")])
def test_a_callback_closes_only_a_ticket_that_nobody_wrote_on(
    store: Store, fields: dict[str, object], status: str
) -> None:
    """Called back and nothing came of it: the ticket is over. Something did: it stays open for its OPD."""
    number = store.calls.arrive(START, DAY, CALL)
    store.calls.callback(START, CALL.id, "abandoned")
    store.tickets.update(START, number, fields, SARI)
    (task,) = callback_tasks(store)
    store.callbacks.done(START, task["id"], SARI)
    assert store.tickets.get(number)["status"] == status


def test_many_open_a_new_database_at_once(tmp_path: Path) -> None:
    """Processes that start together on a new instance all get their store: none fails with a lock."""
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(_opened, [tmp_path / "new.db"] * 16))
    assert stores == ["wal"] * 16


def _opened(path: Path) -> str:
    store = Store(path)
    mode = str(store.connection.raw.execute("PRAGMA journal_mode").fetchone()[0])
    store.close()
    return mode
