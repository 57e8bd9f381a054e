"""A complaint's way in a real Chromium: from the number that is read aloud over the inbox to the agency's last word."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from tests.console.browser.test_browser import IN_TIME_MS, page, talks
from tests.console.desk112 import RunningConsole

pytestmark = pytest.mark.browser


async def test_from_the_call_to_the_end_by_keyboard(desk: RunningConsole, browser: Browser) -> None:
    """Ctrl+Enter tells the number, T passes on, the agency accepts and closes, everybody can look it up."""
    async with page(browser, desk, "siti") as siti:
        number = await talks(desk, "siti")
        await expect(siti.locator("#category")).to_be_focused(timeout=IN_TIME_MS)
        await siti.get_by_role("button", name="Bukan darurat → Wadul").click()
        await expect(siti.get_by_role("button", name="Kirim ke OPD")).to_have_count(0)
        await siti.locator("#category").click()
        await siti.keyboard.type("listrik")
        await siti.keyboard.press("Enter")
        await siti.locator("#description").fill("Listrik padam sejak kemarin")
        await siti.keyboard.press("Control+Enter")
        read_aloud = siti.locator(".tracking strong")
        await expect(read_aloud).to_have_text(re.compile(r"\d{4} \d{4}"), timeout=IN_TIME_MS)
        shown = await read_aloud.inner_text()
        await siti.keyboard.press("Control+Enter")
        await expect(siti.get_by_role("button", name="Sudah di Wadul")).to_be_disabled()
        await siti.locator("#description").fill("Listrik padam sejak kemarin, satu kampung")
        await expect(siti.locator(".saved")).to_contain_text("Tersimpan", timeout=IN_TIME_MS)
        await expect(read_aloud).to_have_text(shown)  # until the ticket is left
        await siti.goto(desk.url("/wadul"))
        await expect(siti.locator(".inbox .rows")).to_contain_text(shown, timeout=IN_TIME_MS)
        await siti.keyboard.press("ArrowDown")
        await expect(siti.locator(".one")).to_contain_text("satu kampung", timeout=IN_TIME_MS)
        await expect(siti.locator(".acts")).to_have_count(0)  # operators read

    async with page(browser, desk, "pusat") as pusat:
        await pusat.goto(desk.url("/wadul"))
        await expect(pusat.locator(".inbox .rows")).to_contain_text("sisa 3 hari kerja", timeout=IN_TIME_MS)
        await pusat.keyboard.press("/")
        await pusat.keyboard.type(shown)
        await expect(pusat.locator(".inbox .rows > li")).to_have_count(1, timeout=IN_TIME_MS)
        await pusat.keyboard.press("Escape")
        await pusat.keyboard.press("ArrowDown")
        await expect(pusat.locator(".one")).to_contain_text(shown)
        await pusat.keyboard.press("t")
        await expect(pusat.get_by_role("button", name="Teruskan ke PLN")).to_be_visible(timeout=IN_TIME_MS)
        await expect(pusat.locator("#pass-category")).to_be_focused()
        await pusat.keyboard.press("Control+Enter")
        await expect(pusat.locator(".one .chips").first).to_contain_text("Diteruskan", timeout=IN_TIME_MS)
        await expect(pusat.locator(".one .sent")).to_contain_text("PLN: Belum dijawab")

        async with page(browser, desk, "pln") as pln:
            await pln.get_by_role("button", name="TERIMA").click()
            await expect(pusat.locator(".one .chips").first).to_contain_text("Dijawab", timeout=IN_TIME_MS)
            await pln.get_by_role("button", name="Selesai…").click()
            await pln.get_by_label("Catatan hasil").fill("trafo diganti")
            await pln.get_by_role("button", name="Selesai", exact=True).click()
            await expect(pusat.locator(".one .chips").first).to_contain_text("Selesai", timeout=IN_TIME_MS)

        await pusat.keyboard.press("j")
        await pusat.get_by_label("Jawaban, dibaca pelapor").fill("Trafo sudah diganti.")
        await pusat.keyboard.press("Control+Enter")
        await expect(pusat.locator(".one .sub")).to_have_count(0, timeout=IN_TIME_MS)
        await pusat.context.clear_cookies()
        await pusat.goto(desk.url("/lacak"))
        await expect(pusat.locator("input[name=nomor]")).to_be_focused(timeout=IN_TIME_MS)
        await pusat.keyboard.type(shown)
        await pusat.keyboard.press("Enter")
        await expect(pusat.locator(".tracked")).to_contain_text("Trafo sudah diganti.", timeout=IN_TIME_MS)
        await expect(pusat.locator(".tracked .state")).to_have_text("Selesai")
    row = await desk.store.read(lambda store: store.complaints.get(number))
    assert (row["state"], f"{row['tracking'][:4]} {row['tracking'][4:]}") == ("selesai", shown)


async def test_a_late_one_is_red_and_the_wall_says_so(desk: RunningConsole, browser: Browser) -> None:
    """Three working days went by; the alarm leads to the inbox, where D makes an emergency of it."""
    number = await desk.call()
    fields = {"fields": {"category": "listrik", "description": "tiang miring"}}
    assert (await desk.ask("siti", "POST", f"/api/tickets/{number}/wadul", json=fields))[0] == 200
    desk.clock.now += timedelta(days=4)  # Sunday to Thursday: Wednesday was the third working day
    async with page(browser, desk, "pusat") as pusat:
        await expect(pusat.get_by_text("1 aduan Wadul melewati tenggat")).to_be_visible(timeout=IN_TIME_MS)
        await pusat.get_by_role("link", name="Buka Wadul").click()
        late = pusat.locator(".inbox li.late")
        await expect(late).to_contain_text("terlambat 1 hari kerja", timeout=IN_TIME_MS)
        await late.get_by_role("button").click()
        await pusat.keyboard.press("d")
        await pusat.get_by_label("Alasan menjadi darurat").fill("tiang hampir roboh")
        await expect(pusat.get_by_role("button", name="PLN", pressed=True)).to_be_visible(timeout=IN_TIME_MS)
        await pusat.keyboard.press("Control+Enter")
        await expect(pusat.locator(".one .chips").first).to_contain_text("Jadi darurat", timeout=IN_TIME_MS)
        await expect(pusat.locator(".one .sent")).to_contain_text("PLN: Belum dijawab")


async def test_an_agency_enters_what_it_read_on_social_media(desk: RunningConsole, browser: Browser) -> None:
    """Without its link it is refused at the field; then it is a task of its own, with a number to answer with."""
    async with page(browser, desk, "pln") as pln:
        await pln.get_by_text("Catat aduan media sosial…").click()
        await pln.get_by_label("Kategori").select_option("listrik")
        await pln.get_by_label("Isi aduan").fill("Lampu jalan berkedip")
        await pln.get_by_role("button", name="Catat sebagai tugas kami").click()
        await expect(pln.locator(".field.wrong")).to_contain_text("Tautan kiriman", timeout=IN_TIME_MS)
        await pln.get_by_label("Tautan kiriman").fill("https://medsos.contoh/p/7")
        await pln.get_by_role("button", name="Catat sebagai tugas kami").click()
        await expect(pln.get_by_text("Aduan terakhir dicatat dengan nomor")).to_be_visible(timeout=IN_TIME_MS)
        await expect(pln.locator("article.task")).to_contain_text("Lampu jalan berkedip", timeout=IN_TIME_MS)
        (row,) = await desk.store.read(lambda store: store.complaints.open())
        assert (row["source"], row["link"], row["state"]) == ("sosial", "https://medsos.contoh/p/7", "diteruskan")
