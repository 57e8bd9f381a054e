"""The agency's page as an app on a telephone, in a real Chromium: no signal, photos, a reload."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from console.api import once
from console.pages import webapp
from tests.console.browser.test_browser import IN_TIME_MS, page, siren_is
from tests.console.desk112 import RunningConsole
from tests.console.pictures import JEPARA, TAKEN, photograph, with_exif
from tickets.errors import StoreUnavailable

pytestmark = pytest.mark.browser


async def until_row(desk: RunningConsole, assignment: int, **wanted: Any) -> Any:
    """The assignment, as soon as it is like this in the store."""
    async with asyncio.timeout(IN_TIME_MS / 1000):
        while True:
            row = await desk.store.read(lambda store: store.assignments.get(assignment))
            if wanted.items() <= row.items():
                return row
            await asyncio.sleep(0.05)


async def kinds(desk: RunningConsole, ticket: str) -> list[tuple[str, Any]]:
    """The agency's moves and notes in the journal, in order."""
    rows = await desk.store.read(lambda store: store.journal.of_ticket(ticket, None))
    moves = [row for row in rows if row["kind"].startswith("assignment.")]
    return [(row["kind"], row["data"].get("state") or row["data"].get("note")) for row in moves]


async def on_duty(phone: Page) -> None:
    """«Mulai tugas», and the service worker has what it needs."""
    await phone.get_by_role("button", name="Mulai tugas").click()
    await phone.evaluate("navigator.serviceWorker.ready.then(() => true)")


async def test_what_is_done_without_a_signal_arrives_once(desk: RunningConsole, browser: Browser) -> None:
    """Three actions offline, the page opened anew without a signal, then online: each is there once, in its order, and
    meanwhile the page says that nothing has arrived. Nothing about people is in the browser's caches."""
    ticket, (assignment,) = await desk.ticket("damkar")
    async with page(browser, desk, "damkar") as phone:
        await on_duty(phone)
        await siren_is(phone, "on")
        await phone.context.set_offline(True)
        await phone.get_by_role("button", name="TERIMA").click()
        await siren_is(phone, "off")
        await phone.get_by_role("button", name="Berangkat", exact=True).click(timeout=IN_TIME_MS)
        await phone.get_by_role("button", name="Catatan, foto…").click(timeout=IN_TIME_MS)
        await phone.locator(f"#note-{assignment}").fill("dua regu")
        await phone.get_by_role("button", name="Simpan", exact=True).click()
        await expect(phone.locator(".outbox")).to_contain_text("3 tindakan menunggu sinyal", timeout=IN_TIME_MS)
        await expect(phone.locator(".outbox")).to_contain_text("BELUM sampai di 112")
        assert (await desk.store.read(lambda store: store.assignments.get(assignment)))["state"] == "dikirim"

        await phone.reload()
        await expect(phone.get_by_text("TANPA SINYAL")).to_be_visible(timeout=IN_TIME_MS)
        await expect(phone.locator("#waiting")).to_contain_text("3 tindakan", timeout=IN_TIME_MS)
        assert await cached(phone) == {"html", "css", "javascript", "svg+xml", "png"}

        await phone.context.set_offline(False)
        await until_row(desk, assignment, state="berangkat", acknowledged_by="damkar")
        await expect(phone.locator("[data-state=berangkat]")).to_be_visible(timeout=2 * IN_TIME_MS)
        await expect(phone.locator(".outbox")).to_have_count(0, timeout=IN_TIME_MS)
    expected = [("assignment.acknowledged", "diterima"), ("assignment.moved", "berangkat")]
    assert await kinds(desk, ticket) == [*expected, ("assignment.noted", "dua regu")]


