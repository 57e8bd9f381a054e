"""Duties: the endless work of a process, each under a name, a time limit and recovery with back-off.

A duty moves whenever its coroutine is resumed, and every wait of a duty is shorter than its limit. So a duty that has
not moved within its limit hangs: this is logged with the place and measured, and the duty is begun anew. A process is
not well while a vital duty does not move even then, or has ended: the supervisor replaces it (processes/vitals)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Generator, Iterator
from typing import Any, Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

S = TypeVar("S")
T = TypeVar("T")
# returns the seconds of rest until it is due again; None: it should have lasted, and is begun anew
Work = Callable[[], Coroutine[Any, Any, float | None]]

LIMIT_S = 30.0
BACK_OFF_S = (0.1, 0.5, 2.0, 5.0)
# work that has lasted for this long since its last failure is well again
STEADY_S = 30.0
# time that a hung duty has, after it was begun anew, until its process is replaced
GRACE_S = 10.0


class Duty:
    """One duty; `run` does it, `look` notices when it hangs. `Duties.start` explains the parameters."""

    def __init__(
        self,
        name: str,
        work: Work,
        *,
        limit_s: float | None = LIMIT_S,
        vital: bool = True,
        restarts: bool = True,
        back_off_s: tuple[float, ...] = BACK_OFF_S,
    ) -> None:
        self.name, self.vital = name, vital
        self.failures = self.hangs = 0
        self.error = ""  # of the last attempt, until the duty is well again
        self._work, self._limit_s, self._restarts, self._back_off_s = work, limit_s, restarts, back_off_s
        self._task: asyncio.Task[Any] | None = None
        self._coroutine: Coroutine[Any, Any, object] | None = None
        self._began = 0.0
        self._moves = self._seen = 0
        self._resting = self._ended = self._hung = self._interrupted = False
        self._silent_s = 0.0

    @property
    def silent_s(self) -> float:
        """Seconds since it last moved; 0 while it rests."""
        return self._silent_s

    @property
    def lost(self) -> bool:
        """True when only a new process can help: the duty is vital, hangs, and did not move within GRACE_S."""
        limit = 0.0 if self._ended else self._limit_s or 0.0
        return self.vital and self._hung and self._silent_s >= limit + GRACE_S

    @property
    def trouble(self) -> str:
        """A sentence on its trouble; empty while it is well."""
        if self._ended:
            return "berhenti"
        return f"tidak bergerak {self._silent_s:.0f} detik" if self._hung else self.error

    async def run(self) -> None:
        """Do the work until cancelled: again after its rest, and after a failure with a growing pause."""
        loop, failures = asyncio.get_running_loop(), 0
        self._task = asyncio.current_task()
        try:
            while True:
                self._began, self._resting = loop.time(), False
                rest = await self._attempt()
                self._resting = True
                if rest is not None or loop.time() - self._began > STEADY_S:
                    failures = 0
                if rest is None:
                    rest = self._back_off_s[min(failures, len(self._back_off_s) - 1)]
                    failures += 1
                await asyncio.sleep(rest)
        finally:
            self._ended = True

    async def follow(self, work: Coroutine[Any, Any, T]) -> T:
        """Watch work that its owner repeats: its hanging or end is noticed, and it is not begun anew."""
        self._began, self._coroutine = asyncio.get_running_loop().time(), work
        try:
            return await Steps(work, self._moved)
        finally:
            self._ended = True

    async def _attempt(self) -> float | None:
        work = self._work()
        self._coroutine = work
        try:
            rest = await Steps(work, self._moved)
        except asyncio.CancelledError:
            if not self._was_interrupted():
                raise
            self._failed(f"tidak bergerak {self._limit_s:g} detik")
            return None
        except Exception as error:
            self._was_interrupted()
            log.exception("duty.failed", duty=self.name)
            self._failed(str(error) or type(error).__name__)
            return None
        self._was_interrupted()  # and it has ended by itself all the same
        if rest is not None:
            self.error = ""
        return rest

    def _failed(self, error: str) -> None:
        self.error = error
        self.failures += 1

    def _was_interrupted(self) -> bool:
        """True when `look` cancelled the work, and nobody else did."""
        interrupted, self._interrupted = self._interrupted, False
        return interrupted and self._task is not None and self._task.uncancel() == 0

    def _moved(self) -> None:
        self._moves += 1

    def look(self, passed_s: float) -> None:
        """Notice a duty that has not moved in the last `passed_s` seconds."""
        moved, self._seen = self._moves != self._seen or self._resting, self._moves
        self._silent_s = 0.0 if moved and not self._ended else self._silent_s + passed_s
        hung = self._ended or (self._limit_s is not None and self._silent_s >= self._limit_s)
        if hung and not self._hung:
            self.hangs += 1
            log.error("duty.hung", duty=self.name, silent_s=self._silent_s, at=place(self._coroutine))
            self._interrupt()
        self._hung = hung
        if self.error and not hung and not self._resting:
            self.error = "" if asyncio.get_running_loop().time() - self._began > STEADY_S else self.error

    def _interrupt(self) -> None:
        if self._restarts and not self._ended and self._task is not None:
            self._interrupted = True
            self._task.cancel()


class Steps(Generic[T]):
    """Awaits a coroutine and calls `moved` each time that it is resumed."""

    def __init__(self, work: Coroutine[Any, Any, T], moved: Callable[[], None]) -> None:
        self._work, self._moved = work, moved

    def __await__(self) -> Generator[Any, Any, T]:
        error: BaseException | None = None
        while True:
            self._moved()
            try:
                waits_for = self._work.send(None) if error is None else self._work.throw(error)
            except StopIteration as end:
                result: T = end.value
                return result
            error = None
            try:
                yield waits_for
            except GeneratorExit:
                self._work.close()
                raise
            except BaseException as raised:
                error = raised


class Duties:
    """The duties of one process by name; once `ending()` is true the process is stopping, and no duty is missed."""

    def __init__(self) -> None:
        self._duties: dict[str, Duty] = {}
        self.ending: Callable[[], bool] = lambda: False

    def __iter__(self) -> Iterator[Duty]:
        return iter(list(self._duties.values()))

    def start(
        self,
        spawn: Callable[[str, Coroutine[Any, Any, None]], S],
        name: str,
        work: Work,
        *,
        limit_s: float | None = LIMIT_S,
        vital: bool = True,
        restarts: bool = True,
        back_off_s: tuple[float, ...] = BACK_OFF_S,
    ) -> S:
        """Do `work` as long as the process lives: again after the seconds that it returns, anew after any error.

        `limit_s`: the duty hangs when it does not move for this long; None for a server, which waits for requests.
        `vital`: the process is of no use without it; while it stays hung the process is replaced.
        `restarts`: a hung duty is cancelled and begun anew; false where work done by half must not be repeated.
        Returns the result of `spawn`."""
        duty = Duty(name, work, limit_s=limit_s, vital=vital, restarts=restarts, back_off_s=back_off_s)
        self._add(duty)
        return spawn(name, duty.run())

    def follow(
        self, name: str, work: Coroutine[Any, Any, T], *, limit_s: float = LIMIT_S, vital: bool = True
    ) -> Coroutine[Any, Any, T]:
        """Watch `work` that a lower layer repeats and recovers by itself."""
        duty = Duty(name, _nothing, limit_s=limit_s, vital=vital, restarts=False)
        self._add(duty)
        return duty.follow(work)

    def _add(self, duty: Duty) -> None:
        if former := self._duties.get(duty.name):
            duty.failures, duty.hangs = former.failures, former.hangs
        self._duties[duty.name] = duty

    def look(self, passed_s: float) -> None:
        """Notice the duties that have not moved in the last `passed_s` seconds."""
        if not self.ending():
            for duty in self:
                duty.look(passed_s)

    @property
    def lost(self) -> list[str]:
        """The duties for which the process must be replaced."""
        return [duty.name for duty in self if duty.lost]

    @property
    def troubles(self) -> dict[str, str]:
        """Sentences on the duties in trouble, by name."""
        return {duty.name: duty.trouble for duty in self if duty.trouble}


async def _nothing() -> None:
    """The work of a duty that only follows."""


async def is_set(event: asyncio.Event, limit_s: float) -> bool:
    """Wait for an event no longer than `limit_s`, as a duty must; True when it is set."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            await event.wait()
    return event.is_set()


def place(work: Coroutine[Any, Any, object] | None) -> str:
    """The place at which a coroutine waits, outermost call first, as `folder/file:line > …`."""
    calls = []
    inner: Any = work
    while (frame := getattr(inner, "cr_frame", None)) is not None:
        calls.append(f"{'/'.join(frame.f_code.co_filename.split('/')[-2:])}:{frame.f_lineno}")
        inner = inner.cr_await
    return " > ".join(calls)
