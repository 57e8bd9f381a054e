"""The table is the flow: what it lists is expected, and what it does not list is reported and changes nothing."""

import pytest

from ivr import events as ev
from ivr import flow
from ivr.state import STAGES as ALL_STAGES
from tests.ivr.playbook import STAGES, note, present_events, step

EVENTS = {kind for kind in vars(ev).values() if isinstance(kind, type) and issubclass(kind, ev.Event)} - {ev.Event}
PAIRS = [(stage, event) for stage in STAGES for event in present_events(flow.begin("c1"))]


def listed(stage: str, event: type[ev.Event]) -> bool:
    """Whether the flow has a handler for this pair."""
    return (stage, event) in flow._TABLE or (stage != "ended" and event in flow._ANYWHERE)


def test_these_tests_know_every_stage_and_event() -> None:
    """A new stage or event must be added here, or it would go untested."""
    assert tuple(ALL_STAGES) == tuple(STAGES)
    assert {type(event) for _, event in PAIRS} == EVENTS


def test_the_table_names_what_exists() -> None:
    """No row of the table is for a stage or event that cannot be; none repeats what holds anywhere."""
    assert {stage for stage, _ in flow._TABLE} == set(ALL_STAGES)
    assert {event for _, event in flow._TABLE} | set(flow._ANYWHERE) == EVENTS
    assert [pair for pair in flow._TABLE if pair[1] in flow._ANYWHERE] == [("arrived", ev.Restored)]


@pytest.mark.parametrize("stage", STAGES)
def test_every_pair(stage: str) -> None:
    """Listed: not reported as unexpected. Not listed: reported, or passed over after the end; nothing else changes."""
    before = STAGES[stage]().state
    assert before.stage == stage
    for event in present_events(before):
        after, commands = step(before, event)
        report = note("call.unexpected", stage=stage, event=type(event).__name__)
        if listed(stage, type(event)):
            assert report not in commands
        else:
            assert (after, commands) == (before, () if stage == "ended" else (report,)), event


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "ended"])
def test_a_caller_can_always_hang_up_or_be_taken_away(stage: str) -> None:
    """At every stage the caller may go, and Asterisk may take over or die: then the call has ended."""
    for event in (ev.CallerGone(), ev.LeftToFailsafe(), ev.Cut()):
        after, _ = step(STAGES[stage]().state, event)
        assert after.stage == "ended"
