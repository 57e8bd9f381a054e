"""An agency calls the reporter through the exchange: its desk phone rings first; nobody needs to see the number."""

from aiohttp import web

from console.api.assigning import mine, still_open
from console.console import Setting, console_of, user_of
from console.errors import Refusal
from console.web.forms import number_in_path
from tickets.model import Row
from tickets.routing import desk_phones
from tickets.store import Store


async def call(request: web.Request) -> web.StreamResponse:
    """POST /api/assignments/ID/call: the agency's desk phone shall ring, and then the reporter's number be dialled."""
    console, user, number = console_of(request), user_of(request), number_in_path(request, "assignment", "penugasan")
    now = console.clock()

    def ask(store: Store) -> None:
        row = still_open(mine(store, user, number))
        if not reachable(
            console.setting, row | {"reporter_number": store.tickets.get(row["ticket"])["reporter_number"]}
        ):
            raise Refusal("pelapor tugas ini tidak bisa ditelepon lewat 112", status=409)
        data = {"operator": user.name, "assignment": number, "opd": row["opd"]}
        store.journal.append(now, "request.reporter_call", user.actor, ticket=row["ticket"], data=data)

    await console.store.write(ask)
    return web.json_response({"asked": number}, status=202)


def reachable(setting: Setting, row: Row) -> bool:
    """Whether the agency of this assignment (with its `reporter_number`) can reach the reporter over the trunk."""
    known = setting.dials_out and row["call"] is not None and bool(row["reporter_number"])
    return known and bool(desk_phones(setting.routing, row["opd"]))
