"""Calls out, speaks a report and takes key 1; voicemail and silence are no answer.

Runs on an ARI application of its own, so that its events and those of callers never wait for each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from dataclasses import dataclass, field

import structlog

from asterisk.ari import Ari, Event
from asterisk.errors import AriError
from tickets.notify.channel import Accept, CallAnswer, CallResult

APP = "tanggap-push"
PREFIX = "push-"
EVENTS = (
    "StasisStart",
    "StasisEnd",
    "ChannelDestroyed",
    "ChannelHangupRequest",
    "ChannelDtmfReceived",
    "PlaybackFinished",
)
ACCEPT_KEY = "1"
THANKS_S = 8.0
# A leg ends by itself after this, whatever became of us: Asterisk never ends the calls of a dead application.
DEAD_MAN_S = 240
# How long Asterisk may be late with the end of a leg that it was told to ring for so long.
GRACE_S = 5.0

# Q.850 causes of a leg that was not answered, measured on Asterisk 22 with SIP phones (603 is 21, 480 is 19).
_CAUSES: dict[int, CallResult] = {16: "no_answer", 17: "busy", 18: "no_answer", 19: "no_answer", 21: "declined"}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """Media lists (`sound:/path/without-suffix`): `report`, from the second time on `again`, and `thanks` after key 1.

    It is spoken `tries` times, each followed by `key_s` seconds of waiting for the key."""

    report: tuple[str, ...]
    again: tuple[str, ...]
    thanks: tuple[str, ...]
    tries: int = 3
    key_s: float = 4.0


@dataclass(slots=True)
class _Leg:
    channel: str
    events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)

    async def next(self, limit_s: float) -> Event | None:
        """The next event of this leg; None after the limit."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                return await self.events.get()
        return None


class Dialler:
    """Call-outs over one ARI application, many at once; takes that application's events."""

    def __init__(self, ari: Ari) -> None:
        self._ari = ari
        self._legs: dict[str, _Leg] = {}
        ari.on_event(self._on_event, EVENTS)
        ari.on_connect(self._resync)

    async def call(
        self, endpoint: str, message: Message, accept: Accept, *, caller_id: str, ring_s: float = 25.0
    ) -> CallAnswer:
        """Ring `endpoint` and speak; `accept` is awaited when key 1 is pressed, and only then thanks are said.

        A cancelled call is hung up. What `accept` raises is passed on, and nobody is thanked.
        """
        if not self._ari.connected:
            return CallAnswer("unreachable", "Asterisk tidak tersambung")
        leg = _Leg(f"{PREFIX}{uuid.uuid4().hex}")
        self._legs[leg.channel] = leg
        try:
            await self._originate(leg, endpoint, caller_id, ring_s)
            ended = await self._ring(leg, ring_s)
            return ended if ended is not None else await self._talk(leg, message, accept)
        except AriError as error:
            return CallAnswer("unreachable", str(error))
        finally:
            del self._legs[leg.channel]
            with contextlib.suppress(AriError):
                await self._ari.hangup(leg.channel)

    async def _originate(self, leg: _Leg, endpoint: str, caller_id: str, ring_s: float) -> None:
        try:
            await self._ari.originate(
                leg.channel,
                endpoint,
                app_args="push",
                caller_id=caller_id,
                timeout_s=ring_s,
                variables={"TIMEOUT(absolute)": str(DEAD_MAN_S)},
            )
        except AriError as error:
            if error.status == 500:  # «Allocation failed»: no phone is registered there
                raise AriError("originate", 500, f"{endpoint} tidak terdaftar") from None
            raise

    async def _ring(self, leg: _Leg, ring_s: float) -> CallAnswer | None:
        """None as soon as the phone is answered, else how it was not."""
        while (event := await leg.next(ring_s + GRACE_S)) is not None:
            if event["type"] == "StasisStart":
                return None
            if event["type"] == "ChannelDestroyed":
                cause = int(event.get("cause", 0))
                return CallAnswer(_CAUSES.get(cause, "unreachable"), "" if cause in _CAUSES else f"Q.850 {cause}")
        return CallAnswer("no_answer")

    async def _talk(self, leg: _Leg, message: Message, accept: Accept) -> CallAnswer:
        for turn in range(message.tries):
            playback = f"{leg.channel}-{turn}"
            try:
                await self._ari.play(leg.channel, playback, message.again if turn else message.report)
            except AriError as error:
                return CallAnswer("hung_up", "" if error.status == 404 else str(error))
            heard = await self._listen(leg, playback, message.key_s)
            if heard == "gone":
                return CallAnswer("hung_up")
            if heard == "key":
                await self._accepted(leg, playback, message, accept)
                return CallAnswer("accepted")
        return CallAnswer("no_key")

    async def _listen(self, leg: _Leg, playback: str, key_s: float) -> str:
        """`key` for key 1, `gone` for a hang-up, `over` when the playback has ended and the waiting after it too."""
        limit_s = float(DEAD_MAN_S)
        while (event := await leg.next(limit_s)) is not None:
            match event["type"]:
                case "ChannelDtmfReceived" if event["digit"] == ACCEPT_KEY:
                    return "key"
                case "PlaybackFinished" if event["playback"]["id"] == playback:
                    limit_s = key_s
                case "ChannelHangupRequest" | "ChannelDestroyed" | "StasisEnd":
                    return "gone"
        return "over"

    async def _accepted(self, leg: _Leg, playback: str, message: Message, accept: Accept) -> None:
        """Save the answer first, then say so; a phone that hung up meanwhile has answered all the same."""
        taken = await accept()
        with contextlib.suppress(AriError):
            await self._ari.stop_playback(playback)
            if taken:
                thanks = f"{leg.channel}-thanks"
                await self._ari.play(leg.channel, thanks, message.thanks)
                await self._end_of(leg, thanks)

    async def _end_of(self, leg: _Leg, playback: str) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(THANKS_S):
                while await self._listen(leg, playback, key_s=0.0) == "key":
                    pass  # pressed again: let the thanks end

    def _on_event(self, event: Event) -> None:
        channel = event.get("channel", {}).get("id") or event.get("playback", {}).get("target_uri", "")
        leg = self._legs.get(channel.removeprefix("channel:"))
        if leg is not None:
            leg.events.put_nowait(event)

    async def _resync(self) -> None:
        """After a (re)connection: end the legs that an earlier life left behind, and tell ours that ended unseen."""
        there = {channel["id"] for channel in await self._ari.channels()}
        for channel in there:
            if channel.startswith(PREFIX) and channel not in self._legs:
                log.info("push.leg_left_behind", channel=channel)
                await self._ari.hangup(channel)
        for channel, leg in self._legs.items():
            if channel not in there:
                leg.events.put_nowait({"type": "ChannelDestroyed", "cause": 0})
