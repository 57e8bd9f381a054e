"""The public page of complaints: looked up by number, without a login or the reporter's name; guessing is throttled."""

import aiohttp_jinja2
from aiohttp import web

from console.console import Console, console_of
from console.errors import TooMany
from console.web.addresses import client_address
from console.web.gate import holder
from console.web.throttle import Attempt, Throttle
from ivr.wording import write_day
from tickets.complaints import tracking
from tickets.complaints.states import NOT_THEIRS
from tickets.errors import NotFound
from tickets.model import Row, from_text
from tickets.store import Store

STATES = {
    "masuk": "Sedang diperiksa",
    "diteruskan": "Sudah diteruskan",
    "dijawab": "Sedang ditangani",
    "selesai": "Selesai",
    "ditolak": "Tidak dapat ditindaklanjuti",
    "darurat": "Ditangani sebagai keadaan darurat",
}
TRACKING: web.AppKey[Throttle] = web.AppKey("tracking", Throttle)
NOBODY = ""
WRONG = "nomor ini tidak benar: periksa lagi kedelapan angkanya"


async def page(request: web.Request) -> web.StreamResponse:
    """GET /lacak?nomor=: the state of one complaint, its dates, its agencies, the public answer."""
    console, asked = console_of(request), request.query.get("nomor", "")[:40]
    complaint, error, status = None, "", 200
    if asked.strip():
        complaint, error, status = await _look(request, console, asked)
    number = tracking.parse(asked)
    context = {
        "setting": console.setting,
        "version": console.version,
        "asked": tracking.shown(number) if number else asked,
        "found": complaint,
        "error": error,
        "holder": await holder(request),
    }
    return aiohttp_jinja2.render_template("lacak.html", request, context, status=status)


async def _look(request: web.Request, console: Console, asked: str) -> tuple[Row | None, str, int]:
    number = tracking.parse(asked)
    if number is None:  # a slip of the finger: nothing was looked for
        return None, WRONG, 404
    throttle, now = request.app[TRACKING], console.clock()
    attempt = Attempt(NOBODY, client_address(request, console.site.proxies))
    wait = throttle.wait_s(attempt, now)
    if wait:
        return None, TooMany(f"terlalu banyak percobaan; coba lagi {wait} detik lagi").sentence, 429
    try:
        return await console.store.read(lambda store: _told(store, console, number)), "", 200
    except NotFound:
        throttle.failed(attempt, now)
        return None, WRONG, 404


def _told(store: Store, console: Console, number: str) -> Row:
    row = store.complaints.show(store.complaints.of_tracking(number)["ticket"])
    opds, category = console.setting.routing.opds, console.setting.routing.categories.get(row["category"] or "")
    given = dict.fromkeys(sent["opd"] for sent in row["assignments"] if sent["state"] not in NOT_THEIRS)
    moments = {"Masuk": "filed_at", "Diteruskan": "passed_at", "Dijawab": "answered_at", "Berakhir": "ended_at"}
    return {
        "state": row["state"],
        "word": STATES[row["state"]],
        "category": category.name if category else None,
        "opds": [opds[code].name if code in opds else code for code in given],
        "answer": row["text"],
        "dates": [(name, _day(console, row[at])) for name, at in moments.items() if row[at]],
    }


def _day(console: Console, at: str) -> str:
    return write_day(from_text(at).astimezone(console.setting.zone).date())
