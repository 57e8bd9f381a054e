"""Positions of a ticket: where it is, by a pasted point, or by a place of the gazetteer."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from console.console import Console, console_of, user_of
from console.live.reading import read_json
from console.web.forms import Form, optional_text, read_form, text
from tickets.cases import positioning
from tickets.locating.atlas import Atlas
from tickets.model import Actor
from tickets.store import Store
from tickets.store.callers.positions import NewPosition

LONGEST_TEXT = 2000


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/tickets/NUMBER/positions: `position`, which counts, and all `positions`, the newest first."""
    number = request.match_info["number"]
    return await read_json(
        console_of(request),
        lambda store: {"position": store.positions.standing(number), "positions": store.positions.of(number)},
    )


async def add(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/positions {text} or {kecamatan, desa, name?}: answers which one counts now."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "text", "kecamatan", "desa", "name")
    position, now = await _position(console, form), console.clock()
    standing = await console.store.write(lambda store: positioning.add(store, now, number, position, user.actor))
    return web.json_response({"position": standing}, status=201)


async def withdraw(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/positions/ID/withdraw {}: it counts no more; answers which one counts now."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    id, now = int(request.match_info["position"]), console.clock()
    await read_form(request)
    standing = await console.store.write(lambda store: positioning.withdraw(store, now, number, id, user.actor))
    return web.json_response({"position": standing})


async def _position(console: Console, form: Form) -> NewPosition:
    atlas = await asyncio.to_thread(console.atlas)  # the first look after a change reads the files anew
    if form.get("text"):
        return positioning.from_text(atlas, text(form, "text", "titik", longest=LONGEST_TEXT))
    kecamatan, desa = text(form, "kecamatan", "kecamatan", longest=60), text(form, "desa", "desa", longest=60)
    return positioning.from_place(atlas, kecamatan, desa, optional_text(form, "name", "tempat", longest=120))


async def following(console: Console, changes: Form, number: str, actor: Actor) -> Callable[[Store], None]:
    """The step by which a save of a ticket's desa becomes its position, in the save's transaction."""
    if not {"kecamatan", "desa"} & changes.keys():
        return lambda store: None
    atlas: Atlas = await asyncio.to_thread(console.atlas)
    now = console.clock()
    return lambda store: positioning.follow_desa(store, atlas, now, number, actor)
