"""A console on a free port over a real store, with a small made-up county, and users who are logged in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession, CookieJar
from aiohttp.test_utils import TestServer
from aiohttp.web import BaseRunner
from argon2 import PasswordHasher
from playwright.async_api import BrowserContext

from asterisk.phone_numbers import normalise
from console.console import Console, Setting
from console.live.live import LIVE, Live
from console.site import ConsoleSite
from console.web.app import assets_version, make_app
from console.web.serving import Runner
from console.web.sessions import COOKIE, new_token, token_hash
from ivr.hours import Hours, Window
from ivr.menu import Choice, Menu, Menus
from processes.tasks import TaskKeeper
from tickets.escalation.ladder import plan
from tickets.model import Actor, day_of
from tickets.places import Places
from tickets.routing import Category, Contact, Ladder, Opd, Routing, Rule, Step, Target
from tickets.store import Store
from tickets.store.calls import NewCall
from tickets.store.thread import StoreThread
from tickets.web_push import WebPushSite

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # 10.00 WIB
PASSWORD = "kata sandi yang panjang"
CHEAP_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
USERS = {
    "siti": ("operator", None),
    "budi": ("operator", None),
    "damkar": ("opd", "damkar"),
    "pln": ("opd", "pln"),
    "pusat": ("command", None),
    "bupati": ("bupati", None),
    "admin": ("admin", None),
}
SITI = Actor("user", "siti")
LINK_KEY = "kunci tautan untuk uji, cukup panjang"
PUSH_KEY = "kunci web push untuk uji"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class RunningConsole:
    """A running console as a test works with it."""

    server: TestServer
    store: StoreThread
    console: Console
    clock: Clock
    live: Live

    async def token(self, user: str) -> str:
        """The token of a session of a user, without the detour over the form."""
        token, now = new_token(), self.clock.now
        await self.store.write(
            lambda store: store.sessions.open(now, token_hash(token), user, now + timedelta(hours=1))
        )
        return token

    async def session(self, user: str) -> ClientSession:
        """A logged-in user's own client; close it with the server."""
        return ClientSession(cookies={COOKIE: await self.token(user)}, cookie_jar=CookieJar(unsafe=True))

    async def let_in(self, context: BrowserContext, user: str) -> None:
        """Log a user in on a browser. No key is pressed: one whose page is gone may never be answered for."""
        await context.add_cookies(
            [
                {
                    "name": COOKIE,
                    "value": await self.token(user),
                    "url": self.url("/"),
                    "httpOnly": True,
                    "sameSite": "Strict",
                }
            ]
        )

    def url(self, path: str) -> str:
        """The address of a path."""
        return str(self.server.make_url(path))

    async def ask(self, user: str | None, method: str, path: str, **more: Any) -> tuple[int, Any]:
        """Status and JSON (or text) of one request of a user."""
        session = await self.session(user) if user else ClientSession()
        async with session, session.request(method, self.url(path), allow_redirects=False, **more) as answer:
            return answer.status, await body_of(answer)

    async def die(self) -> None:
        """The server is gone at once, as after kill -9: nobody is let in any more, and who is connected is cut off."""
        assert self.server.runner is not None
        for site in list(self.server.runner.sites):
            await site.stop()
        for client in list(self.live._clients):
            assert isinstance(client.transport, asyncio.WriteTransport)
            client.transport.abort()
        await self.server.close()

    async def call(
        self, id: str = "c1", number: str | None = "+6281326554021", location: str | None = None, **columns: Any
    ) -> str:
        """A call that has arrived; the number of its ticket."""
        now, shown = self.clock.now, number or "Tanpa nomor"
        new = NewCall(id, number, shown, number is None, number is not None, "112", location=location)

        def arrive(store: Store) -> str:
            ticket = store.calls.arrive(now, day_of(now, self.console.setting.zone), new)
            store.calls.step(now, id, ticket, columns, ())
            return ticket

        return await self.store.write(arrive)

    async def ticket(self, *opds: str) -> tuple[str, list[int]]:
        """A ticket of a fire, dispatched to these agencies; its number and assignments."""
        return await self.ticket_of(await self.call(f"c-{'-'.join(opds) or 'none'}"), *opds)

    async def ticket_of(self, number: str, *opds: str) -> tuple[str, list[int]]:
        """The ticket of a call that has arrived, filled in and dispatched."""
        now, routing = self.clock.now, self.console.setting.routing

        def dispatch(store: Store) -> list[int]:
            fields = {
                "kind": "emergency",
                "category": "kebakaran",
                "kecamatan": "Bangsri",
                "description": "rumah terbakar",
            }
            store.tickets.update(now, number, fields, SITI)
            return [store.assignments.dispatch(now, number, opd, plan(routing, opd, now), 600.0, SITI) for opd in opds]

        return number, await self.store.write(dispatch)


