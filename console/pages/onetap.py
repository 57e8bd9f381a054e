"""The page of a one-time link: one assignment, on a telephone, without a login. A look changes nothing, a tap does.

The first tap spends the link and ties the assignment to that browser (a random cookie, of which the store keeps the
hash): there it stays open until its end, everywhere else the link says that it was used.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from console.api.media import keep, read_photo, serve_photo
from console.console import Console, console_of
from console.errors import BadField, Refusal
from console.web.forms import choice, link, optional_text, read_post, text
from console.web.gate import cookie_safety
from console.web.refusals import TICKET_ERRORS, wants_json
from console.web.sessions import new_token, token_hash
from tickets import links
from tickets.cases import steps, undoing, visiting
from tickets.cases.handing_over import takers
from tickets.cases.visiting import NOT_OURS, STATES, WORDS, Answer, Visitor, answered_by, assignment_of, short_name
from tickets.change_words import recalls, written
from tickets.errors import AnsweredFirst, BadLink, Conflict, ForgedLink, InvalidField, StoreUnavailable
from tickets.model import ENDED_STATES, Row, to_text
from tickets.routing import phones_of
from tickets.store import Store

COOKIE = "tugas"
COOKIE_S = 30 * 86400
INSTEAD = "Ambil foto baru dengan kamera lalu kirim lagi, atau tulis catatan hasil"
HINT = "Tunggu pesan berikutnya, buka halaman OPD, atau telepon 112."
NOTE_EVERY = timedelta(seconds=10)
REMEMBERED = 1000
MOST_REPORTS = 20


class Refused:
    """Remembers when refused links were noted: repeated tries must not fill the journal."""

    def __init__(self) -> None:
        self._noted: OrderedDict[str, datetime] = OrderedDict()

    def first(self, now: datetime, refusal: str) -> bool:
        """True when this refusal was not noted within NOTE_EVERY."""
        last = self._noted.get(refusal)
        if last is not None and now - last < NOTE_EVERY:
            return False
        self._noted[refusal] = now
        while len(self._noted) > REMEMBERED:
            self._noted.popitem(last=False)
        return True


REFUSED: web.AppKey[Refused] = web.AppKey("refused", Refused)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /t/TOKEN: the assignment, with a button; programs that only look at links change nothing."""
    try:
        return await _page(request, await _visitor(request))
    except BadLink as refusal:
        return await _shut(request, refusal)


async def act(request: web.Request) -> web.StreamResponse:
    """POST /t/TOKEN {state, note?, link?, reason?, taker?, shown?}: the next state of this assignment, or `dibaca`."""
    try:
        visitor = await _visitor(request)
        try:
            await _answer(console_of(request), visitor, _answer_of(console_of(request), await read_post(request)))
        except (BadField, InvalidField, Conflict) as refusal:
            if wants_json(request):
                raise
            status = 409 if isinstance(refusal, Conflict) else 400
            return await _page(request, visitor, str(refusal), status, fine=isinstance(refusal, AnsweredFirst))
    except BadLink as refusal:
        return await _shut(request, refusal)
    raise web.HTTPSeeOther(f"/t/{request.match_info['token']}")


async def add_photo(request: web.Request) -> web.StreamResponse:
    """POST /t/TOKEN/photos: a photo as proof, the body of it or a form with one."""
    try:
        visitor = await _visitor(request)
        try:
            await _add_photo(request, visitor)
        except (Refusal, InvalidField, Conflict) as refusal:
            if wants_json(request):
                raise
            status = refusal.status if isinstance(refusal, Refusal) else 409 if isinstance(refusal, Conflict) else 400
            return await _page(request, visitor, f"Foto TIDAK diterima 112: {refusal}. {INSTEAD}", status)
    except BadLink as refusal:
        return await _shut(request, refusal)
    raise web.HTTPSeeOther(f"/t/{request.match_info['token']}")


