"""Searches for tickets and calls. A POST, so that nobody's number or name stands in an address or in a proxy's log."""

from datetime import date
from functools import partial

from aiohttp import web

from console.console import console_of, user_of
from console.errors import BadField
from console.live.bounding import to_json
from console.web.forms import Form, optional_text, read_form
from tickets.cases.searching import FILTERS, Answer, Asked, search
from tickets.store import Store

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
    look = partial(
        search,
        asked=asked,
        user=user,
        zone=console.setting.zone,
        now=now,
        number_of=console.number_of,
        hides_numbers=console.setting.hides_numbers,
    )

    def read(store: Store) -> tuple[Answer, str]:
        answer = look(store)
        return answer, to_json(answer.shown)

    answer, text = await console.store.read(read)
    await console.store.write(lambda store: answer.note(store, now, user.actor))
    return web.Response(text=text, content_type="application/json")


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
