"""The pages in a real Chromium: what operators and agencies see and do, by keyboard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.console.api.test_assigning import png
from tests.console.desk112 import SITI, RunningConsole
from tests.console.pages.test_receipts import open_tests, told

pytestmark = pytest.mark.browser

IN_TIME_MS = 30_000  # a busy machine takes its time; nothing waits longer than it must


@asynccontextmanager
async def page(browser: Browser, desk: RunningConsole, user: str) -> AsyncIterator[Page]:
    """A browser in which a user has logged in; a script error or a breach of the CSP fails the test."""
    context = await browser.new_context(locale="en-US", timezone_id="America/New_York")
    await desk.let_in(context, user)
    opened, wrong = await context.new_page(), []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "console", lambda message: wrong.append(message.text) if "Content Security Policy" in message.text else None
    )
    await opened.goto(desk.url("/"))
    await expect(opened.locator("main")).to_be_visible(timeout=2 * IN_TIME_MS)
    yield opened
    assert wrong == []
    await context.close()


async def rings(desk: RunningConsole, operator: str, call: str = "c1", **columns: Any) -> str:
    """A call that rings at an operator's desk, as the calls process writes it; its ticket."""
    number = await desk.call(call, stage="ringing", lane="urgent", ringing_at=desk.clock.now.isoformat(), **columns)
    await at_desk(desk, operator, "ringing", call)
    return number


async def at_desk(desk: RunningConsole, operator: str, live: str, call: str | None) -> None:
    """The calls process says what an operator is."""
    await desk.store.write(lambda store: store.people.set_presence(desk.clock.now, operator, "ready", live, call))


async def test_the_pop_appears_with_the_focus_in_the_form(desk: RunningConsole, browser: Browser) -> None:
    """The moment the store says that the phone rings: number, mark, lane, and the cursor in the first field."""
    async with page(browser, desk, "siti") as siti:
        await expect(siti.get_by_role("heading", name="Belum bertugas")).to_be_visible()
        await rings(desk, "siti", mark="tanpa tombol")
        await expect(siti.locator(".pop .number")).to_have_text("0813-2655-4021", timeout=IN_TIME_MS)
        await expect(siti.locator(".pop .chips")).to_contain_text("tanpa tombol")
        await expect(siti.locator("#category")).to_be_focused()
        await expect(siti.locator(".pop")).to_contain_text("10.00")  # WIB, in a browser of New York


