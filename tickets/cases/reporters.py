"""Calls of agencies to reporters, over the exchange: nobody needs to see the number."""

from datetime import datetime

from tickets.cases.acting import Member
from tickets.cases.steps import mine, still_open
from tickets.errors import Conflict
from tickets.model import Row
from tickets.routing import Routing, desk_phones
from tickets.store import Store


def reachable(routing: Routing, row: Row, *, dials_out: bool) -> bool:
    """Tell whether the agency of this assignment can reach the reporter; `dials_out`: there is a trunk.

    `row` is an assignment with its `call` and `reporter_number`."""
    known = dials_out and row["call"] is not None and bool(row["reporter_number"])
    return known and bool(desk_phones(routing, row["opd"]))


def call(store: Store, routing: Routing, now: datetime, number: int, user: Member, *, dials_out: bool) -> None:
    """Ask the calls process to ring the agency's desk phone and then dial the reporter's number.

    Conflict when the assignment has ended or the reporter cannot be reached."""
    row = still_open(mine(store, user, number))
    number_of_reporter = store.tickets.get(row["ticket"])["reporter_number"]
    if not reachable(routing, row | {"reporter_number": number_of_reporter}, dials_out=dials_out):
        raise Conflict("pelapor tugas ini tidak bisa ditelepon lewat 112")
    data = {"operator": user.actor.name, "assignment": number, "opd": row["opd"]}
    store.journal.append(now, "request.reporter_call", user.actor, ticket=row["ticket"], data=data)
