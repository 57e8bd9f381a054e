"""A tired hand at the desk, in a real Chromium: the same keys again, and a photo on a ticket."""

import io

import pytest
from playwright.async_api import Browser, expect

from tests.console.browser.test_browser import IN_TIME_MS, at_desk, page, rings
from tests.console.desk112 import RunningConsole
from tests.console.pictures import photograph

pytestmark = pytest.mark.browser


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