async def test_a_fire_is_dispatched_by_keyboard_only(desk: RunningConsole, browser: Browser) -> None:
    """Digit, place, story, Ctrl+Enter; routing proposed the agencies; then the verdict keys and the wrap-up key."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        await expect(siti.locator("#category")).to_be_focused(timeout=IN_TIME_MS)
        await siti.keyboard.press("1")
        await expect(siti.locator("#category")).to_have_value("Kebakaran")
        await expect(siti.locator("#kecamatan")).to_be_focused()
        await siti.keyboard.type("bang")
        await siti.keyboard.press("Enter")
        await expect(siti.locator("#desa")).to_be_focused()
        await siti.keyboard.type("kedu")
        await siti.keyboard.press("Enter")
        await siti.keyboard.type("Depan masjid")
        await siti.keyboard.press("Tab")
        await siti.keyboard.type("Rumah terbakar, dua orang di dalam")
        await expect(siti.get_by_role("button", name="PLN", pressed=True)).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Control+Enter")
        await expect(siti.locator(".sent")).to_contain_text("Damkar: Belum dijawab", timeout=IN_TIME_MS)
        ticket = await desk.store.read(lambda store: store.tickets.show(number))
        place = {"kecamatan": "Bangsri", "desa": "Kedungleper", "address": "Depan masjid"}
        assert ticket["place"] == place
        assert ticket["description"] == "Rumah terbakar, dua orang di dalam"
        assert [row["opd"] for row in ticket["assignments"]] == ["damkar", "pln"]
        await at_desk(desk, "siti", "wrap_up", "c1")
        await expect(siti.get_by_role("button", name="Selesai, siap lagi")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("F9")
        await expect(siti.locator(".ticket-form")).to_have_count(0)
        await until_told(desk, "request.wrap_up_done")


async def until_told(desk: RunningConsole, kind: str) -> Any:
    """The newest journal row of a kind; pages do not wait for an answer before they show the next state."""
    async with asyncio.timeout(60):
        while (row := await desk.store.read(lambda store: store.boards.newest(kind))) is None:
            await asyncio.sleep(0.02)
    return row


async def test_state_keys_ask_the_calls_process(desk: RunningConsole, browser: Browser) -> None:
    """F2 asks; the button shows the asked state until the answer comes."""
    async with page(browser, desk, "siti") as siti:
        ready = siti.get_by_role("button", name="Siap", exact=False).first
        await expect(ready).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("F2")
        await expect(ready).to_contain_text("Siap…", timeout=IN_TIME_MS)
        await desk.store.write(
            lambda store: store.people.set_presence(desk.clock.now, "siti", "ready", "unregistered", None)
        )
        await expect(siti.get_by_text("Telepon TIDAK terdaftar")).to_be_visible(timeout=IN_TIME_MS)
        await expect(ready).to_have_attribute("aria-pressed", "true")


async def talks(desk: RunningConsole, operator: str, **columns: Any) -> str:
    """A call that an operator talks on; its ticket."""
    at = desk.clock.now.isoformat()
    number = await desk.call("c1", stage="talking", lane="urgent", operator=operator, talking_at=at, **columns)
    await at_desk(desk, operator, "talking", "c1")
    return number


async def test_a_caller_is_handed_over_by_keyboard(desk: RunningConsole, browser: Browser) -> None:
    """Ready colleagues stand first, others with a reason; the wait, the refusal and the end are shown."""
    for name in ("ani", "rudi"):
        await desk.store.write(
            lambda store, name=name: store.people.add(desk.clock.now, name, name.title(), "operator", None, "x")
        )
    await at_desk(desk, "rudi", "ready", None)
    await at_desk(desk, "ani", "talking", "c9")
    async with page(browser, desk, "siti") as siti:
        await talks(desk, "siti")
        await expect(siti.get_by_role("button", name="Alihkan")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+a")
        items = siti.get_by_role("menuitem")
        await expect(items).to_have_text(["RudiSiap", "Anisedang bicara", "Buditidak bertugas"])
        await expect(items.nth(0)).to_be_focused()
        await siti.keyboard.press("ArrowDown")
        await expect(items.nth(1)).to_be_focused()
        await siti.keyboard.press("Enter")  # one who cannot: nothing happens
        await siti.keyboard.press("Escape")
        await expect(siti.get_by_role("button", name="Alihkan")).to_be_focused()
        assert await asked(desk) is None
        await siti.keyboard.press("Enter")
        await siti.keyboard.press("Enter")
        await expect(siti.locator(".transfer")).to_have_text("Mengalihkan ke Rudi…", timeout=IN_TIME_MS)
        data = {"operator": "siti", "call": "c1", "to": "rudi"}
        async with asyncio.timeout(60):  # the page says so before its request is answered
            while await asked(desk) != data:
                await asyncio.sleep(0.02)
        refused = ("request.transfer.refused", SITI)
        data |= {"why": "telepon rudi tidak terdaftar atau sedang dipakai"}
        await desk.store.write(lambda store: store.journal.append(desk.clock.now, *refused, data=data))
        await expect(siti.locator(".toast.bad")).to_contain_text("Telepon rudi tidak terdaftar", timeout=IN_TIME_MS)
        await expect(siti.get_by_role("button", name="Alihkan")).to_be_visible()
        await at_desk(desk, "siti", "wrap_up", "c1")
        await expect(siti.locator(".transfer")).to_have_count(0, timeout=IN_TIME_MS)


async def asked(desk: RunningConsole) -> Any:
    """The data of the newest request for a transfer."""
    row = await desk.store.read(lambda store: store.boards.newest("request.transfer"))
    return row and row["data"]


async def test_the_networks_position_is_in_the_pop(desk: RunningConsole, browser: Browser) -> None:
    """As a link that a map program opens."""
    async with page(browser, desk, "siti") as siti:
        await rings(desk, "siti", location='{"lat": -6.5888, "lon": 110.6684, "radius_m": 850.24}')
        link = siti.get_by_role("link", name="Posisi dari jaringan: -6.5888, 110.6684 ± 850 m")
        await expect(link).to_have_attribute("href", "geo:-6.5888,110.6684", timeout=IN_TIME_MS)


async def test_what_was_typed_survives_reload_and_lost_connection(desk: RunningConsole, browser: Browser) -> None:
    """Saved while typing; without a server it waits in the browser, is said to be unsaved, and is not lost."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        await siti.locator("#description").fill("asap tebal", timeout=IN_TIME_MS)
        await expect(siti.locator(".saved")).to_contain_text("Tersimpan 1", timeout=IN_TIME_MS)
        await siti.route("**/api/tickets/*", lambda route: route.abort())
        await siti.locator("#description").fill("asap tebal dari gudang")
        await expect(siti.locator(".saved")).to_contain_text("Belum tersimpan", timeout=IN_TIME_MS)
        await siti.reload()
        # the page sends it once more while it goes, past the route: then nothing is left to be asked about
        asked = siti.locator(".conflicts")
        saved = siti.locator(".saved", has_text="Tersimpan")
        await expect(asked.or_(saved).first).to_be_visible(timeout=IN_TIME_MS)
        await siti.unroute("**/api/tickets/*")
        if await asked.count():
            await expect(asked).to_contain_text("asap tebal dari gudang", timeout=IN_TIME_MS)
            await siti.keyboard.press("Alt+k")
        await expect(siti.locator("#description")).to_have_value("asap tebal dari gudang", timeout=IN_TIME_MS)
        async with asyncio.timeout(IN_TIME_MS / 1000):
            while await description(desk, number) != "asap tebal dari gudang":
                await asyncio.sleep(0.05)


