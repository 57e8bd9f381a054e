"""«Mengapa tidak dikirim»: a person says why an emergency goes to no agency."""

from datetime import datetime

from tickets.cases.acting import Acts
from tickets.cases.drafting import save
from tickets.cases.judging import check_may_judge
from tickets.cases.typed_over import UNKNOWN, TypedOver
from tickets.errors import Conflict, InvalidField, NotPermitted
from tickets.model import Row
from tickets.routing import Routing
from tickets.store import Store

# What the ticket is closed with, by the reason.
REASONS = {"prank": "prank", "talked_out": "selesai lewat telepon", "other": "alasan lain"}


def decline(
    store: Store,
    routing: Routing,
    now: datetime,
    number: str,
    reason: str,
    note: str | None,
    changes: Row,
    user: Acts,
    over: TypedOver = UNKNOWN,
) -> Row:
    """Save the last of the draft and close the ticket with the reason; returns the ticket.

    A prank is a verdict where the user may judge that call. InvalidField for «other» without words; Conflict where it
    is over already, or an agency works on it."""
    if reason == "other" and note is None:
        raise InvalidField("note", "tulis mengapa tidak dikirim")
    save(store, routing, now, number, changes, user.actor, over)
    ticket = store.tickets.get(number)
    if ticket["status"] not in ("open", "dispatched"):
        raise Conflict(f"tiket {number} sudah selesai")
    data = {"reason": reason} | ({"note": note} if note else {})
    store.journal.append(now, "ticket.not_sent", user.actor, call=ticket["call"], ticket=number, data=data)
    store.unsent.decline(now, number, reason, user.actor)
    if reason == "prank" and _may_judge(store, user, number):
        store.reputations.judge(now, number, "prank", user.actor)
    else:
        words = f"{REASONS[reason]}: {note}" if note else REASONS[reason]
        store.tickets.close(now, number, user.actor, words)
    return store.tickets.get(number)


def _may_judge(store: Store, user: Acts, number: str) -> bool:
    if store.tickets.get(number)["call"] is None:
        return False
    try:
        check_may_judge(store, user, number, "prank", None)
    except (NotPermitted, InvalidField):
        return False
    return True
