"""Puts the console together: routes, middlewares, templates, the live socket."""

import hashlib
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from console.api.photos import MAX_PHOTO
from console.api.playback import PLAYBACKS, Playbacks
from console.console import CONSOLE, Console
from console.live.live import LIVE, Live
from console.pages.login import CHECK, THROTTLE
from console.pages.onetap import REFUSED, Refused
from console.pages.tracking import TRACKING
from console.proofs.heic import CONVERTER, Converter
from console.web.gate import ROLES_OF_ROUTES, add_headers, roles, same_site
from console.web.passwords import PasswordCheck
from console.web.refusals import sentences
from console.web.routes import ANYONE, ROUTES
from console.web.serving import in_time
from console.web.throttle import Throttle

HERE = Path(__file__).parent.parent
STATIC = HERE / "static"
FORM_OVERHEAD = 64 * 1024


def make_app(console: Console) -> web.Application:
    """The application; `console.spawn` runs its duties, the caller starts `Live.follow`, `tick` and `push`."""
    app = web.Application(middlewares=[sentences, in_time, same_site, roles], client_max_size=MAX_PHOTO + FORM_OVERHEAD)
    app[CONSOLE], app[LIVE], app[THROTTLE], app[CHECK] = console, Live(console), Throttle(), PasswordCheck()
    app[PLAYBACKS], app[REFUSED], app[TRACKING] = Playbacks(), Refused(), Throttle()
    app[CONVERTER] = Converter()
    app[ROLES_OF_ROUTES] = _add_routes(app, console.version)
    app.on_response_prepare.append(add_headers)
    loader = jinja2.FileSystemLoader(HERE / "templates")
    aiohttp_jinja2.setup(app, loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return app


def _add_routes(app: web.Application, version: str) -> dict[tuple[str, str], frozenset[str] | None]:
    table: dict[tuple[str, str], frozenset[str] | None] = {}
    for route in ROUTES:
        added = app.router.add_route(route.method, route.path, route.handler)
        assert added.resource is not None
        table[route.method, added.resource.canonical] = route.roles
    # The version is in the path, so that a page never mixes files of two versions.
    table["GET", app.router.add_static(f"/static/{version}", STATIC).canonical] = ANYONE
    return table


def assets_version() -> str:
    """A short hash over everything that a browser loads: it changes with any of it."""
    digest = hashlib.sha256()
    for path in sorted((*STATIC.rglob("*"), *(HERE / "templates").rglob("*"))):
        if path.is_file():
            digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
