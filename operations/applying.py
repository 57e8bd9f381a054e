"""Brings changed configuration into force in a running line: prompts, an edition for our processes, Asterisk's files.

A part that fails is tried again until it succeeds; until then the journal says which part is not in force, and why."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from datetime import date, datetime
from typing import Any

import structlog

from asterisk.errors import AsteriskError
from asterisk.launch import Asterisk, needs_restart
from instance import ConfigErrors, Instance, agreement, editions
from instance.problems import Problem, reason
from instance.reload import Watcher
from operations.phone_system import build_prompts, phone_system, write_files
from tickets.errors import TicketError
from tickets.model import Actor
from tickets.store.thread import StoreThread
from voice.speech import PromptError

log = structlog.get_logger(__name__)

BACK_OFF_S = (1.0, 2.0, 5.0, 15.0, 60.0)
COMPARE_S = 2.0
WORDS = 100
# a process takes up an edition within half a second and says so within two
LATE_S = 5.0


class Change:
    """A valid configuration on its way into force; `done` once our processes and Asterisk have it.

    A prompt that cannot be made does not hold the rest up. `unread`: files that Asterisk was not told to reload yet."""

    def __init__(self, instance: Instance, unread: Sequence[str] = ()) -> None:
        self.instance = instance
        self.unread = list(unread)
        self.files: list[str] = []
        self.tries = 0
        self.done = False

    async def bring(self, clock: Callable[[], datetime]) -> list[str]:
        """Try every part once; returns a sentence for each part that failed."""
        self.tries += 1
        prompts = await self._failing("suara (prompt) belum lengkap", self._speak())
        failed = await self._failing("perubahan konfigurasi belum berlaku", self._publish(clock()))
        failsafe = "jalur cadangan Asterisk belum memakai konfigurasi yang baru"
        failed = failed or await self._failing(failsafe, self._give_asterisk(clock()))
        self.done = not failed
        return [*failed, *prompts]

    async def _failing(self, failure: str, part: Coroutine[Any, Any, None]) -> list[str]:
        """Do one part; returns the sentence that says why it failed. Unexpected errors are tried again like others."""
        try:
            await part
        except Exception as error:
            known = isinstance(error, (OSError, AsteriskError, PromptError, TicketError, ConfigErrors))
            log.error("config.part_failed", part=failure, error=str(error), exc_info=not known)
            why = reason(error) if isinstance(error, OSError) else str(error)
            return [f"{failure}, karena {why} (percobaan ke-{self.tries})"]
        return []

    async def _speak(self) -> None:
        await asyncio.to_thread(build_prompts, self.instance)

    async def _publish(self, now: datetime) -> None:
        self.instance = await asyncio.to_thread(editions.publish, self.instance, now)

    async def _give_asterisk(self, now: datetime) -> None:
        """Write Asterisk's files and reload them; a file whose reload failed is reloaded by the next try."""
        asterisk = phone_system(self.instance)
        changed = await asyncio.to_thread(write_files, self.instance, asterisk, now)
        self.files, self.unread = sorted({*self.files, *changed}), sorted({*self.unread, *changed})
        if self.unread and asterisk.pid is not None:
            await asterisk.reload(self.unread)
        self.unread = []
        await asyncio.to_thread(editions.note_asterisk, self.instance.home, self.instance.edition)


