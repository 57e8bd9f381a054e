"""«Urungkan», and lists that slide under a finger, in a real Chromium: what was meant is done, and nothing else."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.console.browser.test_above import rises
from tests.console.browser.test_app import until_row
from tests.console.browser.test_browser import IN_TIME_MS, at_desk, page, rings, siren_is
from tests.console.browser.test_fingers import telephone
from tests.console.desk112 import RunningConsole
from tests.console.pages.test_onetap import path_of

pytestmark = pytest.mark.browser


# What is dead for 0.7 s stays so until the test ends it, however slow the machine is.
LONG_DEAD = """() => { const later = window.setTimeout;
    window.setTimeout = (run, ms, ...more) => later(run, ms === 700 ? 3600000 : ms, ...more); }"""
PRESSES = "([x, y]) => Boolean(document.elementFromPoint(x, y)?.closest('button, a'))"
ALIVE = """() => { for (const part of document.querySelectorAll("[data-settling]")) delete part.dataset.settling; }"""


async def slow(shown: Page) -> None:
    """Load the page anew with fingers that stay dead."""
    await shown.add_init_script(f"({LONG_DEAD})()")
    await shown.reload()


async def middle(part: Locator) -> tuple[float, float]:
    """The place of a button under a finger."""
    box = await part.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def under(shown: Page, place: tuple[float, float], text: str) -> None:
    """Wait until what stands at a place belongs to a row with this text."""
    where = """([x, y, text]) => [...document.querySelectorAll(".rows > li")].some((row) => {
        const box = row.getBoundingClientRect();
        return row.innerText.includes(text) && box.top <= y && y <= box.bottom && box.left <= x && x <= box.right; })"""
    async with asyncio.timeout(IN_TIME_MS / 1000):
        while not await shown.evaluate(where, [*place, text]):
            await asyncio.sleep(0.01)


async def asked(desk: RunningConsole, kind: str) -> list[Any]:
    """The journal's rows of a kind."""
    rows = await desk.store.read(lambda store: store.journal.after(0, 10_000))
    return [row["data"] for row in rows if row["kind"] == kind]


async def test_an_acceptance_is_taken_back_and_the_siren_sounds_again(desk: RunningConsole, browser: Browser) -> None:
    """On the page of the officer who slipped, and on that of a colleague who had accepted second."""
    _, (assignment,) = await desk.ticket("damkar")
    async with telephone(browser, desk) as slipped, telephone(browser, desk) as colleague:
        await slipped.locator(".task.waiting button.act").tap(timeout=IN_TIME_MS)
        await until_row(desk, assignment, state="diterima")
        await siren_is(colleague, "off")
        await slipped.locator(".toast").get_by_role("button", name="Urungkan").tap(timeout=IN_TIME_MS)
        await until_row(desk, assignment, state="dikirim")
        for officer in (slipped, colleague):
            await siren_is(officer, "on")
            await expect(officer.locator(".task.waiting button.act")).to_be_visible(timeout=IN_TIME_MS)


async def test_a_dispatch_is_taken_back_at_the_desk(desk: RunningConsole, browser: Browser) -> None:
    """The agency's siren ends, the ticket is in the form with the same agencies to choose."""
    async with page(browser, desk, "siti") as siti, page(browser, desk, "damkar") as damkar:
        number = await rings(desk, "siti")
        await siti.locator("#category").fill("Kebakaran", timeout=IN_TIME_MS)
        await siti.keyboard.press("Enter")
        await siti.keyboard.type("bang")
        await siti.keyboard.press("Enter")
        await expect(siti.get_by_role("button", name="Damkar", pressed=True)).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Control+Enter")
        await expect(damkar.locator(".task.waiting")).to_have_count(1, timeout=IN_TIME_MS)
        await by_key(siti)
        await expect(damkar.locator(".task.waiting")).to_have_count(0, timeout=IN_TIME_MS)
        ticket = await desk.store.read(lambda store: store.tickets.show(number))
        assert {row["state"] for row in ticket["assignments"]} == {"dibatalkan"}
        assert ticket["status"] == "open"


