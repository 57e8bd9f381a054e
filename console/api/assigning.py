"""What agencies answer: their states, proofs, and «bukan wewenang»; what the command centre takes back."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from console.api import once
from console.api.dispatching import dispatch
from console.api.media import keep, read_photo
from console.console import Acts, Console, User, console_of, user_of
from console.errors import BadField, Refusal
from console.web.forms import Form, choice, link, number_in_path, optional_text, read_form, text
from tickets.errors import Conflict, NotFound, StoreUnavailable
from tickets.escalation.ladder import follow_up
from tickets.model import ENDED_STATES, Row
from tickets.store import Store

STEPS = ("diterima", "berangkat", "di_lokasi", "selesai")
ANSWER = ("id", "ticket", "opd", "state", "acknowledged_at", "acknowledged_by", "ended_at")
DESK_112 = "112"
MOST_ATTACHMENTS = 30
LATE, OLDEST = timedelta(seconds=30), timedelta(days=7)


async def move(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/move {state, note?, link?, acted_at?}: the agency's next state.

    Others than the agency may record what it answered by telephone, with a note of who said so."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    form = await read_form(request, "state", "note", "link", "acted_at")
    state = choice(form, "state", "keadaan", STEPS)
    note, address = optional_text(form, "note", "catatan"), link(form, "link")
    if user.role != "opd" and note is None:
        raise BadField("note", "tulis siapa yang menjawab dan lewat apa")
    now = console.clock()
    acted_at = acted(form, now)

    def change(store: Store) -> Row:
        return _answer(step(store, console, now, mine(store, user, number), state, user, note, address, acted_at))

    body = await request.read()
    try:
        return await once.write(request, body, change)
    except StoreUnavailable as error:
        if state == "diterima" and user.role == "opd":
            await _believe(request, number, body, error)
        raise


async def _believe(request: web.Request, number: int, body: bytes, error: StoreUnavailable) -> None:
    """The escalation rings nobody on for who accepted, and writes it when it can; the page keeps it all the same, and
    is told both."""
    console, user = console_of(request), user_of(request)
    await console.store.read(lambda store: mine(store, user, number))
    if await console.believed(number, user.name, once.repeated(request, body, ANSWER)):
        raise StoreUnavailable(f"{error}; 112 sudah tahu dan tidak mendorong lagi") from error


async def decline(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/decline {reason, taker, acted_at?}: not ours; `taker`: an agency, or `112` (operators).

    The command centre and operators name the taker of what an agency turned down by telephone."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    form = await read_form(request, "reason", "taker", "acted_at")
    reason = text(form, "reason", "alasan", longest=500)
    taker = choice(form, "taker", "yang berwenang", (DESK_112, *console.setting.routing.opds))
    now = console.clock()

    acted_at = acted(form, now)

    def change(store: Store) -> Row:
        return _answer(hand_over(store, console, now, mine(store, user, number), taker, reason, user, acted_at))

    return await once.write(request, await request.read(), change)


def hand_over(
    store: Store,
    console: Console,
    now: datetime,
    row: Row,
    taker: str,
    reason: str,
    who: Acts,
    acted_at: datetime | None = None,
) -> Row:
    """«Bukan wewenang»: the named taker has the ticket in the same transaction."""
    if taker == row["opd"]:
        raise BadField("taker", "pilih OPD lain sebagai yang berwenang")
    to_whom = "operator 112" if taker == DESK_112 else console.setting.routing.opds[taker].short
    note = f"{reason} (yang berwenang: {to_whom})"
    if taker != DESK_112:  # first, so that the ticket is never without an agency
        _hand_on(store, console, now, row["ticket"], taker, who)
    assignment = row["id"]
    return store.assignments.move(
        now, assignment, "bukan_wewenang", who.actor, via=_via(who), note=note, acted_at=acted_at
    )


def _hand_on(store: Store, console: Console, now: datetime, ticket: str, taker: str, user: Acts) -> None:
    try:
        with store.savepoint():
            dispatch(store, console.setting.routing, now, ticket, (taker,), user.actor)
    except Conflict:
        return  # the named taker has the ticket already


async def cancel(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/cancel {reason}: the command centre takes the ticket off an agency."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    reason = text(await read_form(request, "reason"), "reason", "alasan", longest=500)
    now = console.clock()
    row = await console.store.write(
        lambda store: store.assignments.move(now, number, "dibatalkan", user.actor, via="page", note=reason)
    )
    return web.json_response(_answer(row))


async def note(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/notes {note?, link?, acted_at?}: what an agency writes while it works."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    form = await read_form(request, "note", "link", "acted_at")
    written, address, now = optional_text(form, "note", "catatan"), link(form, "link"), console.clock()
    if written is None and address is None:
        raise BadField("note", "tulis catatan atau isi tautan")
    acted_at = acted(form, now)

    def change(store: Store) -> Row:
        row = still_open(mine(store, user, number))
        if address is not None:
            store.assignments.attach(now, has_room(store, row)["id"], "link", address, user.actor)
        if written is not None:
            store.assignments.noted(now, row["id"], written, user.actor, acted_at)
        return {"id": row["id"]}

    return await once.write(request, await request.read(), change, status=201)


async def add_photo(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/photos, the body a JPEG, PNG or WebP (or a form with one): proof.

    A form may say when and where it was taken: `taken_at`, `lat`, `lon`."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    await console.store.read(lambda store: mine(store, user, number))
    found = await read_photo(request)
    if (former := await once.known(request, found.data)) is not None:
        return former
    await console.store.read(lambda store: has_room(store, mine(store, user, number)))
    name = await asyncio.to_thread(keep, console.media, found)
    now = console.clock()

    def change(store: Store) -> Row:
        row = has_room(store, mine(store, user, number))
        facts: dict[str, Any] = {"taken_at": found.taken_at, "place": found.place}
        store.assignments.attach(now, row["id"], "photo", name, user.actor, **facts)
        return {"photo": name, "url": f"/media/{name}"}

    try:
        answer = await once.write(request, found.data, change, status=201)
    except Exception:  # not when cancelled: then the row may still be written, and needs its file
        (console.media / name).unlink(missing_ok=True)
        raise
    if once.REPEATED in answer.headers:
        (console.media / name).unlink(missing_ok=True)
    return answer


def acted(form: Form, now: datetime) -> datetime | None:
    """When it was said, where that was noticeably before `now`; a telephone's clock that is wrong is no reason to
    refuse what it says."""
    try:
        at = datetime.fromisoformat(str(form.get("acted_at") or ""))
    except ValueError:
        return None
    if at.tzinfo is None or not LATE <= now - at <= OLDEST:
        return None
    return at


def mine(store: Store, user: User, number: int) -> Row:
    """An assignment that the user may see; an agency is not told that another's exists."""
    row = store.assignments.get(number)
    if user.role == "opd" and row["opd"] != user.opd:
        raise NotFound(f"penugasan {number} tidak ada")
    return row


