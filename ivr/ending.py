"""Ends of a call, and the tasks that each leaves behind."""

from datetime import datetime

from ivr import events as ev
from ivr.commands import Callback, Cancel, Dequeue, Disconnect, Release
from ivr.state import CUT_OFF, Script
from ivr.step import Step

NO_MESSAGE = "menekan tombol, tanpa pesan"


def after_hours(step: Step, script: Script, *, hangup: bool) -> None:
    """End a call outside the opening hours without a message; who pressed a key for one is called back."""
    if step.state.keys and script.hours.after_hours.leave_message:
        step.do(Callback(NO_MESSAGE))
    step.end("after_hours", hangup=hangup)


def goodbye(step: Step) -> None:
    """Hang up after the goodbye prompt; a silent caller is called back."""
    if step.state.stage == "recording":
        step.end(step.state.outcome or "after_hours", hangup=True)
    else:
        step.do(Callback("hening"))
        step.end("silent", hangup=True)


def caller_gone(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """End a call that the caller left; one who waited is called back, and one whom nobody heard at the end of a talk:
    there the network was gone, or its SBC."""
    stage = step.state.stage
    if stage == "talking":
        _let_go(step)
        if "caller" in step.state.deaf:
            step.set(mark=CUT_OFF)
            step.do(Callback(CUT_OFF))
        step.end("talked", hangup=False)
    elif stage == "recording" or step.state.outcome == "message":
        # the message stays on disk; MessageRecorded may still follow and report it as empty
        if step.state.recording:
            step.end("message", hangup=False)
        else:
            after_hours(step, script, hangup=False)
    elif stage == "closed":
        after_hours(step, script, hangup=False)
    else:
        if stage in ("waiting", "ringing"):
            step.do(Callback(_why_called_back(step)))
        step.end("silent" if step.state.lane == "silent" else "abandoned", hangup=False)


def cut(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """End a call whose channel died with Asterisk: a talk counts as a talk, and the caller is called back."""
    stage, leg = step.state.stage, step.state.talking
    step.note("call.cut", stage=stage)
    step.do(Callback(CUT_OFF))
    step.do(*(Release(ringing.operator, "cancelled") for ringing in step.state.legs))
    step.set(legs=())
    if stage == "talking":
        step.do(*([Release(leg.operator, "talked")] if leg is not None else []))
        step.set(talking=None, mark=CUT_OFF)
        step.end("talked", hangup=False)
    elif step.state.outcome == "message" or (stage == "recording" and step.state.recording):
        step.end("message", hangup=False)
    else:
        step.end("cut", hangup=False)


def _why_called_back(step: Step) -> str:
    if step.state.lane == "silent":
        return "hening"
    return CUT_OFF if step.state.mark == CUT_OFF else "menutup saat menunggu"


def _let_go(step: Step) -> None:
    """End the talk of a caller who left it, and free its operator."""
    leg = step.state.talking
    step.do(Disconnect())
    if leg is not None:
        step.do(Cancel(leg.id), Release(leg.operator, "talked"))
    step.set(talking=None)


def left_to_failsafe(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Let go of a call that the fail-safe branch has: it goes on there, without us."""
    if step.state.talking is not None:
        _let_go(step)
    step.drop_legs()
    if step.state.stage in ("waiting", "ringing"):
        step.do(Dequeue())
    step.set(stage="ended", outcome="failsafe", playback=None, then=None, music=False)
    step.calm()
    step.note("call.left_to_failsafe")
