"""A complaint that turns out to be an emergency, and back: its agencies are pushed by the other ladder from now on."""

from dataclasses import replace
from datetime import datetime

from console.api.dispatching import dispatch
from console.errors import BadField
from tickets.complaints.states import patience_s
from tickets.escalation.ladder import plan
from tickets.model import TURNED_DOWN_STATE, Actor, Row
from tickets.routing import Routing
from tickets.store import Store


def change_kind(
    store: Store, routing: Routing, now: datetime, number: str, kind: str, opds: tuple[str, ...], actor: Actor, why: str
) -> list[str]:
    """Make the ticket of this kind, replan what its agencies are pushed with, and give it to `opds` too; in one
    transaction. The agencies that have it then; BadField where an emergency would have none."""
    store.tickets.update(now, number, {"kind": kind}, actor)
    replan(store, routing, now, number, kind, actor, why)
    had = [row["opd"] for row in _open(store, number)]
    new = tuple(opd for opd in opds if opd not in had)
    if new:
        dispatch(store, routing, now, number, new, actor)
    if kind == "emergency" and not had and not new:
        raise BadField("opds", "pilih paling sedikit satu OPD: keadaan darurat tidak boleh tanpa OPD")
    return [*had, *new]


def raised(store: Store, routing: Routing, now: datetime, number: str, before: str, actor: Actor) -> None:
    """An operator made an emergency of a complaint: agencies that have it already are pushed as for an emergency."""
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
    """Other pushes, from now, for every open assignment not in `but`; one that was turned down and waits for a taker
    keeps its own, and so does one whose agency routing no longer knows."""
    for row in _open(store, number):
        if row["id"] not in but and row["opd"] in routing.opds and row["state"] != TURNED_DOWN_STATE:
            pushes = [replace(push, phase=row["state"]) for push in plan(routing, row["opd"], now, kind)]
            patience = patience_s(routing, row["opd"], kind)
            store.assignments.replan(now, row["id"], pushes, actor, why, follow_up_s=patience)


def _open(store: Store, number: str) -> list[Row]:
    return [row for row in store.tickets.show(number)["assignments"] if row["ended_at"] is None]
