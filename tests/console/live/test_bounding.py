"""Snapshots have a bound: what is cut off is counted, can be reached, and is what matters least."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from console.live import lists, tasks
from console.live.snapshots import SNAPSHOTS, Moments
from tests.console.desk112 import NOW, SITI, RunningConsole
from tickets.escalation.ladder import plan
from tickets.model import Actor, day_of
from tickets.store import Store
from tickets.store.calls import NewCall

LARGEST = 400_000
LONG = "Gudang mebel terbakar, api membesar, angin ke timur. " * 90  # 4,700 letters of at most 5,000
MANY = 260


def _report(store: Store, desk: RunningConsole, n: int, kind: str = "emergency", text: str = LONG) -> str:
    now = NOW + timedelta(seconds=n)
    day = day_of(now, desk.console.setting.zone)
    number = store.calls.arrive(now, day, NewCall(f"c{n}", f"+62813{n:08d}", f"0813{n:08d}", False, True, "112"))
    ended = {"stage": "ended", "outcome": "talked", "ended_at": now.isoformat(), "keys": "1"}
    store.calls.step(now, f"c{n}", number, ended, ())
    fields = {"kind": kind, "category": "kebakaran", "kecamatan": "Bangsri", "address": "Jl. Raya " * 40}
    store.tickets.update(now, number, fields | {"description": text}, SITI)
    return number


def _send(store: Store, desk: RunningConsole, number: str, n: int) -> int:
    now = NOW + timedelta(seconds=n)
    return store.assignments.dispatch(
        now, number, "damkar", plan(desk.console.setting.routing, "damkar", now), 600.0, SITI
    )


def _pushed(store: Store, number: str, times: int) -> None:
    data = {"opd": "damkar", "contact": "damkar.siaga", "channel": "page", "attempt": 1, "detail": "terkirim"}
    for _ in range(times):
        store.journal.append(NOW, "push.sent", Actor("process", "escalate"), ticket=number, data=data)


async def seed(desk: RunningConsole, job: Callable[[Store], Any]) -> Any:
    """In one transaction."""
    return await desk.store.write(job)


async def data_of(desk: RunningConsole, page: str, subject: str = "") -> Any:
    """A page's snapshot, and that it is small enough."""
    moment = Moments().at(desk.console.setting, NOW + timedelta(hours=1))
    data = await desk.store.read(lambda store: SNAPSHOTS[page](store, moment, subject))
    size = len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
    assert size <= LARGEST, f"{page}: {size} bytes"
    return data


async def many_assignments(desk: RunningConsole) -> list[int]:
    """Open ones of one agency, each pushed often; the first ten were accepted."""

    def job(store: Store) -> list[int]:
        ids = []
        for n in range(MANY):
            number = _report(store, desk, n)
            ids.append(_send(store, desk, number, n))
            _pushed(store, number, 200 if n < 20 else 2)
        for id in ids[:10]:
            store.assignments.move(NOW, id, "diterima", Actor("user", "damkar"), via="page")
        return ids

    ids: list[int] = await seed(desk, job)
    return ids


async def test_an_agencys_page_is_bounded(desk: RunningConsole) -> None:
    """Unanswered tasks first, the oldest of them first; how many there are in all."""
    ids = await many_assignments(desk)
    data = await data_of(desk, "opd", "damkar")
    shown = [row["id"] for row in data["open"]]
    assert shown == ids[10 : 10 + len(shown)]
    assert (data["open_count"], data["waiting_count"]) == (MANY, MANY - 10)
    assert data["open_next"] is not None
    pushed = data["open"][0]
    assert len(pushed["story"]) <= tasks.STORY_ROWS + tasks.TOLD_ROWS
    assert pushed["story"][0]["kind"] == "ticket.dispatched"
    seqs = {row["seq"] for row in pushed["story"]}
    before = pushed["story_next"]
    while before:
        status, part = await desk.ask("damkar", "GET", f"/api/assignments/{pushed['id']}/story?before={before}")
        assert status == 200
        seqs |= {row["seq"] for row in part["rows"]}
        before = part["next"]
    assert len(seqs) == 201
    status, _ = await desk.ask("pln", "GET", f"/api/assignments/{pushed['id']}/story")
    assert status == 404


