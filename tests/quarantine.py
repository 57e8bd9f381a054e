"""The list of tests that cannot be made sure yet: tests/quarantine.txt."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

FILE = Path(__file__).with_suffix(".txt")


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One test, with the day since when and the reason why its failing does not count."""

    nodeid: str
    since: date
    reason: str

    def covers(self, nodeid: str) -> bool:
        """True for the test itself and each of its parameters."""
        return nodeid == self.nodeid or nodeid.startswith(f"{self.nodeid}[")


def read(text: str) -> list[Quarantined]:
    """The lines of the list; ValueError with the line that lacks a date or a reason."""
    lines = [line.strip() for line in text.splitlines()]
    return [_entry(line) for line in lines if line and not line.startswith("#")]


def _entry(line: str) -> Quarantined:
    words = line.split(maxsplit=2)
    if len(words) < 3:
        raise ValueError(f"quarantine: expected «id date reason»: {line}")
    try:
        return Quarantined(words[0], date.fromisoformat(words[1]), words[2])
    except ValueError:
        raise ValueError(f"quarantine: expected a date such as 2026-11-30 after the id: {line}") from None
