"""Consequences of a late complaint: contacts above its agency are pushed, and an unforwarded complaint is forwarded.

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
    """Complaints that have become late, each with its term: once, and again on each working day on which the agency
    moved but is still late."""
    rows = [(row, clock(terms, now, row, row["waits_since"])) for row in store.complaints.running()]
    return [(row["ticket"], term) for row, term in rows if term and term["late"] and _is_time(terms, now, row)]


def _is_time(terms: Terms, now: datetime, row: Row) -> bool:
    if row["alarmed_at"] is None:
        return True
    alarmed, touched = from_text(row["alarmed_at"]), row["touched_at"]
    days = terms.calendar.between(alarmed.astimezone(terms.zone).date(), now.astimezone(terms.zone).date())
    return days > 0 and touched is not None and from_text(touched) > alarmed


def act(store: Store, routing: Routing, terms: Terms, now: datetime, ticket: str, term: Row) -> None:
    """Carry out the consequences for one late complaint, within the caller's transaction."""
    row = store.complaints.show(ticket)
    for assignment in row["assignments"]:
        opd, state = assignment["opd"], assignment["state"]
        # a complaint that was turned down waits for a named taker
        if assignment["ended_at"] is None and state != TURNED_DOWN_STATE and opd in routing.opds:
            pushes = tuple(replace(push, phase=state) for push in at_once(routing, opd, now))
            store.assignments.replan(now, assignment["id"], pushes, CLOCK, "aduan melewati tenggat")
    if term["what"] == "pass_on" and not terms.url:
        _pass_on(store, routing, now, row)
    store.complaints.alarmed(now, ticket, term["what"], term["left"])


def at_once(routing: Routing, opd: str, now: datetime) -> tuple[PlannedPush, ...]:
    """The whole ladder of a complaint from now on: the head and the command centre are not waited for."""
    return tuple(replace(push, due_at=now) for push in plan(routing, opd, now, "complaint"))


def _pass_on(store: Store, routing: Routing, now: datetime, row: Row) -> None:
    """Forward a complaint that waited too long in the inbox to the agencies that routing proposes."""
    for opd in propose(routing, row["category"], row["kecamatan"]).opds:
        ladder, patience = plan(routing, opd, now, "complaint"), patience_s(routing, opd, "complaint")
        store.assignments.dispatch(now, row["ticket"], opd, ladder, patience, CLOCK)