async def test_a_prank_is_taken_back_at_the_desk(desk: RunningConsole, browser: Browser) -> None:
    """The ticket is open again, and the number has no verdict."""
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        await at_desk(desk, "siti", "talking", "c1")
        await expect(siti.locator(".pop.talking")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+p")
        await by_key(siti)
        await expect(siti.get_by_role("button", name="Prank", pressed=True)).to_have_count(0, timeout=IN_TIME_MS)
        ticket = await desk.store.read(lambda store: store.tickets.show(number))
        assert (ticket["status"], ticket["verdict"]) == ("open", None)


async def test_a_prank_that_is_taken_back_at_once_is_seen_on_a_slow_line_too(
    desk: RunningConsole, browser: Browser
) -> None:
    """The page never hears of the verdict, only of what came after it: no button stays pressed."""
    held: list[str | bytes] | None = None

    def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda text: socket.send(text) if held is None else held.append(text))

    async with page(browser, desk, "siti") as siti:
        await siti.route_web_socket("**/*", between)
        await siti.reload()
        await rings(desk, "siti")
        await at_desk(desk, "siti", "talking", "c1")
        await expect(siti.locator(".pop.talking")).to_be_visible(timeout=IN_TIME_MS)
        held = []
        await siti.keyboard.press("Alt+p")
        await expect(siti.get_by_role("button", name="Prank", pressed=True)).to_be_visible(timeout=IN_TIME_MS)
        await by_key(siti)
        held = None
        await at_desk(desk, "siti", "wrap_up", "c1")
        await expect(siti.locator(".pop.talking")).to_have_count(0, timeout=IN_TIME_MS)
        await expect(siti.get_by_role("button", name="Prank", pressed=True)).to_have_count(0, timeout=IN_TIME_MS)


async def by_key(shown: Page) -> None:
    """«Urungkan» by the key that stands on it, wherever the cursor is."""
    button = shown.locator(".toast").get_by_role("button", name="Urungkan Alt+Z")
    await expect(button).to_be_visible(timeout=IN_TIME_MS)
    await shown.keyboard.press("Alt+z")
    await expect(button).to_have_count(0, timeout=IN_TIME_MS)


