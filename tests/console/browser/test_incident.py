"""Forty callers, one fire, in a real Chromium: from the first ring to all closed, with the actions of one operator
counted. The calls are written as the calls process does."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from ivr.state import CallState, Leg, to_dict
from tests.console.api.test_incidents import gave_up
from tests.console.browser.test_browser import IN_TIME_MS, at_desk, page, until_told
from tests.console.desk112 import SITI, RunningConsole
from tests.console.hands import Hands

pytestmark = pytest.mark.browser

AT_MOST = 12
SIZES = [(1366, 768), (390, 844)]


class Operator(Hands):
    """Hands of an operator: picking the telephone up is one action, too."""

    async def pick_up(self, desk: RunningConsole, call: str) -> None:
        """The telephone is picked up: as the calls process writes it."""
        self.actions.append("telepon diangkat")
        await step(desk, call, "talking")


async def step(desk: RunningConsole, call: str, stage: str) -> None:
    """The calls process moves a call on, at siti's desk."""
    at, leg = desk.clock.now.isoformat(), Leg(f"op-{call}-1", "siti")
    state = CallState(call, stage=stage, lane="urgent")
    if stage == "ringing":
        state, columns = CallState(call, stage=stage, legs=(leg,)), {"ringing_at": at}
    elif stage == "talking":
        state, columns = CallState(call, stage=stage, talking=leg), {"talking_at": at, "operator": "siti"}
    else:
        columns = {"talk_ended_at": at, "ended_at": at, "outcome": "talked"}
    live = {"ringing": "ringing", "talking": "talking", "ended": "wrap_up"}[stage]
    columns |= {"stage": stage, "state": json.dumps(to_dict(state))}
    ticket = (await desk.store.read(lambda store: store.calls.get(call)))["ticket"]
    await desk.store.write(lambda store: store.calls.step(desk.clock.now, call, ticket, columns, ()))
    await at_desk(desk, "siti", live, call)


async def rings(desk: RunningConsole, call: str, number: str) -> str:
    ticket = await desk.call(call, number, lane="urgent", waiting_at=desk.clock.now.isoformat())
    await step(desk, call, "ringing")
    return ticket


async def written_up(desk: RunningConsole, siti: Operator, form: Locator) -> None:
    """F9: the calls process frees the operator."""
    await siti.press("F9")
    await until_told(desk, "request.wrap_up_done")
    await at_desk(desk, "siti", "ready", None)
    await expect(form).to_have_count(0, timeout=IN_TIME_MS)


async def fire(desk: RunningConsole) -> str:
    """A fire that was told, judged and sent."""
    number, _ = await desk.ticket("damkar")
    await desk.store.write(lambda store: store.reputations.judge(desk.clock.now, number, "genuine", SITI))
    return number


async def statuses(desk: RunningConsole, tickets: list[str]) -> set[str]:
    return {(await desk.store.read(lambda store, n=n: store.tickets.get(n)))["status"] for n in tickets}  # type: ignore[misc]


