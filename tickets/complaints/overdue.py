"""What follows when a complaint is late: those above its agency are pushed; what nobody passed on is passed on.

The ladders are those of routing.yaml; nothing here ends a push.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tickets.complaints.states import Terms, clock, patience_s
from tickets.escalation.ladder import plan
from tickets.model import TURNED_DOWN_STATE, Actor, PlannedPush, Row, from_text
from tickets.routing import Routing, propose
from tickets.store import Store

CLOCK = Actor("process", "wadul-clock")


def late(store: Store, terms: Terms, now: datetime) -> list[tuple[str, Row]]:
    """Every complaint that has become late, and its term: each once, and once more on each working day on which its
    agency moved and is late all the same."""
    rows = [(row, clock(terms, now, row, row["waits_since"])) for row in store.complaints.running()]
    return [(row["ticket"], term) for row, term in rows if term and term["late"] and _is_time(terms, now, row)]


def _is_time(terms: Terms, now: datetime, row: Row) -> bool:
    if row["alarmed_at"] is None:
        return True
    told, touched = from_text(row["alarmed_at"]), row["touched_at"]
    days = terms.calendar.between(told.astimezone(terms.zone).date(), now.astimezone(terms.zone).date())
    return days > 0 and touched is not None and from_text(touched) > told


def act(store: Store, routing: Routing, terms: Terms, now: datetime, ticket: str, term: Row) -> None:
    """What follows for one of them, within the caller's transaction."""
    row = store.complaints.show(ticket)
    for one in row["assignments"]:
        moves = one["ended_at"] is None and one["state"] != TURNED_DOWN_STATE  # that one waits for a named taker
        if moves and one["opd"] in routing.opds:
            pushes = tuple(replace(push, phase=one["state"]) for push in at_once(routing, one["opd"], now))
            store.assignments.replan(now, one["id"], pushes, CLOCK, "aduan melewati tenggat")
    if term["what"] == "pass_on" and not terms.url:
        _pass_on(store, routing, now, row)
    store.complaints.alarmed(now, ticket, term["what"], term["left"])


def at_once(routing: Routing, opd: str, now: datetime) -> tuple[PlannedPush, ...]:
    """The whole ladder of a complaint from now on: the head and the command centre are not waited for."""
    return tuple(replace(push, due_at=now) for push in plan(routing, opd, now, "complaint"))


def _pass_on(store: Store, routing: Routing, now: datetime, row: Row) -> None:
    """Nothing rots in the inbox: it goes to the agencies that routing proposes."""
    for opd in propose(routing, row["category"], row["kecamatan"]).opds:
        ladder, patience = plan(routing, opd, now, "complaint"), patience_s(routing, opd, "complaint")
        store.assignments.dispatch(now, row["ticket"], opd, ladder, patience, CLOCK)
