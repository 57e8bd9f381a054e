"""Photos of agencies and recordings of calls: stored under names of our own, served to those with a right."""

import os
import re
import secrets
from pathlib import Path

from aiohttp import web

from console.desk import desk_of, user_of
from console.errors import BadField, Refusal
from console.forms import read_post
from console.photos import MAX_PHOTO, inspect
from console.playback import PLAYBACKS

_NAME = re.compile(r"[A-Za-z0-9_-]{8,64}\.(jpg|png|webp)")
_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
_SOUNDS = ("", ".wav", ".ulaw", ".gsm")


async def read_photo(request: web.Request) -> tuple[bytes, str]:
    """The photo of a request (raw body or the first file of a form) and its ending; a sentence when it is none."""
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
    picture = inspect(data)
    if picture is None:
        raise BadField("photo", "foto bukan gambar: yang diharapkan JPEG, PNG atau WebP yang utuh")
    return data, picture.ending


def keep(folder: Path, data: bytes, ending: str) -> str:
    """Write a photo durably under a random name, whole or not at all; returns the name."""
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
    desk, user, name = desk_of(request), user_of(request), request.match_info["name"]
    row = await desk.store.read(lambda store: store.boards.photo(name)) if _NAME.fullmatch(name) else None
    if row is None or (user.role == "opd" and row["opd"] != user.opd):
        raise Refusal("foto tidak ada", status=404)
    return serve_photo(desk.media / name)


def serve_photo(path: Path) -> web.FileResponse:
    """A photo that the asker has a right to."""
    if not path.is_file():
        raise Refusal("foto tidak ada", status=404)
    kind = _TYPES[path.name.rpartition(".")[2]]
    return web.FileResponse(path, headers={"Content-Type": kind, "Content-Disposition": "inline"} | _SHUT)


async def recording(request: web.Request) -> web.StreamResponse:
    """GET /rekaman/CALL: the recording of a call, seekable."""
    desk, call = desk_of(request), request.match_info["call"]
    row = await desk.store.read(lambda store: store.calls.find(call))
    path = find_recording(desk.recordings, row["recording"]) if row and row["recording"] else None
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
