"""kill -9 of `calls` with calls in all stages: seconds until each is in the new process's hands.

In hand is a call whose first step by the new process is durable (its journal says `call.restored`): what the caller
does from then on is heeded. That is then proven: who was in the menu presses a key, and must stand in the line.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from bench.answering.callers import Call, Manner
from bench.answering.figures import percentile
from bench.recovering.line import Line
from instance import REPOSITORY
from operations.children import STEADY_S

TAKEN_S = 60.0
NEVER_S = 3600.0
PER_S = 20.0


class Kills:
    """One after another; a process that lived less than ten seconds would be started again later."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._number = 0
        self._started = time.monotonic()

    def run(self, sizes: Sequence[int], rounds: int, tell: Callable[[str], None]) -> list[dict[str, Any]]:
        """A row for each size; 0 is the restart alone, in the same rounds."""
        by_size: dict[int, list[dict[str, Any]]] = {size: [] for size in (0, *sizes)}
        bare: list[float] = []
        for number in range(rounds):
            tell(f"round {number + 1} of {rounds}: bare application")
            bare.append(self._bare())
            for size, rows in by_size.items():
                tell(f"round {number + 1} of {rounds}: {size} calls")
                rows.append(self._once(size))
        floor = sorted(bare)[len(bare) // 2]
        return [
            {"calls": None, "way": "bare", "in_hand_s": _spread(bare), "times_bare": 1.0, "cut": 0, "unheeded": 0}
        ] + [_row(size, rows, floor) for size, rows in by_size.items()]

    def _once(self, size: int) -> dict[str, Any]:
        line = self._line
        talking, menu = size // 5, size // 5
        line.want(line.bench.operators[:talking])
        self._dial(size - menu, key_after_s=0.3)
        self._until_stages(talking=talking, waiting=size - menu - talking)
        in_menu = self._until_steady(menu)
        calls, seq, before = set(line.stages()), line.store.journal.last(), line.pid("calls")
        os.kill(before, signal.SIGKILL)
        killed = time.monotonic()
        taken: dict[str, float] = {}
        self._until_taken(calls, seq, before, taken, killed)
        self._started = time.monotonic()
        row = {"taken": sorted(taken.values()), "whole": time.monotonic() - killed, "cut": len(line.callers.done)}
        row["unheeded"] = self._unheeded(in_menu)
        line.hang_up()
        return row

    def _dial(self, count: int, *, key_after_s: float) -> list[Call]:
        line = self._line
        line.callers.manner = Manner(key_after_s=key_after_s, hang_up_s=None)
        made: list[Call] = []
        for place in range(count):
            line.wire.after(place / PER_S, lambda: made.append(line.callers.dial(self._next(), "112")))
        line.until(lambda: len(made) == count and all(call.answered for call in made), 30, "every caller is answered")
        if key_after_s < NEVER_S:
            line.until(lambda: all(call.pressed for call in made), 10, "every caller has pressed")
        return made

    def _next(self) -> str:
        self._number += 1
        return f"0812{self._number:08d}"

    def _until_stages(self, **wanted: int) -> None:
        def there() -> bool:
            stages = list(self._line.stages().values())
            return all(stages.count(stage) == count for stage, count in wanted.items())

        self._line.until(there, 30, f"calls at {wanted}, found {self._line.stages()}")

    def _until_steady(self, menu: int) -> list[Call]:
        """Dial the callers of the menu last: one who stays there long is asked again, and then held for silent."""
        self._line.wire.run(lambda: False, max(0.0, self._started + STEADY_S + 1 - time.monotonic()))
        made = self._dial(menu, key_after_s=NEVER_S)
        self._until_stages(menu=menu)
        return made

    def _until_taken(self, calls: set[str], seq: int, before: int, taken: dict[str, float], killed: float) -> None:
        line = self._line

        def all_taken() -> bool:
            nonlocal seq
            for row in line.store.journal.after(seq, 10_000):
                seq = row["seq"]
                if row["kind"] == "call.restored":
                    taken.setdefault(row["call"], time.monotonic() - killed)
            return calls <= taken.keys() and line.beats() not in (0, before)

        line.until(all_taken, TAKEN_S, f"{len(calls)} calls are taken over")

    def _unheeded(self, in_menu: list[Call]) -> int:
        """Number of callers who press now and do not enter the waiting line."""
        line = self._line
        before = list(line.stages().values()).count("waiting")
        for call in in_menu:
            line.callers.press(call)
        heeded = 0

        def all_heeded() -> bool:
            nonlocal heeded
            heeded = list(line.stages().values()).count("waiting") - before
            return heeded >= len(in_menu)

        line.wire.run(lambda: False, 0.5)
        try:
            line.until(all_heeded, 10, "keys are heeded")
        except RuntimeError:
            return len(in_menu) - heeded
        return 0

    def _bare(self) -> float:
        """Seconds from starting Python until the bare application is connected and filters its events."""
        bench = self._line.bench
        words = [
            sys.executable,
            "-m",
            "bench.answering.bare_app",
            str(bench.instance.site.asterisk.http_port),
            "1",
            ".",
            "0",
        ]
        environment = os.environ | {"ARI_PASSWORD": bench.instance.secrets.ari_password}
        began = time.monotonic()
        with subprocess.Popen(words, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            took = time.monotonic() - began
            process.kill()
        return took


def _row(size: int, rows: list[dict[str, Any]], floor: float) -> dict[str, Any]:
    whole = [row["whole"] for row in rows]
    return {
        "calls": size,
        "way": "ours",
        "in_hand_s": _spread(whole),
        "each_call_s": _spread([taken for row in rows for taken in row["taken"]]),
        "times_bare": round(sorted(whole)[len(whole) // 2] / floor, 2),
        "cut": sum(row["cut"] for row in rows),
        "unheeded": sum(row["unheeded"] for row in rows),
    }


def _spread(values: list[float]) -> dict[str, float] | None:
    """Median, 95th percentile and the longest, in seconds."""
    ordered = sorted(values)
    if not ordered:
        return None
    p50, p95 = percentile(ordered, 0.5), percentile(ordered, 0.95)
    return {"n": len(ordered), "p50": round(p50, 3), "p95": round(p95, 3), "max": round(ordered[-1], 3)}
