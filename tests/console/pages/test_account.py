"""Sessions: renewed, ended everywhere, and another password."""

import asyncio
import re
from datetime import timedelta

from aiohttp import ClientSession, CookieJar, WSMsgType

from console.web.sessions import COOKIE, token_hash
from tests.console.desk112 import PASSWORD, RunningConsole

FORM = {"nama": "siti", "sandi": PASSWORD}
FRESH = "kata sandi lain yang panjang"


async def browser(desk: RunningConsole, user: str = "siti") -> ClientSession:
    """One that has logged in by the form."""
    session = ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"User-Agent": "Peramban Uji/1.0 <b>"})
    async with session.post(desk.url("/masuk"), data=FORM | {"nama": user}, allow_redirects=False) as answer:
        assert answer.status == 303
    return session


def token(session: ClientSession) -> str:
    """The session cookie of a browser."""
    return next(morsel.value for morsel in session.cookie_jar if morsel.key == COOKIE)


async def status(desk: RunningConsole, session: ClientSession, path: str = "/api/reference") -> int:
    """Of one request."""
    async with session.get(desk.url(path), allow_redirects=False) as answer:
        return answer.status


async def test_a_day_old_token_is_renewed(desk: RunningConsole) -> None:
    """The session goes on under another token; the former one ends a minute after the browser has shown the new one."""
    async with await browser(desk) as session:
        first = token(session)
        assert await status(desk, session) == 200 and token(session) == first
        desk.clock.now += timedelta(hours=15)
        assert token(session) == first
        desk.clock.now -= timedelta(hours=15)
    async with await browser(desk, "pusat") as session:
        first = token(session)
        desk.clock.now += timedelta(hours=24)
        assert await status(desk, session) == 200
        second = token(session)
        assert second != first
        async with ClientSession(cookies={COOKIE: first}, cookie_jar=CookieJar(unsafe=True)) as old:
            desk.clock.now += timedelta(hours=2)  # the answer might have been lost: the former token still opens
            assert await status(desk, old) == 200
            assert await status(desk, session) == 200  # now we know that it was not
            desk.clock.now += timedelta(seconds=61)
            assert await status(desk, old) == 401
        assert await status(desk, session) == 200


async def test_an_open_page_outlives_the_renewal(desk: RunningConsole) -> None:
    """Its socket belongs to the session, not to the token."""
    session = await browser(desk, "pusat")
    async with session, session.ws_connect(desk.url("/live?page=overview")) as socket:
        desk.clock.now += timedelta(hours=25)
        await status(desk, session)
        await status(desk, session)
        desk.clock.now += timedelta(minutes=5)
        await socket.send_str("here")
        await desk.live.end_dead()
        assert desk.live.clients == 1


async def test_logging_in_again_ends_the_session_before(desk: RunningConsole) -> None:
    """No session stays behind that no browser knows any more."""
    async with await browser(desk) as session:
        first = token(session)
        async with session.post(desk.url("/masuk"), data=FORM, allow_redirects=False):
            pass
        assert token(session) != first
        rows = await desk.store.read(lambda store: store.sessions.of_user(desk.clock.now, "siti"))
        assert [row["id"] for row in rows] == [token_hash(token(session))]


async def test_the_account_page_shows_where_one_is_logged_in(desk: RunningConsole) -> None:
    """By what browsers call themselves, as text."""
    async with await browser(desk) as session, session.get(desk.url("/akun")) as answer:
        page = await answer.text()
    assert "Peramban Uji/1.0 &lt;b&gt;" in page
    assert "22-11-2026 10.00 WIB · perangkat ini" in page


async def test_another_password_ends_every_other_session(desk: RunningConsole) -> None:
    """Their pages close at once; this browser goes on with another token; the old password opens nothing."""
    async with await browser(desk) as here, await browser(desk) as there:
        before = token(here)
        async with there.ws_connect(desk.url("/live?page=operator")) as socket:
            body = {"lama": PASSWORD, "baru": FRESH, "lagi": FRESH}
            async with here.post(desk.url("/akun/sandi"), data=body) as answer:
                assert (answer.status, "Kata sandi diganti" in await answer.text()) == (200, True)
            async with asyncio.timeout(60):
                while (message := await socket.receive()).type is WSMsgType.TEXT:
                    pass
            assert message.data == 4401
        assert (await status(desk, there), await status(desk, here)) == (401, 200)
        assert token(here) != before
    assert (await desk.ask(None, "POST", "/masuk", data=FORM))[0] == 401
    assert (await desk.ask(None, "POST", "/masuk", data=FORM | {"sandi": FRESH}))[0] == 303


