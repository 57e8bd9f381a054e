"""The heartbeat of a process: written, and tried again whatever the store says."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from processes.heartbeat import BEAT_S, Heartbeat
from tickets.errors import StoreUnavailable
from tickets.store.thread import StoreThread

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


async def test_it_says_who_lives_and_what_he_has_to_say(tmp_path: Path) -> None:
    """One row for each process, with what it tells at that moment; the seconds until the next beat."""
    store = await StoreThread(tmp_path / "tanggap.db").open()
    calls, refusals = [3], list[str | None]()
    heart = Heartbeat(store, lambda: NOON, "calls", data=lambda: {"calls": calls[0]}, refused=refusals.append)
    assert await heart.beat() == BEAT_S
    calls[0] = 4
    await heart.beat()
    [row] = await store.read(lambda store: store.people.beats())
    assert (row["process"], row["pid"], row["data"]) == ("calls", os.getpid(), {"calls": 4})
    assert refusals == [None, None]
    await store.close()


async def test_one_that_cannot_be_written_was_tried(tmp_path: Path) -> None:
    """A full disk is no reason to be replaced; the reason of the store is reported until it takes beats again."""

    class Full(StoreThread):
        async def write(self, job: object) -> None:  # type: ignore[override]
            raise StoreUnavailable("cakram penuh")

    tried, refusals = list[str](), list[str | None]()
    heart = Heartbeat(
        Full(tmp_path / "tanggap.db"), lambda: NOON, "console", lambda: tried.append("ya"), refused=refusals.append
    )
    assert [await heart.beat(), await heart.beat()] == [BEAT_S, BEAT_S]
    assert (tried, refusals) == (["ya", "ya"], ["cakram penuh", "cakram penuh"])
