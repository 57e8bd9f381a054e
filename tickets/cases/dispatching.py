"""Gives tickets to agencies: the ladders come from escalation, the rows go into one transaction."""

from datetime import datetime

from tickets.cases.carrying import Past, came_back, carried
from tickets.complaints.states import patience_s
from tickets.errors import Conflict, InvalidField
from tickets.escalation.ladder import plan
from tickets.model import Actor, Row
from tickets.routing import Routing
from tickets.store import Store

_PLACE = ("kecamatan", "desa", "address", "description")


def dispatch(
    store: Store,
    routing: Routing,
    now: datetime,
    number: str,
    opds: tuple[str, ...],
    actor: Actor,
    past: Past | None = None,
) -> list[str]:
    """Dispatch a ticket to each of `opds` that does not have it yet; returns those that got it now.

    `past`: of a ticket that an agency hands over; what came back to 112 goes on with its own, and counts as dealt with.
    Conflict when all of them have it; InvalidField when an agency could not know what to do or where to go.
    """
    ticket = store.tickets.get(number)
    _check_complete(ticket)
    busy = {row["opd"] for row in store.tickets.show(number)["assignments"] if row["ended_at"] is None}
    new = [opd for opd in opds if opd not in busy]
    if not new:
        raise Conflict(f"tiket {number} sudah dikirim ke {', '.join(opds)}")
    if past is None:
        past = came_back(store, now, number)
        store.assignments.take_up(number)
    for opd in new:
        kind = ticket["kind"]
        ladder = plan(routing, opd, now, kind) if past is None else carried(routing, opd, now, past, kind)
        patience = patience_s(routing, opd, kind)
        store.assignments.dispatch(now, number, opd, ladder, patience, actor, past.on if past else None)
    return new


def settle_kind(store: Store, routing: Routing, now: datetime, number: str, actor: Actor) -> None:
    """Give a ticket whose kind nobody chose the kind of its category; without a category it is an emergency."""
    ticket = store.tickets.get(number)
    if ticket["kind"] in ("emergency", "complaint"):
        return
    category = routing.categories.get(ticket["category"] or "")
    kind = category.kind if category else "emergency"
    store.tickets.update(now, number, {"kind": kind}, actor)


def presume_genuine(store: Store, now: datetime, number: str, actor: Actor) -> None:
    """Judge the call of a dispatched ticket genuine; a verdict that somebody gave with a reason stays."""
    before = store.reputations.of_ticket(number)
    if before is None or before["reason"] is None:
        store.reputations.judge(now, number, "genuine", actor)


def _check_complete(ticket: Row) -> None:
    if not ticket["category"] and not ticket["description"]:
        raise InvalidField("category", "pilih kategori atau tulis uraian dulu: OPD perlu tahu apa yang terjadi")
    if not any(ticket[name] for name in _PLACE):
        raise InvalidField("kecamatan", "isi tempat atau uraian dulu: OPD perlu tahu ke mana")
