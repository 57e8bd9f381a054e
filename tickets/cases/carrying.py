"""The age that a ticket carries on when it is handed over: nobody above an agency waits longer because of it."""

from dataclasses import dataclass
from datetime import datetime

from tickets.escalation.ladder import FOLLOW_UPS, carry_on
from tickets.model import TURNED_DOWN_STATE, WAITING_STATE, HandedOn, PlannedPush, Row, from_text
from tickets.routing import Routing
from tickets.store import Store

# From this hand-over on, those above the agencies are pushed at once.
TELLS_ABOVE = 2


@dataclass(frozen=True, slots=True)
class Past:
    """The past of a ticket that is handed over: its age, and the ladder that pushed for an answer until then."""

    on: HandedOn
    ladder: tuple[PlannedPush, ...] = ()


def past_of(store: Store, now: datetime, row: Row, *, counted: bool = True) -> Past:
    """The past that goes on with the ticket of an assignment which is handed over at `now`; `counted`: by its agency.

    Time without an answer adds up over the agencies; one that had accepted ends it."""
    times = row["handed_on"] + counted
    if not _is_unanswered(row):
        return Past(HandedOn(now, times))
    return Past(HandedOn(_since(row), times), planned(store, row))


def came_back(store: Store, now: datetime, ticket: str) -> Past | None:
    """The past of a ticket whose last task came back to 112, which now sends it on; None where nothing waits."""
    row = store.assignments.returned(ticket)
    if row is None:
        return None
    times = row["handed_on"] + 1
    if any(store.assignments.planned(row["id"], state) for state in FOLLOW_UPS):  # it had accepted before
        return Past(HandedOn(from_text(row["ended_at"]), times))
    return Past(HandedOn(_since(row), times), planned(store, row))


def carried(routing: Routing, opd: str, now: datetime, past: Past, kind: str) -> tuple[PlannedPush, ...]:
    """The ladder of an agency that takes a ticket with this past over."""
    above_now = past.on.times >= TELLS_ABOVE
    return carry_on(routing, opd, now, past.on.since, kind, above=past.ladder, above_now=above_now)


def _is_unanswered(row: Row) -> bool:
    return row["state"] in (WAITING_STATE, TURNED_DOWN_STATE)


def _since(row: Row) -> datetime:
    return from_text(row["unanswered_since"] or row["dispatched_at"])


def planned(store: Store, row: Row) -> tuple[PlannedPush, ...]:
    """The ladder of an assignment for its first answer, as it was planned; each push once."""
    rows = store.assignments.planned(row["id"], WAITING_STATE)
    pushes = {
        (each["step"], each["contact"], each["channel"]): PlannedPush(
            each["step"], each["contact"], each["channel"], from_text(each["first_due_at"]), each["every_s"]
        )
        for each in rows
    }
    return tuple(pushes.values())
