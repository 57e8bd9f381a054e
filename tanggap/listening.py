"""Who listens: operators to a caller who waits in silence, supervisors to a talk.

Each listener is one task: their phone is rung, then it hears the call through a snoop channel in a bridge of its own,
or stands in the talk's bridge (`join`). Neither caller nor flow notices, and nothing of the call depends on it.
"""

import asyncio
import secrets
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import structlog

from asterisk.ari import Ari, Event
from asterisk.dial import ANSWER_AT_ONCE
from asterisk.errors import AriError
from ivr.state import CallState
from tanggap.floor import Floor
from tickets.errors import TicketError
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

RING_S = 15.0
# how long Asterisk may be late with the end of a phone that it was told to ring for so long
GRACE_S = 5.0
RETRY_S = 1.0
ENDS = frozenset({"ChannelHangupRequest", "StasisEnd", "ChannelDestroyed"})
NOT_HEARD = {"no_answer": "telepon Anda tidak diangkat", "unreachable": "telepon Anda tidak terjangkau"}


class Listened(Protocol):
    """A call as listeners know it."""

    @property
    def state(self) -> CallState:
        """Where it stands."""

    @property
    def bridge(self) -> str:
        """The bridge of its talk."""


@dataclass(frozen=True, slots=True)
class _Stop:
    why: str


@dataclass(frozen=True, slots=True)
class _Mode:
    mode: str


@dataclass(eq=False, slots=True)
class Listener:
    """One user who listens to one call over the channel `leg`; `talk`: to a talk, not to a caller who waits."""

    user: str
    call: str
    mode: str
    talk: bool
    token: str = field(default_factory=lambda: secrets.token_hex(4))
    told: asyncio.Queue[Event | _Stop | _Mode] = field(default_factory=asyncio.Queue)
    rung: bool = False
    answered: bool = False
    given: bool = False
    gone: bool = False
    snoop: str | None = None

    @property
    def leg(self) -> str:
        """The channel of the listener's phone."""
        return f"ls-{self.call}-{self.token}"

    @property
    def bridge(self) -> str:
        """The bridge in which phone and snoop channel meet."""
        return f"ls-br-{self.token}"


