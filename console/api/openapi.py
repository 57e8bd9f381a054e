"""The console's routes as an OpenAPI 3.1 document, made from console/web/routes.py.

`python -m console.api.openapi` writes it.

Bodies and answers as described here are tried against the running console (tests/security/).
"""

import json
import re
from pathlib import Path
from typing import Any

from console.api.duty import LONGEST_WHY
from console.api.merging import MOST_AT_ONCE
from console.api.ticketing import MAX_POSITION
from console.live.complaints_board import BOXES
from console.web.routes import ROUTES, Route
from console.web.sessions import COOKIE
from tickets.cases.handing_over import DESK_112
from tickets.cases.incidents import ACTS
from tickets.cases.not_sending import REASONS
from tickets.cases.searching import FILTERS
from tickets.cases.steps import STEPS
from tickets.cases.undoing import DEEDS
from tickets.complaints.states import TOLD_STATES
from tickets.model import LISTENING, PRESENCES, TICKET_KINDS
from tickets.screening.reputation import VERDICTS
from tickets.store.tickets import MAX_LENGTH
from tickets.web_push import LONGEST_ENDPOINT

FILE = Path(__file__).parents[2] / "docs" / "openapi.json"
Schema = dict[str, Any]


def text(longest: int = 2000, **more: Any) -> Schema:
    """A text that may also be absent as null."""
    return {"type": "string", "maxLength": longest, **more}


def words(*known: str) -> Schema:
    """A text that is one of these words."""
    return {"type": "string", "enum": list(known)}


def body(*needed: str, **fields: Schema) -> Schema:
    """A JSON object of known fields."""
    return {"type": "object", "properties": fields, "required": list(needed), "additionalProperties": False}


