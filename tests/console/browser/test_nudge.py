"""The bupati's page on a telephone: what burns, «Colek» and «Saya tahu»; seen by the agency and by operators."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.console.browser.test_above import rises
from tests.console.browser.test_browser import IN_TIME_MS, page
from tests.console.desk112 import RunningConsole

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@asynccontextmanager
async def phone(browser: Browser, desk: RunningConsole) -> AsyncIterator[Page]:
    """The bupati's telephone."""
    async with page(browser, desk, "bupati") as opened:
        await opened.set_viewport_size(PHONE)  # type: ignore[arg-type]
        yield opened


async def test_one_button_pushes_the_agency_and_everybody_reads_who_asks(
    desk: RunningConsole, browser: Browser
) -> None:
    """It takes the button's place with the time from which on it may be asked again; the task still waits."""
    number, (assignment, _pln) = await desk.ticket("damkar", "pln")
    await rises(desk, assignment)
    async with (
        phone(browser, desk) as above,
        page(browser, desk, "damkar") as agency,
        page(browser, desk, "siti") as op,
    ):
        assert above.url.endswith("/bupati")
        await expect(above.locator(".headline")).to_contain_text("2 darurat belum dijawab", timeout=IN_TIME_MS)
        card = above.locator(f"[data-assignment='{assignment}']")
        await expect(card).to_contain_text("Kebakaran · Bangsri")
        await expect(card).to_contain_text("Didorong: Siaga damkar 1×, Pusat kendali 1×.")
        await card.get_by_role("button", name="Colek Damkar").click()
        await expect(card.locator(".asked")).to_contain_text("Pusat kendali menanyakan", timeout=IN_TIME_MS)
        await expect(card.get_by_role("button", name="Colek")).to_have_count(0)
        await expect(agency.locator(".task .nudged")).to_contain_text("menanyakan laporan ini", timeout=IN_TIME_MS)
        bar = op.locator(".bar.nudged")
        await expect(bar).to_contain_text(f"menanyakan Damkar, 10.00: {number} belum dijawab", timeout=IN_TIME_MS)
        await card.get_by_role("button", name="Saya tahu, saya tangani").click()
        await expect(card).to_contain_text("Anda tangani", timeout=IN_TIME_MS)
        row = await desk.store.read(lambda store: store.assignments.get(assignment))
        assert (row["state"], row["acknowledged_at"]) == ("dikirim", None)
        await agency.get_by_role("button", name="TERIMA").click()
        await expect(card).to_have_count(0, timeout=IN_TIME_MS)
        await expect(bar).to_have_count(0, timeout=IN_TIME_MS)
        await expect(above.locator(".rows li")).to_contain_text("Damkar: diterima")


async def test_many_fires_stand_on_two_screens_and_calm_is_calm(desk: RunningConsole, browser: Browser) -> None:
    """The oldest five, the others behind one button; nothing moves sideways, and a green sentence where none waits."""
    async with phone(browser, desk) as above:
        await expect(above.locator(".headline.fine")).to_contain_text("Tidak ada darurat", timeout=IN_TIME_MS)
        for minute in range(7, 0, -1):
            desk.clock.now -= timedelta(minutes=minute)
            await desk.ticket_of(await desk.call(f"c{minute}"), "damkar")
            desk.clock.now += timedelta(minutes=minute)
        await expect(above.locator(".burns")).to_have_count(5, timeout=IN_TIME_MS)
        height, width = await above.evaluate(
            "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
        )
        assert (height <= 2 * PHONE["height"], width) == (True, PHONE["width"])
        await above.get_by_role("button", name="2 lagi belum dijawab").click()
        await expect(above.locator(".burns")).to_have_count(7)
