"""The ends of a call, each with what it leaves behind."""

from datetime import datetime

from ivr import events as ev
from ivr.commands import Callback, Cancel, Dequeue, Disconnect, Release
from ivr.state import Script
from ivr.step import Step


def goodbye(step: Step) -> None:
    if step.state.stage == "recording":
        step.end(step.state.outcome or "after_hours", hangup=True)
    else:
        step.do(Callback("hening"))
        step.end("silent", hangup=True)


def caller_gone(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    stage = step.state.stage
    if stage == "talking":
        _let_go(step)
        step.end("talked", hangup=False)
    elif stage == "recording" or step.state.outcome == "message":
        # what was said stays on disk; MessageRecorded may still follow and say that there was nothing
        step.end("message" if step.state.recording else "after_hours", hangup=False)
    elif stage == "closed":
        step.end("after_hours", hangup=False)
    else:
        if stage in ("waiting", "ringing"):
            step.do(Callback(_why_called_back(step)))
        step.end("silent" if step.state.lane == "silent" else "abandoned", hangup=False)


def cut(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Asterisk died under the call: a talk stays a talk, and whoever it was is called back."""
    stage, leg = step.state.stage, step.state.talking
    step.note("call.cut", stage=stage)
    step.do(Callback("terputus"))
    step.do(*(Release(one.operator, "cancelled") for one in step.state.legs))
    step.set(legs=())
    if stage == "talking":
        step.do(*([Release(leg.operator, "talked")] if leg is not None else []))
        step.set(talking=None, mark="terputus")
        step.end("talked", hangup=False)
    elif step.state.outcome == "message" or (stage == "recording" and step.state.recording):
        step.end("message", hangup=False)
    else:
        step.end("cut", hangup=False)


def _why_called_back(step: Step) -> str:
    if step.state.lane == "silent":
        return "hening"
    return "terputus" if step.state.mark == "terputus" else "menutup saat menunggu"


def _let_go(step: Step) -> None:
    """The caller is no longer in the talk: neither is the operator."""
    leg = step.state.talking
    step.do(Disconnect())
    if leg is not None:
        step.do(Cancel(leg.id), Release(leg.operator, "talked"))
    step.set(talking=None)


def left_to_failsafe(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    if step.state.talking is not None:
        _let_go(step)
    step.drop_legs()
    if step.state.stage in ("waiting", "ringing"):
        step.do(Dequeue())
    step.set(stage="ended", outcome="failsafe", playback=None, then=None, music=False)
    step.calm()
    step.note("call.left_to_failsafe")
