"""«Urungkan»: what a finger did a moment ago is taken back, as long as nothing came of it."""

from aiohttp import web

from console.api import once
from console.api.assigning import ANSWER
from console.console import console_of, user_of
from console.web.forms import choice, number_in_path, read_form
from tickets.cases import undoing
from tickets.cases.steps import mine
from tickets.model import Row
from tickets.store import Store


async def step(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/undo {}: the state before the user's own last step, within seconds.

    Pushing goes on with its former age. 409 where somebody went on, or it is too late."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    await read_form(request)
    now, routing = console.clock(), console.setting.routing

    def change(store: Store) -> Row:
        row = undoing.undo_step(store, routing, now, mine(store, user, number), user)
        return {name: row[name] for name in ANSWER}

    return await once.write(request, await request.read(), change)


async def ticket(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/undo {what}: the user's own dispatch, verdict, merge or closing of seconds ago."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    deed = choice(await read_form(request, "what"), "what", "yang diurungkan", undoing.DEEDS)
    now, routing = console.clock(), console.setting.routing
    answer = await console.store.write(lambda store: undoing.undo(store, routing, now, number, deed, user.actor))
    return web.json_response({"number": number} | answer)
