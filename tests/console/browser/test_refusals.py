"""The wall and the desk in a real browser: calls that Asterisk refused, and what to know of a number."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.console.browser.test_browser import IN_TIME_MS, page
from tests.console.desk112 import RunningConsole
from tickets.model import Actor
from tickets.store.callers.refused_calls import Tally

pytestmark = pytest.mark.browser


async def test_a_refused_call_is_red_on_the_wall(desk: RunningConsole, browser: Browser) -> None:
    """Trunk, reason, code and far end, while the page is open; a stranger's is not shown."""
    tallies = [
        Tally("telkom", "10.0.0.2", "media", 488, "sip:112@us", 3),
        Tally("", "198.51.100.7", "unknown", 401, "sip:00@us", 900),
    ]
    by = Actor("process", "steward")
    async with page(browser, desk, "pusat") as pusat:
        now = desk.clock.now
        await desk.store.write(lambda store: store.refused.count(now, tallies, tallies[:1], by))
        bar = pusat.locator(".bar.bad", has_text="trunk telkom ditolak")
        await expect(bar).to_contain_text("3 panggilan", timeout=IN_TIME_MS)
        await expect(bar).to_contain_text("codec atau enkripsinya tidak bisa dilayani (488)")
        await expect(bar).to_contain_text("dari 10.0.0.2")
        await expect(pusat.get_by_text("198.51.100.7")).to_have_count(0)
        if folder := os.environ.get("TANGGAP_SHOTS"):
            await pusat.set_viewport_size({"width": 1920, "height": 1080})
            await pusat.screenshot(path=str(Path(folder) / "wall.png"))
