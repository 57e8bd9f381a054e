"""Leaving an unsent emergency, in a real Chromium: F9, F8 and «Keluar» ask once, and one key answers."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from tests.console.browser.test_browser import IN_TIME_MS, at_desk, page, rings, until_told
from tests.console.browser.test_unsent import unsent
from tests.console.desk112 import RunningConsole
from tickets.model import Actor, Row
from tickets.store import Store
from tickets.store.steps import CallStep, Note

pytestmark = pytest.mark.browser
SITI = Actor("user", "siti")
# the last key of a text: the page has it, and 112 not yet
TYPED = """(text) => { const field = document.querySelector("#description");
    field.value = text; field.dispatchEvent(new InputEvent("input", { bubbles: true })); }"""
FIRE = {"kind": "emergency", "category": "kebakaran", "kecamatan": "Bangsri", "description": "rumah terbakar"}


async def written_up(desk: RunningConsole) -> str:
    """A fire was written down in a talk that is over; the operator writes it up."""
    number = await desk.call("c1", stage="talking", lane="urgent", operator="siti")

    def end(store: Store) -> None:
        store.tickets.update(desk.clock.now, number, FIRE, SITI)
        at = desk.clock.now.isoformat(timespec="microseconds")
        columns = {"stage": "ended", "outcome": "talked", "ended_at": at, "talk_ended_at": at}
        CallStep("c1", desk.clock.now, columns, (Note("call.ended", {"outcome": "talked"}),), ends="talked").write(
            store, number
        )

    await desk.store.write(end)
    await at_desk(desk, "siti", "wrap_up", "c1")
    return number


async def in_form(siti: Page) -> None:
    await expect(siti.locator("#description")).to_have_value("rumah terbakar", timeout=IN_TIME_MS)
    await expect(siti.locator(".card", has_text="Darurat belum dikirim").first).to_be_visible(timeout=IN_TIME_MS)


async def ticket_of(desk: RunningConsole, number: str) -> Row:
    return await desk.store.read(lambda store: store.tickets.show(number))


async def test_f9_asks_and_enter_sends(desk: RunningConsole, browser: Browser) -> None:
    """One sentence, one key: it is sent, and then the desk is ready."""
    async with page(browser, desk, "siti") as siti:
        number = await written_up(desk)
        await in_form(siti)
        await siti.keyboard.press("F9")
        question = siti.get_by_role("alertdialog")
        await expect(question).to_contain_text("belum dikirim ke OPD: kirim sekarang, atau mengapa tidak?")
        assert await desk.store.read(lambda store: store.boards.newest("request.wrap_up_done")) is None
        await expect(siti.get_by_role("button", name="Damkar", pressed=True)).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Enter")
        await until_told(desk, "request.wrap_up_done")
        assert [row["opd"] for row in (await ticket_of(desk, number))["assignments"]] == ["damkar", "pln"]


@pytest.mark.parametrize(("keys", "reason"), [("1", "prank"), ("2", "talked_out"), ("3", "other")])
async def test_f9_and_one_key_says_why_not(desk: RunningConsole, browser: Browser, keys: str, reason: str) -> None:
    """Prank, talked out, or another reason in words; the ticket is closed and the desk ready."""
    async with page(browser, desk, "siti") as siti:
        number = await written_up(desk)
        await in_form(siti)
        await siti.keyboard.press("F9")
        await expect(siti.get_by_role("alertdialog")).to_be_focused(timeout=IN_TIME_MS)
        await siti.keyboard.press(keys)
        if reason == "other":
            await expect(siti.locator("#why-not")).to_be_focused(timeout=IN_TIME_MS)
            await siti.keyboard.type("latihan Damkar")
            await siti.keyboard.press("Enter")
        await until_told(desk, "request.wrap_up_done")
        ticket = await ticket_of(desk, number)
        assert ticket["status"] in ("closed", "done")
        told = [row["data"] for row in ticket["timeline"] if row["kind"] == "ticket.not_sent"]
        assert [row["reason"] for row in told] == [reason]


async def test_asked_once_the_same_key_leaves_it(desk: RunningConsole, browser: Browser) -> None:
    """Esc goes back to the form; F9 twice leaves, and the ticket stays unsent and is pushed."""
    async with page(browser, desk, "siti") as siti:
        number = await written_up(desk)
        await in_form(siti)
        await siti.keyboard.press("F9")
        await expect(siti.get_by_role("alertdialog")).to_be_focused(timeout=IN_TIME_MS)
        await siti.keyboard.press("Escape")
        await expect(siti.get_by_role("alertdialog")).to_have_count(0)
        await expect(siti.locator("#description")).to_be_focused()
        await siti.keyboard.press("F9")
        await expect(siti.get_by_role("alertdialog")).to_be_focused(timeout=IN_TIME_MS)
        await siti.keyboard.press("F9")
        await until_told(desk, "request.wrap_up_done")
        assert (await ticket_of(desk, number))["status"] == "open"


@pytest.mark.parametrize("key", ["F9", "F8"])
async def test_a_key_that_is_held_down_asks_and_leaves_nothing(
    desk: RunningConsole, browser: Browser, key: str
) -> None:
    """A finger that stays on the key repeats it: the question comes, and only another press answers it."""
    async with page(browser, desk, "siti") as siti:
        number = await written_up(desk)
        await in_form(siti)
        await siti.keyboard.down(key)
        question = siti.get_by_role("alertdialog")
        await expect(question).to_be_focused(timeout=IN_TIME_MS)
        for _ in range(5):
            await siti.keyboard.down(key)  # as a keyboard repeats it
        await siti.keyboard.up(key)
        await expect(question).to_be_visible()
        await siti.keyboard.press("Escape")
        await siti.keyboard.type(", besar")  # saved after whatever the keys have asked for
        async with asyncio.timeout(IN_TIME_MS / 1000):
            while (await ticket_of(desk, number))["description"] != "rumah terbakar, besar":
                await asyncio.sleep(0.05)
        assert await desk.store.read(lambda store: store.boards.newest("request.wrap_up_done")) is None
        assert await desk.store.read(lambda store: store.boards.newest("request.presence")) is None


@pytest.mark.parametrize("key", ["1", "Enter"])
async def test_a_key_that_is_held_down_answers_for_one_incident_alone(
    desk: RunningConsole, browser: Browser, key: str
) -> None:
    """The second fire's question comes under the finger that answered for the first: nobody has read it yet."""
    async with page(browser, desk, "siti") as siti:
        first, second = await unsent(desk, 60), await unsent(desk, 30, "Tengguli")
        await at_desk(desk, "siti", "ready", None)
        await expect(siti.locator(".bar.unsent")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("F8")
        question = siti.get_by_role("alertdialog")
        await expect(siti.get_by_role("button", name="Damkar", pressed=True)).to_be_visible(timeout=IN_TIME_MS)
        await expect(question).to_be_focused(timeout=IN_TIME_MS)
        async with asyncio.timeout(IN_TIME_MS / 1000):
            while not await question.get_by_text("Tengguli").count():
                await siti.keyboard.down(key)
        for _ in range(5):
            await siti.keyboard.down(key)
        await siti.keyboard.up(key)
        await siti.keyboard.press(key)  # a finger that bounces: the question is younger than an eye
        await expect(siti.locator(".leaving[data-settling]")).to_have_count(0, timeout=IN_TIME_MS)
        assert (await ticket_of(desk, first))["status"] != "open"
        assert (await ticket_of(desk, second))["status"] == "open"
        await siti.keyboard.press("1")
        asked = await until_told(desk, "request.presence")
        assert asked["data"]["wanted"] == "offline"


async def test_what_was_sent_is_not_asked_about(desk: RunningConsole, browser: Browser) -> None:
    """No question where there is nothing to ask."""
    async with page(browser, desk, "siti") as siti:
        number = await written_up(desk)
        await in_form(siti)
        await desk.ask("budi", "POST", f"/api/tickets/{number}/dispatch", json={"opds": ["damkar"]})
        await expect(siti.locator(".sent")).to_contain_text("Damkar", timeout=IN_TIME_MS)
        await siti.keyboard.press("F9")
        await until_told(desk, "request.wrap_up_done")


async def test_f8_opens_each_that_is_held_and_then_ends_the_shift(desk: RunningConsole, browser: Browser) -> None:
    """Two are held: one is sent, the other is a prank, and only then the shift is over."""
    async with page(browser, desk, "siti") as siti:
        first, second = await unsent(desk, 60), await unsent(desk, 30, "Tengguli")
        await at_desk(desk, "siti", "ready", None)
        await expect(siti.locator(".bar.unsent")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("F8")
        await expect(siti.get_by_role("alertdialog")).to_contain_text("Kedungleper", timeout=IN_TIME_MS)
        await expect(siti.get_by_role("button", name="Damkar", pressed=True)).to_be_visible(timeout=IN_TIME_MS)
        await expect(siti.get_by_role("alertdialog")).to_be_focused(timeout=IN_TIME_MS)
        await siti.keyboard.press("Enter")
        await expect(siti.get_by_role("alertdialog")).to_contain_text("Tengguli", timeout=IN_TIME_MS)
        assert await desk.store.read(lambda store: store.boards.newest("request.presence")) is None
        await expect(siti.get_by_role("alertdialog")).to_be_focused(timeout=IN_TIME_MS)
        await expect(siti.locator(".leaving[data-settling]")).to_have_count(0, timeout=IN_TIME_MS)
        await siti.keyboard.press("1")
        asked = await until_told(desk, "request.presence")
        assert asked["data"]["wanted"] == "offline"
        assert (await ticket_of(desk, first))["status"] == "dispatched"
        assert (await ticket_of(desk, second))["status"] in ("closed", "done")


async def _by_menu(siti: Page) -> None:
    await siti.locator(".menu summary").click()
    await siti.get_by_role("button", name="Keluar", exact=True).click()


async def test_logging_out_asks_once(desk: RunningConsole, browser: Browser) -> None:
    """The menu's «Keluar» asks; «Tetap keluar» goes."""
    async with page(browser, desk, "siti") as siti:
        await unsent(desk, 60)
        await expect(siti.locator(".bar.unsent")).to_be_visible(timeout=IN_TIME_MS)
        await _by_menu(siti)
        await expect(siti.get_by_role("alertdialog")).to_be_visible(timeout=IN_TIME_MS)
        await siti.get_by_role("button", name="Tetap keluar").click()
        await expect(siti.locator("#nama")).to_be_visible(timeout=IN_TIME_MS)


async def test_another_operators_ticket_holds_nobody_back(desk: RunningConsole, browser: Browser) -> None:
    """Budi holds none: his F8 and his «Keluar» go at once."""
    async with page(browser, desk, "budi") as budi:
        await unsent(desk, 60)
        await at_desk(desk, "budi", "ready", None)
        await expect(budi.locator(".bar.unsent")).to_be_visible(timeout=IN_TIME_MS)
        await budi.keyboard.press("F8")
        asked = await until_told(desk, "request.presence")
        assert asked["data"] == {"operator": "budi", "wanted": "offline"}
        await _by_menu(budi)
        await expect(budi.locator("#nama")).to_be_visible(timeout=IN_TIME_MS)


async def test_a_ring_takes_the_question_away(desk: RunningConsole, browser: Browser) -> None:
    """The caller comes first; the ticket stays in the list."""
    async with page(browser, desk, "siti") as siti:
        await unsent(desk, 60)
        await at_desk(desk, "siti", "ready", None)
        await expect(siti.locator(".bar.unsent")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("F8")
        await expect(siti.get_by_role("alertdialog")).to_be_visible(timeout=IN_TIME_MS)
        desk.clock.now += timedelta(seconds=1)
        await rings(desk, "siti")
        await expect(siti.get_by_role("alertdialog")).to_have_count(0, timeout=IN_TIME_MS)
        await expect(siti.locator(".pop")).to_contain_text("Berdering", timeout=IN_TIME_MS)


async def nothing_written(desk: RunningConsole) -> str:
    """A talk is over of which nothing is written; the operator writes it up."""
    number = await desk.call("c1", stage="talking", lane="normal", operator="siti")

    def end(store: Store) -> None:
        at = desk.clock.now.isoformat(timespec="microseconds")
        columns = {"stage": "ended", "outcome": "talked", "ended_at": at, "talk_ended_at": at}
        CallStep("c1", desk.clock.now, columns, (Note("call.ended", {"outcome": "talked"}),), ends="talked").write(
            store, number
        )

    await desk.store.write(end)
    await at_desk(desk, "siti", "wrap_up", "c1")
    return number


@pytest.mark.parametrize("leaves", ["F9", "F8", "keluar"])
async def test_what_was_typed_a_moment_ago_is_asked_about(desk: RunningConsole, browser: Browser, leaves: str) -> None:
    """The last key and the one that leaves follow each other at once: the text is saved, and then the page asks."""
    async with page(browser, desk, "siti") as siti:
        number = await nothing_written(desk)
        await expect(siti.locator("#description")).to_be_visible(timeout=IN_TIME_MS)
        await siti.locator("#description").focus()
        if leaves == "keluar":
            await siti.locator(".menu summary").click()
            await siti.evaluate(f"({TYPED})('kebakaran besar')")
            await siti.get_by_role("button", name="Keluar", exact=True).click()
        else:
            await siti.evaluate(f"({TYPED})('kebakaran besar')")
            await siti.keyboard.press(leaves)
        question = siti.get_by_role("alertdialog")
        await expect(question).to_contain_text("belum dikirim ke OPD", timeout=IN_TIME_MS)
        assert await desk.store.read(lambda store: store.boards.newest("request.wrap_up_done")) is None
        assert (await ticket_of(desk, number))["description"] == "kebakaran besar"
        await expect(siti.locator(".card", has_text="Darurat belum dikirim").first).to_be_visible(timeout=IN_TIME_MS)
        await expect(question).to_be_focused(timeout=IN_TIME_MS)
        await siti.keyboard.press("1")
        await expect(question).to_have_count(0, timeout=IN_TIME_MS)
        assert (await ticket_of(desk, number))["status"] in ("closed", "done")


async def test_what_was_typed_away_a_moment_ago_is_not_asked_about(desk: RunningConsole, browser: Browser) -> None:
    """The list of the page still has it; 112 knows better."""
    async with page(browser, desk, "siti") as siti:
        number = await nothing_written(desk)
        fields = {"description": "kebakaran sampah, sudah padam"}
        await desk.store.write(lambda store: store.tickets.update(desk.clock.now, number, fields, SITI))
        await expect(siti.locator(".card", has_text="Darurat belum dikirim").first).to_be_visible(timeout=IN_TIME_MS)
        await siti.evaluate(f"({TYPED})('bertanya jalan')")
        await siti.keyboard.press("F9")
        await until_told(desk, "request.wrap_up_done")
        assert (await ticket_of(desk, number))["description"] == "bertanya jalan"
