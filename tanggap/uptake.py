"""Changed configuration, taken up in a running line: Asterisk's files, prompts, and a word in the journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from tanggap.config import Instance
from tanggap.config.problems import Problem
from tanggap.config.reload import Watcher
from tanggap.phone_system import take_up
from tickets.model import Actor
from tickets.store.thread import StoreThread

log = structlog.get_logger(__name__)


class Uptake:
    """Follows the YAML files of an instance; `instance` is what is in force. One of these runs for each line."""

    def __init__(self, instance: Instance, store: StoreThread, clock: Callable[[], datetime], actor: str) -> None:
        self.instance = instance
        self._store = store
        self._clock = clock
        self._actor = Actor("process", actor)

    async def run(self) -> None:
        """For ever."""
        await Watcher(self.instance, self._changed, self._refused).run()

    async def _changed(self, instance: Instance) -> None:
        """A changed configuration that is right: the fail-safe branch and the prompts follow it."""
        self.instance = instance
        changed = await take_up(instance, self._clock())
        log.info("config.accepted", asterisk_files=changed)
        await self.tell("config.accepted", {"files": changed})

    async def _refused(self, problems: Sequence[Problem]) -> None:
        texts = [str(problem) for problem in problems]
        kind = "config.restart_needed" if all(problem.warning for problem in problems) else "config.refused"
        log.error(kind, problems=texts)
        await self.tell(kind, {"problems": texts})

    async def tell(self, kind: str, data: dict[str, object]) -> None:
        """A word in the journal."""
        now = self._clock()
        await self._store.write(lambda store: store.journal.append(now, kind, self._actor, data=data))
