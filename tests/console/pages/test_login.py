"""Logging in and out."""

from datetime import timedelta
from http.cookies import Morsel
from pathlib import Path

from aiohttp import ClientSession, CookieJar, WSMsgType

from console.web.sessions import COOKIE, token_hash
from tests.console.desk112 import PASSWORD, RunningConsole, console

FORM = {"nama": "siti", "sandi": PASSWORD}


async def log_in(desk: RunningConsole, **form: str) -> tuple[int, str, Morsel[str] | None]:
    """Status, where to, cookie."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        headers = {"Accept": "text/html"}
        async with session.post(desk.url("/masuk"), data=form, allow_redirects=False, headers=headers) as answer:
            return answer.status, answer.headers.get("Location", ""), answer.cookies.get(COOKIE)


async def test_the_right_password_opens_a_session(desk: RunningConsole) -> None:
    """The cookie is hidden from scripts and other sites, and the store knows only its hash."""
    status, where, cookie = await log_in(desk, **FORM)
    assert (status, where) == (303, "/operator")
    assert cookie is not None
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"], cookie["path"]) == (True, "Strict", "", "/")
    hashed = token_hash(cookie.value)
    user = await desk.store.read(lambda store: store.sessions.of_token(desk.clock.now, hashed))
    assert user is not None
    assert (user["name"], user["display"], user["role"], user["opd"]) == ("siti", "Siti", "operator", None)
    assert await desk.store.read(lambda store: store.sessions.of_token(desk.clock.now, cookie.value)) is None


async def test_over_https_the_cookie_is_secure(tmp_path: Path) -> None:
    """And browsers are told to stay with HTTPS."""
    async with console(tmp_path, public_url="https://112.example") as desk:
        _, _, cookie = await log_in(desk, **FORM)
        assert cookie is not None
        assert cookie["secure"] is True
        async with ClientSession() as session, session.get(desk.url("/masuk")) as answer:
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


async def test_wrong_password_unknown_user_and_disabled_user_sound_the_same(desk: RunningConsole) -> None:
    """Nobody learns which names exist."""
    await desk.store.write(lambda store: store.people.disable(desk.clock.now, "budi"))
    wrong = (401, {"error": "nama atau kata sandi salah"})
    for form in ({**FORM, "sandi": "lain"}, {**FORM, "nama": "hantu"}, {**FORM, "nama": "budi"}):
        assert wrong == await desk.ask(None, "POST", "/masuk", data=form)


async def test_guessing_is_slowed_down(desk: RunningConsole) -> None:
    """After five failures within a minute even the right password waits, but only for that name."""
    for _ in range(5):
        await desk.ask(None, "POST", "/masuk", data={**FORM, "sandi": "tebak"})
    sentence = "terlalu banyak percobaan; coba lagi 60 detik lagi"
    assert (429, {"error": sentence}) == await desk.ask(None, "POST", "/masuk", data=FORM)
    assert (await log_in(desk, nama="pusat", sandi=PASSWORD))[:2] == (303, "/pantau")
    desk.clock.now += timedelta(seconds=60)
    assert (await log_in(desk, **FORM))[:2] == (303, "/operator")


async def test_a_form_with_missing_fields_says_which(desk: RunningConsole) -> None:
    """And a person gets the form again with the name in it."""
    assert await desk.ask(None, "POST", "/masuk") == (400, {"error": "nama pengguna belum diisi", "field": "nama"})
    missing = {"error": "kata sandi belum diisi", "field": "sandi"}
    assert (400, missing) == await desk.ask(None, "POST", "/masuk", data={"nama": "siti"})
    html = {"Accept": "text/html"}
    status, page = await desk.ask(None, "POST", "/masuk", data={"nama": "si<ti", "sandi": ""}, headers=html)
    assert status == 400
    assert 'value="si&lt;ti"' in page
    assert "Kata sandi belum diisi." in page


async def test_the_way_back_leads_nowhere_else(desk: RunningConsole) -> None:
    """A login link cannot send people to another site."""
    targets = {"/tiket/T-1": "/tiket/T-1", "//jahat.example": "/operator", "https://jahat.example": "/operator"}
    for target, expected in (targets | {"/\\jahat.example": "/operator", "": "/operator"}).items():
        assert (303, expected) == (await log_in(desk, **FORM, tujuan=target))[:2]


async def test_logging_out_ends_the_session_its_pages_and_the_duty(desk: RunningConsole) -> None:
    """The open page learns it at once; the calls process is asked to ring this operator no more."""
    session = await desk.session("siti")
    async with session, session.ws_connect(desk.url("/live?page=operator")) as socket:
        async with session.post(desk.url("/keluar"), allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/masuk")
        while (message := await socket.receive(timeout=60)).type is WSMsgType.TEXT:
            pass
        assert message.data == 4401
        async with session.get(desk.url("/api/reference")) as answer:
            assert answer.status == 401
    last = await desk.store.read(lambda store: store.boards.newest("request.presence"))
    assert last is not None
    assert last["data"] == {"operator": "siti", "wanted": "offline"}
