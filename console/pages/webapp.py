"""The agency's page as an app on a telephone: its manifest, its service worker, and the shell that is shown offline."""

import json
import re
from functools import cache
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web

from console.console import console_of

STATIC = Path(__file__).parent.parent / "static"
_IMPORT = re.compile(r"""from "(\.{1,2}/[^"]+)";""")
SHELL = "/opd/luring"


async def worker(request: web.Request) -> web.StreamResponse:
    """GET /sw.js: the service worker, with the files that it keeps; it keeps nothing else."""
    version = console_of(request).version
    head = f"const VERSION = {json.dumps(version)};\nconst FILES = {json.dumps(files(version))};\n"
    text = head + (STATIC / "js" / "worker" / "sw.js").read_text(encoding="utf-8")
    return web.Response(text=text, content_type="text/javascript")


async def manifest(request: web.Request) -> web.StreamResponse:
    """GET /manifest.webmanifest: name, colours and icons of the installed app."""
    console = console_of(request)
    picture = f"/static/{console.version}/img/app"
    icons = [
        {"src": f"{picture}-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    app = {
        "id": "/opd",
        "name": f"Tugas {console.setting.name}",
        "short_name": "Tugas 112",
        "lang": "id",
        "start_url": "/opd",
        "scope": "/",
        "display": "standalone",
        "background_color": "#0d1216",
        "theme_color": "#b3210f",
        "icons": icons,
    }
    return web.json_response(app, content_type="application/manifest+json")


async def shell(request: web.Request) -> web.StreamResponse:
    """GET /opd/luring: the agency's page without anybody's data, for a telephone without a signal."""
    console = console_of(request)
    context = {"setting": console.setting, "version": console.version}
    return aiohttp_jinja2.render_template("offline.html", request, context)


@cache
def files(version: str) -> list[str]:
    """The files of the agency's page: its modules with all that they import, its styles, its pictures."""
    static = f"/static/{version}"
    styles = [f"{static}/css/{name}.css" for name in ("base", "opd")]
    pictures = [f"{static}/img/{name}" for name in ("icon.svg", "icon-alarm.svg", "app-192.png")]
    scripts = ("js/shared/theme.js", *sorted(_modules("js/pages/opd.js") | _modules("js/pages/offline.js")))
    return [SHELL, *styles, *pictures, *(f"{static}/{name}" for name in scripts)]


def _modules(first: str) -> set[str]:
    files, left = set(), [first]
    while left:
        name = left.pop()
        if name in files:
            continue
        files.add(name)
        path = STATIC / name
        for target in _IMPORT.findall(path.read_text(encoding="utf-8")):
            left.append((path.parent / target).resolve().relative_to(STATIC).as_posix())
    return files
