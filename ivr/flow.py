"""What a call does: `handle(state, event, now, script)` -> the next state and the commands that go with it.

The table at the end lists every (stage, event) that changes something. A pair that is not there changes nothing and is
reported in the journal as `call.unexpected`; the caller stays where it is, in the line or with its prompt.

    arrived -> menu -> waiting -> ringing -> talking -> ended
       |         |        ^  `-------^  `-> waiting (declined, no answer …)
       |         `--------'               talking -> waiting (the operator's phone was lost)
       `-> closed -> recording -> ended
"""

from collections.abc import Callable
from datetime import datetime

from ivr import events as ev
from ivr.commands import (
    Answer,
    Callback,
    Cancel,
    Command,
    Connect,
    DeadMan,
    Dequeue,
    Disconnect,
    Music,
    Record,
    Release,
    Ring,
)
from ivr.hours import decide
from ivr.menu import Menu
from ivr.state import CallState, Leg, Script
from ivr.step import Step

Handler = Callable[[Step, ev.Event, datetime, Script], None]

# Why an operator whose phone did not answer is released; each has its pause, or the phone would ring in a tight loop.
_RELEASED = {"declined": "declined", "busy": "busy", "unreachable": "unreachable", "lost": "unreachable"}
MAX_KEYS = 64
HIGHEST_POSITION = 10


def begin(call: str) -> CallState:
    """The state of a call that has just arrived."""
    return CallState(call=call)


def handle(state: CallState, event: ev.Event, now: datetime, script: Script) -> tuple[CallState, tuple[Command, ...]]:
    """The whole life of a call, one event at a time."""
    step = Step(state)
    handler = _TABLE.get((state.stage, type(event)))
    if handler is None and state.stage != "ended":
        handler = _ANYWHERE.get(type(event))
    if handler is not None:
        handler(step, event, now, script)
    elif state.stage != "ended":
        step.note("call.unexpected", stage=state.stage, event=type(event).__name__)
    return step.state, tuple(step.commands)


# -- arrive, gate


