"""The flow of a call: `handle(state, event, now, script)` -> the next state and the commands that go with it.

The table at the end lists every (stage, event) that changes something. A pair that is not there changes nothing and is
reported in the journal as `call.unexpected`; the caller stays where it is, in the line or with its prompt.

    arrived -> menu -> waiting -> ringing -> talking -> ended
       |       | `-> challenge ^  `-------^  `-> waiting (declined, no answer …)
       |       `--------'`-----'               talking -> waiting (the operator's phone was lost)
       `-> closed -> recording -> ended
"""

from collections.abc import Callable
from datetime import datetime

from ivr import challenge, deafness, dropped, ending, gate, keys, lineup, patience, replaced, screening, talk
from ivr import events as ev
from ivr.commands import Answer, Command, DeadMan, Music, Record
from ivr.state import CallState, Script
from ivr.step import Step

Handler = Callable[[Step, ev.Event, datetime, Script], None]


def begin(call: str) -> CallState:
    """The state of a call that has just arrived."""
    return CallState(call=call)


def handle(state: CallState, event: ev.Event, now: datetime, script: Script) -> tuple[CallState, tuple[Command, ...]]:
    """Apply one event to a call."""
    step = Step(state, script)
    handler = _TABLE.get((state.stage, type(event)))
    if handler is None and state.stage != "ended":
        handler = _ANYWHERE.get(type(event))
    if handler is not None:
        handler(step, event, now, script)
    elif state.stage != "ended":
        step.note("call.unexpected", stage=state.stage, event=type(event).__name__)
    return step.state, tuple(step.commands)


