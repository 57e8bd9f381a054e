"""Words that an operator types and no list knows, in a real Chromium: they stay where they were typed."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.console.browser.test_browser import IN_TIME_MS, page, rings
from tests.console.desk112 import RunningConsole

pytestmark = pytest.mark.browser


async def saved(siti: Page) -> None:
    """All that was typed is on the server."""
    await expect(siti.locator(".saved")).to_contain_text("Tersimpan 1", timeout=IN_TIME_MS)


@pytest.mark.parametrize("words", ["kecapik", "dekat RT 3/RW 2"])
async def test_a_village_that_no_list_knows_stays_as_it_was_typed(
    desk: RunningConsole, browser: Browser, words: str
) -> None:
    """It is marked, saved, and outlives the kecamatan that is chosen after it."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        await siti.locator("#desa").focus(timeout=IN_TIME_MS)
        await siti.keyboard.type(words)
        await siti.keyboard.press("Tab")
        await expect(siti.locator("#desa")).to_have_value(words)
        await expect(siti.locator("#desa-unknown")).to_have_text("belum dikenal")
        await siti.locator("#kecamatan").focus()
        await siti.keyboard.type("bang")
        await siti.keyboard.press("Enter")
        await saved(siti)
        await expect(siti.locator("#desa")).to_have_value(words)
        place = (await desk.store.read(lambda store: store.tickets.show(number)))["place"]
        assert place == {"kecamatan": "Bangsri", "desa": words, "address": None}


async def test_a_village_of_the_list_is_no_word_of_its_own(desk: RunningConsole, browser: Browser) -> None:
    """Chosen from the list it brings its kecamatan and bears no mark; another kecamatan takes it away, as ever."""
    async with page(browser, desk, "siti") as siti:
        await rings(desk, "siti")
        await siti.locator("#desa").focus(timeout=IN_TIME_MS)
        await siti.keyboard.type("tengg")
        await siti.keyboard.press("Tab")
        await expect(siti.locator("#kecamatan")).to_have_value("Bangsri")
        await expect(siti.locator("#desa")).to_have_value("Tengguli")
        await expect(siti.locator(".unknown")).to_have_count(0)
        await siti.locator("#kecamatan").fill("jep")
        await siti.keyboard.press("Enter")
        await expect(siti.locator("#desa")).to_have_value("")


@pytest.mark.parametrize("field", ["kecamatan", "category"])
async def test_a_word_that_cannot_count_stays_to_be_seen(desk: RunningConsole, browser: Browser, field: str) -> None:
    """Where only words of the list count, the typed one stays and is marked; the choice that follows takes its
    place."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        known = {"kecamatan": "Bangsri", "category": "Kebakaran"}[field]
        box = siti.locator(f"#{field}")
        await box.fill("jobo kuto", timeout=IN_TIME_MS)
        await siti.locator("#description").focus()
        await expect(box).to_have_value("jobo kuto")
        await expect(siti.locator(f"#{field}-unknown")).to_be_visible()
        await box.fill(known[:5])
        await siti.locator("#description").focus()
        await expect(box).to_have_value(known)
        await expect(siti.locator(".unknown")).to_have_count(0)
        await saved(siti)
        ticket = await desk.store.read(lambda store: store.tickets.get(number))
        assert ticket[field] == known.replace("Kebakaran", "kebakaran")