async def _add_photo(request: web.Request, visitor: Visitor) -> None:
    console = console_of(request)
    await console.store.read(lambda store: steps.has_room(store, assignment_of(store, visitor)))
    photo = await read_photo(request)
    name = await asyncio.to_thread(keep, console.media, photo)
    now, setting = console.clock(), console.setting

    def attach(store: Store) -> None:
        row = assignment_of(store, visitor)
        visiting.check_agency(setting.routing, row, visitor)
        visiting.spend(store, now, visitor)
        facts = {"taken_at": photo.taken_at, "place": photo.place}
        steps.add_photo(store, now, row, name, facts, visitor.actor)
        steps.at_work(store, setting.routing, now, row)

    try:
        await console.store.write(attach)
    except Exception:
        (console.media / name).unlink(missing_ok=True)
        raise


async def opened(request: web.Request) -> web.StreamResponse:
    """POST /t/TOKEN/opened: a person's browser shows the page; noted once for each link."""
    console, visitor = console_of(request), await _visitor(request)
    now = console.clock()
    await console.store.write(lambda store: store.links.opened(now, visitor.link))
    return web.Response(status=204)


async def photo(request: web.Request) -> web.StreamResponse:
    """GET /t/TOKEN/media/NAME: a photo of this assignment, where the link is tied to the browser."""
    console, visitor, name = console_of(request), await _visitor(request), request.match_info["name"]
    proofs = await console.store.read(lambda store: store.assignments.attachments(visitor.link.assignment))
    if not visitor.held or name not in {row["value"] for row in proofs if row["kind"] == "photo"}:
        raise Refusal("foto tidak ada", status=404)
    return serve_photo(console.media / name)


# -- the visitor and the answer ----------------------------------------------------------------------------------------


async def _visitor(request: web.Request) -> Visitor:
    """The contact of a link that opens something here and now; BadLink tells why it does not."""
    console, key = console_of(request), console_of(request).link_key()
    if not key:
        raise ForgedLink("tautan ini tidak sah")
    link = links.verify(key, request.match_info["token"])
    cookie = request.cookies.get(COOKIE)
    device, now, setting = token_hash(cookie) if cookie else None, console.clock(), console.setting
    return await console.store.read(
        lambda store: visiting.admit(store, setting.routing, setting.zone, now, link, device)
    )


def _answer_of(console: Console, form: Mapping[str, Any]) -> Answer:
    """The answer that a form holds."""
    state = choice(form, "state", "keadaan", STATES)
    note, address = optional_text(form, "note", "catatan"), link(form, "link")
    if state != NOT_OURS:
        return Answer(state, note, address, shown=_shown(form))
    reason = text(form, "reason", "alasan", longest=500)
    return Answer(
        state, note, address, reason, choice(form, "taker", "yang berwenang", takers(console.setting.routing))
    )


def _shown(form: Mapping[str, Any]) -> dict[int, int]:
    """The unread changes that the page showed: «12.1 13.4», ids with their revisions."""
    written = optional_text(form, "shown", "perubahan") or ""
    if not re.fullmatch(r"(\d{1,18}\.\d{1,18} ?)*", written, re.ASCII):
        raise BadField("shown", "isian shown tidak benar: yang diharapkan pasangan nomor.revisi")
    pairs = (pair.split(".") for pair in written.split())
    return {int(id): int(revision) for id, revision in pairs}


async def _answer(console: Console, visitor: Visitor, given: Answer) -> None:
    """Carry the answer out in one transaction with the spending of the link."""
    now, setting = console.clock(), console.setting
    await console.store.write(lambda store: visiting.answer(store, setting.routing, setting.zone, now, visitor, given))


# -- the pages ---------------------------------------------------------------------------------------------------------


