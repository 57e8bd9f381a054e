"""Writes of calls: what the store cannot take is spilled into a file and read back later (ADR 0013)."""

from __future__ import annotations

import asyncio
import json
import os
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from itertools import islice, takewhile
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import structlog

from line.unforeseen import unforeseen
from processes.duties import is_set
from tickets.errors import StoreUnavailable, TicketError
from tickets.model import Actor, Row, from_text, to_text
from tickets.spill import Content, SpillFile, take_up
from tickets.store import Store
from tickets.store.steps import Record, as_row, from_row
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

T = TypeVar("T")
# a write that takes longer is spilled; Asterisk's dead-man timer would take the caller away after 8 s
LIMIT_S = 3.0
RETRY_S = 1.0
# the reader also looks without being woken, every LOOK_S; a batch may take a slow disk READ_BACK_S
LOOK_S, READ_BACK_S = 5.0, 60.0
BATCH = 50
# first letter of a provisional number: two processes never give out the same number
LETTERS = {"calls": "S", "agi": "A"}

Spawn = Callable[[str, Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]


class CallWriter:
    """Writes the calls of one process: each call in its own order, and nothing is lost.

    While anything is spilled every write is spilled, so that none overtakes an earlier one. `files` are tried in turn.
    """

    def __init__(
        self,
        store: StoreThread,
        files: Sequence[SpillFile],
        clock: Callable[[], datetime],
        spawn: Spawn,
        name: str = "calls",
        limit_s: float = LIMIT_S,
    ) -> None:
        self._store = store
        self._files = tuple(files)
        self._clock = clock
        self._spawn = spawn
        self._name = name
        self._limit_s = limit_s
        self._spilling = False
        self._closed = False
        self._since: datetime | None = None
        self._at = 0  # the file that is written to: an earlier one failed, or holds what is older
        self._pending: deque[tuple[SpillFile, int, Row]] = deque()
        self._seen: set[Path] = set()
        self._contents: dict[Path, Content] = {}
        self._counts = {"records": 0, "rejected": 0}
        self._queue: list[tuple[Row, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._files_lock = asyncio.Lock()
        self._wanted = asyncio.Event()
        self._last: tuple[str, int] = ("", 0)
        self.on_arrived: Callable[[str, str], None] = lambda call, ticket: None

    async def open(self) -> CallWriter:
        """Take up the records that a former process left in the spill files."""
        for file in self._files:
            try:
                content = await asyncio.to_thread(take_up, file)
            except (OSError, TicketError) as error:
                log.warning("spill.unusable", file=str(file.path), error=str(error))
                continue
            self._left(file, content)
        if self._contents:
            self._begin("catatan dari proses sebelumnya")
            if self._pending:
                self._since = from_text(self._pending[0][2]["at"])
        return self

    def _left(self, file: SpillFile, content: Content) -> None:
        """Queue the records that a file held when it was opened: they are read back before newer ones."""
        self._seen.add(file.path)
        if not content.lines:
            return
        self._at = self._files.index(file)
        self._contents[file.path] = content
        self._pending += [(file, n, row) for n, row in content.records]
        log.warning("spill.left", file=str(file.path), records=content.lines, damaged=len(content.damaged))

    async def write(self, job: Callable[[Store], T], spilled: Callable[[], tuple[Record, T]]) -> T:
        """Run `job` in the store; where it cannot be, keep the record of `spilled` and return its result instead.

        Raises the error of `job` where there is no spill file, StoreUnavailable where none can be written."""
        cause: Exception | None = None
        if not self._spilling:
            try:
                return await self._store.write_within(job, self._limit_s)
            except Exception as error:
                cause = error
                if not self._files:
                    raise
        record, result = spilled()
        if cause is not None:
            self._begin(str(cause) or type(cause).__name__, unforeseen(cause))
        try:
            await self._append(as_row(record))
        except (OSError, TicketError) as error:
            log.critical("spill.impossible", call=record.new.id, error=str(error))
            raise StoreUnavailable(f"tidak bisa disimpan dan tidak bisa ditumpahkan: {error}") from (cause or error)
        return result

    def provisional(self, day: str, zone: ZoneInfo) -> str:
        """The number of a ticket that the store has not numbered: the time of day, `T-20261122-S143015`."""
        count = int(f"{self._clock().astimezone(zone):%H%M%S}")
        count = max(count, self._last[1] + 1) if self._last[0] == day else count
        self._last = (day, count)
        return f"T-{day}-{LETTERS[self._name]}{count:06d}"

    # reading, with the records that are not in the store yet

    async def live(self) -> list[Row]:
        """The calls that have not ended, by the store and the spilled steps."""
        rows = {row["id"]: row for row in await self._store.read(lambda store: store.calls.live())}
        spilled = self._spilled_calls(rows)
        return [row for row in (rows | spilled).values() if row["ended_at"] is None]

    async def find(self, call: str) -> Row | None:
        """One call or None, spilled or not."""
        row = await self._store.read(lambda store: store.calls.find(call))
        return self._spilled_calls({} if row is None else {call: row}).get(call, row)

    def _spilled_calls(self, rows: dict[str, Row]) -> dict[str, Row]:
        calls: dict[str, Row] = {}
        for _file, _n, row in self._pending:
            new = row["new"]
            base = calls.get(new["id"]) or rows.get(new["id"]) or _bare(row)
            calls[new["id"]] = base | row["columns"]
        return calls

    # spill

    def _begin(self, why: str, defect: Exception | None = None) -> None:
        if not self._spilling:
            self._spilling, self._since, self._counts = True, self._clock(), {"records": 0, "rejected": 0}
            log.error("store.spilling", why=why, exc_info=defect)
        self._wanted.set()

    async def _append(self, row: Row) -> None:
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((row, kept))
        if self._flushing is None or self._flushing.done():
            self._flushing = self._spawn("spill", self._flush())
        await kept

    async def _flush(self) -> None:
        """Append all waiting records with one write and one fsync."""
        while self._queue:
            async with self._files_lock:
                batch, self._queue = self._queue, []
                try:
                    file, numbers = await self._put([row for row, _kept in batch])
                except (OSError, TicketError) as error:
                    for _row, kept in batch:
                        if not kept.done():
                            kept.set_exception(error)
                    continue
                for n, (row, kept) in zip(numbers, batch, strict=True):
                    self._pending.append((file, n, row))
                    if not kept.done():
                        kept.set_result(None)

    async def _put(self, rows: list[Row]) -> tuple[SpillFile, list[int]]:
        problem: Exception = StoreUnavailable("tidak ada tempat tumpahan")
        for file in self._files[self._at :]:
            try:
                if not file.usable:
                    content = await asyncio.to_thread(file.open)
                    if file.path not in self._seen:
                        self._left(file, content)
                numbers = await asyncio.to_thread(file.append, rows)
            except (OSError, TicketError) as error:
                log.error("spill.failed", file=str(file.path), error=str(error))
                problem = error
                continue
            self._at = self._files.index(file)
            return file, numbers
        raise problem

    # read back

    async def keep(self) -> None:
        """Read spilled records back until the writer is closed; a failure is repeated after RETRY_S."""
        while not self._closed:
            if not await is_set(self._wanted, LOOK_S):
                continue
            try:
                await self._read_back()
                continue
            except StoreUnavailable as error:
                log.info("store.still_away", error=str(error), waiting=len(self._pending))
            except Exception:
                log.exception("store.not_read_back", waiting=len(self._pending))
            await asyncio.sleep(RETRY_S)
        await asyncio.Event().wait()

    async def _read_back(self) -> None:
        """Write all spilled records into the store, then empty the files."""
        while True:
            while self._pending:
                file = self._pending[0][0]
                run = takewhile(lambda record, file=file: record[0] is file, self._pending)  # type: ignore[misc]
                batch = [(n, row) for _file, n, row in islice(run, BATCH)]
                await self._apply(file, batch)
                for _ in batch:
                    self._pending.popleft()
            async with self._files_lock:  # nobody appends meanwhile
                if self._pending:
                    continue
                await self._keep_damaged()
                names = await asyncio.to_thread(self._empty)
                self._at = 0
                if self._queue:
                    continue
                self._spilling = False
                self._wanted.clear()
            await self._tell(names)
            return

    async def _apply(self, file: SpillFile, batch: list[tuple[int, Row]]) -> None:
        now, name = self._clock(), file.id
        rejected: list[int] = []

        def reject(n: int, row: Row, why: str) -> None:
            rejected.append(n)
            _put_aside(file.path, {"file": name, "n": n, "why": why, "record": row})

        arrived = await self._store.write(lambda store: store.spilled.apply(store, now, name, batch, reject))
        self._counts["records"] += len(batch)
        for n in rejected:
            log.error("spill.rejected", file=str(file.path), n=n)
        self._counts["rejected"] += len(rejected)
        for call, ticket in arrived.items():
            self.on_arrived(call, ticket)

    async def _keep_damaged(self) -> None:
        """Put damaged lines aside: they are no records any more, but a person may read them."""
        for path, content in self._contents.items():
            for damage in content.damaged:
                text = damage.line.decode(errors="backslashreplace")
                aside = {"file": content.id, "n": damage.n, "why": "checksum salah", "line": text}
                await asyncio.to_thread(_put_aside, path, aside)
                log.error("spill.damaged", file=str(path), n=damage.n)
                self._counts["rejected"] += 1
        self._contents.clear()

    def _empty(self) -> list[str]:
        """Empty the files and return their ids; one that fails keeps its id, by which the store knows its records."""
        names = []
        for file in self._files:
            if name := file.id:
                try:
                    file.empty()
                    names.append(name)
                except OSError as error:
                    log.error("spill.not_emptied", file=str(file.path), error=str(error))
        return names

    async def _tell(self, names: list[str]) -> None:
        now, since, counts = self._clock(), self._since or self._clock(), dict(self._counts)
        log.warning("store.read_back", since=to_text(since), **counts)

        def tell(store: Store) -> None:
            for name in names:
                store.spilled.forget(name)
            data = {"since": to_text(since), **counts}
            store.journal.append(now, "store.read_back", Actor("process", self._name), data=data)

        try:
            await self._store.write(tell)
        except TicketError as error:
            log.warning("store.not_told", error=str(error), exc_info=unforeseen(error))

    async def close(self) -> None:
        """Close the files; the next start reads back what is in them."""
        self._closed = True
        if self._flushing is not None:
            await asyncio.gather(self._flushing, return_exceptions=True)
        for file in self._files:
            await asyncio.to_thread(file.close)


def _put_aside(path: Path, record: Row) -> None:
    """Append a row to the file of rejected records beside the spill file, synced to the disk."""
    with path.with_suffix(".rejected").open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _bare(row: Row) -> Row:
    """The row of a call that is in the spill file alone, in the shape of the store's rows."""
    record = from_row(row)
    columns = {"stage": "arrived", "state": "{}", "ended_at": None, "answered_at": None, "waiting_at": None}
    caller = {name: row["new"][name] for name in ("id", "number", "display", "handled_by")}
    return {**caller, **columns, "ticket": record.ticket, "arrived_at": row["at"]}
