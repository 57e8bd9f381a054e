"""Searches for tickets and calls. A POST, so that nobody's number or name stands in an address or in a proxy's log."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from itertools import chain

from aiohttp import web

from console.console import console_of, user_of
from console.errors import BadField
from console.live.bounding import to_json
from console.web.forms import Form, optional_text, read_form
from tickets.cases import searching
from tickets.cases.searching import FILTERS, Answer, Asked, Found
from tickets.model import Row
from tickets.store import Store
from tickets.store.thread import READERS, StoreThread

SHOWN = 50
LONGEST = 300
_LABELS = {
    "state": "status",
    "category": "kategori",
    "kecamatan": "kecamatan",
    "agency": "OPD",
    "operator": "operator",
    "outcome": "akhir panggilan",
}


async def find(request: web.Request) -> web.StreamResponse:
    """POST /api/search {text, from, to, before, …FILTERS}: hits as `tanggap search --json` gives them, 50 at most.

    The look is journalled before it is answered."""
    console, user = console_of(request), user_of(request)
    asked, now = _asked(await read_form(request, "text", "from", "to", "before", *FILTERS)), console.clock()
    setting = console.setting
    answer = await answered(
        console.store,
        partial(searching.find, asked=asked, user=user, zone=setting.zone, now=now, number_of=console.number_of),
        partial(Found.answer, user=user, hides_numbers=setting.hides_numbers),
        partial(Found.note, now=now, actor=user.actor),
    )
    text = await console.store.read(lambda _store: to_json(answer.shown))
    return web.Response(text=text, content_type="application/json")


async def answered(
    store: StoreThread,
    find: Callable[[Store], Found],
    answer: Callable[[Found, Iterable[Row]], Answer],
    note: Callable[[Found, Store], None],
) -> Answer:
    """Find on one reading connection, and read the hits on all while the look is journalled: the disk is waited for at
    once instead of row by row."""
    finding = await store.read(find)
    parts = [store.read(partial(finding.rows, numbers=numbers)) for numbers in finding.parts(READERS)]
    rows, _ = await asyncio.gather(asyncio.gather(*parts), store.write(partial(note, finding)))
    return answer(finding, chain.from_iterable(rows))


def _asked(form: Form) -> Asked:
    filters = {name: optional_text(form, name, _LABELS[name], longest=80) for name in FILTERS}
    return Asked(
        optional_text(form, "text", "yang dicari", longest=LONGEST) or "",
        _day(form, "from", "hari pertama"),
        _day(form, "to", "hari terakhir"),
        SHOWN,
        optional_text(form, "before", "lanjutan", longest=40),
        {name: value for name, value in filters.items() if value is not None},
    )


def _day(form: Form, field: str, label: str) -> date | None:
    value = optional_text(form, field, label, longest=20)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadField(field, f"{label} bukan tanggal: {value!r}, diharapkan misalnya 2026-11-22") from None
