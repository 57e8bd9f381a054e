"""A talk in which one side is not heard: told to the operator, and mended as far as Asterisk can."""

from datetime import datetime

from ivr import events as ev
from ivr.commands import Rejoin, Renegotiate
from ivr.state import Script
from ivr.step import Step


def deaf(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Note that a side is not heard, and ask its far end for its media; nobody is hung up on for silence."""
    assert isinstance(event, ev.Deaf)
    channel = _channel(step, event.side)
    if channel is None or event.side in step.state.deaf:
        return
    step.set(deaf=(*step.state.deaf, event.side))
    step.note("call.deaf", side=event.side)
    step.do(Renegotiate(channel))


def heard_again(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Note that a side is heard again."""
    assert isinstance(event, ev.HeardAgain)
    if event.side in step.state.deaf:
        _hears(step, event.side)


def restarted(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Let Asterisk read the new stream of a side."""
    assert isinstance(event, ev.StreamRestarted)
    channel = _channel(step, event.side)
    if channel is None:
        return
    step.note("call.stream_restarted", side=event.side)
    step.do(Rejoin(channel))
    if event.side in step.state.deaf:
        _hears(step, event.side)


def _hears(step: Step, side: str) -> None:
    step.set(deaf=tuple(other for other in step.state.deaf if other != side))
    step.note("call.heard_again", side=side)


def _channel(step: Step, side: str) -> str | None:
    """The channel of a side of the talk; None where nobody talks."""
    leg = step.state.talking
    if leg is None:
        return None
    return step.state.call if side == "caller" else leg.id
