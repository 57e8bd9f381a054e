"""Presence of the desks, in the store and in Asterisk's own queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from agents.presence import Desk
from asterisk.ami import Ami
from asterisk.errors import AmiError
from line.presence_writes import PresenceWrites
from tests.ivr.playbook import OPEN
from tests.line.line import same_shape
from tickets.store.thread import StoreThread


class FakeAmi:
    """The fail-safe queue's side of Ami: what it is told, and refused while `fail` is set."""

    def __init__(self) -> None:
        self.connected = True
        self.fail: AmiError | None = None
        self.told: list[tuple[str, Any]] = []

    async def queue_member(self, account: str, change: Any) -> None:
        self.told.append((account, change))
        if self.fail is not None:
            raise self.fail

    async def sync_queue(self, wanted: Mapping[str, bool]) -> None:
        self.told.append(("sync", dict(wanted)))


class Desks:
    """The writes of one line, with their store and their Asterisk."""

    def __init__(self, store: StoreThread) -> None:
        self.store = store
        self.ami = FakeAmi()
        self.writes = PresenceWrites(store, cast(Ami, self.ami), lambda: OPEN)
        self.commits = 0
        self._write = store.write
        store.write = self._counted  # type: ignore[assignment]
        self.idle = asyncio.Event()
        self._next = self.writes._next
        self.writes._next = self._waits  # type: ignore[method-assign]

    async def _counted(self, job: Any) -> Any:
        self.commits += 1
        return await self._write(job)

    async def _waits(self) -> Any:
        """Everything is written that was put before: the writes wait for the next change."""
        self.idle.set()
        return await self._next()

    async def become(self, *changes: tuple[str, str]) -> list[tuple[str, Any]]:
        """These desks changed: what Asterisk is told of it."""
        self.ami.told.clear()
        for operator, live in changes:
            self.writes.put(Desk(operator, wanted="ready"), live)
        self.idle.clear()
        await asyncio.wait_for(self.idle.wait(), 10)
        return list(self.ami.told)

    async def journal(self) -> list[tuple[str, str]]:
        """Every change that was written, in order."""
        rows = await self.store.read(lambda store: store.journal.after(0))
        return [(row["data"]["operator"], row["data"]["live"]) for row in rows]


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[Desks]:
    """Writes that run, over a real store."""
    store = await StoreThread(tmp_path / "tanggap.db").open()
    made = Desks(store)
    running = asyncio.create_task(made.writes.run())
    await asyncio.wait_for(made.idle.wait(), 10)
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await store.close()


def test_the_fake_has_the_shape_of_the_real_one() -> None:
    """Else these tests would prove nothing."""
    assert same_shape(FakeAmi, Ami) == []


async def test_changes_of_one_moment_are_one_commit(desks: Desks) -> None:
    """Every change is in the journal, in order; the store holds the last one."""
    await desks.become(("sari", "ready"), ("dewi", "ready"), ("sari", "ringing"))
    assert await desks.journal() == [("sari", "ready"), ("dewi", "ready"), ("sari", "ringing")]
    assert desks.commits == 1
    presences = await desks.store.read(lambda store: store.people.presences())
    assert {row["operator"]: row["live"] for row in presences} == {"sari": "ringing", "dewi": "ready"}


async def test_asterisk_is_told_of_who_comes_and_goes(desks: Desks) -> None:
    """A call rings, talks and ends: that moves nobody in the fail-safe queue, going off duty does."""
    assert await desks.become(("sari", "ready")) == [("sari", "add")]
    assert await desks.become(("sari", "ringing"), ("sari", "talking")) == []
    assert await desks.become(("sari", "wrap_up")) == []
    assert await desks.become(("sari", "paused")) == [("sari", "remove")]
    assert await desks.become(("sari", "ready")) == [("sari", "add")]


async def test_asterisk_that_refuses_is_told_again(desks: Desks) -> None:
    """One operator whom it refuses is no reason to leave out the next; with the next change it hears of both."""
    desks.ami.fail = AmiError("AMI QueueAdd: ditolak")
    assert await desks.become(("sari", "ready"), ("dewi", "ready")) == [("sari", "add"), ("dewi", "add")]
    desks.ami.fail = None
    assert await desks.become(("sari", "ringing"), ("dewi", "ringing")) == [("sari", "add"), ("dewi", "add")]


async def test_asterisk_that_was_away(desks: Desks) -> None:
    """Not told while it is away; afterwards it gets the whole queue, and then each operator's place anew."""
    await desks.become(("sari", "ready"))
    desks.ami.connected = False
    assert await desks.become(("sari", "paused"), ("sari", "ready")) == []
    desks.ami.connected = True
    await desks.writes.sync(["sari"])
    assert desks.ami.told == [("sync", {"sari": False})]
    assert await desks.become(("sari", "ringing")) == [("sari", "add")]


async def test_store_that_cannot_be_written(desks: Desks) -> None:
    """Asterisk's queue does not depend on the disk."""
    await desks.store.close()
    assert await desks.become(("sari", "ready")) == [("sari", "add")]
