"""What operators ask of the calls process, as journal rows."""

from aiohttp import web

from console.console import console_of, user_of
from console.errors import BadField, Refusal
from console.web.forms import choice, read_form, text
from tickets.errors import Conflict
from tickets.model import PRESENCES
from tickets.store import Store

CAN_BE_TAKEN = ("menu", "waiting", "ringing")


async def presence(request: web.Request) -> web.StreamResponse:
    """POST /api/presence {wanted}: ready, paused or offline; the calls process answers through the live socket."""
    console, user = console_of(request), user_of(request)
    wanted = choice(await read_form(request, "wanted"), "wanted", "keadaan", PRESENCES)
    data, now = {"operator": user.name, "wanted": wanted}, console.clock()
    await console.store.write(lambda store: store.journal.append(now, "request.presence", user.actor, data=data))
    return web.json_response({"asked": wanted}, status=202)


async def take(request: web.Request) -> web.StreamResponse:
    """POST /api/calls/CALL/take: this operator's phone shall ring for a waiting call."""
    console, user, call = console_of(request), user_of(request), request.match_info["call"]
    now = console.clock()

    def ask(store: Store) -> None:
        row = store.calls.get(call)
        if row["stage"] not in CAN_BE_TAKEN:
            raise Conflict(f"panggilan dari {row['display']} sudah {_STAGES.get(row['stage'], row['stage'])}")
        data = {"call": call, "operator": user.name}
        store.journal.append(now, "request.take", user.actor, call=call, ticket=row["ticket"], data=data)

    await console.store.write(ask)
    return web.json_response({"asked": call}, status=202)


async def transfer(request: web.Request) -> web.StreamResponse:
    """POST /api/calls/CALL/transfer {to}: hand the caller to a colleague; only who talks with the caller may."""
    console, user, call = console_of(request), user_of(request), request.match_info["call"]
    to, now = text(await read_form(request, "to"), "to", "rekan tujuan", longest=100), console.clock()
    if to == user.name:
        raise BadField("to", "panggilan tidak bisa dialihkan ke diri sendiri")

    def ask(store: Store) -> None:
        row = store.calls.get(call)
        if to not in {one["name"] for one in store.people.operators()}:
            raise BadField("to", f"operator {to!r} tidak ada atau sudah dinonaktifkan")
        if row["stage"] != "talking" or row["operator"] != user.name:
            raise Conflict(f"Anda tidak sedang berbicara dengan {row['display']}")
        data = {"operator": user.name, "call": call, "to": to}
        store.journal.append(now, "request.transfer", user.actor, call=call, ticket=row["ticket"], data=data)

    await console.store.write(ask)
    return web.json_response({"asked": call, "to": to}, status=202)


_STAGES = {
    "talking": "dijawab operator lain",
    "ended": "berakhir",
    "recording": "merekam pesan",
    "closed": "di luar jam buka",
}


async def wrap_up_done(request: web.Request) -> web.StreamResponse:
    """POST /api/wrap-up/done: the operator is ready for the next call."""
    console, user = console_of(request), user_of(request)
    now = console.clock()

    def ask(store: Store) -> None:
        mine = next((row for row in store.people.presences() if row["operator"] == user.name), None)
        data = {"operator": user.name, "call": mine["call"] if mine else None}
        store.journal.append(now, "request.wrap_up_done", user.actor, call=data["call"], data=data)

    await console.store.write(ask)
    return web.json_response({"asked": "ready"}, status=202)


async def phone(request: web.Request) -> web.StreamResponse:
    """GET /api/phone: how the user's own softphone registers."""
    console, user = console_of(request), user_of(request)
    found = console.phone_of(user.name)
    if found is None:
        raise Refusal(f"belum ada akun telepon untuk {user.name}; minta admin menjalankan «tanggap user»", status=404)
    host = found.host if found.host not in ("0.0.0.0", "::", "") else request.url.host or "127.0.0.1"
    return web.json_response({"account": found.account, "host": host, "port": found.port, "password": found.password})
