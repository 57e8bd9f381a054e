"""One of our processes with a clock that steps, a journal that is read late, and proxies before Asterisk.

`python -m tests.faults.spoilt --home HOME calls` is `tanggap --home HOME calls`, spoilt by `Spoils` and `put_between`.
Asterisk gets its own ports from whoever supervises it: the configuration stays that of the instance."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

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


def put_between(home: Path, proxies: Mapping[int, int]) -> None:
    """Let the processes that start from now on reach each port of Asterisk by the port of a proxy."""
    _proxies(home).write_text(json.dumps({str(port): proxy for port, proxy in proxies.items()}))


def _proxies(home: Path) -> Path:
    return home / "proxies.json"


def _reach_asterisk_by_proxies(home: Path) -> None:
    from asterisk.ami import Ami
    from asterisk.ari import Ari

    ports = {int(port): proxy for port, proxy in json.loads(_proxies(home).read_text()).items()}
    ari, ami = Ari.__init__, Ami.__init__

    def ari_by_proxy(self: Ari, base_url: str, *arguments: Any, **options: Any) -> None:
        host, _, port = base_url.rpartition(":")
        ari(self, f"{host}:{ports[int(port)]}", *arguments, **options)

    def ami_by_proxy(self: Ami, host: str, port: int, *arguments: Any, **options: Any) -> None:
        ami(self, host, ports[port], *arguments, **options)

    Ari.__init__, Ami.__init__ = ari_by_proxy, ami_by_proxy  # type: ignore[method-assign]


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
    directory = Path(sys.argv[sys.argv.index("--home") + 1])
    spoil(directory)
    _reach_asterisk_by_proxies(directory)
    from tanggap.program import main

    main(prog_name="tanggap")
