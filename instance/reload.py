"""Applies changed configuration to a running program, but only when all of it is valid.

The supervisor reads the files (`Watcher`); every process follows the edition that results (`Follower`)."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from watchfiles import Change, awatch

from instance import FILES, Instance, editions, load, secrets_file
from instance.problems import ConfigErrors, Problem
from instance.yaml_marks import Document, parse

log = structlog.get_logger(__name__)

LOOK_MS = 1000
FOLLOW_S, RETRY_S = 0.25, 5.0
SITE = "site.yaml"
OnChange = Callable[[Instance], Awaitable[None] | None]
OnProblem = Callable[[Sequence[Problem]], Awaitable[None] | None]
ONLY_TOGETHER = "perubahan lain baru benar bersama berkas ini, jadi semuanya baru dipakai setelah dijalankan ulang"


class Watcher:
    """Reads the files of an instance after each change; `instance` is their last valid content.

    All of site.yaml is that of the edition in force; a changed one counts after a restart."""

    def __init__(self, instance: Instance, on_change: OnChange, on_problem: OnProblem) -> None:
        self.instance = instance
        self.problems: tuple[Problem, ...] = ()
        self._on_change = on_change
        self._on_problem = on_problem
        self._seen: tuple[tuple[int, int] | None, ...] = ()

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Follow the files until `stop`; runs under the caller's supervision, an error of the watch is raised."""
        async with aclosing(self.turns(stop)) as turns:
            async for _ in turns:
                pass

    async def turns(self, stop: asyncio.Event | None = None) -> AsyncGenerator[None, None]:
        """Follow the files until `stop`, with a turn for the caller after each look and once a second."""
        folders = {self.instance.home, self.instance.site.places.parent}
        names = {*FILES, self.instance.site.places.name}

        def ours(change: Change, path: str) -> bool:
            return Path(path).name in names

        await self.look()
        yield
        async for changes in awatch(
            *folders, watch_filter=ours, recursive=False, debounce=400, step=50, stop_event=stop,
            rust_timeout=LOOK_MS, yield_on_timeout=True,
        ):  # fmt: skip
            # the watch misses earlier changes, and all changes on some file systems: compare the files themselves
            if changes or self._stamps() != self._seen:
                await self.look()
            yield

    def _stamps(self) -> tuple[tuple[int, int] | None, ...]:
        """Fingerprint of the files: inode and time of change, None for a missing one."""
        home = self.instance.home
        return _stamps([*(home / name for name in FILES), self.instance.site.places, secrets_file.path(home)])

    async def look(self) -> None:
        """Read the files once: call on_change when their content changed and is valid, on_problem when it is not."""
        self._seen = self._stamps()
        try:
            fresh, waiting = await asyncio.to_thread(self._read)
        except ConfigErrors as error:
            if tuple(error.problems) != self.problems:
                self.problems = tuple(error.problems)
                await _tell(self._on_problem(self.problems))
            return
        changed, had_problems = fresh != self.instance, bool(self.problems)
        self.instance, before, self.problems = fresh, self.problems, waiting
        if changed or (had_problems and not waiting):
            await _tell(self._on_change(fresh))
        if waiting and waiting != before:
            await _tell(self._on_problem(waiting))

    def _read(self) -> tuple[Instance, tuple[Problem, ...]]:
        """Load the files with the running site.yaml in place of a changed one; also the problems to report."""
        fresh = load(self.instance.home)
        running = self.instance.texts[SITE]
        if fresh.texts[SITE] == running:
            return fresh, ()
        texts = {name: text for name, text in fresh.texts.items() if name in FILES}
        try:
            kept = load(self.instance.home, texts=texts | {SITE: running})
        except ConfigErrors:
            return self.instance, (Problem(SITE, 0, 0, ONLY_TOGETHER, warning=True),)
        return kept, () if kept == fresh else (waits(_differing(running, fresh.texts[SITE])),)


class Follower:
    """Follows the edition in force for a process; `instance` is that edition with the present secrets."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._seen: tuple[tuple[int, int] | None, ...] = ()

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            well = await self.look()
            await asyncio.sleep(FOLLOW_S if well else RETRY_S)

    async def look(self) -> bool:
        """Load another edition or other secrets; False on failure: the former ones stay, the next look tries again."""
        home = self.instance.home
        seen = _stamps([editions.pointer(home), secrets_file.path(home)])
        if seen == self._seen:
            return True
        try:
            fresh = await asyncio.to_thread(self._read)
        except ConfigErrors as error:
            log.error("config.refused", problems=[str(problem) for problem in error.problems])
            return False
        self._seen = seen
        if (fresh, fresh.edition) != (self.instance, self.instance.edition):
            self.instance = fresh
            log.info("config.accepted", home=str(home), edition=fresh.edition)
        return True

    def _read(self) -> Instance:
        known = self.instance
        other = editions.number(known.home) not in (0, known.edition)
        fresh = editions.in_force(known.home) if other else None
        if fresh is not None and fresh.texts[SITE] == known.texts[SITE]:
            return fresh
        if fresh is not None:
            log.error("config.restart_needed", edition=fresh.edition, running=known.edition)
        return replace(known, secrets=secrets_file.present(known.home, known.secrets))


def waits(keys: Sequence[str]) -> Problem:
    """Problem for a change of site.yaml that is valid and waits for a restart."""
    named = f": {', '.join(keys)}" if keys else ""
    return Problem(SITE, 0, 0, f"perubahan di berkas ini baru dipakai setelah dijalankan ulang{named}", warning=True)


def _differing(before: bytes, after: bytes) -> list[str]:
    """Names of the keys of site.yaml that differ, with their group."""
    old, new = (_data(text) for text in (before, after))
    return list(_keys(old, new))


def _keys(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            yield from (
                f"{key}.{inner}" for inner in sorted({*before, *after}) if before.get(inner) != after.get(inner)
            )
        else:
            yield key


def _data(text: bytes) -> dict[str, Any]:
    document = Document(SITE)
    parse(text.decode("utf-8-sig"), document)
    return document.data if isinstance(document.data, dict) else {}


def _stamps(files: Sequence[Path]) -> tuple[tuple[int, int] | None, ...]:
    return tuple((fresh.st_ino, fresh.st_mtime_ns) if (fresh := _stat(file)) else None for file in files)


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None


async def _tell(result: Awaitable[None] | None) -> None:
    if inspect.isawaitable(result):
        await result
