"""Forty callers, one fire: real telephones on a real Asterisk, the real calls service, and an operator's page in a real
Chromium. From the first ring to all closed, with every action of the operator counted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import Page, async_playwright, expect

from console.console import Console
from console.live.live import LIVE
from console.site import ConsoleSite
from console.web.app import assets_version, make_app
from console.web.sessions import COOKIE, new_token, token_hash
from drills.phones.softphone import Phone, Talk
from tanggap.console import _setting
from tests.console.conftest import ARGUMENTS, CHROMIUM
from tests.console.desk112 import OurServer
from tests.console.hands import Hands
from tests.e2e.line import SUPERVISOR, House, LineUnderTest
from tickets.model import Actor

pytestmark = [pytest.mark.long, pytest.mark.browser]

CALLERS = 38
# each key, each text into one field, each picking up: the aim is twelve at most
ACTIONS = [
    *("telepon diangkat", "1", "«bangsri»", "F3", "«Rumah terbakar, dekat masjid»", "Control+Enter", "F9"),
    *("telepon diangkat", "Alt+g", "F9"),
    *("Alt+k", "Control+Enter"),
]
AT_ONCE = 10
IN_TIME_MS = 60_000
DAMKAR = Actor("user", "damkar")


class Operator(Hands):
    """Hands of an operator: picking the telephone up is one action, too. Nothing else of the page is touched."""

    def __init__(self, page: Page, phone: Phone, line: LineUnderTest) -> None:
        super().__init__(page)
        self._phone, self._line = phone, line

    async def pick_up(self) -> Talk:
        """Wait for the ring, see the form, and pick up."""
        ringing = await self._phone.rings()
        await expect(self.page.locator("#category")).to_be_focused(timeout=IN_TIME_MS)
        self.actions.append("telepon diangkat")
        return await self._line.answer(self._phone, ringing)

    async def sees(self, selector: str, text: str) -> None:
        """Wait for something on the page."""
        await expect(self.page.locator(selector)).to_contain_text(text, timeout=IN_TIME_MS)

    async def done_with(self, caller: Talk, spoken: Talk) -> None:
        """The caller hangs up; F9 ends the wrap-up."""
        await caller.hang_up()
        await spoken.ended()
        await expect(self.page.get_by_role("button", name="Selesai, siap lagi")).to_be_visible(timeout=IN_TIME_MS)
        await self.press("F9")
        await expect(self.page.locator(".ticket-form")).to_have_count(0, timeout=IN_TIME_MS)
        await self._line.until(lambda: self._line.service.floor.ready() == ("op1",))


@pytest.fixture
def unhurried(the_house: House) -> Iterator[None]:
    """Rings and wrap-ups end by people, not by time."""
    before = the_house.instance
    the_house.instance = replace(before, site=replace(before.site, ring_s=300.0, wrap_up_s=600.0))
    yield
    the_house.instance = before


@asynccontextmanager
async def pages_of(line: LineUnderTest) -> AsyncIterator[Callable[[str], Awaitable[Page]]]:
    """A console over the store of this line, on the loop of the telephones; a user's page in a Chromium of its own."""
    instance = line.house.instance
    console = Console(
        store=line.store,
        clock=line.clock,
        spawn=line.keeper.start,
        site=ConsoleSite(public_url=""),
        setting=_setting(instance, 0),
        media=instance.var / "media",
        recordings=line.house.recordings,
        version=assets_version(),
    )
    app = make_app(console)
    server = OurServer(app)
    await server.start_server()
    url = str(server.make_url("/"))
    for name, duty in {"follow": app[LIVE].follow, "tick": app[LIVE].tick, "push": app[LIVE].push}.items():
        line.keeper.start(f"console-{name}", duty())
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)

        async def opened(user: str) -> Page:
            token = await logged_in(line, user)
            context = await chromium.new_context(viewport={"width": 1366, "height": 768})
            await context.add_cookies([{"name": COOKIE, "value": token, "url": url}])
            page = await context.new_page()
            await page.goto(url)
            return page

        try:
            yield opened
        finally:
            await chromium.close()
            await app[LIVE].close()
            await server.close()


async def logged_in(line: LineUnderTest, user: str) -> str:
    """The token of a session of this user."""
    token, now = new_token(), line.clock()
    ends = now + timedelta(hours=8)
    await line.store.write(lambda store: store.sessions.open(now, token_hash(token), user, ends))
    return token


async def waits(line: LineUnderTest, number: str) -> Talk:
    """Somebody who presses 1 for an emergency and waits."""
    talk = await line.dial(number)
    await talk.press("1")
    await until_stage(line, number, "waiting")
    return talk


