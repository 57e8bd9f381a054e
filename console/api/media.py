"""Photos of agencies and recordings of calls: stored under random names, served to those with a right."""

import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from console.api import exif
from console.api.photos import MAX_PHOTO, inspect
from console.api.playback import PLAYBACKS
from console.console import console_of, user_of
from console.errors import BadField, Refusal
from console.proofs.heic import CONVERTER, is_heic
from console.web.forms import read_post

_NAME = re.compile(r"[A-Za-z0-9_-]{8,64}\.(jpg|png|webp)")
_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
_TAKEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)?")
_SOUNDS = ("", ".wav", ".ulaw", ".gsm")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as it came, with its file name's ending, and when and where it was taken."""

    data: bytes
    ending: str
    taken_at: str | None = None
    place: tuple[float, float] | None = None


async def read_photo(request: web.Request) -> Photo:
    """The photo of a request (raw body or the first file of a form); a sentence when it is none.

    HEIC comes back as JPEG.
    A form's `taken_at`, `lat` and `lon` count before the metadata: browsers lose that when they shrink a photo."""
    form: dict[str, Any] = {}
    if request.content_type == "multipart/form-data":
        form = await read_post(request)
        part = next((value for value in form.values() if isinstance(value, web.FileField)), None)
        data = part.file.read() if part else b""
    else:
        data = await request.read()
    if not data:
        raise BadField("photo", "foto belum dipilih")
    if len(data) > MAX_PHOTO:
        raise Refusal(f"foto terlalu besar: paling banyak {MAX_PHOTO // 1024 // 1024} MB", field="photo", status=413)
    if is_heic(data):
        jpeg = await request.app[CONVERTER].to_jpeg(data)
        if jpeg is None:
            raise BadField("photo", "foto HEIC ini tidak bisa dibaca di 112; ambil lagi sebagai JPEG")
        data = jpeg
    picture = inspect(data)
    if picture is None:
        raise BadField("photo", "foto bukan gambar: yang diharapkan JPEG, PNG, WebP atau HEIC yang utuh")
    shot = exif.read(data)
    taken = _moment(form.get("taken_at")) or shot.taken_at
    coordinates = (shot.lat, shot.lon) if shot.lat is not None and shot.lon is not None else None
    return Photo(data, picture.ending, taken, _place(form.get("lat"), form.get("lon")) or coordinates)


def _moment(text: object) -> str | None:
    """A camera's moment, or None: an unreadable one is no reason to refuse a photo."""
    if not isinstance(text, str) or not _TAKEN.fullmatch(text):
        return None
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return text


def _place(lat: object, lon: object) -> tuple[float, float] | None:
    if not isinstance(lat, str) or not isinstance(lon, str):
        return None
    try:
        north, east = round(float(lat), 6), round(float(lon), 6)
    except ValueError:
        return None
    return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None


def keep(folder: Path, photo: Photo) -> str:
    """Write a photo durably under a random name, whole or not at all, without its metadata; returns the name."""
    data, ending = exif.strip(photo.data, photo.ending), photo.ending
    if inspect(data) is None:
        raise BadField("photo", "foto bukan gambar: yang diharapkan JPEG, PNG, WebP atau HEIC yang utuh")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{secrets.token_urlsafe(18)}.{ending}"
    passing = folder / f".{name}.part"
    try:
        with passing.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        passing.rename(folder / name)
    except OSError:
        passing.unlink(missing_ok=True)
        raise
    return name


async def photo(request: web.Request) -> web.StreamResponse:
    """GET /media/NAME: a photo, for its own agency and those who see everything."""
    console, user, name = console_of(request), user_of(request), request.match_info["name"]
    row = await console.store.read(lambda store: store.boards.photo(name)) if _NAME.fullmatch(name) else None
    if row is None or (user.role == "opd" and row["opd"] != user.opd):
        raise Refusal("foto tidak ada", status=404)
    return serve_photo(console.media / name)


def serve_photo(path: Path) -> web.FileResponse:
    """Answer with a photo; the caller has checked the right to see it."""
    if not path.is_file():
        raise Refusal("foto tidak ada", status=404)
    kind = _TYPES[path.name.rpartition(".")[2]]
    return web.FileResponse(path, headers={"Content-Type": kind, "Content-Disposition": "inline"} | _SHUT)


async def recording(request: web.Request) -> web.StreamResponse:
    """GET /rekaman/CALL: the recording of a call, seekable."""
    console, call = console_of(request), request.match_info["call"]
    row = await console.store.read(lambda store: store.calls.find(call))
    path = find_recording(console.recordings, row["recording"]) if row and row["recording"] else None
    if row is None or path is None:
        raise Refusal("rekaman tidak ada", status=404)
    await request.app[PLAYBACKS].note(request, call, row["ticket"], row["recording"], None)
    return sound(path)


def sound(path: Path) -> web.FileResponse:
    """A recording, seekable; not kept by the browser, since each playback is noted."""
    headers = {"Content-Type": "audio/wav", "Content-Disposition": "inline"} | _SHUT | {"Cache-Control": "no-store"}
    return web.FileResponse(path, headers=headers)


def find_recording(folder: Path, name: str) -> Path | None:
    """The file of a recording's name inside the folder, with whatever ending Asterisk gave it."""
    root = folder.resolve()
    for ending in _SOUNDS:
        path = (root / f"{name}{ending}").resolve()
        if path.is_relative_to(root) and path.is_file():
            return path
    return None


_SHUT = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, max-age=86400"}
