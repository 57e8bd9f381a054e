"""Takes the government application's word of a complaint: signed like our own messages, and applied once."""

import hmac
from datetime import datetime, timedelta

from aiohttp import web

from console.console import Console, console_of
from console.errors import BadField, NotLoggedIn, Refusal
from console.web.forms import MAX_JSON, choice, optional_text, read_form, text
from tickets.cases import complaining
from tickets.complaints import tracking
from tickets.complaints.states import TOLD_STATES
from tickets.notify.webhook import signature

WINDOW = timedelta(minutes=5)


async def status(request: web.Request) -> web.StreamResponse:
    """POST /api/wadul/status {tracking, state?, number?, answer?}: signed, see docs/wadul.md; no login.

    The same message again is answered and changes nothing."""
    console = console_of(request)
    signed = await _checked(request, console)
    form = await read_form(request, "tracking", "state", "number", "answer")
    number = tracking.parse(text(form, "tracking", "nomor aduan", longest=20))
    if number is None:
        raise BadField("tracking", "nomor aduan tidak benar: delapan angka")
    state = choice(form, "state", "keadaan", TOLD_STATES) if form.get("state") is not None else None
    theirs = optional_text(form, "number", "nomor", longest=60)
    answer = optional_text(form, "answer", "jawaban", longest=1000)
    now = console.clock()
    row = await console.store.write(
        lambda store: complaining.follow(store, now, signed, 2 * WINDOW, number, state, answer, theirs)
    )
    return web.json_response({"tracking": number, "state": row["state"], "repeated": bool(row.get("repeated"))})


async def _checked(request: web.Request, console: Console) -> str:
    """The signature of a message that the application sent just now."""
    key = console.wadul_key().encode()
    if not console.setting.terms.url or not key:
        raise Refusal("tidak ada aplikasi Wadul pemerintah di site.yaml", status=404)
    if (request.content_length or 0) > MAX_JSON:
        raise Refusal(f"isian terlalu besar: paling banyak {MAX_JSON} byte", status=413)
    stamp = request.headers.get("X-Tanggap-Timestamp", "")
    given = request.headers.get("X-Tanggap-Signature", "")
    right = signature(key, stamp, await request.read())
    if not hmac.compare_digest(right.encode(), given.encode("utf-8", "replace")):
        raise NotLoggedIn("tanda tangan tidak benar")
    if not _is_recent(stamp, console.clock()):
        raise NotLoggedIn("waktu di X-Tanggap-Timestamp lebih dari 5 menit dari jam di sini")
    return right


def _is_recent(stamp: str, now: datetime) -> bool:
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        return False
    return at.tzinfo is not None and abs(at - now) <= WINDOW
