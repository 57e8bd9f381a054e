"""The faults of a drill: one of our processes after another is killed -9, and agencies are pushed meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import Any

from aiohttp import web

from drills.plan import Plan
from operations.children import Child
from tickets.model import Row, from_text

# the agency that every report goes to while faults are played, and how often it is pushed
OPD, CATEGORY, EVERY_S = "damkar", "kebakaran", 10
# a push may be late by as long as the daemon needs to come back
LATE_S = 6.0
# a push that was on its way when the daemon was killed arrives at most so much later
SENDING_S = 1.0


class Kills:
    """Kills one of the scenario's processes at random, again and again; `done` are (seconds, process)."""

    def __init__(self, plan: Plan, children: Mapping[str, Child], clock: Callable[[], float]) -> None:
        self.done: list[tuple[float, str]] = []
        self.moments: list[tuple[float, str]] = []  # the same by the wall clock
        self._faults = plan.scenario.file.faults
        self._random = Random(f"{plan.scenario.name}:{plan.seed}:faults")
        self._children = children
        self._clock = clock

    async def run(self) -> None:
        """Runs for ever; returns at once where the scenario has no faults."""
        if self._faults is None:
            return
        began = self._clock()
        while True:
            await asyncio.sleep(self._random.uniform(self._faults.every.low, self._faults.every.high))
            name = self._random.choice(self._faults.kill)
            pid = self._children[name].pid
            if pid is None:  # its supervisor is starting it anew
                continue
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.done.append((round(self._clock() - began, 1), name))
                self.moments.append((time.time(), name))


class Agency:
    """An agency that never acknowledges: it notes the moment of each push that reaches it."""

    def __init__(self) -> None:
        self.pushed: dict[int, list[float]] = defaultdict(list)
        self.repeats: list[tuple[float, float]] = []  # of a push that came again: its first moment and this one
        self._keys: dict[str, float] = {}
        self._runner: web.AppRunner | None = None

    async def open(self, port: int) -> None:
        """Listen on 127.0.0.1."""
        app = web.Application()
        app.router.add_post("/", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = await request.json()
        key, now = request.headers.get("Idempotency-Key", ""), time.time()
        if key in self._keys:
            self.repeats.append((self._keys[key], now))
        self._keys.setdefault(key, now)
        self.pushed[int(body["assignment"])].append(now)
        return web.Response(status=204)

    @property
    def twice(self) -> int:
        """Number of pushes that came again under the key of an earlier one."""
        return len(self.repeats)

    def unexplained(self, kills: Iterable[tuple[float, str]]) -> int:
        """Number of pushes that came again without a kill of the daemon since the first was on its way.

        The key holds the number of recorded attempts: the same one comes again only where the first was not recorded,
        as after a kill between sending and writing."""
        moments = [at for at, name in kills if name == "escalate"]
        return sum(not any(first - SENDING_S <= at <= again for at in moments) for first, again in self.repeats)

    def missing(self, assignments: list[Row], until: datetime) -> int:
        """Number of gaps that are too long, from an assignment's dispatch over its pushes until `until`."""
        gaps = 0
        for row in assignments:
            moments = [from_text(row["dispatched_at"]).timestamp(), *sorted(self.pushed[row["id"]]), until.timestamp()]
            gaps += sum(later - before > EVERY_S + LATE_S for before, later in pairwise(moments))
        return gaps


def fit(routing: dict[str, Any], port: int) -> None:
    """Give the drill's agency in a routing.yaml one contact, which is pushed by webhook until it answers."""
    routing["ladders"]["latihan"] = [{"after": "0s", "notify": {"siaga": "webhook"}, "every": f"{EVERY_S}s"}]
    siaga = {"title": "Penerima latihan", "webhook": f"http://127.0.0.1:{port}/"}
    contacts = routing["opds"][OPD]["contacts"] | {"siaga": siaga}
    routing["opds"][OPD] |= {"ladder": "latihan", "complaint_ladder": "latihan", "contacts": contacts}
