"""Hand-overs of a shift: signed by who goes and by who comes."""

from aiohttp import web

from console.console import console_of, user_of
from console.live.reading import read_json
from console.live.shift import kept, shift
from console.live.snapshots import faults
from console.web.forms import number_in_path, optional_text, read_form
from tickets.store import Store

LONGEST_NOTE = 2000
_HANDOVER = "serah terima"


async def offer(request: web.Request) -> web.StreamResponse:
    """POST /api/handovers {note}: sign as who goes; what is open is kept as it is in that moment."""
    console, user, form = console_of(request), user_of(request), await read_form(request, "note")
    note, now = optional_text(form, "note", "catatan", longest=LONGEST_NOTE) or "", console.clock()
    storage, zone = console.storage(), console.setting.zone

    def write(store: Store) -> int:
        state = kept(shift(store, now, faults(store, now, storage, zone)))
        return store.handovers.offer(now, note, state, user.actor)

    return web.json_response({"handover": await console.store.write(write)}, status=201)


async def take(request: web.Request) -> web.StreamResponse:
    """POST /api/handovers/ID/take: sign as who comes."""
    console, user = console_of(request), user_of(request)
    handover, now = number_in_path(request, "handover", _HANDOVER), console.clock()
    await console.store.write(lambda store: store.handovers.take(now, handover, user.actor))
    return web.json_response({"taken": handover})


async def show(request: web.Request) -> web.StreamResponse:
    """GET /api/handovers/ID: one whole, as it was signed."""
    handover = number_in_path(request, "handover", _HANDOVER)
    return await read_json(console_of(request), lambda store: store.handovers.get(handover))
