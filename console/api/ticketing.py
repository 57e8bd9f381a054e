"""Changes to tickets: the draft, dispatch, closing."""

from typing import Any

from aiohttp import web

from console.api.dispatching import dispatch as dispatch_to
from console.api.dispatching import presume_genuine, settle_kind
from console.api.urgency import raised
from console.desk import Desk, desk_of, user_of
from console.errors import BadField
from console.live.reading import read_json
from console.web.forms import choice, choices, fields, optional_text, read_form, text
from tickets.model import day_of
from tickets.store import Store
from tickets.store.tickets import FIELDS


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets {}: a ticket without a call (walk-in, social media)."""
    desk, user = desk_of(request), user_of(request)
    await read_form(request)
    now = desk.clock()
    day = day_of(now, desk.setting.zone)
    number = await desk.store.write(lambda store: store.tickets.create(now, day, user.actor))
    return web.json_response({"number": number}, status=201)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/tickets/NUMBER: one ticket whole."""
    number = request.match_info["number"]
    return await read_json(desk_of(request), lambda store: store.tickets.show(number))


async def save(request: web.Request) -> web.StreamResponse:
    """PATCH /api/tickets/NUMBER {field: text}: the draft, field by field as it is typed."""
    desk, user, number = desk_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, *FIELDS)
    changes, now = fields({"fields": form}, "fields"), desk.clock()
    check_words(desk, changes)

    def keep(store: Store) -> None:
        before = store.tickets.get(number)["kind"]
        store.tickets.update(now, number, changes, user.actor)
        raised(store, desk.setting.routing, now, number, before, user.actor)

    await desk.store.write(keep)
    return web.json_response({"saved": sorted(changes), "at": now.isoformat()})


async def dispatch(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/dispatch {opds, fields?}: the last of the draft and the dispatch in one transaction."""
    desk, user, number = desk_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "opds", "fields")
    opds = choices(form, "opds", "OPD", desk.setting.routing.opds)
    changes, now = fields(form, "fields"), desk.clock()
    check_words(desk, changes)

    def send(store: Store) -> list[str]:
        before = store.tickets.get(number)["kind"]
        store.tickets.update(now, number, changes, user.actor)
        raised(store, desk.setting.routing, now, number, before, user.actor)
        settle_kind(store, desk.setting.routing, now, number, user.actor)
        sent = dispatch_to(store, desk.setting.routing, now, number, opds, user.actor)
        presume_genuine(store, now, number, user.actor)
        return sent

    return web.json_response({"number": number, "dispatched": await desk.store.write(send)})


async def close(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/close {note}: done without an agency, and how."""
    desk, user, number = desk_of(request), user_of(request), request.match_info["number"]
    note = text(await read_form(request, "note"), "note", "catatan penutup")
    now = desk.clock()
    await desk.store.write(lambda store: store.tickets.close(now, number, user.actor, note))
    return web.json_response({"number": number})


def check_words(desk: Desk, changes: dict[str, Any]) -> None:
    """Categories and places come from the configuration; other words would reach no agency."""
    setting = desk.setting
    if changes.get("category"):
        choice(changes, "category", "kategori", setting.routing.categories)
    kecamatan = optional_text(changes, "kecamatan", "kecamatan")
    if kecamatan is not None and kecamatan not in setting.places.kecamatan:
        raise BadField("kecamatan", f"kecamatan {kecamatan[:60]!r} tidak ada di daftar {setting.region}")
