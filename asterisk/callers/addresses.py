"""Splits a header row of several addresses (RFC 3261 7.3.1: one row with a comma equals two rows). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 16
LONGEST, NAME = 512, 100
_NAME = re.compile(r'^"((?:[^"\\]|\\.)*)"')


def split(rows: Iterable[str]) -> tuple[str, ...]:
    """All addresses of these rows in order, with their names; a comma inside quotes or <> separates nothing."""
    addresses = [address for row in rows for address in _row(row)]
    return tuple(_NAME.sub(_shortened, address)[:LONGEST] for address in addresses if address)[:MOST]


def _shortened(name: re.Match[str]) -> str:
    """A long name must not push its number out."""
    return f'"{name[1]}"' if len(name[1]) <= NAME else f'"{name[1][:NAME].rstrip(chr(92))}"'


def _row(row: str) -> list[str]:
    parts, start, quoted, angled, escaped = [], 0, False, False, False
    for at, letter in enumerate(row):
        if escaped:
            escaped = False
        elif quoted and letter == "\\":
            escaped = True
        elif letter == '"' and not angled:
            quoted = not quoted
        elif not quoted and letter in "<>":
            angled = letter == "<"
        elif letter == "," and not quoted and not angled:
            parts.append(row[start:at].strip())
            start = at + 1
    return [*parts, row[start:].strip()]
