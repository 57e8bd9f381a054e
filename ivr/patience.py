"""The pause after a question: time to press a key, and less of it for somebody who speaks."""

from datetime import datetime, timedelta

from ivr.state import Script
from ivr.step import Step


def begin(step: Step, now: datetime, seconds: float, script: Script) -> None:
    """The question is over; who spoke during it most likely will not press, but «halo» and then a key still counts."""
    if step.state.spoke:
        seconds = min(seconds, script.screening.speak_patience_s)
    _until(step, now, seconds)


def shorten(step: Step, now: datetime, script: Script) -> None:
    """Somebody speaks in the pause: they have `speak_patience_s` from now, and never longer than they had before."""
    if step.state.asked_until is None:
        return
    left = (datetime.fromisoformat(step.state.asked_until) - now).total_seconds()
    if script.screening.speak_patience_s < left:
        _until(step, now, script.screening.speak_patience_s)


def _until(step: Step, now: datetime, seconds: float) -> None:
    step.wake("patience", seconds)
    step.set(asked_until=(now + timedelta(seconds=seconds)).isoformat())
