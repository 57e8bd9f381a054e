"""Changes to tickets: the draft, its positions, dispatch, closing."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from console.api.drafts import read_over, write
from console.console import Console, console_of, user_of
from console.live.reading import read_json
from console.web.forms import Form, choice, choices, fields, optional_text, read_form, text
from console.web.refusals import conflict
from tickets.cases import drafting, positioning
from tickets.cases.not_sending import REASONS, decline
from tickets.cases.typed_over import sentence
from tickets.errors import FieldConflict
from tickets.locating.atlas import Atlas
from tickets.model import Actor, Row, day_of
from tickets.store import Store
from tickets.store.callers.positions import NewPosition
from tickets.store.tickets import FIELDS

MAX_NOTE = 500
MAX_POSITION = 2000


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
    """PATCH /api/tickets/NUMBER {field: text, over?}: the draft, field by field as it is typed.

    A field that another person has changed since is not written, but answered as a conflict; the others are."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = dict(await read_form(request, *FIELDS, "over"))
    over = read_over(request, form)
    form.pop("over", None)
    changes, now = fields({"fields": form}, "fields"), console.clock()
    check_words(console, changes)
    routing, follow = console.setting.routing, await _following(console, changes, number, user.actor)

    def keep(store: Store) -> tuple[list[Row], int]:
        conflicts = drafting.save_rest(store, routing, now, number, changes, user.actor, over)
        follow(store)
        return conflicts, int(store.tickets.get(number)["revision"])

    conflicts, revision = await console.store.write(keep)
    saved = sorted(changes.keys() - {row["field"] for row in conflicts})
    answer = {"saved": saved, "at": now.isoformat(), "revision": revision}
    if conflicts:
        raise conflict(FieldConflict(conflicts, sentence(conflicts)), answer)
    return web.json_response(answer)


async def dispatch(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/dispatch {opds, fields?, over?}: the last of the draft and the dispatch together."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "opds", "fields", "over")
    over = read_over(request, form)
    opds = choices(form, "opds", "OPD", console.setting.routing.opds)
    changes, now = fields(form, "fields"), console.clock()
    check_words(console, changes)
    routing, follow = console.setting.routing, await _following(console, changes, number, user.actor)

    def send(store: Store) -> list[str]:
        sent = drafting.send(store, routing, now, number, changes, opds, user.actor, over)
        follow(store)
        return sent

    return web.json_response({"number": number, "dispatched": await write(request, send)})


async def not_sent(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/not-sent {reason, note?, fields?, over?}: why an emergency goes to no agency."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "reason", "note", "fields", "over")
    over = read_over(request, form)
    reason, note = choice(form, "reason", "alasan", REASONS), optional_text(form, "note", "catatan", longest=MAX_NOTE)
    changes, now = fields(form, "fields"), console.clock()
    check_words(console, changes)
    routing = console.setting.routing
    row = await write(request, lambda store: decline(store, routing, now, number, reason, note, changes, user, over))
    undo = "verdict" if row["kind"] == "prank" else "close"
    return web.json_response({"number": number, "reason": reason, "status": row["status"], "undo": undo})


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


async def returned(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/returned {note}: what an agency gave back needs no other agency, and why."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    note = text(await read_form(request, "note"), "note", "alasan", longest=300)
    now = console.clock()
    await console.store.write(lambda store: store.assignments.dealt_with(now, number, user.actor, note))
    return web.json_response({"number": number})


# -- positions ---------------------------------------------------------------------------------------------------------


async def positions(request: web.Request) -> web.StreamResponse:
    """GET /api/tickets/NUMBER/positions: `position`, which counts, and all `positions`, the newest first."""
    number = request.match_info["number"]
    return await read_json(
        console_of(request),
        lambda store: {"position": store.positions.standing(number), "positions": store.positions.of(number)},
    )


async def add_position(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/positions {text} or {kecamatan, desa, name?}: answers which one counts now."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "text", "kecamatan", "desa", "name")
    position, now = await _position(console, form), console.clock()
    standing = await console.store.write(lambda store: positioning.add(store, now, number, position, user.actor))
    return web.json_response({"position": standing}, status=201)


async def withdraw_position(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/positions/ID/withdraw {}: it counts no more; answers which one counts now."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    id, now = int(request.match_info["position"]), console.clock()
    await read_form(request)
    standing = await console.store.write(lambda store: positioning.withdraw(store, now, number, id, user.actor))
    return web.json_response({"position": standing})


async def _position(console: Console, form: Form) -> NewPosition:
    atlas = await asyncio.to_thread(console.atlas)  # the first look after a change reads the files anew
    if form.get("text"):
        return positioning.from_text(atlas, text(form, "text", "titik", longest=MAX_POSITION))
    kecamatan, desa = text(form, "kecamatan", "kecamatan", longest=60), text(form, "desa", "desa", longest=60)
    return positioning.from_place(atlas, kecamatan, desa, optional_text(form, "name", "tempat", longest=120))


async def _following(console: Console, changes: Form, number: str, actor: Actor) -> Callable[[Store], None]:
    """The step by which a save of a ticket's desa becomes its position, in the save's transaction."""
    if not {"kecamatan", "desa"} & changes.keys():
        return lambda store: None
    atlas: Atlas = await asyncio.to_thread(console.atlas)
    now = console.clock()
    return lambda store: positioning.follow_desa(store, atlas, now, number, actor)
