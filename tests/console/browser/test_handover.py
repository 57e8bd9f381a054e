"""The hand-over of a shift in a real Chromium: signed by one login, taken by another, read again."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.console.browser.test_browser import IN_TIME_MS, page
from tests.console.desk112 import RunningConsole

pytestmark = pytest.mark.browser


async def test_two_people_hand_a_shift_over(desk: RunningConsole, browser: Browser) -> None:
    """The one who goes signs a note; the one who comes is told on the desk, reads and signs; both names stand there."""
    number, _ = await desk.ticket("damkar")
    async with page(browser, desk, "pusat") as pusat:
        await pusat.goto(desk.url("/serah-terima"))
        await expect(pusat.locator(".shift")).to_contain_text(number, timeout=IN_TIME_MS)
        await expect(pusat.locator(".shift")).to_contain_text("Belum dijawab OPD")
        await pusat.locator("#note").fill("Damkar 2 di bengkel")
        await pusat.get_by_role("button", name="Tandatangani dan serahkan").click()
        await expect(pusat.locator(".last")).to_contain_text("belum diterima", timeout=IN_TIME_MS)
        await expect(pusat.get_by_role("button", name="Saya terima")).to_have_count(0)
    async with page(browser, desk, "siti") as siti:
        bar = siti.locator(".bar.calm", has_text="Pusat menyerahkan tugas")
        await expect(bar.get_by_role("link", name="Baca dan terima")).to_be_visible(timeout=IN_TIME_MS)
        await siti.goto(desk.url("/serah-terima"))
        await siti.locator(".bar").get_by_role("button", name="Baca").click(timeout=IN_TIME_MS)
        await expect(siti.locator(".signed")).to_contain_text("Damkar 2 di bengkel", timeout=IN_TIME_MS)
        await expect(siti.locator(".signed")).to_contain_text(number)
        await siti.get_by_role("button", name="Saya terima").click()
        await expect(siti.locator(".last")).to_contain_text("diterima Siti", timeout=IN_TIME_MS)
        await siti.keyboard.press("Escape")
        await expect(siti.locator(".signed")).to_have_count(0)


async def test_a_desk_that_pauses_is_offered_it(desk: RunningConsole, browser: Browser) -> None:
    """A calm bar with one way there, gone when the desk is ready again."""
    await desk.store.write(lambda store: store.people.set_presence(desk.clock.now, "siti", "paused", "paused", None))
    async with page(browser, desk, "siti") as siti:
        link = siti.get_by_role("link", name="Serah terima").and_(siti.locator(".bar a"))
        await expect(link).to_be_visible(timeout=IN_TIME_MS)
        await desk.store.write(lambda store: store.people.set_presence(desk.clock.now, "siti", "ready", "ready", None))
        await expect(link).to_have_count(0, timeout=IN_TIME_MS)
