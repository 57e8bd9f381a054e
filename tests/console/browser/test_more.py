"""Lists that are longer than a snapshot has room for, in a real Chromium: the rest is a tap away and stays in sight."""

import re

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.console.browser.test_browser import IN_TIME_MS, page
from tests.console.desk112 import NOW, SITI, RunningConsole
from tests.console.live.test_bounding import _report, _send, seed
from tickets.store import Store

pytestmark = pytest.mark.browser

MANY = 75


def rest_of(within: Page | Locator, left: int) -> Locator:
    """The button for the rows that are not shown."""
    return within.get_by_role("button", name=f"… dan {left} lainnya", exact=True)


async def test_an_agency_reaches_every_task(desk: RunningConsole, browser: Browser) -> None:
    """The first part, a button that counts the others, then all; a new task comes in beside them, and none goes."""

    def job(store: Store) -> None:
        for n in range(MANY):
            _send(store, desk, _report(store, desk, n, text="asap"), n)

    await seed(desk, job)
    async with page(browser, desk, "damkar") as phone:
        further = phone.locator(".further button")
        await expect(further).to_have_text(re.compile(r"… dan \d+ lainnya"), timeout=IN_TIME_MS)
        shown = await phone.locator("article.task").count()
        await rest_of(phone, MANY - shown).click()
        await expect(phone.locator("article.task")).to_have_count(MANY, timeout=IN_TIME_MS)
        await expect(further).to_have_count(0)
        await seed(desk, lambda store: _send(store, desk, _report(store, desk, MANY, text="asap"), MANY))
        await expect(phone.locator("article.task")).to_have_count(MANY + 1, timeout=IN_TIME_MS)


async def test_an_operator_reaches_everybody_to_call_back(desk: RunningConsole, browser: Browser) -> None:
    """Eight stand there, so that the lists below stay in sight; a press shows the snapshot's, another one the rest."""

    def job(store: Store) -> None:
        for n in range(MANY):
            _report(store, desk, n, text="x")
            store.calls.callback(NOW, f"c{n}", "tutup")

    await seed(desk, job)
    async with page(browser, desk, "siti") as siti:
        card = siti.locator(".card", has=siti.get_by_role("heading", name="Telepon balik"))
        await rest_of(card, MANY - 8).click(timeout=IN_TIME_MS)
        await rest_of(card, MANY - 60).click(timeout=IN_TIME_MS)
        await expect(card.locator("li.callback")).to_have_count(MANY, timeout=IN_TIME_MS)
        await expect(card.locator(".count")).to_have_text(str(MANY))


async def test_a_filter_of_complaints_has_parts_of_its_own(desk: RunningConsole, browser: Browser) -> None:
    """The snapshot has the oldest of all states; another state's complaints, all younger, are behind their filter."""

    def job(store: Store) -> None:
        for n in range(MANY):
            store.complaints.file(NOW, _report(store, desk, n, "complaint", text="x"), SITI)
        for n in range(MANY, MANY + 3):
            number = _report(store, desk, n, "complaint", text="x")
            store.complaints.file(NOW, number, SITI)
            _send(store, desk, number, n)

    await seed(desk, job)
    async with page(browser, desk, "pusat") as pusat:
        await pusat.goto(desk.url("/wadul"))
        await pusat.get_by_role("button", name="Diteruskan 3").click(timeout=IN_TIME_MS)
        await rest_of(pusat, 3).click(timeout=IN_TIME_MS)
        await expect(pusat.locator(".inbox .rows li")).to_have_count(3, timeout=IN_TIME_MS)
        await pusat.get_by_role("button", name="Semua").click()
        await expect(rest_of(pusat, MANY + 3 - 60)).to_be_visible(timeout=IN_TIME_MS)
