"""One incident, many callers: who they are, what can be done for all of them, and doing it."""

from aiohttp import web

from console.console import console_of, user_of
from console.errors import BadField
from console.live.bounding import brief
from console.live.reading import read_json
from console.web.forms import Form, choices, read_form, text
from tickets.cases.incidents import ACTS, callers, settle
from tickets.model import Row
from tickets.store import Store

MOST_AT_ONCE = 200


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/tickets/NUMBER/incident: the incident of a ticket and its callers, each with what can be done."""
    number, user = request.match_info["number"], user_of(request)

    def read(store: Store) -> Row:
        incident, rows = callers(store, number, user)
        assignments = store.tickets.show(incident["number"])["assignments"]
        working = [row["opd"] for row in assignments if row["ended_at"] is None]
        shown = [brief(row, "description") for row in rows[:MOST_AT_ONCE]]
        return {"incident": incident | {"opds": working}, "callers": shown, "callers_count": len(rows)}

    return await read_json(console_of(request), read)


async def act(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/incident {tickets, acts}: link, judge, end the callbacks of these callers."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "tickets", "acts")
    tickets, acts = _numbers(form), choices(form, "acts", "tindakan", dict.fromkeys(ACTS))
    now, routing = console.clock(), console.setting.routing
    rows = await console.store.write(lambda store: settle(store, routing, now, number, tickets, acts, user))
    return web.json_response({"rows": rows})


def _numbers(form: Form) -> list[str]:
    """The tickets that were chosen, at least one."""
    value = form.get("tickets")
    if not isinstance(value, list) or not value:
        raise BadField("tickets", "pilih paling sedikit satu penelepon")
    if len(value) > MOST_AT_ONCE:
        raise BadField("tickets", f"paling banyak {MOST_AT_ONCE} penelepon sekaligus, ini {len(value)}")
    return [text({"tickets": number}, "tickets", "tiket", longest=40) for number in value]
