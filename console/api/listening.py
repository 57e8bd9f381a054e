"""Listening to a call: asked of the calls process as journal rows, and what pages show of it."""

from aiohttp import web

from console.console import User, console_of, user_of
from console.errors import BadField
from console.web.forms import choice, read_form
from tickets.errors import Conflict
from tickets.model import LISTENING, Row
from tickets.store import Store


async def listen(request: web.Request) -> web.StreamResponse:
    """POST /api/calls/CALL/listen {mode}: the user's phone shall hear a call; asked again, another mode counts."""
    console, user, call = console_of(request), user_of(request), request.match_info["call"]
    mode, now = choice(await read_form(request, "mode"), "mode", "cara mendengar", LISTENING), console.clock()

    def ask(store: Store) -> None:
        row = store.calls.get(call)
        _check(row, user, mode)
        data = {"operator": user.name, "call": call, "mode": mode}
        store.journal.append(now, "request.listen", user.actor, call=call, ticket=row["ticket"], data=data)

    await console.store.write(ask)
    return web.json_response({"asked": call, "mode": mode}, status=202)


def _check(row: Row, user: User, mode: str) -> None:
    """Operators hear callers who wait in silence, supervisors the talks of operators."""
    if user.role != "operator":
        if row["stage"] != "talking":
            raise Conflict(f"panggilan dari {row['display']} tidak sedang dibicarakan operator")
        return
    if mode != "listen":
        raise BadField("mode", "operator hanya bisa mendengarkan")
    if row["stage"] not in ("waiting", "ringing") or row["lane"] != "silent":
        raise Conflict(f"panggilan dari {row['display']} sudah tidak di jalur hening")


async def listen_done(request: web.Request) -> web.StreamResponse:
    """POST /api/listen/done: the user no longer listens."""
    console, user = console_of(request), user_of(request)
    now, data = console.clock(), {"operator": user.name}
    await console.store.write(lambda store: store.journal.append(now, "request.listen_end", user.actor, data=data))
    return web.json_response({"asked": "done"}, status=202)


def listens(row: Row) -> Row:
    """A listener as pages show them; `hears` once their phone is connected."""
    names = ("user", "display", "call", "caller", "operator", "mode", "since")
    return {name: row[name] for name in names} | {"hears": row["heard_at"] is not None}