async def test_a_password_is_changed_only_by_who_knows_it(desk: RunningConsole) -> None:
    """And to one that is long, new and typed twice; guessing at an open page is braked."""
    wrong = {
        "kata sandi sekarang belum diisi": {"baru": FRESH, "lagi": FRESH},
        "kata sandi baru belum diisi": {"lama": PASSWORD},
        "kata sandi baru terlalu pendek: 6 huruf, paling sedikit 12": {"lama": PASSWORD, "baru": "pendek", "lagi": ""},
        "kata sandi baru tidak sama di kedua isian": {"lama": PASSWORD, "baru": FRESH, "lagi": "x"},
        "kata sandi baru harus lain dari yang lama dan dari nama pengguna": {
            "lama": PASSWORD,
            "baru": PASSWORD,
            "lagi": PASSWORD,
        },
    }
    for sentence, body in wrong.items():
        code, page = await desk.ask("siti", "POST", "/akun/sandi", data=body)
        assert (code, sentence[1:] in page) == (400, True), sentence
    session = await desk.session("siti")
    codes = []
    async with session:
        for _ in range(6):
            body = {"lama": "tebak", "baru": FRESH, "lagi": FRESH}
            async with session.post(desk.url("/akun/sandi"), data=body) as answer:
                codes.append(answer.status)
    assert codes == [400] * 5 + [429]
    assert (await desk.ask(None, "POST", "/masuk", data=FORM))[0] == 303


async def test_leaving_everywhere(desk: RunningConsole) -> None:
    """Every session ends, this one too, and the operator is off duty."""
    async with await browser(desk) as here, await browser(desk) as there:
        async with here.post(desk.url("/akun/keluar-semua"), allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/masuk")
        assert await status(desk, there) == 401
    rows = await desk.store.read(lambda store: store.journal.after(0))
    assert [row["data"] for row in rows if row["kind"] == "user.sessions_ended"] == [{"user": "siti", "sessions": 2}]
    last = await desk.store.read(lambda store: store.boards.newest("request.presence"))
    assert last is not None and last["data"]["wanted"] == "offline"


HOLDER = re.compile(r"<html[^>]*>")


async def holder(session: ClientSession, url: str, **headers: str) -> str:
    """The opening tag of a page, which names the user whose session the browser holds."""
    async with session.get(url, headers={"Accept": "text/html"} | headers) as answer:
        tag = HOLDER.search(await answer.text())
    assert tag is not None
    return tag[0]


async def test_each_page_says_whose_session_the_browser_holds(desk: RunningConsole) -> None:
    """Drafts of anybody else go by it: nobody's at the login page, after leaving everywhere elsewhere, too."""
    nobody, siti = '<html lang="id" data-holder="">', '<html lang="id" data-holder="siti">'
    async with await browser(desk) as here, await browser(desk) as there:
        for path in ("/operator", "/akun", "/lacak"):
            assert await holder(there, desk.url(path)) == siti, path
        await here.post(desk.url("/akun/keluar-semua"), allow_redirects=False)
        for path in ("/operator", "/akun", "/lacak", "/masuk"):
            assert await holder(there, desk.url(path)) == nobody, path


async def test_a_page_that_cannot_know_says_nothing(desk: RunningConsole) -> None:
    """A link of another site comes without the Strict cookie, and so does a first request: no draft goes by that."""
    unknown = '<html lang="id">'
    async with ClientSession() as stranger:
        for path in ("/masuk", "/lacak"):
            assert await holder(stranger, desk.url(path), **{"Sec-Fetch-Site": "cross-site"}) == unknown, path
            assert await holder(stranger, desk.url(path)) == unknown, path
            own = await holder(stranger, desk.url(path), **{"Sec-Fetch-Site": "same-origin"})
            assert own == '<html lang="id" data-holder="">', path
        for path in ("/opd/luring", "/t/x.y", "/uji/x.y"):
            assert await holder(stranger, desk.url(path)) == unknown, path


async def test_a_page_that_keeps_silent_hears_nothing_after_its_session(desk: RunningConsole) -> None:
    """A user who was disabled is cut off at once, also a client that never says «here»."""
    session = await desk.session("budi")
    async with session, session.ws_connect(desk.url("/live?page=operator")) as socket:
        assert (await socket.receive_json(timeout=60))["type"] == "hello"
        await desk.store.write(lambda store: store.people.disable(desk.clock.now, "budi"))
        async with asyncio.timeout(60):
            while (message := await socket.receive()).type is WSMsgType.TEXT:
                pass
        assert message.data == 4401
    assert desk.live.clients == 0


async def test_a_session_that_runs_out_ends_its_pages(desk: RunningConsole) -> None:
    """Looked at every ten seconds, whether or not the page asks."""
    session = await desk.session("pusat")  # an hour
    async with session, session.ws_connect(desk.url("/live?page=overview")) as socket:
        desk.clock.now += timedelta(hours=1, seconds=1)
        await desk.live.end_dead()
        async with asyncio.timeout(60):
            while (message := await socket.receive()).type is WSMsgType.TEXT:
                pass
        assert message.data == 4401