OPEN = {"type": "object"}
_FIELDS = {name: {"type": ["string", "null"], "maxLength": length} for name, length in MAX_LENGTH.items()}
_FIELDS |= {"kind": words(*TICKET_KINDS)}
_TICKET_FIELDS = body(**_FIELDS)
_OVER = body(
    fields=_TICKET_FIELDS,
    draft=text(64, minLength=16, pattern="^[A-Za-z0-9-]+$"),
    turn={"type": "integer", "minimum": 0},
    erasures={"type": "integer", "minimum": 0},
    user=text(64),
)
_OPTIONAL_NOTE = {"type": ["string", "null"], "maxLength": 500}
_LONG_NOTE = {"type": ["string", "null"], "maxLength": 2000}
_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_OPDS: Schema = {"type": "array", "items": text(40), "minItems": 1}
_WHO = text(80, minLength=1)
_PLACE = {"type": "integer", "minimum": 0}
BODIES: dict[str, Schema] = {
    "POST /api/numbers/show": body("who", who=_WHO),
    "POST /api/numbers/correct": body(
        "who", "verdict", "reason", who=_WHO, verdict=words(*VERDICTS), reason=text(300), ticket=text(40)
    ),
    "POST /api/numbers/erase": body("who", "reason", who=_WHO, reason=text(300)),
    "POST /api/handovers": body(note=_LONG_NOTE),
    "POST /api/search": body(
        text=text(300),
        before=text(40),
        **dict.fromkeys(("from", "to"), text(20)),
        **{name: text(80) for name in FILTERS},
    ),
    "POST /api/places": body("text", text=text(2000), kecamatan={"type": ["string", "null"], "maxLength": 60}),
    "POST /api/presence": body("wanted", wanted=words(*PRESENCES)),
    "POST /api/calls/{call}/transfer": body(
        "to", to=text(100), note={"type": ["string", "null"], "maxLength": LONGEST_WHY}
    ),
    "POST /api/calls/{call}/listen": body("mode", mode=words(*LISTENING)),
    "POST /api/callbacks/{task}/done": body(note=_OPTIONAL_NOTE),
    "POST /api/callbacks/{task}/unanswered": body(note=_OPTIONAL_NOTE),
    "POST /api/tickets": body(),
    "PATCH /api/tickets/{number}": body(**_FIELDS, over=_OVER),
    "POST /api/tickets/{number}/positions": body(
        text=text(MAX_POSITION), kecamatan=text(60), desa=text(60), name={"type": ["string", "null"], "maxLength": 120}
    ),
    "POST /api/tickets/{number}/positions/{position}/withdraw": body(),
    "POST /api/tickets/{number}/dispatch": body(
        "opds", opds={"type": "array", "items": text(40), "minItems": 1}, fields=_TICKET_FIELDS, over=_OVER
    ),
    "POST /api/tickets/{number}/verdict": body(
        "kind",
        kind=words(*VERDICTS),
        fields=_TICKET_FIELDS,
        over=_OVER,
        reason={"type": ["string", "null"], "maxLength": 300},
    ),
    "POST /api/tickets/{number}/reopen": body("reason", reason=text(500)),
    "POST /api/drafts": body(
        drafts={"type": "object", "maxProperties": 500, "additionalProperties": {"type": "integer", "minimum": 0}}
    ),
    "POST /api/tickets/{number}/not-sent": body(
        "reason", reason=words(*REASONS), note=_OPTIONAL_NOTE, fields=_TICKET_FIELDS, over=_OVER
    ),
    "POST /api/tickets/{number}/close": body("note", note=text()),
    "POST /api/tickets/{number}/merge": body("master", master=text(40), fields=_TICKET_FIELDS, over=_OVER),
    "POST /api/tickets/{number}/split": body(),
    "POST /api/tickets/{number}/incident": body(
        "tickets",
        "acts",
        tickets={"type": "array", "items": text(40, minLength=1), "maxItems": MOST_AT_ONCE},
        acts={"type": "array", "items": words(*ACTS)},
        close=_OPTIONAL_NOTE,
    ),
    "POST /api/tickets/{number}/incident/undo": body(
        "tickets",
        tickets={"type": "array", "items": text(40, minLength=1), "minItems": 1, "maxItems": MOST_AT_ONCE},
    ),
    "POST /api/tickets/{number}/wadul": body(fields=_TICKET_FIELDS, over=_OVER),
    "POST /api/tickets/{number}/undo": body("what", what=words(*DEEDS)),
    "POST /api/wadul": body(
        "link",
        "category",
        "description",
        link=text(500, format="uri"),
        category=text(60),
        kecamatan={"type": ["string", "null"], "maxLength": 60},
        desa={"type": ["string", "null"], "maxLength": 60},
        address={"type": ["string", "null"], "maxLength": 500},
        description=text(5000),
        to_inbox={"type": "boolean"},
    ),
    "POST /api/wadul/status": body(
        "tracking",
        tracking=text(20),
        state={"type": ["string", "null"], "enum": [*TOLD_STATES, None]},
        number={"type": ["string", "null"], "maxLength": 60},
        answer={"type": ["string", "null"], "maxLength": 1000},
    ),
    "POST /api/wadul/{number}/pass": body("opds", opds=_OPDS, category={"type": ["string", "null"], "maxLength": 60}),
    "POST /api/wadul/{number}/reject": body("reason", reason=text(1000)),
    "POST /api/wadul/{number}/answer": body("answer", answer=text(1000)),
    "POST /api/wadul/{number}/raise": body("reason", reason=text(500), opds=_OPDS),
    "POST /api/wadul/{number}/lower": body("reason", reason=text(500), opds=_OPDS),
    "POST /api/wadul/{number}/resend": body(),
    "POST /api/push": body(
        "endpoint",
        "keys",
        "key",
        endpoint=text(LONGEST_ENDPOINT, format="uri"),
        keys=body("p256dh", "auth", p256dh=text(200), auth=text(200)),
        key=text(200),
    ),
    "POST /api/assignments/{assignment}/undo": body(),
    "POST /api/assignments/{assignment}/move": body(
        "state",
        state=words(*STEPS),
        note={"type": ["string", "null"]},
        link={"type": ["string", "null"]},
        acted_at=_MOMENT,
    ),
    "POST /api/assignments/{assignment}/notes": body(
        note={"type": ["string", "null"], "maxLength": 2000}, link={"type": ["string", "null"]}, acted_at=_MOMENT
    ),
    "POST /api/assignments/{assignment}/decline": body(
        "reason", "taker", reason=text(500), taker=text(40, examples=[DESK_112]), acted_at=_MOMENT
    ),
    "POST /api/assignments/{assignment}/cancel": body("reason", reason=text(500)),
}
FORMS: dict[str, Schema] = {
    "POST /t/{token}": body(
        "state",
        state=words(*STEPS, "bukan_wewenang"),
        note=text(),
        link=text(),
        reason=text(500),
        taker=text(40, examples=[DESK_112]),
    ),
    "POST /masuk": body("nama", "sandi", nama=text(64), sandi=text(1000), tujuan=text(200)),
    "POST /akun/sandi": body("lama", "baru", "lagi", lama=text(1000), baru=text(1000), lagi=text(1000)),
}
QUERIES: dict[str, dict[str, Schema]] = {
    "GET /live": {"page": text(40), "number": text(40)},
    "GET /masuk": {"tujuan": text(200)},
    "GET /api/tickets/{number}/similar": {"category": text(60), "kecamatan": text(60), "desa": text(60)},
    "GET /api/proposal": {"category": text(60), "kecamatan": text(60)},
    "GET /api/report/screening": {"from": text(10), "to": text(10)},
    "GET /lacak": {"nomor": text(40)},
    "GET /api/wadul": {"q": text(80)},
    "GET /api/wadul/open": {"state": words(*BOXES), "offset": _PLACE},
    "GET /api/tasks": {"after": text(40)},
    "GET /api/tasks/ended": {"offset": _PLACE},
    "GET /api/work": {"after": text(60)},
    "GET /api/wall/{list}": {"offset": _PLACE},
    "GET /api/desk/{list}": {"offset": _PLACE},
    "GET /api/unjudged": {"offset": _PLACE},
    "GET /api/tickets/{number}/timeline": {"before": _PLACE},
    "GET /api/assignments/{assignment}/story": {"before": _PLACE},
    "GET /api/assignments/{assignment}/reports": {"offset": _PLACE},
    "GET /api/assignments/{assignment}/attachments": {"offset": _PLACE},
    "GET /api/tickets/{number}/lists/{list}": {"offset": _PLACE},
    "GET /api/page-tests": {"offset": _PLACE},
    "GET /api/numbers": {"q": text(80), "doubted": words("0", "1")},
    "GET /api/numbers.csv": {"q": text(80), "doubted": words("0", "1")},
}
# routes whose answer is no JSON: its status and its type
HTML = "text/html"
OTHERS: dict[str, tuple[int, str]] = {
    "GET /": (303, ""),
    "GET /masuk": (200, HTML),
    "POST /masuk": (303, ""),
    "POST /keluar": (303, ""),
    "GET /akun": (200, HTML),
    "POST /akun/sandi": (200, HTML),
    "POST /akun/keluar-semua": (303, ""),
    "GET /metrics": (200, "text/plain"),
    "GET /operator": (200, HTML),
    "GET /opd": (200, HTML),
    "GET /opd/luring": (200, HTML),
    "GET /sw.js": (200, "text/javascript"),
    "GET /manifest.webmanifest": (200, "application/manifest+json"),
    "GET /bupati": (200, HTML),
    "GET /pantau": (200, HTML),
    "GET /tiket/{number}": (200, HTML),
    "GET /saringan": (200, HTML),
    "GET /nomor": (200, HTML),
    "GET /cari": (200, HTML),
    "GET /serah-terima": (200, HTML),
    "GET /wadul": (200, HTML),
    "GET /lacak": (200, HTML),
    "GET /live": (101, ""),
    "GET /t/{token}": (200, HTML),
    "POST /t/{token}": (303, ""),
    "POST /t/{token}/photos": (303, ""),
    "POST /t/{token}/opened": (204, ""),
    "GET /t/{token}/media/{name}": (200, "image/*"),
    "GET /uji/{token}": (200, HTML),
    "POST /uji/{token}": (303, ""),
    "GET /media/{name}": (200, "image/*"),
    "GET /rekaman/{call}": (200, "audio/wav"),
    "GET /rekaman/balik/{attempt}": (200, "audio/wav"),
    "GET /api/numbers.csv": (200, "text/csv"),
}
ASKED = ("presence", "wrap-up/done", "take", "transfer", "listen", "listen/done", "dial", "/call")
CREATED = {"POST /api/handovers", "POST /api/tickets", "POST /api/tickets/{number}/positions", "POST /api/wadul"}
CREATED |= {f"POST /api/assignments/{{assignment}}/{kind}" for kind in ("notes", "photos")}
REFUSALS = {
    400: "a field is missing or not what was expected",
    401: "no session",
    403: "the role may not, or another site asks",
    404: "there is none, or it is another agency's",
    408: "the body did not come in time",
    409: "somebody was first, or the state does not allow it",
    410: "a one-time link that opens nothing any more",
    413: "too large",
    429: "too many attempts",
    503: "the store cannot be written; nothing was kept",
}


