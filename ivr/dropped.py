"""Talks that the operator's phone ended within seconds: a headset, a crash, a closed laptop. The caller is kept.

Only «Akhiri» on the operator's page, or a hang-up after a talk of some length, ends the call for the caller.
"""

from datetime import datetime

from ivr.commands import Callback, DeadMan, Disconnect, Release
from ivr.state import CUT_OFF, Leg, Script
from ivr.step import Step

# a second short talk is no accident of one phone: the caller is called back, instead of meeting a third
MOST = 2


def too_short(step: Step, now: datetime, script: Script) -> bool:
    """True for a talk of less than `short_talk_s`; of unknown length, or by a clock that was set back, it is not."""
    since = step.state.talk_since
    return since is not None and 0 <= (now - datetime.fromisoformat(since)).total_seconds() < script.short_talk_s


def keep(step: Step, leg: Leg, now: datetime, script: Script) -> None:
    """Put the caller first in line; a second time the caller is told of a call back, where one can be made."""
    began = datetime.fromisoformat(step.state.talk_since or now.isoformat())
    step.set(talking=None, mark=CUT_OFF, dropped=step.state.dropped + 1)
    step.do(Disconnect())
    step.note("operator.dropped", operator=leg.operator, seconds=round((now - began).total_seconds(), 1))
    step.do(DeadMan(True))
    if step.state.dropped >= MOST and not step.state.unreachable:
        # not in the line, yet «waiting»: whoever takes the call by hand meanwhile talks, a restart keeps the caller
        step.set(stage="waiting")
        step.do(Release(leg.operator, "dropped"))
        step.say(script.dropped_again, then="parted")
        return
    step.enqueue("urgent")
    step.do(Release(leg.operator, "dropped"))  # after the line knows the call: others are rung before this phone
    step.say(script.reconnecting, then="music")
    step.wake("position", script.position_every_s)


def part(step: Step) -> None:
    """Hang up after the sentence of the second time: a task calls the number back."""
    step.do(Callback(CUT_OFF))
    step.end("talked", hangup=True)
