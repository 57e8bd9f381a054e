"""The report of screening, and callers' numbers for admins."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from aiohttp import web

from console.console import console_of, user_of
from console.live.reading import read_json
from console.web.forms import Form, choice, optional_text, read_form, text
from tickets.model import Row
from tickets.screening.number_rows import as_csv, digits_of
from tickets.screening.report import day_named, report
from tickets.screening.reputation import VERDICTS
from tickets.store import Store

MAX_WHO = 80
SHOWN = 200
MAX_REASON = 300


async def screening_report(request: web.Request) -> web.StreamResponse:
    """GET /api/report/screening?from=&to=: days of the site's zone, the last seven unless told."""
    console = console_of(request)
    zone = console.setting.zone
    last = day_named(request.query.get("to"), _today(request), "to")
    first = day_named(request.query.get("from"), last - timedelta(days=6), "from")
    return await read_json(console, lambda store: report(store, first, last, zone))


async def numbers(request: web.Request) -> web.StreamResponse:
    """GET /api/numbers?q=&doubted=1: judged numbers, newest first, at most 200; `more`: whether there are others."""
    listed = _listed(request, SHOWN + 1)

    def read(store: Store) -> Row:
        rows = listed(store)
        return {"rows": rows[:SHOWN], "more": len(rows) > SHOWN}

    return await read_json(console_of(request), read)


async def numbers_csv(request: web.Request) -> web.StreamResponse:
    """GET /api/numbers.csv?q=&doubted=1: all of them."""
    console, user, now = console_of(request), user_of(request), console_of(request).clock()
    listed = _listed(request, 1_000_000)

    def read(store: Store) -> tuple[int, str]:
        rows = listed(store)
        return len(rows), as_csv(rows)

    count, lines = await console.store.read(read)
    data = {"numbers": count}
    await console.store.write(lambda store: store.journal.append(now, "number.exported", user.actor, data=data))
    name = f"nomor-{_today(request).isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(text=lines, content_type="text/csv", charset="utf-8", headers=headers)


def _listed(request: web.Request, limit: int) -> Callable[[Store], list[Row]]:
    console, query = console_of(request), request.query.get("q", "")[:MAX_WHO]
    rules, now = console.setting.routing.screening, console.clock()
    number = console.number_of(query) if query else None
    doubted = request.query.get("doubted") == "1"
    wanted: dict[str, Any] = {"digits": digits_of(query), "number": number, "doubted": doubted, "limit": limit}
    return lambda store: store.numbers.listed(now, rules, **wanted)


async def number(request: web.Request) -> web.StreamResponse:
    """POST /api/numbers/show {who}: one number whole. A POST, so that no number stands in an address."""
    console = console_of(request)
    caller = _who(request, await read_form(request, "who"))
    rules, now = console.setting.routing.screening, console.clock()
    return web.json_response(await console.store.read(lambda store: store.numbers.show(caller, now, rules)))


async def correct(request: web.Request) -> web.StreamResponse:
    """POST /api/numbers/correct {who, verdict, reason, ticket?}: change its verdicts (or that on one ticket)."""
    console, user, now = console_of(request), user_of(request), console_of(request).clock()
    form = await read_form(request, "who", "verdict", "reason", "ticket")
    caller, verdict = _who(request, form), choice(form, "verdict", "putusan", VERDICTS)
    reason = text(form, "reason", "alasan", longest=MAX_REASON)
    ticket = optional_text(form, "ticket", "tiket", longest=40)

    def change(store: Store) -> Row:
        changed = store.numbers.correct(now, caller, verdict, user.actor, reason, ticket)
        return {"changed": changed, **store.numbers.show(caller, now, console.setting.routing.screening)}

    return web.json_response(await console.store.write(change))


async def erase(request: web.Request) -> web.StreamResponse:
    """POST /api/numbers/erase {who, reason}: the number goes, its score stays."""
    console, user, now = console_of(request), user_of(request), console_of(request).clock()
    form = await read_form(request, "who", "reason")
    caller, reason = _who(request, form), text(form, "reason", "alasan", longest=MAX_REASON)
    calls = await console.store.write(lambda store: store.numbers.erase(now, caller, user.actor, reason))
    return web.json_response({"calls": calls})


def _who(request: web.Request, form: Form) -> str:
    """A number as people write it, or a hash."""
    written = text(form, "who", "nomor", longest=MAX_WHO)
    is_hash = written.startswith("#") or len(written) == 64
    return written if is_hash else console_of(request).number_of(written) or written


def _today(request: web.Request) -> date:
    console = console_of(request)
    return console.clock().astimezone(console.setting.zone).date()
