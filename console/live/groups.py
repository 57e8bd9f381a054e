"""The kinds of pages: who may open which, which is read first, and which pages show the same."""

from aiohttp import web

from console.console import User, console_of
from console.errors import NotAllowed, Refusal
from console.live.rounds import Group
from console.live.tasks import has_page

PAGE_ROLES = {
    "operator": frozenset({"operator"}),
    "opd": frozenset({"opd"}),
    "overview": frozenset({"operator", "command", "admin"}),
    "ticket": frozenset({"operator", "command", "admin"}),
    "screening": frozenset({"operator", "command", "admin"}),
    "numbers": frozenset({"admin"}),
    "wadul": frozenset({"operator", "command", "admin"}),
    "search": frozenset({"operator", "command", "admin", "opd"}),
    "handover": frozenset({"operator", "command", "admin"}),
    "bupati": frozenset({"bupati"}),
}
# the most urgent first
ORDER = ("operator", "opd", "bupati", "ticket", "overview", "wadul", "screening", "numbers", "handover", "search")


async def group_of(request: web.Request, user: User) -> Group:
    """The group of the page that `user` opens with this request; refused where the role has no such page."""
    page = request.query.get("page", "")
    if page not in PAGE_ROLES:
        raise Refusal(f"halaman {page[:40]!r} tidak dikenal; yang ada: {', '.join(PAGE_ROLES)}")
    if user.role not in PAGE_ROLES[page]:
        raise NotAllowed(f"peran {user.role} tidak boleh membuka halaman {page}")
    if page == "opd" and not await has_page(console_of(request), user.opd or ""):
        raise Refusal(f"OPD {user.opd!r} tidak ada di routing.yaml", status=409)
    subjects = {
        "operator": user.name,
        "bupati": user.name,
        "opd": user.opd or "",
        "ticket": request.query.get("number", ""),
    }
    subjects["search"] = "opd" if user.role == "opd" else ""  # agencies are not told who the operators are
    return page, subjects.get(page, "")
