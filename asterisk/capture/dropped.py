"""Packets that Asterisk dropped because it could not read them, out of its log: of these it copies and answers nothing.

`… pjproject: sip_transport.c Dropping 421 bytes packet from UDP 127.0.0.2:54576 : PJSIP syntax error exception when
parsing 'Request Line' header on line 1 col 23`"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(r"Dropping [0-9]+ bytes packet from (\w+) \[?([0-9a-fA-F.:]+?)\]?:([0-9]+) : .*?'([\w -]+)' header")
# read at a look; a flood of broken packets is counted as far as this and skipped beyond
MOST_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class Dropped:
    """A packet from `source` whose `header` was unreadable: `Request Line` for `urn:service:sos`."""

    source: str
    port: int
    header: str


def parse(text: str) -> Iterator[Dropped]:
    """The dropped packets in some lines of the log."""
    for match in _LINE.finditer(text):
        yield Dropped(match[2], int(match[3]), match[4])


class DroppedLog:
    """Follows the log from its present end; a log that was begun anew is read from its beginning."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at, self._inode = self._end()

    def _end(self) -> tuple[int, int]:
        try:
            status = self._path.stat()
        except OSError:
            return 0, 0
        return status.st_size, status.st_ino

    def read(self) -> list[Dropped]:
        """The packets that were dropped since the last look; empty where the log cannot be read."""
        size, inode = self._end()
        if inode != self._inode or size < self._at:
            self._at, self._inode = 0, inode
        if size == self._at:
            return []
        start = max(self._at, size - MOST_BYTES)
        try:
            with self._path.open("rb") as file:
                file.seek(start)
                data = file.read(size - start)
        except OSError:
            return []
        whole = data.rfind(os.linesep.encode()) + 1
        self._at = start + whole if whole else self._at
        return list(parse(data[:whole].decode("utf-8", "replace")))
