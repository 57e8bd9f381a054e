"""Results and answers that the daemon could not write: obeyed at once, kept in a file, written as soon as possible.

A full disk must not end pushing. Due pushes are read from the store; their changes since then are kept here: due times,
numbers of tries, and assignments that were answered on the phone. Duplicates are possible, gaps are not: an answer that
could not be written quiets its assignment for one term of its OPD, not for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import get_args

import structlog

from tickets.errors import TicketError
from tickets.escalation import unsent_attempts
from tickets.escalation.unsent_attempts import UnsentTried
from tickets.model import AMENDED, WAITING_STATE, ContactChannel, DuePush, Row, from_text, to_text
from tickets.notify.channel import Said
from tickets.spill import SpillFile, take_up
from tickets.store import Store
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)

# some days of attempts; beyond it the oldest attempts are forgotten, answers never
MOST = 20_000
BATCH = 50
# Answers that quieten the contact alone who gave them.
ALONE = ("refuse", "know")


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt; `due` is when the push is tried again, `way` the contact and channel it really went to."""

    push: DuePush
    way: ContactChannel
    started: datetime
    ended: datetime
    ok: bool
    detail: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """A contact's answer on the phone. Until `until` the assignment is not pushed; after a refusal only the `planned`
    contact is not. `push` is the push as it went out, perhaps to a stand-in; `shown` are the changes it told of."""

    push: DuePush
    planned: str
    answer: Said
    at: datetime
    until: datetime
    shown: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Pressed:
    """«TERIMA» on an agency's page by `user`; `reply` answers a repetition of that request: its `key`, `user` and
    `asked`, and the `names` of the assignment's fields; empty where it cannot be repeated."""

    assignment: int
    user: str
    at: datetime
    until: datetime
    reply: Row


Entry = Tried | UnsentTried | Answered | Pressed
Apply = Callable[[Store, Entry], None]


class Unwritten:
    """Entries in the order in which they happened; `files` are tried in turn, without one they are in memory alone."""

    def __init__(self, files: Sequence[SpillFile] = ()) -> None:
        self._files = tuple(files)
        self._waiting: list[tuple[Entry, tuple[str, int] | None]] = []
        self._known: dict[int, DuePush] = {}
        self._unsent: dict[int, UnsentTried] = {}
        self._last: dict[ContactChannel, datetime] = {}
        self._put_off: dict[tuple[ContactChannel, bool], datetime] = {}
        self._quiet: list[Answered | Pressed] = []
        self._opened = False
        self._lock = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._waiting)

    async def open(self, store: StoreThread) -> None:
        """Read the entries that a former daemon left; once."""
        if self._opened:
            return
        self._opened = True
        for file in self._files:
            try:
                content = await asyncio.to_thread(take_up, file)
                applied = await store.read(lambda store, name=content.id: store.spilled.applied(name))  # type: ignore[misc]
            except (OSError, TicketError) as error:
                log.warning("spill.unusable", file=str(file.path), error=str(error))
                continue
            for n, row in content.records:
                if n > applied:
                    self._take(_from_row(row), (content.id, n))

    async def keep(self, *entries: Entry) -> None:
        """Keep entries that happened and could not be written."""
        async with self._lock:
            kept = await asyncio.to_thread(self._spill, entries) if self._files else [None] * len(entries)
            for entry, origin in zip(entries, kept, strict=True):
                self._take(entry, origin)
            while len(self._waiting) > MOST and (oldest := self._oldest_try()) is not None:
                n, tried = oldest
                push = tried.target["id"] if isinstance(tried, UnsentTried) else tried.push.id
                log.error("push.attempt_forgotten", push=push)
                del self._waiting[n]

    def _oldest_try(self) -> tuple[int, Tried | UnsentTried] | None:
        tries = ((n, entry) for n, (entry, _) in enumerate(self._waiting) if isinstance(entry, Tried | UnsentTried))
        return next(tries, None)

    def _take(self, entry: Entry, origin: tuple[str, int] | None) -> None:
        self._waiting.append((entry, origin))
        if isinstance(entry, Answered | Pressed):
            self._quiet.append(entry)
            return
        self._last[entry.way] = entry.started
        if isinstance(entry, UnsentTried):
            self._unsent[entry.target["id"]] = entry
            return
        push = entry.push
        failures = 0 if entry.ok else push.failures + 1
        self._known[push.id] = replace(push, due_at=entry.due, attempts=push.attempts + 1, failures=failures)

    def postpone(self, push: DuePush, due_at: datetime) -> None:
        """Delay one push."""
        self._known[push.id] = replace(push, due_at=due_at)

    def put_off(self, way: ContactChannel, until: datetime, *, first: bool) -> None:
        """Delay all pushes planned for one contact's channel: the `first` ones, or the repetitions."""
        self._put_off[way, first] = until

    def due(self, pushes: Sequence[DuePush], now: datetime) -> list[DuePush]:
        """Of the pushes that the store holds for due, those that really are; the longest due first."""
        known = [self._known.get(push.id, push) for push in pushes]
        wanted = [push for push in known if self._begins(push) <= now and not self.quiet(push, now)]
        return sorted(wanted, key=lambda push: (push.due_at, push.attempts))

    def _begins(self, push: DuePush) -> datetime:
        planned = (push.contact, push.channel), push.attempts == 0
        return max(push.due_at, self._put_off.get(planned, push.due_at))

    def quiet(self, push: DuePush, now: datetime) -> bool:
        """True while an unwritten answer keeps this push quiet."""
        return any(now < entry.until and _silences(entry, push) for entry in self._quiet)

    def pressed(self, assignment: int) -> bool:
        """True where a page has accepted this assignment."""
        return any(isinstance(entry, Pressed) and entry.assignment == assignment for entry in self._quiet)

    def answered(self, push: DuePush, now: datetime) -> bool:
        """True where an unwritten answer has accepted the push's assignment, or departed for it."""
        return any(now < entry.until and _accepts(entry, push.assignment) for entry in self._quiet)

    def unsent(self, target: int) -> UnsentTried | None:
        """The last unwritten attempt of a target of an unsent emergency."""
        return self._unsent.get(target)

    def last(self, way: ContactChannel) -> datetime | None:
        """Time of the last unwritten attempt over one contact's channel."""
        return self._last.get(way)

    async def write(self, store: StoreThread, apply: Apply, now: datetime, limit_s: float) -> None:
        """Write all entries in order, each once; after StoreUnavailable they are kept."""
        async with self._lock:
            while self._waiting:
                batch = self._waiting[:BATCH]
                await store.write_within(lambda store, batch=batch: _apply(store, apply, now, batch), limit_s)  # type: ignore[misc]
                del self._waiting[: len(batch)]
            self._known.clear()
            self._unsent.clear()
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
            if n <= applied[file]:  # written before, although the end of that write was not heard of
                continue
        with store.savepoint():
            apply(store, entry)
        if origin is not None:
            store.spilled.mark(now, *origin)


