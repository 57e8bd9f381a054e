"""The pause after a question: time to press a key, and less of it for a caller who speaks."""

from datetime import datetime, timedelta

from ivr.state import Script
from ivr.step import Step


def begin(step: Step, now: datetime, seconds: float, script: Script) -> None:
    """Start the pause. A caller who spoke during the question gets a short one: «halo» and then a key still counts."""
    if step.state.spoke:
        seconds = min(seconds, script.screening.speak_patience_s)
    _until(step, now, seconds)


def shorten(step: Step, now: datetime, script: Script) -> None:
    """Shorten the pause for a caller who speaks in it: to `speak_patience_s` from now, never to more than is left."""
    if step.state.asked_until is None:
        return
    left = (datetime.fromisoformat(step.state.asked_until) - now).total_seconds()
    if script.screening.speak_patience_s < left:
        _until(step, now, script.screening.speak_patience_s)


def _until(step: Step, now: datetime, seconds: float) -> None:
    step.wake("patience", seconds)
    step.set(asked_until=(now + timedelta(seconds=seconds)).isoformat())
