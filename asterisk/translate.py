"""Translates ARI JSON into typed events; reads the call from the id of a channel, leg, playback or recording.

A caller's channel id is the call's id. Everything else that belongs to a call carries it: legs `op-<call>-<n>`,
playbacks `pb-<call>-<n>`, messages `messages/…/<call>`; who listens to it `ls-<call>-<n>`, over `sn-<call>-<n>`.
Legs of a call back are `cb-<try>-…`, of call-outs `push-<uuid>`; snoop channels of line.ear `ear-<uuid>`. Pure.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from asterisk.causes import operator_reason
from ivr import events as ev

# the events that Asterisk shall send; all others would only cost time
ALLOWED_EVENTS = (
    "StasisStart",
    "StasisEnd",
    "ChannelHangupRequest",
    "ChannelDestroyed",
    "ChannelDtmfReceived",
    "ChannelTalkingStarted",
    "ChannelHold",
    "ChannelUnhold",
    "PlaybackFinished",
    "RecordingFinished",
    "RecordingFailed",
    "ApplicationMoveFailed",
)

# the `cause` of a soft hang-up by an Asterisk that is being stopped (AST_SOFTHANGUP_SHUTDOWN)
SHUTDOWN = 4

_TRUNK = re.compile(r"PJSIP/trunk-(.+)-[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A caller's channel entered the application; `channel` is ARI's Channel object."""

    call: str
    dialled: str
    channel: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Left:
    """A caller's channel left the application: it hung up, or the dead-man timer took it to the fail-safe branch."""

    call: str


@dataclass(frozen=True, slots=True)
class Sounded:
    """Talk detection heard the caller make a sound; line.ear decides whether it is a voice."""

    call: str


@dataclass(frozen=True, slots=True)
class Tapped:
    """A snoop channel of ours entered the application."""

    channel: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event for the flow of one call."""

    call: str
    event: ev.Event


@dataclass(frozen=True, slots=True)
class Stray:
    """A leg that nobody waits for any more rings or was answered."""

    leg: str


@dataclass(frozen=True, slots=True)
class LegEvent:
    """An event of a channel that we rang, or with which we listen."""

    leg: str


@dataclass(frozen=True, slots=True)
class Ringing(LegEvent):
    """The phone rings."""


@dataclass(frozen=True, slots=True)
class Answered(LegEvent):
    """The leg was answered and entered the application."""


@dataclass(frozen=True, slots=True)
class HangingUp(LegEvent):
    """The leg is being hung up; `shutdown`: because Asterisk is being stopped, like every other channel."""

    shutdown: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawn(LegEvent):
    """The leg left the application."""


@dataclass(frozen=True, slots=True)
class Ended(LegEvent):
    """The leg is gone; `cause` is of Q.850, 0 where none is known (asterisk.causes)."""

    cause: int = 0


@dataclass(frozen=True, slots=True)
class Pressed(LegEvent):
    """A key was pressed."""

    digit: str


@dataclass(frozen=True, slots=True)
class Played(LegEvent):
    """A playback is over, or failed."""

    playback: str


@dataclass(frozen=True, slots=True)
class Held(LegEvent):
    """The phone put the call on hold."""


@dataclass(frozen=True, slots=True)
class Resumed(LegEvent):
    """The phone took the call back from hold."""


Translated = Arrival | Left | Sounded | Tapped | Told | Stray | LegEvent | None
ENDS = (HangingUp, Withdrawn, Ended)
TAP, CALLBACK, PUSH = "ear-", "cb-", "push-"
# channels that Asterisk makes by itself
MADE = ("Local/", "Message/")
_OF_CALL = ("op-", "ls-", "sn-")


def call_of_part(part: str) -> str | None:
    """The call that a leg, playback, listener or snoop id belongs to, or None."""
    if not part.startswith((*_OF_CALL, "pb-")):
        return None
    return part[3:].rpartition("-")[0] or None


def trunk_of(channel: str) -> str | None:
    """The trunk of a call, by its channel's name `PJSIP/trunk-<name>-<number>`; None for our own phones."""
    matched = _TRUNK.fullmatch(channel)
    return matched[1] if matched else None


