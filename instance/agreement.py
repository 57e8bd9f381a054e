"""Compares the editions that processes run, as their heartbeats say, with the one in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tickets.model import Row

HEARD = timedelta(seconds=10)


def running(beats: Iterable[Row], now: datetime) -> dict[str, int]:
    """Editions by process, from recent heartbeats; processes of a version without editions are left out."""
    return {
        row["process"]: int(row["data"]["edition"])
        for row in beats
        if row["data"].get("edition") is not None and abs(now - datetime.fromisoformat(row["at"])) <= HEARD
    }


def behind(beats: Iterable[Row], edition: int, now: datetime) -> dict[str, str]:
    """Sentences by process for those that run another edition than this one."""
    return {
        name: f"proses {name} memakai konfigurasi edisi {own}, yang berlaku edisi {edition}"
        for name, own in running(beats, now).items()
        if own != edition
    }