async def test_a_merge_is_taken_back_at_the_desk_by_key(desk: RunningConsole, browser: Browser) -> None:
    """Alt+G, Alt+Z: the caller's ticket stands alone again, and is still in the form."""
    master, _ = await desk.ticket("damkar")
    async with page(browser, desk, "siti") as siti:
        number = await rings(desk, "siti")
        await siti.locator("#category").fill("Kebakaran", timeout=IN_TIME_MS)
        await siti.keyboard.press("Enter")
        await siti.keyboard.type("bang")
        await siti.keyboard.press("Enter")
        await expect(siti.locator(".similar")).to_contain_text(master, timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+g")
        await expect(siti.locator(".merged")).to_contain_text(master, timeout=IN_TIME_MS)
        await by_key(siti)
        await expect(siti.locator(".merged")).to_have_count(0, timeout=IN_TIME_MS)
        assert await desk.store.read(lambda store: store.merging.master_of(number)) is None
        await expect(siti.locator(".work")).to_contain_text(number)


async def test_a_closing_is_taken_back_by_key(desk: RunningConsole, browser: Browser) -> None:
    """On the ticket's page, and at the desk where an emergency was closed without being sent."""
    number = await desk.call("c-tutup", outcome="talked", operator="siti", ended_at=desk.clock.now.isoformat())
    fields = {"kind": "emergency", "description": "api"}
    assert (await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json=fields))[0] == 200
    async with page(browser, desk, "siti") as siti:
        await siti.goto(desk.url(f"/tiket/{number}"))
        await siti.get_by_role("button", name="Tutup tanpa OPD").click(timeout=IN_TIME_MS)
        await siti.get_by_label("Catatan penutup").fill("padam")
        await siti.keyboard.press("Enter")
        await expect(siti.get_by_text("Tiket ini sudah selesai")).to_be_visible(timeout=IN_TIME_MS)
        await by_key(siti)
        await expect(siti.get_by_text("Tiket ini sudah selesai")).to_have_count(0, timeout=IN_TIME_MS)
        await siti.goto(desk.url("/operator"))
        await siti.get_by_role("button", name="Darurat, 0813-2655-4021").click(timeout=IN_TIME_MS)
        await expect(siti.locator(".work")).to_contain_text(number, timeout=IN_TIME_MS)
        await siti.keyboard.press("F9")
        await expect(siti.locator(".leaving")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("2")
        await by_key(siti)
        async with asyncio.timeout(IN_TIME_MS / 1000):
            while (await desk.store.read(lambda store: store.tickets.get(number)))["status"] != "open":
                await asyncio.sleep(0.02)
        assert await desk.store.read(lambda store: store.unsent.is_open(number))


async def test_an_acceptance_is_taken_back_by_key(desk: RunningConsole, browser: Browser) -> None:
    """At the desk computer of an agency."""
    _, (assignment,) = await desk.ticket("damkar")
    async with page(browser, desk, "damkar") as officer:
        await officer.get_by_role("button", name="Mulai tugas").click(timeout=IN_TIME_MS)
        await officer.locator(".task.waiting button.act").click(timeout=IN_TIME_MS)
        await until_row(desk, assignment, state="diterima")
        await by_key(officer)
        await until_row(desk, assignment, state="dikirim")


async def test_a_second_tap_on_the_wall_meets_no_other_incident(desk: RunningConsole, browser: Browser) -> None:
    """«Saya tahu» of the first bar; the agency answers, the second bar slides there: the same place is dead, then it
    is pressed with intent."""
    for name in ("c-satu", "c-dua"):
        _, (assignment,) = await desk.ticket_of(await desk.call(name), "damkar")
        await rises(desk, assignment)
    async with page(browser, desk, "pusat") as wall:
        await slow(wall)
        bars = wall.locator(".bar[data-of]", has_text="Damkar belum menjawab")
        await expect(bars).to_have_count(2, timeout=IN_TIME_MS)
        await wall.evaluate(ALIVE)
        ids = [int(await bars.nth(n).get_attribute("data-of") or 0) for n in range(2)]
        place = await middle(bars.first.get_by_role("button", name="Saya tahu"))
        await desk.ask("damkar", "POST", f"/api/assignments/{ids[0]}/move", json={"state": "diterima"})
        await expect(bars).to_have_count(1, timeout=IN_TIME_MS)
        slid = await middle(bars.first.get_by_role("button", name="Saya tahu"))
        assert abs(slid[1] - place[1]) < 20, (slid, place)
        assert not await wall.evaluate(PRESSES, slid)
        await wall.mouse.click(*slid)
        await wall.evaluate(ALIVE)
        assert await asked(desk, "assignment.known") == []
        await bars.first.get_by_role("button", name="Saya tahu").click()  # the first click made room: it may have moved
        await wall.evaluate(ALIVE)
        await until_asked(desk, "assignment.known", 1)
        assert [row["assignment"] for row in await asked(desk, "assignment.known")] == [ids[1]]


async def test_a_second_tap_judges_no_other_call(desk: RunningConsole, browser: Browser) -> None:
    """«Prank» twice at one place of the list of calls to judge: the first is judged, and can be taken back by key."""
    for name, number in (("c-satu", "+6281326554001"), ("c-dua", "+6281326554002")):
        at = desk.clock.now.isoformat()
        await desk.call(name, number, stage="ended", lane="urgent", outcome="talked", operator="siti", ended_at=at)
    async with page(browser, desk, "siti") as siti:
        await siti.goto(desk.url("/saringan"))
        await slow(siti)
        rows = siti.locator(".unjudged")
        await expect(rows).to_have_count(2, timeout=IN_TIME_MS)
        await siti.evaluate(ALIVE)
        place = await middle(rows.first.get_by_role("button", name="Prank"))
        await siti.mouse.click(*place)
        await expect(rows).to_have_count(1, timeout=IN_TIME_MS)
        assert not await siti.evaluate(PRESSES, place)
        await siti.mouse.click(*place)
        await siti.evaluate(ALIVE)
        assert await siti.evaluate(PRESSES, place)
        assert len(await asked(desk, "ticket.judged")) == 1
        await by_key(siti)
        await expect(rows).to_have_count(2, timeout=IN_TIME_MS)


async def test_a_second_tap_takes_no_other_caller(desk: RunningConsole, browser: Browser) -> None:
    """«Ambil» twice at one place: the first caller is asked for; the next, who slides there, is not."""
    for call, number in (("c-satu", "+6281326554001"), ("c-dua", "+6281326554002")):
        await desk.call(call, number, stage="waiting", lane="urgent", waiting_at=desk.clock.now.isoformat())
    await at_desk(desk, "siti", "ready", None)
    async with page(browser, desk, "siti") as siti:
        await slow(siti)
        first = siti.get_by_role("button", name="Ambil").first
        await expect(siti.get_by_role("button", name="Ambil")).to_have_count(2, timeout=IN_TIME_MS)
        await siti.evaluate(ALIVE)
        place = await middle(first)
        await siti.mouse.click(*place)
        await until_asked(desk, "request.take", 1)
        await desk.store.write(
            lambda store: store.calls.step(desk.clock.now, "c-satu", "T-20261122-0001", {"stage": "talking"}, ())
        )
        await under(siti, place, "0813-2655-4002")
        assert not await siti.evaluate(PRESSES, place)
        await siti.mouse.click(*place)
        await siti.evaluate(ALIVE)
        assert [row["call"] for row in await asked(desk, "request.take")] == ["c-satu"]
        await siti.get_by_role("button", name="Ambil").click(timeout=IN_TIME_MS)  # meant, and done
        await until_asked(desk, "request.take", 2)


async def until_asked(desk: RunningConsole, kind: str, count: int) -> None:
    async with asyncio.timeout(IN_TIME_MS / 1000):
        while len(await asked(desk, kind)) < count:
            await asyncio.sleep(0.01)


async def test_the_next_step_of_a_link_is_dead_under_the_first_taps_finger(
    desk: RunningConsole, browser: Browser
) -> None:
    """The page comes anew with «Berangkat» where «TERIMA» was; for 0.7 s nothing is pressed there."""
    _, (assignment,) = await desk.ticket("damkar")
    context = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone = await context.new_page()
    await phone.goto(desk.url(path_of(assignment)))
    # the 0.7 s of the next page stand still from their beginning: a busy machine looks later than they last
    await phone.add_init_script(
        "addEventListener('animationstart', ({ target }) => target.getAnimations().forEach((each) => each.pause()))"
    )
    await phone.get_by_role("button", name="TERIMA", exact=True).tap(timeout=IN_TIME_MS)
    await expect(phone.get_by_role("button", name="Berangkat", exact=True)).to_be_visible(timeout=IN_TIME_MS)
    reached = await phone.evaluate("""() => {
      const button = [...document.querySelectorAll("button")].find((part) => part.textContent === "Berangkat");
      const [dead] = [...document.getAnimations()].filter((each) => each.effect.target === button);
      const box = button.getBoundingClientRect();
      const hits = () => document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === button;
      dead.currentTime = 0;
      const before = hits();
      dead.finish();
      return [before, hits(), dead.effect.getTiming().duration]; }""")
    await context.close()
    assert reached == [False, True, 700]


async def test_the_wall_sounds_again_after_a_reload(desk: RunningConsole, browser: Browser) -> None:
    """Without a click, where the browser allows that: it was heard before. Where it does not, the bar says how."""
    async with page(browser, desk, "pusat") as pusat:
        await pusat.get_by_role("button", name="Hidupkan suara").click(timeout=IN_TIME_MS)
        off = pusat.get_by_text("Suara mati")
        await expect(off).to_have_count(0, timeout=IN_TIME_MS)
        # as F5 does; the debugger's own reload would tell the page that nobody ever touched it
        async with pusat.expect_navigation():
            await pusat.evaluate("setTimeout(() => location.reload())")
        await expect(pusat.locator("main.wall .tile").first).to_be_visible(timeout=IN_TIME_MS)
        await expect(off).to_have_count(0, timeout=IN_TIME_MS)
        await pusat.reload()
        await expect(off).to_contain_text("sejak halaman dimuat ulang", timeout=IN_TIME_MS)
