"""Reports of one incident: what may be the same, merging, and taking it back."""

from aiohttp import web

from console.desk import desk_of, user_of
from console.dispatching import dispatch, presume_genuine, settle_kind
from console.forms import fields, read_form, text
from console.ticketing import check_words
from console.urgency import raised, replan
from tickets.store import Store


async def similar(request: web.Request) -> web.StreamResponse:
    """GET /api/tickets/NUMBER/similar?category=&kecamatan=&desa=: open tickets that may be the same incident."""
    desk, number, asked = desk_of(request), request.match_info["number"], request.query
    category, kecamatan, desa = (asked.get(name, "") for name in ("category", "kecamatan", "desa"))
    since = desk.clock() - desk.setting.similar_within
    rows = await desk.store.read(lambda store: store.merging.similar(number, since, category, kecamatan, desa))
    return web.json_response({"rows": rows})


async def merge(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/merge {master, fields?}: the last of the draft, and one incident from now on."""
    desk, user, number = desk_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "master", "fields")
    master = text(form, "master", "tiket utama", longest=40)
    changes, now = fields(form, "fields"), desk.clock()
    check_words(desk, changes)

    def link(store: Store) -> str:
        before = store.tickets.get(number)["kind"]
        store.tickets.update(now, number, changes, user.actor)
        raised(store, desk, now, number, before, user)
        settle_kind(store, desk, now, number, user)
        kind = store.tickets.get(number)["kind"]
        had = {row["id"] for row in store.tickets.show(number)["assignments"]}
        found = store.merging.merge(now, number, master, user.actor)
        if kind == "complaint" and store.tickets.get(found)["kind"] == "emergency":
            others = frozenset(row["id"] for row in store.tickets.show(found)["assignments"]) - had
            replan(store, desk, now, found, "emergency", user, "digabung ke keadaan darurat", others)
        presume_genuine(store, now, number, user)
        return found

    return web.json_response({"number": number, "master": await desk.store.write(link)})


async def split(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/split {}: an incident of its own; whom merging had taken it off is sent it anew."""
    desk, user, number = desk_of(request), user_of(request), request.match_info["number"]
    await read_form(request)
    now = desk.clock()

    def part(store: Store) -> list[str]:
        opds = tuple(opd for opd in store.merging.split(now, number, user.actor) if opd in desk.setting.routing.opds)
        return dispatch(store, desk, now, number, opds, user) if opds else []

    return web.json_response({"number": number, "dispatched": await desk.store.write(part)})