def bare(path: str) -> str:
    """A route's path without the patterns of its parts."""
    return re.sub(r"\{(\w+):.*?\}(?=/|$)", r"{\1}", path)


def document() -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(bare(route.path), {})[route.method.lower()] = _operation(route)
    error = {
        "type": "object",
        "properties": {
            "error": {"type": "string", "minLength": 1},
            "field": {"type": "string"},
            "conflicts": {"type": "array", "items": OPEN},
            "saved": {"type": "array", "items": {"type": "string"}},
            "at": {"type": "string", "format": "date-time"},
            "revision": {"type": "integer"},
            "ended": {"type": "boolean"},
            "erased": {"type": "boolean"},
        },
        "required": ["error"],
        "additionalProperties": False,
    }
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}, HTML: {"schema": {}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "tanggap112 console", "version": "1", "description": "Made from console/web/routes.py."},
        "paths": paths,
        "components": {
            "schemas": {"Error": error},
            "responses": {str(code): {"description": why, "content": refused} for code, why in REFUSALS.items()},
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": COOKIE}},
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    name = f"{route.method} {bare(route.path)}"
    roles = "no login" if route.roles is None else ", ".join(sorted(route.roles))
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": (route.handler.__doc__ or name).splitlines()[0],
        "description": f"Roles: {roles}.",
        "parameters": [*_in_path(route.path), *_in_query(name)],
        "responses": _responses(name),
    }
    if route.roles is not None:
        operation["security"] = [{"session": []}]
        operation["x-roles"] = sorted(route.roles)
    for kinds, content in ((BODIES, "application/json"), (FORMS, "application/x-www-form-urlencoded")):
        if name in kinds:
            operation["requestBody"] = {"required": True, "content": {content: {"schema": kinds[name]}}}
    if name.endswith("/photos"):
        kinds_of_photo: dict[str, Any] = {kind: {"schema": {}} for kind in ("image/jpeg", "image/png", "image/webp")}
        operation["requestBody"] = {"required": True, "content": kinds_of_photo}
    return operation


