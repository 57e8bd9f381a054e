"""Web push: browsers to push while their page is closed; each session subscribes its own and no other."""

import asyncio
from typing import Any

from aiohttp import web

from console.console import Console, User, console_of, user_of
from console.errors import BadField, Refusal
from console.web.forms import Form, read_form, text
from tickets.cases.knowing import contact_of
from tickets.store.people.push_devices import PushDevice
from tickets.web_push import LONGEST_ENDPOINT, bytes_of, is_point, public_key, service_of, text_of

UNWANTED = "pemberitahuan ke ponsel yang halamannya ditutup tidak dipakai di sini"
OLD_KEY = "kunci pemberitahuan sudah diganti; daftarkan lagi"


async def offer(request: web.Request) -> web.StreamResponse:
    """GET /api/push: whether this user's agency is pushed so, and our public key, to which a browser subscribes."""
    console, user = console_of(request), user_of(request)
    key = await _key(console) if await _wanted(console, user) else None
    return web.json_response({"wanted": key is not None, "key": key})


async def subscribe(request: web.Request) -> web.StreamResponse:
    """POST /api/push {endpoint, keys, key}: push this browser; repeated by its page now and then, kept once."""
    console, user, now = console_of(request), user_of(request), console_of(request).clock()
    form = await read_form(request, "endpoint", "keys", "key")
    endpoint = text(form, "endpoint", "alamat push", longest=LONGEST_ENDPOINT)
    service = service_of(endpoint, console.web_push.services)
    if service is None:
        raise BadField("endpoint", "layanan push browser ini tidak dikenal; minta admin menambahkannya di site.yaml")
    p256dh, auth = await asyncio.to_thread(_keys, form)
    if not await _wanted(console, user):
        raise Refusal(UNWANTED, status=409)
    key = await _key(console)
    if text(form, "key", "kunci 112") != key:
        raise Refusal(OLD_KEY, status=409)
    device = PushDevice(endpoint, service, p256dh, auth, key)
    fresh = await console.store.write(lambda store: store.push_devices.put(now, user.session, device, user.actor))
    return web.json_response({"subscribed": True, "fresh": fresh})


async def unsubscribe(request: web.Request) -> web.StreamResponse:
    """DELETE /api/push: push this browser no more; logging out does that, too."""
    console, user, now = console_of(request), user_of(request), console_of(request).clock()
    was = await console.store.write(lambda store: store.push_devices.leave(now, user.session, user.actor))
    return web.json_response({"subscribed": False, "was": was})


async def _wanted(console: Console, user: User) -> bool:
    if not (console.web_push.subject and console.push_key()):
        return False
    routing = console.setting.routing
    if user.role == "bupati":
        own = await console.store.read(lambda store: contact_of(store, routing, user.name))
        return own is not None and own.webpush
    return any(contact.webpush and contact.opd == user.opd for contact in routing.contacts.values())


async def _key(console: Console) -> str:
    """Our public key, derived in a thread: the first import of the cryptography is slow."""
    return await asyncio.to_thread(public_key, console.push_key())


def _keys(form: Form) -> tuple[str, str]:
    keys: Any = form.get("keys")
    if not isinstance(keys, dict) or keys.keys() != {"p256dh", "auth"}:
        raise BadField("keys", "kunci browser belum diisi: yang diharapkan p256dh dan auth")
    p256dh, auth = (bytes_of(text(keys, name, f"kunci {name}", longest=200)) for name in ("p256dh", "auth"))
    if not is_point(p256dh):
        raise BadField("p256dh", "kunci p256dh tidak sah")
    if len(auth) != 16:
        raise BadField("auth", "kunci auth tidak sah")
    return text_of(p256dh), text_of(auth)
