"""The roles of every route: one table in the code, one here, and every pair of role and route tried."""

import re

import pytest
from aiohttp import ClientSession
from yarl import URL

from console.web.headers import SECURITY_HEADERS
from console.web.routes import ROUTES
from tests.console.desk112 import RunningConsole

ALL = {"operator", "opd", "command", "admin"}
STAFF = {"operator", "command", "admin"}
EVERYBODY = ALL | {"bupati"}
EXPECTED = {
    "GET /": EVERYBODY,
    "GET /masuk": None,
    "POST /masuk": None,
    "POST /keluar": EVERYBODY,
    "GET /akun": EVERYBODY,
    "POST /akun/sandi": EVERYBODY,
    "POST /akun/keluar-semua": EVERYBODY,
    "GET /health": None,
    "GET /health/live": None,
    "GET /health/ready": None,
    "GET /metrics": None,
    "GET /operator": {"operator"},
    "GET /opd": {"opd"},
    "GET /opd/luring": None,
    "GET /sw.js": None,
    "GET /manifest.webmanifest": None,
    "GET /bupati": {"bupati"},
    "GET /pantau": STAFF,
    "GET /tiket/{number}": STAFF,
    "GET /saringan": STAFF,
    "GET /nomor": {"admin"},
    "GET /wadul": STAFF,
    "GET /cari": ALL,
    "POST /api/search": ALL,
    "GET /serah-terima": STAFF,
    "POST /api/handovers": STAFF,
    "GET /api/handovers/{handover}": STAFF,
    "POST /api/handovers/{handover}/take": STAFF,
    "GET /lacak": None,
    "GET /live": EVERYBODY,
    "GET /media/{name}": ALL,
    "GET /rekaman/{call}": STAFF,
    "GET /rekaman/balik/{attempt}": STAFF,
    "GET /t/{token}": None,
    "POST /t/{token}": None,
    "POST /t/{token}/photos": None,
    "POST /t/{token}/opened": None,
    "GET /t/{token}/media/{name}": None,
    "GET /uji/{token}": None,
    "POST /uji/{token}": None,
    "GET /api/reference": EVERYBODY,
    "GET /api/tasks": {"opd"},
    "GET /api/tasks/ended": {"opd"},
    "GET /api/work": STAFF,
    "GET /api/wall/{list}": STAFF,
    "GET /api/desk/{list}": {"operator"},
    "GET /api/unjudged": STAFF,
    "GET /api/tickets/{number}/timeline": STAFF,
    "GET /api/wadul/open": STAFF,
    "GET /api/assignments/{assignment}/story": {"opd"},
    "GET /api/assignments/{assignment}/reports": {"opd"},
    "GET /api/assignments/{assignment}/attachments": {"opd"},
    "GET /api/tickets/{number}/lists/{list}": STAFF,
    "GET /api/page-tests": {"opd", "command", "bupati"},
    "GET /api/proposal": STAFF,
    "POST /api/places": STAFF,
    "GET /api/tickets/{number}/positions": STAFF,
    "POST /api/tickets/{number}/positions": STAFF,
    "POST /api/tickets/{number}/positions/{position}/withdraw": STAFF,
    "GET /api/phone": {"operator", "command"},
    "GET /api/report/screening": STAFF,
    "GET /api/numbers": {"admin"},
    "GET /api/numbers.csv": {"admin"},
    "POST /api/numbers/show": {"admin"},
    "POST /api/numbers/correct": {"admin"},
    "POST /api/numbers/erase": {"admin"},
    "POST /api/presence": {"operator"},
    "POST /api/wrap-up/done": {"operator"},
    "POST /api/calls/{call}/take": {"operator"},
    "POST /api/calls/{call}/transfer": {"operator"},
    "POST /api/calls/{call}/listen": {"operator", "command"},
    "POST /api/listen/done": {"operator", "command"},
    "POST /api/callbacks/{task}/dial": {"operator"},
    "POST /api/callbacks/{task}/done": {"operator"},
    "POST /api/callbacks/{task}/unanswered": {"operator"},
    "POST /api/tickets": STAFF,
    "GET /api/tickets/{number}": STAFF,
    "PATCH /api/tickets/{number}": STAFF,
    "POST /api/tickets/{number}/dispatch": STAFF,
    "POST /api/tickets/{number}/verdict": STAFF,
    "POST /api/tickets/{number}/close": STAFF,
    "GET /api/tickets/{number}/similar": STAFF,
    "POST /api/tickets/{number}/merge": STAFF,
    "POST /api/tickets/{number}/split": STAFF,
    "GET /api/tickets/{number}/incident": STAFF,
    "POST /api/tickets/{number}/incident": STAFF,
    "POST /api/tickets/{number}/incident/undo": STAFF,
    "POST /api/tickets/{number}/undo": STAFF,
    "POST /api/tickets/{number}/not-sent": STAFF,
    "POST /api/tickets/{number}/wadul": STAFF,
    "GET /api/wadul": STAFF,
    "POST /api/wadul": {"opd", "command", "admin"},
    "POST /api/wadul/status": None,
    "POST /api/wadul/{number}/pass": {"command", "admin"},
    "POST /api/wadul/{number}/reject": {"command", "admin"},
    "POST /api/wadul/{number}/answer": {"command", "admin"},
    "POST /api/wadul/{number}/raise": {"command", "admin"},
    "POST /api/wadul/{number}/lower": {"command", "admin"},
    "POST /api/wadul/{number}/resend": {"command", "admin"},
    "POST /api/assignments/{assignment}/move": ALL,
    "POST /api/assignments/{assignment}/undo": ALL,
    "POST /api/assignments/{assignment}/decline": ALL,
    "POST /api/assignments/{assignment}/notes": {"opd"},
    "POST /api/assignments/{assignment}/photos": {"opd"},
    "POST /api/assignments/{assignment}/call": {"opd"},
    "POST /api/assignments/{assignment}/read": {"opd"},
    "POST /api/assignments/{assignment}/radio": STAFF,
    "POST /api/assignments/{assignment}/seen": {"opd"},
    "POST /api/page-tests/{test}/heard": {"opd", "command", "bupati"},
    "GET /api/push": {"opd", "command", "bupati"},
    "POST /api/push": {"opd", "command", "bupati"},
    "DELETE /api/push": {"opd", "command", "bupati"},
    "POST /api/tickets/{number}/returned": STAFF,
    "POST /api/assignments/{assignment}/known": {"command", "bupati", "admin"},
    "POST /api/assignments/{assignment}/nudge": {"command", "bupati"},
    "POST /api/assignments/{assignment}/cancel": STAFF,
    "POST /api/tickets/{number}/reopen": STAFF,
    "POST /api/drafts": STAFF,
}
USER_OF = {"operator": "siti", "opd": "damkar", "command": "pusat", "bupati": "bupati", "admin": "admin"}


