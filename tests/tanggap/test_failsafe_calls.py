"""Calls that the fail-safe carried: what is remembered of them goes with the log that tells of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import asterisk.queue_log
from tanggap.failsafe_calls import FailsafeCalls
from tickets.store.calls import NewCall
from tickets.store.thread import StoreThread

NOW = datetime.now(UTC)


class NoChannels:
    """An Asterisk without a call."""

    async def channels(self) -> list[dict[str, Any]]:
        """None."""
        return []


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[StoreThread]:
    made = await StoreThread(tmp_path / "tanggap.db").open()
    yield made
    await made.close()


async def test_a_call_that_the_log_forgets_is_forgotten(
    tmp_path: Path, store: StoreThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at once while the log holds it; a process that runs for years does not remember every one."""
    log = tmp_path / "asterisk" / "log" / "queue_log"
    log.parent.mkdir(parents=True)
    log.write_text(f"{int(NOW.timestamp())}|c1|NONE|NONE|FAILSAFE|away|+62811|112\n")
    await store.write(lambda store: store.calls.arrive(NOW, "20261122", NewCall("c1", None, "x", True, False, "112")))
    instance = cast(Any, SimpleNamespace(var=tmp_path))
    calls = FailsafeCalls(
        store, cast(Any, NoChannels()), lambda: NOW, lambda: instance, lambda: {"c1"}, lambda now: None
    )
    await calls.look()
    assert calls._settled == {"c1"}
    monkeypatch.setattr(asterisk.queue_log, "KEPT", timedelta(days=-1))
    await calls.look()
    assert calls._settled == set()