def _arrived(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    gate = decide(script.hours, now, until=False)
    step.do(Answer(), DeadMan(True))
    step.set(answered=True)
    step.note("call.gate", open=gate.open, reason=gate.reason)
    if gate.open:
        _ask(step, script.menus.first, first=True)
    else:
        step.set(stage="closed", tries=1)
        step.say(script.closed, then="patience")


def _closed_quiet(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """The message is over and nothing was pressed: said again, then the call ends by the published hours."""
    if step.state.tries < script.closed_tries:
        step.set(tries=step.state.tries + 1)
        step.say(script.closed, then="patience")
    else:
        step.end("after_hours", hangup=True)


def _closed_key(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    _remember_key(step, event)
    if not script.hours.after_hours.leave_message:
        return
    step.calm()
    step.set(stage="recording")
    step.say(*script.leave_message, then="record")


def _message_recorded(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    assert isinstance(event, ev.MessageRecorded)
    if event.seconds <= 0:
        step.note("call.message_lost", recording=event.recording)
        step.set(outcome=None, recording=None)
    else:
        step.note("call.message", recording=event.recording, seconds=event.seconds)
        step.set(outcome="message")
    step.say(script.message_kept, then="goodbye")


# -- menu, screen


def _ask(step: Step, menu: Menu, *, first: bool, again: str | None = None) -> None:
    tries = 1 if first else step.state.tries + 1
    step.calm()
    step.set(stage="menu", menu=menu.name, tries=tries)
    step.say(again or menu.prompt, then="patience")


def _menu(step: Step, script: Script) -> Menu:
    """The menu that the call is in; the first one where a reload took that away."""
    return script.menus.by_name.get(step.state.menu or "") or script.menus.first


def _menu_key(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """A key is a sign of a person: the right one chooses, a wrong one is asked again and then put through."""
    key = _remember_key(step, event)
    step.set(person=True)
    menu = _menu(step, script)
    choice = menu.keys.get(key)
    if choice is None:
        if step.state.tries < menu.tries:
            _ask(step, menu, first=False)
        else:
            _into_line(step, "urgent", script, mark="salah tombol")
    elif choice.menu is not None:
        _ask(step, script.menus.by_name[choice.menu], first=True)
    else:
        step.set(kind=choice.kind)
        _into_line(step, choice.lane or "normal", script)


def _menu_quiet(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Nobody pressed in time: who spoke is a person; who did not is asked again, and then stands in the silent lane."""
    menu = _menu(step, script)
    if step.state.person:
        _into_line(step, "urgent", script, mark="tanpa tombol")
    elif step.state.tries < menu.tries:
        _ask(step, menu, first=False, again=script.menu_again)
    else:
        _into_line(step, "silent", script, mark="tanpa suara")


def _spoke(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    step.set(person=True)


def _into_line(step: Step, lane: str, script: Script, mark: str | None = None) -> None:
    step.set(mark=mark)
    step.enqueue(lane)
    if lane == "silent":
        step.music()
        step.wake("silent", script.silent_hold_s)
    else:
        step.say(script.connecting, then="music")
        step.wake("position", script.position_every_s)


# -- waiting line


def _waiting_person(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """A key or a voice in the silent lane: this is a person, and rings operators from now on."""
    if isinstance(event, ev.Digit):
        _remember_key(step, event)
    step.set(person=True)
    if step.state.lane == "silent":
        _into_line(step, "urgent", script, mark="tanpa tombol")


def _wakeup(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Timers by their name; one that no longer counts is late and changes nothing."""
    assert isinstance(event, ev.Wakeup)
    if event.timer != step.state.timer:
        return
    what = event.timer.rpartition("-")[0]
    step.calm()
    if what == "patience":
        (_closed_quiet if step.state.stage == "closed" else _menu_quiet)(step, event, now, script)
    elif what == "position":
        step.say(*_place_in_line(event.position), then="music")
        step.wake("position", script.position_every_s)
    elif what == "silent":
        step.say(script.goodbye_silent, then="goodbye")


def _place_in_line(position: int | None) -> tuple[str, ...]:
    if position is None or not 1 <= position <= HIGHEST_POSITION:
        return ("tetap-di-telepon",)
    return ("antrean", f"angka-{position}", "tetap-di-telepon")


def _offered(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    assert isinstance(event, ev.Offered)
    step.set(stage="ringing")
    for operator in event.operators:
        leg = Leg(f"op-{step.state.call}-{step.serial()}", operator)
        step.set(legs=(*step.state.legs, leg), rang=True)
        step.do(Ring(operator, leg.id))
        step.note("operator.ringing", operator=operator, leg=leg.id)


def _taken(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """An operator takes the call by hand: whoever rings for it stops, and that operator's phone rings."""
    assert isinstance(event, ev.Taken)
    step.drop_legs()
    step.calm()
    step.note("operator.took", operator=event.operator)
    if step.state.then == "goodbye":  # the silent lane's goodbye was under way: nobody is hung up on now
        step.hush()
        step.music()
    if step.state.lane == "silent":
        step.set(lane="urgent")
    _offered(step, ev.Offered((event.operator,)), now, script)


# -- ring, talk


def _leg(step: Step, leg_id: str) -> Leg | None:
    return next((leg for leg in step.state.legs if leg.id == leg_id), None)


def _leg_ringing(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """The phone rings; the row that the pop hangs on was written with the Ring command."""


def _leg_answered(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
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


def _ringing_leg_ended(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    assert isinstance(event, ev.LegEnded)
    leg = _leg(step, event.leg)
    if leg is None:
        return
    step.set(legs=tuple(one for one in step.state.legs if one != leg))
    why = _RELEASED.get(event.reason, "missed")
    if why == "unreachable":  # a phone whose registration is lost, or that Asterisk was slow to ring, may ring still
        step.do(Cancel(leg.id))
    step.do(Release(leg.operator, why))
    step.note("operator.missed", operator=leg.operator, reason=event.reason)
    if not step.state.legs:
        step.enqueue(step.state.lane or "urgent")
        if step.state.timer is None:
            step.wake("position", script.position_every_s)


def _talking_leg_ended(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """The operator hung up: the call is over. Their phone was lost: the caller is kept and goes to the next one."""
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


def _transferred(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """The colleague's phone rings while the caller hears music; one who does not answer leaves the caller in the line."""
    assert isinstance(event, ev.Transferred)
    leg = step.state.talking
    step.do(Disconnect(), DeadMan(True))
    if leg is not None:
        step.do(Cancel(leg.id), Release(leg.operator, "talked"))
    step.set(talking=None, music=False)
    step.note("call.transferred", operator=event.operator)
    step.enqueue("urgent")
    step.music()
    _offered(step, ev.Offered((event.operator,)), now, script)


def _held(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    step.do(Music(True))
    step.set(music=True)
    step.note("call.held")


def _resumed(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    step.do(Music(False))
    step.set(music=False)
    step.note("call.resumed")


# -- anywhere


def _playback_ended(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    assert isinstance(event, ev.PlaybackEnded)
    if event.playback != step.state.playback:
        return
    then = step.state.then
    step.set(playback=None, then=None)
    if then == "patience":
        step.wake("patience", _patience_s(step, script))
    elif then == "music":
        step.music()
    elif then == "record":
        recording = f"messages/{now:%Y/%m/%d}/{step.state.call}"
        step.set(recording=recording)
        step.do(Record(recording, script.hours.after_hours.max_message_s))
    elif then == "goodbye":
        _goodbye(step)


def _patience_s(step: Step, script: Script) -> float:
    if step.state.stage == "closed":
        return script.closed_patience_s
    return _menu(step, script).patience_s


def _goodbye(step: Step) -> None:
    if step.state.stage == "recording":
        step.end(step.state.outcome or "after_hours", hangup=True)
    else:
        step.do(Callback("hening"))
        step.end("silent", hangup=True)


def _caller_gone(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
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
            step.do(Callback("hening" if step.state.lane == "silent" else "menutup saat menunggu"))
        step.end("silent" if step.state.lane == "silent" else "abandoned", hangup=False)


def _let_go(step: Step) -> None:
    """The caller is no longer in the talk: neither is the operator."""
    leg = step.state.talking
    step.do(Disconnect())
    if leg is not None:
        step.do(Cancel(leg.id), Release(leg.operator, "talked"))
    step.set(talking=None)


def _message_after_end(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    assert isinstance(event, ev.MessageRecorded)
    if step.state.outcome != "message":
        return
    if event.seconds > 0:
        step.note("call.message", recording=event.recording, seconds=event.seconds)
    else:
        step.set(outcome="after_hours", recording=None)
        step.note("call.message_lost", recording=event.recording)


def _left_to_failsafe(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    if step.state.talking is not None:
        _let_go(step)
    step.drop_legs()
    if step.state.stage in ("waiting", "ringing"):
        step.do(Dequeue())
    step.set(stage="ended", outcome="failsafe", playback=None, timer=None, then=None, music=False)
    step.note("call.left_to_failsafe")


def _restored(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """After we were away: prompts and timers are gone or late, so each stage begins its present question anew."""
    assert isinstance(event, ev.Restored)
    state = step.state
    step.note("call.restored", stage=state.stage)
    step.calm()
    if state.stage == "talking":
        if state.talking is not None and state.talking.id not in event.legs:
            _talking_leg_ended(step, ev.LegEnded(state.talking.id, "lost"), now, script)
        else:
            step.do(DeadMan(False))
        return
    step.do(DeadMan(True))
    step.hush()
    if state.stage in ("waiting", "ringing"):
        step.drop_legs()
        _into_line(step, state.lane or "urgent", script, mark=state.mark)
    elif state.stage == "menu":
        _ask(step, _menu(step, script), first=True)
    elif state.stage == "closed":
        step.set(tries=1)
        step.say(script.closed, then="patience")
    elif state.stage == "recording" and state.recording is None:
        step.say(*script.leave_message, then="record")
    elif state.stage == "recording":
        # Asterisk may have finished it without us; a MessageRecorded that still comes knows better
        step.set(outcome="message")
        step.say(script.message_kept, then="goodbye")


def _remember_key(step: Step, event: ev.Event) -> str:
    assert isinstance(event, ev.Digit)
    if len(step.state.keys) < MAX_KEYS:
        step.set(keys=step.state.keys + event.key)
    return event.key


def _remember(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    _remember_key(step, event)
    step.set(person=True)


def _nothing(step: Step, event: ev.Event, now: datetime, script: Script) -> None:
    """Expected here, and changes nothing."""


_ANYWHERE: dict[type[ev.Event], Handler] = {
    ev.Wakeup: _wakeup,
    ev.PlaybackEnded: _playback_ended,
    ev.Restored: _restored,
}

_TABLE: dict[tuple[str, type[ev.Event]], Handler] = {
    ("arrived", ev.Arrived): _arrived,
    ("arrived", ev.Restored): _arrived,
    ("arrived", ev.Digit): _remember,
    ("arrived", ev.Spoke): _spoke,
    ("arrived", ev.LeftToFailsafe): _left_to_failsafe,
    ("arrived", ev.CallerGone): _caller_gone,
    ("closed", ev.Digit): _closed_key,
    ("closed", ev.Spoke): _nothing,
    ("closed", ev.CallerGone): _caller_gone,
    ("closed", ev.LeftToFailsafe): _left_to_failsafe,
    ("menu", ev.Digit): _menu_key,
    ("menu", ev.Spoke): _spoke,
    ("menu", ev.CallerGone): _caller_gone,
    ("menu", ev.LeftToFailsafe): _left_to_failsafe,
    ("waiting", ev.Offered): _offered,
    ("waiting", ev.Taken): _taken,
    ("waiting", ev.Digit): _waiting_person,
    ("waiting", ev.Spoke): _waiting_person,
    ("waiting", ev.CallerGone): _caller_gone,
    ("waiting", ev.LeftToFailsafe): _left_to_failsafe,
    ("waiting", ev.LegEnded): _nothing,
    ("waiting", ev.LegAnswered): _leg_answered,
    ("ringing", ev.Taken): _taken,
    ("ringing", ev.Digit): _remember,
    ("ringing", ev.Spoke): _spoke,
    ("ringing", ev.LegRinging): _leg_ringing,
    ("ringing", ev.LegAnswered): _leg_answered,
    ("ringing", ev.LegEnded): _ringing_leg_ended,
    ("ringing", ev.CallerGone): _caller_gone,
    ("ringing", ev.LeftToFailsafe): _left_to_failsafe,
    ("talking", ev.LegEnded): _talking_leg_ended,
    ("talking", ev.LegAnswered): _leg_answered,
    ("talking", ev.LegRinging): _nothing,
    ("talking", ev.Transferred): _transferred,
    ("talking", ev.Held): _held,
    ("talking", ev.Resumed): _resumed,
    ("talking", ev.Digit): _nothing,
    ("talking", ev.Spoke): _nothing,
    ("talking", ev.CallerGone): _caller_gone,
    ("talking", ev.LeftToFailsafe): _left_to_failsafe,
    ("recording", ev.MessageRecorded): _message_recorded,
    ("recording", ev.Digit): _remember,
    ("recording", ev.Spoke): _nothing,
    ("recording", ev.CallerGone): _caller_gone,
    ("recording", ev.LeftToFailsafe): _left_to_failsafe,
    ("ended", ev.LegAnswered): _leg_answered,
    ("ended", ev.MessageRecorded): _message_after_end,
}
