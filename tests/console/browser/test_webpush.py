"""Web push in a real Chromium: from «Mulai tugas» to a notification while the page is closed, and what puts it away.

Chromium subscribes at Google's service alone: that one call is replaced by one that makes real keys at a service on
127.0.0.1. What that decrypts is handed to the page's real service worker, as the browser would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, expect
from playwright.async_api import Worker as PlaywrightWorker

from tests.console.api.test_push_devices import used_at
from tests.console.browser.test_browser import IN_TIME_MS, siren_is
from tests.console.desk112 import PUSH_KEY, RunningConsole
from tests.tickets.notify.push_service import Got, Phone, PushService, push_service
from tickets.escalation.daemon import EscalationDaemon
from tickets.model import Actor, Row
from tickets.notify import CHANNELS
from tickets.notify.channel import Means, wire
from tickets.routing import Ladder, Step, Target
from tickets.web_push import WebPushSite, public_key

pytestmark = pytest.mark.browser

FRESH_KEY = "kunci web push sesudah diganti"
# As a browser does it, but for the service: a key pair, a secret, an address that nobody knows.
SUBSCRIBES = """(origin) => {
  if (!self.PushManager) return;
  const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const letters = (text) => atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = (text) => Uint8Array.from(letters(text), (one) => one.charCodeAt());
  let held = null;
  const leave = { get: () => localStorage.leave || "default", configurable: true }; // until somebody is asked
  Object.defineProperty(Notification, "permission", leave);
  const thinking = () => new Promise((done) => setTimeout(done, 300));
  Notification.requestPermission = async () => { await thinking(); return (localStorage.leave = "granted"); };
  window.left = 0;
  PushManager.prototype.getSubscription = async () => held;
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly || Notification.permission !== "granted") throw new DOMException("", "NotAllowedError");
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    const secret = crypto.getRandomValues(new Uint8Array(16));
    const endpoint = `${origin}/push/${crypto.randomUUID()}`;
    const p256dh = text(await crypto.subtle.exportKey("raw", pair.publicKey));
    const jwk = await crypto.subtle.exportKey("jwk", pair.privateKey);
    window.subscribed = { name: endpoint.split("/").pop(), jwk, auth: text(secret), key: applicationServerKey };
    held = {
      options: { applicationServerKey: bytes(applicationServerKey).buffer },
      toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth: text(secret) } }),
      unsubscribe: async () => { held = null; window.left += 1; return true; },
    };
    return held;
  };
}"""
# Chromium forgets a notification that comes while it lists those there are: nobody asks before it is shown.
COUNTS = """() => {
  if (!self.ServiceWorkerRegistration) return; // a page that is none yet
  const show = ServiceWorkerRegistration.prototype.showNotification;
  self.noted ??= 0;
  ServiceWorkerRegistration.prototype.showNotification = async function (...told) {
    await show.apply(this, told);
    self.noted += 1;
  };
}"""
SHOWN = """async (scope) => (await (await navigator.serviceWorker.getRegistration(scope)).getNotifications())
    .map(({ title, body, tag, silent, data }) => ({ title, body, tag, silent, path: data?.path }))"""


@asynccontextmanager
async def telephone(browser: Browser, service: PushService) -> AsyncIterator[BrowserContext]:
    """A browser that allows notifications and subscribes at `service`; a script error fails the test."""
    context = await browser.new_context(locale="id-ID", timezone_id="Asia/Jakarta", permissions=["notifications"])
    await context.add_init_script(f"({SUBSCRIBES})({service.origin!r}); ({COUNTS})()")
    wrong: list[str] = []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    yield context
    assert wrong == []
    await context.close()


async def opened(context: BrowserContext, desk: RunningConsole, user: str) -> Page:
    """The user's page, logged in."""
    await desk.let_in(context, user)
    page = await context.new_page()
    await page.goto(desk.url("/"))
    await expect(page.locator("main")).to_be_visible(timeout=2 * IN_TIME_MS)
    return page


async def reached(page: Page, service: PushService) -> str:
    """Once the page says that it is reached while closed: its subscription, known to the service."""
    await expect(page.locator("[data-reached=on]")).to_be_visible(timeout=IN_TIME_MS)
    made = await page.evaluate("window.subscribed")
    phone = Phone.from_jwk(made["name"], made["jwk"], made["auth"])
    service.phones[phone.name], service.bound[phone.name] = phone, made["key"]
    return phone.name


async def devices(desk: RunningConsole, opd: str | None) -> list[Row]:
    return await desk.store.read(lambda store: store.push_devices.of(desk.clock.now, opd))


