"""The line under its real supervisor: `tanggap up` as a process, callers and desk phones, and what the store says."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.answering.callers import Callers
from bench.answering.instance import READY_S, Bench, prepare
from bench.answering.operators import Operators
from bench.answering.wire import Wire
from instance import REPOSITORY
from tickets.model import Actor
from tickets.store import Store

LOOK_S = 0.02
UP_S = 60.0
PROCESSES = ("agi", "calls", "escalate", "console")


class Line:
    """One instance that runs; `calls` are its callers, `phones` its operators."""

    def __init__(self, bench: Bench, wire: Wire, store: Store) -> None:
        self.bench, self.wire, self.store = bench, wire, store
        self.up: subprocess.Popen[bytes] | None = None
        self.phones = Operators(wire, bench.registrar, bench.passwords, pick_up=True, rtp_port=9)
        self.callers = Callers(wire, bench.registrar, self.phones)

    def start(self) -> None:
        """`tanggap up`, until it says that it is ready, and every phone registered."""
        output = self.bench.home / "up.txt"
        command = [sys.executable, "-m", "tanggap", "--home", str(self.bench.home), "up"]
        with output.open("wb") as out:
            self.up = subprocess.Popen(command, cwd=REPOSITORY, stdout=out, stderr=out, start_new_session=True)
        deadline = time.monotonic() + UP_S
        while b"siap." not in output.read_bytes():
            if self.up.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"tanggap up did not come up: {output.read_text()[-500:]}")
            time.sleep(0.1)
        self.phones.register()
        if not self.wire.run(lambda: len(self.phones.registered) == len(self.bench.operators), READY_S):
            raise RuntimeError("not every phone registered")

    def pid(self, name: str) -> int:
        """A process of ours, as the supervisor has it."""
        return int((self.bench.home / "var" / "run" / f"{name}.pid").read_text())

    def until(self, true: Callable[[], object], limit_s: float, event: str) -> None:
        """Serve the phones until it is true, asked fifty times a second; RuntimeError when it does not come."""
        asked = 0.0

        def now() -> bool:
            nonlocal asked
            if time.monotonic() < asked + LOOK_S:
                return False
            asked = time.monotonic()
            return bool(true())

        if not self.wire.run(now, limit_s):
            raise RuntimeError(f"{event}: not within {limit_s:g} s")

    def want(self, ready: Iterable[str]) -> None:
        """These operators press «Siap», all others «Jeda»; waits until the line knows."""
        wanted = dict.fromkeys(self.bench.operators, "paused") | dict.fromkeys(ready, "ready")
        with self.store.transaction():
            for name, wish in wanted.items():
                data = {"operator": name, "wanted": wish}
                self.store.journal.append(datetime.now(UTC), "request.presence", Actor("user", name), data=data)
        self.until(lambda: self.live() == wanted, READY_S, "the operators' states")

    def live(self) -> dict[str, str]:
        """The operators' states as the line knows them."""
        return {row["operator"]: row["live"] for row in self.store.people.presences()}

    def stages(self) -> dict[str, str]:
        """Stages of the calls in progress, by id."""
        return {row["id"]: row["stage"] for row in self.store.calls.live()}

    def beats(self) -> int:
        """The `calls` process that last said it is linked to Asterisk; 0 when it is not."""
        beats = (row for row in self.store.people.beats() if row["process"] == "calls")
        return next((row["pid"] for row in beats if row["data"].get("asterisk")), 0)

    def hang_up(self) -> None:
        """Hang up all callers; wait until the store has the end of each call."""
        for dialog in list(self.callers.live.values()):
            self.callers.hang_up(dialog.call)
        self.until(lambda: not self.callers.live and not self.stages(), READY_S, "every call ends")
        self.callers.done.clear()

    def kill(self, *names: str) -> None:
        """Kill these processes with -9."""
        for name in names:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid(name), signal.SIGKILL)

    def end_ours(self) -> None:
        """Kill all our processes with -9, the supervisor first; Asterisk stays."""
        if self.up is not None and self.up.poll() is None:
            self.up.kill()
            self.up.wait()
            self.kill(*PROCESSES)

    def stop(self) -> None:
        """Stop every process that is left."""
        if self.up is not None:
            if self.up.poll() is None:
                self.up.send_signal(signal.SIGCONT)
                self.up.terminate()
                self.up.wait(60)
            else:
                with contextlib.suppress(FileNotFoundError):
                    self.kill(*PROCESSES)


@contextlib.contextmanager
def line(home: Path, operators: int) -> Iterator[Line]:
    """The line, up; everything is stopped afterwards."""
    bench, wire = prepare(home, tuple(f"op{number}" for number in range(1, operators + 1)), False), Wire()
    with contextlib.closing(Store(home / "var" / "tanggap.db")) as store:
        made = Line(bench, wire, store)
        try:
            made.start()
            yield made
        finally:
            made.stop()
            asyncio.run(bench.asterisk.stop())
            wire.close()
