"""Reads from Asterisk's queue_log how it carried calls while our programs were away.

Rows are `epoch|unique id|queue|agent|event|data…`. Source: https://docs.asterisk.org (Queue Logs).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

TAIL_BYTES = 20_000_000
KEPT = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Answered:
    """An operator picked up a call that stood in the fail-safe queue."""

    operator: str
    at: datetime


@dataclass(slots=True)
class Carried:
    """A call of the fail-safe branch, as the log tells it; `message` is the file of its recording.

    `ended` is None while it lasts, and stays None where Asterisk died meanwhile; `stopped`: Asterisk was stopped."""

    id: str
    at: datetime
    reason: str
    number: str
    called: str
    key: str = ""
    message: str = ""
    step: str = ""
    answer: Answered | None = None
    ended: datetime | None = None
    stopped: bool = False

    @property
    def cut(self) -> bool:
        """True, for a call whose channel is gone, when Asterisk ended and nobody hung up."""
        return self.ended is None or self.stopped


@dataclass(slots=True)
class QueueLog:
    """The calls of the fail-safe branch, by unique id; `read` takes in the rows that are new."""

    path: Path
    carried: dict[str, Carried] = field(default_factory=dict)
    _file: tuple[int, int] = (0, 0)  # inode and the place up to which it was read

    def read(self) -> None:
        """Read on, from the beginning where the log was rotated; a missing log changes nothing."""
        try:
            with self.path.open("rb") as log:
                status = os.fstat(log.fileno())
                inode, place = self._file
                if inode != status.st_ino or place > status.st_size:
                    place = max(0, status.st_size - TAIL_BYTES)
                log.seek(place)
                whole, _, _ = log.read().rpartition(b"\n")  # the last line may still be written
        except OSError:
            return
        self._file = (status.st_ino, place + len(whole) + (1 if whole else 0))
        for line in whole.decode(errors="replace").splitlines():
            self._take(line.split("|"))
        oldest = datetime.now(UTC) - KEPT
        self.carried = {name: call for name, call in self.carried.items() if call.at > oldest}

    def _take(self, row: list[str]) -> None:
        if len(row) < 6 or not row[0].isdigit():
            return
        at, name, event, data = datetime.fromtimestamp(int(row[0]), UTC), row[1], row[4], [*row[5:], "", "", ""]
        if event == "FAILSAFE" and name not in self.carried:
            self.carried[name] = Carried(name, at, data[0], data[1], data[2])
        elif call := self.carried.get(name):
            match event:
                case "FAILSAFE":
                    call.ended, call.stopped = None, False  # the call came back once more
                case "FAILSAFE_KEY":
                    call.key = data[0]
                case "FAILSAFE_RECORD":
                    call.message = data[0]
                case "CONNECT":
                    call.answer = Answered(row[3].removeprefix("PJSIP/"), at)
                case "FAILSAFE_END":
                    call.step, call.ended, call.stopped = data[0], at, data[2] == "cut"
