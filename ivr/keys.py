"""What the caller pressed."""

from datetime import datetime

from ivr import events as ev
from ivr.state import Script
from ivr.step import Step

# a stuck key fills no row
MAX_KEYS = 64


def remember_key(step: Step, event: ev.Event) -> str:
    assert isinstance(event, ev.Digit)
    if len(step.state.keys) < MAX_KEYS:
        step.set(keys=step.state.keys + event.key)
    return event.key


def remember(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    remember_key(step, event)
    step.set(person=True)
