"""Verdicts, the list of calls to judge and the admin's page of numbers, in a real Chromium."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.console.browser.test_browser import IN_TIME_MS, at_desk, page, rings, talks, until_told
from tests.console.desk112 import SITI, RunningConsole
from tickets.model import Row, to_text
from tickets.store import Store

pytestmark = pytest.mark.browser
NUMBER = "+6281326554021"


def button(on: Page | Locator, name: str) -> Locator:
    """A verdict button that is pressed in."""
    return on.get_by_role("group", name="Penilaian panggilan").get_by_role("button", name=name, pressed=True)


async def ticket_of(desk: RunningConsole, number: str) -> Row:
    return await desk.store.read(lambda store: store.tickets.show(number))


async def past(desk: RunningConsole, verdict: str, count: int, days: float, number: str = NUMBER) -> None:
    """Earlier calls of a number, judged."""
    at = desk.clock.now
    for minute in range(count):
        desk.clock.now = at - timedelta(days=days, minutes=minute)
        over = to_text(desk.clock.now)
        name = f"{verdict}-{days}-{minute}"
        ticket = await desk.call(name, number, stage="ended", ended_at=over, outcome="talked", operator="siti")
        moment = desk.clock.now
        await desk.store.write(lambda store, t=ticket, m=moment: store.reputations.judge(m, t, verdict, SITI))
    desk.clock.now = at


async def test_a_verdict_is_one_key_and_another_key_changes_it(desk: RunningConsole, browser: Browser) -> None:
    """In the talk the form stays, whatever is pressed; what was typed is kept."""
    async with page(browser, desk, "siti") as siti:
        number = await talks(desk, "siti")
        await expect(siti.locator("#category")).to_be_focused(timeout=IN_TIME_MS)
        await siti.locator("#description").fill("anak-anak tertawa")
        await siti.keyboard.press("Alt+p")
        await expect(button(siti, "Prank")).to_be_visible(timeout=IN_TIME_MS)
        await expect(siti.locator(".toast")).to_contain_text(f"Tiket {number} ditutup sebagai prank.")
        ticket = await ticket_of(desk, number)
        assert (ticket["verdict"], ticket["status"], ticket["description"]) == ("prank", "closed", "anak-anak tertawa")
        await siti.keyboard.press("Alt+s")
        await expect(button(siti, "Asli")).to_be_visible(timeout=IN_TIME_MS)
        await expect(button(siti, "Prank")).to_have_count(0)
        await expect(siti.locator("#description")).to_have_value("anak-anak tertawa")
        ticket = await ticket_of(desk, number)
        assert (ticket["verdict"], ticket["status"]) == ("genuine", "open")
        await at_desk(desk, "siti", "wrap_up", "c1")
        await expect(siti.get_by_role("button", name="Selesai, siap lagi")).to_be_visible(timeout=IN_TIME_MS)
        assert await desk.store.read(lambda store: store.boards.newest("request.wrap_up_done")) is None


async def test_a_prank_needs_nothing_more_when_the_call_is_over(desk: RunningConsole, browser: Browser) -> None:
    """Judged while it rang or talked: the page itself asks to be ready; the way back is on the screen."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        await expect(siti.locator("#category")).to_be_focused(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+p")
        await expect(button(siti, "Prank")).to_be_visible(timeout=IN_TIME_MS)
        await at_desk(desk, "siti", "wrap_up", "c1")
        row = await until_told(desk, "request.wrap_up_done")
        assert row["data"] == {"operator": "siti", "call": "c1"}
        await at_desk(desk, "siti", "ready", None)
        await expect(siti.locator(".ticket-form")).to_have_count(0, timeout=IN_TIME_MS)
        await siti.get_by_role("button", name="Ubah penilaian").click(timeout=IN_TIME_MS)
        await expect(button(siti, "Prank")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+s")
        await expect(button(siti, "Asli")).to_be_visible(timeout=IN_TIME_MS)
        assert (await ticket_of(desk, number))["status"] == "open"


async def test_in_the_wrap_up_one_key_judges_and_ends_it(desk: RunningConsole, browser: Browser) -> None:
    """Alt+I: nothing is left to do for somebody who only asked."""
    async with page(browser, desk, "siti") as siti:
        number = await talks(desk, "siti")
        await at_desk(desk, "siti", "wrap_up", "c1")
        await expect(siti.get_by_role("button", name="Selesai, siap lagi")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+i")
        await until_told(desk, "request.wrap_up_done")
        assert (await ticket_of(desk, number))["verdict"] == "information"


async def test_the_pop_shows_pranks_and_genuine_reports(desk: RunningConsole, browser: Browser) -> None:
    """Counts of both; a genuine report stays in sight; why the call is doubted, and that it is a sample."""
    await past(desk, "genuine", 1, days=20)
    await past(desk, "prank", 8, days=1)
    async with page(browser, desk, "siti") as siti:
        await rings(desk, "siti")
        await desk.store.write(
            lambda store: store.connection.run("UPDATE calls SET doubt = 'reputation', sampled = 1 WHERE id = 'c1'")
        )
        await at_desk(desk, "siti", "ringing", "c1")
        chips = siti.locator(".pop .chips")
        await expect(chips).to_contain_text("diragukan · contoh", timeout=IN_TIME_MS)
        await expect(chips.get_by_text("asli 1×")).to_be_visible()
        await expect(chips.get_by_text("prank 8×")).to_be_visible()
        await expect(chips.get_by_role("link")).to_have_count(4)
        await expect(chips.get_by_role("link").first).to_contain_text("✓")


async def test_a_silent_call_is_judged_from_the_list(desk: RunningConsole, browser: Browser) -> None:
    """On the page of screening, by the mouse; the list empties, the report counts."""
    over = {"stage": "ended", "ended_at": to_text(desk.clock.now), "outcome": "silent", "lane": "silent"}
    number = await desk.call("c1", **over)
    async with page(browser, desk, "pusat") as pusat:
        await pusat.goto(desk.url("/saringan"))
        row = pusat.locator(".unjudged")
        await expect(row).to_contain_text("0813-2655-4021", timeout=IN_TIME_MS)
        await row.get_by_role("button", name="Hening").click()
        await expect(pusat.get_by_text("Semua panggilan tujuh hari terakhir sudah dinilai.")).to_be_visible(
            timeout=IN_TIME_MS
        )
        await expect(pusat.get_by_text("1 dari 1 panggilan dinilai").first).to_be_visible(timeout=IN_TIME_MS)
        assert (await ticket_of(desk, number))["verdict"] == "silent"


async def test_an_admin_corrects_and_erases_a_number(desk: RunningConsole, browser: Browser) -> None:
    """Found while typing, corrected with a reason, erased with another; its score is still there."""
    await past(desk, "prank", 3, days=1)
    await past(desk, "genuine", 1, days=2, number="+62291591234")
    async with page(browser, desk, "admin") as admin:
        await admin.goto(desk.url("/nomor"))
        rows = admin.locator("table.pick tbody tr")
        await expect(rows).to_have_count(2, timeout=IN_TIME_MS)
        await admin.get_by_label("Cari nomor").fill("0813-2655")
        await expect(rows).to_have_count(1, timeout=IN_TIME_MS)
        await rows.get_by_role("button").click()
        card = admin.get_by_role("region", name="Nomor 0813-2655-4021")
        await expect(card).to_contain_text("skor 2,9 · diragukan", timeout=IN_TIME_MS)
        await card.get_by_label("Menjadi").select_option("information")
        await card.get_by_label("Alasan").fill("telepon anak asuh panti")
        await card.get_by_role("button", name="Koreksi").click()
        await expect(card).to_contain_text("skor 0,0 · tidak diragukan", timeout=IN_TIME_MS)
        await expect(card).to_contain_text("telepon anak asuh panti")
        await card.get_by_role("button", name="Hapus nomor…").click()
        await card.get_by_label("Alasan").last.fill("diminta pemilik")
        await card.get_by_role("button", name="Hapus nomor", exact=True).click()
        await expect(admin.get_by_text("nomor dihapus", exact=True)).to_be_visible(timeout=IN_TIME_MS)
        await admin.get_by_label("Cari nomor").fill("0813-2655-4021")
        await expect(rows).to_contain_text(["#"], timeout=IN_TIME_MS)  # by its hash
    left = await desk.store.read(numbers_left)
    assert left == ["+62291591234"]


def numbers_left(store: Store) -> list[Any]:
    """Every number that a call still has."""
    return [row["number"] for row in store.connection.all("SELECT number FROM calls WHERE number IS NOT NULL")]


async def test_a_correction_on_the_ticket_page_asks_why(desk: RunningConsole, browser: Browser) -> None:
    """The command centre changes an operator's verdict: first the reason, then it is so."""
    await past(desk, "prank", 1, days=1)
    async with page(browser, desk, "pusat") as pusat:
        number = (await desk.store.read(lambda store: store.calls.get("prank-1-0")))["ticket"]
        await pusat.goto(desk.url(f"/tiket/{number}"))
        await expect(button(pusat, "Prank")).to_be_visible(timeout=IN_TIME_MS)
        await pusat.get_by_role("button", name="Asli").click()
        await pusat.get_by_label("Alasan koreksi").fill("terdengar menangis")
        await pusat.keyboard.press("Enter")
        await expect(button(pusat, "Asli")).to_be_visible(timeout=IN_TIME_MS)
        await expect(pusat.locator(".timeline")).to_contain_text("Dinilai asli, sebelumnya prank: terdengar menangis.")
    assert (await ticket_of(desk, number))["status"] == "open"
