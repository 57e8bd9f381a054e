"""Effects of an answer on the telephone on its assignment, in the transaction of the attempt that it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from tickets.errors import Conflict
from tickets.escalation.ladder import channels_of, follow_up
from tickets.escalation.unwritten import Pressed
from tickets.model import AMENDED, ASSIGNMENT_STEPS, ENDED_STATES, TURNED_DOWN_STATE, WAITING_STATE, Actor, DuePush
from tickets.notify.channel import Heard, Said
from tickets.routing import Contact, Routing
from tickets.store import Store

NOT_OURS = "bukan wewenang, lewat telepon; yang berwenang belum ditunjuk"


def meant(push: DuePush, contact: Contact, key: Said) -> Said:
    """The meaning of a key: nobody but the agency's own contacts answers for it, everybody else «knows» with key 1."""
    return "know" if contact.opd != push.opd and key == "accept" else key


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
    own, amended = contact.opd == push.opd, push.phase == AMENDED
    if shown and own and (answer == "accept" or (answer == "depart" and not amended)):
        store.amendments.read(now, push.assignment, shown, Actor("contact", contact.name), push.channel)
    if amended and own:
        return _read(answer)
    state = store.assignments.get(push.assignment)["state"]
    if state in ENDED_STATES and not (amended and answer == "know"):
        return "ended"
    if answer == "know":
        know(store, routing, now, push.assignment, contact, Actor("contact", contact.name), push.channel)
        return "known"
    if contact.opd != push.opd:
        return "unfit"
    if answer == "accept":
        return _accept(store, routing, now, push, contact, state)
    if answer == "depart":
        return _move(store, routing, now, push, contact, "berangkat", "departed", "taken")
    return _move(store, routing, now, push, contact, TURNED_DOWN_STATE, "refused", "unfit")


def foretold(push: DuePush, contact: Contact, answer: Said, state: str, *, answered: bool) -> Heard:
    """Predict the result of `take` while it cannot be written; `answered`: an earlier answer could not be written
    either."""
    if push.phase == AMENDED and contact.opd == push.opd:
        return _read(answer)
    if state in ENDED_STATES and not (push.phase == AMENDED and answer == "know"):
        return "ended"
    if answer == "know":
        return "known"
    if contact.opd != push.opd:
        return "unfit"
    if answer == "accept" and push.phase != WAITING_STATE:
        return "noted"
    to: tuple[str, Heard, Heard] = {
        "accept": ("diterima", "accepted", "taken"),
        "depart": ("berangkat", "departed", "taken"),
        "refuse": (TURNED_DOWN_STATE, "refused", "unfit"),
    }[answer]  # type: ignore[assignment]
    return to[2] if answered or to[0] not in ASSIGNMENT_STEPS.get(state, ()) else to[1]


def quiet_s(routing: Routing, push: DuePush, answer: Said, follow_up_s: float) -> float:
    """The time for which an answer by key leaves this contact alone with this push; 0: the step's own interval."""
    if answer == "know":
        return routing.known_s
    return follow_up_s if answer == "accept" and push.phase != WAITING_STATE else 0.0


def know(
    store: Store, routing: Routing, now: datetime, assignment: int, contact: Contact, actor: Actor, via: str
) -> datetime:
    """«Saya tahu, saya tangani»: leave this contact alone with this assignment for a while; returns the end.

    The agency is pushed on. Unanswered by then, the contact is pushed by one channel more than before."""
    louder = channels_of(contact, mobiles=routing.mobiles)
    return store.snoozes.begin(now, assignment, contact.name, routing.known_s, actor, via=via, louder=louder)


def _read(answer: Said) -> Heard:
    """A call that tells of changes knows one key: it was heard."""
    return "noted" if answer == "accept" else "unfit"


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
