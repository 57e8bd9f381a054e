"""Takes up a changed configuration while running, but only one that is whole and right."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from watchfiles import Change, awatch

from tanggap.config import FILES, Instance, load, secrets_file
from tanggap.config.problems import ConfigErrors, Problem

LOOK_MS = 1000
OnChange = Callable[[Instance], Awaitable[None] | None]
OnProblem = Callable[[Sequence[Problem]], Awaitable[None] | None]
RESTART = Problem("site.yaml", 0, 0, "perubahan di berkas ini baru dipakai setelah dijalankan ulang", warning=True)


class Watcher:
    """Holds the configuration in force; `run` follows the files until it is cancelled or `stop` is set."""

    def __init__(self, instance: Instance, on_change: OnChange, on_problem: OnProblem) -> None:
        self.instance = instance
        self.problems: tuple[Problem, ...] = ()
        self._on_change = on_change
        self._on_problem = on_problem
        self._seen: tuple[tuple[int, int] | None, ...] = ()

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Follow the files of the instance; runs under the caller's supervision, an error of the watch is raised."""
        folders = {self.instance.home, self.instance.site.places.parent}
        names = {*FILES, self.instance.site.places.name}

        def ours(change: Change, path: str) -> bool:
            return Path(path).name in names

        # not looked at first: that reading would run beside the start of the process, and for nothing
        async for changes in awatch(
            *folders, watch_filter=ours, recursive=False, debounce=400, step=50, stop_event=stop,
            rust_timeout=LOOK_MS, yield_on_timeout=True,
        ):  # fmt: skip
            # a change before the watch stood, or on a file system that tells of none, shows in the files themselves
            if changes or self._stamps() != self._seen:
                await self.look()

    def _stamps(self) -> tuple[tuple[int, int] | None, ...]:
        """Which files these are: inode and time of change, None for one that is not there."""
        home = self.instance.home
        files = [*(home / name for name in FILES), self.instance.site.places, secrets_file.path(home)]
        return tuple((found.st_ino, found.st_mtime_ns) if (found := _stat(file)) else None for file in files)

    async def look(self) -> None:
        """Read the files once: on_change when what they say differs and is right, on_problem when it is wrong."""
        self._seen = self._stamps()
        try:
            found = await asyncio.to_thread(load, self.instance.home)
        except ConfigErrors as error:
            if tuple(error.problems) != self.problems:
                self.problems = tuple(error.problems)
                await _tell(self._on_problem(self.problems))
            return
        found, told = self._with_running_site(found)
        changed, had_problems = found != self.instance, bool(self.problems)
        self.instance, before, self.problems = found, self.problems, told
        if changed or (had_problems and told != before):
            await _tell(self._on_change(found))
        if told and told != before:
            await _tell(self._on_problem(told))

    def _with_running_site(self, found: Instance) -> tuple[Instance, tuple[Problem, ...]]:
        """What runs keeps its site (ports, trunks, zone) until it is restarted."""
        site = self.instance.site
        if found.site == site:
            return found, ()
        return replace(found, site=site, hours=replace(found.hours, time_zone=site.time_zone)), (RESTART,)


def _stat(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None


async def _tell(result: Awaitable[None] | None) -> None:
    if inspect.isawaitable(result):
        await result
