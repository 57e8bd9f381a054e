"""The ladder of an emergency that nobody has dispatched: its beginning, its pages and their times; pure.

The store keeps the beginning and the due times, so a restart changes neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# An edit holds the ladder back for so long, and all edits together for at most LONGEST_GRACE_S after the talk.
GRACE_S = 20.0
LONGEST_GRACE_S = 60.0


@dataclass(frozen=True, slots=True)
class UnsentStep:
    """A page that is pushed `after_s` after the ladder began, then every `every_s` without end."""

    audience: str
    after_s: float
    every_s: float


# In force where routing.yaml has no `unsent`: the operator's desk, all desks, the command centre.
DEFAULT_STEPS = (UnsentStep("desk", 0, 15), UnsentStep("room", 30, 15), UnsentStep("command_centre", 120, 30))


@dataclass(frozen=True, slots=True)
class UnsentTicket:
    """The facts of a ticket that decide: `silenced` is a reason of a named person (prank, talked out, merged)."""

    kind: str = "complaint"
    lane: str | None = None
    urgent_category: bool = False
    urgent_words: bool = False
    recorded_message: bool = False
    sent_back: bool = False
    open_assignments: int = 0
    closed: bool = False
    silenced: bool = False


def is_unsent(ticket: UnsentTicket) -> bool:
    """Tell an open ticket that shows an emergency, with no agency and no reason against one."""
    if ticket.closed or ticket.silenced or ticket.open_assignments:
        return False
    signs = (ticket.urgent_category, ticket.urgent_words, ticket.recorded_message, ticket.sent_back)
    return ticket.kind == "emergency" or ticket.lane == "urgent" or any(signs)


def begins_at(talk_ended: datetime, edits: tuple[datetime, ...] = ()) -> datetime:
    """Time of the beginning: GRACE_S after the talk or the last edit, at most LONGEST_GRACE_S after the talk."""
    latest = max((talk_ended, *edits))
    return min(latest + timedelta(seconds=GRACE_S), talk_ended + timedelta(seconds=LONGEST_GRACE_S))


def first_due(step: UnsentStep, begun: datetime) -> datetime:
    """Time of a step's first push."""
    return begun + timedelta(seconds=step.after_s)


def next_due(step: UnsentStep, begun: datetime, now: datetime) -> datetime:
    """Time of a step's first push after `now`, on the grid from its beginning: a late daemon makes no drift."""
    first = first_due(step, begun)
    if now < first:
        return first
    every = timedelta(seconds=step.every_s)
    return first + ((now - first) // every + 1) * every
