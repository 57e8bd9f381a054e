"""A call in the waiting line: lanes, music, announced position, and the phones that ring for it."""

from datetime import datetime

from ivr import events as ev
from ivr import keys
from ivr.commands import Ring
from ivr.state import Leg, Script
from ivr.step import Step

HIGHEST_POSITION = 10
LISTENED_S = 3.0


def into_line(step: Step, lane: str, script: Script, mark: str | None = None) -> None:
    """Put the call into a lane: music and the silent hold, or a prompt and then positions."""
    step.set(mark=mark)
    step.enqueue(lane)
    if lane == "silent":
        step.music()
        step.wake("silent", script.screening.silent_hold_s)
    else:
        step.say(script.connecting, then="music")
        step.wake("position", script.position_every_s)


def back_in_line(step: Step, script: Script) -> None:
    """Return to the line after our restart, with lane and mark; a silent caller is asked for a key that may be lost."""
    if step.state.lane != "silent":
        into_line(step, step.state.lane or "urgent", script, mark=step.state.mark)
        return
    step.enqueue("silent")
    step.say(script.any_key, then="music")
    step.wake("silent", script.screening.silent_hold_s)


def silent_long_enough(step: Step, event: ev.Wakeup, script: Script) -> None:
    """Say goodbye to a silent caller, but never while an operator listens: there may be something to hear yet."""
    if event.listened:
        step.wake("silent", LISTENED_S)
    else:
        step.say(script.goodbye_silent, then="goodbye")


def waiting_person(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Move a silent call to `urgent` at the first key or voice: a sign of a person."""
    if isinstance(event, ev.Digit):
        keys.remember_key(step, event)
    step.set(person=True)
    if step.state.lane == "silent":
        into_line(step, "urgent", script, mark="tanpa tombol")


def position(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Announce the position in the line at intervals, so that no caller feels forgotten."""
    assert isinstance(event, ev.Wakeup)
    step.say(*_place_in_line(event.position), then="music")
    step.wake("position", script.position_every_s)


def _place_in_line(position: int | None) -> tuple[str, ...]:
    if position is None or not 1 <= position <= HIGHEST_POSITION:
        return ("tetap-di-telepon",)
    return ("antrean", f"angka-{position}", "tetap-di-telepon")


def offered(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Ring the phones of the operators to whom the line offers the call."""
    assert isinstance(event, ev.Offered)
    if step.state.lane == "silent":
        _leave_silence(step)
    step.set(stage="ringing")
    for operator in event.operators:
        leg = Leg(f"op-{step.state.call}-{step.serial()}", operator)
        step.set(legs=(*step.state.legs, leg), rang=True)
        step.do(Ring(operator, leg.id))
        step.note("operator.ringing", operator=operator, leg=leg.id)


def _leave_silence(step: Step) -> None:
    """Stop timer and goodbye of a silent call: an operator's phone rings for it now."""
    step.set(lane="urgent")
    step.calm()
    if step.state.then == "goodbye":
        step.hush()
        step.music()


def taken(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Give the call to the operator who took it: other phones stop ringing, that operator's rings."""
    assert isinstance(event, ev.Taken)
    step.drop_legs()
    step.calm()
    step.note("operator.took", operator=event.operator)
    if step.state.lane == "silent":
        _leave_silence(step)
    if event.leg is None:
        offered(step, ev.Offered((event.operator,)), now, script)
    else:
        step.set(stage="ringing", legs=(Leg(event.leg, event.operator),), rang=True)
