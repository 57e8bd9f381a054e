"""Receipts of pages and messages: an assignment was shown and heard, a change was read, a test push was noticed."""

from dataclasses import dataclass

import aiohttp_jinja2
from aiohttp import web

from console.api import once
from console.console import console_of, user_of
from console.errors import BadField
from console.web.forms import Form, number_in_path, read_form, text
from console.web.refusals import TICKET_ERRORS, wants_json
from tickets import links
from tickets.cases import receipts
from tickets.errors import BadLink, ForgedLink
from tickets.model import Actor
from tickets.routing import Contact

MAX_TO = 120
MOST_READ = 200  # changes of one assignment that are read at once


async def seen(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/seen: this page shows the assignment and its siren is heard; kept once for each user."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    now = console.clock()
    noted = await console.store.write(lambda store: receipts.seen(store, now, number, user))
    return web.json_response({"id": number, "noted": noted})


async def read(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/read {amendments: [[id, revision], …]}: «Sudah dibaca», for what this page showed."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    shown, now = _revisions(await read_form(request, "amendments")), console.clock()
    return await once.write(request, await request.read(), lambda store: receipts.read(store, now, number, shown, user))


async def by_radio(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/radio {amendments, to}: staff has read these changes out, to whom of the agency."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    form, now = await read_form(request, "amendments", "to"), console.clock()
    shown, to = _revisions(form), text(form, "to", "kepada siapa", longest=MAX_TO)
    return await once.write(
        request, await request.read(), lambda store: receipts.by_radio(store, now, number, shown, user, to)
    )


async def heard(request: web.Request) -> web.StreamResponse:
    """POST /api/page-tests/ID/heard: «Terdengar» at the banner of a test push."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "test", "uji coba")
    now = console.clock()
    noted = await console.store.write(lambda store: receipts.heard(store, now, number, user))
    return web.json_response({"id": number, "noted": noted})


def _revisions(form: Form) -> dict[int, int]:
    """The changes that a page showed, each with its revision."""
    pairs = form.get("amendments")
    whole = isinstance(pairs, list) and 0 < len(pairs) <= MOST_READ and all(map(_is_revision, pairs))
    if not whole:
        expected = f"1 sampai {MOST_READ} pasangan [nomor, revisi]"
        raise BadField("amendments", f"isian amendments tidak benar: yang diharapkan {expected}")
    return dict(pairs or ())


def _is_revision(pair: object) -> bool:
    return (
        isinstance(pair, list) and len(pair) == 2 and all(type(number) is int and 0 < number < 2**63 for number in pair)
    )


# -- the link in the message of a test push ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reader:
    test: int
    contact: Contact
    answered: bool


async def message_page(request: web.Request) -> web.StreamResponse:
    """GET /uji/TOKEN: a button; programs that only look at links change nothing."""
    try:
        reader = await _reader(request)
    except BadLink as refusal:
        return _shut(request, refusal)
    console = console_of(request)
    context = {
        "setting": console.setting,
        "version": console.version,
        "token": request.match_info["token"],
        "who": reader.contact.title,
        "answered": reader.answered,
    }
    answer = aiohttp_jinja2.render_template("uji.html", request, context)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


async def message_read(request: web.Request) -> web.StreamResponse:
    """POST /uji/TOKEN: this message of a test push was read."""
    try:
        reader = await _reader(request)
    except BadLink as refusal:
        return _shut(request, refusal)
    console, now, contact = console_of(request), console_of(request).clock(), Actor("contact", reader.contact.name)
    await console.store.write(lambda store: store.test_pushes.answered(now, reader.test, contact))
    raise web.HTTPSeeOther(f"/uji/{request.match_info['token']}")


async def _reader(request: web.Request) -> _Reader:
    console, key = console_of(request), console_of(request).link_key()
    if not key:
        raise ForgedLink("tautan ini tidak sah")
    link = links.read(key, request.match_info["token"], console.clock(), links.TEST)
    contact = console.setting.routing.contacts.get(link.contact)
    if contact is None:
        raise BadLink("tautan ini dicabut: kontaknya tidak lagi bertugas")
    row = await console.store.read(lambda store: store.test_pushes.get(link.assignment))
    # numbers begin anew in a restored store
    if row["contact"] != link.contact or row["channel"] not in links.TEST_CHANNELS:
        raise BadLink("tautan ini milik uji coba lain")
    return _Reader(row["id"], contact, row["answered_at"] is not None)


def _shut(request: web.Request, refusal: BadLink) -> web.StreamResponse:
    if wants_json(request):
        raise refusal
    console, sentence = console_of(request), str(refusal)
    context = {
        "setting": console.setting,
        "version": console.version,
        "status": TICKET_ERRORS[type(refusal)],
        "sentence": sentence[:1].upper() + sentence[1:],
        "hint": "",
    }
    return aiohttp_jinja2.render_template("onetap_shut.html", request, context, status=TICKET_ERRORS[type(refusal)])
