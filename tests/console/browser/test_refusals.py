"""The wall and the desk in a real browser: calls that Asterisk refused, and what to know of a number."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from asterisk.trunks.status import Trouble
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


async def test_a_trunk_in_trouble_stands_on_the_wall(desk: RunningConsole, browser: Browser) -> None:
    """A silent one is red, a full one is not; each goes when it is over, while the page is open."""
    silent = Trouble("telkom", "silent", "trunk telkom tidak menjawab (192.0.2.10): panggilan keluar tidak bisa")
    full = Trouble("kantor", "full", "3 dari 4 saluran trunk kantor dipakai: panggilan keluar menunggu")
    by = Actor("process", "steward")
    async with page(browser, desk, "pusat") as pusat:
        now = desk.clock.now
        await desk.store.write(lambda store: store.trunk_troubles.tell(now, [silent, full], by))
        bar = pusat.locator(".bar.bad", has_text="trunk telkom tidak menjawab")
        await expect(bar).to_contain_text("panggilan keluar tidak bisa", timeout=IN_TIME_MS)
        await expect(pusat.locator(".bar.warn", has_text="3 dari 4 saluran trunk kantor")).to_be_visible()
        if folder := os.environ.get("TANGGAP_SHOTS"):
            for width, height in ((1920, 1080), (390, 844)):
                await pusat.set_viewport_size({"width": width, "height": height})
                await pusat.screenshot(path=str(Path(folder) / f"trunks-{width}.png"))
        await desk.store.write(lambda store: store.trunk_troubles.tell(now, [], by))
        await expect(bar).to_have_count(0, timeout=IN_TIME_MS)
