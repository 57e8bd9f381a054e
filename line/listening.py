"""Listening: operators hear a caller who waits in silence, supervisors a talk.

Each listener is one task. Their phone is rung, then it hears the call through a snoop channel in a bridge of its own,
or joins the talk's bridge (`join`). Neither caller nor flow notices, and no part of the call depends on it.
"""

import asyncio
import secrets
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import structlog

from asterisk.ari import Ari
from asterisk.errors import AriError
from asterisk.legs import ANSWER_AT_ONCE, Leg, Legs
from asterisk.translate import ENDS, Answered
from ivr.state import CallState
from line.floor import Floor
from line.unforeseen import unforeseen
from tickets.errors import TicketError
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

RING_S = 15.0
RETRY_S = 1.0
NOT_HEARD = {"no_answer": "telepon Anda tidak diangkat", "unreachable": "telepon Anda tidak terjangkau"}


class Listened(Protocol):
    """A call, as far as listeners need it."""

    @property
    def state(self) -> CallState:
        """The state of its flow."""

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
    """One user who listens to one call on their phone; `talk`: to a talk, not to a waiting caller.

    `given`: the phone was handed to the call, which talks on it."""

    user: str
    call: str
    mode: str
    talk: bool
    token: str = field(default_factory=lambda: secrets.token_hex(4))
    inbox: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    given: bool = False
    leg: Leg = field(init=False)
    snoop: Leg | None = None

    def __post_init__(self) -> None:
        """The channel of the phone."""
        self.leg = Leg(f"ls-{self.call}-{self.token}", self.inbox)

    @property
    def bridge(self) -> str:
        """The bridge in which phone and snoop channel meet."""
        return f"ls-br-{self.token}"

    @property
    def channels(self) -> tuple[str, ...]:
        """Phone and snoop channel."""
        return (self.leg.id,) if self.snoop is None else (self.leg.id, self.snoop.id)


