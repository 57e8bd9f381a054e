"""The ladder of an emergency that nobody has dispatched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.world import START
from tickets.escalation.unsent import (
    DEFAULT_STEPS,
    LONGEST_GRACE_S,
    UnsentStep,
    UnsentTicket,
    begins_at,
    first_due,
    is_unsent,
    next_due,
)


@pytest.mark.parametrize(
    "ticket",
    [
        UnsentTicket(kind="emergency"),
        UnsentTicket(lane="urgent"),
        UnsentTicket(urgent_category=True),
        UnsentTicket(urgent_words=True),
        UnsentTicket(recorded_message=True),
        UnsentTicket(sent_back=True),
    ],
)
def test_each_sign_of_an_emergency_counts(ticket: UnsentTicket) -> None:
    """One sign is enough, until an agency has it, it is closed, or a person gave a reason."""
    assert is_unsent(ticket)
    assert not is_unsent(replace(ticket, open_assignments=1))
    assert not is_unsent(replace(ticket, closed=True))
    assert not is_unsent(replace(ticket, silenced=True))


def test_a_complaint_without_a_sign_is_not_unsent() -> None:
    """A plain complaint waits for nobody's agency here."""
    assert not is_unsent(UnsentTicket(lane="normal"))


def test_the_room_and_the_command_centre_are_in_time_after_the_longest_grace() -> None:
    """The room by 90 s and the command centre by 180 s after the talk, however long the operator types."""
    edits = tuple(START + timedelta(seconds=second) for second in range(0, 600, 5))
    begun = begins_at(START, edits)
    due = {step.audience: (first_due(step, begun) - START).total_seconds() for step in DEFAULT_STEPS}
    assert due == {"desk": 60, "room": 90, "command_centre": 180}


@given(st.lists(st.floats(0, 3600), max_size=20))
def test_edits_never_hold_the_ladder_back_beyond_the_longest_grace(seconds: list[float]) -> None:
    """The beginning lies within the longest grace, whatever is typed."""
    begun = begins_at(START, tuple(START + timedelta(seconds=second) for second in seconds))
    assert START < begun <= START + timedelta(seconds=LONGEST_GRACE_S)


@given(st.sampled_from(DEFAULT_STEPS), st.floats(0, 86400 * 30))
def test_pushes_stay_on_the_grid_without_end(step: UnsentStep, late_s: float) -> None:
    """However late the daemon is, the next push is in the future, within one interval, and on the step's grid."""
    now = first_due(step, START) + timedelta(seconds=late_s)
    due = next_due(step, START, now)
    assert now < due <= now + timedelta(seconds=step.every_s)
    assert (due - first_due(step, START)) % timedelta(seconds=step.every_s) == timedelta()
