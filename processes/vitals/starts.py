"""How often and when a process was started: a small file beside its pid, which needs no store."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

KEPT = 20


@dataclass(frozen=True, slots=True)
class Starts:
    """All starts since the instance exists, and the moments of the last ones."""

    count: int = 0
    last: tuple[datetime, ...] = ()

    def within(self, now: datetime, span: timedelta) -> int:
        """How many of the last starts are younger than `span`."""
        return sum(now - span <= at <= now for at in self.last)


def read(run: Path, name: str) -> Starts:
    """What is known of a process; nothing where the file is missing or damaged."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        found = json.loads((run / f"{name}.starts").read_text())
        return Starts(int(found["count"]), tuple(datetime.fromisoformat(at) for at in found["last"]))
    return Starts()


def note(run: Path, name: str, now: datetime) -> None:
    """One more start; a disk that takes nothing is no reason not to start."""
    before = read(run, name)
    last = [at.isoformat() for at in (*before.last, now)][-KEPT:]
    fresh = run / f".{name}.starts.{os.getpid()}"
    with suppress(OSError):
        run.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.write_text(json.dumps({"count": before.count + 1, "last": last}))
        fresh.replace(run / f"{name}.starts")
