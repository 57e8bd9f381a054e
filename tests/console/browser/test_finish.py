"""«Akhiri» at the desk, and what it says of a telephone that hung up within seconds; in a real Chromium."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from ivr.state import Leg
from tests.console.browser.test_browser import IN_TIME_MS, at_desk, page, until_told
from tests.console.desk112 import SITI, RunningConsole
from tests.console.live.test_pop import noted, rings

pytestmark = pytest.mark.browser
SIZES = [(1366, 768), (390, 844)]


async def shot(browser_page: Page, name: str) -> None:
    """Keep a picture, where somebody wants to look."""
    if folder := os.environ.get("TANGGAP_SHOTS"):
        await browser_page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_call_is_ended_by_pressing_twice(
    desk: RunningConsole, browser: Browser, width: int, height: int
) -> None:
    """Once asks, Esc takes it back; twice ends; a refusal gives the button back, and a dropped talk is told."""
    await at_desk(desk, "budi", "ready", None)
    async with page(browser, desk, "siti") as siti:
        await siti.set_viewport_size({"width": width, "height": height})
        await rings(desk, "c1", talking=Leg("op-c1-1", "siti"))
        await at_desk(desk, "siti", "talking", "c1")
        button = siti.locator("button.finish")
        await expect(button).to_contain_text("Akhiri", timeout=IN_TIME_MS)
        await expect(button).to_be_in_viewport(ratio=1)
        assert await siti.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await shot(siti, f"finish-{width}")
        await siti.keyboard.press("Alt+q")
        await expect(button).to_contain_text("Ya, akhiri panggilan")
        await shot(siti, f"finish-sure-{width}")
        await siti.keyboard.press("Escape")
        await expect(button).not_to_contain_text("Ya")
        assert await desk.store.read(lambda store: store.boards.newest("request.finish")) is None
        await siti.keyboard.press("Alt+q")
        await siti.keyboard.press("Alt+q")
        row: Any = await until_told(desk, "request.finish")
        assert row["data"] == {"operator": "siti", "call": "c1"}
        data = row["data"] | {"why": "Anda tidak sedang berbicara dengan penelepon itu"}
        refused = ("request.finish.refused", SITI)
        await desk.store.write(lambda store: store.journal.append(desk.clock.now, *refused, data=data))
        await expect(siti.locator(".toast.bad")).to_contain_text("tidak sedang berbicara", timeout=IN_TIME_MS)
        await expect(button).to_contain_text("Akhiri")
        await noted(desk, "operator.dropped", 0, operator="siti", seconds="2.4")
        told = siti.locator(".toast.bad", has_text="menutup setelah 2,4 detik")
        await expect(told).to_be_visible(timeout=IN_TIME_MS)
        await shot(siti, f"dropped-{width}")