def bare(path: str) -> str:
    """A route's path without the patterns of its parts."""
    return re.sub(r"\{(\w+):.*?\}(?=/|$)", r"{\1}", path)


def test_the_table_is_the_expected_one() -> None:
    """A route or a role that is added by mistake shows up here."""
    assert {f"{r.method} {bare(r.path)}": r.roles and set(r.roles) for r in ROUTES} == EXPECTED


@pytest.mark.parametrize("role", sorted(EVERYBODY))
async def test_a_role_reaches_what_it_may_and_nothing_else(desk: RunningConsole, role: str) -> None:
    """A forbidden request is 403 with a sentence, whatever else would be wrong with it."""
    refused = set()
    for route, roles in EXPECTED.items():
        method, path = route.split(" ")
        if roles is None or path in ("/keluar", "/live"):
            continue
        status, body = await desk.ask(USER_OF[role], method, re.sub(r"\{\w+\}", "1", path))
        if status == 403:
            assert body["error"].startswith(f"peran {role} tidak boleh membuka ini")
            refused.add(route)
    expected = {route for route, roles in EXPECTED.items() if roles is not None and role not in roles}
    assert expected == refused


async def test_without_a_session_everything_else_is_closed(desk: RunningConsole) -> None:
    """401 for fetches, the login page for people."""
    for route, roles in EXPECTED.items():
        method, path = route.split(" ")
        if roles is not None:
            status, body = await desk.ask(None, method, re.sub(r"\{\w+\}", "1", path))
            assert (route, 401, "silakan masuk dulu") == (route, status, body["error"])
    status, _ = await desk.ask(None, "GET", "/operator", headers={"Accept": "text/html"})
    assert status == 303