async def test_forty_callers_and_one_fire_take_few_actions(desk: RunningConsole, browser: Browser) -> None:
    """Two were talked with, 38 hung up. At the end nobody is to be called back or judged, the wall has one row until
    the agency is done, and then all forty are done."""
    async with page(browser, desk, "siti") as opened:
        siti, form = Operator(opened), opened.locator(".ticket-form")
        master = await rings(desk, "c1", "+6281326554021")
        await expect(opened.locator("#category")).to_be_focused(timeout=IN_TIME_MS)
        await siti.pick_up(desk, "c1")
        await siti.press("1")
        await siti.type("bang")
        await siti.press("F3")
        await expect(opened.locator("#description")).to_be_focused()
        await siti.type("Rumah terbakar, dekat masjid")
        await expect(opened.get_by_role("button", name="Damkar", pressed=True)).to_be_visible(timeout=IN_TIME_MS)
        await siti.press("Control+Enter")
        await expect(opened.locator(".sent")).to_contain_text("Damkar: Belum dijawab", timeout=IN_TIME_MS)
        crowd = await gave_up(desk, 38)
        await step(desk, "c1", "ended")
        await expect(opened.get_by_role("button", name="Selesai, siap lagi")).to_be_visible(timeout=IN_TIME_MS)
        await written_up(desk, siti, form)

        desk.clock.now += timedelta(minutes=2)
        second = await rings(desk, "c2", "+6281326554022")
        await siti.pick_up(desk, "c2")
        await expect(opened.locator(".similar")).to_contain_text("Kebakaran Bangsri", timeout=IN_TIME_MS)
        await siti.press("Alt+g")
        await expect(opened.locator(".merged")).to_contain_text(master, timeout=IN_TIME_MS)
        await step(desk, "c2", "ended")
        await expect(opened.get_by_role("button", name="Selesai, siap lagi")).to_be_visible(timeout=IN_TIME_MS)
        await written_up(desk, siti, form)

        await siti.press("Alt+k")
        sheet = opened.locator(".incident-sheet")
        await expect(sheet.locator(".preview")).to_contain_text(
            "38 digabung, 38 dinilai asli, 38 tidak ditelepon balik.", timeout=IN_TIME_MS
        )
        await expect(sheet.locator(".callers > li")).to_have_count(40)
        await siti.press("Control+Enter")
        await expect(sheet).to_have_count(0, timeout=IN_TIME_MS)
        await expect(opened.get_by_text("38 digabung, 38 dinilai asli, 38 telepon balik selesai.")).to_be_visible()
        assert len(siti.actions) <= AT_MOST, siti.actions

    assert await desk.store.read(lambda store: store.callbacks.open_count()) == 0
    since = desk.clock.now - timedelta(days=1)
    assert (await desk.store.read(lambda store: store.screening.unjudged(since)))[0] == 0
    async with page(browser, desk, "pusat") as wall:
        row = wall.locator(".ticket-row")
        await expect(row).to_have_count(1, timeout=IN_TIME_MS)
        await expect(row.locator("strong").first).to_have_text("Kebakaran Bangsri", timeout=IN_TIME_MS)
        await expect(row).to_contain_text("40 penelepon")
    for state in ("diterima", "selesai"):
        for assignment in (await desk.store.read(lambda store: store.tickets.show(master)))["assignments"]:
            path = f"/api/assignments/{assignment['id']}/move"
            form_of = {"state": state, "note": "api padam"}
            assert (await desk.ask(assignment["opd"], "POST", path, json=form_of))[0] == 200
    assert await statuses(desk, [master, second, *crowd]) == {"done"}


