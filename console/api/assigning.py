"""The answers of agencies: states, proofs and «bukan wewenang»; and recalling a ticket from them."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from console.api import once
from console.api.media import keep, read_photo
from console.console import Console, User, console_of, user_of
from console.web.forms import Form, choice, link, number_in_path, optional_text, read_form, text
from tickets.cases import knowing, nudging, steps
from tickets.cases.handing_over import DESK_112, hand_over, reassign, takers
from tickets.cases.steps import STEPS, mine
from tickets.errors import StoreUnavailable
from tickets.model import TURNED_DOWN_STATE, Row, to_text
from tickets.store import Store

MOVE = ("state", "note", "link", "acted_at")
ABOVE = ("command", "admin")
ANSWER = ("id", "ticket", "opd", "state", "acknowledged_at", "acknowledged_by", "ended_at")


async def move(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/move {state, note?, link?, acted_at?}: the agency's next state.

    Others than the agency may record an answer by telephone, with a note that names the person."""
    user, number = user_of(request), number_in_path(request, "assignment", "penugasan")
    form = await read_form(request, *MOVE)
    change = change_of(console_of(request), user, number, form)
    body = await request.read()
    try:
        return await once.write(request, body, change)
    except StoreUnavailable as error:
        if form.get("state") == "diterima" and user.role == "opd":
            await _believe(request, number, body, error)
        raise


def change_of(console: Console, user: User, number: int, form: Form) -> Callable[[Store], Row]:
    """The change that a form of MOVE asks for; BadField for a field that is not what was expected."""
    state = choice(form, "state", "keadaan", STEPS)
    note, address = optional_text(form, "note", "catatan"), link(form, "link")
    steps.check_source(user, note)
    now, routing = console.clock(), console.setting.routing
    acted_at = _acted(form, now)

    def change(store: Store) -> Row:
        row = mine(store, user, number)
        if not note and steps.accepted_already(row, state):  # a note must not be lost: with it, it is a conflict
            return _answer(row) | {"already": True}
        return _answer(steps.step(store, routing, now, row, state, user, note, address, acted_at))

    return change


async def _believe(request: web.Request, number: int, body: bytes, error: StoreUnavailable) -> None:
    """Tell the escalation of an acceptance that the store cannot take now: it stops ringing and writes it later.

    Raises the refusal anew, with a word of that: the page keeps its answer and sends it again all the same."""
    console, user = console_of(request), user_of(request)
    await console.store.read(lambda store: mine(store, user, number))
    if await console.believed(number, user.name, once.repeated(request, body, ANSWER)):
        raise StoreUnavailable(f"{error}; 112 sudah tahu dan tidak mendorong lagi") from error


async def decline(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/decline {reason, taker, acted_at?}: not ours; `taker`: an agency, or `112` (operators).

    The command centre and operators name the taker where an agency turned an assignment down by telephone. What the
    command centre gives to another agency without such an answer is reassigned, and not declined in the agency's name.
    """
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    form = await read_form(request, "reason", "taker", "acted_at")
    reason = text(form, "reason", "alasan", longest=500)
    now, routing = console.clock(), console.setting.routing
    taker = choice(form, "taker", "yang berwenang", takers(routing))
    acted_at = _acted(form, now)

    def change(store: Store) -> Row:
        row = mine(store, user, number)
        if user.role in ABOVE and taker != DESK_112 and row["state"] != TURNED_DOWN_STATE:
            return _answer(reassign(store, routing, now, row, taker, reason, user))
        return _answer(hand_over(store, routing, now, row, taker, reason, user, acted_at))

    return await once.write(request, await request.read(), change)


async def known(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/known {}: «saya tahu, saya tangani» of the command centre, quiet for some minutes."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    await read_form(request)
    now, routing = console.clock(), console.setting.routing
    until = await console.store.write(lambda store: knowing.know_on_page(store, routing, now, number, user))
    return web.json_response({"id": number, "until": to_text(until)})


async def nudge(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/nudge {}: «Colek»: the agency is pushed anew at once, and reads who asks."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    await read_form(request)
    now, setting = console.clock(), console.setting
    contacts = await console.store.write(
        lambda store: nudging.nudge(store, setting.routing, setting.zone, now, number, user)
    )
    return web.json_response({"id": number, "contacts": contacts, "at": to_text(now)})


async def cancel(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/cancel {reason}: an operator or the command centre takes the ticket off an agency."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    reason = text(await read_form(request, "reason"), "reason", "alasan", longest=500)
    now = console.clock()
    row = await console.store.write(
        lambda store: store.assignments.move(now, number, "dibatalkan", user.actor, via="page", note=reason)
    )
    return web.json_response(_answer(row))


async def note(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/notes {note?, link?, acted_at?}: a note of an agency at work."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    form = await read_form(request, "note", "link", "acted_at")
    written, address, now = optional_text(form, "note", "catatan"), link(form, "link"), console.clock()
    steps.check_note(written, address)
    acted_at, routing = _acted(form, now), console.setting.routing

    def change(store: Store) -> Row:
        row = mine(store, user, number)
        steps.add_note(store, now, row, written, address, user.actor, acted_at)
        steps.at_work(store, routing, now, row)
        return {"id": number}

    return await once.write(request, await request.read(), change, status=201)


async def add_photo(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/photos, the body a JPEG, PNG, WebP or HEIC (or a form with one): proof.

    A form may say when and where it was taken: `taken_at`, `lat`, `lon`."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    await console.store.read(lambda store: mine(store, user, number))
    photo = await read_photo(request)
    if (former := await once.known(request, photo.data)) is not None:
        return former
    await console.store.read(lambda store: steps.has_room(store, mine(store, user, number)))
    name = await asyncio.to_thread(keep, console.media, photo)
    now, routing = console.clock(), console.setting.routing

    def change(store: Store) -> Row:
        facts, row = {"taken_at": photo.taken_at, "place": photo.place}, mine(store, user, number)
        steps.add_photo(store, now, row, name, facts, user.actor)
        steps.at_work(store, routing, now, row)
        return {"photo": name, "url": f"/media/{name}"}

    try:
        answer = await once.write(request, photo.data, change, status=201)
    except Exception:  # not when cancelled: then the row may still be written, and needs its file
        (console.media / name).unlink(missing_ok=True)
        raise
    if once.REPEATED in answer.headers:
        (console.media / name).unlink(missing_ok=True)
    return answer


def _acted(form: Form, now: datetime) -> datetime | None:
    """The moment that a page gives its answer, where it is sent late."""
    return steps.acted(str(form.get("acted_at") or ""), now)


def _answer(row: Row) -> Row:
    return {name: row[name] for name in ANSWER}
