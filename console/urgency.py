"""A complaint that turns out to be an emergency, and back: its agencies are pushed by the other ladder from now on."""

from dataclasses import replace
from datetime import datetime

from console.desk import Desk, User
from console.dispatching import dispatch
from console.errors import BadField
from tickets.complaints import patience_s
from tickets.escalation import plan
from tickets.model import TURNED_DOWN_STATE, Row
from tickets.store import Store


def change_kind(
    store: Store, desk: Desk, now: datetime, number: str, kind: str, opds: tuple[str, ...], user: User, why: str
) -> list[str]:
    """Make the ticket of this kind, replan what its agencies are pushed with, and give it to `opds` too; in one
    transaction. The agencies that have it then; BadField where an emergency would have none."""
    store.tickets.update(now, number, {"kind": kind}, user.actor)
    replan(store, desk, now, number, kind, user, why)
    had = [row["opd"] for row in _open(store, number)]
    new = tuple(opd for opd in opds if opd not in had)
    if new:
        dispatch(store, desk, now, number, new, user)
    if kind == "emergency" and not had and not new:
        raise BadField("opds", "pilih paling sedikit satu OPD: keadaan darurat tidak boleh tanpa OPD")
    return [*had, *new]


def raised(store: Store, desk: Desk, now: datetime, number: str, before: str, user: User) -> None:
    """An operator made an emergency of a complaint: agencies that have it already are pushed as for an emergency."""
    if before == "complaint" and store.tickets.get(number)["kind"] == "emergency":
        replan(store, desk, now, number, "emergency", user, "menjadi darurat")


def replan(store: Store, desk: Desk, now: datetime, number: str, kind: str, user: User, why: str) -> None:
    """Other pushes, from now, for every open assignment; one that was turned down and waits for a taker keeps its own,
    and so does one whose agency routing no longer knows."""
    routing = desk.setting.routing
    for row in _open(store, number):
        if row["opd"] in routing.opds and row["state"] != TURNED_DOWN_STATE:
            pushes = [replace(push, phase=row["state"]) for push in plan(routing, row["opd"], now, kind)]
            patience = patience_s(routing, row["opd"], kind)
            store.assignments.replan(now, row["id"], pushes, user.actor, why, follow_up_s=patience)


def _open(store: Store, number: str) -> list[Row]:
    return [row for row in store.tickets.show(number)["assignments"] if row["ended_at"] is None]
