"""Receipts of pages and messages: shown and heard, a test push noticed; each kept once, none an answer."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.console.desk112 import LINK_KEY, NOW, RunningConsole
from tickets import links
from tickets.links import Link
from tickets.model import Actor, PlannedTest
from tickets.store import Store

CLI = Actor("process", "cli")
PERSON = {"Accept": "text/html"}
OPDS = {"damkar.siaga": "damkar", "pusat": None}


async def open_tests(desk: RunningConsole, channel: str = "page") -> dict[str, int]:
    """Test pushes that were delivered and wait for somebody to notice; their ids by contact."""
    planned = [PlannedTest(name, opd, channel) for name, opd in OPDS.items()]

    def job(store: Store) -> dict[str, int]:
        store.test_pushes.ask(NOW, planned, CLI, timedelta(hours=1))
        for row in store.test_pushes.due(NOW):
            assert store.test_pushes.claim(NOW, "escalate", 10, row["id"])
            until = NOW + timedelta(minutes=10)
            store.test_pushes.ended(NOW, row, "escalate", ok=True, detail="1 halaman bersuara", answer_until=until)
        run = store.test_pushes.last_run()
        assert run is not None
        return {row["contact"]: row["id"] for row in store.test_pushes.of_run(run)}

    return await desk.store.write(job)


async def told(desk: RunningConsole, kind: str) -> list[tuple[str, Any]]:
    """Actor and data of each row of a kind."""
    rows = await desk.store.read(lambda store: store.journal.after(0, 10_000))
    return [(row["actor"], row["data"]) for row in rows if row["kind"] == kind]


async def snapshot(desk: RunningConsole, user: str, page: str) -> Any:
    """The first snapshot of a page."""
    session = await desk.session(user)
    async with session, session.ws_connect(desk.url(f"/live?page={page}")) as socket:
        while (message := await socket.receive_json(timeout=60))["type"] != "snapshot":
            pass
        return message["data"]


async def test_shown_and_heard_is_kept_once_and_answers_nothing(desk: RunningConsole) -> None:
    """A row of the ticket's time line with the user; the pushes go on; after the answer there is nothing to tell."""
    number, (assignment,) = await desk.ticket("damkar")
    assert await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/seen") == (
        200,
        {"id": assignment, "noted": True},
    )
    assert await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/seen") == (
        200,
        {"id": assignment, "noted": False},
    )
    row = await desk.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], row["acknowledged_at"]) == ("dikirim", None)
    assert await desk.store.read(lambda store: store.assignments.overdue(NOW)) == (1, row["dispatched_at"])
    data = {"assignment": assignment, "opd": "damkar", "channel": "page"}
    assert await told(desk, "push.seen") == [("user:damkar", data)]
    _, shown = await desk.ask("siti", "GET", f"/api/tickets/{number}")
    assert "push.seen" in str(shown)
    assert "push.seen" in [each["kind"] for each in (await snapshot(desk, "damkar", "opd"))["open"][0]["story"]]
    _, (other,) = await desk.ticket("pln")
    assert (await desk.ask("pln", "POST", f"/api/assignments/{other}/move", json={"state": "diterima"}))[0] == 200
    assert await desk.ask("pln", "POST", f"/api/assignments/{other}/seen") == (200, {"id": other, "noted": False})


async def test_a_test_push_stands_on_its_pages_until_it_was_heard(desk: RunningConsole) -> None:
    """The agency's own and the command centre's own, for ten minutes at most."""
    tests = await open_tests(desk)
    pages = {"damkar": ("opd", "damkar.siaga"), "pusat": ("overview", "pusat")}
    for user, (page, contact) in pages.items():
        shown = (await snapshot(desk, user, page))["tests"]
        assert [(entry["id"], entry["contact"]) for entry in shown] == [(tests[contact], contact)]
    assert (await snapshot(desk, "pln", "opd"))["tests"] == []
    own = f"/api/page-tests/{tests['damkar.siaga']}/heard"
    assert await desk.ask("damkar", "POST", own) == (200, {"id": tests["damkar.siaga"], "noted": True})
    assert await desk.ask("damkar", "POST", own) == (200, {"id": tests["damkar.siaga"], "noted": False})
    assert (await snapshot(desk, "damkar", "opd"))["tests"] == []
    desk.clock.now += timedelta(minutes=10)
    assert (await snapshot(desk, "pusat", "overview"))["tests"] == []
    (row,) = await told(desk, "test.answered")
    assert row == ("user:damkar", {"run": 1, "contact": "damkar.siaga", "opd": "damkar", "channel": "page"})


async def test_a_tap_says_that_the_message_was_read(desk: RunningConsole) -> None:
    """A look changes nothing; the button does, once; the link opens no assignment."""
    number = (await open_tests(desk, "apprise"))["damkar.siaga"]
    link = Link(number, "damkar.siaga", links.TEST, NOW + links.GOOD_FOR, f"uji-{number}")
    token = links.sign(LINK_KEY, link)
    assert links.test_address(LINK_KEY, "https://x.id/", number, "damkar.siaga", NOW) == f"https://x.id/uji/{token}"
    async with ClientSession(headers=PERSON) as phone:
        for _ in range(2):
            async with phone.get(desk.url(f"/uji/{token}")) as shown:
                assert (shown.status, "Pesan ini terbaca</button>" in await shown.text()) == (200, True)
        assert await told(desk, "test.answered") == []
        for _ in range(2):
            async with phone.post(desk.url(f"/uji/{token}")) as done:
                assert (done.status, "Tercatat: pesan ini terbaca" in await done.text()) == (200, True)
        async with phone.get(desk.url(f"/t/{token}")) as shown:
            assert shown.status >= 400
    assert [actor for actor, _ in await told(desk, "test.answered")] == ["contact:damkar.siaga"]


@pytest.mark.parametrize(
    ("more", "status", "sentence"),
    [
        ({"expires_at": NOW}, 410, "Tautan ini sudah kedaluwarsa; tunggu pesan berikutnya atau telepon 112"),
        ({"purpose": links.PURPOSE}, 410, "Tautan ini untuk keperluan lain"),
        ({"contact": "damkar.pensiun"}, 410, "Tautan ini dicabut: kontaknya tidak lagi bertugas"),
        ({"contact": "pln.siaga"}, 410, "Tautan ini milik uji coba lain"),
        (None, 403, "Tautan ini tidak sah"),
    ],
)
async def test_a_link_of_no_test_says_why(
    desk: RunningConsole, more: dict[str, Any] | None, status: int, sentence: str
) -> None:
    """Old, for an assignment, of others, forged: a page with the sentence, and nothing is kept."""
    number = (await open_tests(desk, "apprise"))["damkar.siaga"]
    link = Link(number, "damkar.siaga", links.TEST, NOW + links.GOOD_FOR, f"uji-{number}")
    token = links.sign(LINK_KEY, replace(link, **more)) if more is not None else "palsu.palsu"
    async with ClientSession(headers=PERSON) as phone:
        for method in ("GET", "POST"):
            async with phone.request(method, desk.url(f"/uji/{token}")) as shown:
                matched = re.search(r"<h1>(.*?)\.</h1>", await shown.text())
                assert (shown.status, matched and matched[1]) == (status, sentence)
    assert await told(desk, "test.answered") == []
