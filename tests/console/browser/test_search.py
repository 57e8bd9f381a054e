"""Searching in a real Chromium, by the keyboard: from any page, through the hits, into a ticket and back."""

from __future__ import annotations

import asyncio
import contextlib
import re

import pytest
from playwright.async_api import Browser, Page, expect

from tests.console.browser.test_browser import IN_TIME_MS, page
from tests.console.desk112 import SITI, RunningConsole

pytestmark = pytest.mark.browser


async def goes(page: Page, key: str, url: str) -> None:
    """Press a key that opens another page: the browser may never answer for a key whose page is gone."""
    pressed = asyncio.ensure_future(page.keyboard.press(key))
    await page.wait_for_url(url, timeout=IN_TIME_MS)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(pressed, 5)


async def test_from_slash_to_a_ticket_and_back(desk: RunningConsole, browser: Browser) -> None:
    """`/`, words, Enter, arrow, Enter; going back brings the hits again; the text is in no address that is sent."""
    number, _ = await desk.ticket("damkar")
    async with page(browser, desk, "pusat") as pusat:
        asked: list[str] = []
        pusat.on("request", lambda request: asked.append(request.url))
        await pusat.goto(desk.url("/saringan"))
        await expect(pusat.locator("main")).to_be_visible(timeout=IN_TIME_MS)
        await goes(pusat, "/", "**/cari")
        await expect(pusat.locator("#q")).to_be_focused(timeout=IN_TIME_MS)
        await pusat.keyboard.type("terbakar")
        await pusat.keyboard.press("Enter")
        hit = pusat.locator(".hit")
        await expect(hit).to_contain_text(number, timeout=IN_TIME_MS)
        await pusat.keyboard.press("ArrowDown")
        await expect(hit).to_be_focused()
        await pusat.keyboard.press("Escape")
        await expect(pusat.locator("#q")).to_be_focused()
        await pusat.keyboard.press("ArrowDown")
        await goes(pusat, "Enter", "**/tiket/*")
        await expect(pusat.locator("h1")).to_have_text("Kebakaran", timeout=IN_TIME_MS)
        await pusat.go_back()
        await expect(hit).to_contain_text(number, timeout=IN_TIME_MS)
        await expect(pusat.locator("#q")).to_have_value("terbakar")
        assert [url for url in asked if "terbakar" in url.partition("#")[0]] == []
        await pusat.keyboard.press("Escape")
        with contextlib.suppress(TimeoutError):  # it may go back: then nothing answers for the key
            await asyncio.wait_for(pusat.keyboard.press("Escape"), 5)
        await expect(pusat).not_to_have_url(re.compile("terbakar"), timeout=IN_TIME_MS)


async def test_a_filter_stands_in_the_address(desk: RunningConsole, browser: Browser) -> None:
    """It is there after a reload, and a slash in a field is a letter."""
    number, _ = await desk.ticket("damkar")
    await desk.ticket()
    async with page(browser, desk, "pusat") as pusat:
        await pusat.goto(desk.url("/cari?agency=damkar#RT 3%2F4"))
        await expect(pusat.locator("#q")).to_have_value("RT 3/4", timeout=IN_TIME_MS)
        await expect(pusat.locator(".told")).to_contain_text("Tidak ada tiket yang cocok", timeout=IN_TIME_MS)
        await pusat.locator("#q").fill("")
        await pusat.keyboard.type("/")
        await expect(pusat.locator("#q")).to_have_value("/")
        await pusat.locator("#q").fill("")
        await pusat.keyboard.press("Enter")
        await expect(pusat.locator(".hit")).to_have_count(1, timeout=IN_TIME_MS)
        await expect(pusat.locator(".hit")).to_contain_text(number)
        await pusat.locator("#state").select_option("done")
        await expect(pusat.locator(".hit")).to_have_count(0, timeout=IN_TIME_MS)
        await pusat.reload()
        await expect(pusat.locator("#state")).to_have_value("done", timeout=IN_TIME_MS)
        await expect(pusat.locator("#agency")).to_have_value("damkar")


async def test_an_agency_sees_its_own_and_what_was_guessed(desk: RunningConsole, browser: Browser) -> None:
    """A misspelling is told; what it may not see is not there to choose."""
    number, _ = await desk.ticket("damkar")
    await desk.store.write(lambda store: store.tickets.update(desk.clock.now, number, {"desa": "Krapyak"}, SITI))
    await desk.ticket("pln")
    async with page(browser, desk, "damkar") as damkar:
        await damkar.goto(desk.url("/cari#krapyag"))
        await expect(damkar.locator(".hit")).to_contain_text(number, timeout=IN_TIME_MS)
        await expect(damkar.locator(".guess")).to_contain_text("«krapyag» tidak ada")
        await expect(damkar.locator("#agency, #operator, #outcome")).to_have_count(0)
        await expect(damkar.locator("a.hit")).to_have_count(0)
