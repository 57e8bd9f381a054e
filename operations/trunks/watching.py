"""Watches trunks that can be asked: whether they answer, whether we are registered, how full they are.

It runs beside the line, in the supervisor, and asks Asterisk at its control socket; no call waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric

from asterisk.errors import LaunchError
from asterisk.launch import parse_contacts
from asterisk.site import AsteriskSite, Trunk
from asterisk.trunks import status
from asterisk.trunks.status import Seen, Trouble
from tickets.errors import TicketError
from tickets.model import Actor
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

LOOK_S = 5.0
# looks in a row that see the same trouble before it is told: one lost packet is none
LOOKS = 2
KINDS = ("silent", "partly", "unregistered", "full")


class Console(Protocol):
    """Asterisk's control socket."""

    async def command(self, line: str, limit_s: float = 5.0) -> str:
        """Run one command and return its output; LaunchError without an answer."""
        ...


class TrunkWatch:
    """The duty `trunks`; `collect` gives its metrics."""

    def __init__(
        self,
        asterisk: Console,
        site: Callable[[], AsteriskSite],
        store: StoreThread,
        clock: Callable[[], datetime],
        actor: str,
    ) -> None:
        self._asterisk, self._site, self._store, self._clock = asterisk, site, store, clock
        self._actor = Actor("process", actor)
        self._seen: Seen | None = None
        self._times: dict[str, int] = {}
        self._told: dict[str, str] | None = None

    def collect(self) -> Iterator[Metric]:
        """State of each trunk that can be asked."""
        up = GaugeMetricFamily("tanggap_trunk_up", "1 while a contact of the trunk answers OPTIONS", labels=["trunk"])
        held = GaugeMetricFamily("tanggap_trunk_registered", "1 while the trunk is registered", labels=["trunk"])
        used = GaugeMetricFamily("tanggap_trunk_channels", "Channels of the trunk in use", labels=["trunk"])
        for trunk in status.watched(self._site().trunks) if self._seen else ():
            assert self._seen is not None
            for metric, value in ((up, status.up(trunk, self._seen)), (held, status.registered(trunk, self._seen))):
                if value is not None:
                    metric.add_metric([trunk.name], float(value))
            if trunk.channels:
                used.add_metric([trunk.name], self._seen.channels.get(trunk.endpoint, 0))
        yield from (up, held, used)

    async def run(self) -> None:
        """Look, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Ask once, and tell what has changed; an Asterisk that is away, or a store that is, is asked again later."""
        trunks = status.watched(self._site().trunks)
        try:
            self._seen = await self._ask(trunks)
        except LaunchError:
            self._seen = None
            return
        troubles = self._lasting([each for trunk in trunks if (each := status.trouble(trunk, self._seen))])
        kinds: dict[str, str] = {each.trunk: each.kind for each in troubles}
        if kinds == self._told:
            return
        now, actor = self._clock(), self._actor
        try:
            await self._store.write(lambda store: store.trunk_troubles.tell(now, troubles, actor))
        except TicketError as error:
            log.warning("trunks.not_written", error=str(error))
            return
        self._told = kinds

    def _lasting(self, troubles: list[Trouble]) -> list[Trouble]:
        """The troubles that were seen in so many looks; a full trunk is told at once, and ends at once."""
        self._times = {each.trunk: self._times.get(each.trunk, 0) + 1 for each in troubles if each.kind != "full"}
        return [each for each in troubles if each.kind == "full" or self._times[each.trunk] >= LOOKS]

    async def _ask(self, trunks: tuple[Trunk, ...]) -> Seen:
        contacts, held, channels = {}, {}, {}
        if any(trunk.wire.qualify_s for trunk in trunks):
            rows = parse_contacts(await self._asterisk.command("pjsip show contacts"))
            contacts = {row.account: row.state for row in rows}
        if any(trunk.registration for trunk in trunks):
            held = status.registrations(await self._asterisk.command("pjsip show registrations"))
        if any(trunk.channels for trunk in trunks):
            channels = status.channels(await self._asterisk.command("core show channels concise"))
        return Seen(contacts, held, channels)
