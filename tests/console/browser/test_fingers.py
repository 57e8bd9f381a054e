"""Fingers on an agency's telephone, in a real Chromium with touch: a double tap, a photo that hangs or is refused."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.console.browser.test_app import until_row
from tests.console.browser.test_browser import IN_TIME_MS, choose_file, siren_is
from tests.console.desk112 import CHEAP_HASH, RunningConsole
from tests.console.pictures import photograph

pytestmark = pytest.mark.browser


@asynccontextmanager
async def telephone(browser: Browser, desk: RunningConsole) -> AsyncIterator[Page]:
    """Damkar's page on a telephone with touch, on duty."""
    # without the service worker: requests that pass through it are routed by no test
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, service_workers="block"
    )
    await desk.let_in(context, "damkar")
    phone = await context.new_page()
    await phone.goto(desk.url("/"))
    await phone.get_by_role("button", name="Mulai tugas").tap(timeout=2 * IN_TIME_MS)
    yield phone
    await context.close()


async def two_fires(desk: RunningConsole) -> list[int]:
    """Two fires of Damkar that nobody has accepted."""
    return [(await desk.ticket_of(await desk.call(name), "damkar"))[1][0] for name in ("c-satu", "c-dua")]


async def states(desk: RunningConsole, *assignments: int) -> list[str]:
    """The states of assignments in the store."""
    rows = await desk.store.read(lambda store: [store.assignments.get(each) for each in assignments])
    return [row["state"] for row in rows]


async def test_a_double_tap_accepts_the_fire_that_was_read_and_no_other(desk: RunningConsole, browser: Browser) -> None:
    """Two taps within 250 ms at the same place: the first fire is accepted, the one that slides there is not; a
    deliberate tap afterwards accepts that, too. The button names what it accepts."""
    await two_fires(desk)
    async with telephone(browser, desk) as phone:
        buttons = phone.locator(".task.waiting button.act")
        await expect(buttons).to_have_count(2, timeout=IN_TIME_MS)
        await expect(phone.locator("[data-settling]")).to_have_count(0, timeout=IN_TIME_MS)
        await expect(buttons.first).to_have_text("TERIMA: kebakaran, Bangsri")
        first = int(await phone.locator(".task").first.get_attribute("data-assignment") or 0)
        second = int(await phone.locator(".task").nth(1).get_attribute("data-assignment") or 0)
        await buttons.first.scroll_into_view_if_needed()
        box = await buttons.first.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        slid = f"""() => document.elementFromPoint({x}, {y})?.closest(".task")?.dataset.assignment === "{second}"
          || document.querySelector(".task")?.dataset.assignment === "{second}" """
        await phone.touchscreen.tap(x, y)
        async with asyncio.timeout(IN_TIME_MS / 1000):
            while not await phone.evaluate(slid):
                await asyncio.sleep(0.005)
        await phone.touchscreen.tap(x, y)
        await until_row(desk, first, state="diterima")
        await expect(phone.locator("[data-settling]")).to_have_count(0, timeout=IN_TIME_MS)
        assert await states(desk, first, second) == ["diterima", "dikirim"]
        await phone.locator(".task.waiting button.act").tap()
        await until_row(desk, second, state="diterima")


async def test_a_second_fire_is_accepted_while_a_photo_hangs(desk: RunningConsole, browser: Browser) -> None:
    """The photo of the first fire gets no reply; «TERIMA» of the second reaches 112, and its siren ends."""
    first, second = await two_fires(desk)
    await desk.ask("damkar", "POST", f"/api/assignments/{first}/move", json={"state": "diterima"})
    hung = asyncio.Event()

    async def hang(route: Route) -> None:
        hung.set()

    async with telephone(browser, desk) as phone:
        await phone.route("**/photos", hang)
        await phone.get_by_role("button", name="Catatan, foto…").first.tap(timeout=IN_TIME_MS)
        await choose_file(phone, "bukti.jpg", await photograph(phone, 60, 40))
        await asyncio.wait_for(hung.wait(), IN_TIME_MS / 1000)
        await siren_is(phone, "on")
        await phone.locator(".task.waiting button.act").tap(timeout=IN_TIME_MS)
        await until_row(desk, second, state="diterima")
        await siren_is(phone, "off")


