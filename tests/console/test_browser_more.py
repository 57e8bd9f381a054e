"""Rows beyond a page's bound, in a real Chromium: counted, and there at a tap."""

import pytest
from playwright.async_api import Browser, expect

from console.live.bounding import PART
from tests.console.browser.test_browser import IN_TIME_MS, page
from tests.console.desk112 import RunningConsole
from tests.console.live.test_bounding import _report, _send
from tickets.store import Store

pytestmark = pytest.mark.browser
OVER = 7


async def test_the_rest_of_an_agencys_tasks_is_a_tap_away(desk: RunningConsole, browser: Browser) -> None:
    """The card that was cut off can be worked on as any other."""

    def fill(store: Store) -> list[int]:
        return [_send(store, desk, _report(store, desk, n, text="api"), n) for n in range(PART + OVER)]

    ids = await desk.store.write(fill)
    async with page(browser, desk, "damkar") as phone:
        await expect(phone.locator("article.task")).to_have_count(PART, timeout=2 * IN_TIME_MS)
        await phone.get_by_role("button", name=f"… dan {OVER} lainnya").click()
        await expect(phone.locator("article.task")).to_have_count(PART + OVER, timeout=2 * IN_TIME_MS)
        last = phone.locator(f'article[data-assignment="{ids[-1]}"]')
        await last.get_by_role("button", name="TERIMA").click()
        await expect(last).to_have_attribute("data-state", "diterima", timeout=2 * IN_TIME_MS)
