"""What an answer on the telephone does to an assignment, in the transaction of the attempt that it answers."""

from __future__ import annotations

import json
from datetime import datetime

from tickets.errors import Conflict
from tickets.escalation.ladder import follow_up
from tickets.escalation.unwritten import Pressed
from tickets.model import ASSIGNMENT_STEPS, ENDED_STATES, TURNED_DOWN_STATE, WAITING_STATE, Actor, DuePush
from tickets.notify.channel import Heard, Said
from tickets.routing import Contact, Routing
from tickets.store import Store

NOT_OURS = "bukan wewenang, lewat telepon; yang berwenang belum ditunjuk"


def take(store: Store, routing: Routing, now: datetime, push: DuePush, contact: Contact, said: Said) -> Heard:
    """Carry an answer out; what of it was new is what the phone reads back."""
    state = store.assignments.get(push.assignment)["state"]
    if state in ENDED_STATES:
        return "ended"
    if said == "accept":
        return _accept(store, routing, now, push, contact, state)
    if said == "depart":
        return _move(store, routing, now, push, contact, "berangkat", "departed", "taken")
    if contact.opd is None:  # who is above all OPDs has nothing to refuse
        return "unfit"
    return _move(store, routing, now, push, contact, TURNED_DOWN_STATE, "refused", "unfit")


def foretold(push: DuePush, contact: Contact, said: Said, state: str, *, answered: bool) -> Heard:
    """What `take` will say, where it cannot be written now; `answered`: neither could be what somebody said before."""
    if state in ENDED_STATES:
        return "ended"
    if said == "accept" and push.phase != WAITING_STATE:
        return "noted"
    to: tuple[str, Heard, Heard] = {
        "accept": ("diterima", "accepted", "taken"),
        "depart": ("berangkat", "departed", "taken"),
        "refuse": (TURNED_DOWN_STATE, "refused", "unfit"),
    }[said]  # type: ignore[assignment]
    refuses_nothing = said == "refuse" and contact.opd is None
    return to[2] if answered or refuses_nothing or to[0] not in ASSIGNMENT_STEPS.get(state, ()) else to[1]


def _accept(store: Store, routing: Routing, now: datetime, push: DuePush, contact: Contact, state: str) -> Heard:
    if push.phase != WAITING_STATE:
        return "noted"  # a reminder that was heard
    if state not in (WAITING_STATE, TURNED_DOWN_STATE):
        return "taken"
    return _move(store, routing, now, push, contact, "diterima", "accepted", "taken")


def _move(
    store: Store, routing: Routing, now: datetime, push: DuePush, contact: Contact, to: str, done: Heard, late: Heard
) -> Heard:
    row = store.assignments.get(push.assignment)
    pushes, actor = follow_up(routing, row, to, now), Actor("contact", contact.name)
    note = NOT_OURS if to == TURNED_DOWN_STATE else None
    try:
        with store.savepoint():
            store.assignments.move(now, push.assignment, to, actor, via=push.channel, note=note, follow_up=pushes)
    except Conflict:  # somebody was first
        return late
    return done


def accept_late(store: Store, routing: Routing, pressed: Pressed) -> None:
    """«TERIMA» of a page, as of when it was pressed, with the answer that its page will hear; Conflict where somebody
    else was first: the page hears that, when it asks again."""
    row, by = store.assignments.get(pressed.assignment), Actor("user", pressed.who)
    if store.assignments.has_moved(pressed.at, row["ticket"], by):  # it was written before, and nobody had heard of it
        return
    pushes = follow_up(routing, row | {"kind": store.tickets.get(row["ticket"])["kind"]}, "diterima", pressed.at)
    row = store.assignments.move(pressed.at, pressed.assignment, "diterima", by, via="page", follow_up=pushes)
    if reply := pressed.reply:
        body = json.dumps({name: row[name] for name in reply["names"]}, ensure_ascii=False)
        store.replies.keep(pressed.at, reply["key"], reply["user"], reply["asked"], 200, body)
