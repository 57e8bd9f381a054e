"""Listening to a call: requests to the calls process, and listeners as pages show them."""

from aiohttp import web

from console.console import console_of, user_of
from console.web.forms import choice, read_form
from tickets.cases import requesting
from tickets.model import LISTENING, Row


async def listen(request: web.Request) -> web.StreamResponse:
    """POST /api/calls/CALL/listen {mode}: the user's phone shall hear a call; asked again, another mode counts."""
    console, user, call = console_of(request), user_of(request), request.match_info["call"]
    mode, now = choice(await read_form(request, "mode"), "mode", "cara mendengar", LISTENING), console.clock()
    await console.store.write(lambda store: requesting.listen(store, now, call, mode, user))
    return web.json_response({"asked": call, "mode": mode}, status=202)


async def listen_done(request: web.Request) -> web.StreamResponse:
    """POST /api/listen/done: the user no longer listens."""
    console, user = console_of(request), user_of(request)
    now = console.clock()
    await console.store.write(lambda store: requesting.listen_done(store, now, user.actor))
    return web.json_response({"asked": "done"}, status=202)


def listens(row: Row) -> Row:
    """A listener as pages show them; `hears` once their phone is connected."""
    names = ("user", "display", "call", "caller", "operator", "mode", "since")
    return {name: row[name] for name in names} | {"hears": row["heard_at"] is not None}
