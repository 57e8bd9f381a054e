"""The choices of forms: categories, agencies, places; fetched once per edition of the configuration."""

import asyncio

from aiohttp import web

from console.console import User, console_of, user_of
from console.web.forms import optional_text, read_form, text
from tickets.routing import phones_of, propose
from tickets.store import Store


async def reference(request: web.Request) -> web.StreamResponse:
    """GET /api/reference."""
    setting = console_of(request).setting
    routing = setting.routing
    categories = [
        {"code": kind.code, "name": kind.name, "kind": kind.kind, "priority": kind.priority, "hint": kind.hint}
        for kind in sorted(routing.categories.values(), key=lambda kind: kind.priority)
    ]
    staff = user_of(request).role not in ("opd", "bupati")  # no agency needs the telephones of another's people
    opds = [
        {"code": opd.code, "name": opd.name, "short": opd.short, "colour": opd.colour}
        | {"phones": [{"title": title, "number": number} for title, number in phones_of(routing, opd.code) if staff]}
        for opd in routing.opds.values()
    ]
    contacts = {name: contact.title for name, contact in routing.contacts.items()}
    places = {name: list(desa) for name, desa in setting.places.kecamatan.items()}
    lists = {"categories": categories, "opds": opds, "contacts": contacts, "kecamatan": places}
    people = await console_of(request).store.read_short(lambda store: _people(store, user_of(request)))
    return web.json_response({"edition": setting.edition, **lists, "people": people})


def _people(store: Store, user: User) -> dict[str, str]:
    """Names by login. Of other agencies' people an agency sees none."""
    rows = store.people.users()
    if user.role == "opd":
        rows = [row for row in rows if row["role"] != "opd" or row["opd"] == user.opd]
    return {row["name"]: row["display"] for row in rows}


async def places(request: web.Request) -> web.StreamResponse:
    """POST /api/places {text, kecamatan}: places that a typed text may name, or the point of a pasted one.

    A POST, so that no words of a caller stand in an address or in a proxy's log."""
    form = await read_form(request, "text", "kecamatan")
    typed = text(form, "text", "tempat")
    kecamatan = optional_text(form, "kecamatan", "kecamatan", longest=60)
    atlas = console_of(request).atlas
    # in a thread: the first look after a change reads the files anew
    return web.json_response(await asyncio.to_thread(lambda: atlas().look(typed, kecamatan)))


async def proposal(request: web.Request) -> web.StreamResponse:
    """GET /api/proposal?category=&kecamatan=: the agencies that routing proposes, and why."""
    routing = console_of(request).setting.routing
    proposed = propose(routing, request.query.get("category") or None, request.query.get("kecamatan") or None)
    return web.json_response({"opds": list(proposed.opds), "why": proposed.why})
