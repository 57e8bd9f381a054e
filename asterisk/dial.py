"""Call-outs: ring a phone, speak a report and take an answer by key; voicemail and silence are no answer.

They run on an ARI application of their own, so that their events and those of callers never wait for each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

from asterisk.ari import Ari, Event, Spawn
from asterisk.causes import call_out_result, detail
from asterisk.errors import AriError
from asterisk.legs import ANSWER_AT_ONCE, Leg, Legs
from asterisk.translate import ENDS, PUSH, Ended, LegEvent, Played, Pressed, Ringing, Stray, translate
from tickets.errors import ChannelError
from tickets.notify.channel import CallAnswer, Heard, Said, Talk

APP = "tanggap-push"
EVENTS = (
    "StasisStart",
    "StasisEnd",
    "ChannelStateChange",
    "ChannelDestroyed",
    "ChannelHangupRequest",
    "ChannelDtmfReceived",
    "PlaybackFinished",
)
KEYS: Mapping[str, Said] = {"1": "accept", "2": "depart", "3": "refuse"}
REPEAT_KEY = "9"
# Answers that changed something; such an answer stays the result of the call, whatever key follows.
STRONG: tuple[Heard, ...] = ("accepted", "departed", "refused")
# After an answer was read back: «on the way» may follow «accepted».
AFTER_ANSWER_S = 1.5
MOST_TURNS = 10
# A leg ends by itself after this time: Asterisk never ends the calls of a dead application.
DEAD_MAN_S = 240

Door = Callable[[], contextlib.AbstractAsyncContextManager[None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """Media lists (`sound:/path/without-suffix`): the `report`, its repetition `again`, and the reply to each answer.

    It is spoken `tries` times, each followed by `key_s` seconds of waiting for a key. `whole` False: its words could
    not be spoken, so that no key says that they were heard."""

    report: tuple[str, ...]
    again: tuple[str, ...]
    replies: Mapping[Heard, tuple[str, ...]]
    tries: int = 3
    key_s: float = 4.0
    whole: bool = True


class Dialler:
    """Makes call-outs over one ARI application, many at once; takes that application's events."""

    def __init__(self, ari: Ari, spawn: Spawn) -> None:
        self._ari = ari
        self._spawn = spawn
        self._legs = Legs(ari)
        ari.on_event(self._on_event, EVENTS)
        ari.on_connect(self._resync)

    async def call(
        self,
        endpoint: str,
        message: Awaitable[Message],
        talk: Talk,
        *,
        caller_id: str,
        ring_s: float = 25.0,
        headers: Mapping[str, str] | None = None,
        door: Door = contextlib.nullcontext,
    ) -> CallAnswer:
        """Ring `endpoint` and speak; a key with a meaning is handed to `talk.answer`, and the result is read back.

        `headers`: channel variables that add rows to the INVITE. `door` is held while the phone is ordered to ring; its
        ChannelError is the detail of a call that was not made.

        `message` is awaited when the phone is answered: it may be made while it rings. A cancelled call is hung up.
        Errors of `talk.answer` are passed on, and nothing is read back.
        """
        if not self._ari.connected:
            return CallAnswer("unreachable", "Asterisk tidak tersambung")
        try:
            async with self._leg() as leg:
                await self._originate(leg, endpoint, caller_id, ring_s, headers or {}, door)
                ended = await self._ring(leg, ring_s, talk)
                return ended if ended is not None else await self._talk(leg, await message, talk)
        except (AriError, ChannelError) as error:
            return CallAnswer("unreachable", str(error))

    async def announce(
        self, endpoint: str, media: tuple[str, ...], *, caller_id: str, ring_s: float = 15.0, times: int = 2
    ) -> CallAnswer:
        """Play `media` on a phone that answers by itself, `times` times; keys have no meaning there."""
        if not self._ari.connected:
            return CallAnswer("unreachable", "Asterisk tidak tersambung")
        try:
            async with self._leg() as leg:
                await self._originate(leg, endpoint, caller_id, ring_s, ANSWER_AT_ONCE)
                if (ended := await self._ring(leg, ring_s, None)) is not None:
                    return ended
                for turn in range(times):
                    if await self._say(leg, turn, media, 0.5, None) == "gone":
                        return CallAnswer("hung_up") if turn == 0 else CallAnswer("played")
                return CallAnswer("played")
        except AriError as error:
            return CallAnswer("unreachable", str(error))

    @contextlib.asynccontextmanager
    async def _leg(self) -> AsyncIterator[Leg]:
        """Provide a channel of ours and hang it up afterwards."""
        leg = Leg(f"{PUSH}{uuid.uuid4().hex}")
        self._legs.know(leg)
        try:
            yield leg
        finally:
            self._legs.forget(leg.id)
            with contextlib.suppress(AriError):
                await self._ari.hangup(leg.id)

    async def _originate(
        self,
        leg: Leg,
        endpoint: str,
        caller_id: str,
        ring_s: float,
        headers: Mapping[str, str],
        door: Door = contextlib.nullcontext,
    ) -> None:
        """Have the phone rung. A cancelled call-out waits for the end of this request, which is limited.

        A hang-up that overtakes the request would not find the channel, and the phone would ring for nobody."""
        order = self._spawn(f"order-{leg.id}", self._order(leg, endpoint, caller_id, ring_s, headers, door))
        try:
            error = await asyncio.shield(order)
        except asyncio.CancelledError:
            await asyncio.wait({order})
            raise
        if isinstance(error, AriError) and error.status == 500:  # «Allocation failed»: no phone is registered there
            raise AriError("originate", 500, f"{endpoint} tidak terdaftar")
        if error is not None:
            raise error

    async def _order(
        self, leg: Leg, endpoint: str, caller_id: str, ring_s: float, headers: Mapping[str, str], door: Door
    ) -> AriError | ChannelError | None:
        variables = {"TIMEOUT(absolute)": str(DEAD_MAN_S), **headers}
        try:
            async with door():
                await self._legs.ring(
                    leg, endpoint, app_args="push", caller_id=caller_id, ring_s=ring_s, variables=variables
                )
        except (
            AriError,
            ChannelError,
        ) as error:  # returned: to the keeper of tasks an error that is raised is a defect
            return error
        return None

    async def _ring(self, leg: Leg, ring_s: float, talk: Talk | None) -> CallAnswer | None:
        """Wait for the answer; None as soon as it comes, else the result of the call."""

        async def note_ringing(event: LegEvent) -> None:
            if isinstance(event, Ringing):
                await _note(talk, "ringing")

        end: Ended | None = await self._legs.answered(leg, ring_s, note_ringing)
        if end is None:
            await _note(talk, "answered")
            return None
        result = call_out_result(end.cause)
        return CallAnswer(result, detail(end.cause) if result == "unreachable" else "")

    async def _talk(self, leg: Leg, message: Message, talk: Talk) -> CallAnswer:
        """Speak until an answer is read back, no key comes in time, or the phone is hung up."""
        answered: CallAnswer | None = None
        media, silences = message.report, 0
        if not message.whole:
            talk.unheard()
        for turn in range(MOST_TURNS):
            try:
                key = await self._say(leg, turn, media, AFTER_ANSWER_S if answered else message.key_s, talk)
            except AriError as error:
                return answered or CallAnswer("hung_up", "" if error.status == 404 else str(error))
            if key == "gone" or (key == "" and answered is not None):
                return answered or CallAnswer("hung_up")
            if key == "":
                silences += 1
                if silences >= message.tries:
                    break
            if key in KEYS:
                heard = await talk.answer(KEYS[key])
                if heard in STRONG or (answered is None and heard != "unfit"):
                    answered = CallAnswer(heard)
                await self._quiet(leg, turn)
                media = message.replies.get(heard, ())
            elif answered is None:
                await self._quiet(leg, turn)
                media = message.again
        return answered or CallAnswer("no_key")

    async def _say(self, leg: Leg, turn: int, media: tuple[str, ...], key_s: float, talk: Talk | None) -> str:
        """Play, then wait for `key_s`: the key that was pressed, "" for none, «gone» for a hang-up."""
        playback = f"{leg.id}-{turn}"
        if media:
            await self._ari.play(leg.id, playback, media)
        limit_s = float(DEAD_MAN_S) if media else key_s
        while (event := await leg.next(limit_s)) is not None:
            match event:
                case Pressed(digit=digit) if talk is not None:
                    await _note(talk, f"key {digit}")
                    if digit in (*KEYS, REPEAT_KEY):
                        return str(digit)
                case Played(playback=name) if name == playback:
                    limit_s = key_s
            if isinstance(event, ENDS):
                return "gone"
        return ""

    async def _quiet(self, leg: Leg, turn: int) -> None:
        with contextlib.suppress(AriError):
            await self._ari.stop_playback(f"{leg.id}-{turn}")

    def _on_event(self, event: Event) -> None:
        match self._legs.route(translate(event)):
            case Stray(leg):
                self._spawn(f"orphan-{leg}", self._legs.hang_up(leg))

    async def _resync(self) -> None:
        """After a (re)connection end the legs of a former process, and tell ours that ended during the outage."""
        there = {channel["id"] for channel in await self._ari.channels()}
        for channel in there:
            if channel.startswith(PUSH) and channel not in self._legs:
                log.info("push.leg_left_behind", channel=channel)
                await self._ari.hangup(channel)
        self._legs.missing(there, PUSH)


async def _note(talk: Talk | None, event: str) -> None:
    if talk is not None:
        await talk.note(event)