async def test_the_rest_of_an_agencys_tasks_can_be_reached(desk: RunningConsole) -> None:
    """Part by part, each once, the accepted ones at the end, every part as bounded as the page."""
    ids = await many_assignments(desk)
    data = await data_of(desk, "opd", "damkar")
    reached, after = [row["id"] for row in data["open"]], data["open_next"]
    while after:
        status, part = await desk.ask("damkar", "GET", f"/api/tasks?after={after}")
        assert status == 200
        assert len(json.dumps(part, ensure_ascii=False).encode()) <= LARGEST
        reached += [row["id"] for row in part["rows"]]
        after = part["next"]
    assert reached == ids[10:] + ids[:10]


async def test_another_agency_reaches_none_of_them(desk: RunningConsole) -> None:
    """Rights are those of the page."""
    await many_assignments(desk)
    status, part = await desk.ask("pln", "GET", "/api/tasks")
    assert (status, part) == (200, {"rows": [], "next": None})
    status, _ = await desk.ask("siti", "GET", "/api/tasks")
    assert status == 403
    status, answer = await desk.ask("damkar", "GET", "/api/tasks?after=x")
    assert (status, answer["field"]) == (400, "after")
    status, _ = await desk.ask("damkar", "GET", "/api/work")
    assert status == 403


async def test_the_wall_is_bounded_and_the_rest_is_reached(desk: RunningConsole) -> None:
    """Emergencies that nobody was sent first, then unanswered ones, then what is under way."""
    ids = await many_assignments(desk)

    def more(store: Store) -> None:
        for n in range(MANY, MANY + 30):
            _report(store, desk, n)

    await seed(desk, more)
    data = await data_of(desk, "overview")
    assert (data["work_count"], data["unanswered"]["count"]) == (MANY + 30, len(ids) - 10)
    reached, after = [row["number"] for row in data["tickets"]], data["work_next"]
    assert after is not None
    while after:
        status, part = await desk.ask("pusat", "GET", f"/api/work?after={after}")
        assert status == 200
        assert len(json.dumps(part, ensure_ascii=False).encode()) <= LARGEST
        reached += [row["number"] for row in part["rows"]]
        after = part["next"]
    numbers = [f"T-20261122-{n:04d}" for n in range(1, MANY + 31)]
    assert reached == numbers[MANY:] + numbers[10:MANY] + numbers[:10]


