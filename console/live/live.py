"""The live socket: one follower of the journal for all pages, and at most one pending snapshot for each."""

import asyncio
import itertools
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from console.console import Console, user_of
from console.live.answers import answer
from console.live.bounding import to_json
from console.live.client import Client
from console.live.concerns import Ties, concerned, tickets_of
from console.live.configuration import Configuration
from console.live.groups import ORDER, group_of
from console.live.notices import notice_of
from console.live.rounds import Group, Rounds
from console.live.snapshots import SNAPSHOTS, Moments, disturbed
from tickets.errors import StoreUnavailable
from tickets.model import Row
from tickets.store import Store

log = structlog.get_logger(__name__)

READERS = 2  # snapshots that are read at the same time: the store's other readers are for requests
SNAPSHOT_S = 5.0  # one that takes longer leaves its page blind, and the next one has its turn
TICK_S = 2.0  # heartbeats write no journal row, so pages that show them look by themselves
HERE = re.compile(r"here( sounding)?(?: (T-[0-9]{8}-[A-Z0-9]{1,12}))?")
LOOKING = "looking"
MUST_SOUND = frozenset({"opd", "command", "bupati"})
ENDING = ("user.sessions_ended", "user.disabled")
SESSIONS_EVERY = 5  # ticks
ASKING = ("operator", "overview", "opd")  # the pages that ask something of the calls process
TICKING = ("operator", "overview", "screening")
RARELY_TICKING = ("opd", "bupati", "wadul")  # without a journal row only their health mark and the day change
RARELY_EVERY = 15  # ticks