async def test_an_acceptance_whose_request_hangs_goes_over_the_socket(desk: RunningConsole, browser: Browser) -> None:
    """No request reaches 112 any more, the live socket does: accepted, and the siren ends."""
    _, (assignment,) = await desk.ticket("damkar")

    async def hang(route: Route) -> None:
        """Gives no reply."""

    async with telephone(browser, desk) as phone:
        await phone.route("**/move", hang)
        await phone.locator(".task.waiting button.act").tap(timeout=IN_TIME_MS)
        await until_row(desk, assignment, state="diterima")
        await expect(phone.locator(".task[data-state=diterima]")).to_be_visible(timeout=IN_TIME_MS)
        await expect(phone.locator(".queued")).to_have_count(0, timeout=IN_TIME_MS)
        await siren_is(phone, "off")


async def test_an_acceptance_that_does_not_arrive_is_said(desk: RunningConsole, browser: Browser) -> None:
    """Neither way: silent under the hand, and the page says in words that 112 does not have it."""
    _, (assignment,) = await desk.ticket("damkar")

    async def hang(route: Route) -> None:
        """Gives no reply."""

    async with telephone(browser, desk) as phone:
        await phone.route("**/move", hang)
        await phone.evaluate("() => { WebSocket.prototype.send = () => {}; }")
        await phone.locator(".task.waiting button.act").tap(timeout=IN_TIME_MS)
        await expect(phone.locator(".bar.outbox")).to_contain_text("BELUM sampai di 112", timeout=IN_TIME_MS)
        row = await desk.store.read(lambda store: store.assignments.get(assignment))
        assert row["state"] == "dikirim"


async def test_a_refused_photo_is_told_and_kept(desk: RunningConsole, browser: Browser) -> None:
    """A file that is no picture is refused; the page says so and what to do, also after a reload."""
    _, (assignment,) = await desk.ticket("damkar")
    await desk.ask("damkar", "POST", f"/api/assignments/{assignment}/move", json={"state": "diterima"})
    async with telephone(browser, desk) as phone:
        await phone.get_by_role("button", name="Catatan, foto…").tap(timeout=IN_TIME_MS)
        await choose_file(phone, "IMG_1.HEIC", b"....ftypheic....")
        bar = phone.locator(".bar.refused")
        await expect(bar).to_contain_text("TIDAK diterima 112", timeout=IN_TIME_MS)
        await phone.reload()
        await expect(bar).to_contain_text("Masih tersimpan di telepon ini", timeout=IN_TIME_MS)
        await bar.get_by_role("button", name="Buang").tap()
        await expect(bar).to_have_count(0, timeout=IN_TIME_MS)


async def test_the_loser_of_two_taps_reads_who_accepted(desk: RunningConsole, browser: Browser) -> None:
    """Row 25: the tap of a colleague is in before this one: a green sentence with name and time over another fire's
    TERIMA, no error, and the card of both names who accepted; the other fire goes on."""
    add = desk.store.write
    await add(lambda store: store.people.add(desk.clock.now, "rudi", "Rudi", "opd", "damkar", CHEAP_HASH))
    first, second = await two_fires(desk)

    async def overtake(route: Route) -> None:
        path = f"/api/assignments/{first}/move"
        assert (await desk.ask("rudi", "POST", path, json={"state": "diterima"}))[0] == 200
        await route.continue_()

    async with telephone(browser, desk) as phone:
        await phone.route("**/move", overtake)
        await expect(phone.locator("[data-settling]")).to_have_count(0, timeout=IN_TIME_MS)
        card = phone.locator(f"[data-assignment='{first}']")
        await card.locator("button.act").tap(timeout=IN_TIME_MS)
        await expect(phone.locator(".toast.fine")).to_have_text(
            re.compile(r"Sudah diterima Rudi, 10\.00\."), timeout=IN_TIME_MS
        )
        await expect(phone.locator(".toast.bad")).to_have_count(0)
        await expect(card).to_contain_text("diterima Rudi", timeout=IN_TIME_MS)
        assert await states(desk, first, second) == ["diterima", "dikirim"]
        await siren_is(phone, "on")


async def test_the_second_officer_reads_who_was_first(desk: RunningConsole) -> None:
    """Two accept: the second answer is no error and says who and when; the first keeps it."""
    _, (assignment,) = await desk.ticket("damkar")
    path = f"/api/assignments/{assignment}/move"
    first: Any = await desk.ask("damkar", "POST", path, json={"state": "diterima"})
    second: Any = await desk.ask("damkar", "POST", path, json={"state": "diterima"})
    assert first[0] == second[0] == 200
    assert second[1] == first[1] | {"already": True}
    noted: Any = await desk.ask("siti", "POST", path, json={"state": "diterima", "note": "dijawab Budi lewat telepon"})
    assert noted[0] == 409  # told, and not thrown away in silence
