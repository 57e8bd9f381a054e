"""A tired hand at the desk, in a real Chromium: the same keys again, and a photo on a ticket."""

import io

import pytest
from playwright.async_api import Browser, expect

from tests.console.browser.test_browser import IN_TIME_MS, at_desk, page, rings
from tests.console.desk112 import RunningConsole
from tests.console.pages.test_onetap import path_of
from tests.console.pictures import photograph

pytestmark = pytest.mark.browser
# the elements that reach beyond the screen
BEYOND = """() => [...document.querySelectorAll("main *")]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => `${e.tagName}.${e.className}`).slice(0, 8)"""


@pytest.mark.parametrize(
    ("path", "body"),
    [("move", {"state": "selesai", "note": "api padam"}), ("decline", {"reason": "bukan api", "taker": "112"})],
)
async def test_the_same_keys_again_send_nobody_who_had_it(
    desk: RunningConsole, browser: Browser, path: str, body: dict[str, str]
) -> None:
    """Damkar has ended or returned its task: another Ctrl+Enter sends nothing, a hand that chooses Damkar does."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        await expect(siti.locator("#category")).to_be_focused(timeout=IN_TIME_MS)
        await siti.keyboard.press("1")
        await expect(siti.get_by_role("button", name="Damkar", pressed=True)).to_be_visible(timeout=IN_TIME_MS)
        await siti.locator("#description").fill("Rumah terbakar")
        await siti.keyboard.press("Control+Enter")
        await expect(siti.locator(".sent")).to_contain_text("Damkar: Belum dijawab", timeout=IN_TIME_MS)
        await at_desk(desk, "siti", "wrap_up", "c1")
        rows = (await desk.store.read(lambda store: store.tickets.show(number)))["assignments"]
        [first] = [row["id"] for row in rows if row["opd"] == "damkar"]
        await desk.ask("damkar", "POST", f"/api/assignments/{first}/move", json={"state": "diterima"})
        status, answer = await desk.ask("damkar", "POST", f"/api/assignments/{first}/{path}", json=body)
        assert status == 200, answer
        button = siti.get_by_role("button", name="Damkar", pressed=False)
        await expect(button).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Control+Enter")
        await expect(siti.get_by_text("Pilih paling sedikit satu OPD.")).to_be_visible(timeout=IN_TIME_MS)
        assert len((await desk.store.read(lambda store: store.tickets.show(number)))["assignments"]) == len(rows)
        await button.click()
        await siti.keyboard.press("Control+Enter")
        await expect(siti.locator(".sent")).to_contain_text("Damkar: Belum dijawab", timeout=IN_TIME_MS)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
async def test_a_photo_fits_the_page_of_its_ticket(
    desk: RunningConsole, browser: Browser, width: int, height: int
) -> None:
    """A large photo as a telephone takes it: nothing of the ticket's page stands beside the screen."""
    number, (assignment,) = await desk.ticket("damkar")
    await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json={"state": "diterima"})
    async with page(browser, desk, "siti") as siti:
        await siti.set_viewport_size({"width": width, "height": height})
        picture = io.BytesIO(await photograph(siti))
        status, answer = await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/photos", data=picture)
        assert status == 201, answer
        await siti.goto(desk.url(f"/tiket/{number}"))
        photo = siti.locator(".shots img")
        await expect(photo).to_be_visible(timeout=IN_TIME_MS)
        await expect(photo).not_to_have_js_property("naturalWidth", 0, timeout=IN_TIME_MS)
        assert await siti.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_word_without_blanks_fits_every_page(desk: RunningConsole, browser: Browser) -> None:
    """A link of a map as address, story, name and answer: nothing stands beside a telephone's screen, or the wall's."""
    link = "https://peta.contoh.go.id/" + "jepara" * 50
    number, (assignment,) = await desk.ticket("damkar")
    for place in (link, link[:-1]):  # the second is told as a change, with both values
        fields = {"address": place, "description": place, "desa": place[:60], "reporter_name": place[:120]}
        assert (await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json=fields))[0] == 200
    body = {"state": "diterima", "note": link}
    assert (await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json=body))[0] == 200
    pages = {"siti": (f"/tiket/{number}", "/operator"), "damkar": ("/opd", path_of(assignment)), "pusat": ("/pantau",)}
    wide = []
    for user, paths in pages.items():
        async with page(browser, desk, user) as opened:
            await opened.set_viewport_size({"width": 1920 if user == "pusat" else 390, "height": 1080})
            for path in paths:
                await opened.goto(desk.url(path))
                await expect(opened.locator("main")).to_contain_text(link[:30], timeout=IN_TIME_MS)
                width = await opened.evaluate("document.documentElement.scrollWidth")
                beyond = await opened.evaluate(BEYOND)
                wide += [(path, width, beyond)] if width > (1920 if user == "pusat" else 390) else []
    assert wide == []
