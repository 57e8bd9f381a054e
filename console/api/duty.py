"""Requests of operators to the calls process; it follows them in the journal."""

from aiohttp import web

from console.console import console_of, user_of
from console.errors import Refusal
from console.web.forms import choice, optional_text, read_form, text
from tickets.cases import requesting
from tickets.model import PRESENCES

LONGEST_WHY = 120  # a line that is read while it rings


async def presence(request: web.Request) -> web.StreamResponse:
    """POST /api/presence {wanted}: ready, paused or offline; the calls process answers through the live socket."""
    console, user = console_of(request), user_of(request)
    wanted = choice(await read_form(request, "wanted"), "wanted", "keadaan", PRESENCES)
    now = console.clock()
    await console.store.write(lambda store: requesting.presence(store, now, wanted, user.actor))
    return web.json_response({"asked": wanted}, status=202)


async def take(request: web.Request) -> web.StreamResponse:
    """POST /api/calls/CALL/take: this operator's phone shall ring for a waiting call."""
    console, user, call = console_of(request), user_of(request), request.match_info["call"]
    now = console.clock()
    await console.store.write(lambda store: requesting.take(store, now, call, user.actor))
    return web.json_response({"asked": call}, status=202)


async def transfer(request: web.Request) -> web.StreamResponse:
    """POST /api/calls/CALL/transfer {to, note?}: hand the caller to a colleague; only the operator who talks may."""
    console, user, call = console_of(request), user_of(request), request.match_info["call"]
    form, now = await read_form(request, "to", "note"), console.clock()
    to, note = text(form, "to", "rekan tujuan", longest=100), optional_text(form, "note", "alasan", longest=LONGEST_WHY)
    await console.store.write(lambda store: requesting.transfer(store, now, call, to, user.actor, note))
    return web.json_response({"asked": call, "to": to}, status=202)


async def wrap_up_done(request: web.Request) -> web.StreamResponse:
    """POST /api/wrap-up/done: the operator is ready for the next call."""
    console, user = console_of(request), user_of(request)
    now = console.clock()
    await console.store.write(lambda store: requesting.wrap_up_done(store, now, user.actor))
    return web.json_response({"asked": "ready"}, status=202)


async def phone(request: web.Request) -> web.StreamResponse:
    """GET /api/phone: how the user's own softphone registers."""
    console, user = console_of(request), user_of(request)
    own = console.phone_of(user.name)
    if own is None:
        raise Refusal(f"belum ada akun telepon untuk {user.name}; minta admin menjalankan «tanggap user»", status=404)
    host = own.host if own.host not in ("0.0.0.0", "::", "") else request.url.host or "127.0.0.1"
    return web.json_response({"account": own.account, "host": host, "port": own.port, "password": own.password})