@pytest.mark.parametrize(
    ("user", "page", "sentence"),
    [
        ("damkar", "overview", "peran opd tidak boleh membuka halaman overview"),
        ("damkar", "operator", "peran opd tidak boleh membuka halaman operator"),
        ("damkar", "ticket", "peran opd tidak boleh membuka halaman ticket"),
        ("siti", "opd", "peran operator tidak boleh membuka halaman opd"),
        ("pusat", "operator", "peran command tidak boleh membuka halaman operator"),
        ("damkar", "screening", "peran opd tidak boleh membuka halaman screening"),
        ("siti", "numbers", "peran operator tidak boleh membuka halaman numbers"),
        ("pusat", "numbers", "peran command tidak boleh membuka halaman numbers"),
        ("pusat", "bupati", "peran command tidak boleh membuka halaman bupati"),
        ("bupati", "overview", "peran bupati tidak boleh membuka halaman overview"),
        ("bupati", "ticket", "peran bupati tidak boleh membuka halaman ticket"),
        ("bupati", "search", "peran bupati tidak boleh membuka halaman search"),
    ],
)
async def test_the_socket_has_the_same_walls(desk: RunningConsole, user: str, page: str, sentence: str) -> None:
    """A page of another role is refused before the socket opens."""
    assert (403, {"error": sentence}) == await desk.ask(user, "GET", f"/live?page={page}")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://jahat.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": ""},
    ],
)
async def test_another_sites_page_can_change_nothing(desk: RunningConsole, headers: dict[str, str]) -> None:
    """Posts and sockets that another site asks for are refused, session or not."""
    refused = (403, {"error": "permintaan dari situs lain ditolak"})
    assert refused == await desk.ask("siti", "POST", "/api/presence", json={"wanted": "ready"}, headers=headers)
    socket = {"Upgrade": "websocket", "Connection": "Upgrade"}
    assert refused == await desk.ask("siti", "GET", "/live?page=operator", headers=headers | socket)


@pytest.mark.parametrize(
    ("user", "method", "path", "status"),
    [
        ("siti", "GET", "/operator", 200),
        ("siti", "GET", "/akun", 200),
        ("siti", "GET", "/api/reference", 200),
        ("siti", "GET", "/", 303),
        (None, "GET", "/masuk", 200),
        (None, "GET", "/health", 200),
        (None, "GET", "/metrics", 200),
        (None, "GET", "/static/VERSION/css/base.css", 200),
        (None, "GET", "/static/VERSION/js/shared/shell.js", 200),
        (None, "GET", "/static/VERSION/nichts.js", 404),
        (None, "GET", "/static/VERSION/", 403),
        (None, "GET", "/static/VERSION/..%2f..%2fapp.py", 404),
        (None, "GET", "/static/VERSION/%00", 404),
        (None, "GET", "/operator", 401),
        ("damkar", "GET", "/operator", 403),
        ("siti", "GET", "/nirgends", 404),
        ("siti", "GET", "/tiket/T-0", 404),
        ("siti", "DELETE", "/operator", 405),
        ("siti", "OPTIONS", "/operator", 405),
        ("siti", "TRACE", "/operator", 405),
        ("siti", "POST", "/api/tickets", 400),
        ("siti", "GET", "/live?page=operator", 400),
        ("siti", "GET", "/rekaman/x", 404),
        ("siti", "GET", "/media/x", 404),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_every_answer_carries_the_security_headers(
    desk: RunningConsole, user: str | None, method: str, path: str, status: int, accept: str
) -> None:
    """Pages, errors of every kind and files alike; only versioned files may be kept."""
    session = await desk.session(user) if user else ClientSession()
    path = path.replace("VERSION", desk.console.version)
    async with session:
        more = {"data": b"x", "headers": {"Accept": accept}} if method == "POST" else {"headers": {"Accept": accept}}
        address = URL(desk.url("/")).join(URL(path, encoded=True))
        async with session.request(method, address, allow_redirects=False, **more) as answer:
            expected = 303 if status == 401 and accept == "text/html" else status
            assert expected == answer.status
            for name, value in SECURITY_HEADERS.items():
                assert value == answer.headers[name], name
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert answer.headers["Server"] == "tanggap112"
            kept = path.startswith("/static/") and status == 200
            assert answer.headers["Cache-Control"] == ("public, max-age=31536000, immutable" if kept else "no-store")
