"""Turns a complaint into an emergency, and back: its agencies are pushed by the other ladder from now on."""

from dataclasses import replace
from datetime import datetime

from tickets.cases.dispatching import dispatch
from tickets.complaints.states import patience_s
from tickets.errors import InvalidField
from tickets.escalation.ladder import plan
from tickets.model import TURNED_DOWN_STATE, Actor, Row
from tickets.routing import Routing
from tickets.store import Store


def change_kind(
    store: Store, routing: Routing, now: datetime, number: str, kind: str, opds: tuple[str, ...], actor: Actor, why: str
) -> list[str]:
    """Give the ticket this kind, replan the pushes of its agencies, and dispatch it to `opds` too.

    Returns the agencies that have it then; InvalidField where an emergency would have none."""
    store.tickets.update(now, number, {"kind": kind}, actor)
    replan(store, routing, now, number, kind, actor, why)
    had = [row["opd"] for row in _open(store, number)]
    new = tuple(opd for opd in opds if opd not in had)
    if new:
        dispatch(store, routing, now, number, new, actor)
    if kind == "emergency" and not had and not new:
        raise InvalidField("opds", "pilih paling sedikit satu OPD: keadaan darurat tidak boleh tanpa OPD")
    return [*had, *new]


def raised(store: Store, routing: Routing, now: datetime, number: str, before: str, actor: Actor) -> None:
    """Replan the pushes of a ticket that was a complaint before and is an emergency now."""
    if before == "complaint" and store.tickets.get(number)["kind"] == "emergency":
        replan(store, routing, now, number, "emergency", actor, "menjadi darurat")


def replan(
    store: Store,
    routing: Routing,
    now: datetime,
    number: str,
    kind: str,
    actor: Actor,
    why: str,
    but: frozenset[int] = frozenset(),
) -> None:
    """Replace the pushes of every open assignment not in `but`, counted from now.

    Assignments keep theirs that were turned down and wait for a taker, or whose agency routing no longer knows."""
    for row in _open(store, number):
        if row["id"] not in but and row["opd"] in routing.opds and row["state"] != TURNED_DOWN_STATE:
            pushes = [replace(push, phase=row["state"]) for push in plan(routing, row["opd"], now, kind)]
            patience = patience_s(routing, row["opd"], kind)
            store.assignments.replan(now, row["id"], pushes, actor, why, follow_up_s=patience)


def _open(store: Store, number: str) -> list[Row]:
    return [row for row in store.tickets.show(number)["assignments"] if row["ended_at"] is None]
