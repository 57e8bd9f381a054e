"""Watches the copies of SIP messages that Asterisk sends, and its log, for calls that did not become any.

It runs beside the line, in the supervisor, and nothing waits for it: Asterisk sends its copies into a UDP socket, and
what is not read in time is lost. The port is that of FastAGI, which is TCP. ADR 0027 says what was measured."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from prometheus_client.core import CounterMetricFamily, Metric

from asterisk.callers.identity import as_json, decide
from asterisk.capture import hep
from asterisk.capture.dropped import DroppedLog
from asterisk.capture.invites import Invites, Refused
from asterisk.site import Trunk
from asterisk.trunks.settings import is_name
from instance import Instance
from operations.refused.tallying import Tallying
from tickets.errors import TicketError
from tickets.model import Actor, day_of
from tickets.refusals import REASONS, reason_of
from tickets.store import Store
from tickets.store.callers.refused_calls import Tally
from tickets.store.calls import NewCall
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

LOOK_S, WRITE_S = 0.5, 2.0
# copies that wait while this process is busy: a scan comes in bursts
BUFFER = 1 << 20
# callbacks that one minute may open: a carrier that refuses a whole district is told by the count
MOST_A_MINUTE = 20
_UNREADABLE = "unreadable"


class Packets(asyncio.DatagramProtocol):
    """Follows what Asterisk copies; an error of one packet leaves the others alone."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Take one copy."""
        try:
            self._take(data)
        except Exception:
            log.exception("refused.packet")


class RefusedCalls:
    """The duty `refused`; `collect` gives its metric."""

    def __init__(
        self, instance: Callable[[], Instance], store: StoreThread, clock: Callable[[], datetime], actor: str
    ) -> None:
        self._instance, self._store, self._clock = instance, store, clock
        self._actor = Actor("process", actor)
        self._invites, self._tallying = Invites(), Tallying()
        self._callbacks: deque[tuple[Refused, str, str]] = deque(maxlen=MOST_A_MINUTE)
        self._opened: deque[float] = deque(maxlen=MOST_A_MINUTE)
        self._log: DroppedLog | None = None

    def collect(self) -> Iterator[Metric]:
        """Refused calls by trunk (`stranger`: none) and reason."""
        text, labels = "Calls that Asterisk itself refused", ["trunk", "reason"]
        metric = CounterMetricFamily("tanggap_calls_refused", text, labels=labels)
        for (trunk, reason), times in sorted(self._tallying.totals.items()):
            metric.add_metric([trunk or "stranger", reason], times)
        yield metric

    async def run(self) -> None:
        """Listen, and write what was refused, for ever."""
        site = self._instance().site.asterisk
        loop = asyncio.get_running_loop()
        self._log = await asyncio.to_thread(DroppedLog, self._instance().var / "asterisk" / "log" / "messages.log")
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Packets(self._copied), local_addr=("127.0.0.1", site.agi_port)
        )
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        try:
            written_s = 0.0
            while True:
                await asyncio.sleep(LOOK_S)
                await self.look()
                if loop.time() - written_s >= WRITE_S:
                    await self.write()
                    written_s = loop.time()
        finally:
            transport.close()

    def _copied(self, packet: bytes) -> None:
        copy = hep.read(packet)
        if copy is not None:
            for refused in self._invites.feed(copy, asyncio.get_running_loop().time()):
                self._refused(refused)

    async def look(self) -> None:
        """Take the requests that nobody answered, and the packets that Asterisk could not read."""
        for refused in list(self._invites.due(asyncio.get_running_loop().time())):
            self._refused(refused)
        for dropped in await asyncio.to_thread(self._log.read) if self._log else ():
            trunk = self._trunk(dropped.source)
            self._tallying.add(Tally(trunk, dropped.source, _UNREADABLE, 0, dropped.header))

    def _refused(self, refused: Refused) -> None:
        request, trunk = refused.request, self._trunk(refused.source)
        reason = reason_of(refused.status, request.method, request.media)
        self._tallying.add(Tally(trunk, refused.source, reason, refused.status, request.target))
        if trunk:
            self._callbacks.append((refused, trunk, reason))

    def _trunk(self, source: str) -> str:
        """The trunk of an address; empty for a stranger's."""
        return next((trunk.name for trunk in self._instance().site.asterisk.trunks if _is_of(trunk, source)), "")

    async def write(self) -> None:
        """Write what was counted; what the store does not take now is written with the next."""
        now, loop = self._clock(), asyncio.get_running_loop()
        fresh, news = self._tallying.take(loop.time())
        try:
            if fresh or news:
                await self._store.write(lambda store: store.refused.count(now, fresh, news, self._actor))
                fresh, news = [], []
            while self._callbacks and self._may_open(loop.time()):
                await self._store.write(partial(self._call_back, now, *self._callbacks[0]))
                self._callbacks.popleft()
                self._opened.append(loop.time())
        except TicketError as error:
            log.warning("refused.not_written", error=str(error))
            self._tallying.put_back(fresh, news)

    def _may_open(self, now_s: float) -> bool:
        while self._opened and now_s - self._opened[0] > 60.0:
            self._opened.popleft()
        return len(self._opened) < MOST_A_MINUTE

    def _call_back(self, now: datetime, refused: Refused, trunk: str, reason: str, store: Store) -> None:
        instance, request = self._instance(), refused.request
        site, call = instance.site, f"refused-{uuid.uuid4()}"
        caller = decide(request.rows, None, None, site.country_code, site.area_code)
        number, identity = caller.number, as_json(caller, request.rows)
        new = NewCall(
            id=call,
            number=number.e164,
            display=number.display,
            anonymous=number.anonymous,
            callable=number.callable,
            dialled=request.target.partition("@")[0][:64],
            handled_by="refused",
            trunk=trunk,
            identity=identity,
            device=number.device,
        )
        ticket = store.refused.call_back(
            now, day_of(now, instance.hours.tz), new, f"panggilan ditolak: {REASONS[reason].sentence}"
        )
        if ticket is not None:
            log.info("call.refused", call=call, ticket=ticket, reason=reason)


def _is_of(trunk: Trunk, source: str) -> bool:
    """True for an address of the trunk; the DNS names among its `match` are Asterisk's to look up."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source in trunk.match
    networks = [match for match in trunk.match if not is_name(match)]
    return any(address in ipaddress.ip_network(match, strict=False) for match in networks)
