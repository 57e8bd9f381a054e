"""Words that an operator types and no list knows, in a real Chromium: they stay where they were typed."""

from functools import cache

import pytest
from playwright.async_api import Browser, Page, expect

from tests.console.browser.test_browser import IN_TIME_MS, page, rings
from tests.console.desk112 import RunningConsole
from tickets.locating.atlas import Atlas
from tickets.locating.finding import Place, of_kecamatan

pytestmark = pytest.mark.browser


@cache
def atlas() -> Atlas:
    """The three desa of the console with points, and a school."""
    places = [
        Place("Kedungleper", "Kedungleper", "Bangsri", "desa", (), -6.53, 110.78, 1500.0),
        Place("Tengguli", "Tengguli", "Bangsri", "desa", (), -6.55, 110.80, 1500.0),
        Place("Panggang", "Panggang", "Jepara", "desa", (), -6.59, 110.67, 900.0),
        Place("SMP Negeri 1", "Tengguli", "Bangsri", "sekolah", ("SMP 1",)),
    ]
    return Atlas.of([*places, *of_kecamatan({"Bangsri": [], "Jepara": []})])


async def saved(siti: Page) -> None:
    """All that was typed is on the server."""
    await expect(siti.locator(".saved")).to_contain_text("Tersimpan 1", timeout=IN_TIME_MS)


@pytest.mark.parametrize("words", ["kecapik", "dekat RT 3/RW 2"])
async def test_a_village_that_no_list_knows_stays_as_it_was_typed(
    desk: RunningConsole, browser: Browser, words: str
) -> None:
    """It is marked, saved, and outlives the kecamatan that is chosen after it."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        await siti.locator("#desa").focus(timeout=IN_TIME_MS)
        await siti.keyboard.type(words)
        await siti.keyboard.press("Tab")
        await expect(siti.locator("#desa")).to_have_value(words)
        await expect(siti.locator("#desa-unknown")).to_have_text("belum dikenal")
        await siti.locator("#kecamatan").focus()
        await siti.keyboard.type("bang")
        await siti.keyboard.press("Enter")
        await saved(siti)
        await expect(siti.locator("#desa")).to_have_value(words)
        place = (await desk.store.read(lambda store: store.tickets.show(number)))["place"]
        assert place == {"kecamatan": "Bangsri", "desa": words, "address": None}


async def test_a_village_of_the_list_is_no_word_of_its_own(desk: RunningConsole, browser: Browser) -> None:
    """Chosen from the list it brings its kecamatan and bears no mark; another kecamatan takes it away, as ever."""
    async with page(browser, desk, "siti") as siti:
        await rings(desk, "siti")
        await siti.locator("#desa").focus(timeout=IN_TIME_MS)
        await siti.keyboard.type("tengg")
        await siti.keyboard.press("Tab")
        await expect(siti.locator("#kecamatan")).to_have_value("Bangsri")
        await expect(siti.locator("#desa")).to_have_value("Tengguli")
        await expect(siti.locator(".unknown")).to_have_count(0)
        await siti.locator("#kecamatan").fill("jep")
        await siti.keyboard.press("Enter")
        await expect(siti.locator("#desa")).to_have_value("")


@pytest.mark.parametrize("field", ["kecamatan", "category"])
async def test_a_word_that_cannot_count_stays_to_be_seen(desk: RunningConsole, browser: Browser, field: str) -> None:
    """Where only words of the list count, the typed one stays and is marked; the choice that follows takes its
    place."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        known = {"kecamatan": "Bangsri", "category": "Kebakaran"}[field]
        box = siti.locator(f"#{field}")
        await box.fill("jobo kuto", timeout=IN_TIME_MS)
        await siti.locator("#description").focus()
        await expect(box).to_have_value("jobo kuto")
        await expect(siti.locator(f"#{field}-unknown")).to_be_visible()
        await box.fill(known[:5])
        await siti.locator("#description").focus()
        await expect(box).to_have_value(known)
        await expect(siti.locator(".unknown")).to_have_count(0)
        await saved(siti)
        ticket = await desk.store.read(lambda store: store.tickets.get(number))
        assert ticket[field] == known.replace("Kebakaran", "kebakaran")