async def test_an_answer_that_112_cannot_keep_waits_and_says_so(desk: RunningConsole, browser: Browser) -> None:
    """The disk of 112 is full: the action stays in the browser, with what 112 says, is sent again, and counts."""
    _, (assignment,) = await desk.ticket("damkar")
    write = desk.store.write

    async def full(job: Any) -> Any:
        raise StoreUnavailable("tidak tersimpan: database or disk is full")

    async with page(browser, desk, "damkar") as phone:
        await phone.get_by_role("button", name="Mulai tugas").click()
        await siren_is(phone, "on")
        desk.store.write = full  # type: ignore[method-assign]
        await phone.get_by_role("button", name="TERIMA").click()
        unsaved = "1 tindakan belum tersimpan: Tidak tersimpan: cakram penuh."
        await expect(phone.locator(".outbox")).to_contain_text(unsaved, timeout=IN_TIME_MS)
        await expect(phone.locator(".outbox")).to_contain_text("Jawaban Anda BELUM tersimpan di 112")
        await expect(phone.locator(".queued")).to_contain_text("Belum tersimpan: Terima")
        await siren_is(phone, "off")
        await expect(phone.locator(".toast.bad")).to_have_count(0)
        desk.store.write = write  # type: ignore[method-assign]
        await phone.get_by_role("button", name="Kirim sekarang").click()
        await until_row(desk, assignment, state="diterima", acknowledged_by="damkar")
        await expect(phone.locator(".outbox")).to_have_count(0, timeout=IN_TIME_MS)


async def cached(phone: Page) -> set[str]:
    """The kinds of files in the caches; none of them names the agency's people or a report."""
    script = """async () => {
      const kinds = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const answer = await cache.match(request), path = new URL(request.url).pathname;
          if (!path.startsWith("/static/") && path !== "/opd/luring") throw new Error(path);
          if (/rumah terbakar|Damkar/.test(path === "/opd/luring" ? await answer.text() : "")) throw new Error(path);
          kinds.push(answer.headers.get("Content-Type").split(";")[0].split("/")[1]);
        }
      }
      return kinds;
    }"""
    return set(await phone.evaluate(script))


