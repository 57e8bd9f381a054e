"""An agency calls the reporter through the exchange: its desk phone rings first; nobody needs to see the number."""

from aiohttp import web

from console.console import console_of, user_of
from console.web.forms import number_in_path
from tickets.cases import reporters


async def call(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/call: the agency's desk phone shall ring, and then the reporter's number be dialled."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    now, setting = console.clock(), console.setting
    await console.store.write(
        lambda store: reporters.call(store, setting.routing, now, number, user, dials_out=setting.dials_out)
    )
    return web.json_response({"asked": number}, status=202)