async def until(true: Any) -> Any:
    """Wait until the job gives something; returns it."""
    async with asyncio.timeout(IN_TIME_MS / 1000):
        while not (value := await true()):
            await asyncio.sleep(0.02)
    return value


class Worker:
    """A page's real service worker, pushed through the debugger as the browser itself would."""

    def __init__(self, session: CDPSession, page: Page, desk: RunningConsole, worker: PlaywrightWorker) -> None:
        self._session, self._page, self._worker = session, page, worker
        self._origin = desk.url("/").rstrip("/")
        self._ids: dict[str, str] = {}
        session.on("ServiceWorker.workerRegistrationUpdated", self._updated)

    @classmethod
    async def of(cls, context: BrowserContext, desk: RunningConsole) -> "Worker":
        """Seen from a page that is none of its own."""
        page = await context.new_page()
        await page.goto(desk.url("/akun"))
        (worker,) = context.service_workers
        await worker.evaluate(COUNTS)
        made = cls(await context.new_cdp_session(page), page, desk, worker)
        await made._session.send("ServiceWorker.enable")
        return made

    def _updated(self, update: dict[str, Any]) -> None:
        for row in update["registrations"]:
            self._ids[row["scopeURL"].removeprefix(self._origin)] = row["registrationId"]

    async def push(self, scope: str, got: Got) -> None:
        """Deliver what the service has decrypted, and wait until it is shown."""
        before = await self._worker.evaluate("self.noted")

        async def known() -> str | None:
            return self._ids.get(scope)

        facts = {"origin": self._origin, "registrationId": await until(known), "data": got.data.decode()}
        await self._session.send("ServiceWorker.deliverPushMessage", facts)

        async def noted() -> bool:
            return bool(await self._worker.evaluate("self.noted") > before)

        await until(noted)

    async def shown(self, scope: str) -> list[dict[str, Any]]:
        """The notifications that stand there."""
        shown: list[dict[str, Any]] = await self._page.evaluate(SHOWN, scope)
        return shown

    async def shows(self, scope: str, *tags: str) -> list[dict[str, Any]]:
        """Those of these tags and no others, as soon as it is so."""

        async def so() -> list[list[dict[str, Any]]]:
            notices = await self.shown(scope)
            return [notices] if sorted(row["tag"] for row in notices) == sorted(tags) else []

        try:
            return (await until(so))[0]  # type: ignore[no-any-return]
        except TimeoutError:
            raise AssertionError(await self.shown(scope)) from None


@asynccontextmanager
async def pushing(desk: RunningConsole, service: PushService) -> AsyncIterator[None]:
    """The real daemon with its real channels."""
    async with aiohttp.ClientSession() as http:
        site = WebPushSite("mailto:112@contoh.go.id", (service.origin,))
        given: dict[str, Any] = {"dial": None, "push_key": desk.console.push_key, "web_push": site}
        channels = wire(CHANNELS, Means(desk.store, desk.clock, http, **given))
        spawn, zone = desk.console.spawn, ZoneInfo("Asia/Jakarta")
        routing = lambda: desk.console.setting.routing  # noqa: E731
        daemon = EscalationDaemon(desk.store, routing, channels, desk.clock, spawn, zone)
        running = spawn("escalate", daemon.run())
        yield
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def set_up(desk: RunningConsole, service: PushService) -> None:
    """Damkar's ladder begins with page and web push; the command centre's contact has it, too."""
    used_at(desk, "damkar.siaga", "pusat")
    desk.console.web_push = WebPushSite("mailto:112@contoh.go.id", (service.origin,))
    setting = desk.console.setting
    first = tuple(Target("damkar.siaga", channel) for channel in ("page", "webpush"))
    ladder = Ladder("darurat", (Step(0.0, first, 30.0),))
    opds = setting.routing.opds | {"damkar": replace(setting.routing.opds["damkar"], ladder=ladder)}
    desk.console.take(replace(setting, routing=replace(setting.routing, opds=opds), edition=setting.edition + 1))