async def _page(
    request: web.Request, visitor: Visitor, error: str = "", status: int = 200, *, fine: bool = False
) -> web.StreamResponse:
    """The page of the assignment; `error` stands above it, in green where nothing is wrong (`fine`)."""
    console = console_of(request)
    now = console.clock()
    row, ticket, proofs, where, undoable, changes, reports = await console.store.read(
        lambda store: _report(store, visitor, now)
    )
    routing, zone = console.setting.routing, console.setting.zone
    quiet, answered = await console.store.read(
        lambda store: (
            store.snoozes.ends(now, row["id"], visitor.contact.name),
            "" if visitor.held else answered_by(store, routing, zone, row).removeprefix("; "),
        )
    )
    category = routing.categories.get(ticket["category"] or "")
    context = {
        "setting": console.setting,
        "version": console.version,
        "token": request.match_info["token"],
        "error": error,
        "fine": fine,
        "instead": INSTEAD,
        "held": visitor.held,
        "above": visitor.above,
        "quiet": visiting.time_of_day(zone, to_text(quiet)) if quiet else "",
        "phones": phones_of(routing, row["opd"]) if visitor.above else [],
        "undoable": undoable,
        "row": row,
        "word": WORDS[row["state"]],
        "ended": row["state"] in ENDED_STATES,
        "ticket": ticket,
        "what": category.name if category else "Laporan",
        "opd": short_name(routing, row["opd"]),
        "who": visitor.contact.title,
        "sent": visiting.time_of_day(zone, row["dispatched_at"]),
        "answered": answered,
        "proofs": proofs,
        "where": where,
        "changes": [written(change, routing.categories, zone) for change in changes],
        "shown": " ".join(f"{change['id']}.{change['revision']}" for change in changes),
        "recalled": recalls(changes),
        "reads": not visitor.above,
        "reports": [report | {"at": visiting.time_of_day(zone, report["created_at"])} for report in reports],
        "stamp": f"{row['updated_at']} {ticket['updated_at']} {len(reports)} {[c['revision'] for c in changes]}",
        "opds": [opd for opd in routing.opds.values() if opd.code != row["opd"]],
        "dials": not console.setting.hides_numbers,
    }
    answer = aiohttp_jinja2.render_template("onetap.html", request, context, status=status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    if COOKIE not in request.cookies:
        safety = cookie_safety(request) | {"samesite": "Lax"}  # the page is opened from a message
        answer.set_cookie(COOKIE, new_token(), max_age=COOKIE_S, path="/t/", **safety)
    return answer


def _report(
    store: Store, visitor: Visitor, now: datetime
) -> tuple[Row, Row, list[Row], Row | None, bool, list[Row], list[Row]]:
    row = assignment_of(store, visitor)
    ticket = store.tickets.get(row["ticket"])
    where = store.positions.standing(row["ticket"])
    undoable = visitor.held and undoing.may_undo(store, now, row, visitor.actor)
    changes, proofs = store.amendments.unread(row["id"]), store.assignments.attachments(row["id"])
    reports = store.merging.reports([row["ticket"]]).get(row["ticket"], [])[:MOST_REPORTS]
    return row, ticket, proofs, where, undoable, changes, reports


async def _shut(request: web.Request, refusal: BadLink) -> web.StreamResponse:
    """The page of a link that opens nothing, and its row in the journal."""
    await _note(request, refusal)
    if wants_json(request):
        raise refusal
    console = console_of(request)
    status = TICKET_ERRORS[type(refusal)]
    sentence = str(refusal)
    context = {
        "setting": console.setting,
        "version": console.version,
        "status": status,
        "sentence": sentence[:1].upper() + sentence[1:],
        "hint": "" if "telepon 112" in sentence else HINT,
    }
    return aiohttp_jinja2.render_template("onetap_shut.html", request, context, status=status)


async def _note(request: web.Request, refusal: BadLink) -> None:
    console, why = console_of(request), str(refusal)
    now, link = console.clock(), None
    if not isinstance(refusal, ForgedLink):
        link = links.verify(console.link_key(), request.match_info["token"])
    if request.app[REFUSED].first(now, f"{link.nonce} {why}" if link else ""):
        try:
            await console.store.write(lambda store: store.links.refused(now, link, why))
        except StoreUnavailable:
            return  # the visitor gets the refusal all the same
