"""Writes planned pushes of an assignment: of its ladder, and of what changed after its dispatch."""

from collections.abc import Sequence
from datetime import datetime

from tickets.model import PlannedPush, to_text
from tickets.store.connection import Connection

# Plans one line of a ladder, due for the first time at `due_at`.
_PLAN = """INSERT INTO pushes (assignment, phase, step, contact, channel, due_at, first_due_at, every_s, planned_at)
    VALUES (:assignment, :phase, :step, :contact, :channel, :due_at, :due_at, :every_s, :at)"""


def write_plan(
    db: Connection, now: datetime, assignment: int, pushes: Sequence[PlannedPush], steps_before: int = 0
) -> None:
    """Add these pushes; `steps_before` is added to the number of each step."""
    for push in pushes:
        db.run(
            _PLAN,
            at=to_text(now),
            assignment=assignment,
            phase=push.phase,
            step=steps_before + push.step,
            contact=push.contact,
            channel=push.channel,
            due_at=to_text(push.due_at),
            every_s=push.every_s,
        )
