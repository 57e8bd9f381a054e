"""The pages in their states: who looks at what, and what is done on it before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import Page

from tests.console.access.house import IN_TIME_MS, PHONE, WALL, House, State
from tickets.model import Actor

Act = Callable[[Page, House], Awaitable[None]]


def click(*selectors: str) -> Act:
    """Click one after another."""

    async def act(page: Page, house: House) -> None:
        for selector in selectors:
            await page.locator(selector).first.click(timeout=IN_TIME_MS)

    return act


def press(ready: str, *keys: str, until: str) -> Act:
    """Press keys once something is ready, until something else stands on the page."""

    async def act(page: Page, house: House) -> None:
        await page.locator(ready).first.wait_for(timeout=IN_TIME_MS)
        for key in keys:
            await page.keyboard.press(key)
        await page.locator(until).first.wait_for(timeout=IN_TIME_MS)

    return act


def shown(*selectors: str) -> Act:
    """Wait until all of this stands on the page."""

    async def act(page: Page, house: House) -> None:
        for selector in selectors:
            await page.locator(selector).first.wait_for(timeout=IN_TIME_MS)

    return act


def both(*acts: Act) -> Act:
    """Do one after another."""

    async def act(page: Page, house: House) -> None:
        for each in acts:
            await each(page, house)

    return act


async def to_the_top(page: Page, house: House) -> None:
    """The page from its begin: what has scrolled under the bar on top is no fault."""
    await page.evaluate("scrollTo(0, 0)")


async def tall(page: Page, house: House) -> None:
    """A screen on which nothing has to scroll under the bar on top."""
    await page.set_viewport_size({"width": 1366, "height": 1000})


async def login_wrong(page: Page, house: House) -> None:
    """A refusal at the login page."""
    await page.fill("#nama", "siti")
    await page.fill("#sandi", "salah sekali")
    await page.click("button")
    await page.locator(".error").wait_for(timeout=IN_TIME_MS)


async def choosing(page: Page, house: House) -> None:
    """The list of categories, open."""
    await page.fill("#category", "ke")
    await page.locator(".combo li").first.wait_for(timeout=IN_TIME_MS)


async def conflict(page: Page, house: House) -> None:
    """Two texts of one field: somebody else has changed it since it was shown here."""
    await mends(page, house)
    await page.locator("#address").focus()
    number = house.pages["crash"].rpartition("/")[2]
    address = {"address": "Bundaran Ngabul, sisi utara"}
    house.store.tickets.update(house.now, number, address, Actor("user", "budi"))
    await page.keyboard.type("Depan SPBU Ngabul")
    await page.locator(".conflicts").wait_for(timeout=IN_TIME_MS)


async def refused_photo(page: Page, house: House) -> None:
    """A photo that 112 does not take, and the bar that says so."""
    await page.locator(".task:not(.waiting) .do .button >> text=Catatan").first.click(timeout=IN_TIME_MS)
    file = {"name": "bukti.jpg", "mimeType": "image/jpeg", "buffer": b"bukan gambar"}
    await page.locator("input[type=file]").last.set_input_files(file)  # type: ignore[arg-type]
    await page.locator(".bar.refused").wait_for(timeout=IN_TIME_MS)


async def accepts(page: Page, house: House) -> None:
    """«TERIMA», and the message with «Urungkan»."""
    await page.locator(".task.waiting button.act").first.click(timeout=IN_TIME_MS)
    await page.locator(".toast >> text=Urungkan").wait_for(timeout=IN_TIME_MS)
    await page.locator("[data-settling]").first.wait_for(state="detached", timeout=IN_TIME_MS)


async def accepts_by_link(page: Page, house: House) -> None:
    """The next state in this browser, with «Urungkan», and a proof that is refused."""
    await page.locator("button.button.huge").first.click(timeout=IN_TIME_MS)
    await page.locator("text=Selesai…").click(timeout=IN_TIME_MS)
    file = {"name": "bukti.jpg", "mimeType": "image/jpeg", "buffer": b"bukan gambar"}
    await page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    await page.locator("text=Kirim foto").click(timeout=IN_TIME_MS)
    await page.locator(".error:not([hidden])").wait_for(timeout=IN_TIME_MS)


mends = press(".sheet-page .title", "F4", until=".ticket-form")
leaves = press(".side.right", "F8", until=".leaving")
sheet = press(".incident", "Alt+k", until=".incident-sheet .callers li")
NOTES = ".task:not(.waiting) .do .button >> text=Catatan"
ENDS = ".task:not(.waiting) .do .button >> text=Selesai"

# Pages of one user and place stand together, those on which nothing is done first: they are loaded once.
STATES = (
    State("login", None, "/masuk"),
    State("login-wrong", None, "/masuk", login_wrong),
    State("offline", None, "/opd/luring"),
    State("track", None, "/lacak"),
    State("track-wrong", None, "/lacak?nomor=12345678"),
    State("tracking", None, "tracking"),
    State("test-push", None, "test"),
    State("link-shut", None, "/t/x.y", None, PHONE),
    State("link", None, "link", None, PHONE),
    State("link-open", None, "link", click("details.more summary"), PHONE),
    State("link-changed", None, "link-changed", shown(".changed, .changes"), PHONE),
    State("operator-rings", "siti", "/operator"),
    State("operator-phone", "siti", "/operator", None, PHONE),
    State("operator-chooses", "siti", "/operator", choosing),
    State("operator-toast", "siti", "/operator", press(".ticket-form", "Control+Enter", until=".toast.bad")),
    State("operator-menu", "siti", "/operator", click(".menu summary")),
    State("operator-mends", "siti", "crash", both(mends, shown(".others"))),
    State("operator-conflict", "siti", "crash", conflict),
    State("operator-talks", "budi", "/operator"),
    State("operator-transfers", "budi", "/operator", click(".transfer > button")),
    State("operator-paused", "rina", "/operator"),
    State("operator-calls-back", "rina", "/operator", both(click(".callback button"), to_the_top)),
    State("operator-incident", "rina", "/operator", sheet),
    State("operator-incident-phone", "rina", "/operator", sheet, PHONE),
    State("operator-leaves-unsent", "rina", "/operator", both(tall, leaves)),
    State("operator-says-why", "rina", "/operator", both(leaves, press(".leaving", "3", until="#why-not"))),
    State("handover-waits", "rina", "/serah-terima"),
    State("handover-read", "rina", "/serah-terima", both(click(".bar .button >> text=Baca"), shown(".signed .note"))),
    State("handover-mine", "budi", "/serah-terima"),
    State("handover-phone", "budi", "/serah-terima", None, PHONE),
    State("opd", "damkar", "/opd"),
    State("opd-phone", "damkar", "/opd", None, PHONE),
    State("opd-on", "damkar", "/opd", click(".bar.bad button")),
    State("opd-notes", "damkar", "/opd", click(NOTES)),
    State("opd-ends", "damkar", "/opd", click(ENDS)),
    State("opd-declines", "damkar", "/opd", click(".task.waiting .do .button.quiet")),
    State("opd-social", "damkar", "/opd", click("details.more > summary >> text=media sosial")),
    State("opd-changed", "damkar", "/opd", both(shown(".changed"), click("summary >> text=Riwayat"))),
    State("search-phone", "damkar", "/cari", None, PHONE),
    State("search-own", "damkar", "/cari#ular", shown(".hit")),
    State("not-found", "pusat", "/tidak-ada"),
    State("account", "pusat", "/akun"),
    State("wall", "pusat", "/pantau", None, WALL),
    State("wall-desk", "pusat", "/pantau"),
    State("wall-phone", "pusat", "/pantau", None, PHONE),
    State("bupati", "bupati", "/bupati"),
    State("bupati-phone", "bupati", "/bupati", click(".nudge"), PHONE),
    State("ticket", "pusat", "ticket"),
    State("ticket-phone", "pusat", "ticket", None, PHONE),
    State("ticket-writes", "pusat", "ticket", click(".line .button >> text=Tarik kembali")),
    State("ticket-hands", "pusat", "ticket", click(".line .button >> text=Alihkan")),
    State("ticket-changed", "pusat", "snake", shown(".changes li")),
    State("ticket-ended", "pusat", "ended", click("button >> text=Buka lagi…")),
    State("ticket-ended-form", "pusat", "ended", both(mends, shown(".work .ended"))),
    State("screening", "pusat", "/saringan"),
    State("search", "pusat", "/cari"),
    State("search-hits", "pusat", "/cari#gudang", shown(".hit")),
    State("search-nothing", "pusat", "/cari?kecamatan=Keling#zzzz", shown(".results")),
    State("wadul", "pusat", "/wadul"),
    State("complaint", "pusat", "/wadul", click(".inbox li:nth-child(2) button")),
    State("numbers", "admin", "/nomor"),
    State("number", "admin", "/nomor", click("table .plain-button")),
)

# These change the afternoon, and so come last.
LAST = (
    State("opd-refused", "damkar", "/opd", refused_photo),
    State("opd-accepts", "damkar", "/opd", accepts),
    State("link-accepted", "damkar", "link", accepts_by_link, PHONE),
)
