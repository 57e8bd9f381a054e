"""ARI JSON into the flow's events, and the ids that tell which call a channel, leg, playback or recording is of.

A caller's channel id is the call's id. Everything else that belongs to a call carries it: legs `op-<call>-<n>`,
playbacks `pb-<call>-<n>`, messages `messages/…/<call>`; who listens to it `ls-<call>-<n>`, over `sn-<call>-<n>`.
Snoop channels of tanggap.ear are `ear-<uuid>`. Pure.
"""

import re
from dataclasses import dataclass
from typing import Any

from ivr import events as ev

# what Asterisk shall send; everything else would only cost time
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

# Q.850 causes of a leg's end, measured on Asterisk 22 with SIP phones
_REASONS = {
    16: "hung_up",
    17: "busy",
    18: "unreachable",
    19: "no_answer",
    20: "unreachable",
    21: "declined",
    26: "cancelled",
}


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
    """Talk detection heard the caller make a sound; whether it is a voice is for tanggap.ear to say."""

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


Translated = Arrival | Left | Sounded | Tapped | Told | None
TAP = "ear-"


def call_of_part(part: str) -> str | None:
    """The call that a leg, playback, listener or snoop id belongs to, or None."""
    if not part.startswith(("op-", "pb-", "ls-", "sn-")):
        return None
    return part[3:].rpartition("-")[0] or None


def trunk_of(channel: str) -> str | None:
    """The trunk of a call, by its channel's name `PJSIP/trunk-<name>-<number>`; None for our own phones."""
    found = _TRUNK.fullmatch(channel)
    return found[1] if found else None


def translate(event: dict[str, Any]) -> Translated:
    """One ARI event; None when it means nothing to a call."""
    reader = _READERS.get(event.get("type", ""))
    if reader is None:
        return None
    channel = event.get("channel", {}).get("id", "")
    if channel.startswith(TAP):
        return Tapped(channel) if event["type"] == "StasisStart" else None
    return reader(event)


def _start(event: dict[str, Any]) -> Translated:
    channel, args = event["channel"], event.get("args", [])
    call = call_of_part(channel["id"])
    if call is not None:
        return Told(call, ev.LegAnswered(channel["id"]))
    return Arrival(channel["id"], args[0] if args else "", channel)


def _end(event: dict[str, Any]) -> Translated:
    channel = event["channel"]["id"]
    return None if call_of_part(channel) else Left(channel)


def _hangup_request(event: dict[str, Any]) -> Translated:
    channel = event["channel"]["id"]
    call = call_of_part(channel)
    if event.get("soft") and event.get("cause") == SHUTDOWN:  # every channel goes: nobody hung up
        return Told(call or channel, ev.Cut())
    return None if call else Told(channel, ev.CallerGone())


def _destroyed(event: dict[str, Any]) -> Translated:
    channel = event["channel"]["id"]
    call = call_of_part(channel)
    if call is None:
        return Told(channel, ev.CallerGone())
    return Told(call, ev.LegEnded(channel, _REASONS.get(int(event.get("cause", 0)), "lost")))


def _digit(event: dict[str, Any]) -> Translated:
    channel = event["channel"]["id"]
    return None if call_of_part(channel) else Told(channel, ev.Digit(str(event["digit"])))


def _sounded(event: dict[str, Any]) -> Translated:
    channel = event["channel"]["id"]
    return None if call_of_part(channel) else Sounded(channel)


def _hold(event: dict[str, Any]) -> Translated:
    call = call_of_part(event["channel"]["id"])
    return Told(call, ev.Held()) if call else None


def _unhold(event: dict[str, Any]) -> Translated:
    call = call_of_part(event["channel"]["id"])
    return Told(call, ev.Resumed()) if call else None


def _playback(event: dict[str, Any]) -> Translated:
    playback = event["playback"]["id"]
    call = call_of_part(playback)
    return Told(call, ev.PlaybackEnded(playback)) if call else None


def _recording(event: dict[str, Any]) -> Translated:
    recording = event["recording"]
    name = recording["name"]
    if not name.startswith("messages/"):
        return None
    seconds = float(recording.get("duration", 0)) if event["type"] == "RecordingFinished" else 0.0
    return Told(name.rpartition("/")[2], ev.MessageRecorded(name, seconds))


_READERS = {
    "StasisStart": _start,
    "StasisEnd": _end,
    "ChannelHangupRequest": _hangup_request,
    "ChannelDestroyed": _destroyed,
    "ChannelDtmfReceived": _digit,
    "ChannelTalkingStarted": _sounded,
    "ChannelHold": _hold,
    "ChannelUnhold": _unhold,
    "PlaybackFinished": _playback,
    "RecordingFinished": _recording,
    "RecordingFailed": _recording,
}
