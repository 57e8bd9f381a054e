"""What the desk tells of a call in hand: a hold, a transfer with its reason, the language; in a real Chromium."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from ivr.state import Leg
from tests.console.browser.test_browser import IN_TIME_MS, at_desk, page, until_told
from tests.console.desk112 import RunningConsole
from tests.console.live.test_pop import noted, rings, saved
from tickets.model import Actor
from tickets.store import Store

pytestmark = pytest.mark.browser
SIZES = [(1366, 768), (390, 844)]


async def handed(desk: RunningConsole) -> None:
    """The call rings at budi's desk: siti gave it, and said why."""
    await rings(desk, "c1", Leg("op-c1-2", "budi"))
    await noted(desk, "call.transferred", 0, operator="budi", by="siti", note="butuh bahasa Jawa")
    await at_desk(desk, "budi", "ringing", "c1")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_who_gives_the_caller_and_why_is_read_while_it_rings(
    desk: RunningConsole, browser: Browser, width: int, height: int
) -> None:
    """«Alihkan dari Siti: butuh bahasa Jawa», in sight at both sizes."""
    async with page(browser, desk, "budi") as budi:
        await budi.set_viewport_size({"width": width, "height": height})
        await handed(desk)
        line = budi.locator(".handed")
        await expect(line).to_have_text("Alihkan dari Siti: butuh bahasa Jawa", timeout=IN_TIME_MS)
        await expect(line).to_be_in_viewport(ratio=1)
        assert await budi.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_reason_is_typed_without_a_detour(desk: RunningConsole, browser: Browser) -> None:
    """Alt+A, letters, Enter: the colleague on top gets caller and reason. Without letters it is as it was."""
    await at_desk(desk, "budi", "ready", None)
    async with page(browser, desk, "siti") as siti:
        await rings(desk, "c1", talking=Leg("op-c1-1", "siti"))
        await at_desk(desk, "siti", "talking", "c1")
        await expect(siti.get_by_role("button", name="Alihkan")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+a")
        await expect(siti.get_by_role("menuitem", name="Budi")).to_be_focused()
        await siti.keyboard.type("butuh bahasa Jawa")
        await expect(siti.get_by_label("Alasan pengalihan")).to_have_value("butuh bahasa Jawa")
        await siti.keyboard.press("ArrowDown")
        await expect(siti.get_by_role("menuitem", name="Budi")).to_be_focused()
        await siti.keyboard.press("Enter")
        row: Any = await until_told(desk, "request.transfer")
        assert row["data"] == {"operator": "siti", "call": "c1", "to": "budi", "note": "butuh bahasa Jawa"}


async def test_a_hold_is_seen_by_all(desk: RunningConsole, browser: Browser) -> None:
    """By the operator, by a colleague and on the wall, with its time."""
    await rings(desk, "c1", talking=Leg("op-c1-1", "siti"))
    await at_desk(desk, "siti", "talking", "c1")
    await saved(desk, music=True, language="jv")
    await noted(desk, "call.held", 0)
    async with page(browser, desk, "siti") as siti, page(browser, desk, "budi") as budi:
        await expect(siti.locator(".pop .held")).to_contain_text("Ditahan 0:0", timeout=IN_TIME_MS)
        await expect(siti.locator(".pop .chips")).to_contain_text("memilih bahasa Jawa")
        await expect(budi.locator(".side.right")).to_contain_text("penelepon ditahan 0:0", timeout=IN_TIME_MS)
        async with page(browser, desk, "pusat") as wall:
            await expect(wall.locator(".live-call")).to_contain_text("Ditahan", timeout=IN_TIME_MS)
        await saved(desk, music=False)
        await noted(desk, "call.resumed", 0)
        await expect(siti.locator(".pop .stage")).to_contain_text("Bicara", timeout=IN_TIME_MS)
        await expect(budi.locator(".side.right")).not_to_contain_text("ditahan")


async def test_a_ticket_tells_values_answers_and_who_gave_it_on(desk: RunningConsole, browser: Browser) -> None:
    """On its page: an edit with old and new value, a transfer with its reason, the language; in the form: what an
    agency wrote with its answer."""
    await rings(desk, "c1", talking=Leg("op-c1-1", "siti"))
    number, (assignment,) = await desk.ticket_of("T-20261122-0001", "damkar")
    await saved(desk, language="jv")
    await noted(desk, "call.transferred", 0, operator="budi", by="siti", note="butuh bahasa Jawa")
    for address in ("Margoyoso", "Purwogondo"):
        desk.clock.now += timedelta(minutes=5)
        assert (await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json={"address": address}))[0] == 200
    body = {"state": "diterima", "note": "dua unit dari Bangsri"}
    assert (await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json=body))[0] == 200
    async with page(browser, desk, "siti") as siti:
        await siti.goto(desk.url(f"/tiket/{number}"))
        story = siti.locator(".timeline")
        await expect(story).to_contain_text("Alamat: Margoyoso → Purwogondo.", timeout=IN_TIME_MS)
        await expect(story).to_contain_text("Dialihkan Siti ke operator Budi: butuh bahasa Jawa.")
        await expect(siti.locator(".sheet-page")).to_contain_text("memilih bahasa Jawa")
        await siti.keyboard.press("F4")
        await expect(siti.locator(".sent .answer")).to_have_text("Damkar: dua unit dari Bangsri", timeout=IN_TIME_MS)


async def test_a_night_of_failures_is_one_line_on_a_telephone(desk: RunningConsole, browser: Browser) -> None:
    """Row 57: 153 failed pushes in 27 minutes: one line with their number and times, three screens at most; each of
    them behind «Setiap dorongan»."""
    number, (assignment,) = await desk.ticket("damkar")
    start = desk.clock.now

    def fail(store: Store) -> None:
        data = {"assignment": assignment, "opd": "damkar", "contact": "damkar.siaga", "channel": "call", "error": "x"}
        for each in range(153):
            at = start + timedelta(seconds=each * 10)
            store.journal.append(at, "push.failed", Actor("process", "escalate"), ticket=number, data=data)

    await desk.store.write(fail)
    async with page(browser, desk, "siti") as siti:
        await siti.set_viewport_size({"width": 390, "height": 844})
        await siti.goto(desk.url(f"/tiket/{number}"))
        story = siti.locator(".timeline")
        await expect(story).to_contain_text("153 percobaan gagal menghubungi Damkar, 10.00–10.25", timeout=IN_TIME_MS)
        size = "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
        height, width = await siti.evaluate(size)
        assert (height <= 3 * 844, width) == (True, 390), height
        await siti.get_by_role("button", name="Setiap dorongan").click()
        await expect(story.locator("li", has_text="gagal")).not_to_have_count(1, timeout=IN_TIME_MS)
