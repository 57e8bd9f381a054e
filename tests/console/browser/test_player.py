"""A message of the night in the operator's form, and the photos of a ticket, in a real Chromium."""

import wave

import pytest
from playwright.async_api import Browser, expect

from tests.console.browser.test_browser import IN_TIME_MS, at_desk, page
from tests.console.desk112 import RunningConsole

pytestmark = pytest.mark.browser


def sound(desk: RunningConsole, name: str, seconds: int = 20) -> None:
    """A recording of silence on disk."""
    path = desk.console.recordings / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16000 * seconds))


async def test_a_message_is_heard_while_it_is_written_down(desk: RunningConsole, browser: Browser) -> None:
    """«Tangani», then by keyboard alone, with the cursor in the story: play, faster, back five seconds, pause."""
    sound(desk, "messages/c1")
    number = await desk.call("c1", stage="ended", outcome="message", recording="messages/c1")
    await at_desk(desk, "siti", "ready", None)
    async with page(browser, desk, "siti") as siti:
        await siti.get_by_role("button", name="Tangani").click(timeout=IN_TIME_MS)
        await expect(siti.locator(".work")).to_contain_text(number, timeout=IN_TIME_MS)
        audio = siti.locator(".work audio")
        await siti.locator("#description").focus(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+r")
        await expect(siti.get_by_role("button", name="Hentikan")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+l")
        await expect(siti.get_by_role("button", name="Laju 1,5×")).to_be_visible(timeout=IN_TIME_MS)
        await siti.keyboard.press("Alt+r")
        await expect(siti.get_by_role("button", name="Putar")).to_be_visible(timeout=IN_TIME_MS)
        await audio.evaluate("(sound) => { sound.currentTime = 9; }")
        await siti.keyboard.press("Alt+b")
        assert await audio.evaluate("(sound) => sound.currentTime") == 4
        await siti.keyboard.type("anak hilang")
        await expect(siti.locator("#description")).to_have_value("anak hilang")


@pytest.mark.parametrize("width", [1366, 390])
async def test_a_message_in_the_form_fits(desk: RunningConsole, browser: Browser, width: int) -> None:
    """Nothing of the desk stands beside the screen, at both sizes."""
    sound(desk, "messages/c1")
    await desk.call("c1", stage="ended", outcome="message", recording="messages/c1")
    await at_desk(desk, "siti", "ready", None)
    async with page(browser, desk, "siti") as siti:
        await siti.set_viewport_size({"width": width, "height": 768 if width > 400 else 844})
        await siti.get_by_role("button", name="Tangani").click(timeout=IN_TIME_MS)
        await expect(siti.locator(".work audio")).to_be_visible(timeout=IN_TIME_MS)
        assert await siti.evaluate("document.documentElement.scrollWidth <= innerWidth")