async def body_of(answer: ClientResponse) -> Any:
    """JSON where it is JSON."""
    return await answer.json() if answer.content_type == "application/json" else await answer.text()


def routing() -> Routing:
    """Two categories, three agencies, one rule."""
    siren = Ladder("darurat", (Step(0.0, (Target("damkar.siaga", "page"),), 30.0),))
    opds = {
        code: Opd(code, name, name, (f"{code}.siaga",), siren, siren, "#000000", 600.0)
        for code, name in {"damkar": "Damkar", "pln": "PLN", "bpbd": "BPBD"}.items()
    }
    contacts = {f"{code}.siaga": Contact(f"{code}.siaga", code, f"Siaga {code}", page=True) for code in opds}
    categories = {
        "kebakaran": Category("kebakaran", "Kebakaran", "emergency", ("damkar",), 1, "Apa yang terbakar?"),
        "listrik": Category("listrik", "Listrik padam", "complaint", ("pln",), 4),
    }
    menu = Menu("utama", "menu-utama", 2, 4.0, {"1": Choice("urgent", "emergency", None, "Darurat")})
    return Routing(
        menus=Menus("utama", {"utama": menu}),
        categories=categories,
        opds=opds,
        contacts=contacts | {"pusat": Contact("pusat", None, "Pusat kendali", page=True)},
        rules=(Rule(categories=("kebakaran",), kecamatan=("Bangsri",), add=("pln",), why="gardu induk"),),
        fallback=("bpbd",),
        duty="bpbd.siaga",
    )


def setting() -> Setting:
    """Open day and night."""
    hours = Hours("Asia/Jakarta", ((Window(time(0), time(0)),),) * 7)
    places = Places({"Bangsri": ("Kedungleper", "Tengguli"), "Jepara": ("Panggang",)})
    return Setting("Uji Tanggap 112", "Kabupaten Uji", hours, routing(), places)


class OurServer(TestServer):
    """With the console's own runner, as in service."""

    async def _make_runner(self, **kwargs: Any) -> BaseRunner:
        return Runner(self.app, **kwargs)


@asynccontextmanager
async def console(folder: Path, public_url: str = "", *, users: bool = True) -> AsyncIterator[RunningConsole]:
    """A running console; nothing of it is left behind."""
    clock, keeper = Clock(), TaskKeeper()
    store = await StoreThread(folder / "tanggap.db", "kunci uji").open()
    if users:
        await store.write(_add_users)
    console = Console(
        store=store,
        clock=clock,
        spawn=keeper.start,
        site=ConsoleSite(public_url=public_url),
        setting=setting(),
        media=folder / "media",
        recordings=folder / "recording",
        version=assets_version(),
        number_of=lambda text: normalise(text).e164,
        device_key=lambda: "kunci perangkat untuk uji",
        link_key=lambda: LINK_KEY,
        push_key=lambda: PUSH_KEY,
        web_push=WebPushSite("mailto:112@contoh.go.id"),
    )
    app = make_app(console)
    server = OurServer(app)
    await server.start_server()
    for name, duty in {"follow": app[LIVE].follow, "tick": app[LIVE].tick, "push": app[LIVE].push}.items():
        keeper.start(name, duty())
    try:
        yield RunningConsole(server, store, console, clock, app[LIVE])
    finally:
        await app[LIVE].close()
        await server.close()
        await keeper.close()
        await store.close()


def _add_users(store: Store) -> None:
    for name, (role, opd) in USERS.items():
        store.people.add(NOW, name, name.title(), role, opd, CHEAP_HASH)
