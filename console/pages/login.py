"""Logging in and out."""

from collections.abc import Mapping

import aiohttp_jinja2
from aiohttp import web

from console.console import SESSION_TIMES, console_of, user_of
from console.errors import BadField, Refusal, TooMany
from console.live.live import LIVE
from console.web.addresses import client_address
from console.web.forms import optional_text, read_post, text
from console.web.gate import cookie_safety, current_user, give_token, holder
from console.web.passwords import PasswordCheck
from console.web.refusals import wants_json
from console.web.sessions import COOKIE, new_token, token_hash
from console.web.throttle import Attempt, Throttle, device_cookie, known_device, new_device
from tickets.cases import requesting
from tickets.model import Actor, Row
from tickets.store import Store

HOMES = {"operator": "/operator", "opd": "/opd", "command": "/pantau", "bupati": "/bupati", "admin": "/pantau"}
THROTTLE: web.AppKey[Throttle] = web.AppKey("throttle", Throttle)
CHECK: web.AppKey[PasswordCheck] = web.AppKey("check", PasswordCheck)
WRONG = "nama atau kata sandi salah"
DEVICE_KNOWN_S = 400 * 86400


async def login_page(request: web.Request) -> web.StreamResponse:
    """GET /masuk: the form; whoever is logged in already goes home."""
    user = await current_user(request)
    if user is not None:
        raise web.HTTPSeeOther(HOMES[user.role])
    return _form(request, {"target": request.query.get("tujuan", ""), "holder": await holder(request)})


async def login(request: web.Request) -> web.StreamResponse:
    """POST /masuk: check name and password, open a session, go on to the page asked for."""
    form = await read_post(request)
    try:
        name = text(form, "nama", "nama pengguna", longest=64).casefold()
        row = await _checked(request, name, password(form, "sandi"))
    except (BadField, TooMany, _Wrong) as refusal:
        if wants_json(request):
            raise
        context = {"error": refusal.sentence, "name": str(form.get("nama", ""))[:64], "target": form.get("tujuan", "")}
        return _form(request, context, refusal.status)
    return await _open_session(request, row, optional_text(form, "tujuan", "tujuan") or "")


def password(form: Mapping[str, object], field: str, label: str = "kata sandi") -> str:
    """A password as typed: blanks at its ends belong to it."""
    value = form.get(field)
    if not isinstance(value, str) or not value:
        raise BadField(field, f"{label} belum diisi")
    if len(value) > 1000:
        raise BadField(field, f"{label} terlalu panjang: paling banyak 1000 huruf")
    return value


class _Wrong(Refusal):
    status = 401


async def _checked(request: web.Request, name: str, given: str) -> Row:
    console, throttle = console_of(request), request.app[THROTTLE]
    device = known_device(console.device_key(), name, request.cookies.get(device_cookie(name), ""))
    attempt = Attempt(name, client_address(request, console.site.proxies), device)
    wait = throttle.wait_s(attempt, console.clock())
    if wait:
        raise TooMany(f"terlalu banyak percobaan; coba lagi {wait} detik lagi")
    row = await console.store.read(lambda store: store.people.user(name))
    usable = row is not None and row["disabled_at"] is None
    stored = row["password_hash"] if row and usable else None
    right = await request.app[CHECK](stored, given, known=device is not None)
    if row is None or not right:
        await _note_failure(request, attempt, known=row is not None)
        raise _Wrong(WRONG)
    throttle.passed(attempt)
    return row


async def _note_failure(request: web.Request, attempt: Attempt, *, known: bool) -> None:
    """Note guesses at an existing user in the journal, once each time that somebody has to wait."""
    console, now = console_of(request), console_of(request).clock()
    if request.app[THROTTLE].failed(attempt, now) and known:
        data, actor = {"user": attempt.user, "address": attempt.address}, Actor("process", "console")
        await console.store.write(lambda store: store.journal.append(now, "user.login_failed", actor, data=data))


async def _open_session(request: web.Request, row: Row, target: str) -> web.StreamResponse:
    console, token, now, name = console_of(request), new_token(), console_of(request).clock(), row["name"]
    former, client = await current_user(request), _client(request)
    expires = now + SESSION_TIMES[row["role"]]

    def begin(store: Store) -> None:
        if former is not None:  # the browser forgets this session: nobody else shall remember it
            store.sessions.end(former.session)
        store.sessions.open(now, token_hash(token), name, expires, client)

    await console.store.write(begin)
    response = web.Response(status=303, headers={"Location": _local(target) or HOMES[row["role"]]})
    give_token(request, response, token, row["role"])
    if device := new_device(console.device_key(), name):
        safety = cookie_safety(request)
        response.set_cookie(device_cookie(name), device, max_age=DEVICE_KNOWN_S, path="/masuk", **safety)
    return response


def _client(request: web.Request) -> str:
    """The browser's User-Agent, as text that can be stored and shown."""
    return "".join(letter for letter in request.headers.get("User-Agent", "") if letter.isprintable())[:200]


def _local(target: str) -> str | None:
    """A path of this site, or None: never another site's address."""
    right = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if right and target != "/masuk" else None


async def logout(request: web.Request) -> web.StreamResponse:
    """POST /keluar: end the session; an operator who leaves is off duty."""
    console, user = console_of(request), user_of(request)
    now = console.clock()

    def leave(store: Store) -> None:
        store.sessions.end(user.session)
        if user.role == "operator":
            requesting.presence(store, now, "offline", user.actor)

    await console.store.write(leave)
    console.spawn("live.logout", request.app[LIVE].end_session(user.session))
    response = web.Response(status=303, headers={"Location": "/masuk"})
    response.del_cookie(COOKIE, path="/")
    return response


def _form(request: web.Request, context: Mapping[str, object], status: int = 200) -> web.StreamResponse:
    console = console_of(request)
    everything = {"setting": console.setting, "version": console.version, "error": "", "name": ""} | dict(context)
    return aiohttp_jinja2.render_template("login.html", request, everything, status=status)
