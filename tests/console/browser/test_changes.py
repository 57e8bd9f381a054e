"""Changes after dispatch, in a real Chromium: a tone that is counted, a mark with old and new value, a recall."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from tests.console.browser.test_browser import IN_TIME_MS, page, siren_is
from tests.console.browser.test_deadman import NOTE_SOUNDS
from tests.console.desk112 import SITI, RunningConsole
from tests.console.pages.test_onetap import path_of

pytestmark = pytest.mark.browser
TONES = 4  # notes of one tone


@asynccontextmanager
async def on_duty(browser: Browser, desk: RunningConsole) -> AsyncIterator[tuple[Page, str, int]]:
    """Damkar's page, its sound on, with a fire that it has accepted; its ticket and assignment."""
    number, (assignment,) = await desk.ticket("damkar")
    async with page(browser, desk, "damkar") as opened:
        await opened.get_by_role("button", name="Mulai tugas").click(timeout=IN_TIME_MS)
        await siren_is(opened, "on")
        await opened.locator(".task.waiting button.act").click()
        await siren_is(opened, "off")
        await opened.evaluate(NOTE_SOUNDS)
        yield opened, number, assignment


async def edit(desk: RunningConsole, number: str, **fields: str) -> None:
    """An operator's save."""
    answer = await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json=fields)
    assert answer[0] == 200, answer


async def tones(opened: Page) -> float:
    """The number of tones that the page has begun."""
    return int(await opened.evaluate("window.sounds.length")) / TONES


async def heard(opened: Page, count: float) -> None:
    """Wait until the page has sounded so many tones."""
    async with asyncio.timeout(IN_TIME_MS / 1000):
        while await tones(opened) < count:
            await asyncio.sleep(0.05)


async def until_read(desk: RunningConsole, assignment: int) -> None:
    """Wait until nothing of an assignment is unread."""
    async with asyncio.timeout(IN_TIME_MS / 1000):
        while await desk.store.read(lambda store: store.amendments.unread(assignment)):
            await asyncio.sleep(0.05)


async def test_a_changed_address_sounds_and_is_marked_until_it_is_read(desk: RunningConsole, browser: Browser) -> None:
    """Rows 01 and 91: one tone for several saves, old and new value on the card; «Sudah dibaca» ends it, and the
    ticket's page names who has read it."""
    async with on_duty(browser, desk) as (opened, number, assignment):
        for address in ("Marg", "Margoyoso", "Purwogondo"):
            await edit(desk, number, address=address)
        await edit(desk, number, description="PELAKU MEMBAWA SENJATA")
        changed = opened.locator(".task .changed")
        await expect(changed).to_contain_text("Alamat Purwogondo", timeout=IN_TIME_MS)
        await expect(changed).to_contain_text("Uraian rumah terbakar → PELAKU MEMBAWA SENJATA")
        await heard(opened, 1)
        assert await tones(opened) == 1
        await expect(opened.locator("body")).to_have_attribute("data-changes", "2")
        await opened.get_by_role("button", name="Sudah dibaca").click()
        await expect(changed).to_have_count(0, timeout=IN_TIME_MS)
        await until_read(desk, assignment)
        await opened.locator("summary", has_text="Riwayat").click()
        await expect(opened.locator(".story")).to_contain_text("Alamat Purwogondo")
        await edit(desk, number, address="Kecapi")
        await expect(changed).to_contain_text("Alamat Purwogondo → Kecapi", timeout=IN_TIME_MS)
        await heard(opened, 2)
    async with page(browser, desk, "siti") as siti:
        await siti.goto(desk.url(f"/tiket/{number}"))
        lines = siti.locator(".changes li")
        await expect(lines).to_have_count(3, timeout=IN_TIME_MS)
        await expect(lines.first).to_contain_text("dibaca Damkar 10.00, halaman")
        await expect(lines.last).to_contain_text("belum dibaca")


async def test_a_tone_is_repeated_until_somebody_has_read(desk: RunningConsole, browser: Browser) -> None:
    """Every 20 s, also after a reload; not any more once it is read."""
    async with on_duty(browser, desk) as (opened, number, assignment):
        await opened.clock.install()
        await edit(desk, number, desa="Tengguli")
        await expect(opened.locator(".changed")).to_be_visible(timeout=IN_TIME_MS)
        async with asyncio.timeout(IN_TIME_MS / 1000):
            while await tones(opened) < 3:
                await opened.clock.run_for(1000)
        await opened.get_by_role("button", name="Sudah dibaca").click()
        await until_read(desk, assignment)
        await expect(opened.locator(".changed")).to_have_count(0, timeout=IN_TIME_MS)
        count = await tones(opened)
        await opened.clock.run_for(60_000)
        assert await tones(opened) == count


async def test_a_recalled_task_stays_with_its_reason(desk: RunningConsole, browser: Browser) -> None:
    """Row 02: the crew is under way; no «Tidak ada tugas», but «DIBATALKAN: …» and a tone, also after a reload."""
    async with on_duty(browser, desk) as (opened, _, assignment):
        body = {"reason": "salah alamat, sudah ditangani warga"}
        answer = await desk.ask("pusat", "POST", f"/api/assignments/{assignment}/cancel", json=body)
        assert answer[0] == 200, answer
        recalled = opened.locator(".task.recalled")
        await expect(recalled).to_contain_text("DIBATALKAN: salah alamat", timeout=IN_TIME_MS)
        await expect(opened.get_by_text("Tidak ada tugas")).to_have_count(0)
        await heard(opened, 1)
        await opened.reload()
        await expect(recalled).to_contain_text("DIBATALKAN: salah alamat", timeout=IN_TIME_MS)
        await recalled.get_by_role("button", name="Sudah dibaca").click()
        await expect(opened.get_by_text("Tidak ada tugas")).to_be_visible(timeout=IN_TIME_MS)
        await until_read(desk, assignment)