class Listening:
    """All listeners of the line, one call for each of them at a time."""

    def __init__(
        self,
        ari: Ari,
        store: StoreThread,
        floor: Floor,
        calls: Mapping[str, Listened],
        clock: Callable[[], datetime],
        spawn: Callable[[str, Any], "asyncio.Task[Any]"],
        not_heard: Callable[[str, str, str], Any],
    ) -> None:
        self._ari = ari
        self._store = store
        self._floor = floor
        self._calls = calls
        self._clock = clock
        self._spawn = spawn
        self._not_heard = not_heard
        self._book: dict[str, Listener] = {}
        self._channels: dict[str, Listener] = {}
        floor.stop_listening = self.stop

    # asked for

    def start(self, user: str, call: str, mode: str) -> None:
        """Ring the user's phone and let it hear the call; who listens to it already changes the mode."""
        known = self._book.get(user)
        if known is not None and known.call == call:
            known.told.put_nowait(_Mode(mode))
            return
        self.stop(user, "other_call")
        made = Listener(user, call, mode, talk=self._calls[call].state.talking is not None)
        self._book[user] = self._channels[made.leg] = made
        if not made.talk:
            self._floor.listens(user, call)
        self._spawn(f"listen-{made.leg}", self._run(made))

    def stop(self, user: str, why: str) -> None:
        """The user no longer listens; nothing when they did not."""
        if (found := self._book.pop(user, None)) is not None:
            found.told.put_nowait(_Stop(why))

    def give(self, user: str, call: str) -> tuple[str, bool] | None:
        """The leg of a user who listens to a waiting call, for the talk with that caller; and whether it is answered.

        What Asterisk says of the leg is the call's from now on."""
        found = self._book.get(user)
        if found is None or found.call != call or found.talk or not found.rung or found.gone:
            return None
        found.given = True
        del self._channels[found.leg]
        self.stop(user, "taken")
        return found.leg, found.answered

    # told

    def heard(self, event: Event) -> bool:
        """Take an event of Asterisk that is about a listener's channel; False for all others."""
        channel = str((event.get("channel") or event.get("peer") or {}).get("id"))
        found = self._channels.get(channel)
        if found is None:
            return False
        if channel == found.leg:
            found.answered |= event["type"] == "StasisStart"
            found.gone |= event["type"] in ENDS
        found.told.put_nowait(event)
        return True

    def call_over(self, call: str) -> None:
        """A call has left our hands, perhaps alive: nobody listens to it any more."""
        for found in [one for one in self._book.values() if one.call == call]:
            self.stop(found.user, "call_ended")

    async def sweep(self, channels: Collection[str]) -> None:
        """After a (re)connection, with the channels that there are: what belongs to no listener and no talk goes."""
        for found in list(self._book.values()):
            if found.rung and found.leg not in channels:
                self.stop(found.user, "lost")
        used = {*self._channels, *(leg for call in self._calls.values() for leg in _legs(call.state))}
        for channel in channels:
            if channel.startswith(("ls-", "sn-")) and channel not in used:
                log.info("listening.left_behind", channel=channel)
                await self._ari.hangup(channel)
        bridges = {found.bridge for found in self._channels.values()}
        for bridge in await self._ari.bridges():
            if bridge["id"].startswith("ls-br-") and bridge["id"] not in bridges:
                await self._ari.destroy_bridge(bridge["id"])
        self._spawn("listening-lost", self._end_lost())

    async def _end_lost(self) -> None:
        """Who listened before does so no longer; calls are taken over also while that cannot be written."""
        while True:
            legs = {found.leg for found in self._channels.values()}
            if await self._save(_end_all_but(legs)):
                return
            await asyncio.sleep(RETRY_S)

    # one listener

    async def _run(self, one: Listener) -> None:
        try:
            why = await self._ring(one) or await self._hear(one)
        except AriError as error:
            gone = error.status == 404
            (log.info if gone else log.error)("listening.failed", user=one.user, call=one.call, error=str(error))
            why = "lost" if one.rung else "unreachable"
        await self._over(one, why)

    async def _ring(self, one: Listener) -> str | None:
        """None as soon as the phone is answered, else why it was not."""
        await self._save(lambda store, now: store.listeners.begin(now, one.leg, one.user, one.call, one.mode))
        await self._ari.originate(
            one.leg,
            f"PJSIP/{one.user}",
            app_args=f"ls,{one.call}",
            caller_id='"Dengar 112" <112>',
            timeout_s=RING_S,
            variables=ANSWER_AT_ONCE,
        )
        one.rung = True
        while (told := await self._next(one, RING_S + GRACE_S)) is not None:
            match told:
                case _Stop(why):
                    return why
                case _Mode(mode):
                    one.mode = mode
                case {"type": "StasisStart"}:
                    return None
                case {"type": "ChannelDestroyed"}:
                    return "no_answer"
        return "no_answer"

    async def _next(self, one: Listener, limit_s: float | None) -> Event | _Stop | _Mode | None:
        try:
            async with asyncio.timeout(limit_s):
                return await one.told.get()
        except TimeoutError:
            return None

    async def _hear(self, one: Listener) -> str:
        """Until it is over; why."""
        await self._ari.create_bridge(one.bridge)
        await self._connect(one)
        while (told := await self._next(one, None)) is not None:
            match told:
                case _Stop(why):
                    return why
                case _Mode(mode) if mode != one.mode:
                    one.mode = mode
                    await self._connect(one)
                case {"type": "StasisStart", "channel": {"id": str(channel)}} if channel == one.snoop:
                    await self._meet(one, channel)
                case {"type": str(kind), "channel": {"id": channel}} if kind in ENDS:
                    if channel in (one.leg, one.snoop):
                        return "hung_up" if channel == one.leg else "call_ended"
        return "lost"

    async def _connect(self, one: Listener) -> None:
        """Begin to hear the call in the listener's mode; the new snoop channel says when it has started."""
        call = self._calls.get(one.call)
        if call is None or (one.talk and call.state.talking is None):
            raise AriError("listen", 404, "panggilan sudah berakhir")
        before, one.snoop = one.snoop, f"sn-{one.call}-{secrets.token_hex(4)}"
        self._channels[one.snoop] = one
        if one.talk and call.state.talking is not None:  # at the operator's phone both sides are heard
            whisper = "out" if one.mode == "whisper" else "none"
            await self._ari.snoop(call.state.talking.id, one.snoop, spy="both", whisper=whisper)
        else:
            await self._ari.snoop(one.call, one.snoop, spy="in")
        if before is not None:
            self._channels.pop(before, None)
            await self._ari.hangup(before)

    async def _meet(self, one: Listener, snoop: str) -> None:
        """The phone meets the snoop channel, or joins the talk: then that channel only tells when the talk is over."""
        if one.given:
            return
        call = self._calls.get(one.call)
        if one.talk and one.mode == "join" and call is not None:
            await self._ari.add_to_bridge(call.bridge, one.leg)
        else:
            await self._ari.add_to_bridge(one.bridge, snoop, one.leg)
        await self._save(lambda store, now: store.listeners.hears(now, one.leg, one.mode))

    async def _over(self, one: Listener, why: str) -> None:
        if self._book.get(one.user) is one:
            del self._book[one.user]
        if one.user not in self._book:
            self._floor.listens(one.user, None)
        for channel in [name for name, found in self._channels.items() if found is one]:
            del self._channels[channel]
        for ours in (None if one.given else one.leg, one.snoop):
            if ours is not None:
                await self._undo(self._ari.hangup(ours))
        await self._undo(self._ari.destroy_bridge(one.bridge))
        await self._save(lambda store, now: store.listeners.end(now, one.leg, why))
        if why in NOT_HEARD:
            await self._not_heard(one.user, one.call, NOT_HEARD[why])

    async def _undo(self, undo: Coroutine[Any, Any, None]) -> None:
        try:
            await undo
        except AriError as error:
            log.error("listening.not_ended", error=str(error))

    async def _save(self, change: Callable[[Store, datetime], None]) -> bool:
        now = self._clock()
        try:
            await self._store.write(lambda store: change(store, now))
        except TicketError as error:
            log.error("listening.not_saved", error=str(error))
            return False
        return True


def _end_all_but(legs: set[str]) -> Callable[[Store, datetime], None]:
    return lambda store, now: store.listeners.end_all_but(now, legs, "lost")


def _legs(state: CallState) -> tuple[str, ...]:
    return tuple(leg.id for leg in (*state.legs, state.talking) if leg is not None)