def still_open(row: Row) -> Row:
    """One that has not ended."""
    if row["state"] in ENDED_STATES:
        raise Refusal(f"penugasan {row['id']} sudah «{row['state']}»; tidak bisa ditambah", status=409)
    return row


def has_room(store: Store, row: Row) -> Row:
    """Still open, and not full: an agency's login shall not fill the disk."""
    still_open(row)
    if len(store.assignments.attachments(row["id"])) >= MOST_ATTACHMENTS:
        raise Refusal(
            f"tugas ini sudah punya {MOST_ATTACHMENTS} foto dan tautan; lebih dari itu tidak bisa", status=409
        )
    return row


def step(
    store: Store,
    console: Console,
    now: datetime,
    row: Row,
    state: str,
    who: Acts,
    note: str | None,
    address: str | None,
    acted_at: datetime | None = None,
) -> Row:
    """An agency's next state; `address` is a link as proof, and without any proof or a note nothing is done."""
    if address is not None:
        store.assignments.attach(now, row["id"], "link", address, who.actor)
    if state == "selesai" and note is None and not store.assignments.attachments(row["id"]):
        raise BadField("note", "sebelum selesai, tambahkan foto, tautan, atau catatan tertulis")
    kind = store.tickets.get(row["ticket"])["kind"]
    pushes = follow_up(console.setting.routing, row | {"kind": kind}, state, now)
    assignment = row["id"]
    return store.assignments.move(
        now, assignment, state, who.actor, via=_via(who), note=note, follow_up=pushes, acted_at=acted_at
    )


def _via(who: Acts) -> str:
    return "page" if who.role == "opd" else who.role


def _answer(row: Row) -> Row:
    return {name: row[name] for name in ANSWER}
