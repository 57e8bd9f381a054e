"""Merging over the console: the operator's form, what the agency sees, and the way back; once in a real Chromium."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from console.live.snapshots import opd
from tests.console.browser.test_browser import IN_TIME_MS, page, rings
from tests.console.desk112 import RunningConsole
from tickets.model import Row

FIRE = {"kind": "emergency", "category": "kebakaran", "kecamatan": "Bangsri"}

NO_TURNS = """() => { const every = window.setInterval;
    window.setInterval = (run, ms, ...more) => (ms === 10000 ? 0 : every(run, ms, ...more)); }"""


async def ticket_of(desk: RunningConsole, number: str) -> Row:
    return await desk.store.read(lambda store: store.tickets.show(number))


async def task_of(desk: RunningConsole, code: str) -> list[Row]:
    moment = desk.live._moments.at(desk.console.setting, desk.clock.now)
    rows: list[Row] = (await desk.store.read(lambda store: opd(store, moment, code)))["open"]
    return rows


async def test_one_fire_two_callers(desk: RunningConsole) -> None:
    """Proposed, merged with the last of the draft, seen by the agency without the caller's number; taken back, the
    agency that merging had taken it off is sent it anew."""
    master, _ = await desk.ticket("damkar")
    desk.clock.now += timedelta(minutes=4)
    number, _ = await desk.ticket("damkar", "pln")
    asked = f"/api/tickets/{number}/similar?category=kebakaran&kecamatan=Bangsri&desa="
    status, data = await desk.ask("siti", "GET", asked)
    assert (status, [row["number"] for row in data["rows"]]) == (200, [master])
    assert [entry["opd"] for entry in data["rows"][0]["sent"]] == ["damkar"]
    form = {"master": master, "fields": {"description": "api dari lantai dua"}}
    answer = await desk.ask("siti", "POST", f"/api/tickets/{number}/merge", json=form)
    assert answer == (200, {"number": number, "master": master})
    assert (await ticket_of(desk, number))["verdict"] == "genuine"
    (task,) = await task_of(desk, "damkar")
    assert task["ticket"] == master
    assert [(entry["number"], entry["description"]) for entry in task["linked"]] == [(number, "api dari lantai dua")]
    assert "reporter_number" not in task["linked"][0]
    (task,) = await task_of(desk, "pln")  # it goes on as the master's, with all that happened to it
    told = ["ticket.dispatched", "assignment.amended"]  # the master's own words are another caller's
    assert (task["ticket"], [row["kind"] for row in task["story"]]) == (master, told)
    assert (await desk.ask("siti", "GET", asked))[1]["rows"][0]["merged"] == 1
    assert await desk.ask("siti", "POST", f"/api/tickets/{number}/split", json={}) == (
        200,
        {"number": number, "dispatched": ["damkar"]},
    )
    open_now = [row["opd"] for row in (await ticket_of(desk, number))["assignments"] if row["ended_at"] is None]
    assert open_now == ["pln", "damkar"]
    status, refused = await desk.ask("siti", "POST", f"/api/tickets/{number}/split", json={})
    assert (status, refused["error"]) == (409, f"tiket {number} tidak digabung")


async def test_a_complaint_that_joins_an_emergency_is_pushed_as_one(desk: RunningConsole) -> None:
    """Its agency is pushed by the emergency's ladder from now; the master's own pushes keep their times."""
    master, (first,) = await desk.ticket("damkar")
    number, (second,) = await desk.ticket("pln")
    await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json={"kind": "complaint"})
    desk.clock.now += timedelta(minutes=1)
    assert (await desk.ask("siti", "POST", f"/api/tickets/{number}/merge", json={"master": master}))[0] == 200
    rows = await desk.store.read(lambda store: store.journal.of_ticket(master, None))
    assert [row["data"]["assignment"] for row in rows if row["kind"] == "assignment.replanned"] == [second]
    assert first != second


@pytest.mark.browser
async def test_the_operator_merges_with_one_key(desk: RunningConsole, browser: Browser) -> None:
    """While the second caller still talks: category, place, Alt+G; undone by «Pisahkan». A report that came meanwhile
    holds the dispatch up once."""
    async with page(browser, desk, "siti") as siti:
        await siti.set_viewport_size({"width": 1366, "height": 768})
        await siti.evaluate(NO_TURNS)  # the form asks again on dispatch, not just before it
        number = await rings(desk, "siti")
        await expect(siti.locator("#category")).to_be_focused(timeout=IN_TIME_MS)
        await siti.keyboard.press("1")
        await siti.keyboard.type("bang")
        await siti.keyboard.press("Enter")
        await expect(siti.get_by_role("button", name="PLN", pressed=True)).to_be_visible(timeout=IN_TIME_MS)
        await expect(siti.locator(".similar")).to_have_count(0)
        desk.clock.now -= timedelta(minutes=4)
        master, _ = await desk.ticket("damkar")
        desk.clock.now += timedelta(minutes=4)
        await siti.keyboard.press("Control+Enter")
        await expect(siti.locator(".toast")).to_contain_text(f"{master} mungkin kejadian yang sama", timeout=IN_TIME_MS)
        same = siti.locator(".similar .same")
        await expect(same).to_contain_text("Sudah dikirim ke Damkar", timeout=IN_TIME_MS)
        await expect(same).to_contain_text("4 menit lalu")
        assert (await ticket_of(desk, number))["assignments"] == []
        await expect(same).to_be_in_viewport()
        await siti.keyboard.press("Alt+g")
        await expect(siti.locator(".similar.merged")).to_contain_text(f"Digabung ke {master}", timeout=IN_TIME_MS)
        assert (await ticket_of(desk, number))["master"] == master
        await siti.get_by_role("button", name="Pisahkan").click()
        await expect(siti.get_by_role("button", name="Kirim ke OPD")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Control+Enter")  # the operator knows better
        await expect(siti.locator(".sent")).to_contain_text("Damkar: Belum dijawab", timeout=IN_TIME_MS)
        async with asyncio.timeout(60):
            while (await ticket_of(desk, number))["status"] != "dispatched":
                await asyncio.sleep(0.02)
