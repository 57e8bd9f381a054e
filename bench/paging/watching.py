"""Thirty pages that are open, and changes whose arrival on them is timed."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

from bench.paging.stage import OPERATORS, Page
from instance import REPOSITORY
from ivr.state import CallState, Leg, to_dict
from processes.tasks import TaskKeeper
from tickets.model import Actor
from tickets.store import Store
from tickets.store.calls import NewCall
from tickets.store.thread import StoreThread

LATEST_S = 10.0
SETTLE_S = 3.0


@dataclass(slots=True)
class Change:
    """A change that pages must show: its mark in their snapshot, the users who wait for it, and its commit."""

    mark: str
    awaited: set[str]
    at: float


@dataclass(slots=True)
class Watched:
    """Notes of the pages: milliseconds from commit to page, changes that never came, the largest snapshot by page."""

    late_ms: list[float] = field(default_factory=list)
    late_by_page: dict[str, list[float]] = field(default_factory=dict)
    missing: int = 0
    largest: dict[str, int] = field(default_factory=dict)
    snapshots: int = 0
    changes: list[Change] = field(default_factory=list)

    def heard(self, page: Page, text: str) -> None:
        """Note a message that a page was sent."""
        now = time.perf_counter()
        if '"type":"snapshot"' not in text[:40]:
            return
        self.snapshots += 1
        kind = page.query.partition("=")[2].partition("&")[0]
        self.largest[kind] = max(self.largest.get(kind, 0), len(text.encode()))
        for change in self.changes:
            if page.user in change.awaited and change.mark in text:
                change.awaited.discard(page.user)
                self.late_ms.append((now - change.at) * 1000)
                self.late_by_page.setdefault(kind, []).append((now - change.at) * 1000)
        self.changes = [change for change in self.changes if change.awaited]


@asynccontextmanager
async def opened(port: int, pages: list[Page], keeper: TaskKeeper) -> AsyncIterator[Watched]:
    """Open all pages, and wait for each one's first snapshot."""
    watched, sessions = Watched(), []
    try:
        first = []
        for page in pages:
            session = ClientSession(cookies={"tanggap": page.token}, cookie_jar=CookieJar(unsafe=True))
            sessions.append(session)
            address = f"http://127.0.0.1:{port}/live?{page.query}"
            socket = await session.ws_connect(address, max_msg_size=0, compress=15)  # as browsers do
            shown = asyncio.Event()
            first.append(shown.wait())
            keeper.start(f"page.{page.user}", _listen(page, socket, watched, shown))
        await asyncio.wait_for(asyncio.gather(*first), 60)
        yield watched
    finally:
        for session in sessions:
            await session.close()


async def _listen(page: Page, socket: ClientWebSocketResponse, watched: Watched, shown: asyncio.Event) -> None:
    beat = time.monotonic()
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            watched.heard(page, message.data)
            if '"snapshot"' in message.data[:40]:
                shown.set()
        if time.monotonic() - beat > 10:
            beat = time.monotonic()
            await socket.send_str("here sounding")


async def change(
    store: StoreThread, watched: Watched, seconds: float, a_second: float, wall: list[tuple[str, str]]
) -> None:
    """Make `a_second` changes a second: corrected addresses of tickets on the wall (`wall`: number and agency), and
    each fifth time a call that rings an operator's phone."""
    begin = time.perf_counter()
    overviews = {"pusat", "bupati", "admin"}
    for n in range(int(seconds * a_second)):
        await asyncio.sleep(max(0.0, begin + n / a_second - time.perf_counter()))
        now, mark = datetime.now(UTC), f"UKUR-{n:06d}"
        if n % 5 == 4:
            name = f"op{n // 5 % OPERATORS + 1}"
            job, awaited = _ring(now, mark, name, n), {name}
        else:
            number, opd = wall[n % len(wall)]
            job, awaited = _correct(now, number, mark), {opd, *overviews}
        await store.write(job)
        watched.changes.append(Change(mark, awaited, time.perf_counter()))
    give_up = time.perf_counter() + LATEST_S
    while watched.changes and time.perf_counter() < give_up:
        await asyncio.sleep(0.05)
    watched.missing = sum(len(change.awaited) for change in watched.changes)


def _correct(now: datetime, number: str, mark: str) -> Callable[[Store], Any]:
    return lambda store: store.tickets.update(now, number, {"address": f"Jl. {mark}"}, Actor("user", "op1"))


def _ring(now: datetime, mark: str, name: str, n: int) -> Callable[[Store], Any]:
    """A new call rings an operator's phone; the one before it has ended."""
    new = NewCall(mark, f"+62899{n:08d}", f"0899{n:08d}", False, True, "112")
    state = CallState(mark, stage="ringing", legs=(Leg(f"op-{mark}-1", name),))
    columns = {"stage": "ringing", "lane": "urgent", "state": json.dumps(to_dict(state)), "waiting_at": now.isoformat()}

    def job(store: Store) -> None:
        for row in store.calls.live():
            if f'"{name}"' in row["state"]:
                store.calls.step(now, row["id"], row["ticket"], {"ended_at": now.isoformat(), "stage": "ended"}, ())
        ticket = store.calls.arrive(now, f"{now:%Y%m%d}", new)
        store.calls.step(now, mark, ticket, columns, ())

    return job


async def measure(
    home: Path, port: int, pages: list[Page], wall: list[tuple[str, str]], seconds: float, a_second: float
) -> tuple[Watched, dict[str, Any], dict[str, Any]]:
    """Watch the pages beside two probes: one that reads nothing, one whose session is checked."""
    keeper = TaskKeeper()
    store = await StoreThread(home / "var" / "tanggap.db").open()
    try:
        async with opened(port, pages, keeper) as watched:
            await asyncio.sleep(SETTLE_S)
            probes = [await _probe(port, path, pages[0].token) for path in ("/health/live", "/")]
            await change(store, watched, seconds, a_second, wall)
            stalls, sessions = [json.loads((await probe.communicate(b"\n"))[0]) for probe in probes]
            return watched, stalls, sessions
    finally:
        await keeper.close()
        await store.close()


async def _probe(port: int, path: str, cookie: str) -> asyncio.subprocess.Process:
    words = ["-m", "bench.paging.probe", str(port), path, cookie]
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, *words, cwd=REPOSITORY, stdin=pipe, stdout=pipe)
