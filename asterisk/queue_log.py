"""What Asterisk's own queue did while our programs were away, from its queue_log.

Rows are `epoch|unique id|queue|agent|event|data…`. Source: https://docs.asterisk.org (Queue Logs).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Answered:
    """An operator picked up a call that stood in the fail-safe queue."""

    operator: str
    at: datetime


def answered(log: Path, unique_id: str) -> Answered | None:
    """Who answered a call in the queue, or None; a log that is not there or not readable tells of nobody."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in reversed(lines):
        row = line.split("|")
        if len(row) > 4 and row[1] == unique_id and row[4] == "CONNECT" and row[0].isdigit():
            return Answered(row[3].removeprefix("PJSIP/"), datetime.fromtimestamp(int(row[0]), UTC))
    return None