async def test_an_installed_page_of_another_version_becomes_this_one(
    desk: RunningConsole, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A telephone that installed the page before an update, with scripts at other addresses: opened anew it is the new
    page, the worker follows by itself, nothing of the old one stays, and what is kept works without a signal."""
    version = desk.console.version
    cached_versions = "caches.keys().then((names) => names.sort().join())"
    with monkeypatch.context() as before:
        old = SimpleNamespace(version="0100", setting=desk.console.setting)
        before.setattr(webapp, "console_of", lambda request: old)
        before.setattr(webapp, "files", lambda _: [webapp.SHELL, f"/static/{version}/img/app-192.png"])
        async with page(browser, desk, "damkar") as phone:
            await on_duty(phone)
            assert await phone.evaluate(cached_versions) == "tanggap-0100"

            before.undo()
            await phone.reload()
            async with asyncio.timeout(IN_TIME_MS / 1000):
                while await phone.evaluate(cached_versions) != f"tanggap-{version}":
                    await asyncio.sleep(0.05)
            await phone.context.set_offline(True)
            await phone.reload()
            await expect(phone.get_by_text("TANPA SINYAL")).to_be_visible(timeout=IN_TIME_MS)
            await phone.context.set_offline(False)
            await expect(phone.locator("main.duty")).to_contain_text("Tidak ada tugas", timeout=2 * IN_TIME_MS)


# window.failed: a promise that is kept once the page has seen that a request to /move failed. Answers over the live
# socket are lost, too: its other way would bring them first now and then.
HEARS_A_FAILURE = """() => {
  const ask = window.fetch, say = WebSocket.prototype.send;
  WebSocket.prototype.send = function (text) { if (!String(text).startsWith('{"key"')) say.call(this, text); };
  window.failed = new Promise((heard) => {
    window.fetch = async (path, options) => {
      try { return await ask(path, options); } catch (error) {
        if (String(path).endsWith("/move")) heard();
        throw error;
      }
    };
  });
}"""


async def test_an_answer_that_is_lost_on_its_way_is_asked_for_again(
    desk: RunningConsole, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has done it, the page has not heard so and says so: it asks again by itself, and it is done once.

    The server loses its answers until the page has seen a request fail. A route of the debugger would not do: while the
    service worker takes a page over, its requests may pass the debugger by. The browser itself repeats a request whose
    connection breaks before it fails: with the same key, too."""
    ticket, (assignment,) = await desk.ticket("damkar")
    write, keys, lost, line = once.write, [], [], {"bad": True}

    async def lossy(request: web.Request, *arguments: Any) -> web.StreamResponse:
        keys.append(request.headers[once.HEADER])
        answer = await write(request, *arguments)
        if line["bad"]:
            assert isinstance(request.transport, asyncio.WriteTransport)
            request.transport.abort()
            lost.append(answer)
        return answer

    monkeypatch.setattr(once, "write", lossy)
    async with page(browser, desk, "damkar") as phone:
        await phone.evaluate(HEARS_A_FAILURE)
        await phone.get_by_role("button", name="TERIMA").click()
        async with asyncio.timeout(IN_TIME_MS / 1000):
            await phone.evaluate("window.failed")
        await until_row(desk, assignment, state="diterima")
        await expect(phone.locator(".queued")).to_contain_text("Menunggu sinyal: Terima", timeout=IN_TIME_MS)
        line["bad"] = False
        await expect(phone.locator(".queued")).to_have_count(0, timeout=IN_TIME_MS)
        await expect(phone.locator(".toast.bad")).to_have_count(0)
    assert len(keys) == len(lost) + 1 > 1
    assert len(set(keys)) == 1
    assert await kinds(desk, ticket) == [("assignment.acknowledged", "diterima")]


async def test_a_photo_is_small_tells_when_and_where_and_shows_neither(desk: RunningConsole, browser: Browser) -> None:
    """Read before it is shrunk, sent along, kept; the file that is shown has no Exif and a telephone's long side."""
    _, (assignment,) = await desk.ticket("damkar")
    async with page(browser, desk, "damkar") as phone:
        await phone.get_by_role("button", name="TERIMA").click()
        await phone.get_by_role("button", name="Catatan, foto…").click(timeout=IN_TIME_MS)
        taken = with_exif(await photograph(phone))
        assert len(taken) > 1_000_000
        files: Any = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": taken}
        await phone.locator("input[type=file][multiple]").set_input_files(files)
        await expect(phone.locator(".shots img")).to_be_visible(timeout=2 * IN_TIME_MS)
        shown = await phone.locator(".shots img").evaluate(
            "(one) => one.decode().then(() => [one.naturalWidth, one.naturalHeight])"
        )
        assert shown == [1600, 1200]
        await expect(phone.locator(".shots small")).to_contain_text("09.41")
    (row,) = await desk.store.read(lambda store: store.assignments.attachments(assignment))
    assert (row["taken_at"], row["lat"], row["lon"]) == (TAKEN, *JEPARA)
    kept = (desk.console.media / row["value"]).read_bytes()
    assert b"Exif" not in kept and b"RAHASIA" not in kept
    assert len(kept) < len(taken) / 2


async def test_a_reload_resumes_the_siren(desk: RunningConsole, browser: Browser) -> None:
    """Without a click: this browser was on duty before; and with a new report after that."""
    async with page(browser, desk, "damkar") as phone:
        await on_duty(phone)
        await expect(phone.get_by_text("Terdengar jelas?")).to_be_visible(timeout=IN_TIME_MS)
        await phone.get_by_role("button", name="Ya, terdengar").click()
        await desk.ticket("damkar")
        await siren_is(phone, "on")
        # as F5 does; the debugger's own reload would tell the page that nobody ever touched it
        async with phone.expect_navigation():
            await phone.evaluate("setTimeout(() => location.reload())")
        await siren_is(phone, "on")
        assert await phone.get_by_text("SUARA MATI").count() == 0


async def test_the_place_is_drawn_without_a_map(desk: RunningConsole, browser: Browser) -> None:
    """The network's position of the caller: a drawing, links, and the distance once the telephone knows its place."""
    where = '{"lat": -6.588333, "lon": 110.668889, "radius_m": 150}'
    await desk.ticket_of(await desk.call(location=where), "damkar")
    async with page(browser, desk, "damkar") as phone:
        await phone.context.grant_permissions(["geolocation"])
        await phone.context.set_geolocation({"latitude": -6.6, "longitude": 110.66})
        await expect(phone.locator(".locator svg")).to_be_visible(timeout=IN_TIME_MS)
        await expect(phone.locator(".locator")).to_contain_text("± 150 m")
        assert (
            await phone.locator(".locator a").first.get_attribute("href")
            == "geo:-6.588333,110.668889?q=-6.588333,110.668889"
        )
        await phone.get_by_role("button", name="Jarak dari sini").click()
        await expect(phone.locator(".locator")).to_contain_text("1,6 km ke timur laut", timeout=IN_TIME_MS)
