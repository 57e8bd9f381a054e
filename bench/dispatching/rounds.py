"""One report from «Kirim ke OPD» to the answer: an operator's and an agency's page in Chromium, the agency's phone.

Moments of a page are read in the page itself (a click listener, a MutationObserver), those of the phone when its INVITE
is told; all by the clock of the one machine, in milliseconds.
"""

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from console.web.sessions import COOKIE, token_hash
from drills.phones.softphone import Phone
from tickets.store.thread import StoreThread

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ARGUMENTS += ["--disable-component-update", "--disable-sync", "--no-first-run"]
LIMIT_MS = 15000.0
SNAKE = {"kind": "emergency", "category": "hewan", "kecamatan": "Bangsri", "desa": "Tengguli"}
# what pages note: the click on «Kirim ke OPD», each change of the siren, what the operator is told of the agency
WATCH = """() => {
  window.seen = [];
  const at = () => performance.timeOrigin + performance.now();
  const note = (what) => window.seen.push([what, at()]);
  addEventListener("click", (event) => { if (event.target.closest?.(".actions .act")) note("sent"); }, true);
  const last = {};
  const changed = (name, value) => { if (value && last[name] !== value) { last[name] = value; note(value); } };
  new MutationObserver(() => {
    changed("siren", document.body.dataset.siren && `siren ${document.body.dataset.siren}`);
    const told = document.querySelector(".sent")?.textContent.replace(/\\s+/g, " ").trim();
    changed("told", told && `told ${told}`);
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}"""


@dataclass(frozen=True, slots=True)
class Round:
    """The moments of one report in seconds: after the click, and after the key. `told`: the operator's words for it."""

    siren: float
    ring: float
    quiet: float
    shown: float
    told: str


@dataclass
class Stage:
    """The two pages and the phone."""

    operator: Page
    agency: Page
    phone: Phone
    url: str

    async def round(self, number: int) -> Round:
        """One report, from a ticket that nobody knows of to the answer by key 1."""
        ticket = await self._report(number)
        await self._forget()
        await self.operator.get_by_role("button", name="Kirim ke OPD").click(timeout=LIMIT_MS)
        call = await self.phone.rings(LIMIT_MS / 1000)
        rung = time.time() * 1000
        sent = await moment(self.operator, "sent")
        siren = await moment(self.agency, "siren on")
        talk = await self.phone.answer(call)
        pressed = time.time() * 1000
        await talk.press("1")
        quiet = await moment(self.agency, "siren off")
        shown, words = await told_of(self.operator, "Diterima")
        await talk.hang_up()
        await self._finish(ticket)
        times = (siren - sent, rung - sent, quiet - pressed, shown - pressed)
        return Round(*(ms / 1000 for ms in times), words)

    async def _report(self, number: int) -> str:
        """A ticket on the operator's page, complete, its agency proposed."""
        page = self.operator
        answer = await self._ask(page, "POST", "/api/tickets", {})
        ticket = str(answer["number"])
        story = {"description": f"Ular di dapur, laporan ke-{number}", "address": f"Rumah nomor {number}."}
        await self._ask(page, "PATCH", f"/api/tickets/{ticket}", SNAKE | story)
        close = page.get_by_role("button", name="Tutup formulir")
        if await close.count():
            await close.click()
        row = page.locator(".side.right li").filter(has_text=story["address"])
        await row.locator(".plain-button").click(timeout=LIMIT_MS)
        await page.wait_for_function(
            "(story) => document.querySelector('#description')?.value === story"
            " && document.querySelector('.opds [aria-pressed=true]')",
            arg=story["description"],
            timeout=LIMIT_MS,
        )
        return ticket

    async def _forget(self) -> None:
        for page in (self.operator, self.agency):
            await page.evaluate("window.seen.length = 0")

    async def _finish(self, ticket: str) -> None:
        """Done with a note, so that rounds do not pile up on the page."""
        row = await self._ask(self.operator, "GET", f"/api/tickets/{ticket}")
        for assignment in row["assignments"]:
            body = {"state": "selesai", "note": "selesai"}
            await self._ask(self.agency, "POST", f"/api/assignments/{assignment['id']}/move", body)

    async def _ask(self, page: Page, method: str, path: str, body: Any = None) -> Any:
        more = {} if body is None else {"data": body}
        answer = await page.context.request.fetch(f"{self.url}{path}", method=method, **more)
        assert answer.ok, f"{method} {path}: {answer.status} {await answer.text()}"
        return await answer.json()


async def moment(page: Page, name: str) -> float:
    """Wait until the page notes an event of this name; its moment in milliseconds."""
    note = await page.wait_for_function(
        "(what) => window.seen.find(([name]) => name === what)", arg=name, timeout=LIMIT_MS
    )
    return float((await note.json_value())[1])


async def told_of(page: Page, word: str) -> tuple[float, str]:
    """Wait until the page announces something with this word; its moment and the whole text."""
    script = "(word) => window.seen.find(([name]) => name.startsWith('told') && name.includes(word))"
    name, at = await (await page.wait_for_function(script, arg=word, timeout=LIMIT_MS)).json_value()
    return float(at), str(name).removeprefix("told ")


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield chromium
        finally:
            await chromium.close()


async def logged_in(browser: Browser, store: StoreThread, url: str, user: str, path: str, now: datetime) -> Page:
    """A page of a user in a browser of its own, watched."""
    token = secrets.token_urlsafe(32)
    await store.write(lambda store: store.sessions.open(now, token_hash(token), user, now + timedelta(days=1)))
    context = await browser.new_context()
    await context.add_cookies([{"name": COOKIE, "value": token, "url": url}])
    page = await context.new_page()
    await page.goto(f"{url}{path}")
    await page.locator("main").wait_for(timeout=LIMIT_MS)
    await page.evaluate(WATCH)
    return page


@asynccontextmanager
async def stage(store: StoreThread, url: str, phone: Phone, now: datetime) -> AsyncIterator[Stage]:
    """Operator op1 and the agency damkar at their pages, the siren armed; `phone` is the agency's."""
    async with browser() as chromium:
        operator = await logged_in(chromium, store, url, "op1", "/operator", now)
        agency = await logged_in(chromium, store, url, "damkar", "/opd", now)
        await agency.get_by_role("button", name="Mulai tugas").click()
        await agency.get_by_text("Suara hidup").wait_for(timeout=LIMIT_MS)
        yield Stage(operator, agency, phone, url)