async def test_every_callback_can_be_opened(desk: RunningConsole, browser: Browser) -> None:
    """Of 38 one row stands for all, beside a caller of something else; it opens, and so does the sheet."""
    await desk.call("lain", "+6281399999999", stage="ended", outcome="abandoned")
    await desk.store.write(lambda store: store.calls.callback(desk.clock.now, "lain", "menutup saat menunggu"))
    desk.clock.now += timedelta(hours=1)
    await fire(desk)
    tickets = await gave_up(desk, 38)
    await at_desk(desk, "siti", "ready", None)
    async with page(browser, desk, "siti") as siti:
        rows = siti.locator(".callback")
        group = siti.locator(".callback-group")
        await expect(group).to_contain_text("Kebakaran Bangsri", timeout=IN_TIME_MS)
        await expect(group).to_contain_text("38 penelepon satu kejadian")
        await expect(rows).to_have_count(1)  # the other caller
        await group.get_by_role("button", name="Lihat 38").click()
        await expect(rows).to_have_count(39, timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+k")
        last = siti.locator(".incident-sheet .callers > li").last
        await last.get_by_role("button", name="Buka").click(timeout=IN_TIME_MS)
        await expect(siti.locator(".work")).to_contain_text(tickets[-1], timeout=IN_TIME_MS)


async def test_who_is_left_out_stays_to_be_called_back(desk: RunningConsole, browser: Browser) -> None:
    """A box is emptied, a wish taken back: the preview says so, and only that is done."""
    master = await fire(desk)
    await gave_up(desk, 6)
    await at_desk(desk, "siti", "ready", None)
    async with page(browser, desk, "siti") as siti:
        await siti.get_by_role("button", name="Urus 6").click(timeout=IN_TIME_MS)
        preview = siti.locator(".preview")
        await expect(preview).to_contain_text("6 digabung", timeout=IN_TIME_MS)
        await siti.locator(".callers input").last.uncheck()
        await expect(preview).to_contain_text("5 digabung, 5 dinilai asli, 5 tidak ditelepon balik.")
        await siti.get_by_role("button", name="Tidak perlu ditelepon balik").click()
        await expect(preview).to_contain_text("5 digabung, 5 dinilai asli.")
        await siti.get_by_role("button", name="Lakukan untuk 5 penelepon").click()
        await expect(siti.locator(".incident-sheet")).to_have_count(0, timeout=IN_TIME_MS)
    assert await desk.store.read(lambda store: store.callbacks.open_count()) == 6
    assert len(await desk.store.read(lambda store: store.merging.of(master))) == 5


async def test_a_crowd_and_a_false_alarm_are_taken_back(desk: RunningConsole, browser: Browser) -> None:
    """Ctrl+Enter and Alt+Z: all are to be called back again. Then Alt+K, Alt+T, a reason, Enter: the preview counts all
    tickets first, and all are over; Alt+Z opens them again."""
    master, _ = await desk.ticket()
    tickets = await gave_up(desk, 6)
    await at_desk(desk, "siti", "ready", None)
    async with page(browser, desk, "siti") as siti:
        undo = siti.locator(".toast").get_by_role("button", name="Urungkan Alt+Z")
        await expect(siti.locator(".incident")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+k")
        await expect(siti.locator(".preview")).to_contain_text("6 digabung", timeout=IN_TIME_MS)
        await siti.keyboard.press("Control+Enter")
        await expect(undo).to_be_visible(timeout=IN_TIME_MS)
        assert await desk.store.read(lambda store: store.callbacks.open_count()) == 0
        await siti.keyboard.press("Alt+z")
        async with asyncio.timeout(IN_TIME_MS / 1000):
            while await desk.store.read(lambda store: store.callbacks.open_count()) != 6:
                await asyncio.sleep(0.02)
        await expect(siti.locator(".callback-group")).to_contain_text("6 penelepon", timeout=IN_TIME_MS)

        await expect(siti.locator(".incident")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+k")
        await siti.get_by_label("Pilih").last.uncheck(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+t")
        ending = siti.locator(".ending")
        await expect(ending).to_contain_text("6 tiket ditutup tanpa OPD: laporan pertama, 5 digabung sekarang.")
        await expect(ending).to_contain_text("1 penelepon yang tidak dipilih tetap ditelepon balik.")
        await siti.keyboard.type("asap pembakaran sampah")
        await siti.keyboard.press("Enter")
        await expect(siti.locator(".toast", has_text="6 tiket ditutup.")).to_be_visible(timeout=IN_TIME_MS)
        assert await statuses(desk, [master, *tickets[:5]]) == {"done"}
        await siti.keyboard.press("Alt+z")
        async with asyncio.timeout(IN_TIME_MS / 1000):
            while await desk.store.read(lambda store: store.callbacks.open_count()) != 6:
                await asyncio.sleep(0.02)
        assert await statuses(desk, [master, *tickets]) == {"open"}
        assert await desk.store.read(lambda store: store.merging.of(master)) == []
        await expect(siti.locator(".incident")).to_be_visible(timeout=IN_TIME_MS)


async def test_a_ring_takes_the_sheet_away(desk: RunningConsole, browser: Browser) -> None:
    """The present caller is not behind a list of earlier ones; Escape closes it, too, and sends nothing."""
    await fire(desk)
    await gave_up(desk, 6)
    await at_desk(desk, "siti", "ready", None)
    async with page(browser, desk, "siti") as siti:
        sheet = siti.locator(".incident-sheet")
        await expect(siti.locator(".incident")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+k")
        await expect(sheet.locator(".preview")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Escape")
        await expect(sheet).to_have_count(0)
        await siti.keyboard.press("Alt+k")
        await expect(sheet.locator(".preview")).to_be_visible(timeout=IN_TIME_MS)
        await rings(desk, "c9", "+6281326554029")
        await expect(sheet).to_have_count(0, timeout=IN_TIME_MS)
        await expect(siti.locator("#category")).to_be_focused()


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_sheet_fits(desk: RunningConsole, browser: Browser, width: int, height: int, scheme: Any) -> None:
    """Both sizes and themes: the button that does it is in sight, nothing stands beside the screen."""
    await fire(desk)
    await gave_up(desk, 38)
    await at_desk(desk, "siti", "ready", None)
    async with page(browser, desk, "siti") as siti:
        await siti.set_viewport_size({"width": width, "height": height})
        await siti.emulate_media(color_scheme=scheme)
        await siti.get_by_role("button", name="Urus 38").click(timeout=IN_TIME_MS)
        go = siti.get_by_role("button", name="Lakukan untuk 38 penelepon")
        await expect(go).to_be_in_viewport(ratio=1, timeout=IN_TIME_MS)
        assert await siti.evaluate("document.documentElement.scrollWidth <= innerWidth")
