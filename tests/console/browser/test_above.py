"""The command centre above an agency, in a real browser: knows, calls, gives to another; and never accepts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from tests.console.browser.test_browser import IN_TIME_MS, page
from tests.console.desk112 import RunningConsole
from tickets.model import Actor, PlannedPush
from tickets.store import Store

pytestmark = pytest.mark.browser
DAMKAR = Actor("contact", "damkar.siaga")


async def rises(desk: RunningConsole, assignment: int) -> None:
    """The ladder has pushed the command centre once."""
    now = desk.clock.now

    def job(store: Store) -> None:
        store.assignments.add_pushes(now, assignment, (PlannedPush(2, "pusat", "page", now, 120.0),))
        for push in store.assignments.claim(now, "uji", 15.0, 10):
            later = now + timedelta(seconds=push.every_s)
            store.assignments.attempted(push, "uji", now, now, ok=True, detail="x", next_due=later)

    await desk.store.write(job)


def with_phone(desk: RunningConsole) -> None:
    """Damkar has a number of its own."""
    setting = desk.console.setting
    damkar = replace(setting.routing.opds["damkar"], phone="+62291591113")
    opds = setting.routing.opds | {"damkar": damkar}
    desk.console.take(replace(setting, routing=replace(setting.routing, opds=opds)))


async def test_the_wall_knows_calls_and_gives_to_another(desk: RunningConsole, browser: Browser) -> None:
    """One bar for each task with its agency, place and age; «Saya tahu» takes the button away and says so."""
    with_phone(desk)
    number, (assignment,) = await desk.ticket("damkar")
    await rises(desk, assignment)
    async with page(browser, desk, "pusat") as wall:
        bar = wall.locator(".bar.bad", has_text="Damkar belum menjawab")
        await expect(bar).to_contain_text("Kebakaran", timeout=IN_TIME_MS)
        await expect(bar).to_contain_text("Bangsri")
        await expect(bar.get_by_role("link", name="Damkar")).to_have_attribute("href", "tel:+62291591113")
        await expect(bar.get_by_role("link", name="Alihkan…")).to_have_attribute("href", f"/tiket/{number}")
        await bar.get_by_role("button", name="Saya tahu, saya tangani").click()
        await expect(bar).to_contain_text("Pusat kendali tahu, sampai", timeout=IN_TIME_MS)
        await expect(bar.get_by_role("button")).to_have_count(0)
        await expect(wall.locator(".ticket-row")).to_contain_text("Pusat kendali tahu")
        row = await desk.store.read(lambda store: store.assignments.get(assignment))
        assert row["state"] == "dikirim"


async def test_the_command_centres_ticket_page_answers_nothing(desk: RunningConsole, browser: Browser) -> None:
    """No «Catat: diterima» for it, which an operator has; the agency's number, «Saya tahu», «Alihkan»."""
    with_phone(desk)
    number, _assignments = await desk.ticket("damkar")
    async with page(browser, desk, "pusat") as above, page(browser, desk, "siti") as operator:
        await above.goto(desk.url(f"/tiket/{number}"))
        await operator.goto(desk.url(f"/tiket/{number}"))
        await expect(above.get_by_role("button", name="Saya tahu, saya tangani")).to_be_visible(timeout=IN_TIME_MS)
        await expect(above.get_by_role("link", name="☎ Damkar")).to_be_visible()
        await expect(above.get_by_role("button", name="Catat: diterima")).to_have_count(0)
        await expect(operator.get_by_role("button", name="Catat: diterima")).to_be_visible(timeout=IN_TIME_MS)
        await expect(operator.get_by_role("button", name="Saya tahu")).to_have_count(0)


async def test_an_operator_settles_what_came_back(desk: RunningConsole, browser: Browser) -> None:
    """While PLN has the ticket, Damkar's refusal stands on the desk with a button that asks why."""
    number, (first, _second) = await desk.ticket("damkar", "pln")
    body = {"reason": "bukan api", "taker": "112"}
    await desk.ask("damkar", "POST", f"/api/assignments/{first}/decline", json=body)
    async with page(browser, desk, "siti") as operator:
        row = operator.locator("li", has_text=number).filter(has_text="bukan api")
        await row.get_by_role("button", name="Tidak perlu OPD lain").click(timeout=IN_TIME_MS)
        await row.get_by_label("Mengapa tidak perlu OPD lain").fill("PLN cukup")
        await row.get_by_role("button", name="Sudah diurus").click()
        await expect(row).to_have_count(0, timeout=IN_TIME_MS)
    assert await desk.store.read(lambda store: store.boards.returned_count()) == 0


async def test_many_turned_down_tasks_leave_the_tiles_in_sight(desk: RunningConsole, browser: Browser) -> None:
    """Three bars and a sentence for the others; the first tile stands on the screen of the wall."""
    for name in ("satu", "dua", "tiga", "empat", "lima"):
        _, (assignment,) = await desk.ticket_of(await desk.call(f"c-{name}"), "damkar")
        await desk.store.write(
            lambda store, id_=assignment: store.assignments.move(desk.clock.now, id_, "ditolak", DAMKAR, via="call")  # type: ignore[misc]
        )
    async with page(browser, desk, "pusat") as wall:
        await wall.set_viewport_size({"width": 1920, "height": 1080})
        bars = wall.locator(".bar[data-of]", has_text="menjawab bukan wewenangnya")
        await expect(bars).to_have_count(3, timeout=IN_TIME_MS)
        await expect(wall.get_by_text("2 OPD lain menjawab bukan wewenangnya")).to_be_visible()
        await expect(wall.locator(".tile").first).to_be_in_viewport(ratio=1)
