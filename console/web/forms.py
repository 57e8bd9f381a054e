"""Reads the forms of pages: JSON of known fields, each checked, each error naming its field."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from console.errors import BadField, Refusal

MAX_JSON = 64 * 1024
MAX_TEXT = 2000

Form = Mapping[str, Any]


async def read_form(request: web.Request, *known: str) -> Form:
    """The JSON object of a request; unknown fields, wrong shapes and more than 64 kB are refused."""
    if (request.content_length or 0) > MAX_JSON:
        raise Refusal(f"isian terlalu besar: {request.content_length} byte, paling banyak {MAX_JSON}", status=413)
    body = await request.read()
    if len(body) > MAX_JSON:
        raise Refusal(f"isian terlalu besar: {len(body)} byte, paling banyak {MAX_JSON}", status=413)
    return form_of(body, *known)


def form_of(body: bytes | str, *known: str) -> Form:
    """The JSON object of a text; unknown fields and wrong shapes are refused."""
    try:
        form = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refusal("isian tidak bisa dibaca: yang diharapkan JSON") from None
    if not isinstance(form, dict):
        raise Refusal("isian tidak bisa dibaca: yang diharapkan objek JSON")
    unknown = sorted(form.keys() - set(known))
    if unknown:
        raise BadField(
            unknown[0][:60], f"isian tidak dikenal: {', '.join(unknown)[:200]}; yang ada: {', '.join(known)}"
        )
    return form


async def read_post(request: web.Request) -> dict[str, Any]:
    """The fields of a form as browsers send them (files among them); an unreadable one is refused."""
    try:
        return dict(await request.post())
    except (ValueError, LookupError, HttpProcessingError, Warning):  # a broken multipart body, a charset that is none
        raise Refusal("kiriman tidak bisa dibaca: yang diharapkan formulir") from None


def text(form: Form, field: str, label: str, *, longest: int = MAX_TEXT) -> str:
    """A text that must be there; `label` is the field's name for people."""
    value = optional_text(form, field, label, longest=longest)
    if value is None:
        raise BadField(field, f"{label} belum diisi")
    return value


def optional_text(form: Form, field: str, label: str, *, longest: int = MAX_TEXT) -> str | None:
    """A text, or None when it is absent or blank; control characters are refused."""
    value = form.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadField(field, f"{label} harus teks")
    if not storable(value):
        raise BadField(field, f"{label} memuat huruf yang tidak bisa disimpan")
    if len(value) > longest:
        raise BadField(field, f"{label} terlalu panjang: {len(value)} huruf, paling banyak {longest}")
    return value.strip() or None


def choice(form: Form, field: str, label: str, allowed: Mapping[str, Any] | tuple[str, ...]) -> str:
    """One of the allowed words."""
    value = text(form, field, label)
    if value not in allowed:
        raise BadField(field, f"{label} {value[:60]!r} tidak dikenal; yang ada: {', '.join(allowed)}")
    return value


def choices(form: Form, field: str, label: str, allowed: Mapping[str, Any]) -> tuple[str, ...]:
    """At least one of the allowed words, each once."""
    values = form.get(field)
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise BadField(field, f"{label} belum dipilih")
    return tuple(dict.fromkeys(choice({field: value}, field, label, allowed) for value in values))


def fields(form: Form, field: str) -> dict[str, Any]:
    """An inner object, empty when absent, with storable texts only; the store checks names and lengths."""
    value = form.get(field)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadField(field, f"{field} harus objek JSON")
    for name, inner in value.items():
        if isinstance(inner, str) and not storable(inner):
            raise BadField(name, f"isian {name} memuat huruf yang tidak bisa disimpan")
    return value


def link(form: Form, field: str) -> str | None:
    """An http(s) address, or None; nothing else may become something to click on."""
    value = optional_text(form, field, "tautan")
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and not any(c.isspace() for c in value)
    except ValueError:
        right = False
    if not right:
        raise BadField(field, "tautan tidak benar: yang diharapkan alamat yang diawali https://")
    return value


def storable(value: str) -> bool:
    """True for a text that can be stored and shown: no NUL or other control characters, no lone surrogates."""
    return not any((char < " " and char not in "\n\r\t") or "\ud800" <= char <= "\udfff" for char in value)


def number_in_path(request: web.Request, name: str, label: str) -> int:
    """A whole number of the path; the routes allow digits only, the store's limit is 63 bits."""
    digits = request.match_info[name]
    if len(digits) > 18:
        raise Refusal(f"{label} {digits[:20]}… tidak ada", status=404)
    return int(digits)
