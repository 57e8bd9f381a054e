"""Tasks that are open while routing.yaml changes: their pushes follow the new ladder, and none is left without any.

A push that the new ladder has, too, goes on as it is; one that it has no longer ends; a new one is due at its own time
from the same beginning, or at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tickets.escalation.ladder import duty_plan, follow_up, is_above, plan
from tickets.model import TURNED_DOWN_STATE, WAITING_STATE, Actor, PlannedPush, Row, from_text
from tickets.routing import Routing, ladder_for
from tickets.store import Store

ROUTING = Actor("process", "routing")
CHANGED = "routing.yaml berubah"
GONE = "OPD ini tidak ada lagi di routing.yaml: kontak siaga didorong, halamannya tetap ada sampai tugas ini selesai"


@dataclass(frozen=True, slots=True)
class Change:
    """The pushes of one assignment that end (ids) and begin."""

    ended: tuple[int, ...]
    begun: tuple[PlannedPush, ...]


def reroute(store: Store, old: Routing | None, new: Routing, now: datetime) -> int:
    """Give every open assignment that the change concerns its new pushes; returns their number.

    `old` None: what was in force before is not known (a start); then only those that would be left without any."""
    count = 0
    for row in store.assignments.open_ones():
        pushes = store.assignments.planned_now(row["id"])
        if pushes and _concerned(row, pushes, old, new):
            change = _change(row, pushes, old, new, now)
            if change.ended or change.begun:
                why = CHANGED if row["opd"] in new.opds else GONE
                store.assignments.reroute(now, row["id"], change.ended, change.begun, ROUTING, why)
                count += 1
    return count + store.amendments.left_without(new.contacts)


def _concerned(row: Row, pushes: Iterable[Row], old: Routing | None, new: Routing) -> bool:
    if any(push["contact"] not in new.contacts for push in pushes):
        return True
    if row["opd"] not in new.opds:
        return old is not None and row["opd"] in old.opds
    if old is None or row["opd"] not in old.opds:
        return old is not None
    return ladder_for(old, row["opd"], row["kind"]) != ladder_for(new, row["opd"], row["kind"])


def _change(row: Row, pushes: list[Row], old: Routing | None, new: Routing, now: datetime) -> Change:
    wanted = {(push.contact, push.channel, push.every_s): push for push in reversed(_wanted(row, pushes, new, now))}
    held = _held(row, pushes, old, new)
    keys = {(push["contact"], push["channel"], push["every_s"]) for push in pushes}
    ended = tuple(
        push["id"]
        for push in pushes
        if push["id"] not in held and (push["contact"], push["channel"], push["every_s"]) not in wanted
    )
    after = max(push["step"] for push in pushes)  # the proof holds old and new steps to their own intervals
    begun = tuple(
        replace(push, step=after + push.step, due_at=max(push.due_at, now))
        for key, push in reversed(wanted.items())
        if key not in keys
    )
    return Change(ended, begun)


def _wanted(row: Row, pushes: list[Row], new: Routing, now: datetime) -> tuple[PlannedPush, ...]:
    """The pushes of the state that the assignment is in, by the new ladder and from the beginning of the old one."""
    state, begun = row["state"], min(from_text(push["first_due_at"]) for push in pushes)
    if row["opd"] not in new.opds:
        return tuple(replace(push, phase=state) for push in duty_plan(new, now))
    if state == TURNED_DOWN_STATE:
        return follow_up(new, row, state, begun)
    if state == WAITING_STATE and row["unanswered_since"] is not None:
        begun = from_text(row["unanswered_since"])
    return tuple(replace(push, phase=state) for push in plan(new, row["opd"], begun, row["kind"]))


def _held(row: Row, pushes: Iterable[Row], old: Routing | None, new: Routing) -> frozenset[int]:
    """Pushes to those above that are no part of the agency's own former ladder: of a former agency's, or all where the
    agency or its former ladder is not known."""
    own: set[str] = set()
    if old is not None and row["opd"] in old.opds and row["opd"] in new.opds:
        own = {target.contact for step in ladder_for(old, row["opd"], row["kind"]).steps for target in step.notify}
    return frozenset(push["id"] for push in pushes if is_above(new, push["contact"]) and push["contact"] not in own)
