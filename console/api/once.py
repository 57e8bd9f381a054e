"""Requests that a page repeats until they are answered: their Idempotency-Key makes them count once."""

import hashlib
import json
import re
from collections.abc import Callable

from aiohttp import web

from console.console import console_of, user_of
from console.errors import BadField
from tickets.model import Row
from tickets.store import Store

HEADER = "Idempotency-Key"
REPEATED = "Idempotency-Replayed"
_KEY = re.compile(r"[A-Za-z0-9-]{16,64}")


async def known(request: web.Request, body: bytes) -> web.StreamResponse | None:
    """The answer that the same request got before, or None; BadField for a malformed key."""
    key = _key_of(request)
    if key is None:
        return None
    user, asked = user_of(request).name, _print(request, body)
    row = await console_of(request).store.read(lambda store: store.replies.find(key, user, asked))
    return None if row is None else _again(row)


async def write(
    request: web.Request, body: bytes, change: Callable[[Store], Row], status: int = 200
) -> web.StreamResponse:
    """Carry a change out and answer; a request that came before with the same key gets its former answer again."""
    console, user, key, now = console_of(request), user_of(request).name, _key_of(request), console_of(request).clock()
    if key is None:
        return web.json_response(await console.store.write(change), status=status)
    asked = _print(request, body)

    def once(store: Store) -> Row:
        if (row := store.replies.find(key, user, asked)) is not None:
            return row | {"repeated": True}
        body = json.dumps(change(store), ensure_ascii=False)
        store.replies.keep(now, key, user, asked, status, body)
        return {"status": status, "body": body}

    row = await console.store.write(once)
    if "repeated" in row:
        return _again(row)
    return web.json_response(text=row["body"], status=status)


def repeated(request: web.Request, body: bytes, names: tuple[str, ...]) -> Row:
    """The facts by which the escalation keeps the answer to this request, when it carries the request out later.

    `names` are the assignment's fields in that answer. Empty without a key."""
    key = _key_of(request)
    if key is None:
        return {}
    return {"key": key, "user": user_of(request).name, "asked": _print(request, body), "names": names}


def _key_of(request: web.Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise BadField(HEADER, f"{HEADER} tidak benar: yang diharapkan 16 sampai 64 huruf, angka atau garis")
    return key


def _print(request: web.Request, body: bytes) -> str:
    """The hash that tells one request from another: of its method, path and body."""
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + body).hexdigest()


def _again(row: Row) -> web.Response:
    return web.json_response(text=row["body"], status=row["status"], headers={REPEATED: "true"})
