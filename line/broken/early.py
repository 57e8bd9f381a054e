"""Early media: the network speaks before a call of ours is answered (183; RFC 3960), and whoever calls hears it.

«Nomor yang Anda tuju sedang tidak aktif» is such a sound. Until it comes the phone of whoever calls has the ring tone.
"""

import asyncio

import structlog

from asterisk.ari import Ari
from asterisk.errors import AriError
from asterisk.legs import Leg, Legs
from line.broken.counts import VARIABLE, read

log = structlog.get_logger(__name__)
LOOK_S = 0.5
# a snoop channel enters the application at once, or not at all
ENTERS_S = 5.0


class EarlyMedia:
    """The sound of a person's phone `out` that rings still, for the phone `leg`; `name`: a bridge and a channel."""

    def __init__(self, ari: Ari, legs: Legs, name: str, leg: str, out: str) -> None:
        self._ari, self._legs = ari, legs
        self._leg, self._out = leg, out
        self._snoop, self._bridge = Leg(name), name
        self._begun = False

    async def hear(self) -> None:
        """Wait until sound comes, then let `leg` hear it; without it the call goes on as if nothing had come."""
        try:
            while not await self._sounds():  # noqa: ASYNC110 - no event tells of the first packet
                await asyncio.sleep(LOOK_S)
            await self._connect()
        except AriError as error:
            log.info("early.not_heard", channel=self._out, error=str(error))

    async def _sounds(self) -> bool:
        """True when a packet has come; a channel that is too new to be asked has none."""
        try:
            counts = read(await self._ari.variable(self._out, VARIABLE))
        except AriError as error:
            log.debug("early.not_read", channel=self._out, error=str(error))
            return False
        return counts is not None and counts.received > 0

    async def _connect(self) -> None:
        self._begun = True
        self._legs.know(self._snoop)
        await self._ari.snoop(self._out, self._snoop.id)
        if await self._snoop.next(ENTERS_S) is None:
            return
        await self._ari.ring(self._leg, False)
        await self._ari.create_bridge(self._bridge)
        await self._ari.add_to_bridge(self._bridge, self._leg, self._snoop.id)

    async def end(self) -> None:
        """Take back what was opened; nothing where no sound came."""
        if not self._begun:
            return
        self._begun = False
        self._legs.forget(self._snoop.id)
        await self._legs.hang_up(self._snoop.id)
        try:
            await self._ari.destroy_bridge(self._bridge)
        except AriError as error:
            log.error("early.bridge_left", bridge=self._bridge, error=str(error))
