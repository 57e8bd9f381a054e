"""Reports of one incident: what may be the same, merging, and taking it back."""

from datetime import datetime

from aiohttp import web

from console.api.dispatching import dispatch, presume_genuine, settle_kind
from console.api.ticketing import check_words
from console.api.urgency import raised, replan
from console.console import console_of, user_of
from console.web.forms import fields, read_form, text
from tickets.model import Actor
from tickets.routing import Routing
from tickets.store import Store


async def similar(request: web.Request) -> web.StreamResponse:
    """GET /api/tickets/NUMBER/similar?category=&kecamatan=&desa=: open tickets that may be the same incident."""
    console, number, asked = console_of(request), request.match_info["number"], request.query
    category, kecamatan, desa = (asked.get(name, "") for name in ("category", "kecamatan", "desa"))
    since = console.clock() - console.setting.similar_within
    rows = await console.store.read(lambda store: store.merging.similar(number, since, category, kecamatan, desa))
    return web.json_response({"rows": rows})


async def merge(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/merge {master, fields?}: the last of the draft, and one incident from now on."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "master", "fields")
    master = text(form, "master", "tiket utama", longest=40)
    changes, now = fields(form, "fields"), console.clock()
    check_words(console, changes)

    def link(store: Store) -> str:
        before, routing = store.tickets.get(number)["kind"], console.setting.routing
        store.tickets.update(now, number, changes, user.actor)
        raised(store, routing, now, number, before, user.actor)
        return join(store, routing, now, number, master, user.actor)

    return web.json_response({"number": number, "master": await console.store.write(link)})


async def split(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/split {}: an incident of its own; whom merging had taken it off is sent it anew."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    await read_form(request)
    now = console.clock()

    routing = console.setting.routing
    sent = await console.store.write(lambda store: part(store, routing, now, number, user.actor))
    return web.json_response({"number": number, "dispatched": sent})


def join(store: Store, routing: Routing, now: datetime, number: str, master: str, actor: Actor) -> str:
    """Link a ticket to another, within a transaction; the master's number. The call is judged genuine; agencies that an
    emergency takes over from a complaint are pushed by its ladder from now on."""
    settle_kind(store, routing, now, number, actor)
    kind = store.tickets.get(number)["kind"]
    had = {row["id"] for row in store.tickets.show(number)["assignments"]}
    found = store.merging.merge(now, number, master, actor)
    if kind == "complaint" and store.tickets.get(found)["kind"] == "emergency":
        others = frozenset(row["id"] for row in store.tickets.show(found)["assignments"]) - had
        replan(store, routing, now, found, "emergency", actor, "digabung ke keadaan darurat", others)
    presume_genuine(store, now, number, actor)
    return found


def part(store: Store, routing: Routing, now: datetime, number: str, actor: Actor) -> list[str]:
    """Take that back, within a transaction; the agencies that were sent the ticket anew, because merging had taken it
    off them."""
    opds = tuple(opd for opd in store.merging.split(now, number, actor) if opd in routing.opds)
    return dispatch(store, routing, now, number, opds, actor) if opds else []
