"""Number and times of a process's starts, in a small file beside its pid: needs no store."""

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
    """The number of starts since the instance exists, and the times of the last ones."""

    count: int = 0
    last: tuple[datetime, ...] = ()

    def within(self, now: datetime, span: timedelta) -> int:
        """The number of the last starts that are younger than `span`."""
        return sum(now - span <= at <= now for at in self.last)


def read(run: Path, name: str) -> Starts:
    """Read the starts of a process; none where the file is missing or damaged."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        content = json.loads((run / f"{name}.starts").read_text())
        return Starts(int(content["count"]), tuple(datetime.fromisoformat(at) for at in content["last"]))
    return Starts()


def note(run: Path, name: str, now: datetime) -> None:
    """Note a start; an error of the disk is ignored, the process starts all the same."""
    before = read(run, name)
    last = [at.isoformat() for at in (*before.last, now)][-KEPT:]
    fresh = run / f".{name}.starts.{os.getpid()}"
    with suppress(OSError):
        run.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.write_text(json.dumps({"count": before.count + 1, "last": last}))
        fresh.replace(run / f"{name}.starts")