async def test_another_caller_of_a_running_task_sounds(desk: RunningConsole, browser: Browser) -> None:
    """Row 21: «ADA 3 ORANG TERJEBAK», merged into the fire."""
    async with on_duty(browser, desk) as (opened, number, assignment):
        other = await desk.call("c-dua", "+6281326554022")
        await edit(desk, other, description="ADA 3 ORANG TERJEBAK")
        await desk.store.write(lambda store: store.merging.merge(desk.clock.now, other, number, SITI))
        await expect(opened.locator(".changed")).to_contain_text(
            "Penelepon lain ADA 3 ORANG TERJEBAK", timeout=IN_TIME_MS
        )
        await heard(opened, 1)
        await opened.get_by_role("button", name="Sudah dibaca").click()
        await until_read(desk, assignment)


async def test_accepting_reads_what_stands_on_the_card(desk: RunningConsole, browser: Browser) -> None:
    """While the siren sounds there is no second button: one tap is enough."""
    number, (assignment,) = await desk.ticket("damkar")
    async with page(browser, desk, "damkar") as opened:
        await opened.get_by_role("button", name="Mulai tugas").click(timeout=IN_TIME_MS)
        await edit(desk, number, desa="Tengguli")
        await expect(opened.locator(".changed")).to_contain_text("Desa Tengguli", timeout=IN_TIME_MS)
        await expect(opened.get_by_role("button", name="Sudah dibaca")).to_have_count(0)
        await expect(opened.locator("[data-settling]")).to_have_count(0, timeout=IN_TIME_MS)
        await opened.locator(".task.waiting button.act").click()
        await until_read(desk, assignment)
        rows = await desk.store.read(lambda store: store.amendments.of(assignment))
        assert [(row["read_by"], row["read_via"]) for row in rows] == [("damkar", "page")]


async def test_the_link_page_brings_itself_up_to_date(desk: RunningConsole, browser: Browser) -> None:
    """It lies open in a hand while the address changes; what somebody is writing there is not thrown away."""
    number, (assignment,) = await desk.ticket("damkar")
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    phone = await context.new_page()
    await phone.clock.install()
    await phone.goto(desk.url(path_of(assignment)))
    await phone.get_by_role("button", name="TERIMA", exact=True).click()
    await edit(desk, number, address="Purwogondo")
    async with asyncio.timeout(IN_TIME_MS / 1000):
        while not await phone.locator(".changed").count():
            await phone.clock.run_for(1000)
    await expect(phone.locator(".changed")).to_contain_text("alamat Purwogondo")
    await phone.get_by_text("Selesai…").click()
    await phone.locator("#note").fill("api kecil")
    await edit(desk, number, address="Kecapi")
    async with asyncio.timeout(IN_TIME_MS / 1000):
        while not await phone.locator(".bar.newer").count():
            await phone.clock.run_for(1000)
    await expect(phone.locator("#note")).to_have_value("api kecil")
    await phone.get_by_role("button", name="Tampilkan").click()
    await phone.get_by_role("button", name="Sudah dibaca").click()
    await expect(phone.locator(".changed")).to_have_count(0, timeout=IN_TIME_MS)
    await until_read(desk, assignment)
    await context.close()


async def test_desk_and_wall_say_who_has_not_read_what_until_it_was_read_out_by_radio(
    desk: RunningConsole, browser: Browser
) -> None:
    """In the operator's form, on the wall and on the ticket's page; a line of text says to whom it was read out."""
    number, (assignment,) = await desk.ticket("damkar")
    await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json={"state": "diterima"})
    async with page(browser, desk, "siti") as siti, page(browser, desk, "pusat") as wall:
        await edit(desk, number, desa="Tengguli")
        await expect(wall.locator(".ticket-row.late", has_text=number)).to_contain_text(
            "Damkar belum membaca perubahan", timeout=IN_TIME_MS
        )
        await siti.goto(desk.url(f"/tiket/{number}"))
        await expect(siti.locator(".changes")).to_contain_text("belum dibaca", timeout=IN_TIME_MS)
        await siti.goto(desk.url("/operator"))
        await siti.get_by_role("button", name="Kebakaran", exact=True).first.click(timeout=IN_TIME_MS)
        box = siti.get_by_role("region", name="Belum dibaca Damkar")
        await expect(box).to_contain_text("Desa Tengguli", timeout=IN_TIME_MS)
        await box.get_by_role("button", name="Dibacakan lewat radio").click()
        await siti.keyboard.type("Budi, regu 2")
        await siti.keyboard.press("Enter")
        await expect(box).to_have_count(0, timeout=IN_TIME_MS)
        await until_read(desk, assignment)
        await expect(wall.locator(".ticket-row", has_text=number)).not_to_contain_text(
            "belum membaca", timeout=IN_TIME_MS
        )
        await siti.goto(desk.url(f"/tiket/{number}"))
        await expect(siti.locator(".changes")).to_contain_text("kepada Budi, regu 2", timeout=IN_TIME_MS)
