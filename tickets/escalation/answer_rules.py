"""Effects of an answer on the telephone on its assignment, in the transaction of the attempt that it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from tickets.errors import Conflict
from tickets.escalation.ladder import follow_up
from tickets.escalation.unwritten import Pressed
from tickets.model import AMENDED, ASSIGNMENT_STEPS, ENDED_STATES, TURNED_DOWN_STATE, WAITING_STATE, Actor, DuePush
from tickets.notify.channel import Heard, Said
from tickets.routing import Contact, Routing
from tickets.store import Store

NOT_OURS = "bukan wewenang, lewat telepon; yang berwenang belum ditunjuk"


def take(
    store: Store,
    routing: Routing,
    now: datetime,
    push: DuePush,
    contact: Contact,
    answer: Said,
    shown: Mapping[int, int] | None = None,
) -> Heard:
    """Apply an answer; returns what the phone reads back: whether it changed anything.

    `shown` are the changes that were spoken (revisions by id): who of the agency takes the report has read them."""
    reads = answer == "accept" or (answer == "depart" and push.phase != AMENDED)
    if shown and reads and contact.opd is not None:
        store.amendments.read(now, push.assignment, shown, Actor("contact", contact.name), push.channel)
    if push.phase == AMENDED:
        return _read(contact, answer)
    state = store.assignments.get(push.assignment)["state"]
    if state in ENDED_STATES:
        return "ended"
    if answer == "accept":
        return _accept(store, routing, now, push, contact, state)
    if answer == "depart":
        return _move(store, routing, now, push, contact, "berangkat", "departed", "taken")
    if contact.opd is None:  # a contact above all OPDs has nothing to refuse
        return "unfit"
    return _move(store, routing, now, push, contact, TURNED_DOWN_STATE, "refused", "unfit")


def foretold(push: DuePush, contact: Contact, answer: Said, state: str, *, answered: bool) -> Heard:
    """Predict the result of `take` while it cannot be written; `answered`: an earlier answer could not be written
    either."""
    if push.phase == AMENDED:
        return _read(contact, answer)
    if state in ENDED_STATES:
        return "ended"
    if answer == "accept" and push.phase != WAITING_STATE:
        return "noted"
    to: tuple[str, Heard, Heard] = {
        "accept": ("diterima", "accepted", "taken"),
        "depart": ("berangkat", "departed", "taken"),
        "refuse": (TURNED_DOWN_STATE, "refused", "unfit"),
    }[answer]  # type: ignore[assignment]
    refuses_nothing = answer == "refuse" and contact.opd is None
    return to[2] if answered or refuses_nothing or to[0] not in ASSIGNMENT_STEPS.get(state, ()) else to[1]


def _read(contact: Contact, answer: Said) -> Heard:
    """A call that tells of changes knows one key: it was heard, by somebody of the agency."""
    return "noted" if answer == "accept" and contact.opd is not None else "unfit"


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
    """Write «TERIMA» of a page late, dated when it was pressed, and keep the reply for the page's own request.

    Conflict where somebody else was first: the page learns of it when it asks again."""
    row, by = store.assignments.get(pressed.assignment), Actor("user", pressed.user)
    if store.assignments.has_moved(pressed.at, row["ticket"], by):  # an earlier write was kept
        return
    pushes = follow_up(routing, row | {"kind": store.tickets.get(row["ticket"])["kind"]}, "diterima", pressed.at)
    row = store.assignments.move(pressed.at, pressed.assignment, "diterima", by, via="page", follow_up=pushes)
    if reply := pressed.reply:
        body = json.dumps({name: row[name] for name in reply["names"]}, ensure_ascii=False)
        store.replies.keep(pressed.at, reply["key"], reply["user"], reply["asked"], 200, body)
