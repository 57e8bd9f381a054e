"""Legs: channels under ids of ours that ring one phone each, and the table that gives each its events.

Every phone that we ring outside the call flow is rung here: a listener's, those of a call back, a call-out's. An event
goes to its leg by the channel's id, and to nobody else.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

from asterisk.ari import Ari
from asterisk.causes import NO_ANSWER
from asterisk.errors import AriError
from asterisk.translate import CALLBACK, ENDS, PUSH, Answered, Ended, LegEvent, Ringing, Stray, Translated, of_call

# A phone that knows one of these headers answers by itself; any other rings.
ANSWER_AT_ONCE = {
    "PJSIP_HEADER(add,Call-Info)": "<sip:112>;answer-after=0",
    "PJSIP_HEADER(add,Alert-Info)": "<http://localhost>;info=alert-autoanswer;delay=0",
}
# Grace after the ring timeout for ChannelDestroyed to arrive.
GRACE_S = 5.0

log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(eq=False, slots=True)
class Leg:
    """A channel of ours; `inbox` gets its events, perhaps beside those of another leg and other messages.

    `rung`: Asterisk has accepted the request to ring it. `answered` and `gone` are true from the moment of the event,
    also while it still waits in the inbox."""

    id: str
    inbox: "asyncio.Queue[Any]" = field(default_factory=asyncio.Queue)
    rung: bool = False
    answered: bool = False
    gone: bool = False

    def hear(self, event: LegEvent) -> None:
        """Take in an event of this leg."""
        self.answered |= isinstance(event, Answered)
        self.gone |= isinstance(event, ENDS)
        self.inbox.put_nowait(event)

    async def next(self, limit_s: float | None = None) -> Any | None:
        """Take the next item from the inbox; None after the limit."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                return await self.inbox.get()
        return None


class Legs:
    """The legs of one ARI application, by id."""

    def __init__(self, ari: Ari) -> None:
        self._ari = ari
        self._known: dict[str, Leg] = {}

    def __contains__(self, leg: str) -> bool:
        return leg in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def know(self, *legs: Leg) -> None:
        """Begin to route events to these legs."""
        self._known.update({leg.id: leg for leg in legs})

    def forget(self, *legs: str) -> None:
        """Stop routing events to these legs; an unknown one is no error."""
        for leg in legs:
            self._known.pop(leg, None)

    def route(self, event: Translated) -> Translated:
        """Hand a leg its event; other events are returned, that of a call's leg as an event for its flow.

        An unknown leg of a call back or call-out is no caller: it comes back as a Stray, to be hung up."""
        if not isinstance(event, LegEvent):
            return event
        if (leg := self._known.get(event.leg)) is not None:
            leg.hear(event)
            return None
        if event.leg.startswith((CALLBACK, PUSH)):
            return Stray(event.leg) if isinstance(event, Ringing | Answered) else None
        return of_call(event)

    def missing(self, there: Collection[str], prefix: str) -> None:
        """After a reconnection end the legs that were rung under this prefix and are not `there` any more."""
        for leg in self._known.values():
            if leg.rung and leg.id.startswith(prefix) and leg.id not in there:
                leg.hear(Ended(leg.id))

    async def ring(
        self,
        leg: Leg,
        endpoint: str,
        *,
        app_args: str,
        caller_id: str,
        ring_s: float,
        originator: str | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Have Asterisk ring `endpoint` for `ring_s`; AriError where it refuses (500: no phone is registered there)."""
        await self._ari.originate(
            leg.id,
            endpoint,
            app_args=app_args,
            caller_id=caller_id,
            timeout_s=ring_s,
            originator=originator,
            variables=variables,
        )
        leg.rung = True

    async def answered(
        self, leg: Leg, ring_s: float, meanwhile: Callable[[Any], Awaitable[T | None]]
    ) -> T | Ended | None:
        """Wait for the answer of a rung leg: None when it comes, else the leg's end; after our own limit a «no answer».

        `meanwhile` is given every other item of the inbox; a result of its that is not None ends the waiting and is
        returned. Nothing is hung up here."""
        loop = asyncio.get_running_loop()
        until = loop.time() + ring_s + GRACE_S
        while (event := await leg.next(until - loop.time())) is not None:
            match event:
                case Answered(leg.id):
                    return None
                case Ended(leg.id):
                    return event
            if (outcome := await meanwhile(event)) is not None:
                return outcome
        return Ended(leg.id, NO_ANSWER)

    async def hang_up(self, leg: str) -> None:
        """End a leg, ringing or answered; an error is logged, and the next sweep ends the leg."""
        try:
            await self._ari.hangup(leg)
        except AriError as error:
            log.error("leg.not_hung_up", leg=leg, error=str(error))
