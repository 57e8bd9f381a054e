"""An instance of release 0.1.0, stopped in the midst of its work, goes on under today's code.

`release_0_1/` was made by `make.txt` with the code of that release; what stands in it is never edited.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar

from console.web.sessions import COOKIE
from instance import Instance, load
from instance.examination import check
from instance.spill_place import spill_files
from ivr import events as ev
from ivr.state import STAGES, from_dict, to_dict
from line.call_writer import CallWriter
from tanggap.console import _setting
from tests.console.desk112 import RunningConsole, console
from tests.console.live.test_live import snapshot
from tests.line.line import Line, channel
from tests.line.test_take_over import Returned
from tests.tickets.escalation.test_unwritten import Filed
from tests.tickets.world import START, World
from tests.upgrade.instances import PASSWORD_0_1, RELEASE_0_1, SQL_0_1, TOKEN_0_1, release_0_1
from tickets.store import Store
from tickets.store.copies import faults
from tickets.store.thread import StoreThread

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)  # when it stopped


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """The instance in a folder of its own, as an upgrade finds it."""
    return load(release_0_1(tmp_path))


@pytest.fixture
async def store(instance: Instance) -> AsyncIterator[StoreThread]:
    """Its store, opened and so brought up to date."""
    opened = await StoreThread(instance.var / "tanggap.db", instance.secrets.number_key).open()
    yield opened
    await opened.close()


def tables(database: sqlite3.Connection) -> dict[str, list[dict[str, Any]]]:
    """Every table with its rows."""
    database.row_factory = sqlite3.Row
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
    return {row["name"]: [dict(each) for each in database.execute(f"SELECT * FROM {row['name']}")] for row in names}


def test_its_three_files_are_right(instance: Instance) -> None:
    """`check` has nothing against them, and the secrets are those that it had."""
    assert [str(problem) for problem in check(instance.home) if not problem.warning] == []
    kept = json.loads((RELEASE_0_1 / "secrets.json").read_text())
    assert instance.secrets.session_key == kept["session_key"]
    assert kept["sip"].items() <= dict(instance.secrets.sip).items()


def test_nothing_of_its_store_is_lost(instance: Instance) -> None:
    """Every row is there with the values that it had, and the database is whole; columns may have been added."""
    path = instance.var / "tanggap.db"
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(SQL_0_1)
        before = tables(database)
    Store(path).close()
    with closing(sqlite3.connect(path)) as database:
        after = tables(database)
    assert before.keys() <= after.keys()
    for table, rows in before.items():
        columns = rows[0].keys() if rows else ()
        assert rows == [{name: row[name] for name in columns} for row in after[table]], table
    assert faults(path, thorough=True) == []


async def test_a_call_of_every_stage_is_known(store: StoreThread) -> None:
    """Its saved state is read whole: none of it is passed over, none of it means something else."""
    rows = await store.read(lambda store: store.connection.all("SELECT id, stage, state FROM calls"))
    assert {row["stage"] for row in rows} == set(STAGES)
    for row in rows:
        saved = json.loads(row["state"])
        state = from_dict({"call": row["id"], **saved})
        assert state.stage == row["stage"]
        assert {"call": row["id"], "stage": "arrived", **saved} == {"stage": "arrived", **to_dict(state)}


async def test_its_calls_are_taken_over(instance: Instance, store: StoreThread) -> None:
    """Nobody is hung up: who talks talks on, who waits keeps the place, a phone that rang is rung anew."""
    line = Line(instance.home, store, instance.script)
    live = await store.read(lambda store: store.calls.live())
    states = {row["id"]: json.loads(row["state"]) for row in live}
    legs = ["op-c-talking-4", "op-c-ringing-4"]
    line.ari.there = [channel(call) for call in states] + [channel(legs[0]), channel(legs[1], "Ringing")]
    line.ari.met = {"br-c-talking": ["c-talking", legs[0]]}
    line.ari.records.add("messages/2026/11/22/c-recording")
    line.floor.staff(("sari", "dewi"))
    done = await Returned(line).back()
    assert [step for step in done if step[0] == "hangup" and step[1] in states] == []
    before = {call: state.get("stage", "arrived") for call, state in states.items()}
    after = {call: line.runners[call].state.stage for call in states}
    assert after == before | {"c-arrived": "menu", "c-ringing": "waiting"}
    assert line.runners["c-talking"].state.operator == "dewi"
    assert line.runners["c-waiting"].state.lane == "normal"
    await line.tell("c-ringing", ev.Offered(("sari",)))
    await line.tell("c-ringing", ev.LegAnswered(line.runners["c-ringing"].state.legs[0].id))
    assert line.runners["c-ringing"].state.operator == "sari"
    await line.tell("c-talking", ev.CallerGone())
    assert (await line.row("c-talking"))["outcome"] == "talked"


async def test_its_due_pushes_are_pushed(instance: Instance) -> None:
    """Each that was due, the one that the former daemon had claimed among them; what it could not write is written."""
    world = World(instance.var / "tanggap.db")
    world.routing = instance.routing
    await world.store.open()
    unwritten = Filed(world, instance.var / "spill" / "escalate.spill")
    due = await world.store.read(lambda store: store.assignments.due(START))
    assert {push.assignment for push in due} == {1, 2, 3, 5}
    world.start(unwritten=unwritten)
    await world.forward(60)
    open_pushes = await world.store.read(lambda store: store.assignments.due(START))
    assert open_pushes == []
    sent = {delivery.push.id for fake in (world.page, world.call) for _, delivery in fake.sent}
    assert sent >= {push.id for push in due}
    attempts = await world.store.read(lambda store: store.assignments.attempts(1))
    assert "2026-11-22T05:00:09.000000+00:00" in [row["started_at"] for row in attempts]
    await world.close()
    for file in unwritten._files:
        file.close()


async def test_its_spilled_call_is_written(instance: Instance, store: StoreThread) -> None:
    """A call that the former process could only put into its file gets its row, its ticket and its end."""
    files = [file for file in spill_files(instance, "calls") if file.path.parent == instance.var / "spill"]
    line = Line(instance.home, store)
    writer = await CallWriter(store, files, lambda: NOON, line.spawn).open()
    assert writer._spilling
    await writer._read_back()
    row = await store.read(lambda store: store.calls.get("c-spilled"))
    assert (row["outcome"], row["stage"], row["ticket"]) == ("abandoned", "ended", "T-20261122-S120000")
    assert not writer._spilling
    await writer.close()


@pytest.fixture
async def pages(instance: Instance) -> AsyncIterator[RunningConsole]:
    """A console over it, with its configuration, at the moment when it stopped."""
    async with console(instance.var, users=False) as desk:
        desk.clock.now = NOON
        desk.console.setting = _setting(instance, 0)
        yield desk


@pytest.mark.parametrize(
    ("user", "where"),
    [("sari", "/operator"), ("budi", "/opd"), ("komando", "/pantau"), ("admin", "/pantau")],
)
async def test_its_users_can_log_in(pages: RunningConsole, user: str, where: str) -> None:
    """With the password that they have, to the page of their role."""
    form = {"nama": user, "sandi": PASSWORD_0_1}
    async with (
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
        session.post(pages.url("/masuk"), data=form, allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (303, where)


@pytest.mark.parametrize(
    ("user", "page", "part", "expected"),
    [
        ("sari", "operator", "waiting", 2),
        ("budi", "opd", "open", 1),
    ],
)
async def test_who_was_logged_in_still_is(
    pages: RunningConsole, user: str, page: str, part: str, expected: int
) -> None:
    """The cookie counts, and the open page gets its snapshot without a new login."""
    cookies = {COOKIE: f"{TOKEN_0_1}-{user}"}
    async with (
        ClientSession(cookies=cookies, cookie_jar=CookieJar(unsafe=True)) as session,
        session.ws_connect(pages.url(f"/live?page={page}"), max_msg_size=0) as socket,
    ):
        assert len((await snapshot(socket))[part]) == expected


@pytest.mark.parametrize("page", ["overview", "screening", "wadul", "ticket&number=T-20261122-0001"])
async def test_its_pages_have_something_to_show(pages: RunningConsole, page: str) -> None:
    """Each page of the command centre is made from its rows."""
    session = await pages.session("komando")
    async with session, session.ws_connect(pages.url(f"/live?page={page}"), max_msg_size=0) as socket:
        assert await snapshot(socket)
