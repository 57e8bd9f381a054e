"""The keys that the caller pressed."""

from datetime import datetime

from ivr import events as ev
from ivr.state import Script
from ivr.step import Step

# a stuck key must not fill the row
MAX_KEYS = 64


def remember_key(step: Step, event: ev.Event) -> str:
    """Add a key to those that are saved; the key."""
    assert isinstance(event, ev.Digit)
    if len(step.state.keys) < MAX_KEYS:
        step.set(keys=step.state.keys + event.key)
    return event.key


def remember(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Save a key that asks for nothing here: it is a sign of a person."""
    remember_key(step, event)
    step.set(person=True)
