"""A running console on a busy afternoon, with what a shift leaves behind, and a browser in which each user is in."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from console.web.sessions import COOKIE, new_token, token_hash
from processes.vitals.measures import Vitals
from scripts.pictures.afternoon import Afternoon
from scripts.pictures.reports import NOW, USERS
from scripts.pictures.running import make_instance, until_open
from tanggap.console import run
from tests.console.access import shift
from tests.console.conftest import ARGUMENTS, CHROMIUM
from tickets.store import Store

DESK, PHONE, WALL = (1366, 768), (390, 844), (1920, 1080)
IN_TIME_MS = 30_000


@dataclass(frozen=True, slots=True)
class State:
    """A page of a user (None: nobody is logged in) and what is done on it before it is looked at."""

    name: str
    user: str | None
    path: str
    act: Callable[[Page, House], Awaitable[None]] | None = None
    size: tuple[int, int] = DESK


@dataclass
class House:
    """The console's address and store, and a window of each user; a page on which nothing was done serves again."""

    url: str
    store: Store
    now: Any
    browser: Browser
    pages: dict[str, str]
    tokens: dict[str, str]
    windows: dict[str | None, BrowserContext] = field(default_factory=dict)
    clean: tuple[tuple[str | None, str], Page] | None = None

    async def open(self, state: State) -> Page:
        """The page of a state in the light theme, ready to be looked at."""
        place = (state.user, state.path)
        page = await self._again(place) or await self._new(place)
        await page.set_viewport_size({"width": state.size[0], "height": state.size[1]})
        if state.act is not None:
            await state.act(page, self)
        return page

    async def leave(self, state: State, page: Page) -> None:
        """Close the page; one on which nothing was done waits for the next state."""
        if state.act is None:
            self.clean = ((state.user, state.path), page)
        else:
            await page.close()

    async def close(self) -> None:
        """Close the page that waits."""
        if self.clean is not None:
            await self.clean[1].close()
            self.clean = None

    async def _again(self, place: tuple[str | None, str]) -> Page | None:
        if self.clean is None or self.clean[0] != place:
            await self.close()
            return None
        page, self.clean = self.clean[1], None
        await page.emulate_media(color_scheme="light")
        return page

    async def _new(self, place: tuple[str | None, str]) -> Page:
        user, path = place
        page = await (await self._window(user)).new_page()
        await page.route("**/health/live", lambda route: route.abort())  # the page without a signal stays as it is
        await page.goto(self.url + self.pages.get(path, path))
        await page.locator("main").first.wait_for(timeout=IN_TIME_MS)
        return page

    async def _window(self, user: str | None) -> BrowserContext:
        if user not in self.windows:
            made = await self.browser.new_context(locale="id-ID", color_scheme="light")
            if user is not None:
                await made.add_cookies([{"name": COOKIE, "value": self.tokens[user], "url": self.url}])
            self.windows[user] = made
        return self.windows[user]


@asynccontextmanager
async def open_house() -> AsyncIterator[House]:
    """One console and one Chromium for all states."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as home:
        instance = make_instance(Path(home))
        afternoon = Afternoon(instance, "kata sandi yang panjang")
        afternoon.tell()
        store = Store(instance.var / "tanggap.db", instance.secrets.number_key)
        pages = {name: path for name, (_, path) in afternoon.pages.items()}
        pages |= shift.tell(store, instance, NOW, afternoon.tickets)
        tokens = {user: _session(store, NOW, user) for user in USERS}
        stop = asyncio.Event()
        running = run(lambda: instance, lambda: NOW, stop, Vitals("console"))
        serving = asyncio.get_running_loop().create_task(running)
        async with async_playwright() as playwright:
            chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            try:
                await until_open(instance.site.console.port)
                url = instance.site.console.url
                for user, method, path, body in shift.asked(afternoon.tickets):
                    await _ask(url, tokens[user], method, path, body)
                yield House(url, store, NOW, chromium, pages, tokens)
            finally:
                await chromium.close()
                stop.set()
                await serving
                store.close()


def _session(store: Store, now: Any, user: str) -> str:
    """The token of a logged-in user: logging in has tests of its own."""
    token = new_token()
    store.sessions.open(now, token_hash(token), user, now + timedelta(hours=12))
    return token


async def _ask(url: str, token: str, method: str, path: str, body: dict[str, Any]) -> None:
    async with (
        ClientSession(cookies={COOKIE: token}) as session,
        session.request(method, url + path, json=body) as answer,
    ):
        assert answer.status < 300, (path, await answer.text())