async def test_an_operators_page_is_bounded(desk: RunningConsole) -> None:
    """Callbacks, messages, returned tickets: the oldest of each, counted, and the others can be reached."""

    def job(store: Store) -> None:
        for n in range(MANY):
            number = _report(store, desk, n)
            store.calls.callback(NOW, f"c{n}", "tutup")
            task = n + 1
            for _ in range(30 if n == 0 else 0):
                store.callbacks.unanswered(NOW, task, SITI, "x" * 200)
            if n % 2:
                store.calls.step(NOW, f"c{n}", number, {"outcome": "message"}, ())
            else:
                id = _send(store, desk, number, n)
                store.assignments.move(
                    NOW, id, "bukan_wewenang", Actor("user", "damkar"), via="page", note="bukan kami"
                )

    await seed(desk, job)
    data = await data_of(desk, "operator", "siti")
    assert data["counts"] == {"callbacks": MANY, "messages": MANY // 2, "returned": MANY // 2}
    assert len(data["callbacks"][0]["tries"]) <= lists.MAX_TRIES
    for name, key in (("callbacks", "id"), ("messages", "number"), ("returned", "number")):
        reached = [row[key] for row in data[name]]
        assert len(reached) < data["counts"][name]
        while True:
            status, part = await desk.ask("siti", "GET", f"/api/desk/{name}?offset={len(reached)}")
            assert status == 200
            reached += [row[key] for row in part["rows"]]
            if part["next"] is None:
                break
        assert len(reached) == len(set(reached)) == data["counts"][name]


async def test_the_inbox_of_complaints_is_bounded(desk: RunningConsole) -> None:
    """Oldest first; counted by state over all of them; the others by the next part, of one state alone too."""

    def job(store: Store) -> None:
        for n in range(MANY):
            store.complaints.file(NOW, _report(store, desk, n, "complaint"), SITI)

    await seed(desk, job)
    data = await data_of(desk, "wadul")
    assert (data["counts"], data["count"]) == ({"masuk": MANY}, MANY)
    reached = [row["ticket"] for row in data["rows"]]
    assert len(reached) < MANY
    while True:
        status, part = await desk.ask("pusat", "GET", f"/api/wadul/open?state=masuk&offset={len(reached)}")
        assert status == 200
        reached += [row["ticket"] for row in part["rows"]]
        if part["next"] is None:
            break
    assert len(reached) == len(set(reached)) == MANY


async def test_a_ticket_that_was_pushed_for_weeks_is_bounded(desk: RunningConsole) -> None:
    """The newest of its time line; the earlier part can be reached."""

    def job(store: Store) -> str:
        number = _report(store, desk, 0)
        _send(store, desk, number, 0)
        _pushed(store, number, 5000)
        return number

    number: str = await seed(desk, job)
    data = await data_of(desk, "ticket", number)
    assert data["timeline_count"] >= 5000
    timeline = data["ticket"]["timeline"]
    assert "ticket.dispatched" in [row["kind"] for row in timeline], "what happened is hidden by pushes"
    seqs, before = {row["seq"] for row in timeline}, data["timeline_next"]
    while before:
        status, part = await desk.ask("siti", "GET", f"/api/tickets/{number}/timeline?before={before}")
        assert status == 200
        seqs |= {row["seq"] for row in part["rows"]}
        before = part["next"]
    assert len(seqs) == data["timeline_count"]


@pytest.mark.parametrize("page", ["screening", "numbers"])
async def test_the_other_pages_are_bounded(desk: RunningConsole, page: str) -> None:
    """However many calls wait for a verdict."""

    def job(store: Store) -> None:
        for n in range(MANY):
            _report(store, desk, n)

    await seed(desk, job)
    data = await data_of(desk, page)
    if page == "screening":
        assert data["unjudged"]["count"] == MANY
        status, part = await desk.ask("siti", "GET", f"/api/unjudged?offset={len(data['unjudged']['rows'])}")
        assert status == 200
        first = {row["id"] for row in data["unjudged"]["rows"]}
        assert not first & {row["id"] for row in part["rows"]}


async def test_the_wall_counts_callbacks_instead_of_reading_them(
    desk: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a thousand people may wait."""

    def job(store: Store) -> None:
        for n in range(1003):
            _report(store, desk, n, text="x")
            store.calls.callback(NOW, f"c{n}", "tutup")

    await seed(desk, job)
    assert (await data_of(desk, "overview"))["callbacks"] == 1003


async def test_heartbeats_are_read_once(desk: RunningConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the processes, the phones and Asterisk together."""
    moment = Moments().at(desk.console.setting, NOW)

    def count(store: Store) -> dict[str, int]:
        read: dict[str, int] = {}
        for page, subject in (("overview", ""), ("operator", "siti"), ("opd", "damkar")):
            asked: list[str] = []
            store.connection.raw.set_trace_callback(asked.append)
            SNAPSHOTS[page](store, moment, subject)
            store.connection.raw.set_trace_callback(None)
            read[page] = sum("FROM heartbeats" in sql for sql in asked)
        return read

    assert await desk.store.read(count) == {"overview": 1, "operator": 1, "opd": 1}