class Applying:
    """Follows the YAML files of an instance and applies changes; `instance` is in force. One runs per instance."""

    def __init__(self, instance: Instance, store: StoreThread, clock: Callable[[], datetime], actor: str) -> None:
        self.instance = instance
        self._store = store
        self._clock = clock
        self._actor = Actor("process", actor)
        self._begun = False
        self._day = self._today()
        self._watcher: Watcher | None = None
        self._change: Change | None = None
        self._accepted = False
        self._due = 0.0
        self._reasons: list[str] = []
        self._late: dict[str, float] = {}  # processes that run another edition, and since when
        self._behind: list[str] = []
        self._asterisk: Asterisk | None = None
        self._outdated: list[str] = []
        self._compared = 0.0
        self._last: list[str] = []  # the problems that the journal names last
        self._words: deque[tuple[str, dict[str, object]]] = deque(maxlen=WORDS)

    async def run(self) -> None:
        """Follow the files until cancelled."""
        self._begin()
        known = self._change.instance if self._change else self.instance
        self._watcher = Watcher(known, self._want, self._refused)
        async with aclosing(self._watcher.turns()) as turns:
            async for _ in turns:
                await self._turn()

    async def tell(self, kind: str, data: dict[str, object]) -> None:
        """Write a row of the journal; raises TicketError when the store refuses."""
        now = self._clock()
        await self._store.write(lambda store: store.journal.append(now, kind, self._actor, data=data))

    def state(self) -> dict[str, object]:
        """Data for the heartbeat: the edition in force; changes that are refused, wait for a restart or fail."""
        behind = {"behind": self._last} if self._last else {}
        return {"edition": self.instance.edition, "config": self._still() | behind}

    def note(self, kind: str, data: dict[str, object]) -> None:
        """Note a row for the journal; it is written as soon as the store takes it, and nothing waits for that."""
        self._words.append((kind, data))

    async def _tell_words(self) -> None:
        while self._words:
            try:
                await self.tell(*self._words[0])
            except TicketError as error:
                log.error("config.not_told", kind=self._words[0][0], error=str(error))
                return
            self._words.popleft()

    def _begin(self) -> None:
        """Begin as the supervisor: end what the former one reported, finish the change that it left unfinished."""
        if self._begun:
            return
        self._begun = True
        self.note("config.followed", {"edition": self.instance.edition})
        if self.instance.edition == 0:  # there was no room to write one
            self._want(self.instance)
        if editions.of_asterisk(self.instance.home) not in (None, self.instance.edition):
            etc = phone_system(self.instance).paths.etc
            unread = [path.name for path in sorted(etc.glob("*.conf")) if not needs_restart([path.name])]
            self._want(self.instance, unread)

    def _want(self, instance: Instance, unread: Sequence[str] = ()) -> None:
        """Try to bring this valid configuration into force until that succeeds or a newer one replaces it."""
        waiting = self._change.unread if self._change is not None else ()
        self._change = Change(instance, unread or waiting)
        self._accepted, self._due = False, 0.0

    def _refused(self, problems: Sequence[Problem]) -> None:
        texts = [str(problem) for problem in problems]
        kind = "config.restart_needed" if all(problem.warning for problem in problems) else "config.refused"
        log.error(kind, problems=texts)
        self.note(kind, {"problems": texts})

    async def _turn(self) -> None:
        now = asyncio.get_running_loop().time()
        self._begin_day()
        if self._change is not None and now >= self._due:
            await self._try(self._change)
        if now - self._compared >= COMPARE_S:
            self._compared = now
            await self._compare(now)
            await asyncio.to_thread(self._compare_asterisk)
        self._say_what_is_behind()
        await self._tell_words()

    def _begin_day(self) -> None:
        """Bring the same edition again on a new day: Asterisk's own dialplan holds special days 400 days ahead only."""
        today = self._today()
        if today == self._day:
            return
        self._day = today
        if self._change is None:
            self._want(self.instance)
            self._accepted = True  # the journal has its row already

    def _today(self) -> date:
        return self._clock().astimezone(self.instance.hours.tz).date()

    async def _try(self, change: Change) -> None:
        self._reasons = await change.bring(self._clock)
        if change.instance.edition:
            self.instance = change.instance
        self._due = asyncio.get_running_loop().time() + BACK_OFF_S[min(change.tries, len(BACK_OFF_S)) - 1]
        if change.done and not self._accepted:
            log.info("config.accepted", asterisk_files=change.files, edition=self.instance.edition)
            data: dict[str, object] = {"files": change.files, "edition": self.instance.edition}
            self.note("config.accepted", data | self._still())
            self._accepted = True
        if not self._reasons:
            self._change = None

    def _still(self) -> dict[str, object]:
        """List what was refused since, or waits for a restart: the accepted change does not end that."""
        problems = self._watcher.problems if self._watcher else ()
        parts = {
            "refused": [str(problem) for problem in problems if not problem.warning],
            "waiting": [str(problem) for problem in problems if problem.warning],
        }
        return {name: sentences for name, sentences in parts.items() if sentences}

    async def _compare(self, now: float) -> None:
        """Find the processes that have run another edition for longer than LATE_S."""
        try:
            beats = await self._store.read(lambda store: store.people.beats())
        except TicketError:
            return
        sentences = agreement.behind(beats, self.instance.edition, self._clock())
        self._late = {name: self._late.get(name, now) for name in sentences}
        self._behind = [sentences[name] for name, since in self._late.items() if now - since >= LATE_S]

    def _compare_asterisk(self) -> None:
        """Note the files that Asterisk takes up by a restart alone: telling it to read them changes nothing."""
        try:
            self._asterisk = self._asterisk or phone_system(self.instance)
        except AsteriskError:  # there is none on this machine
            return
        names = ", ".join(self._asterisk.outdated)
        sentence = f"Asterisk belum memakai {names} yang baru: berlaku setelah dijalankan ulang"
        self._outdated = [sentence] if names else []

    def _say_what_is_behind(self) -> None:
        """Note in the journal what is not in force whenever that changed; each failed try is a change."""
        behind = [*self._reasons, *self._behind, *self._outdated]
        if behind == self._last:
            return
        data: dict[str, object] = {"edition": self.instance.edition}
        if behind:
            self.note("config.not_in_force", data | {"problems": behind})
        else:
            self.note("config.in_force", data)
        self._last = behind
