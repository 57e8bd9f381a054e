"""What the escalation daemon could not write: obeyed at once, kept in a file, and written when it can be.

A full disk must not end pushing. What is due is read from the store; what became of it since then stands here: when
each push is due again, how often it was tried, and which assignments were answered on the phone. Duplicates are
possible, gaps are not: an answer that could not be written quiets its assignment for one term of its OPD, not for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import get_args

import structlog

from tickets.errors import TicketError
from tickets.model import WAITING_STATE, DuePush, Row, Way, from_text, to_text
from tickets.notify.channel import Said
from tickets.spill import SpillFile, take_up
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

# at the pace of ladders some days; older attempts are forgotten then, answers never
MOST = 20_000
BATCH = 50


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt; `due` is when the push is tried again, `way` whom it really went to."""

    push: DuePush
    way: Way
    started: datetime
    ended: datetime
    ok: bool
    detail: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """What a contact said on the phone; the assignment, or for a refusal whoever was `planned`, is left in peace until
    `until`. `push` is the push as it went out, perhaps to a stand-in."""

    push: DuePush
    planned: str
    said: Said
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Pressed:
    """«TERIMA» on an agency's page by the user `who`; `reply` tells how that request is answered when it comes again:
    its `key`, `user` and `asked`, and the `names` of the assignment's fields; empty where it cannot come again."""

    assignment: int
    who: str
    at: datetime
    until: datetime
    reply: Row


Entry = Tried | Answered | Pressed
Apply = Callable[[Store, Entry], None]


class Unwritten:
    """Entries in the order in which they happened; `files` are tried in turn, without one they are in memory alone."""

    def __init__(self, files: Sequence[SpillFile] = ()) -> None:
        self._files = tuple(files)
        self._waiting: list[tuple[Entry, tuple[str, int] | None]] = []
        self._known: dict[int, DuePush] = {}
        self._last: dict[Way, datetime] = {}
        self._put_off: dict[tuple[Way, bool], datetime] = {}
        self._quiet: list[Answered | Pressed] = []
        self._opened = False
        self._lock = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._waiting)

    async def open(self, store: StoreThread) -> None:
        """Take up what a former daemon left; once."""
        if self._opened:
            return
        self._opened = True
        for file in self._files:
            try:
                found = await asyncio.to_thread(take_up, file)
                applied = await store.read(lambda store, name=found.id: store.spilled.applied(name))  # type: ignore[misc]
            except (OSError, TicketError) as error:
                log.warning("spill.unusable", file=str(file.path), error=str(error))
                continue
            for n, row in found.records:
                if n > applied:
                    self._take(_from_row(row), (found.id, n))

    async def keep(self, *entries: Entry) -> None:
        """These happened, and could not be written."""
        async with self._lock:
            kept = await asyncio.to_thread(self._spill, entries) if self._files else [None] * len(entries)
            for entry, origin in zip(entries, kept, strict=True):
                self._take(entry, origin)
            while len(self._waiting) > MOST and (oldest := self._oldest_try()) is not None:
                n, tried = oldest
                log.error("push.attempt_forgotten", push=tried.push.id)
                del self._waiting[n]

    def _oldest_try(self) -> tuple[int, Tried] | None:
        return next(((n, entry) for n, (entry, _) in enumerate(self._waiting) if isinstance(entry, Tried)), None)

    def _take(self, entry: Entry, origin: tuple[str, int] | None) -> None:
        self._waiting.append((entry, origin))
        if isinstance(entry, Answered | Pressed):
            self._quiet.append(entry)
            return
        push = entry.push
        failures = 0 if entry.ok else push.failures + 1
        self._known[push.id] = replace(push, due_at=entry.due, attempts=push.attempts + 1, failures=failures)
        self._last[entry.way] = entry.started

    def postpone(self, push: DuePush, due_at: datetime) -> None:
        """It is not due before then."""
        self._known[push.id] = replace(push, due_at=due_at)

    def put_off(self, way: Way, until: datetime, *, first: bool) -> None:
        """Nothing that is planned this way is due before then: no `first` push, or no repetition."""
        self._put_off[way, first] = until

    def due(self, pushes: Sequence[DuePush], now: datetime) -> list[DuePush]:
        """Those of the pushes that the store holds for due which really are, the longest due first."""
        known = [self._known.get(push.id, push) for push in pushes]
        wanted = [push for push in known if self._begins(push) <= now and not self.quiet(push, now)]
        return sorted(wanted, key=lambda push: (push.due_at, push.attempts))

    def _begins(self, push: DuePush) -> datetime:
        planned = (push.contact, push.channel), push.attempts == 0
        return max(push.due_at, self._put_off.get(planned, push.due_at))

    def quiet(self, push: DuePush, now: datetime) -> bool:
        """Whether this push was answered."""
        return any(now < one.until and _silences(one, push) for one in self._quiet)

    def pressed(self, assignment: int) -> bool:
        """Whether this was accepted on a page."""
        return any(isinstance(one, Pressed) and one.assignment == assignment for one in self._quiet)

    def answered(self, push: DuePush, now: datetime) -> bool:
        """Whether somebody of this assignment accepted or left."""
        return any(now < one.until and _accepts(one, push.assignment) for one in self._quiet)

    def last(self, way: Way) -> datetime | None:
        """When this way was last used."""
        return self._last.get(way)

    async def write(self, store: StoreThread, apply: Apply, now: datetime, limit_s: float) -> None:
        """Everything into the store, in order, each once; StoreUnavailable: it is still here."""
        async with self._lock:
            while self._waiting:
                batch = self._waiting[:BATCH]
                await store.write_within(lambda store, batch=batch: _apply(store, apply, now, batch), limit_s)  # type: ignore[misc]
                del self._waiting[: len(batch)]
            self._known.clear()
            self._last.clear()
            self._put_off.clear()
            self._quiet.clear()
            if self._files:
                await asyncio.to_thread(self._empty)

    def _spill(self, entries: Sequence[Entry]) -> list[tuple[str, int] | None]:
        rows = [_as_row(entry) for entry in entries]
        for file in self._files:
            try:
                if not file.usable:
                    file.open()
                numbers = file.append(rows)
            except (OSError, TicketError) as error:
                log.error("spill.failed", file=str(file.path), error=str(error))
                continue
            return [(file.id, n) for n in numbers]
        return [None] * len(rows)

    def _empty(self) -> None:
        for file in self._files:
            if file.id:
                try:
                    file.empty()
                except OSError as error:
                    log.error("spill.not_emptied", file=str(file.path), error=str(error))

    async def close(self) -> None:
        """Let go of the files."""
        for file in self._files:
            await asyncio.to_thread(file.close)