async def put(siti: Page, words: str, *keys: str) -> None:
    """Type into the empty field for places; keys follow once the server's proposals stand."""
    await siti.locator("#desa").fill("", timeout=IN_TIME_MS)
    await siti.locator("#desa").focus()
    await siti.keyboard.type(words)
    await expect(siti.locator("#desa-list li").first).to_be_visible(timeout=IN_TIME_MS)
    for key in keys:
        await siti.keyboard.press(key)


async def test_a_misspelt_village_is_found_with_its_kecamatan(desk: RunningConsole, browser: Browser) -> None:
    """Tab takes a sure one, also before the server has answered; a guess needs an arrow; words beside the name go into
    the address; a pasted point proposes the nearest, and is the ticket's position until it is taken out."""
    desk.console.atlas = atlas
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        desa, kecamatan, address = (siti.locator(f"#{field}") for field in ("desa", "kecamatan", "address"))
        await put(siti, "tenguli", "Tab")
        await expect(desa).to_have_value("Tengguli")
        await expect(kecamatan).to_have_value("Bangsri")
        await kecamatan.fill("", timeout=IN_TIME_MS)
        await put(siti, "ngarep pasar kdungleper", "Tab")
        await expect(desa).to_have_value("Kedungleper")
        await expect(kecamatan).to_have_value("Bangsri")
        await expect(address).to_have_value("ngarep pasar kdungleper")
        await address.fill("")
        await kecamatan.fill("")
        await put(siti, "panggung", "Tab")
        await expect(desa).to_have_value("panggung")
        await expect(siti.locator("#desa-unknown")).to_have_text("belum dikenal")
        await put(siti, "panggung", "ArrowDown", "Enter")
        await expect(desa).to_have_value("Panggang")
        await expect(kecamatan).to_have_value("Jepara")
        await kecamatan.fill("")
        await put(siti, "https://maps.google.com/?q=-6.531,110.781", "ArrowDown", "Enter")
        await expect(desa).to_have_value("Kedungleper")
        await expect(siti.locator(".position")).to_contain_text("dari tautan peta", timeout=IN_TIME_MS)
        await expect(address).to_have_value("")
        await saved(siti)
        ticket = await desk.store.read(lambda store: store.tickets.show(number))
        assert ticket["place"] == {"kecamatan": "Bangsri", "desa": "Kedungleper", "address": None}
        assert (ticket["position"]["lat"], ticket["position"]["kind"]) == (-6.531, "point")
        await siti.get_by_role("button", name="Hapus titik").click()
        await expect(siti.locator(".position")).to_contain_text("± 1,5 km, dari desa Kedungleper", timeout=IN_TIME_MS)
        await siti.get_by_role("button", name="Tempel titik…").click()
        await siti.keyboard.type("-6.5302, 110.7803")
        await siti.keyboard.press("Enter")
        await expect(siti.locator(".position")).to_contain_text("radius tidak diketahui", timeout=IN_TIME_MS)


async def test_words_left_before_the_answer_become_the_sure_place(desk: RunningConsole, browser: Browser) -> None:
    """Whoever presses Tab faster than the server answers finds the desa there all the same; a link without a point
    says so, and stays."""
    desk.console.atlas = atlas
    async with page(browser, desk, "siti") as siti:
        await rings(desk, "siti")
        await siti.locator("#desa").focus(timeout=IN_TIME_MS)
        await siti.keyboard.insert_text("tenguli")
        await siti.keyboard.press("Tab")
        await expect(siti.locator("#desa")).to_have_value("Tengguli", timeout=IN_TIME_MS)
        await expect(siti.locator("#kecamatan")).to_have_value("Bangsri")
        await siti.locator("#desa").fill("https://maps.app.goo.gl/AbCdEf")
        await expect(siti.locator(".where .hint")).to_contain_text("tautan pendek tidak memuat titiknya")
