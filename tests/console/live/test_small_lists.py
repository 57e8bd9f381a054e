"""Lists that are short on most days have a bound as well: a count, and a way to the rest."""

from typing import Any

import pytest

from console.live.bounding import PART
from tests.console.desk112 import CHEAP_HASH, NOW, SITI, RunningConsole
from tests.console.live.test_bounding import data_of
from tickets.model import Actor, PlannedTest, day_of
from tickets.store import Store

MANY = PART + 25


async def rest(desk: RunningConsole, user: str, path: str, rows: list[Any]) -> list[Any]:
    """The rows of a page and all that follow, asked for part by part."""
    reached = list(rows)
    while True:
        status, part = await desk.ask(user, "GET", f"{path}?offset={len(reached)}")
        assert status == 200, part
        reached += part["rows"]
        if part["next"] is None:
            return reached


async def test_photos_and_links_of_a_task_are_bounded(desk: RunningConsole) -> None:
    """On the agency's page, and on the ticket's; another agency reaches none."""
    number, (assignment,) = await desk.ticket("damkar")
    links = [f"https://contoh.go.id/{n}" for n in range(MANY)]

    def fill(store: Store) -> None:
        for link in links:
            store.assignments.attach(NOW, assignment, "link", link, Actor("user", "damkar"))

    await desk.store.write(fill)
    (task,) = (await data_of(desk, "opd", "damkar"))["open"]
    assert len(task["attachments"]) <= PART
    assert task["attachments_count"] == MANY
    path = f"/api/assignments/{assignment}/attachments"
    assert [row["value"] for row in await rest(desk, "damkar", path, task["attachments"])] == links
    assert (await desk.ask("pln", "GET", path))[0] == 404
    data = await data_of(desk, "ticket", number)
    assert len(data["ticket"]["attachments"]) <= PART
    assert data["attachments_count"] == MANY
    path = f"/api/tickets/{number}/lists/attachments"
    assert [row["value"] for row in await rest(desk, "siti", path, data["ticket"]["attachments"])] == links


async def test_numbers_of_merged_tickets_are_bounded(desk: RunningConsole) -> None:
    """Many called about one fire."""
    master, _ = await desk.ticket("damkar")

    def fill(store: Store) -> list[str]:
        numbers = []
        for _ in range(MANY):
            numbers.append(store.tickets.create(NOW, day_of(NOW, desk.console.setting.zone), SITI))
            store.tickets.update(NOW, numbers[-1], {"kind": "emergency"}, SITI)
            store.merging.merge(NOW, numbers[-1], master, SITI)
        return numbers

    numbers = await desk.store.write(fill)
    data = await data_of(desk, "ticket", master)
    assert len(data["ticket"]["merged"]) <= PART
    assert data["merged_count"] == MANY
    assert await rest(desk, "siti", f"/api/tickets/{master}/lists/merged", data["ticket"]["merged"]) == numbers


async def test_recorded_talks_of_a_ticket_are_bounded(desk: RunningConsole) -> None:
    """A number may be called back for weeks."""
    number = await desk.call(stage="ended", ended_at=NOW.isoformat())

    def fill(store: Store) -> list[int]:
        store.calls.callback(NOW, "c1", "terputus")
        (task,), attempts = store.callbacks.open(), []
        for n in range(MANY):
            attempt = store.callbacks.dial(NOW, task["id"], "siti")["attempt"]
            attempts.append(attempt)
            store.callbacks.talks(NOW, attempt, f"callbacks/{n}")
            store.callbacks.ended(NOW, attempt, "talked")
        return attempts

    attempts = await desk.store.write(fill)
    data = await data_of(desk, "ticket", number)
    assert len(data["callbacks"]) <= PART
    assert data["callbacks_count"] == MANY
    reached = await rest(desk, "siti", f"/api/tickets/{number}/lists/callbacks", data["callbacks"])
    assert [row["id"] for row in reached] == attempts


async def test_operators_are_bounded_and_those_on_duty_are_shown(desk: RunningConsole) -> None:
    """On the wall, and beside an operator as colleagues."""

    def fill(store: Store) -> None:
        for n in range(MANY):
            store.people.add(NOW, f"op{n:03d}", f"Operator {n}", "operator", None, CHEAP_HASH)
        store.people.set_presence(NOW, "siti", "ready", "ready", None)

    await desk.store.write(fill)
    wall = await data_of(desk, "overview")
    assert len(wall["operators"]) <= PART
    assert (wall["operators_count"], wall["operators"][0]["operator"]) == (MANY + 2, "siti")
    reached = await rest(desk, "pusat", "/api/wall/operators", wall["operators"])
    assert len({row["operator"] for row in reached}) == MANY + 2
    page = await data_of(desk, "operator", "budi")
    assert len(page["colleagues"]) <= PART
    assert (page["colleagues_count"], page["colleagues"][0]["operator"]) == (MANY + 1, "siti")
    reached = await rest(desk, "budi", "/api/desk/colleagues", page["colleagues"])
    assert "budi" not in {row["operator"] for row in reached} and len(reached) == MANY + 1


@pytest.mark.parametrize(
    ("user", "opd", "page", "subject"), [("damkar", "damkar", "opd", "damkar"), ("pusat", None, "overview", "")]
)
async def test_test_pushes_on_a_page_are_bounded(
    desk: RunningConsole, user: str, opd: str | None, page: str, subject: str
) -> None:
    """Of an agency, and of the command centre; another agency has none."""

    def fill(store: Store) -> None:
        planned = [PlannedTest(f"kontak-{n}", opd, "page") for n in range(MANY)]
        end = NOW.replace(hour=23)
        run = store.test_pushes.ask(NOW, planned, Actor("process", "cli"), end - NOW)
        for row in store.test_pushes.of_run(run):
            store.test_pushes.claim(NOW, "uji", 60.0, row["id"])
            store.test_pushes.ended(NOW, row, "uji", ok=True, detail="", answer_until=end)

    await desk.store.write(fill)
    data = await data_of(desk, page, subject)
    assert len(data["tests"]) <= PART
    assert data["tests_count"] == MANY
    reached = await rest(desk, user, "/api/page-tests", data["tests"])
    assert [row["contact"] for row in reached] == [f"kontak-{n}" for n in range(MANY)]
    assert await rest(desk, "pln", "/api/page-tests", []) == []
