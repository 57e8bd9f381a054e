"""Complaints («Wadul Bupati»): filed by operators and agencies, sorted in the inbox."""

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from console.api.drafts import read_over, write
from console.api.ticketing import check_words
from console.console import Console, console_of, user_of
from console.errors import BadField
from console.live.complaints_board import whole
from console.live.reading import read_json
from console.web.forms import choices, fields, link, optional_text, read_form, text
from tickets.cases import complaining
from tickets.model import Row, day_of
from tickets.store import Store

MAX_ANSWER = 1000
Change = Callable[[Store, datetime], object]
WORDS = ("category", "kecamatan", "desa", "address", "description")


async def file(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/wadul {fields?, over?}: the last of the draft, and its complaint with a tracking number.

    Asked twice it answers the same number."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "fields", "over")
    changes, over, now = fields(form, "fields"), read_over(request, form), console.clock()
    check_words(console, changes)
    row = await write(request, lambda store: complaining.file(store, now, number, changes, user.actor, over))
    return web.json_response({"number": number, "tracking": row["tracking"], "state": row["state"]})


async def enter(request: web.Request) -> web.StreamResponse:
    """POST /api/wadul {link, category, kecamatan?, desa?, address?, description, to_inbox?}: a complaint from social
    media; an agency keeps its own, unless it goes to the inbox for others."""
    console, user = console_of(request), user_of(request)
    form = await read_form(request, "link", *WORDS, "to_inbox")
    address = link(form, "link")
    if address is None:
        raise BadField("link", "tautan belum diisi: alamat kiriman di media sosial")
    changes: Row = {name: optional_text(form, name, name, longest=500) for name in WORDS if name != "description"}
    changes |= {"description": text(form, "description", "uraian", longest=5000), "kind": "complaint"}
    text(form, "category", "kategori")
    check_words(console, changes)
    keeper = None if _flag(form.get("to_inbox")) else user.opd
    now, routing = console.clock(), console.setting.routing
    day = day_of(now, console.setting.zone)
    row = await console.store.write(
        lambda store: complaining.enter(store, routing, now, day, changes, address, keeper, user.actor)
    )
    return web.json_response({"number": row["ticket"], "tracking": row["tracking"]}, status=201)


def _flag(value: object) -> bool:
    if value not in (None, True, False):
        raise BadField("to_inbox", "to_inbox harus true atau false")
    return bool(value)


async def search(request: web.Request) -> web.StreamResponse:
    """GET /api/wadul?q=: complaints by tracking number, ticket, place or words, newest first."""
    console, wanted = console_of(request), request.query.get("q", "").strip()[:80]
    terms, now = console.setting.terms, console.clock()

    def read(store: Store) -> Row:
        rows = store.complaints.search(wanted) if wanted else store.complaints.ended()
        return {"rows": [whole(terms, now, row) for row in rows]}

    return await read_json(console, read)


async def pass_on(request: web.Request) -> web.StreamResponse:
    """POST /api/wadul/NUMBER/pass {opds, category?}: verified, and given to these agencies; takes an end back."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "opds", "category")
    opds = choices(form, "opds", "OPD", console.setting.routing.opds)
    changes = {"category": form["category"]} if optional_text(form, "category", "kategori") else {}
    check_words(console, changes)

    def give(store: Store, now: datetime) -> None:
        complaining.pass_on(store, console.setting.routing, now, number, opds, changes, user.actor)

    return await _done(console, number, give)


async def reject(request: web.Request) -> web.StreamResponse:
    """POST /api/wadul/NUMBER/reject {reason}: no complaint; the reason is shown with the tracking number."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    reason = text(await read_form(request, "reason"), "reason", "alasan", longest=MAX_ANSWER)
    return await _done(console, number, lambda store, now: store.complaints.reject(now, number, user.actor, reason))


async def answer(request: web.Request) -> web.StreamResponse:
    """POST /api/wadul/NUMBER/answer {answer}: closed with an answer; of one that is done, the public answer alone."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    reply = text(await read_form(request, "answer"), "answer", "jawaban", longest=MAX_ANSWER)
    return await _done(console, number, lambda store, now: store.complaints.answer(now, number, user.actor, reply))


async def raise_(request: web.Request) -> web.StreamResponse:
    """POST /api/wadul/NUMBER/raise {reason, opds?}: an emergency; agencies are pushed by its ladder from now on."""
    return await _change(request, "emergency")


async def lower(request: web.Request) -> web.StreamResponse:
    """POST /api/wadul/NUMBER/lower {reason}: a complaint after all; agencies are pushed by its slow ladder."""
    return await _change(request, "complaint")


async def _change(request: web.Request, kind: str) -> web.StreamResponse:
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    form = await read_form(request, "reason", "opds")
    why = text(form, "reason", "alasan", longest=500)
    opds = choices(form, "opds", "OPD", console.setting.routing.opds) if form.get("opds") else ()

    def change(store: Store, now: datetime) -> None:
        complaining.turn(store, console.setting.routing, now, number, kind, opds, user.actor, why)

    return await _done(console, number, change)


async def resend(request: web.Request) -> web.StreamResponse:
    """POST /api/wadul/NUMBER/resend {}: try again to hand it to the government's own application."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    await read_form(request)
    return await _done(console, number, lambda store, now: store.outbox.resend(now, number, user.actor))


async def _done(console: Console, number: str, change: Change) -> web.StreamResponse:
    now = console.clock()

    def run(store: Store) -> Row:
        change(store, now)
        return store.complaints.show(number)

    return web.json_response(whole(console.setting.terms, now, await console.store.write(run)))
