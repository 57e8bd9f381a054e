"""The gate of every request: same-site only, a session, and a role that the table of routes allows."""

from contextlib import suppress
from typing import TypedDict
from urllib.parse import urlsplit

from aiohttp import web

from console.console import SESSION_TIMES, USER, User, console_of
from console.errors import NotAllowed, NotLoggedIn
from console.web.headers import CACHED_FOR_EVER, NAME, SECURITY_HEADERS
from console.web.refusals import Handler
from console.web.sessions import COOKIE, RENEW_AFTER, new_token, token_hash
from tickets.errors import StoreUnavailable
from tickets.model import from_text

SAFE_METHODS = frozenset({"GET", "HEAD"})


class CookieSafety(TypedDict):
    """Arguments of `set_cookie`."""

    httponly: bool
    samesite: str
    secure: bool


ROLES_OF_ROUTES: web.AppKey[dict[tuple[str, str], frozenset[str] | None]] = web.AppKey("roles", dict)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Security headers on every answer; only versioned files may be kept by the browser."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = NAME
    console = console_of(request)
    ours = request.path.startswith(f"/static/{console.version}/") and response.status < 400
    response.headers.setdefault("Cache-Control", CACHED_FOR_EVER if ours else "no-store")
    if console.site.known:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


@web.middleware
async def same_site(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse changes and sockets that another site's page asks for; other programs send no such header."""
    opens_socket = request.headers.get("Upgrade", "").lower() == "websocket"
    if (opens_socket or request.method not in SAFE_METHODS) and not _from_us(request):
        raise NotAllowed("permintaan dari situs lain ditolak")
    return await handler(request)


def _from_us(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        netloc = urlsplit(origin).netloc
    except ValueError:
        return False
    return netloc in (request.host, urlsplit(console_of(request).site.url).netloc)


@web.middleware
async def roles(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let through what the table of routes allows; a route that is not in the table is closed."""
    info = request.match_info
    if info.http_exception is not None:
        return await handler(request)
    resource = info.route.resource
    key = (request.method.replace("HEAD", "GET"), resource.canonical if resource else "")
    table = request.app[ROLES_OF_ROUTES]
    if key not in table:
        raise NotAllowed("jalan ini tertutup")
    allowed = table[key]
    if allowed is None:
        return await handler(request)
    user = await current_user(request)
    if user is None:
        raise NotLoggedIn("silakan masuk dulu")
    if user.role not in allowed:
        raise NotAllowed(f"peran {user.role} tidak boleh membuka ini; yang boleh: {', '.join(sorted(allowed))}")
    request[USER] = user
    response = await handler(request)
    if user.stale and not response.prepared and response.status < 400:
        await renew(request, response, user)
    return response


async def current_user(request: web.Request) -> User | None:
    """The user of the request's session cookie, or None."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    console, hashed = console_of(request), token_hash(token)
    now = console.clock()
    row = await console.store.read_short(lambda store: store.sessions.of_token(now, hashed))
    if row is None:
        return None
    stale = bool(row["present"]) and now - from_text(row["renewed_at"]) >= RENEW_AFTER
    if row["unconfirmed"]:
        with suppress(StoreUnavailable):  # then with a later request
            await console.store.write(lambda store: store.sessions.confirm(now, hashed))
    return User(row["name"], row["display"], row["role"], row["opd"], row["id"], stale)


async def holder(request: web.Request) -> str | None:
    """The name of the user whose session this browser holds: empty without any, None where it cannot be known, as a
    link of another site comes without the Strict cookie."""
    fetched = request.headers.get("Sec-Fetch-Site")
    ours = fetched in ("same-origin", "none") or (fetched is None and COOKIE in request.cookies)
    if not ours:
        return None
    user = await current_user(request)
    return user.name if user else ""


async def renew(request: web.Request, response: web.StreamResponse, user: User) -> None:
    """Another token for the same session; the former one counts until the browser comes with this one."""
    console, token, former = console_of(request), new_token(), token_hash(request.cookies[COOKIE])
    now = console.clock()
    with suppress(StoreUnavailable):  # the request itself is done; a later one renews the token
        if await console.store.write(lambda store: store.sessions.renew(now, former, token_hash(token))):
            give_token(request, response, token, user.role)


def give_token(request: web.Request, response: web.StreamResponse, token: str, role: str) -> None:
    """The session cookie: hidden from scripts and from other sites, over HTTPS only where we have it."""
    lasts = int(SESSION_TIMES[role].total_seconds())
    response.set_cookie(COOKIE, token, max_age=lasts, path="/", **cookie_safety(request))


def cookie_safety(request: web.Request) -> CookieSafety:
    """The safety attributes of every cookie of ours."""
    secure = console_of(request).site.secure
    return {"httponly": True, "samesite": "Strict", "secure": secure}
