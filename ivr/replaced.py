"""A caller who calls again while the first call still stands, though nobody is there any more: the second takes over.

The network lost the first call and did not say so; the caller must not begin at the end of the line.
"""

from datetime import datetime

from ivr import events as ev
from ivr import lineup
from ivr.commands import Cancel, Disconnect, Release
from ivr.state import CUT_OFF, Script
from ivr.step import Step

# a call that is past these is served already, or over
_MAY_TAKE_OVER = ("menu", "challenge", "closed", "waiting")


def replaced(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """End a call whose caller has called again; no task is left, for the second call has them."""
    assert isinstance(event, ev.Replaced)
    stage, leg = step.state.stage, step.state.talking
    step.note("call.replaced", by=event.by)
    if leg is not None:
        step.set(talking=None)
        step.do(Disconnect(), Cancel(leg.id), Release(leg.operator, "cancelled"))
    if stage == "recording" and step.state.recording:
        step.end("message", hangup=True)
        return
    step.end("abandoned" if step.state.operator is None else "talked", hangup=True)


def replaces(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Take the place of the first call: its operator rings, or its place in the line counts."""
    assert isinstance(event, ev.Replaces)
    if step.state.stage not in _MAY_TAKE_OVER:
        return
    step.note("call.replaces", call=event.call)
    step.set(kind=event.kind or step.state.kind, category=event.category or step.state.category, person=True)
    if event.operator is None:
        lineup.into_line(step, event.lane, script, mark=event.mark)
        return
    step.calm()
    step.hush()
    step.set(mark=CUT_OFF)
    step.enqueue("urgent")
    step.music()
    step.wake("position", script.position_every_s)
    lineup.offered(step, ev.Offered((event.operator,)), now, script)
