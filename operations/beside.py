"""Duties of a supervisor beside the processes: configuration, heartbeat, ballast, weekly tests, backups, copies.

`tanggap up` and the steward share them; each one's duties for Asterisk stand in up.py and steward.py."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import structlog

from asterisk.trunks.status import watched
from instance import Instance
from operations import weekly_tests
from operations.applying import Applying
from operations.backup import replica
from operations.backup.duty import BackUps
from operations.children import Child
from operations.disk import ballast
from operations.phone_system import phone_system
from operations.refused.watching import RefusedCalls
from operations.trunks.watching import TrunkWatch
from processes.duties import Duties
from processes.heartbeat import Heartbeat
from processes.tasks import TaskKeeper
from processes.vitals.measures import Vitals
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

# name of the supervisor's heartbeat, socket and metrics, whichever of the two it is
PROCESS = "steward"
# files of prompts may have to be made anew, and a disk may be slow
APPLY_S, SLOW_S = 300.0, 120.0
BACK_UP_S = 6 * 3600.0


class Beside:
    """The duties of a supervisor; `actor` is its name in the journal, its heartbeat carries `restarts`."""

    def __init__(
        self,
        instance: Instance,
        store: StoreThread,
        clock: Callable[[], datetime],
        actor: str,
        restarts: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self.applying = Applying(instance, store, clock, actor)
        self._store, self._clock, self._restarts = store, clock, restarts
        self._copier: Child | None = None

    async def start(self, vitals: Vitals, keeper: TaskKeeper) -> str | None:
        """Start every duty; returns a sentence where litestream is asked for and not installed."""
        start, applying = partial(vitals.duties.start, keeper.start), self.applying
        missing = await self._keep_copies(vitals.duties, keeper)
        heart = Heartbeat(self._store, self._clock, PROCESS, vitals.beat, data=self._data)
        start("beat", heart.beat)
        start("applying", applying.run, limit_s=APPLY_S)
        var = applying.instance.var
        start("ballast", lambda: ballast.watch(var), limit_s=SLOW_S, vital=False)
        weekly = partial(weekly_tests.run, lambda: applying.instance, self._store, self._clock)
        start("page-test", weekly, limit_s=SLOW_S, vital=False)
        refused = RefusedCalls(lambda: applying.instance, self._store, self._clock, PROCESS)
        vitals.registry.register(refused)
        start("refused", refused.run, vital=False)
        if watched(applying.instance.site.asterisk.trunks):
            system, site = phone_system(applying.instance), applying.instance.site.asterisk
            trunks = TrunkWatch(system, lambda: site, self._store, self._clock, PROCESS)
            vitals.registry.register(trunks)
            start("trunks", trunks.run, vital=False)
        back_ups = BackUps(lambda: applying.instance, applying.tell)
        start("backup", back_ups.run, limit_s=BACK_UP_S, vital=False)
        return missing

    async def stop(self) -> None:
        """Stop litestream, the last that has the store open: it has seen every write."""
        if self._copier is not None:
            await self._copier.stop()

    def _data(self) -> dict[str, object]:
        return {"restarts": dict(self._restarts()), **self.applying.state()}

    async def _keep_copies(self, duties: Duties, keeper: TaskKeeper) -> str | None:
        """Run litestream where it is wanted and present; the sentence is also a row of the journal."""
        instance = self.applying.instance
        missing = replica.absent(instance)
        if missing:
            log.error("replica.absent", why=missing)
            self.applying.note("replica.absent", {"why": missing})
        command = await asyncio.to_thread(replica.command, instance)
        if command is not None:
            self._copier = Child("litestream", instance.home, command)
            duties.start(keeper.start, "child-litestream", self._copier.keep, limit_s=None, vital=False)
        return missing
