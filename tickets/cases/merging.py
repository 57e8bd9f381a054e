"""Merges reports of one incident, and takes it back."""

from datetime import datetime

from tickets.cases.dispatching import dispatch, presume_genuine, settle_kind
from tickets.cases.drafting import save
from tickets.cases.typed_over import UNKNOWN, TypedOver
from tickets.cases.urgency import replan
from tickets.escalation.ladder import plan
from tickets.model import Actor, Row, from_text, to_text
from tickets.routing import Routing
from tickets.store import Store


def merge(
    store: Store,
    routing: Routing,
    now: datetime,
    number: str,
    master: str,
    changes: Row,
    actor: Actor,
    over: TypedOver = UNKNOWN,
) -> str:
    """Save the last of the draft and link the ticket to `master`; returns the master's number."""
    save(store, routing, now, number, changes, actor, over)
    return join(store, routing, now, number, master, actor)


def join(store: Store, routing: Routing, now: datetime, number: str, master: str, actor: Actor) -> str:
    """Link a ticket to another; returns the master's number, which is another one where `master` is merged itself.

    The call is judged genuine. Agencies that an emergency takes over from a complaint are pushed by its ladder."""
    settle_kind(store, routing, now, number, actor)
    kind = store.tickets.get(number)["kind"]
    had = {row["id"] for row in store.tickets.show(number)["assignments"]}
    top = store.merging.merge(now, number, master, actor)
    if kind == "complaint" and store.tickets.get(top)["kind"] == "emergency":
        others = frozenset(row["id"] for row in store.tickets.show(top)["assignments"]) - had
        replan(store, routing, now, top, "emergency", actor, "digabung ke keadaan darurat", others)
    presume_genuine(store, now, number, actor)
    return top


def part(
    store: Store, routing: Routing, now: datetime, number: str, actor: Actor, *, merged_at: datetime | None = None
) -> list[str]:
    """Unlink a merged ticket; returns the agencies that are sent it anew, because merging had taken it off them.

    `merged_at`: merging is undone at once, and what it ended goes on where it stood, with its former age."""
    lost = store.merging.split(now, number, actor)
    if merged_at is not None:
        lost = [opd for opd in lost if not _resumed(store, routing, now, number, opd, merged_at, actor)]
    opds = tuple(opd for opd in lost if opd in routing.opds)
    return dispatch(store, routing, now, number, opds, actor) if opds else []


def _resumed(store: Store, routing: Routing, now: datetime, number: str, opd: str, at: datetime, actor: Actor) -> bool:
    """Take back the end of an agency's assignment that merging ended at that moment; False where there is none."""
    for row in store.tickets.show(number)["assignments"]:
        step = store.undoing.last(row["id"]) if row["opd"] == opd and row["ended_at"] == to_text(at) else None
        # an agency that was told of its end is sent the ticket anew, as after «Pisahkan»
        if step is not None and step["at"] == row["ended_at"] and store.amendments.withdraw_recall(now, row["id"]):
            former = plan(routing, opd, from_text(row["dispatched_at"])) if opd in routing.opds else ()
            store.undoing.back(now, step, actor, former)
            return True
    return False