async def description(desk: RunningConsole, number: str) -> str:
    ticket = await desk.store.read(lambda store: store.tickets.get(number))
    return str(ticket["description"])


async def test_the_siren_sounds_until_it_is_accepted(desk: RunningConsole, browser: Browser) -> None:
    """Silent with a red bar before the first click, on after it, off with «Terima»; then step by step to «Selesai»."""
    _, (assignment,) = await desk.ticket("damkar")
    async with page(browser, desk, "damkar") as damkar:
        await expect(damkar.get_by_text("SUARA MATI")).to_be_visible(timeout=IN_TIME_MS)
        await siren_is(damkar, "muted")
        await damkar.get_by_role("button", name="Mulai tugas").click()
        await siren_is(damkar, "on")
        await expect(damkar.get_by_text("SUARA MATI")).to_have_count(0)
        await expect(damkar.locator(".story")).to_contain_text("tampil di halaman", timeout=IN_TIME_MS)
        assert [actor for actor, _ in await told(desk, "push.seen")] == [
            "user:damkar"
        ]  # once, and only now that it sounds
        await damkar.get_by_role("button", name="TERIMA").click()
        await siren_is(damkar, "off")
        for button, state in (("Berangkat", "berangkat"), ("Tiba di lokasi", "di_lokasi")):
            await damkar.get_by_role("button", name=button, exact=True).click()
            await expect(damkar.locator(f"[data-state={state}]")).to_be_visible(timeout=IN_TIME_MS)
        await damkar.get_by_role("button", name="Selesai…").click()
        await damkar.get_by_role("button", name="Selesai", exact=True).click()
        sentence = "Sebelum selesai, tambahkan foto, tautan, atau catatan tertulis."
        await expect(damkar.get_by_text(sentence)).to_be_visible(timeout=IN_TIME_MS)
        await choose_file(damkar, "bukan.jpg", b"halo")
        await expect(damkar.locator(".error").get_by_text("Foto bukan gambar")).to_be_visible(timeout=IN_TIME_MS)
        await choose_file(damkar, "bukti.png", png())
        await expect(damkar.locator(".shots img")).to_be_visible(timeout=IN_TIME_MS)
        await damkar.get_by_role("button", name="Selesai", exact=True).click()
        await expect(damkar.get_by_role("heading", name="Tidak ada tugas")).to_be_visible(timeout=IN_TIME_MS)
    row = await desk.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], row["acknowledged_by"], row["via"]) == ("selesai", "damkar", "page")


async def test_a_test_push_is_heard_and_said_so(desk: RunningConsole, browser: Browser) -> None:
    """A bar that says that it is a test; no assignment, no alarm; «Terdengar» counts once the sound is on."""
    async with page(browser, desk, "damkar") as damkar:
        await open_tests(desk)
        bar = damkar.locator(".test-push")
        await expect(bar).to_contain_text("UJI COBA 112, bukan laporan sungguhan", timeout=IN_TIME_MS)
        await expect(bar.get_by_role("button", name="Terdengar")).to_be_disabled()
        await damkar.get_by_role("button", name="Mulai tugas").click()
        await bar.get_by_role("button", name="Terdengar").click(timeout=IN_TIME_MS)
        await expect(bar).to_have_count(0, timeout=IN_TIME_MS)
        await siren_is(damkar, "off")
    assert [actor for actor, _ in await told(desk, "test.answered")] == ["user:damkar"]


async def siren_is(page: Page, state: str) -> None:
    """The state of the page's loudspeaker."""
    await expect(page.locator("body")).to_have_attribute("data-siren", state, timeout=IN_TIME_MS)


async def choose_file(page: Page, name: str, data: bytes) -> None:
    """Pick a file for the proof."""
    files: Any = {"name": name, "mimeType": "image/jpeg", "buffer": data}
    await page.locator("input[type=file][multiple]").set_input_files(files)


async def test_markup_from_callers_stays_text(desk: RunningConsole, browser: Browser) -> None:
    """On the agency's page, which shows what a stranger said."""
    evil = "<img src=x onerror=document.title='gotcha'><script>document.title='gotcha'</script>"
    number, _ = await desk.ticket("damkar")
    await desk.store.write(lambda store: store.tickets.update(desk.clock.now, number, {"description": evil}, SITI))
    async with page(browser, desk, "damkar") as damkar:
        await expect(damkar.get_by_text(evil).first).to_be_visible(timeout=IN_TIME_MS)  # told as a change, too
        assert "gotcha" not in await damkar.title()


async def test_a_lost_connection_is_said_at_once_and_mends_itself(desk: RunningConsole, browser: Browser) -> None:
    """«terputus – menyambung…», and back without a hand."""
    async with page(browser, desk, "pusat") as wall:
        await desk.live.close()
        await expect(wall.locator(".link-state")).to_have_text("terputus – menyambung…", timeout=1000)
        await expect(wall.locator(".link-state")).to_have_text("tersambung", timeout=IN_TIME_MS)
