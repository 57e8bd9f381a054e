"""The ballast: a file that only takes space. It is deleted at a start on a full disk, since SQLite needs a little.

Records that are written while the disk is full have space of their own: the spill files (docs/adr/0013)."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

SIZE = 2 << 20
# free space below which no new ballast is made
SPARE = 16 * SIZE
LOOK_S = 60.0


def path_of(var: Path) -> Path:
    """The file of the ballast."""
    return var / "run" / "ballast"


def cramped(var: Path) -> bool:
    """True when the disk of the store has less free space than the ballast is large."""
    try:
        space = os.statvfs(var)
    except OSError:
        return False
    return space.f_bavail * space.f_frsize < SIZE


def give_up(var: Path) -> bool:
    """Delete the ballast when the disk is full; False when there is enough space, or no ballast."""
    if not cramped(var):
        return False
    try:
        path_of(var).unlink()
    except OSError:
        return False
    log.warning("ballast.given_up", bytes=SIZE)
    return True


async def watch(var: Path) -> None:
    """Keep the ballast in place until cancelled."""
    while True:
        await asyncio.to_thread(keep, var)
        await asyncio.sleep(LOOK_S)


def keep(var: Path) -> None:
    """Write the ballast again where there is plenty of space."""
    path = path_of(var)
    with suppress(OSError):
        space = os.statvfs(var)
        there = path.stat().st_size if path.exists() else 0
        if there < SIZE and space.f_bavail * space.f_frsize > SPARE:
            path.write_bytes(bytes(SIZE))
