"""The silent lane on the operator's page, by keyboard, in a real browser."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.console.browser.test_browser import IN_TIME_MS, at_desk, page
from tests.console.desk112 import RunningConsole

pytestmark = pytest.mark.browser


async def request_of(desk: RunningConsole, kind: str, data: dict[str, Any]) -> None:
    """Wait until the page has asked for this."""
    async with asyncio.timeout(60):
        while (row := await desk.store.read(lambda store: store.boards.newest(kind))) is None or row["data"] != data:
            await asyncio.sleep(0.02)


async def test_listen_and_take_by_keyboard(desk: RunningConsole, browser: Browser) -> None:
    """F6 rings the operator's own phone, the row says what happens, F7 takes the call, F6 again ends it."""
    await at_desk(desk, "siti", "ready", None)
    waits = {"stage": "waiting", "lane": "silent", "waiting_at": desk.clock.now.isoformat()}
    await desk.call("c1", **waits)
    await desk.call("c2", None, **waits)
    async with page(browser, desk, "siti") as siti:
        row = siti.locator(".lane.silent").first
        await expect(row).to_contain_text("0813-2655-4021", timeout=IN_TIME_MS)
        await expect(row).to_contain_text("pertama kali")
        await expect(siti.locator(".lane.silent").nth(1)).to_contain_text("tanpa riwayat")
        await expect(siti.get_by_role("button", name="Dengar")).to_have_count(2)
        await siti.keyboard.press("F7")  # nobody is listened to yet
        await siti.keyboard.press("F6")
        await request_of(desk, "request.listen", {"operator": "siti", "call": "c1", "mode": "listen"})
        assert await desk.store.read(lambda store: store.boards.newest("request.take")) is None
        now = desk.clock.now
        await desk.store.write(lambda store: store.listeners.begin(now, "ls-c1-1", "siti", "c1", "listen"))
        await at_desk(desk, "siti", "listening", "c1")
        await expect(row).to_contain_text("angkat telepon Anda", timeout=IN_TIME_MS)
        await expect(siti.locator(".idle")).to_contain_text("angkat telepon Anda")
        await desk.store.write(lambda store: store.listeners.hears(now, "ls-c1-1", "listen"))
        await expect(row).to_contain_text("Anda mendengarkan", timeout=IN_TIME_MS)
        await siti.keyboard.press("F7")
        await request_of(desk, "request.take", {"call": "c1", "operator": "siti"})
        await siti.keyboard.press("F6")
        await request_of(desk, "request.listen_end", {"operator": "siti"})
