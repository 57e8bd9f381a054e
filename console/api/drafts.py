"""Drafts of ticket forms: what they were typed over, and how long they live."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from aiohttp import web

from console.console import console_of, user_of
from console.errors import BadField, Refusal
from console.web.forms import Form, fields, optional_text, read_form, text
from tickets.cases import typed_over
from tickets.cases.reopening import reopen as open_again
from tickets.cases.typed_over import TypedOver
from tickets.errors import FieldConflict
from tickets.store import Store
from tickets.store.people.field_edits import Mark

T = TypeVar("T")

MOST_DRAFTS = 500
LONGEST_REASON = 500
_DRAFT = re.compile(r"[A-Za-z0-9-]{16,64}")
_OVER = ("fields", "draft", "turn", "erasures", "user")


async def reopen(request: web.Request) -> web.StreamResponse:
    """POST /api/tickets/NUMBER/reopen {reason}: an ended ticket is open again, and takes edits."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    reason = text(await read_form(request, "reason"), "reason", "alasan", longest=LONGEST_REASON)
    now = console.clock()
    await console.store.write(lambda store: open_again(store, now, number, reason, user.actor))
    return web.json_response({"number": number})


async def sweep(request: web.Request) -> web.StreamResponse:
    """POST /api/drafts {drafts: {NUMBER: erasures}}: the kept drafts that a browser has to drop (`over`)."""
    form = fields(await read_form(request, "drafts"), "drafts")
    if len(form) > MOST_DRAFTS:
        raise BadField("drafts", f"drafts terlalu banyak: {len(form)}, paling banyak {MOST_DRAFTS}")
    drafts = {number: _count(form, number) for number in form}
    over = await console_of(request).store.read(lambda store: typed_over.over(store, drafts))
    return web.json_response({"over": over})


def read_over(request: web.Request, form: Form) -> TypedOver:
    """The state that the fields of a form were typed over (`over`); unknown for a page of an earlier release."""
    given = fields(form, "over")
    unknown = sorted(given.keys() - set(_OVER))
    if unknown:
        raise BadField("over", f"isian over tidak dikenal: {', '.join(unknown)[:200]}; yang ada: {', '.join(_OVER)}")
    typist, user = optional_text(given, "user", "user"), user_of(request).name
    if typist not in (None, user):
        # a page of a session that ended, still open where somebody else has logged in
        raise Refusal(
            f"ketikan ini milik {typist}, dan di peramban ini sekarang masuk {user}; muat ulang halaman", status=409
        )
    draft = optional_text(given, "draft", "draft")
    if draft is not None and not _DRAFT.fullmatch(draft):
        raise BadField("draft", "draft harus 16 sampai 64 huruf, angka atau garis")
    erasures = None if given.get("erasures") is None else _count(given, "erasures")
    mark = None if draft is None else Mark(draft, _count(given, "turn"))
    return TypedOver(fields(given, "fields"), mark, erasures)


async def write(request: web.Request, change: Callable[[Store], T]) -> T:
    """Carry a change out that saves fields; a refusal for another person's words is kept in the journal."""
    console, user, number = console_of(request), user_of(request), request.match_info["number"]
    now = console.clock()
    try:
        return await console.store.write(change)
    except FieldConflict as error:
        conflicts = error.conflicts
        await console.store.write(lambda store: typed_over.note(store, now, number, conflicts, user.actor))
        raise


def _count(form: Form, field: str) -> int:
    value: Any = form.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise BadField(field[:60], f"isian {field[:60]} harus bilangan bulat")
    return value
