"""Requests that a page repeats until they are answered: their Idempotency-Key makes them count once."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from console.console import Console, console_of, user_of
from console.errors import BadField
from tickets.model import Row
from tickets.store import Store

HEADER = "Idempotency-Key"
REPEATED = "Idempotency-Replayed"
_KEY = re.compile(r"[A-Za-z0-9-]{16,64}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is told from others: its key (None: it counts each time), its user, its hash."""

    key: str | None
    user: str
    digest: str


def asked_by(request: web.Request, body: bytes) -> Asked:
    """The marks of a request over HTTP; BadField for a malformed key."""
    return Asked(_key_of(request), user_of(request).name, digest(request.method, request.path, body))


async def known(request: web.Request, body: bytes) -> web.StreamResponse | None:
    """The answer that the same request got before, or None; BadField for a malformed key."""
    asked = asked_by(request, body)
    if asked.key is None:
        return None
    key, user = asked.key, asked.user
    row = await console_of(request).store.read(lambda store: store.replies.find(key, user, asked.digest))
    return None if row is None else _again(row)


async def write(
    request: web.Request, body: bytes, change: Callable[[Store], Row], status: int = 200
) -> web.StreamResponse:
    """Carry a change out and answer; a request that came before with the same key gets its former answer again."""
    row = await carry_out(console_of(request), asked_by(request, body), change, status)
    if "repeated" in row:
        return _again(row)
    return web.json_response(text=row["body"], status=status)


async def carry_out(console: Console, asked: Asked, change: Callable[[Store], Row], status: int = 200) -> Row:
    """Carry a change out, once for its key; `status` and `body` of the answer, `repeated` where it was given before."""
    now, key = console.clock(), asked.key

    def once(store: Store) -> Row:
        if key is not None and (row := store.replies.find(key, asked.user, asked.digest)) is not None:
            return row | {"repeated": True}
        body = json.dumps(change(store), ensure_ascii=False)
        if key is not None:
            store.replies.keep(now, key, asked.user, asked.digest, status, body)
        return {"status": status, "body": body}

    return await console.store.write(once)


def repeated(request: web.Request, body: bytes, names: tuple[str, ...]) -> Row:
    """The facts by which the escalation keeps the answer to this request, when it carries the request out later.

    `names` are the assignment's fields in that answer. Empty without a key."""
    asked = asked_by(request, body)
    if asked.key is None:
        return {}
    return {"key": asked.key, "user": asked.user, "asked": asked.digest, "names": names}


def _key_of(request: web.Request) -> str | None:
    key = request.headers.get(HEADER)
    return None if key is None else check_key(key)


def check_key(key: str) -> str:
    """The same key; BadField for a malformed one."""
    if not _KEY.fullmatch(key):
        raise BadField(HEADER, f"{HEADER} tidak benar: yang diharapkan 16 sampai 64 huruf, angka atau garis")
    return key


def digest(method: str, path: str, body: bytes) -> str:
    """The hash that tells one request from another: of its method, path and body."""
    return hashlib.sha256(f"{method} {path}\n".encode() + body).hexdigest()


def _again(row: Row) -> web.Response:
    return web.json_response(text=row["body"], status=row["status"], headers={REPEATED: "true"})
