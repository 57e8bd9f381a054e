"""Changes to tickets: the draft, dispatch, closing."""

from typing import Any

from aiohttp import web

from console.console import Console, console_of, user_of
from console.live.reading import read_json
from console.web.forms import choice, choices, fields, optional_text, read_form, text
from tickets.cases import drafting
from tickets.cases.not_sending import REASONS, decline
from tickets.model import day_of
from tickets.store.tickets import FIELDS

MAX_NOTE = 500


async def create(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets {}: a ticket without a call (walk-in, social media)."""
    console, user = console_of(request), user_of(request)
    await read_form(request)
    now = console.clock()
    day = day_of(now, console.setting.zone)
    number = await console.store.write(lambda store: store.tickets.create(now, day, user.actor))
    return web.json_response({"number": number}, status=201)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/tickets/NUMBER: one ticket whole."""
    number = request.match_info["number"]
    return await read_json(console_of(request), lambda store: store.tickets.show(number))


async def save(request: web.Request) -> web.StreamResponse:
    """PATCH /api/tickets/NUMBER {field: text}: the draft, field by field as it is typed."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, *FIELDS)
    changes, now = fields({"fields": form}, "fields"), console.clock()
    check_words(console, changes)
    routing = console.setting.routing
    await console.store.write(lambda store: drafting.save(store, routing, now, number, changes, user.actor))
    return web.json_response({"saved": sorted(changes), "at": now.isoformat()})


async def dispatch(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/dispatch {opds, fields?}: the last of the draft and the dispatch in one transaction."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "opds", "fields")
    opds = choices(form, "opds", "OPD", console.setting.routing.opds)
    changes, now = fields(form, "fields"), console.clock()
    check_words(console, changes)
    routing = console.setting.routing
    sent = await console.store.write(
        lambda store: drafting.send(store, routing, now, number, changes, opds, user.actor)
    )
    return web.json_response({"number": number, "dispatched": sent})


async def not_sent(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/not-sent {reason, note?, fields?}: why an emergency goes to no agency; closes it."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "reason", "note", "fields")
    reason, note = choice(form, "reason", "alasan", REASONS), optional_text(form, "note", "catatan", longest=MAX_NOTE)
    changes, now = fields(form, "fields"), console.clock()
    check_words(console, changes)
    routing = console.setting.routing
    row = await console.store.write(lambda store: decline(store, routing, now, number, reason, note, changes, user))
    return web.json_response({"number": number, "reason": reason, "status": row["status"]})


async def close(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/close {note}: done without an agency, and how."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    note = text(await read_form(request, "note"), "note", "catatan penutup")
    now = console.clock()
    await console.store.write(lambda store: store.tickets.close(now, number, user.actor, note))
    return web.json_response({"number": number})


def check_words(console: Console, changes: dict[str, Any]) -> None:
    """Refuse categories and places that the configuration does not name."""
    setting = console.setting
    if changes.get("category"):
        drafting.check_category(setting.routing, text(changes, "category", "kategori"))
    kecamatan = optional_text(changes, "kecamatan", "kecamatan")
    if kecamatan is not None:
        drafting.check_district(setting.places, setting.region, kecamatan)
