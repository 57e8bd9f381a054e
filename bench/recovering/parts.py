"""A start of `tanggap calls` told part by part: `python -m bench.recovering.parts HOME BEGAN` is one, and prints it.

BEGAN is the monotonic second in which it was started. The process ends when every call would be in hand.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

PARTS = (
    "Python",
    "modules of the command",
    "modules of the process",
    "configuration",
    "event loop",
    "store and Asterisk",
)
START_S = 30.0
SOURCE = Path(__file__).resolve().parents[2]


def measure(home: Path, starts: int, tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """A row for each part and one for the whole, in milliseconds; the instance's Asterisk runs, and nothing of ours."""
    rows: list[list[float]] = []
    for number in range(starts):
        tell(f"start {number + 1} of {starts}")
        words = [sys.executable, "-P", "-m", "bench.recovering.parts", str(home), str(time.monotonic())]
        done = subprocess.run(words, cwd=SOURCE, capture_output=True, text=True, timeout=START_S, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"calls did not start: {done.stderr[-500:]}")
        rows.append(json.loads(done.stdout))
    spans = [[after - before for before, after in zip([0.0, *row], row, strict=False)] for row in rows]
    columns = [*zip(*spans, strict=True), tuple(row[-1] for row in rows)]
    return [
        {"part": name, "p50_ms": round(1000 * statistics.median(column)), "min_ms": round(1000 * min(column))}
        for name, column in zip((*PARTS, "in hand"), columns, strict=True)
    ]


def start(home: str, began: float) -> None:
    """Start the process as `tanggap calls` does, and print the end of each part in seconds."""
    marks: list[float] = []

    def mark() -> None:
        marks.append(time.monotonic() - began)

    mark()
    from tanggap.program import main  # the first of ours, as in a real start

    mark()
    from instance import Instance, editions

    load = editions.load

    def read(*args: Any, **options: Any) -> Instance:
        editions.load = load
        mark()
        loaded = load(*args, **options)
        mark()
        return loaded

    def run(work: Coroutine[Any, Any, None]) -> None:
        from line.service import CallService

        began_to = CallService.start

        async def started(service: CallService) -> None:
            mark()
            await began_to(service)
            mark()
            print(json.dumps(marks), flush=True)
            os._exit(0)  # as good as killed: nothing that runs has to be ended

        CallService.start = started  # type: ignore[method-assign]
        loop(work)

    editions.load = read
    loop, asyncio.run = asyncio.run, run  # type: ignore[assignment]
    main(["--home", home, "calls"])


if __name__ == "__main__":
    start(sys.argv[1], float(sys.argv[2]))
