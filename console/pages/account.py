"""A user's own account: the password, and the open sessions."""

import aiohttp_jinja2
from aiohttp import web

from console.console import User, console_of, user_of
from console.errors import BadField, TooMany
from console.live.live import LIVE
from console.pages.login import CHECK, HOMES, THROTTLE, password
from console.web.forms import read_post
from console.web.gate import renew
from console.web.sessions import COOKIE
from console.web.throttle import Attempt
from tickets.cases import requesting
from tickets.model import Row, from_text
from tickets.store import Store

SHORTEST = 12


async def account_page(request: web.Request) -> web.StreamResponse:
    """GET /akun."""
    return await _page(request)


async def change_password(request: web.Request) -> web.StreamResponse:
    """POST /akun/sandi: another password, given the present one; every other session of the user ends."""
    console, user = console_of(request), user_of(request)
    form = await read_post(request)
    try:
        present, fresh = password(form, "lama", "kata sandi sekarang"), password(form, "baru", "kata sandi baru")
        _check_fresh(user, present, fresh, str(form.get("lagi", "")))
        await _check_present(request, user, present)
    except (BadField, TooMany) as refusal:
        return await _page(request, error=refusal.sentence, status=refusal.status)
    hashed, now = await request.app[CHECK].hashed(fresh), console.clock()

    def change(store: Store) -> None:
        store.people.set_password(now, user.name, hashed, user.actor, keep=user.session)

    await console.store.write(change)
    response = await _page(request, notice="Kata sandi diganti. Semua perangkat lain sudah dikeluarkan.")
    await renew(request, response, user)
    return response


def _check_fresh(user: User, present: str, fresh: str, again: str) -> None:
    if len(fresh) < SHORTEST:
        raise BadField("baru", f"kata sandi baru terlalu pendek: {len(fresh)} huruf, paling sedikit {SHORTEST}")
    if fresh != again:
        raise BadField("lagi", "kata sandi baru tidak sama di kedua isian")
    if fresh == present or fresh.casefold() in (user.name * 6).casefold():
        raise BadField("baru", "kata sandi baru harus lain dari yang lama dan dari nama pengguna")


async def _check_present(request: web.Request, user: User, present: str) -> None:
    """Check the present password: an open page is no proof of it. Guessing is throttled here, too."""
    console, throttle, attempt = console_of(request), request.app[THROTTLE], Attempt(user.name, "", user.session)
    wait = throttle.wait_s(attempt, console.clock())
    if wait:
        raise TooMany(f"terlalu banyak percobaan; coba lagi {wait} detik lagi")
    row = await console.store.read(lambda store: store.people.user(user.name))
    if not await request.app[CHECK](row["password_hash"] if row else None, present):
        throttle.failed(attempt, console.clock())
        raise BadField("lama", "kata sandi sekarang salah")
    throttle.passed(attempt)


async def leave_everywhere(request: web.Request) -> web.StreamResponse:
    """POST /akun/keluar-semua: end every session of the user, this one too; an operator is off duty."""
    console, user = console_of(request), user_of(request)
    now = console.clock()

    def leave(store: Store) -> None:
        store.sessions.end_all(now, user.name, user.actor)
        if user.role == "operator":
            requesting.presence(store, now, "offline", user.actor)

    await console.store.write(leave)
    console.spawn("live.logout", request.app[LIVE].end_dead())
    response = web.Response(status=303, headers={"Location": "/masuk"})
    response.del_cookie(COOKIE, path="/")
    return response


async def _page(request: web.Request, *, error: str = "", notice: str = "", status: int = 200) -> web.StreamResponse:
    console, user = console_of(request), user_of(request)
    now = console.clock()
    rows = await console.store.read(lambda store: store.sessions.of_user(now, user.name))
    context = {
        "setting": console.setting,
        "version": console.version,
        "user": user,
        "holder": user.name,
        "home": HOMES[user.role],
        "sessions": [_shown(request, row) for row in rows],
        "error": error,
        "told": notice,
        "shortest": SHORTEST,
    }
    return aiohttp_jinja2.render_template("account.html", request, context, status=status)


def _shown(request: web.Request, row: Row) -> Row:
    setting = console_of(request).setting
    began = from_text(row["created_at"]).astimezone(setting.zone)
    client = row["client"] or "tidak diketahui"
    since = f"{began:%d-%m-%Y %H.%M} {setting.zone_name}"
    return {"since": since, "client": client, "this": row["id"] == user_of(request).session}
