"""Takes docs/screenshots/*.png of the running console: its pages, telephone and desk, light and dark.

    .venv/bin/python scripts/screenshots.py [FOLDER]

The console and the store are the real ones, on a free port over an instance in a temporary directory; the afternoon in
it is made up (scripts/pictures), and so are the heartbeats of the other processes. It is always the same minute, so
that the pictures change only when the pages do.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from operations.passwords import generate  # noqa: E402
from processes.vitals.measures import Vitals  # noqa: E402
from scripts.pictures.afternoon import Afternoon  # noqa: E402
from scripts.pictures.reports import FIRE, NOW  # noqa: E402
from scripts.pictures.running import make_instance, until_open  # noqa: E402
from tanggap.console import run  # noqa: E402

SIZES = {"desk": (1366, 768), "phone": (390, 844)}
PAGES: dict[str, tuple[str | None, str]] = {
    "operator": ("siti", "/operator"),
    "opd": ("damkar", "/opd"),
    "overview": ("pusat", "/pantau"),
    "bupati": ("bupati", "/bupati"),
    "screening": ("pusat", "/saringan"),
    "numbers": ("admin", "/nomor"),
    "wadul": ("pusat", "/wadul"),
    "search": ("pusat", "/cari#gudang"),
    "handover": ("rina", "/serah-terima"),
    # "ticket", "link": ("damkar", …), "tracking" and "test": (None, …), whose addresses the store gives
    "similar": ("siti", "/operator"),  # what it types stays in the ticket: after "operator"
}
READY = "main section, main article, main.card"
CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


async def opened(browser: Browser, url: str, user: str | None, password: str) -> Page:
    """A page of a logged-in user, or of anybody."""
    page = await (await browser.new_context(locale="id-ID")).new_page()
    if user is not None:
        await page.goto(f"{url}/masuk")
        await page.fill("#nama", user)
        await page.fill("#sandi", password)
        await page.click("button")
        await page.wait_for_selector("main section, main article")
    return page


async def number_card(page: Page) -> None:
    """The first number's past."""
    await page.click("table .plain-button")
    await page.wait_for_selector(".number-card")


async def complaint(page: Page) -> None:
    """The second complaint, about to be passed on."""
    await page.click(".inbox li:nth-child(2) button")
    await page.keyboard.press("t")
    await page.wait_for_selector(".sub .toggle")


async def same_fire(page: Page) -> None:
    """The caller tells of the fire that is known already."""
    for field in ("category", "kecamatan", "desa"):
        await page.fill(f"#{field}", FIRE[field])
        await page.press(f"#{field}", "Enter")
    await page.wait_for_selector(".similar")


async def hits(page: Page) -> None:
    """The answer of a search."""
    await page.wait_for_selector(".hit")


DOES = {"numbers": number_card, "wadul": complaint, "similar": same_fire, "search": hits}


async def take(url: str, password: str, folder: Path, pages: dict[str, tuple[str | None, str]]) -> None:
    """Every page in every size and theme."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for name, (user, path) in pages.items():
            page = await opened(browser, url, user, password)
            for theme in ("light", "dark"):
                await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                for size, (width, height) in SIZES.items():
                    await page.set_viewport_size({"width": width, "height": height})
                    await page.goto(f"{url}{path}")
                    await page.wait_for_selector(READY)
                    if name in DOES:
                        await DOES[name](page)
                    await page.wait_for_timeout(400)
                    await page.screenshot(path=folder / f"{name}-{size}-{theme}.png")
                    print(folder / f"{name}-{size}-{theme}.png")
            await page.context.close()
        await browser.close()


async def main(folder: Path) -> None:
    """From an empty directory to the pictures."""
    password, stop = generate(), asyncio.Event()
    with tempfile.TemporaryDirectory(prefix="tanggap-screenshots-") as home:
        instance = make_instance(Path(home))
        afternoon = Afternoon(instance, password)
        afternoon.tell()
        running = run(lambda: instance, lambda: NOW, stop, Vitals("console"))
        serving = asyncio.get_running_loop().create_task(running)
        try:
            await until_open(instance.site.console.port)
            await take(instance.site.console.url, password, folder, PAGES | afternoon.pages)
        finally:
            stop.set()
            await serving


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Takes docs/screenshots/*.png of the running console.")
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "screenshots", help="Where they go.")
    target: Path = parser.parse_args().folder
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target))
