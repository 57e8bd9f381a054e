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
    """One user who listens to one call with a phone of theirs; `talk`: to a talk, not to a caller who waits.

    `given`: the phone is the call's now."""

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
    """All listeners of the line, one call for each of them at a time."""

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

    # asked for

    def start(self, user: str, call: str, mode: str) -> None:
        """Ring the user's phone and let it hear the call; who listens to it already changes the mode."""
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
        """The user no longer listens; nothing when they did not."""
        if (listener := self._book.pop(user, None)) is not None:
            listener.inbox.put_nowait(_Stop(why))

    def give(self, user: str, call: str) -> tuple[str, bool] | None:
        """The leg of a user who listens to a waiting call, for the talk with that caller; and whether it is answered.

        What Asterisk says of the leg is the call's from now on."""
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
        """A call has left our hands, perhaps alive: nobody listens to it any more."""
        for listener in [listener for listener in self._book.values() if listener.call == call]:
            self.stop(listener.user, "call_ended")

    async def sweep(self, channels: Collection[str]) -> None:
        """After a (re)connection, with the channels that there are: what belongs to no listener and no talk goes."""
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
        """Who listened before does so no longer; calls are taken over also while that cannot be written."""
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
            # of whatever kind: no desk stays engaged by who does not listen
            log.exception("listening.failed", user=listener.user, call=listener.call)
            why = "lost"
        await self._over(listener, why)

    async def _ring(self, listener: Listener) -> str | None:
        """None as soon as the phone is answered, else why it was not."""
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
        """Until it is over; why."""
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
        """Begin to hear the call in the listener's mode; the new snoop channel says when it has started."""
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
        """The phone meets the snoop channel, or joins the talk: then that channel only tells when the talk is over."""
        if listener.given:
            return
        call, leg = self._calls.get(listener.call), listener.leg.id
        if listener.talk and listener.mode == "join" and call is not None:
            await self._ari.add_to_bridge(call.bridge, leg)
        else:
            await self._ari.add_to_bridge(listener.bridge, snoop, leg)
        await self._save(lambda store, now: store.listeners.hears(now, leg, listener.mode))

    async def _over(self, listener: Listener, why: str) -> None:
        """Free the desk first, then undo, write and tell: none of these may keep a desk engaged."""
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
