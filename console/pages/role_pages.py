"""The HTML of each page: a shell that its script fills from the live socket."""

from collections.abc import Mapping

import aiohttp_jinja2
from aiohttp import web

from console.console import console_of, user_of
from console.errors import Refusal
from console.live.tasks import has_page
from console.pages.login import HOMES
from console.web.headers import SECURITY_HEADERS
from tickets.cases.knowing import contact_of
from tickets.cases.visiting import short_name

TITLES = {
    "operator": "Operator",
    "opd": "Tugas OPD",
    "overview": "Pantau",
    "ticket": "Tiket",
    "screening": "Saringan",
    "numbers": "Nomor",
    "wadul": "Wadul Bupati",
    "search": "Cari",
    "handover": "Serah terima",
    "bupati": "Bupati",
}


async def home(request: web.Request) -> web.StreamResponse:
    """GET /: on to the page of the user's role."""
    raise web.HTTPSeeOther(HOMES[user_of(request).role])


async def operator(request: web.Request) -> web.StreamResponse:
    """GET /operator: the page of an operator."""
    return _page(request, "operator")


async def opd(request: web.Request) -> web.StreamResponse:
    """GET /opd: the assignments of the user's agency; of one that left routing.yaml until its last task has ended."""
    user, console = user_of(request), console_of(request)
    routing, code = console.setting.routing, user.opd or ""
    if not await has_page(console, code):
        raise Refusal(f"pengguna {user.name} terikat pada OPD {user.opd!r} yang tidak ada di routing.yaml", status=409)
    answer = _page(request, "opd", {"opd": code, "title": short_name(routing, code)})
    allowed = SECURITY_HEADERS["Permissions-Policy"].replace("geolocation=()", "geolocation=(self)")
    answer.headers["Permissions-Policy"] = allowed  # for the distance to the place; it stays in the browser
    return answer


async def overview(request: web.Request) -> web.StreamResponse:
    """GET /pantau: the wall; of the command centre it is the page of a contact above the agencies."""
    console, user = console_of(request), user_of(request)
    if user.role != "command":
        return _page(request, "overview")
    routing = console.setting.routing
    contact = await console.store.read(lambda store: contact_of(store, routing, user.name))
    return _page(request, "overview", {"contact": contact.name if contact else ""})


async def bupati(request: web.Request) -> web.StreamResponse:
    """GET /bupati: what burns now, for the head of government."""
    return _page(request, "bupati")


async def screening(request: web.Request) -> web.StreamResponse:
    """GET /saringan: the figures of screening, and the calls that wait for a verdict."""
    return _page(request, "screening")


async def numbers(request: web.Request) -> web.StreamResponse:
    """GET /nomor: the reputations of callers' numbers."""
    return _page(request, "numbers")


async def wadul(request: web.Request) -> web.StreamResponse:
    """GET /wadul: the inbox of complaints."""
    return _page(request, "wadul")


async def search(request: web.Request) -> web.StreamResponse:
    """GET /cari: searches for tickets and calls; an agency finds its own."""
    return _page(request, "search")


async def handover(request: web.Request) -> web.StreamResponse:
    """GET /serah-terima: the hand-over of a shift, and the last ones."""
    return _page(request, "handover")


async def ticket(request: web.Request) -> web.StreamResponse:
    """GET /tiket/NUMBER: one ticket whole; a sentence when there is none."""
    number = request.match_info["number"]
    await console_of(request).store.read(lambda store: store.tickets.get(number))
    return _page(request, "ticket", {"number": number, "title": number})


def _page(request: web.Request, page: str, more: Mapping[str, str] | None = None) -> web.StreamResponse:
    console, user = console_of(request), user_of(request)
    context = {
        "page": page,
        "title": TITLES[page],
        "user": user,
        "holder": user.name,
        "setting": console.setting,
        "version": console.version,
    }
    return aiohttp_jinja2.render_template("page.html", request, context | dict(more or {}))
