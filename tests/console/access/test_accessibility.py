"""Every page in every state, light and dark: axe-core finds nothing; targets, zoom, type and print are as promised."""

from __future__ import annotations

import asyncio
import importlib.util
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from processes.vitals.measures import Vitals
from tanggap.console import run
from tests.console.access.axe import findings
from tests.console.conftest import ARGUMENTS, CHROMIUM

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ROOT = Path(__file__).parents[3]
DESK, PHONE, WALL = (1366, 768), (390, 844), (1920, 1080)
PASSWORD = "kata sandi yang panjang"
IN_TIME_MS = 30_000
Act = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class State:
    """A page of a user (None: nobody is logged in) and what is done on it before it is looked at."""

    name: str
    user: str | None
    path: str
    act: Act | None = None
    size: tuple[int, int] = DESK


def _pictures() -> ModuleType:
    """The script that makes the screenshots: its afternoon is ours."""
    spec = importlib.util.spec_from_file_location("screenshots", ROOT / "scripts" / "screenshots.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class House:
    """A running console on a busy afternoon, and a browser with a window of each user."""

    url: str
    browser: Browser
    pages: dict[str, tuple[str | None, str]]
    windows: dict[tuple[str | None, tuple[int, int]], BrowserContext]

    async def open(self, state: State) -> Page:
        """The page of a state, ready to be looked at."""
        context = await self._window(state)
        page = await context.new_page()
        await page.route("**/health/live", lambda route: route.abort())  # the page without a signal stays as it is
        await page.goto(self.url + self.pages.get(state.path, (None, state.path))[1])
        await page.locator("main").first.wait_for(timeout=IN_TIME_MS)
        if state.act is not None:
            await state.act(page)
        return page

    async def _window(self, state: State) -> BrowserContext:
        key = (state.user, state.size)
        if key not in self.windows:
            width, height = state.size
            made = await self.browser.new_context(
                locale="id-ID", viewport={"width": width, "height": height}, color_scheme="light"
            )
            if state.user is not None:
                page = await made.new_page()
                await page.goto(f"{self.url}/masuk")
                await page.fill("#nama", state.user)
                await page.fill("#sandi", PASSWORD)
                await page.click("button")
                await page.locator("main section, main article").first.wait_for(timeout=IN_TIME_MS)
                await page.close()
            self.windows[key] = made
        return self.windows[key]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    """One console and one Chromium for all states."""
    pictures = _pictures()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as home:
        instance = pictures.make_instance(Path(home))
        afternoon = pictures.Afternoon(instance, PASSWORD)
        afternoon.tell()
        stop = asyncio.Event()
        running = run(lambda: instance, lambda: pictures.NOW, stop, Vitals("console"))
        serving = asyncio.get_running_loop().create_task(running)
        async with async_playwright() as playwright:
            chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            try:
                await pictures.until_open(instance.site.console.port)
                yield House(instance.site.console.url, chromium, afternoon.pages, {})
            finally:
                await chromium.close()
                stop.set()
                await serving


# -- what is done on a page --------------------------------------------------------------------------------------------


def click(*selectors: str) -> Act:
    """Click one after another."""

    async def act(page: Page) -> None:
        for selector in selectors:
            await page.locator(selector).first.click(timeout=IN_TIME_MS)

    return act


def press(key: str, until: str) -> Act:
    """Press a key until something stands on the page."""

    async def act(page: Page) -> None:
        await page.keyboard.press(key)
        await page.locator(until).first.wait_for(timeout=IN_TIME_MS)

    return act


async def login_wrong(page: Page) -> None:
    await page.fill("#nama", "siti")
    await page.fill("#sandi", "salah sekali")
    await page.click("button")
    await page.locator(".error").wait_for(timeout=IN_TIME_MS)


async def toast(page: Page) -> None:
    """An error and a message with «Urungkan»: dispatched without a category."""
    await page.locator(".ticket-form").wait_for(timeout=IN_TIME_MS)
    await page.keyboard.press("Control+Enter")
    await page.locator(".toast.bad").wait_for(timeout=IN_TIME_MS)


async def choosing(page: Page) -> None:
    """The list of categories, open."""
    await page.fill("#category", "ke")
    await page.locator(".combo li").first.wait_for(timeout=IN_TIME_MS)


async def refused_photo(page: Page) -> None:
    """A photo that 112 does not take, and the bar that says so."""
    await page.locator(".task:not(.waiting) .do .button >> text=Catatan").first.click(timeout=IN_TIME_MS)
    file = {"name": "bukti.jpg", "mimeType": "image/jpeg", "buffer": b"bukan gambar"}
    await page.locator("input[type=file]").last.set_input_files(file)  # type: ignore[arg-type]
    await page.locator(".bar.refused").wait_for(timeout=IN_TIME_MS)


async def accepts(page: Page) -> None:
    """«TERIMA», and the message with «Urungkan»."""
    await page.locator(".task.waiting button.act").first.click(timeout=IN_TIME_MS)
    await page.locator(".toast >> text=Urungkan").wait_for(timeout=IN_TIME_MS)
    await page.locator("[data-settling]").first.wait_for(state="detached", timeout=IN_TIME_MS)


async def accepts_by_link(page: Page) -> None:
    """The next state in this browser, with «Urungkan», and a proof that is refused."""
    await page.locator("button.button.huge").first.click(timeout=IN_TIME_MS)
    await page.locator("text=Selesai…").click(timeout=IN_TIME_MS)
    file = {"name": "bukti.jpg", "mimeType": "image/jpeg", "buffer": b"bukan gambar"}
    await page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    await page.locator("text=Kirim foto").click(timeout=IN_TIME_MS)
    await page.locator(".error:not([hidden])").wait_for(timeout=IN_TIME_MS)


STATES = (
    State("login", None, "/masuk"),
    State("login-wrong", None, "/masuk", login_wrong),
    State("not-found", "pusat", "/tidak-ada"),
    State("account", "pusat", "/akun"),
    State("offline", None, "/opd/luring"),
    State("track", None, "/lacak"),
    State("track-wrong", None, "/lacak?nomor=12345678"),
    State("tracking", None, "tracking"),
    State("test-push", None, "test"),
    State("link", None, "link", None, PHONE),
    State("link-open", None, "link", click("details.more summary"), PHONE),
    State("link-shut", None, "/t/x.y", None, PHONE),
    State("operator-rings", "siti", "/operator"),
    State("operator-phone", "siti", "/operator", None, PHONE),
    State("operator-chooses", "siti", "/operator", choosing),
    State("operator-toast", "siti", "/operator", toast),
    State("operator-menu", "siti", "/operator", click(".menu summary")),
    State("operator-talks", "budi", "/operator"),
    State("operator-transfers", "budi", "/operator", click(".transfer > button")),
    State("operator-paused", "rina", "/operator"),
    State("operator-calls-back", "rina", "/operator", click(".callback button")),
    State("opd", "damkar", "/opd"),
    State("opd-phone", "damkar", "/opd", None, PHONE),
    State("opd-on", "damkar", "/opd", click(".bar.bad button")),
    State("opd-notes", "damkar", "/opd", click(".task:not(.waiting) .do .button >> text=Catatan")),
    State("opd-ends", "damkar", "/opd", click(".task:not(.waiting) .do .button >> text=Selesai")),
    State("opd-declines", "damkar", "/opd", click(".task.waiting .do .button.quiet")),
    State("opd-social", "damkar", "/opd", click("details.more > summary >> text=media sosial")),
    State("wall", "pusat", "/pantau", None, WALL),
    State("wall-desk", "pusat", "/pantau"),
    State("wall-phone", "pusat", "/pantau", None, PHONE),
    State("bupati", "bupati", "/bupati"),
    State("bupati-phone", "bupati", "/bupati", click(".nudge"), PHONE),
    State("ticket", "pusat", "ticket"),
    State("ticket-phone", "pusat", "ticket", None, PHONE),
    State("ticket-writes", "pusat", "ticket", click(".line .button >> text=Tarik kembali")),
    State("ticket-hands", "pusat", "ticket", click(".line .button >> text=Alihkan")),
    State("screening", "pusat", "/saringan"),
    State("numbers", "admin", "/nomor"),
    State("number", "admin", "/nomor", click("table .plain-button")),
    State("search", "pusat", "/cari"),
    State("search-phone", "damkar", "/cari", None, PHONE),
    State("wadul", "pusat", "/wadul"),
    State("complaint", "pusat", "/wadul", click(".inbox li:nth-child(2) button")),
)


# These change the afternoon, and so come last.
LAST = (
    State("opd-refused", "damkar", "/opd", refused_photo),
    State("opd-accepts", "damkar", "/opd", accepts),
    State("link-accepted", "damkar", "link", accepts_by_link, PHONE),
)
# Everything that is pressed, but for links within a sentence, whose lines are as high as the text.
SMALL = """() => [...document.querySelectorAll("a[href], button, summary, select, textarea, label.button, input")]
  .filter((part) => part.checkVisibility({ visibilityProperty: true }) && !part.closest(".hide, p, [hidden]")
    && !["checkbox", "radio", "hidden", "file"].includes(part.type))
  .map((part) => [part, part.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && box.height > 1 && (box.width < 24 || box.height < 24))
  .map(([part, box]) => `${part.outerHTML.slice(0, 100)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
PAGES = tuple(state for state in STATES if state.act is None and state.path != "/t/x.y")


async def wrong(house: House, state: State) -> str:
    """The faults of a state: small targets, and axe's findings in both themes."""
    page = await house.open(state)
    try:
        small = [f"small: {line}" for line in await page.evaluate(SMALL)]
        light = await findings(page)
        await page.emulate_media(color_scheme="dark")
        dark = [f"dark {line}" for line in await findings(page, "color-contrast")]
        return "\n".join(small + light + dark)
    finally:
        await page.close()


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
async def test_axe_finds_nothing(house: House, state: State) -> None:
    """All rules in the light theme, the colours once more in the dark one; what is pressed is 24 px large both ways."""
    assert await wrong(house, state) == ""


# What stands out of the page, and text that is cut off.
LOST = """() => {
  const root = document.documentElement;
  const wide = root.scrollWidth > root.clientWidth + 1 ? [`page ${root.scrollWidth} of ${root.clientWidth} px`] : [];
  const cut = [...document.querySelectorAll("button, .button, h1, h2, label, .value, .number")]
    .filter((part) => part.checkVisibility() && !part.closest(".hide, .menu, .top") && part.className !== "hide"
      && getComputedStyle(part).overflow !== "visible" && part.scrollWidth > part.clientWidth + 1)
    .map((part) => `cut: ${part.outerHTML.slice(0, 120)}`);
  const out = [...document.querySelectorAll("button, .button, input, select, textarea")]
    .filter((part) => part.checkVisibility() && !part.closest(".hide, .wide"))
    .map((part) => [part, part.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.right > innerWidth + 1 || box.left < -1))
    .map(([part]) => `out: ${part.outerHTML.slice(0, 120)}`);
  return [...wide, ...cut, ...out];
}"""


@pytest.mark.parametrize("state", [state for state in PAGES if state.size == DESK], ids=lambda state: state.name)
async def test_nothing_is_lost_at_twice_the_size(house: House, state: State) -> None:
    """The page at 200 %, and with the browser's own type at 32 px in place of 16."""
    page = await house.open(state)
    await page.set_viewport_size({"width": DESK[0] // 2, "height": DESK[1] // 2})
    lost = [f"zoom: {line}" for line in await page.evaluate(LOST)]
    await page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    debugger = await page.context.new_cdp_session(page)
    await debugger.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    size = await page.evaluate("() => getComputedStyle(document.documentElement).fontSize")
    lost += [f"type: {line}" for line in await page.evaluate(LOST)]
    await page.close()
    assert ("\n".join(lost), size) == ("", "32px")


# The height of capitals in arc minutes at 3 m, on a screen of 55 inches.
ARC = """(selector) => [...document.querySelectorAll(selector)].filter((part) => part.checkVisibility())
  .map((part) => Math.atan(parseFloat(getComputedStyle(part).fontSize) * 0.73 * (1218 / 1920) / 3000)
    * 180 / Math.PI * 60)"""
FROM_AFAR = {
    ".tile .value": 16, ".wall h2": 16, ".ticket-row strong": 16, ".ticket-row .place": 16, ".live-call strong": 16,
    ".ticket-row .age time, .ticket-row .age > :first-child": 16, ".tile .what": 12, ".wall .ticket-row .chip": 12,
    ".live-call .small": 12, ".bar p": 16,
}  # fmt: skip


# Text of the wall that is smaller than so many pixels, with its size; keys and the menu are for who stands before it.
SMALL = """(least) => [...document.querySelectorAll("body *")].filter((part) => part.checkVisibility()
  && !part.closest("kbd, .menu, .toasts, .hide, script") && parseFloat(getComputedStyle(part).fontSize) < least
  && [...part.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .map((part) => `${part.textContent.trim().slice(0, 30)} ${getComputedStyle(part).fontSize}`)"""


async def test_the_wall_is_read_from_three_metres(house: House) -> None:
    """Capitals of what counts are 16 arc minutes high; what stands beside it 12; nothing is smaller than 18 px."""
    page = await house.open(State("wall", "pusat", "/pantau", None, WALL))
    low = {}
    for selector, least in FROM_AFAR.items():
        heights = await page.evaluate(ARC, selector)
        assert heights, selector
        if min(heights) < least:
            low[selector] = round(min(heights), 1)
    wide = await page.evaluate("() => document.documentElement.scrollWidth")
    small = await page.evaluate(SMALL, 18)
    await page.close()
    assert (low, wide, small) == ({}, WALL[0], [])


async def test_the_systems_colours_keep_what_colours_said(house: House) -> None:
    """With forced colours a pressed button, a task that waits and a hot tile still look different."""
    for path, user, pairs in (
        ("/operator", "rina", (('.states [aria-pressed="true"]', '.states [aria-pressed="false"]'),)),
        ("/opd", "damkar", ((".task.waiting", ".task:not(.waiting)"),)),
        ("/pantau", "pusat", ((".tile.hot", ".tile:not(.hot)"), ("li.late", ".ticket-row:not(.late)"))),
    ):
        page = await house.open(State("forced", user, path))
        await page.emulate_media(forced_colors="active")
        for one, other in pairs:
            looks = [
                await page.locator(selector).first.evaluate(
                    "(part) => { const style = getComputedStyle(part);"
                    " return [style.backgroundColor, style.borderTopWidth, style.borderTopStyle].join(); }"
                )
                for selector in (one, other)
            ]
            assert looks[0] != looks[1], one
        await page.close()


async def test_a_ticket_is_printed_black_on_white(house: House) -> None:
    """Also from the dark theme: all that is told, nothing that can be pressed."""
    page = await house.open(State("ticket", "pusat", "ticket"))
    await page.emulate_media(media="print", color_scheme="dark")
    shown = await page.evaluate(
        "() => [...document.querySelectorAll('button, input, audio, .top')].filter((part) => part.checkVisibility())"
        ".map((part) => part.outerHTML.slice(0, 80))"
    )
    colours = await page.evaluate(
        "() => { const style = getComputedStyle(document.querySelector('.sheet-page .card'));"
        " return [style.color, style.backgroundColor]; }"
    )
    text = await page.locator("main").inner_text()
    await page.close()
    assert (shown, colours) == ([], ["rgb(0, 0, 0)", "rgb(255, 255, 255)"])
    for word in ("Bundaran Ngabul", "Satu korban tidak sadar", "Di lokasi", "Riwayat", "Wati"):
        assert word in text


@pytest.mark.parametrize("state", LAST, ids=lambda state: state.name)
async def test_axe_finds_nothing_afterwards(house: House, state: State) -> None:
    """The page after a press: a refusal, «Urungkan», the next state."""
    assert await wrong(house, state) == ""