def _silences(entry: Answered | Pressed, push: DuePush) -> bool:
    if isinstance(entry, Pressed):
        return entry.assignment == push.assignment and push.phase == WAITING_STATE
    if entry.push.assignment != push.assignment:
        return False
    return entry.planned == push.contact if entry.answer in ALONE else entry.push.phase == push.phase


def _accepts(entry: Answered | Pressed, assignment: int) -> bool:
    if isinstance(entry, Pressed):
        return entry.assignment == assignment
    accepts = entry.answer not in ALONE and entry.push.phase != AMENDED
    return entry.push.assignment == assignment and accepts


def _as_row(entry: Entry) -> Row:
    if isinstance(entry, UnsentTried):
        return entry.as_row()
    if isinstance(entry, Pressed):
        moments = {name: to_text(getattr(entry, name)) for name in ("at", "until")}
        return {"assignment": entry.assignment, "who": entry.user, **moments, "reply": dict(entry.reply)}
    push = asdict(entry.push) | {name: to_text(getattr(entry.push, name)) for name in ("due_at", "dispatched_at")}
    if isinstance(entry, Answered):
        fields: Row = {"planned": entry.planned, "said": entry.answer, "until": to_text(entry.until)}
        fields |= {"shown": [list(pair) for pair in entry.shown]} if entry.shown else {}
        return {"at": to_text(entry.at), "push": push, **fields}
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
    if "unsent" in row:
        return unsent_attempts.from_row(row)
    if "who" in row:
        return Pressed(row["assignment"], row["who"], from_text(row["at"]), from_text(row["until"]), row["reply"])
    push = DuePush(**row["push"] | {name: from_text(row["push"][name]) for name in ("due_at", "dispatched_at")})
    if "said" in row:
        answer: Said = next(word for word in get_args(Said) if word == row["said"])
        shown = tuple((id, revision) for id, revision in row.get("shown", ()))
        return Answered(push, row["planned"], answer, from_text(row["at"]), from_text(row["until"]), shown)
    started, ended, due = (from_text(row[name]) for name in ("started", "ended", "due"))
    contact, channel = row["way"]
    return Tried(push, (contact, channel), started, ended, row["ok"], row["detail"], due)