def _wakeup(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Dispatch an expired timer by its purpose; a late one changes nothing."""
    assert isinstance(event, ev.Wakeup)
    if event.timer != step.state.timer:
        return
    purpose = event.timer.rpartition("-")[0]
    step.calm()
    if purpose == "patience":
        _QUIET[step.state.stage](step, event, now, script)
    elif purpose == "position":
        lineup.position(step, event, now, script)
    elif purpose == "silent":
        lineup.silent_long_enough(step, event, script)


def _playback_ended(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    assert isinstance(event, ev.PlaybackEnded)
    if event.playback != step.state.playback:
        return
    then = step.state.then
    step.set(playback=None, then=None)
    if then == "patience":
        _begin_patience(step, now, script)
    elif then == "through":
        lineup.into_line(step, "urgent", script)
    elif then == "music":
        step.music()
    elif then == "record":
        recording = f"messages/{now:%Y/%m/%d}/{step.state.call}"
        step.set(recording=recording)
        step.do(Record(recording, script.hours.after_hours.max_message_s))
    elif then == "parted":
        dropped.part(step)
    elif then == "goodbye":
        ending.goodbye(step)


def _begin_patience(step: Step, now: datetime, script: Script) -> None:
    if step.state.stage == "closed":
        step.wake("patience", script.closed_patience_s)
    elif step.state.stage == "challenge":
        patience.begin(step, now, script.screening.challenge_patience_s, script)
    else:
        patience.begin(step, now, screening.current(step, script).patience_s, script)


def _restored(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Resume a call after our restart: prompts and timers are gone or late, so each stage asks its question again.

    Keys and voice of the meantime are lost (docs/adr/0014): silence now does not count as silence."""
    assert isinstance(event, ev.Restored)
    state = step.state
    step.note("call.restored", stage=state.stage)
    step.calm()
    _as_saved(step, event)
    if state.stage == "talking":
        talk.restored(step, event, now, script)
        return
    step.do(DeadMan(True))
    if state.stage == "recording" and state.recording is not None and state.outcome != "message":
        return  # MessageRecorded follows
    if state.stage != "menu":  # it asks by how much of the prompt was heard
        step.hush()
    if won := next((leg for leg in state.legs if leg.id in event.answered), None):
        talk.leg_answered(step, ev.LegAnswered(won.id), now, script)
        return
    if state.stage in ("waiting", "ringing"):
        step.drop_legs()
        lineup.back_in_line(step, script)
    elif state.stage == "menu":
        screening.ask_anew(step, script)
    elif state.stage == "challenge":
        challenge.ask(step, script)
    elif state.stage == "closed":
        step.set(tries=1)
        step.say(script.closed, then="patience")
    elif state.stage == "recording" and state.outcome == "message":
        step.say(script.message_kept, then="goodbye")
    elif state.stage == "recording":
        step.say(*script.leave_message, then="record")


def _as_saved(step: Step, event: ev.Restored) -> None:
    """Carry out the commands of a step that was saved and, since we died, not done (docs/adr/0014)."""
    if not event.up:
        step.do(Answer())
    if step.state.stage == "talking" or not step.state.music:  # else it is stopped for a prompt
        step.do(Music(step.state.music))
    talk.let_go(step, event)


def _nothing(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Accept an event that is expected here and changes nothing."""


_QUIET: dict[str, Handler] = {
    "closed": gate.closed_quiet,
    "menu": screening.menu_quiet,
    "challenge": challenge.quiet,
}

_ANYWHERE: dict[type[ev.Event], Handler] = {
    ev.Wakeup: _wakeup,
    ev.PlaybackEnded: _playback_ended,
    ev.Restored: _restored,
    ev.Cut: ending.cut,
    ev.Replaced: replaced.replaced,
    ev.Replaces: replaced.replaces,
    ev.Deaf: deafness.deaf,
    ev.HeardAgain: deafness.heard_again,
    ev.StreamRestarted: deafness.restarted,
}

_TABLE: dict[tuple[str, type[ev.Event]], Handler] = {
    ("arrived", ev.Arrived): gate.arrived,
    ("arrived", ev.Restored): gate.arrived,
    ("arrived", ev.Digit): keys.remember,
    ("arrived", ev.Spoke): screening.spoke,
    ("arrived", ev.LeftToFailsafe): ending.left_to_failsafe,
    ("arrived", ev.CallerGone): ending.caller_gone,
    ("closed", ev.Digit): gate.closed_key,
    ("closed", ev.Spoke): _nothing,
    ("closed", ev.CallerGone): ending.caller_gone,
    ("closed", ev.LeftToFailsafe): ending.left_to_failsafe,
    ("menu", ev.Digit): screening.menu_key,
    ("menu", ev.Spoke): screening.spoke,
    ("menu", ev.CallerGone): ending.caller_gone,
    ("menu", ev.LeftToFailsafe): ending.left_to_failsafe,
    ("challenge", ev.Digit): challenge.key,
    ("challenge", ev.Spoke): screening.spoke,
    ("challenge", ev.CallerGone): ending.caller_gone,
    ("challenge", ev.LeftToFailsafe): ending.left_to_failsafe,
    ("waiting", ev.Offered): lineup.offered,
    ("waiting", ev.Taken): lineup.taken,
    ("waiting", ev.Digit): lineup.waiting_person,
    ("waiting", ev.Spoke): lineup.waiting_person,
    ("waiting", ev.CallerGone): ending.caller_gone,
    ("waiting", ev.LeftToFailsafe): ending.left_to_failsafe,
    ("waiting", ev.LegEnded): _nothing,
    ("waiting", ev.LegAnswered): talk.leg_answered,
    ("ringing", ev.Taken): lineup.taken,
    ("ringing", ev.Digit): keys.remember,
    ("ringing", ev.Spoke): screening.spoke,
    ("ringing", ev.LegRinging): talk.leg_ringing,
    ("ringing", ev.LegAnswered): talk.leg_answered,
    ("ringing", ev.LegEnded): talk.ringing_leg_ended,
    ("ringing", ev.CallerGone): ending.caller_gone,
    ("ringing", ev.LeftToFailsafe): ending.left_to_failsafe,
    ("talking", ev.LegEnded): talk.talking_leg_ended,
    ("talking", ev.LegAnswered): talk.leg_answered,
    ("talking", ev.LegRinging): _nothing,
    ("talking", ev.Transferred): talk.transferred,
    ("talking", ev.Finished): talk.finished,
    ("talking", ev.Held): talk.held,
    ("talking", ev.Resumed): talk.resumed,
    ("talking", ev.Digit): _nothing,
    ("talking", ev.Spoke): _nothing,
    ("talking", ev.CallerGone): ending.caller_gone,
    ("talking", ev.LeftToFailsafe): ending.left_to_failsafe,
    ("recording", ev.MessageRecorded): gate.message_recorded,
    ("recording", ev.Digit): keys.remember,
    ("recording", ev.Spoke): _nothing,
    ("recording", ev.CallerGone): ending.caller_gone,
    ("recording", ev.LeftToFailsafe): ending.left_to_failsafe,
    ("ended", ev.LegAnswered): talk.leg_answered,
    ("ended", ev.MessageRecorded): gate.message_after_end,
}
