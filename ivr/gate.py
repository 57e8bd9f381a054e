"""Arrival and gate: the opening hours decide; after hours a message can be left."""

from datetime import datetime

from ivr import ending, keys, screening
from ivr import events as ev
from ivr.commands import Answer, Callback, DeadMan
from ivr.hours import decide
from ivr.state import Script
from ivr.step import Step


def arrived(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Answer, and lead to the first menu, or to the after-hours message."""
    gate = decide(script.hours, now, until=False)
    step.do(Answer(), DeadMan(True))
    step.set(answered=True)
    step.note("call.gate", open=gate.open, reason=gate.reason)
    if isinstance(event, ev.Arrived) and not event.callable:
        step.set(unreachable=True)
    if isinstance(event, ev.Arrived) and event.doubt is not None:
        step.set(doubt=event.doubt, sampled=event.sampled)
        step.note("call.doubt", reason=event.doubt, sampled=event.sampled)
    if gate.open:
        screening.begin(step, script)
    else:
        step.set(stage="closed", tries=1)
        step.say(script.closed, then="patience")


def closed_quiet(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Repeat the after-hours message for a caller who pressed nothing; then end the call."""
    if step.state.tries < script.closed_tries:
        step.set(tries=step.state.tries + 1)
        step.say(script.closed, then="patience")
    else:
        ending.after_hours(step, script, hangup=True)


def closed_key(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Let the caller leave a message; any key asks for that."""
    keys.remember_key(step, event)
    if not script.hours.after_hours.leave_message:
        return
    step.calm()
    step.set(stage="recording")
    step.say(*script.leave_message, then="record")


def message_recorded(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Thank for a message; of an empty one the after-hours message is said once more."""
    assert isinstance(event, ev.MessageRecorded)
    if step.state.outcome == "message":  # reported before
        return
    if event.seconds <= 0:
        # nothing was recorded: no thanks, but the other numbers again and one more chance to leave a message
        step.note("call.message_lost", recording=event.recording)
        step.set(stage="closed", tries=script.closed_tries, outcome=None, recording=None)
        step.say(script.closed, then="patience")
        return
    step.note("call.message", recording=event.recording, seconds=event.seconds)
    step.set(outcome="message")
    step.say(script.message_kept, then="goodbye")


def message_after_end(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Correct the outcome of an ended call by the length of its message."""
    assert isinstance(event, ev.MessageRecorded)
    if step.state.outcome != "message":
        return
    if event.seconds > 0:
        step.note("call.message", recording=event.recording, seconds=event.seconds)
    else:
        step.set(outcome="after_hours", recording=None)
        step.do(Callback(ending.NO_MESSAGE))
        step.note("call.message_lost", recording=event.recording)