def translate(event: dict[str, Any]) -> Translated:
    """Translate one ARI event; None when it concerns neither a call nor a leg."""
    kind = event.get("type", "")
    channel = event.get("channel", {}).get("id", "")
    if channel.startswith(TAP):
        return Tapped(channel) if kind == "StasisStart" else None
    if _is_leg(channel):
        leg_reader = _LEG_READERS.get(kind)
        return leg_reader(channel, event) if leg_reader is not None else None
    reader = _READERS.get(kind)
    return reader(event) if reader is not None else None


def of_call(event: LegEvent) -> Told | None:
    """Translate a leg's event for the flow of its call; None where it has no meaning there."""
    call = call_of_part(event.leg)
    if call is None:
        return None
    match event:
        case Answered():
            return Told(call, ev.LegAnswered(event.leg))
        case Ended(leg, cause):
            return Told(call, ev.LegEnded(leg, operator_reason(cause)))
        case HangingUp(shutdown=True):
            return Told(call, ev.Cut())
        case Held():
            return Told(call, ev.Held())
        case Resumed():
            return Told(call, ev.Resumed())
    return None


def _is_leg(channel: str) -> bool:
    return call_of_part(channel) is not None or channel.startswith((CALLBACK, PUSH))


def _shutdown(event: dict[str, Any]) -> bool:
    return bool(event.get("soft") and event.get("cause") == SHUTDOWN)


def _ringing(leg: str, event: dict[str, Any]) -> Ringing | None:
    return Ringing(leg) if event["channel"].get("state") == "Ringing" else None


_LEG_READERS: dict[str, Callable[[str, dict[str, Any]], LegEvent | None]] = {
    "StasisStart": lambda leg, event: Answered(leg),
    "StasisEnd": lambda leg, event: Withdrawn(leg),
    "ChannelStateChange": _ringing,
    "ChannelHangupRequest": lambda leg, event: HangingUp(leg, _shutdown(event)),
    "ChannelDestroyed": lambda leg, event: Ended(leg, int(event.get("cause", 0))),
    "ChannelDtmfReceived": lambda leg, event: Pressed(leg, str(event["digit"])),
    "ChannelHold": lambda leg, event: Held(leg),
    "ChannelUnhold": lambda leg, event: Resumed(leg),
}


def _start(event: dict[str, Any]) -> Translated:
    channel, args = event["channel"], event.get("args", [])
    if str(channel.get("name", "")).startswith(MADE):  # as for a phone that forwards: no caller
        return Stray(channel["id"])
    return Arrival(channel["id"], args[0] if args else "", channel)


def _hangup_request(event: dict[str, Any]) -> Translated:
    # a shutdown ends every channel: nobody hung up
    return Told(event["channel"]["id"], ev.Cut() if _shutdown(event) else ev.CallerGone())


def _playback(event: dict[str, Any]) -> Translated:
    playback = event["playback"]["id"]
    target = str(event["playback"].get("target_uri", "")).removeprefix("channel:")
    if _is_leg(target):
        return Played(target, playback)
    call = call_of_part(playback)
    return Told(call, ev.PlaybackEnded(playback)) if call else None


def _recording(event: dict[str, Any]) -> Translated:
    recording = event["recording"]
    name = recording["name"]
    if not name.startswith("messages/"):
        return None
    seconds = float(recording.get("duration", 0)) if event["type"] == "RecordingFinished" else 0.0
    return Told(name.rpartition("/")[2], ev.MessageRecorded(name, seconds))


_READERS: dict[str, Callable[[dict[str, Any]], Translated]] = {
    "StasisStart": _start,
    "StasisEnd": lambda event: Left(event["channel"]["id"]),
    "ChannelHangupRequest": _hangup_request,
    "ChannelDestroyed": lambda event: Told(event["channel"]["id"], ev.CallerGone()),
    "ChannelDtmfReceived": lambda event: Told(event["channel"]["id"], ev.Digit(str(event["digit"]))),
    "ChannelTalkingStarted": lambda event: Sounded(event["channel"]["id"]),
    "PlaybackFinished": _playback,
    "RecordingFinished": _recording,
    "RecordingFailed": _recording,
}
