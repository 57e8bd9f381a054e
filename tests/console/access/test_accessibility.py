"""Every page in every state, light and dark: axe-core finds nothing; targets, zoom, type and print are as promised."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.console.access.axe import findings
from tests.console.access.house import DESK, WALL, House, State, open_house
from tests.console.access.states import LAST, STATES
from tickets.complaints import tracking

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    """One console and one Chromium for all states."""
    async with open_house() as opened:
        yield opened


NUMBERS = range(3471000, 3472000, 137)  # those of the pictures


async def test_the_house_leaves_the_program_as_it_was(house: House) -> None:
    """Its complaints have the numbers of the pictures; those of the tests after it are not taken from there."""
    assert not {tracking.new() for _ in range(8)} & {tracking.checked(str(number)) for number in NUMBERS}


# Everything that is pressed, but for links within a sentence, whose lines are as high as the text.
SMALL = """() => [...document.querySelectorAll("a[href], button, summary, select, textarea, label.button, input")]
  .filter((part) => part.checkVisibility({ visibilityProperty: true }) && !part.closest(".hide, p, [hidden]")
    && !["checkbox", "radio", "hidden", "file"].includes(part.type))
  .map((part) => [part, part.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && box.height > 1 && (box.width < 24 || box.height < 24))
  .map(([part, box]) => `${part.outerHTML.slice(0, 100)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
# Sound that starts without a press: no rule of axe says so once it is not allowed to load the sound.
PLAYS = """() => [...document.querySelectorAll("audio[autoplay], video[autoplay]")].map((part) => part.outerHTML)"""
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


async def wrong(house: House, state: State) -> str:
    """The faults of a state: small targets, axe's findings in both themes, and what is lost at twice the size."""
    page = await house.open(state)
    try:
        small = [f"small: {line}" for line in await page.evaluate(SMALL)]
        plays = [f"plays by itself: {line}" for line in await page.evaluate(PLAYS)]
        light = await findings(page)
        await page.emulate_media(color_scheme="dark")
        dark = [f"dark {line}" for line in await findings(page, "color-contrast")]
        lost = await too_large(page) if state.size == DESK and state.act is None else []
    finally:
        await house.leave(state, page)
    return "\n".join([*small, *plays, *light, *dark, *lost])


async def too_large(page: Page) -> list[str]:
    """Losses of the page at 200 %, and with the browser's own type at 32 px in place of 16."""
    await page.set_viewport_size({"width": DESK[0] // 2, "height": DESK[1] // 2})
    lost = [f"zoom: {line}" for line in await page.evaluate(LOST)]
    await page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    debugger = await page.context.new_cdp_session(page)
    await debugger.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    size = await page.evaluate("() => getComputedStyle(document.documentElement).fontSize")
    lost += [f"type: {line}" for line in await page.evaluate(LOST)]
    lost += [] if size == "32px" else [f"type: {size} in place of 32px"]
    await debugger.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    await debugger.detach()
    return lost


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
async def test_a_state_is_right(house: House, state: State) -> None:
    """All rules of axe in the light theme, the colours once more in the dark one; what is pressed is 24 px large both
    ways; a page on which nothing was done loses nothing at twice the size."""
    assert await wrong(house, state) == ""


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
SMALL_TYPE = """(least) => [...document.querySelectorAll("body *")].filter((part) => part.checkVisibility()
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
    small = await page.evaluate(SMALL_TYPE, 18)
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
        for pair in pairs:
            looks = [
                await page.locator(selector).first.evaluate(
                    "(part) => { const style = getComputedStyle(part);"
                    " return [style.backgroundColor, style.borderTopWidth, style.borderTopStyle].join(); }"
                )
                for selector in pair
            ]
            assert looks[0] != looks[1], pair
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
async def test_a_state_is_right_afterwards(house: House, state: State) -> None:
    """The page after a press: a refusal, «Urungkan», the next state."""
    assert await wrong(house, state) == ""
