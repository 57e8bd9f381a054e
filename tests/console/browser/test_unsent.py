"""Emergencies that nobody has sent, in a real Chromium: seen and heard on every desk and the wall."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.console.browser.test_browser import IN_TIME_MS, at_desk
from tests.console.browser.test_deadman import alarms, all_alive, sounding
from tests.console.desk112 import NOW, SITI, RunningConsole
from tickets.model import Actor
from tickets.store import Store

pytestmark = pytest.mark.browser
SOFT = [659, 523]
# the pitch of each tone that the page begins
NOTE_PITCHES = """() => {
    window.pitches = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) { pitches.push(this.frequency.value); return start.call(this, at); };
}"""


async def unsent(desk: RunningConsole, seconds: float = 0, desa: str = "Kedungleper", actor: Actor = SITI) -> str:
    """A fire that somebody wrote so long ago, and did not send."""

    def write(store: Store) -> str:
        at = desk.clock.now - timedelta(seconds=seconds)
        number = store.tickets.create(at, "20261122", actor)
        fields = {"kind": "emergency", "category": "kebakaran", "kecamatan": "Bangsri", "desa": desa}
        store.tickets.update(at, number, fields | {"description": "rumah terbakar, belum dikirim"}, actor)
        return number

    return await desk.store.write(write)


async def tones(opened: Page, least: int) -> None:
    """Wait until the page has sounded so often."""
    async with asyncio.timeout(IN_TIME_MS / 1000):
        while len(await alarms(opened)) < least:
            await asyncio.sleep(0.1)


async def pitches(opened: Page) -> list[int]:
    """The first tones of a page, in Hz, as soon as it has sounded."""
    async with asyncio.timeout(IN_TIME_MS / 1000):
        while not (heard := await opened.evaluate("window.pitches || []")):
            await asyncio.sleep(0.1)
    return [int(pitch) for pitch in heard[:3]]


async def test_a_desk_that_talks_hears_nothing_and_the_others_a_soft_tone(
    desk: RunningConsole, browser: Browser
) -> None:
    """The bar stands there and says why it is quiet; the alarm sounds as soon as the talk is over."""
    await all_alive(desk)
    async with sounding(browser, desk, "siti") as siti, sounding(browser, desk, "budi") as budi:
        for opened in (siti, budi):
            await opened.evaluate(NOTE_PITCHES)
        await at_desk(desk, "siti", "talking", None)
        await unsent(desk, 60)
        await expect(siti.locator(".bar.unsent")).to_contain_text("Nada ditahan", timeout=IN_TIME_MS)
        await expect(budi.locator(".bar.unsent")).to_be_visible(timeout=IN_TIME_MS)
        assert await pitches(budi) == SOFT
        assert await siti.evaluate("window.pitches") == []
        await at_desk(desk, "siti", "wrap_up", None)
        assert await pitches(siti) == [880, 880, 880]
        await expect(siti.locator(".bar.unsent")).not_to_contain_text("Nada ditahan")


async def test_the_desk_then_the_room_then_the_command_centre(desk: RunningConsole, browser: Browser) -> None:
    """Each hears it when its turn comes, and no page after it was sent."""
    await all_alive(desk)
    async with (
        sounding(browser, desk, "siti") as siti,
        sounding(browser, desk, "budi") as budi,
        sounding(browser, desk, "pusat") as pusat,
    ):
        await budi.evaluate(NOTE_PITCHES)
        number = await unsent(desk, 25)
        await expect(siti.locator(".bar.unsent")).to_contain_text("Kebakaran, Kedungleper", timeout=IN_TIME_MS)
        await tones(siti, 1)
        await expect(budi.get_by_role("button", name="Kebakaran, Kedungleper")).to_be_visible(timeout=IN_TIME_MS)
        await expect(budi.locator(".bar.unsent")).to_have_count(0)
        assert await alarms(budi) == []
        desk.clock.now = NOW + timedelta(seconds=30)
        await all_alive(desk)
        await expect(budi.locator(".bar.unsent")).to_be_visible(timeout=IN_TIME_MS)
        assert await pitches(budi) == SOFT
        tile = pusat.locator(".tile.hot", has_text="darurat belum dikirim")
        await expect(tile.locator(".value")).to_have_text("1", timeout=IN_TIME_MS)
        assert await alarms(pusat) == []
        desk.clock.now = NOW + timedelta(seconds=130)
        await all_alive(desk)
        await expect(pusat.locator(".bar.bad.unsent")).to_contain_text("1 DARURAT BELUM DIKIRIM", timeout=IN_TIME_MS)
        await tones(pusat, 1)
        status, answer = await desk.ask("budi", "POST", f"/api/tickets/{number}/dispatch", json={"opds": ["damkar"]})
        assert status == 200, answer
        for opened in (siti, budi, pusat):
            await expect(opened.locator(".bar.unsent")).to_have_count(0, timeout=IN_TIME_MS)


async def test_what_came_back_is_seen_and_heard_while_another_has_the_ticket(
    desk: RunningConsole, browser: Browser
) -> None:
    """Row 17b: «kembalikan ke operator» while PLN has it: a card, a bar and a tone, until it is sent on."""
    await all_alive(desk)
    at = desk.clock.now.isoformat()
    call = await desk.call("c9", stage="ended", outcome="talked", lane="urgent", ended_at=at, talk_ended_at=at)
    number, (first, _) = await desk.ticket_of(call, "damkar", "pln")
    async with sounding(browser, desk, "siti") as siti:
        await siti.evaluate(NOTE_PITCHES)
        body = {"reason": "bukan api", "taker": "112"}
        assert (await desk.ask("damkar", "POST", f"/api/assignments/{first}/decline", json=body))[0] == 200
        card = siti.locator(".card", has=siti.get_by_role("heading", name="Dikembalikan OPD"))
        await expect(card).to_contain_text(number, timeout=IN_TIME_MS)
        desk.clock.now += timedelta(seconds=40)
        await all_alive(desk)
        bar = siti.locator(".bar.unsent")
        await expect(bar).to_contain_text("DIKEMBALIKAN OPD, BELUM DITERUSKAN", timeout=IN_TIME_MS)
        assert await pitches(siti)
        status, answer = await desk.ask("budi", "POST", f"/api/tickets/{number}/dispatch", json={"opds": ["bpbd"]})
        assert status == 200, answer
        await expect(bar).to_have_count(0, timeout=IN_TIME_MS)


async def test_a_desk_opens_the_most_urgent_by_one_key(desk: RunningConsole, browser: Browser) -> None:
    """Alt+U, the oldest first; the list brings the rest."""
    await all_alive(desk)
    numbers = [await unsent(desk, 200 - at, f"Dusun {at}") for at in range(65)]
    async with sounding(browser, desk, "budi") as budi:
        await expect(budi.locator(".bar.unsent")).to_contain_text("dan 64 lainnya", timeout=IN_TIME_MS)
        card = budi.locator(".card", has=budi.get_by_role("heading", name="Darurat belum dikirim"))
        await expect(card.locator("li")).to_have_count(60)
        await card.get_by_role("button", name="… dan 5 lainnya").click()
        await expect(card.locator("li")).to_have_count(65, timeout=IN_TIME_MS)
        await budi.keyboard.press("Alt+u")
        await expect(budi.locator(".pop")).to_contain_text(numbers[0], timeout=IN_TIME_MS)
        await expect(budi.locator("#description")).to_have_value("rumah terbakar, belum dikirim")


async def test_callers_with_an_emergency_who_wait_are_seen_and_heard(desk: RunningConsole, browser: Browser) -> None:
    """39 of them: a tile, a bar and a tone; the operators stay on the screen."""
    await all_alive(desk)
    at = (NOW - timedelta(seconds=40)).isoformat()
    async with sounding(browser, desk, "pusat") as pusat:
        await pusat.set_viewport_size({"width": 1920, "height": 1080})
        for each in range(39):
            await desk.call(f"w{each}", f"+62813265540{each:02d}", stage="waiting", lane="urgent", waiting_at=at)
        tile = pusat.locator(".tile.hot", has_text="penelepon darurat menunggu")
        await expect(tile.locator(".value")).to_have_text("39", timeout=IN_TIME_MS)
        await expect(pusat.locator(".bar.waits")).to_contain_text("39 penelepon darurat menunggu", timeout=IN_TIME_MS)
        await tones(pusat, 1)
        box = await pusat.get_by_role("heading", name="Operator", exact=True).bounding_box()
        assert box is not None
        assert box["y"] < 1000
