"""Operators' phones: ringing, answered, lost; the talk, hold and transfer."""

from datetime import datetime

from ivr import events as ev
from ivr import lineup
from ivr.commands import Cancel, Connect, DeadMan, Dequeue, Disconnect, Music, RecordTalk, Release, StopPlay
from ivr.state import Leg, Script
from ivr.step import Step

# The cause of an unanswered phone -> the reason of the release; each has its pause (agents.presence.COOL_DOWN_S).
_RELEASED = {
    "declined": "declined",
    "forwarded": "declined",
    "busy": "busy",
    "unreachable": "unreachable",
    "lost": "unreachable",
}

# A prompt that began before a talk has one of the last serial numbers of the call.
LAST_NUMBERS = 8


def _leg(step: Step, leg_id: str) -> Leg | None:
    return next((leg for leg in step.state.legs if leg.id == leg_id), None)


def leg_ringing(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Change nothing: the leg stood in the state that was saved with the Ring command, and the screen-pop with it."""


def leg_answered(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Connect the caller to the first phone that is picked up; the others stop ringing."""
    assert isinstance(event, ev.LegAnswered)
    if step.state.talking is not None and step.state.talking.id == event.leg:
        return
    leg = _leg(step, event.leg)
    if leg is None:  # a second winner, or one that was cancelled while it picked up
        step.do(Cancel(event.leg, elsewhere=True))
        return
    step.drop_legs(but=leg)
    step.calm()
    step.hush()
    recording = f"calls/{now:%Y/%m/%d}/{step.state.call}-{leg.id.rpartition('-')[2]}"
    step.set(stage="talking", talking=leg, operator=leg.operator, recording=recording)
    step.do(DeadMan(False), Dequeue(), Connect(leg.id, recording))
    step.note("call.talking", operator=leg.operator)


def restored(step: Step, event: ev.Restored, now: datetime, script: Script) -> None:
    """Resume a talk after our restart; where the saved step was to connect and did not, connect now."""
    leg = step.state.talking
    if leg is not None and leg.id not in event.legs:
        talking_leg_ended(step, ev.LegEnded(leg.id, "lost"), now, script)
        return
    step.do(DeadMan(False))
    if leg is None:
        return
    recording = step.state.recording or ""
    if leg.id in event.answered and leg.id not in event.bridged:
        # a prompt that still plays would hold up the bridge
        numbers = range(max(1, step.state.serial - LAST_NUMBERS), step.state.serial + 1)
        step.do(*(StopPlay(f"pb-{step.state.call}-{number}") for number in numbers), Music(False))
        step.set(music=False)
        step.do(Connect(leg.id, recording))
    elif not event.recorded:
        step.do(RecordTalk(recording))


def let_go(step: Step, event: ev.Restored) -> None:
    """Finish a tear-down that was saved but not carried out: destroy an ended talk's bridge, cancel legs without owner.

    A leg with a higher number than the state has belongs to a step that was not saved. It is cancelled while it rings,
    but not once it talks."""
    state = step.state
    own = {leg.id for leg in (*state.legs, state.talking) if leg is not None}
    foreign = [leg for leg in event.legs if leg.startswith(f"op-{state.call}-") and leg not in own]
    unsaved = {leg for leg in foreign if leg in event.bridged and int(leg.rpartition("-")[2]) > state.serial}
    if state.talking is None and event.bridged and not unsaved:
        step.do(Disconnect())
    step.do(*(Cancel(leg, elsewhere=leg not in event.answered) for leg in foreign if leg not in unsaved))


def ringing_leg_ended(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Free an operator whose phone did not answer; without any other ringing phone the call is back in the line."""
    assert isinstance(event, ev.LegEnded)
    leg = _leg(step, event.leg)
    if leg is None:
        return
    step.set(legs=tuple(other for other in step.state.legs if other != leg))
    why = _RELEASED.get(event.reason, "missed")
    if why == "unreachable":  # a phone whose registration is lost, or that Asterisk was slow to ring, may ring still
        step.do(Cancel(leg.id))
    step.do(Release(leg.operator, why))
    step.note("operator.missed", operator=leg.operator, reason=event.reason)
    if not step.state.legs:
        step.enqueue(step.state.lane or "urgent")
        if step.state.timer is None:
            step.wake("position", script.position_every_s)


def talking_leg_ended(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """End the call that the operator hung up; after a lost phone the caller is kept and goes to the next operator."""
    assert isinstance(event, ev.LegEnded)
    leg = step.state.talking
    if leg is None or leg.id != event.leg:
        return
    step.set(talking=None)
    step.do(Disconnect())
    if event.reason == "hung_up":
        step.do(Release(leg.operator, "talked"))
        step.end("talked", hangup=True)
        return
    step.do(Cancel(leg.id), Release(leg.operator, "talked"))  # the bridge may have failed while the phone is still up
    step.note("operator.lost", operator=leg.operator)
    step.set(mark="terputus")
    step.do(DeadMan(True))
    step.enqueue("urgent")
    step.say(script.reconnecting, then="music")
    step.wake("position", script.position_every_s)


def transferred(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Ring the colleague while the caller hears music; unanswered, the caller is back in the line."""
    assert isinstance(event, ev.Transferred)
    leg = step.state.talking
    step.do(Disconnect(), DeadMan(True))
    if leg is not None:
        step.do(Cancel(leg.id), Release(leg.operator, "talked"))
    step.set(talking=None, music=False)
    by = {"by": leg.operator} if leg is not None else {}
    step.note("call.transferred", operator=event.operator, **by, **({"note": event.note} if event.note else {}))
    step.enqueue("urgent")
    step.music()
    lineup.offered(step, ev.Offered((event.operator,)), now, script)


def held(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Play music to a caller on hold."""
    step.do(Music(True))
    step.set(music=True)
    step.note("call.held")


def resumed(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Stop the music of a caller who is back from hold."""
    step.do(Music(False))
    step.set(music=False)
    step.note("call.resumed")
