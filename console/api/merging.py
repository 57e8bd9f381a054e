"""Reports of one incident: candidates, merging, and taking it back; and all of its callers at once."""

from aiohttp import web

from console.api.drafts import read_over, write
from console.api.ticketing import MAX_NOTE, check_words
from console.console import console_of, user_of
from console.errors import BadField
from console.live.bounding import brief
from console.live.reading import read_json
from console.web.forms import Form, choices, fields, optional_text, read_form, text
from tickets.cases import ending, incidents, merging
from tickets.model import Row
from tickets.store import Store

MOST_AT_ONCE = 200


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
        rows = await console.store.read(lambda store: incidents.offered(store, now, within, number))
    return web.json_response({"rows": rows})


async def merge(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/merge {master, fields?, over?}: the last of the draft, and one incident from now on."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "master", "fields", "over")
    over = read_over(request, form)
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


async def incident(request: web.Request) -> web.StreamResponse:
    """GET /api/tickets/NUMBER/incident: the incident of a ticket and its callers, each with what can be done."""
    number, user = request.match_info["number"], user_of(request)

    def read(store: Store) -> Row:
        own, rows = incidents.callers(store, number, user)
        assignments = store.tickets.show(own["number"])["assignments"]
        working = [row["opd"] for row in assignments if row["ended_at"] is None]
        shown = [brief(row, "description") for row in rows[:MOST_AT_ONCE]]
        return {"incident": own | {"opds": working}, "callers": shown, "callers_count": len(rows)}

    return await read_json(console_of(request), read)


async def settle(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/incident {tickets, acts, close?}: link, judge, end the callbacks of these callers.

    `close`: a reason for which the incident is over, and every ticket of it; then there may be no caller to act on."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "tickets", "acts", "close")
    note = optional_text(form, "close", "catatan penutup", longest=MAX_NOTE)
    now, routing = console.clock(), console.setting.routing
    if note is None:
        tickets, acts = _numbers(form), choices(form, "acts", "tindakan", dict.fromkeys(incidents.ACTS))
        settled = await console.store.write(
            lambda store: incidents.settle(store, routing, now, number, tickets, acts, user)
        )
        return web.json_response({"rows": settled})
    tickets = _numbers(form) if form.get("tickets") else []
    acts = choices(form, "acts", "tindakan", dict.fromkeys(incidents.ACTS)) if tickets else ()
    closed, rows = await console.store.write(
        lambda store: ending.close(store, routing, now, number, tickets, acts, note, user)
    )
    return web.json_response({"rows": rows, "closed": closed})


async def take_back(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/incident/undo {tickets}: what this user did to these callers seconds ago."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    tickets = _numbers(await read_form(request, "tickets"))
    now, routing = console.clock(), console.setting.routing
    rows = await console.store.write(lambda store: ending.take_back(store, routing, now, number, tickets, user))
    return web.json_response({"rows": rows})


def _numbers(form: Form) -> list[str]:
    """The tickets that were chosen, at least one."""
    value = form.get("tickets")
    if not isinstance(value, list) or not value:
        raise BadField("tickets", "pilih paling sedikit satu penelepon")
    if len(value) > MOST_AT_ONCE:
        raise BadField("tickets", f"paling banyak {MOST_AT_ONCE} penelepon sekaligus, ini {len(value)}")
    return [text({"tickets": number}, "tickets", "tiket", longest=40) for number in value]
