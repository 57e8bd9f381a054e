"""Calling back on the operator's page, in a real browser."""

from dataclasses import replace

import pytest
from playwright.async_api import Browser, expect

from tests.console.api.test_callbacks import task
from tests.console.browser.test_browser import IN_TIME_MS, at_desk, page
from tests.console.browser.test_silent import request_of
from tests.console.desk112 import RunningConsole

pytestmark = pytest.mark.browser


async def test_by_hand_the_number_is_big_and_the_outcome_is_written_down(
    desk: RunningConsole, browser: Browser
) -> None:
    """Without a trunk: «Telepon» shows the number and opens the ticket; a note and one press, by keyboard."""
    number = await task(desk)
    await at_desk(desk, "siti", "ready", None)
    async with page(browser, desk, "siti") as siti:
        row = siti.locator("li.callback")
        await expect(row).to_contain_text("menutup saat menunggu", timeout=IN_TIME_MS)
        await row.get_by_role("button", name="Telepon").focus()
        await siti.keyboard.press("Enter")
        await expect(row.locator(".number")).to_have_text("0813-2655-4021")
        await expect(siti.locator(".work")).to_contain_text(number, timeout=IN_TIME_MS)
        await row.get_by_label("Catatan").fill("coba lagi sore")
        await siti.keyboard.press("Tab")
        await siti.keyboard.press("Tab")
        await siti.keyboard.press("Enter")
        await expect(row).to_contain_text("tidak diangkat (Siti): coba lagi sore", timeout=IN_TIME_MS)
        await row.get_by_role("button", name="Telepon").click()
        await row.get_by_role("button", name="Sudah ditelepon").click()
        await expect(row).to_have_count(0, timeout=IN_TIME_MS)


async def test_over_the_trunk(desk: RunningConsole, browser: Browser) -> None:
    """«Telepon» asks the calls process; the row says how it goes; a colleague sees who is at it."""
    desk.console.take(replace(desk.console.setting, dials_out=True))
    await task(desk)
    await at_desk(desk, "siti", "ready", None)
    async with page(browser, desk, "siti") as siti, page(browser, desk, "budi") as budi:
        row = siti.locator("li.callback")
        await row.get_by_role("button", name="Telepon").click()
        await request_of(desk, "request.callback", {"operator": "siti", "task": 1})
        now = desk.clock.now
        attempt = (await desk.store.write(lambda store: store.callbacks.dial(now, 1, "siti")))["attempt"]
        await at_desk(desk, "siti", "calling", "callback-1")
        await expect(row).to_contain_text("memanggil…", timeout=IN_TIME_MS)
        await expect(budi.locator("li.callback")).to_contain_text("Siti sedang menelepon", timeout=IN_TIME_MS)
        await expect(budi.locator("li.callback").get_by_role("button", name="Telepon")).to_have_count(0)
        await desk.store.write(lambda store: store.callbacks.talks(now, attempt, "x"))
        await expect(row).to_contain_text("Anda berbicara", timeout=IN_TIME_MS)
        await desk.store.write(lambda store: store.callbacks.ended(now, attempt, "talked"))
        await at_desk(desk, "siti", "wrap_up", "callback-1")
        await expect(row).to_contain_text("bicara (Siti)", timeout=IN_TIME_MS)
        await row.get_by_role("button", name="Sudah ditelepon").click()
        await expect(row).to_have_count(0, timeout=IN_TIME_MS)