async def gives_up(line: LineUnderTest, number: str, talk: Talk) -> None:
    """The same person hangs up before anybody is free."""
    await talk.hang_up()
    await until_stage(line, number, "ended")


async def until_stage(line: LineUnderTest, number: str, stage: str) -> None:
    """Wait until the call of this number is at a stage."""
    async with asyncio.timeout(120):
        while True:
            rows = await line.store.read(lambda store: store.calls.since(line.clock() - timedelta(hours=1), 100))
            if any(row["number"] == f"+62{number[1:]}" and row["stage"] == stage for row in rows):
                return
            await asyncio.sleep(0.1)


async def crowd(line: LineUnderTest) -> None:
    """So many callers, some at a time; each waits longer than the short calls of a flood."""
    numbers = [f"08135550{n:04d}" for n in range(CALLERS)]
    for first in range(0, CALLERS, AT_ONCE):
        some = numbers[first : first + AT_ONCE]
        talks = await asyncio.gather(*(waits(line, number) for number in some))
        line.clock.set((line.clock() + timedelta(seconds=30)).isoformat())
        await asyncio.gather(*(gives_up(line, number, talk) for number, talk in zip(some, talks, strict=True)))


async def test_forty_callers_and_one_fire_take_few_actions(line: LineUnderTest, unhurried: None) -> None:
    """Two are talked with, 38 press 1 and hang up meanwhile. At the end nobody is to be called back or judged, the wall
    has one row, and all forty tickets are done with the agencies' «selesai»."""
    phone = await line.operator("op1")
    async with pages_of(line) as opened:
        page = await opened("op1")
        op1 = Operator(page, phone, line)
        await expect(page.get_by_role("heading", name="Siap")).to_be_visible(timeout=IN_TIME_MS)
        first = await line.dial("081326554021")
        await first.press("1")
        spoken = await op1.pick_up()
        await op1.press("1")
        await op1.type("bangsri")
        await op1.press("F3")
        await expect(page.locator("#description")).to_be_focused(timeout=IN_TIME_MS)
        await op1.type("Rumah terbakar, dekat masjid")
        await expect(page.locator(".opds [aria-pressed=true]").first).to_be_visible(timeout=IN_TIME_MS)
        await op1.press("Control+Enter")
        await op1.sees(".sent", "Belum dijawab")
        await crowd(line)
        await op1.done_with(first, spoken)

        second = await line.dial("081326554022")
        await second.press("1")
        spoken = await op1.pick_up()
        await op1.sees(".similar", "Kebakaran Bangsri")
        await op1.press("Alt+g")
        await op1.sees(".merged", "Digabung ke")
        await op1.done_with(second, spoken)

        await op1.press("Alt+k")
        await op1.sees(".incident-sheet .preview", f"{CALLERS} digabung, {CALLERS} dinilai asli")
        await op1.press("Control+Enter")
        await expect(page.locator(".incident-sheet")).to_have_count(0, timeout=IN_TIME_MS)
        told = f"{CALLERS} digabung, {CALLERS} dinilai asli, {CALLERS} telepon balik selesai."
        await op1.sees(".toasts", told)
        print(f"{len(op1.actions)} actions: {' · '.join(op1.actions)}")
        assert op1.actions == ACTIONS
        wall = await opened(SUPERVISOR)
        await expect(wall.locator(".ticket-row")).to_have_count(1, timeout=IN_TIME_MS)
        await expect(wall.locator(".ticket-row")).to_contain_text(f"{CALLERS + 2} penelepon", timeout=IN_TIME_MS)
    await all_closed(line)


async def all_closed(line: LineUnderTest) -> None:
    """The agencies accept and end it: no callback is open, no call unjudged, and every ticket is done."""
    since = line.clock() - timedelta(hours=2)
    assert await line.store.read(lambda store: store.callbacks.open_count()) == 0
    assert (await line.store.read(lambda store: store.screening.unjudged(since)))[0] == 0
    calls = await line.store.read(lambda store: store.calls.since(since, 100))
    tickets = [row["ticket"] for row in calls]
    assert len(tickets) == CALLERS + 2
    for number in tickets:
        for row in (await line.store.read(lambda store, number=number: store.tickets.report(number)))["assignments"]:  # type: ignore[misc]
            for state in ("diterima", "selesai"):
                await line.store.write(
                    lambda store, id_=row["id"], state=state: store.assignments.move(  # type: ignore[misc]
                        line.clock(), id_, state, DAMKAR, via="page", note="api padam"
                    )
                )
    ended = await line.store.read(lambda store: {store.tickets.get(number)["status"] for number in tickets})
    assert ended == {"done"}
