"""One of our processes with a clock that steps and a journal that is read late, as a fault wants: `python -m
tests.faults.spoilt --home HOME calls` is `tanggap --home HOME calls`, spoilt by the file that `Spoils` writes."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tickets.model import Row


@dataclass(frozen=True, slots=True)
class Spoils:
    """`clock_s`: so far is the processes' clock off; `late_s`: so late they read the journal."""

    clock_s: float = 0.0
    late_s: float = 0.0

    @staticmethod
    def path(home: Path) -> Path:
        """The file that an instance's processes read: beside its `var`, which a fault may fill."""
        return home / "spoils.json"

    def write(self, home: Path) -> None:
        """Put these spoils in force."""
        fresh = self.path(home).with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)))
        fresh.replace(self.path(home))

    @classmethod
    def read(cls, home: Path) -> Spoils:
        """The spoils in force."""
        try:
            return cls(**json.loads(cls.path(home).read_text()))
        except FileNotFoundError:
            return cls()


def spoil(home: Path) -> None:
    """Put the spoilt clock and follower in the place of ours, before anything has taken them up."""
    from processes import running
    from tickets.store.thread import StoreThread

    real_clock, follow = running.real_clock, StoreThread.follow

    def clock() -> datetime:
        return real_clock() + timedelta(seconds=Spoils.read(home).clock_s)

    async def late(self: StoreThread, seq: int, **which: bool) -> AsyncIterator[list[Row]]:
        async for rows in follow(self, seq, **which):
            await asyncio.sleep(Spoils.read(home).late_s)
            yield rows

    running.real_clock = clock
    StoreThread.follow = late  # type: ignore[method-assign]


if __name__ == "__main__":
    spoil(Path(sys.argv[sys.argv.index("--home") + 1]))
    from tanggap.program import main

    main(prog_name="tanggap")
