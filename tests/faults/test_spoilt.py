"""The spoilt follower in the place of ours: it takes every filter that a process asks for."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from processes import running
from tests.faults.spoilt import spoil
from tickets.model import Actor
from tickets.store.thread import StoreThread


@pytest.mark.parametrize(("chosen", "kind"), [("requests", "request.take"), ("assignments", "ticket.dispatched")])
async def test_a_filter_is_passed_on(chosen: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls process follows requests, the daemon assignments."""
    monkeypatch.setattr(running, "real_clock", running.real_clock)
    monkeypatch.setattr(StoreThread, "follow", StoreThread.follow)
    spoil(tmp_path)
    store = await StoreThread(tmp_path / "tanggap.db").open()
    now = datetime.now(UTC)
    for each in ("note.none", kind):
        await store.write(lambda store, each=each: store.journal.append(now, each, Actor("user", "uji"), data={}))
    async for rows in store.follow(0, **{chosen: True}):
        assert [row["kind"] for row in rows] == [kind]
        break
    await store.close()