def _in_path(path: str) -> list[dict[str, Any]]:
    parameters = []
    for name, pattern in re.findall(r"\{(\w+)(?::((?:[^{}]|\{\})*))?\}", path):
        schema: Schema = {"type": "integer", "minimum": 0} if pattern == "[0-9]+" else text(200, minLength=1)
        parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
    return parameters


def _in_query(name: str) -> list[dict[str, Any]]:
    queries = QUERIES.get(name, {})
    return [{"name": query, "in": "query", "required": False, "schema": schema} for query, schema in queries.items()]


def _responses(name: str) -> dict[str, Any]:
    method, path = name.split(" ", 1)
    status, kind = OTHERS.get(name, (200, "application/json"))
    if name in CREATED:
        status = 201
    elif method == "POST" and path.startswith("/api/") and path.endswith(ASKED) and "callbacks/{task}/done" not in path:
        status = 202
    content = {kind: {"schema": OPEN if kind == "application/json" else {}}} if kind else None
    responses: dict[str, Any] = {str(status): {"description": "done"} | ({"content": content} if content else {})}
    if kind == "audio/wav":
        responses["206"] = {"description": "a part"} | {"content": content}
    if name in FORMS or name == "GET /masuk":
        responses.setdefault("303", {"description": "on to another page"})
    return responses | {str(code): {"$ref": f"#/components/responses/{code}"} for code in REFUSALS}


def written() -> str:
    """The document as it stands in docs/."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