class Listening:
    """The listeners of the line; each hears one call at a time."""

    def __init__(
        self,
        ari: Ari,
        legs: Legs,
        store: StoreThread,
        floor: Floor,
        calls: Mapping[str, Listened],
        clock: Callable[[], datetime],
        spawn: Callable[[str, Any], "asyncio.Task[Any]"],
        not_heard: Callable[[str, str, str], Any],
    ) -> None:
        self._ari = ari
        self._legs = legs
        self._store = store
        self._floor = floor
        self._calls = calls
        self._clock = clock
        self._spawn = spawn
        self._not_heard = not_heard
        self._book: dict[str, Listener] = {}
        self._running: set[Listener] = set()
        floor.stop_listening = self.stop

    # requests

    def start(self, user: str, call: str, mode: str) -> None:
        """Ring the user's phone and let it hear the call; for a user who listens to it already, change the mode."""
        known = self._book.get(user)
        if known is not None and known.call == call:
            known.inbox.put_nowait(_Mode(mode))
            return
        self.stop(user, "other_call")
        listener = Listener(user, call, mode, talk=self._calls[call].state.talking is not None)
        self._book[user] = listener
        self._running.add(listener)
        self._legs.know(listener.leg)
        if not listener.talk:
            self._floor.listens(user, call)
        self._spawn(f"listen-{listener.leg.id}", self._run(listener))

    def stop(self, user: str, why: str) -> None:
        """End the user's listening; nothing when they do not listen."""
        if (listener := self._book.pop(user, None)) is not None:
            listener.inbox.put_nowait(_Stop(why))

    def give(self, user: str, call: str) -> tuple[str, bool] | None:
        """Hand the leg of a user who listens to a waiting call over for the talk; with it, whether it is answered.

        Asterisk's events of the leg go to the call from now on. None where this user has no such leg."""
        listener = self._book.get(user)
        if listener is None or listener.call != call or listener.talk:
            return None
        leg = listener.leg
        if not leg.rung or leg.gone:
            return None
        listener.given = True
        self._legs.forget(leg.id)
        self.stop(user, "taken")
        return leg.id, leg.answered

    def call_over(self, call: str) -> None:
        """End all listening to a call that has left our application, be it over or not."""
        for listener in [listener for listener in self._book.values() if listener.call == call]:
            self.stop(listener.user, "call_ended")

    async def sweep(self, channels: Collection[str]) -> None:
        """After a (re)connection end the channels and bridges that belong to no listener and no talk."""
        for listener in list(self._book.values()):
            if listener.leg.rung and listener.leg.id not in channels:
                self.stop(listener.user, "lost")
        used = {*self._legs, *(leg for call in self._calls.values() for leg in _legs(call.state))}
        for channel in channels:
            if channel.startswith(("ls-", "sn-")) and channel not in used:
                log.info("listening.left_behind", channel=channel)
                await self._ari.hangup(channel)
        bridges = {listener.bridge for listener in self._running}
        for bridge in await self._ari.bridges():
            if bridge["id"].startswith("ls-br-") and bridge["id"] not in bridges:
                await self._ari.destroy_bridge(bridge["id"])
        self._spawn("listening-lost", self._end_lost())

    async def _end_lost(self) -> None:
        """Write that listeners of a former process have ended; repeated in a task, for which no take-over waits."""
        while True:
            legs = {listener.leg.id for listener in self._running}
            if await self._save(_end_all_but(legs)):
                return
            await asyncio.sleep(RETRY_S)

    # one listener

    async def _run(self, listener: Listener) -> None:
        try:
            why = await self._ring(listener) or await self._hear(listener)
        except AriError as error:
            level = log.info if error.status == 404 else log.error
            level("listening.failed", user=listener.user, call=listener.call, error=str(error))
            why = "lost" if listener.leg.rung else "unreachable"
        except Exception:
            # any error: no desk stays engaged by a user who does not listen
            log.exception("listening.failed", user=listener.user, call=listener.call)
            why = "lost"
        await self._over(listener, why)

    async def _ring(self, listener: Listener) -> str | None:
        """None as soon as the phone is answered, else the reason why not."""
        leg, user, call = listener.leg, listener.user, listener.call
        await self._save(lambda store, now: store.listeners.begin(now, leg.id, user, call, listener.mode))
        await self._legs.ring(
            leg,
            f"PJSIP/{user}",
            app_args=f"ls,{call}",
            caller_id='"Dengar 112" <112>',
            ring_s=RING_S,
            variables=ANSWER_AT_ONCE,
        )

        async def wish(event: object) -> str | None:
            match event:
                case _Stop(why):
                    return why
                case _Mode(mode):
                    listener.mode = mode
            return None

        end = await self._legs.answered(leg, RING_S, wish)
        return end if end is None or isinstance(end, str) else "no_answer"

    async def _hear(self, listener: Listener) -> str:
        """Hear the call until listening ends; the reason of the end."""
        await self._ari.create_bridge(listener.bridge)
        await self._connect(listener)
        while True:
            match await listener.inbox.get():
                case _Stop(why):
                    return why
                case _Mode(mode) if mode != listener.mode:
                    listener.mode = mode
                    await self._connect(listener)
                case Answered(leg) if listener.snoop is not None and leg == listener.snoop.id:
                    await self._meet(listener, leg)
                case event if isinstance(event, ENDS) and event.leg in listener.channels:
                    return "hung_up" if event.leg == listener.leg.id else "call_ended"

    async def _connect(self, listener: Listener) -> None:
        """Open a snoop channel in the listener's mode; its start comes as an event."""
        call = self._calls.get(listener.call)
        if call is None or (listener.talk and call.state.talking is None):
            raise AriError("listen", 404, "panggilan sudah berakhir")
        before, snoop = listener.snoop, Leg(f"sn-{listener.call}-{secrets.token_hex(4)}", listener.inbox)
        listener.snoop = snoop
        self._legs.know(snoop)
        try:
            if listener.talk and call.state.talking is not None:  # at the operator's phone both sides are heard
                whisper = "out" if listener.mode == "whisper" else "none"
                await self._ari.snoop(call.state.talking.id, snoop.id, spy="both", whisper=whisper)
            else:
                await self._ari.snoop(listener.call, snoop.id, spy="in")
        finally:
            if before is not None:
                self._legs.forget(before.id)
                await self._legs.hang_up(before.id)

    async def _meet(self, listener: Listener, snoop: str) -> None:
        """Bridge the phone with the snoop channel, or with the talk: then that channel only shows the talk's end."""
        if listener.given:
            return
        call, leg = self._calls.get(listener.call), listener.leg.id
        if listener.talk and listener.mode == "join" and call is not None:
            await self._ari.add_to_bridge(call.bridge, leg)
        else:
            await self._ari.add_to_bridge(listener.bridge, snoop, leg)
        await self._save(lambda store, now: store.listeners.hears(now, leg, listener.mode))

    async def _over(self, listener: Listener, why: str) -> None:
        """Free the desk first, then hang up, write and tell: none of these may keep a desk engaged."""
        user, leg = listener.user, listener.leg.id
        if self._book.get(user) is listener:
            del self._book[user]
        if user not in self._book:
            self._floor.listens(user, None)
        self._running.discard(listener)
        ours = [channel for channel in listener.channels if not (listener.given and channel == leg)]
        self._legs.forget(*ours)
        for channel in ours:
            await self._legs.hang_up(channel)
        await self._undo(self._ari.destroy_bridge(listener.bridge))
        await self._save(lambda store, now: store.listeners.end(now, leg, why))
        if why in NOT_HEARD:
            await self._tell(user, listener.call, NOT_HEARD[why])

    async def _tell(self, user: str, call: str, why: str) -> None:
        try:
            await self._not_heard(user, call, why)
        except TicketError as error:
            log.error("listening.not_told", user=user, call=call, error=str(error), exc_info=unforeseen(error))

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
            log.error("listening.not_saved", error=str(error), exc_info=unforeseen(error))
            return False
        return True


def _end_all_but(legs: set[str]) -> Callable[[Store, datetime], None]:
    return lambda store, now: store.listeners.end_all_but(now, legs, "lost")


def _legs(state: CallState) -> tuple[str, ...]:
    return tuple(leg.id for leg in (*state.legs, state.talking) if leg is not None)
