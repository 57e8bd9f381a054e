"""Transcripts to be read: what the caller does on the left, what the caller hears and where the call goes on the right.

arrives     | hears menu-utama
presses 1   | lane urgent, hears sambungkan
sari rings  | rings sari
"""

from __future__ import annotations

from datetime import timedelta

from ivr import commands as do
from ivr import events as ev
from ivr.state import Script
from tests.ivr.playbook import CALL, Playbook

NOT_TOLD = (do.Answer, do.DeadMan, do.StopPlay, do.Note, do.Dequeue, do.Wake, do.Cancel, do.Release)


def transcript(book: str, script: Script) -> str:
    """The left sides of a transcript played through the flow, with what it answered on the right."""
    call = Playbook(script=script)
    lines = []
    for does in (line.partition("|")[0].strip() for line in book.strip().splitlines()):
        if does == "a minute passes":
            call.at(call.now + timedelta(minutes=1))
        else:
            call.event(_event(does, call))
        lines.append(f"{does} | {', '.join(_told(call.seen(), call)) or '-'}")
    return "\n".join(lines)


def as_written(book: str) -> str:
    """A transcript without its columns."""
    pairs = (line.partition("|") for line in book.strip().splitlines())
    return "\n".join(f"{does.strip()} | {comes.strip()}" for does, _, comes in pairs)


def _event(does: str, call: Playbook) -> ev.Event:
    state = call.state
    match does.split():
        case ["arrives", *doubt]:
            reason, sampled = next(iter(doubt), None), "sampled" in doubt
            return ev.Arrived(reason, sampled)
        case ["presses", key]:
            return ev.Digit(key)
        case ["speaks"]:
            return ev.Spoke()
        case ["prompt", "ends"]:
            return ev.PlaybackEnded(str(state.playback))
        case ["time", "is", "up"]:
            return ev.Wakeup(str(state.timer), 2)
        case ["hangs", "up"]:
            return ev.CallerGone()
        case [operator, "is", "free"]:
            return ev.Offered((operator,))
        case [operator, "takes", "it"]:
            return ev.Taken(operator)
        case [operator, did]:
            leg = next(leg for leg in (*state.legs, state.talking) if leg and leg.operator == operator).id
            reasons = {"declines": "declined", "ends": "hung_up", "vanishes": "lost"}
            return ev.LegAnswered(leg) if did == "answers" else ev.LegEnded(leg, reasons[did])
    raise ValueError(does)


def _told(commands: tuple[do.Command, ...], call: Playbook) -> list[str]:
    told = []
    for command in commands:
        match command:
            case do.Play(_, prompts):
                told.append(f"hears {' '.join(prompts)}")
            case do.Wake(timer, after_s) if timer.startswith("patience"):
                told.append(f"has {after_s:g} s")
            case do.Enqueue(lane, doubted):
                mark = f" «{call.state.mark}»" if call.state.mark else ""
                told.append(f"lane {lane}{mark}{' behind' if doubted else ''}")
            case do.Ring(operator):
                told.append(f"rings {operator}")
            case do.Connect():
                told.append("talks")
            case do.Music(True):
                told.append("hears music")
            case do.Callback(reason):
                told.append(f"callback {reason}")
            case do.Hangup():
                told.append("is hung up on")
            case do.Music() | do.Disconnect():
                pass
            case _:
                assert isinstance(command, NOT_TOLD), command
    assert call.state.call == CALL
    return told
