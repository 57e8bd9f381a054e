"""Turns every error into a sentence: JSON for the pages' fetches, a page for people."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp_jinja2
import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from console.console import CONSOLE
from console.errors import BadField, NotLoggedIn, Refusal
from tickets.errors import (
    BadLink,
    Conflict,
    FieldConflict,
    ForgedLink,
    InvalidField,
    InvalidInput,
    NotFound,
    NotPermitted,
    SchemaViolated,
    StoreUnavailable,
    TicketEnded,
    TicketErased,
    TicketError,
)

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TICKET_ERRORS: dict[type[TicketError], int] = {
    NotFound: 404,
    Conflict: 409,
    ForgedLink: 403,
    BadLink: 410,
    InvalidInput: 400,
    NotPermitted: 403,
    StoreUnavailable: 503,
}
_HTTP_SENTENCES = {
    400: "permintaan tidak bisa dibaca",
    404: "halaman {path} tidak ada",
    405: "cara {method} tidak berlaku untuk {path}",
    408: "permintaan tidak sampai utuh pada waktunya",
    413: "kiriman terlalu besar: paling banyak {limit} MB",
    415: "bentuk kiriman tidak dikenal",
}
# messages of SQLite, in words for people
_SQLITE = {
    "database or disk is full": "cakram penuh",
    "disk I/O error": "cakram tidak bisa ditulis",
    "attempt to write a readonly database": "cakram hanya bisa dibaca",
    "database is locked": "sedang dipakai program lain",
}
_FIELD = re.compile(r"isian (\w+) ")
_ONE_TIME_LINK = re.compile(r"^(/(?:t|uji)/)[^/]+")
MEGABYTE = 1024 * 1024


@web.middleware
async def sentences(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost middleware: turns every error into an answer."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _answer(request, _from_http(request, error))
    except NotLoggedIn as refusal:
        return _to_login(request, refusal)
    except Refusal as refusal:
        return _answer(request, refusal)
    except SchemaViolated:
        log.exception("%s %s failed", request.method, path_for_log(request))
        return _answer(request, Refusal("kesalahan di dalam program; sudah dicatat di log", status=500))
    except TicketError as error:
        return _answer(request, _from_ticket(error))
    except (HttpProcessingError, web.RequestPayloadError):
        return _answer(request, Refusal(_HTTP_SENTENCES[400], status=400))
    except ConnectionError as error:  # the reader is gone
        log.info("console.reader_gone", method=request.method, path=path_for_log(request), error=str(error))
        return _answer(request, Refusal(_HTTP_SENTENCES[400], status=400))
    except OSError as error:
        log.exception("console.file_failed", method=request.method, path=path_for_log(request), error=str(error))
        return _answer(request, Refusal(f"berkas tidak bisa disimpan atau dibaca: {error.strerror}", status=507))
    except Exception:
        log.exception("console.request_failed", method=request.method, path=path_for_log(request))
        return _answer(request, Refusal("kesalahan di dalam program; sudah dicatat di log", status=500))


def path_for_log(request: web.Request) -> str:
    """The path of a request without the token of a one-time link, which would let any reader of the log in."""
    return _ONE_TIME_LINK.sub(r"\1…", request.path)


def wants_json(request: web.Request) -> bool:
    """True for the pages' own fetches and outside checks, false for a person's browser."""
    accepts_page = "text/html" in request.headers.get("Accept", "")
    return request.path.startswith(("/api/", "/live", "/health")) or not accepts_page


def _from_http(request: web.Request, error: web.HTTPException) -> Refusal:
    sentence = _HTTP_SENTENCES.get(error.status, error.reason or "permintaan ditolak")
    limit = request.client_max_size // MEGABYTE
    return Refusal(sentence.format(path=request.path, method=request.method, limit=limit), status=error.status)


def conflict(error: FieldConflict, more: Mapping[str, Any] | None = None) -> Refusal:
    """The answer to a save over another person's words: each conflict whole, for a page that shows them."""
    names = ("field", "base", "yours", "theirs", "at")
    rows = [{name: row[name] for name in names} | {"by": row["display"]} for row in error.conflicts]
    details = {"conflicts": rows, **(more or {})}
    return Refusal(str(error), status=409, field=rows[0]["field"], details=details)


def refusal_of(error: Refusal | TicketError) -> Refusal:
    """The answer to an error, as it stands in its status and its sentence."""
    return error if isinstance(error, Refusal) else _from_ticket(error)


def _from_ticket(error: TicketError) -> Refusal:
    if isinstance(error, InvalidField):
        return BadField(error.field, str(error))
    if isinstance(error, FieldConflict):
        return conflict(error)
    if isinstance(error, TicketEnded | TicketErased):
        return Refusal(str(error), status=409, details={"ended" if isinstance(error, TicketEnded) else "erased": True})
    status = next((code for kind, code in TICKET_ERRORS.items() if isinstance(error, kind)), 400)
    matched, sentence = _FIELD.match(str(error)), str(error)
    for words, plain in _SQLITE.items():
        sentence = sentence.replace(words, plain)
    return Refusal(sentence, status=status, field=matched.group(1) if matched else None)


def _to_login(request: web.Request, refusal: Refusal) -> web.StreamResponse:
    if wants_json(request):
        return _answer(request, refusal)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        # A link in a message: the Strict cookie comes only with a request that our own page makes.
        return aiohttp_jinja2.render_template("again.html", request, {})
    target = f"/masuk?tujuan={request.path}" if request.path != "/" else "/masuk"
    raise web.HTTPSeeOther(target)


def _answer(request: web.Request, refusal: Refusal) -> web.StreamResponse:
    if wants_json(request):
        body = {"error": refusal.sentence} | ({"field": refusal.field} if refusal.field else {}) | dict(refusal.details)
        return web.json_response(body, status=refusal.status)
    console = request.app[CONSOLE]
    context = {
        "status": refusal.status,
        "sentence": refusal.sentence,
        "setting": console.setting,
        "version": console.version,
    }
    return aiohttp_jinja2.render_template("error.html", request, context, status=refusal.status)
