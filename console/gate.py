"""Who may pass: same-site requests only, a session, and a role that the table of routes allows."""

from urllib.parse import urlsplit

from aiohttp import web

from console.desk import USER, User, desk_of
from console.errors import NotAllowed, NotLoggedIn
from console.refusals import Handler
from console.sessions import COOKIE, token_hash

SAFE_METHODS = frozenset({"GET", "HEAD"})
ROLES_OF_ROUTES: web.AppKey[dict[tuple[str, str], frozenset[str] | None]] = web.AppKey("roles", dict)

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
}
CACHED_FOR_EVER = "public, max-age=31536000, immutable"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Security headers on every answer; only versioned files may be kept by the browser."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    desk = desk_of(request)
    ours = request.path.startswith(f"/static/{desk.version}/") and response.status < 400
    response.headers.setdefault("Cache-Control", CACHED_FOR_EVER if ours else "no-store")
    if desk.site.known:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")


@web.middleware
async def same_site(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse changes and sockets that another site's page asks for; what is no browser sends neither header."""
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
    return urlsplit(origin).netloc in (request.host, urlsplit(desk_of(request).site.url).netloc)


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
    return await handler(request)


async def current_user(request: web.Request) -> User | None:
    """The user of the request's session cookie, or None."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    desk, hashed = desk_of(request), token_hash(token)
    row = await desk.store.read(lambda store: store.people.session(desk.clock(), hashed))
    return None if row is None else User(row["name"], row["display"], row["role"], row["opd"], hashed)
