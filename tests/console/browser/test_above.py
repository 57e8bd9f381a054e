"""People above an agency, in a real browser: they know, ask, call, give to another; and never accept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.console.browser.test_browser import IN_TIME_MS, page, siren_is
from tests.console.desk112 import RunningConsole
from tests.console.pages.test_onetap import path_of
from tickets.model import Actor, PlannedPush
from tickets.store import Store

pytestmark = pytest.mark.browser
DAMKAR = Actor("contact", "damkar.siaga")
PHONE = {"width": 390, "height": 844}
# counts the sirens that sound now: begun and not stopped
SIRENS = """() => {
    window.sirens = 0;
    const { start, stop } = OscillatorNode.prototype;
    const count = (tone, by) => { if (tone.type === "sawtooth") window.sirens += by; };
    OscillatorNode.prototype.start = function (at) { count(this, 1); return start.call(this, at); };
    OscillatorNode.prototype.stop = function (at) { count(this, -1); return stop.call(this, at); };
}"""


async def rises(desk: RunningConsole, assignment: int) -> None:
    """The ladder has pushed the command centre once."""
    now = desk.clock.now

    def job(store: Store) -> None:
        store.assignments.add_pushes(now, assignment, (PlannedPush(2, "pusat", "page", now, 120.0),))
        for push in store.assignments.claim(now, "uji", 15.0, 10):
            later = now + timedelta(seconds=push.every_s)
            store.assignments.attempted(push, "uji", now, now, ok=True, detail="x", next_due=later)

    await desk.store.write(job)


def with_phone(desk: RunningConsole) -> None:
    """Damkar has a number of its own."""
    setting = desk.console.setting
    damkar = replace(setting.routing.opds["damkar"], phone="+62291591113")
    opds = setting.routing.opds | {"damkar": damkar}
    desk.console.take(replace(setting, routing=replace(setting.routing, opds=opds)))


async def test_the_wall_knows_calls_and_gives_to_another(desk: RunningConsole, browser: Browser) -> None:
    """One bar for each task with its agency, place and age; «Saya tahu» takes the button away and says so."""
    with_phone(desk)
    number, (assignment,) = await desk.ticket("damkar")
    await rises(desk, assignment)
    async with page(browser, desk, "pusat") as wall:
        bar = wall.locator(".bar.bad", has_text="Damkar belum menjawab")
        await expect(bar).to_contain_text("Kebakaran", timeout=IN_TIME_MS)
        await expect(bar).to_contain_text("Bangsri")
        await expect(bar.get_by_role("link", name="Damkar")).to_have_attribute("href", "tel:+62291591113")
        await expect(bar.get_by_role("link", name="Alihkan…")).to_have_attribute("href", f"/tiket/{number}")
        await bar.get_by_role("button", name="Saya tahu, saya tangani").click()
        await expect(bar).to_contain_text("Pusat kendali tahu, sampai", timeout=IN_TIME_MS)
        await expect(bar.get_by_role("button")).to_have_count(0)
        await expect(wall.locator(".ticket-row")).to_contain_text("Pusat kendali tahu")
        row = await desk.store.read(lambda store: store.assignments.get(assignment))
        assert row["state"] == "dikirim"


async def test_the_agency_is_pushed_on_after_a_tap_above_it(desk: RunningConsole, browser: Browser) -> None:
    """Row 26: the link of the ladder's message on a telephone above: no button of the agency, «Saya tahu» is noted, and
    the agency's page sounds on."""
    number, (assignment,) = await desk.ticket("damkar")
    async with page(browser, desk, "damkar") as agency:
        await agency.evaluate(SIRENS)
        await agency.get_by_role("button", name="Mulai tugas").click(timeout=IN_TIME_MS)
        await siren_is(agency, "on")
        telephone = await browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
        await telephone.goto(desk.url(path_of(assignment, "pusat")))
        await expect(telephone.get_by_role("button", name="TERIMA")).to_have_count(0)
        await telephone.get_by_role("button", name="Saya tahu, saya tangani").click()
        await expect(telephone.get_by_text("Tercatat: Anda tahu dan menangani.")).to_be_visible(timeout=IN_TIME_MS)
        await telephone.close()
        assert (await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json={"desa": "Tengguli"}))[0] == 200
        await expect(agency.locator(".changed")).to_be_visible(
            timeout=IN_TIME_MS
        )  # it has seen what came after the tap
        assert await agency.evaluate("window.sirens") == 1
    row = await desk.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], row["acknowledged_by"]) == ("dikirim", None)


async def test_the_command_centres_ticket_page_answers_nothing(desk: RunningConsole, browser: Browser) -> None:
    """No «Catat: diterima» for it, which an operator has; the agency's number, «Saya tahu», «Alihkan»."""
    with_phone(desk)
    number, _assignments = await desk.ticket("damkar")
    async with page(browser, desk, "pusat") as above, page(browser, desk, "siti") as operator:
        await above.goto(desk.url(f"/tiket/{number}"))
        await operator.goto(desk.url(f"/tiket/{number}"))
        await expect(above.get_by_role("button", name="Saya tahu, saya tangani")).to_be_visible(timeout=IN_TIME_MS)
        await expect(above.get_by_role("link", name="☎ Damkar")).to_be_visible()
        await expect(above.get_by_role("button", name="Catat: diterima")).to_have_count(0)
        await expect(operator.get_by_role("button", name="Catat: diterima")).to_be_visible(timeout=IN_TIME_MS)
        await expect(operator.get_by_role("button", name="Saya tahu")).to_have_count(0)