class Live:
    """Follows the journal and pushes snapshots; a slow page is dropped and reconnects, the others do not wait."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._clients: set[Client] = set()
        self._moved = asyncio.Event()
        self._rounds = Rounds(ORDER)
        self._disturbed = False
        self._joined: set[Group] = set()  # since the last tick: their first snapshot may show what no tick has seen
        self._configuration = Configuration()
        self._moments = Moments()
        self.seen = 0  # the last journal row that was followed

    @property
    def clients(self) -> int:
        """The number of connected pages."""
        return len(self._clients)

    # following

    async def follow(self) -> None:
        """Mark the pages that journal rows concern; for ever."""
        # the state up to now is in the supervisor's heartbeat: the journal may be too long to search
        seq, state = await self._console.store.read(_start)
        self.seen = seq
        self._configuration.begin(state)
        self._mark_groups(self._groups())
        async for rows in self._console.store.follow(seq):
            self.seen = rows[-1]["seq"]
            self._configuration.note(rows)
            self._notify(rows)
            if any(row["kind"] in ENDING for row in rows):
                self._console.spawn("live.sessions", self.end_dead())
            await self._mark(rows)

    async def tick(self) -> None:
        """Mark pages that change without a journal row: heartbeats, the clock, the configuration, ends of sessions."""
        for turn in itertools.count():
            await asyncio.sleep(TICK_S)
            if turn % SESSIONS_EVERY == 0:
                await self.end_dead()
            pages = TICKING if turn % RARELY_EVERY and not await self._turned() else (*TICKING, *RARELY_TICKING)
            joined, self._joined = self._joined, set()
            groups = {group for group in self._groups() if group[0] in pages or group in joined}
            self._mark_groups(groups, urgent=False)

    async def _turned(self) -> bool:
        """True when pushing has become disturbed or works again since the last look: every agency's page says so."""
        now = self._console.clock()
        try:
            before, self._disturbed = self._disturbed, await self._console.store.read_short(lambda s: disturbed(s, now))
        except StoreUnavailable as error:
            log.warning("console.pulse_not_read", error=str(error))
            return True
        return before != self._disturbed

    async def push(self) -> None:
        """Make the stale snapshots, each once for all its pages, and hand them out; for ever."""
        await asyncio.gather(*(self._serve_stale() for _ in range(READERS)))

    async def _serve_stale(self) -> None:
        while True:
            now = time.monotonic()
            group = self._rounds.take(now)
            if group is None:
                await self._rest(self._rounds.wait_s(now))
                continue
            try:
                await self._refresh(group)
            finally:
                done = time.monotonic()
                self._rounds.done(group, done, done - now)
                self._moved.set()

    async def _rest(self, wait_s: float | None) -> None:
        """Wait until a page is marked, or a marked one is due."""
        self._moved.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._moved.wait()

    def touch(self) -> None:
        """Mark every page, for instance after new configuration."""
        self._mark_groups(self._groups())

    async def _mark(self, rows: list[Row]) -> None:
        """Mark the pages that these rows concern; all of them when that cannot be read."""
        groups, tickets = self._groups(), tickets_of(rows)
        try:
            ties = Ties(*await self._console.store.read_short(lambda store: store.boards.ties(tickets)))
        except StoreUnavailable as error:
            log.warning("console.ties_not_read", error=str(error))
            self._mark_groups(groups)
            return
        self._mark_groups(concerned(groups, rows, ties))

    def _groups(self) -> set[Group]:
        return {client.group for client in self._clients}

    def _mark_groups(self, groups: set[Group], *, urgent: bool = True) -> None:
        if groups:
            self._rounds.mark(groups, time.monotonic(), urgent=urgent)
            self._moved.set()

    def _notify(self, rows: list[Row]) -> None:
        """Hand notices of the calls process, such as refusals, to the operator whom they concern."""
        for notice in filter(None, map(notice_of, rows)):
            for client in self._clients:
                if client.user.name == notice.operator and client.group[0] in ASKING:
                    client.notices.append(notice.message())
                    client.wake.set()

    async def _refresh(self, group: Group) -> None:
        clients = [client for client in self._clients if client.group == group]
        if not clients:
            self._rounds.forget({group})
            return
        try:
            data = await self._read(group)
        except Exception:
            log.exception("console.snapshot_failed", page=group[0], subject=group[1])  # the others go on
            for client in clients:
                client.blind = True
            return
        for client in clients:
            client.blind = False
            client.offer(data)

    async def _read(self, group: Group) -> str:
        page, subject = group
        state = self._configuration
        moment = self._moments.at(self._console.setting, self._console.clock(), state.problems, state.restart)
        moment = replace(moment, storage=self._console.storage())
        return await self._console.store.read(
            lambda store: to_json(SNAPSHOTS[page](store, moment, subject)), SNAPSHOT_S
        )

    # one page

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """GET /live?page=…: the socket of one page, from its first snapshot to its end."""
        user = user_of(request)
        group = await group_of(request, user)
        first = await self._read(group)  # an unknown ticket is refused before the socket opens
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=4096, autoping=True)
        await socket.prepare(request)
        client = Client(socket, user, group, secrets.token_hex(8), request.transport, self._console.clock)
        client.ticket = group[1] if group[0] == "ticket" else None
        await client.send({"type": "hello", "version": self._console.version})
        client.offer(first)  # before anything newer can be
        async with self._present(client):
            self._mark_groups({group})  # the journal may have moved between the reading and the joining
            await self._receive(client)
        return socket

    @asynccontextmanager
    async def _present(self, client: Client) -> AsyncIterator[None]:
        """The client is served and its page counts as open."""
        self._clients.add(client)
        self._joined.add(client.group)
        sender = self._console.spawn(f"live.send.{client.page_id}", client.pump())
        try:
            await self._seen(client)
            self._mark_openers({client.ticket})
            yield
        finally:
            self._clients.discard(client)
            sender.cancel()
            await self._gone(client)
            self._mark_openers({client.ticket})

    async def _receive(self, client: Client) -> None:
        """Pages say «here», «sounding» where they can be heard, and the open ticket: every ten seconds, and when that
        changes; an agency's may answer. Each time the session is checked again."""
        async for message in client.socket:
            text = message.data if message.type is WSMsgType.TEXT else ""
            here, answers = HERE.fullmatch(text), client.group[0] == "opd" and text.startswith("{")
            if here is None and not answers:
                continue
            before = client.ticket
            if here is not None:
                client.sounding = here[1] is not None
                if client.group[0] == "operator":
                    client.ticket = here[2]
            if not await self._seen(client):
                await client.end()
            elif answers:
                await self._answer(client, text)
            elif client.ticket != before:
                self._mark_openers({before, client.ticket})

    async def _answer(self, client: Client, text: str) -> None:
        reply = await answer(self._console, client.user, text)
        if reply is not None:
            client.notices.append(reply)
            client.wake.set()

    def _mark_openers(self, tickets: set[str | None]) -> None:
        """Mark the pages in which one of these tickets is open: they show who else has it open."""
        self._mark_groups({client.group for client in self._clients if client.ticket in tickets - {None}})

    async def _seen(self, client: Client) -> bool:
        """Report the page as open, a siren only while it can be heard; False when its session has ended."""
        user, now = client.user, self._console.clock()

        def report(store: Store) -> bool:
            if not store.sessions.alive(now, user.session):
                return False
            if client.sounding or user.role not in MUST_SOUND:
                store.people.page_seen(now, client.page_id, user.name, user.role, user.opd, client.ticket)
            elif client.ticket is not None:  # no siren, but somebody who reads and may write
                store.people.page_seen(now, client.page_id, user.name, LOOKING, None, client.ticket)
            else:
                store.people.page_gone(now, client.page_id)
            return True

        try:
            return await self._console.store.write(report)
        except StoreUnavailable as error:
            log.warning("console.page_not_reported", user=user.name, error=str(error))
            return True

    async def _gone(self, client: Client) -> None:
        now = self._console.clock()
        try:
            await asyncio.shield(self._console.store.write(lambda store: store.people.page_gone(now, client.page_id)))
        except StoreUnavailable as error:
            log.warning("console.page_not_signed_off", user=client.user.name, error=str(error))

    async def end_session(self, session: str) -> None:
        """Close the pages of a session that was logged out."""
        await self._end([client for client in self._clients if client.user.session == session])

    async def end_dead(self) -> None:
        """Close the pages of every ended session, also those that still send «here»."""
        now = self._console.clock()
        try:
            alive = await self._console.store.read_short(lambda store: store.sessions.all_alive(now))
        except StoreUnavailable as error:
            log.warning("console.sessions_not_read", error=str(error))
            return
        await self._end([client for client in self._clients if client.user.session not in alive])

    async def _end(self, clients: list[Client]) -> None:
        self._clients.difference_update(clients)  # from here on they get nothing, whatever they answer
        await asyncio.gather(*(client.end() for client in clients))

    async def close(self) -> None:
        """Tell every page that the console goes away; they reconnect to the next one."""
        for client in list(self._clients):
            try:
                async with asyncio.timeout(1.0):
                    await client.socket.close(code=WSCloseCode.GOING_AWAY)
            except TimeoutError:
                client.drop()


LIVE: web.AppKey[Live] = web.AppKey("live", Live)


async def live(request: web.Request) -> web.StreamResponse:
    """GET /live."""
    return await request.app[LIVE].serve(request)


def _start(store: Store) -> tuple[int, dict[str, list[str]]]:
    """Read the place in the journal to follow from, and the state of the configuration there."""
    beat = next((row for row in store.people.beats() if row["process"] == "steward"), None)
    return store.journal.last(), dict(beat["data"].get("config", {})) if beat else {}
