"""One ticket, two people, in a real Chromium: conflicts, old drafts, ended tickets, and who else is there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from tests.console.browser.test_browser import IN_TIME_MS, page, rings
from tests.console.desk112 import PASSWORD, SITI, RunningConsole
from tickets.model import Actor

pytestmark = pytest.mark.browser

BUDI = Actor("user", "budi")
OLD = "Jl. Kartini"
RIGHT = "Jl. Kartini 3, belakang pasar"


async def write(desk: RunningConsole, number: str, actor: Actor = BUDI, **fields: str) -> None:
    """Somebody else changes fields of a ticket, from another page."""
    await desk.store.write(lambda store: store.tickets.update(desk.clock.now, number, fields, actor))


async def address(desk: RunningConsole, number: str) -> str:
    return str((await desk.store.read(lambda store: store.tickets.get(number)))["address"])


async def opens(user: Page, desk: RunningConsole, number: str) -> None:
    """The page of a ticket, with the form in it."""
    await user.goto(desk.url(f"/tiket/{number}"))
    await expect(user.get_by_role("button", name="Perbaiki")).to_be_visible(timeout=IN_TIME_MS)
    await user.keyboard.press("F4")
    await expect(user.locator("#address")).to_be_visible(timeout=IN_TIME_MS)


async def saved(user: Page) -> None:
    await expect(user.locator(".saved")).to_contain_text("Tersimpan 1", timeout=IN_TIME_MS)


async def test_opening_a_ticket_writes_nothing_of_an_old_draft(desk: RunningConsole, browser: Browser) -> None:
    """Case 09: typed, the tab closed without the network; a colleague corrects; later it is only opened again."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        await siti.route("**/api/tickets/*", lambda route: route.abort())
        await siti.locator("#address").fill(OLD, timeout=IN_TIME_MS)
        await expect(siti.locator(".saved")).to_contain_text("Belum tersimpan", timeout=IN_TIME_MS)
        await siti.goto(desk.url("/akun"))
        await write(desk, number, address=RIGHT)
        await siti.unroute("**/api/tickets/*")
        await opens(siti, desk, number)
        await expect(siti.locator("#address")).to_have_value(RIGHT)
        conflict = siti.locator(".conflicts")
        await expect(conflict).to_contain_text("Ketikan Anda yang dulu belum tersimpan")
        await expect(conflict).to_contain_text(OLD)
        await siti.locator("#description").fill("asap")
        await saved_field(desk, siti, number)
        assert await address(desk, number) == RIGHT
        await expect(conflict).to_be_visible()
        await siti.keyboard.press("Alt+t")
        await expect(conflict).to_have_count(0)
        assert await address(desk, number) == RIGHT


async def saved_field(desk: RunningConsole, user: Page, number: str) -> None:
    """Until the other field is in the store: then the page has had every chance to write the old one."""
    for _ in range(600):
        if (await desk.store.read(lambda store: store.tickets.get(number)))["description"] == "asap":
            return
        await user.wait_for_timeout(50)
    raise AssertionError("not saved")


async def test_another_user_of_the_same_browser_is_not_asked(desk: RunningConsole, browser: Browser) -> None:
    """A neighbour of case 09: the draft is of who typed it, and goes when its user logs out."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        await siti.route("**/api/tickets/*", lambda route: route.abort())
        await siti.locator("#address").fill(OLD, timeout=IN_TIME_MS)
        await expect(siti.locator(".saved")).to_contain_text("Belum tersimpan", timeout=IN_TIME_MS)
        key = f"draft:{number}"
        assert OLD in await siti.evaluate("key => localStorage.getItem(key)", key)
        await siti.locator(".menu summary").click()
        await siti.get_by_role("button", name="Keluar").click()
        await expect(siti.locator(".toast.bad")).to_contain_text("belum tersimpan", timeout=IN_TIME_MS)
        await siti.get_by_role("button", name="Keluar").click()
        await expect(siti.locator("#nama")).to_be_focused(timeout=IN_TIME_MS)
        assert await siti.evaluate("key => localStorage.getItem(key)", key) is None
        await siti.keyboard.type("budi")
        await siti.keyboard.press("Tab")
        await siti.keyboard.type(PASSWORD)
        await siti.get_by_role("button", name="Masuk").click()
        await expect(siti.locator("#nama")).to_have_count(0, timeout=IN_TIME_MS)
        await siti.unroute("**/api/tickets/*")
        await opens(siti, desk, number)
        await expect(siti.locator(".conflicts")).to_have_count(0)
        await expect(siti.locator("#address")).to_have_value("")


async def test_an_erased_name_does_not_come_back_from_a_browser(desk: RunningConsole, browser: Browser) -> None:
    """Row 28: a name that never reached 112 stands in the browser's draft; its ticket is erased; the form opens empty,
    saves other words, and the browser has forgotten the name."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        await siti.route("**/api/tickets/*", lambda route: route.abort())
        await siti.locator("#reporter_name").fill("Bu Rahayu", timeout=IN_TIME_MS)
        await expect(siti.locator(".saved")).to_contain_text("Belum tersimpan", timeout=IN_TIME_MS)
        await siti.goto(desk.url("/akun"))
        await desk.store.write(lambda store: store.retention.blank_reports([number]))
        await siti.unroute("**/api/tickets/*")
        await opens(siti, desk, number)
        await expect(siti.locator("#reporter_name")).to_have_value("")
        await expect(siti.locator(".conflicts")).to_have_count(0)
        await siti.locator("#description").fill("asap")
        await saved_field(desk, siti, number)
        assert (await desk.store.read(lambda store: store.tickets.get(number)))["reporter_name"] is None
        kept = await siti.evaluate("JSON.stringify(Object.entries(localStorage))")
        assert "Rahayu" not in kept


async def test_leaving_everywhere_takes_the_drafts_of_the_other_browsers(
    desk: RunningConsole, browser: Browser
) -> None:
    """Nobody presses «Keluar» there: the next page that it opens without a session of their user drops them."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        key = f"draft:{number}"
        await siti.route("**/api/tickets/*", lambda route: route.abort())
        await siti.locator("#address").fill(OLD, timeout=IN_TIME_MS)
        await expect(siti.locator(".saved")).to_contain_text("Belum tersimpan", timeout=IN_TIME_MS)
        assert OLD in await siti.evaluate("key => localStorage.getItem(key)", key)
        assert (await desk.ask("siti", "POST", "/akun/keluar-semua"))[0] == 303
        await siti.get_by_role("link", name="Masuk lagi").click(timeout=IN_TIME_MS)
        await expect(siti.locator("#nama")).to_be_focused(timeout=IN_TIME_MS)
        async with asyncio.timeout(IN_TIME_MS / 1000):  # by a script that runs once the page is read
            while await siti.evaluate("key => localStorage.getItem(key)", key) is not None:
                await asyncio.sleep(0.05)


async def test_two_texts_of_one_field_are_shown_with_a_key_for_each(desk: RunningConsole, browser: Browser) -> None:
    """Neither is written before the choice; no dispatch goes out meanwhile; the chosen one stays."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        await expect(siti.locator("#category")).to_be_focused(timeout=IN_TIME_MS)
        await siti.keyboard.press("1")
        await siti.locator("#kecamatan").fill("bang")
        await siti.keyboard.press("Enter")
        await saved(siti)
        await siti.locator("#address").focus()
        await write(desk, number, address=RIGHT)
        await siti.keyboard.type(OLD)
        conflict = siti.locator(".conflicts")
        await expect(conflict).to_contain_text("Kolom ini juga diisi orang lain", timeout=IN_TIME_MS)
        await expect(conflict).to_contain_text("Budi")
        await expect(conflict.locator(".label")).to_have_text("Alamat")
        for text in (OLD, RIGHT):
            await expect(conflict.get_by_text(text, exact=True)).to_be_visible()
        await siti.keyboard.press("Control+Enter")
        await expect(siti.locator(".toast.bad")).to_contain_text("Pilih dulu", timeout=IN_TIME_MS)
        assert await address(desk, number) == RIGHT
        await siti.keyboard.press("Alt+k")
        await expect(conflict).to_have_count(0)
        await saved(siti)
        assert await address(desk, number) == OLD
        await siti.keyboard.press("Control+Enter")
        await expect(siti.locator(".sent")).to_contain_text("Damkar", timeout=IN_TIME_MS)


async def test_an_ended_ticket_is_opened_again_with_a_reason(desk: RunningConsole, browser: Browser) -> None:
    """Its fields take no keys before; any operator may, and mends what another wrote (case 16)."""
    number, _ = await desk.ticket()
    await desk.store.write(lambda store: store.tickets.close(desk.clock.now, number, SITI, "selesai di telepon"))
    async with page(browser, desk, "budi") as budi:
        await budi.goto(desk.url(f"/tiket/{number}"))
        await expect(budi.locator(".ended")).to_contain_text("Tiket ini sudah selesai", timeout=IN_TIME_MS)
        await budi.keyboard.press("F4")
        await expect(budi.locator("#address")).to_be_disabled(timeout=IN_TIME_MS)
        looks = "(field) => getComputedStyle(field).borderTopStyle"
        assert await budi.locator("#address").evaluate(looks) == "dashed"  # it does not look as if it took keys
        await budi.get_by_role("button", name="Buka lagi…").click()
        await budi.keyboard.type("alamat salah")
        await budi.keyboard.press("Enter")
        await expect(budi.locator("#address")).to_be_enabled(timeout=IN_TIME_MS)
        await budi.locator("#address").fill(RIGHT)
        await saved(budi)
        assert await address(desk, number) == RIGHT
        await expect(budi.locator(".timeline")).to_contain_text("Tiket dibuka lagi: alamat salah", timeout=IN_TIME_MS)
        await expect(budi.locator(".timeline")).to_contain_text("Budi")


async def test_any_operator_puts_a_running_fire_right(desk: RunningConsole, browser: Browser) -> None:
    """Cases 16 and 90: siti sent it and has gone; budi mends the place in the same form, which its agency is told, and
    takes the wrong agency off, with a reason, without the command centre."""
    number, (assignment,) = await desk.ticket("damkar")
    async with page(browser, desk, "budi") as budi:
        await opens(budi, desk, number)
        await budi.locator("#address").fill(RIGHT)
        await saved(budi)
        (change,) = await desk.store.read(lambda store: store.amendments.unread(assignment))
        assert (change["field"], change["after"], change["made_by"]) == ("address", RIGHT, "budi")
        await budi.get_by_role("button", name="Tarik kembali Damkar…").click()
        await budi.keyboard.type("salah OPD")
        await budi.keyboard.press("Enter")
        await expect(budi.locator(".sent")).to_contain_text("Damkar: Dibatalkan", timeout=IN_TIME_MS)
        row = await desk.store.read(lambda store: store.assignments.get(assignment))
        assert (row["state"], row["note"]) == ("dibatalkan", "salah OPD")


@asynccontextmanager
async def both(browser: Browser, desk: RunningConsole, number: str) -> AsyncIterator[tuple[Page, Page]]:
    """Two people with the same ticket open."""
    async with page(browser, desk, "siti") as siti, page(browser, desk, "budi") as budi:
        await expect(siti.locator("#category")).to_be_visible(timeout=IN_TIME_MS)
        await opens(budi, desk, number)
        yield siti, budi


async def test_who_else_has_the_ticket_open_is_seen(desk: RunningConsole, browser: Browser) -> None:
    """At the desk and on the ticket's page; until it is closed."""
    number = await rings(desk, "siti")
    async with both(browser, desk, number) as (siti, budi):
        await expect(siti.locator(".others")).to_have_text("Budi juga membuka tiket ini.", timeout=IN_TIME_MS)
        await expect(budi.locator(".others")).to_have_text("Siti juga membuka tiket ini.", timeout=IN_TIME_MS)
        await budi.goto(desk.url("/akun"))
        await expect(siti.locator(".others")).to_have_count(0, timeout=IN_TIME_MS)
