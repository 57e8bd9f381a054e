"""«Bukan wewenang»: an agency hands its assignment over to the named taker."""

from datetime import datetime

from tickets.cases.acting import Acts
from tickets.cases.carrying import carried, past_of
from tickets.cases.dispatching import dispatch
from tickets.cases.steps import still_open, via
from tickets.errors import Conflict, InvalidField
from tickets.model import WAITING_STATE, Actor, Row
from tickets.routing import Routing
from tickets.store import Store

DESK_112 = "112"


def takers(routing: Routing) -> tuple[str, ...]:
    """The possible takers: 112's operators, and every agency."""
    return (DESK_112, *routing.opds)


def hand_over(
    store: Store,
    routing: Routing,
    now: datetime,
    row: Row,
    taker: str,
    reason: str,
    user: Acts,
    acted_at: datetime | None = None,
) -> Row:
    """End an assignment as «bukan wewenang»; the named taker has the ticket in the same transaction."""
    if taker == row["opd"]:
        raise InvalidField("taker", "pilih OPD lain sebagai yang berwenang")
    title = "operator 112" if taker == DESK_112 else routing.opds[taker].short
    note = f"{reason} (yang berwenang: {title})"
    if taker != DESK_112:  # first, so that the ticket is never without an agency
        _hand_on(store, routing, now, row, taker, user.actor)
    if taker == DESK_112:  # first, so that the row of the move shows that it waits
        store.assignments.came_back(now, row["id"])
    return store.assignments.move(
        now, row["id"], "bukan_wewenang", user.actor, via=via(user), note=note, acted_at=acted_at
    )


def reassign(store: Store, routing: Routing, now: datetime, row: Row, taker: str, reason: str, user: Acts) -> Row:
    """Take a task off an agency that does not answer and give it to another, in one transaction; with its age."""
    if taker == row["opd"]:
        raise InvalidField("taker", "pilih OPD lain")
    still_open(row)
    _hand_on(store, routing, now, row, taker, user.actor, counted=False)
    note = f"dialihkan ke {routing.opds[taker].short}: {reason}"
    return store.assignments.move(now, row["id"], "dibatalkan", user.actor, via=via(user), note=note)


def _hand_on(
    store: Store, routing: Routing, now: datetime, row: Row, taker: str, actor: Actor, *, counted: bool = True
) -> None:
    ticket, past = row["ticket"], past_of(store, now, row, counted=counted)
    try:
        with store.savepoint():
            dispatch(store, routing, now, ticket, (taker,), actor, past)
    except Conflict:  # the named taker has the ticket already
        kind = store.tickets.get(ticket)["kind"]
        for each in store.tickets.show(ticket)["assignments"]:
            if each["opd"] == taker and each["state"] == WAITING_STATE:
                store.assignments.hasten(each["id"], past.on, carried(routing, taker, now, past, kind))