async def test_a_telephone_is_reached_while_its_page_is_closed(desk: RunningConsole, browser: Browser) -> None:
    """Subscribed with the duty; anew when our key changes; told of a fire with the page closed, once for each ticket;
    put away when it is answered; silent where the page sounds already; and no more after logging out."""
    async with push_service() as service, telephone(browser, service) as context:
        set_up(desk, service)
        page = await opened(context, desk, "damkar")
        await page.get_by_role("button", name="Mulai tugas").click()
        first = await reached(page, service)
        assert [row["server_key"] for row in await devices(desk, "damkar")] == [public_key(PUSH_KEY)]
        await expect(page.locator(".sound-on")).to_contain_text("juga menerima pemberitahuan saat halaman ditutup")

        desk.console.push_key = lambda: FRESH_KEY
        desk.console.take(replace(desk.console.setting, edition=desk.console.setting.edition + 1))
        desk.live.touch()
        fresh = public_key(FRESH_KEY)

        async def anew() -> bool:
            return [row["server_key"] for row in await devices(desk, "damkar")] == [fresh]

        await until(anew)
        assert await page.evaluate("window.left") == 1
        second = await reached(page, service)
        assert second != first

        worker = await Worker.of(context, desk)
        await page.close()
        async with pushing(desk, service):
            ticket, (assignment,) = await desk.ticket("damkar")

            async def got() -> list[Got]:
                return service.got

            push = (await until(got))[0]
            assert (push.name, service.wrong) == (second, [])
            for _ in range(2):
                await worker.push("/opd", push)
            (note,) = await worker.shows("/opd", ticket)
            assert (note["title"], note["path"], note["silent"]) == ("112: Kebakaran", "/opd", False)
            assert note["body"] == f"Bangsri\nBelum diterima.\n{ticket}"

            async def ledger() -> list[tuple[str, Any]]:
                rows = await desk.store.read(lambda store: store.assignments.attempts(assignment))
                return [(row["channel"], row["detail"]) for row in rows if row["channel"] == "webpush"]

            assert await until(ledger) == [("webpush", "1 ponsel dikirimi")]

        page = await context.new_page()
        await page.goto(desk.url("/opd"))
        await page.get_by_role("button", name="Mulai tugas").click()
        await siren_is(page, "on")
        await until(lambda: page.evaluate("self.noted > 0"))
        await worker.push("/opd", push)  # the same ticket: the page sounds already

        async def quiet() -> bool:
            return [(assignment["tag"], assignment["silent"]) for assignment in await worker.shown("/opd")] == [
                (ticket, True)
            ]

        await until(quiet)
        budi = Actor("user", "budi")
        await desk.store.write(
            lambda store: store.assignments.move(desk.clock.now, assignment, "diterima", budi, via="page")
        )
        await worker.shows("/opd")
        await worker.push("/opd", push)  # it was under way when somebody answered
        await worker.push("/opd", Got("", {}, b'{"title": "UJI COBA", "tag": "uji-1"}'))
        await worker.shows("/opd", "uji-1")  # a test stays until it is tapped
        await page.locator(".menu summary").click()
        await page.get_by_role("button", name="Keluar").click()
        await expect(page.locator("#nama")).to_be_visible(timeout=IN_TIME_MS)
        assert await devices(desk, "damkar") == []


async def test_the_wall_and_browsers_that_cannot(desk: RunningConsole, browser: Browser) -> None:
    """The command centre's telephone is reached, too. A blocked browser, one that cannot subscribe, and an iPhone's
    before the page is installed are told so, quietly, and go on duty all the same."""
    async with push_service() as service, telephone(browser, service) as context:
        set_up(desk, service)
        page = await opened(context, desk, "pusat")
        await page.get_by_role("button", name="Hidupkan suara").click()
        name = await reached(page, service)
        assert [row["endpoint"] for row in await devices(desk, None)] == [f"{service.origin}/push/{name}"]
        worker = await Worker.of(context, desk)
        await page.close()
        push = Got(name, {}, b'{"title": "112: Kebakaran", "tag": "T-1", "body": "damkar"}')
        await worker.push("/pantau", push)
        assert [entry["path"] for entry in await worker.shows("/pantau", "T-1")] == ["/pantau"]

        await context.clear_cookies()
        await context.add_init_script("PushManager.prototype.subscribe = async () => { throw new Error('x') }")
        page = await opened(context, desk, "damkar")
        await page.get_by_role("button", name="Mulai tugas").click()
        await expect(page.locator("[data-reached=failed]")).to_be_visible(timeout=IN_TIME_MS)
        again = f"import('/static/{desk.console.version}/js/shared/webpush.js').then((found) => found.reach())"
        for script, word in (
            ("Object.defineProperty(Notification, 'permission', { value: 'denied' })", "denied"),
            (
                "delete window.PushManager; Object.defineProperty(navigator, 'userAgent', { value: 'iPhone' })",
                "install",
            ),
        ):
            await page.evaluate(f"() => {{ {script}; }}")
            await page.evaluate(again)
            await expect(page.locator(f"[data-reached={word}]")).to_be_visible(timeout=IN_TIME_MS)
        await expect(page.locator(".sound-on")).to_contain_text("Suara hidup")
        assert await devices(desk, "damkar") == []
