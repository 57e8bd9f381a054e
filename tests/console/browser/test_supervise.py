"""A supervisor listens, whispers and joins from the wall, in a real browser."""

import pytest
from playwright.async_api import Browser, expect

from tests.console.browser.test_browser import IN_TIME_MS, at_desk, page
from tests.console.browser.test_silent import request_of
from tests.console.desk112 import RunningConsole

pytestmark = pytest.mark.browser


async def test_the_buttons_are_there_for_who_has_a_phone(desk: RunningConsole, browser: Browser) -> None:
    """Without a registered phone there is none; with one «Dengar», then the modes; the operator's page says who."""
    at = desk.clock.now.isoformat()
    await desk.call("c1", stage="talking", lane="urgent", operator="siti", talking_at=at)
    await at_desk(desk, "siti", "talking", "c1")
    now = desk.clock.now
    async with page(browser, desk, "pusat") as wall, page(browser, desk, "siti") as siti:
        row = wall.locator(".live-call")
        await expect(row).to_contain_text("Siti", timeout=IN_TIME_MS)
        await expect(row.get_by_role("button")).to_have_count(0)
        await desk.store.write(lambda store: store.people.beat(now, "calls", 1, {"phones": ["pusat"]}))
        await row.get_by_role("button", name="Dengar").click(timeout=IN_TIME_MS)
        await request_of(desk, "request.listen", {"operator": "pusat", "call": "c1", "mode": "listen"})
        await desk.store.write(lambda store: store.listeners.begin(now, "ls-c1-1", "pusat", "c1", "listen"))
        await expect(row).to_contain_text("Angkat telepon Anda", timeout=IN_TIME_MS)
        await desk.store.write(lambda store: store.listeners.hears(now, "ls-c1-1", "listen"))
        await expect(row).to_contain_text("Tidak ada yang mendengar Anda", timeout=IN_TIME_MS)
        await row.get_by_role("button", name="Bisik").click()
        await request_of(desk, "request.listen", {"operator": "pusat", "call": "c1", "mode": "whisper"})
        await desk.store.write(lambda store: store.listeners.hears(now, "ls-c1-1", "whisper"))
        await expect(row).to_contain_text("Hanya operator yang mendengar Anda", timeout=IN_TIME_MS)
        await expect(row.get_by_role("button", name="Bisik")).to_have_attribute("aria-pressed", "true")
        await expect(siti.locator(".pop .chips")).to_contain_text("Pusat berbisik", timeout=IN_TIME_MS)
        await row.get_by_role("button", name="Selesai").click()
        await request_of(desk, "request.listen_end", {"operator": "pusat"})
        await desk.store.write(lambda store: store.listeners.end(now, "ls-c1-1", "stopped"))
        await expect(row.get_by_role("button", name="Dengar")).to_be_visible(timeout=IN_TIME_MS)