async def test_an_operator_settles_what_came_back(desk: RunningConsole, browser: Browser) -> None:
    """While PLN has the ticket, Damkar's refusal stands on the desk with a button that asks why."""
    number, (first, _second) = await desk.ticket("damkar", "pln")
    body = {"reason": "bukan api", "taker": "112"}
    await desk.ask("damkar", "POST", f"/api/assignments/{first}/decline", json=body)
    async with page(browser, desk, "siti") as operator:
        row = operator.locator("li", has_text=number).filter(has_text="bukan api")
        await row.get_by_role("button", name="Tidak perlu OPD lain").click(timeout=IN_TIME_MS)
        await row.get_by_label("Mengapa tidak perlu OPD lain").fill("PLN cukup")
        await row.get_by_role("button", name="Sudah diurus").click()
        await expect(row).to_have_count(0, timeout=IN_TIME_MS)
    assert await desk.store.read(lambda store: store.boards.returned_count()) == 0


@asynccontextmanager
async def phone(browser: Browser, desk: RunningConsole) -> AsyncIterator[Page]:
    """The bupati's telephone."""
    async with page(browser, desk, "bupati") as opened:
        await opened.set_viewport_size(PHONE)  # type: ignore[arg-type]
        yield opened


async def test_one_button_pushes_the_agency_and_everybody_reads_who_asks(
    desk: RunningConsole, browser: Browser
) -> None:
    """It takes the button's place with the time from which on it may be asked again; the task still waits."""
    number, (assignment, _pln) = await desk.ticket("damkar", "pln")
    await rises(desk, assignment)
    async with (
        phone(browser, desk) as above,
        page(browser, desk, "damkar") as agency,
        page(browser, desk, "siti") as op,
    ):
        assert above.url.endswith("/bupati")
        await expect(above.locator(".headline")).to_contain_text("2 darurat belum dijawab", timeout=IN_TIME_MS)
        card = above.locator(f"[data-assignment='{assignment}']")
        await expect(card).to_contain_text("Kebakaran · Bangsri")
        await expect(card).to_contain_text("Didorong: Siaga damkar 1×, Pusat kendali 1×.")
        await card.get_by_role("button", name="Colek Damkar").click()
        await expect(card.locator(".asked")).to_contain_text("Pusat kendali menanyakan", timeout=IN_TIME_MS)
        await expect(card.get_by_role("button", name="Colek")).to_have_count(0)
        await expect(agency.locator(".task .nudged")).to_contain_text("menanyakan laporan ini", timeout=IN_TIME_MS)
        bar = op.locator(".bar.nudged")
        await expect(bar).to_contain_text(f"menanyakan Damkar, 10.00: {number} belum dijawab", timeout=IN_TIME_MS)
        await card.get_by_role("button", name="Saya tahu, saya tangani").click()
        await expect(card).to_contain_text("Anda tangani", timeout=IN_TIME_MS)
        row = await desk.store.read(lambda store: store.assignments.get(assignment))
        assert (row["state"], row["acknowledged_at"]) == ("dikirim", None)
        await agency.get_by_role("button", name="TERIMA").click()
        await expect(card).to_have_count(0, timeout=IN_TIME_MS)
        await expect(bar).to_have_count(0, timeout=IN_TIME_MS)
        await expect(above.locator(".rows li")).to_contain_text("Damkar: diterima")


async def test_many_fires_stand_on_two_screens_and_calm_is_calm(desk: RunningConsole, browser: Browser) -> None:
    """The oldest five, the others behind one button; nothing moves sideways, and a green sentence where none waits."""
    async with phone(browser, desk) as above:
        await expect(above.locator(".headline.fine")).to_contain_text("Tidak ada darurat", timeout=IN_TIME_MS)
        for minute in range(7, 0, -1):
            desk.clock.now -= timedelta(minutes=minute)
            await desk.ticket_of(await desk.call(f"c{minute}"), "damkar")
            desk.clock.now += timedelta(minutes=minute)
        await expect(above.locator(".burns")).to_have_count(5, timeout=IN_TIME_MS)
        height, width = await above.evaluate(
            "[document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
        )
        assert (height <= 2 * PHONE["height"], width) == (True, PHONE["width"])
        await above.get_by_role("button", name="2 lagi belum dijawab").click()
        await expect(above.locator(".burns")).to_have_count(7)


async def test_many_turned_down_tasks_leave_the_tiles_in_sight(desk: RunningConsole, browser: Browser) -> None:
    """Three bars and a sentence for the others; the first tile stands on the screen of the wall."""
    for name in ("satu", "dua", "tiga", "empat", "lima"):
        _, (assignment,) = await desk.ticket_of(await desk.call(f"c-{name}"), "damkar")
        await desk.store.write(
            lambda store, id_=assignment: store.assignments.move(desk.clock.now, id_, "ditolak", DAMKAR, via="call")  # type: ignore[misc]
        )
    async with page(browser, desk, "pusat") as wall:
        await wall.set_viewport_size({"width": 1920, "height": 1080})
        bars = wall.locator(".bar[data-of]", has_text="menjawab bukan wewenangnya")
        await expect(bars).to_have_count(3, timeout=IN_TIME_MS)
        await expect(wall.get_by_text("2 OPD lain menjawab bukan wewenangnya")).to_be_visible()
        await expect(wall.locator(".tile").first).to_be_in_viewport(ratio=1)