def _apply(store: Store, apply: Apply, now: datetime, batch: Sequence[tuple[Entry, tuple[str, int] | None]]) -> None:
    applied: dict[str, int] = {}
    for entry, origin in batch:
        if origin is not None:
            file, n = origin
            if file not in applied:
                applied[file] = store.spilled.applied(file)
            if n <= applied[file]:  # written before, and nobody had heard of it
                continue
        with store.savepoint():
            apply(store, entry)
        if origin is not None:
            store.spilled.mark(now, *origin)


def _silences(one: Answered | Pressed, push: DuePush) -> bool:
    if isinstance(one, Pressed):
        return one.assignment == push.assignment and push.phase == WAITING_STATE
    if one.push.assignment != push.assignment:
        return False
    return one.planned == push.contact if one.said == "refuse" else one.push.phase == push.phase


def _accepts(one: Answered | Pressed, assignment: int) -> bool:
    if isinstance(one, Pressed):
        return one.assignment == assignment
    return one.push.assignment == assignment and one.said != "refuse"


def _as_row(entry: Entry) -> Row:
    if isinstance(entry, Pressed):
        return asdict(entry) | {name: to_text(getattr(entry, name)) for name in ("at", "until")}
    push = asdict(entry.push) | {name: to_text(getattr(entry.push, name)) for name in ("due_at", "dispatched_at")}
    if isinstance(entry, Answered):
        told = {"planned": entry.planned, "said": entry.said, "until": to_text(entry.until)}
        return {"at": to_text(entry.at), "push": push, **told}
    moments = {name: to_text(getattr(entry, name)) for name in ("started", "ended", "due")}
    return {
        "at": to_text(entry.ended),
        "push": push,
        "way": list(entry.way),
        "ok": entry.ok,
        "detail": entry.detail,
        **moments,
    }


def _from_row(row: Row) -> Entry:
    if "who" in row:
        return Pressed(**row | {name: from_text(row[name]) for name in ("at", "until")})
    push = DuePush(**row["push"] | {name: from_text(row["push"][name]) for name in ("due_at", "dispatched_at")})
    if "said" in row:
        said: Said = next(one for one in get_args(Said) if one == row["said"])
        return Answered(push, row["planned"], said, from_text(row["at"]), from_text(row["until"]))
    started, ended, due = (from_text(row[name]) for name in ("started", "ended", "due"))
    contact, channel = row["way"]
    return Tried(push, (contact, channel), started, ended, row["ok"], row["detail"], due)
