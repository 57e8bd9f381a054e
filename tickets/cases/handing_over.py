"""«Bukan wewenang»: an agency hands its assignment over to the named taker."""

from datetime import datetime

from tickets.cases.acting import Acts
from tickets.cases.dispatching import HandedOn, dispatch
from tickets.cases.steps import via
from tickets.errors import Conflict, InvalidField
from tickets.model import TURNED_DOWN_STATE, WAITING_STATE, Actor, Row, from_text
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
    assignment = row["id"]
    return store.assignments.move(
        now, assignment, "bukan_wewenang", user.actor, via=via(user), note=note, acted_at=acted_at
    )


def _hand_on(store: Store, routing: Routing, now: datetime, row: Row, taker: str, actor: Actor) -> None:
    try:
        with store.savepoint():
            dispatch(store, routing, now, row["ticket"], (taker,), actor, past_of(store, now, row))
    except Conflict:
        return  # the named taker has the ticket already


def past_of(store: Store, now: datetime, row: Row) -> HandedOn:
    """The past that goes on with the ticket of an assignment which is handed on at `now`.

    Time without an answer adds up over the agencies; the last that had accepted ends it."""
    handed = [each for each in store.tickets.show(row["ticket"])["assignments"] if each["state"] == "bukan_wewenang"]
    times = len(handed) + 1
    if row["state"] not in (WAITING_STATE, TURNED_DOWN_STATE):
        return HandedOn(now, times)
    since = from_text(row["dispatched_at"])
    for each in sorted(handed, key=lambda each: int(each["id"]), reverse=True):
        if each["acknowledged_at"] != each["ended_at"]:  # it had accepted before it handed the ticket on
            return HandedOn(min(since, from_text(each["ended_at"])), times)
        since = min(since, from_text(each["dispatched_at"]))
    return HandedOn(since, times)
