"""Reports of one incident: candidates, merging, and taking it back."""

from aiohttp import web

from console.api.drafts import read_over, write
from console.api.ticketing import check_words
from console.console import console_of, user_of
from console.web.forms import fields, read_form, text
from tickets.cases import merging
from tickets.cases.incidents import offered


async def similar(request: web.Request) -> web.StreamResponse:
    """GET /api/tickets/NUMBER/similar?category=&kecamatan=&desa=: open tickets that may be the same incident.

    While nothing is chosen yet: the incident around which a crowd calls, if there is one."""
    console, number, asked = console_of(request), request.match_info["number"], request.query
    category, kecamatan, desa = (asked.get(name, "") for name in ("category", "kecamatan", "desa"))
    now, within = console.clock(), console.setting.similar_within
    if category or kecamatan:
        place = (category, kecamatan, desa)
        rows = await console.store.read(lambda store: store.merging.similar(number, now - within, *place))
    else:
        rows = await console.store.read(lambda store: offered(store, now, within, number))
    return web.json_response({"rows": rows})


async def merge(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/merge {master, fields?, over?}: the last of the draft, and one incident from now on."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "master", "fields", "over")
    over = read_over(form)
    master = text(form, "master", "tiket utama", longest=40)
    changes, now = fields(form, "fields"), console.clock()
    check_words(console, changes)
    routing = console.setting.routing
    top = await write(
        request, lambda store: merging.merge(store, routing, now, number, master, changes, user.actor, over)
    )
    return web.json_response({"number": number, "master": top})


async def split(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/split {}: an incident of its own again; agencies that lost it by merging get it anew."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    await read_form(request)
    now, routing = console.clock(), console.setting.routing
    sent = await console.store.write(lambda store: merging.part(store, routing, now, number, user.actor))
    return web.json_response({"number": number, "dispatched": sent})
