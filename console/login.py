"""Logging in and out."""

from collections.abc import Mapping

import aiohttp_jinja2
from aiohttp import web

from console.desk import SESSION_TIMES, desk_of, user_of
from console.errors import BadField, Refusal, TooMany
from console.forms import optional_text, text
from console.gate import current_user
from console.live import LIVE
from console.passwords import PasswordCheck
from console.refusals import wants_json
from console.sessions import COOKIE, Throttle, new_token, token_hash
from tickets.model import Row
from tickets.store import Store

HOMES = {"operator": "/operator", "opd": "/opd", "command": "/pantau", "admin": "/pantau"}
THROTTLE: web.AppKey[Throttle] = web.AppKey("throttle", Throttle)
CHECK: web.AppKey[PasswordCheck] = web.AppKey("check", PasswordCheck)
WRONG = "nama atau kata sandi salah"


async def login_page(request: web.Request) -> web.StreamResponse:
    """GET /masuk: the form; whoever is logged in already goes home."""
    user = await current_user(request)
    if user is not None:
        raise web.HTTPSeeOther(HOMES[user.role])
    return _form(request, {"target": request.query.get("tujuan", "")})


async def login(request: web.Request) -> web.StreamResponse:
    """POST /masuk: check name and password, open a session, go on to where the user wanted."""
    form = dict(await request.post())
    try:
        name = text(form, "nama", "nama pengguna", longest=64).casefold()
        password = _password(form)
        row = await _checked(request, name, password)
    except (BadField, TooMany, _Wrong) as refusal:
        if wants_json(request):
            raise
        context = {"error": refusal.sentence, "name": str(form.get("nama", ""))[:64], "target": form.get("tujuan", "")}
        return _form(request, context, refusal.status)
    return await _open_session(request, row, optional_text(form, "tujuan", "tujuan") or "")


def _password(form: Mapping[str, object]) -> str:
    """A password as typed: blanks at its ends belong to it."""
    value = form.get("sandi")
    if not isinstance(value, str) or not value:
        raise BadField("sandi", "kata sandi belum diisi")
    if len(value) > 1000:
        raise BadField("sandi", "kata sandi terlalu panjang: paling banyak 1000 huruf")
    return value


class _Wrong(Refusal):
    status = 401


async def _checked(request: web.Request, name: str, password: str) -> Row:
    desk, throttle, address = desk_of(request), request.app[THROTTLE], request.remote or ""
    wait = throttle.wait_s(name, address, desk.clock())
    if wait:
        raise TooMany(f"terlalu banyak percobaan; coba lagi {wait} detik lagi")
    row = await desk.store.read(lambda store: store.people.user(name))
    usable = row is not None and row["disabled_at"] is None
    right = await request.app[CHECK](row["password_hash"] if row and usable else None, password)
    if row is None or not right:
        throttle.failed(name, address, desk.clock())
        raise _Wrong(WRONG)
    throttle.passed(name, address)
    return row


async def _open_session(request: web.Request, row: Row, target: str) -> web.StreamResponse:
    desk, token, now = desk_of(request), new_token(), desk_of(request).clock()
    lasts = SESSION_TIMES[row["role"]]
    await desk.store.write(lambda store: store.people.login(now, token_hash(token), row["name"], now + lasts))
    response = web.Response(status=303, headers={"Location": _local(target) or HOMES[row["role"]]})
    age, secure = int(lasts.total_seconds()), desk.site.secure
    response.set_cookie(COOKIE, token, max_age=age, httponly=True, samesite="Strict", secure=secure, path="/")
    return response


def _local(target: str) -> str | None:
    """A path of this site, or None: never another site's address."""
    right = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if right and target != "/masuk" else None


async def logout(request: web.Request) -> web.StreamResponse:
    """POST /keluar: end the session; an operator who leaves is off duty."""
    desk, user = desk_of(request), user_of(request)
    now = desk.clock()

    def leave(store: Store) -> None:
        store.people.logout(user.session)
        if user.role == "operator":
            data = {"operator": user.name, "wanted": "offline"}
            store.journal.append(now, "request.presence", user.actor, data=data)

    await desk.store.write(leave)
    desk.spawn("live.logout", request.app[LIVE].end_session(user.session))
    response = web.Response(status=303, headers={"Location": "/masuk"})
    response.del_cookie(COOKIE, path="/")
    return response


def _form(request: web.Request, context: Mapping[str, object], status: int = 200) -> web.StreamResponse:
    desk = desk_of(request)
    everything = {"setting": desk.setting, "version": desk.version, "error": "", "name": ""} | dict(context)
    return aiohttp_jinja2.render_template("login.html", request, everything, status=status)
