"""Calling back: over the trunk, or by hand with a note of the outcome."""

from aiohttp import web

from console.api.media import find_recording, sound
from console.api.playback import PLAYBACKS
from console.console import console_of, user_of
from console.errors import Refusal
from console.web.forms import number_in_path, optional_text, read_form
from tickets.cases import requesting

LONGEST_NOTE = 500
_TASK = "tugas telepon balik"


async def dial(request: web.Request) -> web.StreamResponse:
    """POST /api/callbacks/TASK/dial: the user's phone shall ring, and then the number be dialled over the trunk."""
    console, user = console_of(request), user_of(request)
    task, now = number_in_path(request, "task", _TASK), console.clock()
    if not console.setting.dials_out:
        raise Refusal("panggilan keluar belum diatur: telepon dengan pesawat lain", status=409)
    await console.store.write(lambda store: requesting.dial(store, now, task, user.actor))
    return web.json_response({"asked": task}, status=202)


async def done(request: web.Request) -> web.StreamResponse:
    """POST /api/callbacks/TASK/done {note}: the person was called back."""
    console, user, task, note = console_of(request), user_of(request), *await _tried(request)
    now = console.clock()
    await console.store.write(lambda store: store.callbacks.done(now, task, user.actor, note))
    return web.json_response({"done": task})


async def unanswered(request: web.Request) -> web.StreamResponse:
    """POST /api/callbacks/TASK/unanswered {note}: tried by hand, nobody answered; the task stays."""
    console, user, task, note = console_of(request), user_of(request), *await _tried(request)
    now = console.clock()
    await console.store.write(lambda store: store.callbacks.unanswered(now, task, user.actor, note))
    return web.json_response({"tried": task})


async def recording(request: web.Request) -> web.StreamResponse:
    """GET /rekaman/balik/TRY: the recording of a talk over the trunk, seekable."""
    console, attempt = console_of(request), number_in_path(request, "attempt", "percobaan")
    row = await console.store.read(lambda store: store.callbacks.attempt(attempt))
    path = find_recording(console.recordings, row["recording"]) if row and row["recording"] else None
    if row is None or path is None:
        raise Refusal("rekaman tidak ada", status=404)
    await request.app[PLAYBACKS].note(request, row["call"], row["ticket"], row["recording"], attempt)
    return sound(path)


async def _tried(request: web.Request) -> tuple[int, str | None]:
    form = await read_form(request, "note")
    return number_in_path(request, "task", _TASK), optional_text(form, "note", "catatan", longest=LONGEST_NOTE)
