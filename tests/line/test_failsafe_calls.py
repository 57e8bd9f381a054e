"""Calls that the fail-safe branch carried: one that cannot be ended leaves the others alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog.testing

from asterisk.queue_log import Carried
from instance import Instance, load
from line import failsafe_calls
from line.failsafe_calls import FailsafeCalls
from tests.fixtures import Edit
from tests.ivr.playbook import OPEN
from tests.line.line import Line
from tests.tickets.world import callback_tasks


@pytest.fixture
def strays(line: Line, edited: Edit) -> FailsafeCalls:
    """No runner of ours serves any call, and Asterisk has none any more."""
    instance: Instance = load(edited())
    ari: Any = line.ari
    return FailsafeCalls(line.store, ari, lambda: line.now, lambda: instance, lambda: (), lambda now: None)


async def test_one_that_cannot_be_ended_leaves_the_others_alone(
    line: Line, strays: FailsafeCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is logged and tried again at the next look."""
    for name in ("c1", "c2"):
        await line.call(name)
    end, faulty = failsafe_calls.end, {"c1"}

    def end_unless_faulty(store: Any, now: Any, row: Any, *rest: Any) -> str:
        if row["id"] in faulty:
            raise ValueError("tidak terpikir")
        return end(store, now, row, *rest)

    monkeypatch.setattr(failsafe_calls, "end", end_unless_faulty)
    with structlog.testing.capture_logs() as logs:
        await strays.look()
    assert [(entry["step"], entry["call"]) for entry in logs if entry["event"] == "stray.failed"] == [("end", "c1")]
    assert [(await line.row(name))["ended_at"] is None for name in ("c1", "c2")] == [True, False]
    faulty.clear()
    await strays.look()
    assert (await line.row("c1"))["ended_at"] is not None


async def test_what_asterisk_no_longer_tells_of_is_forgotten(strays: FailsafeCalls) -> None:
    """Calls that were taken up are remembered only for as long as the queue log holds them: it is never more."""
    old, new = (Carried(name, OPEN - timedelta(minutes=9), "stasis", "081", "112") for name in ("7.1", "7.2"))
    log = SimpleNamespace(carried={old.id: old}, read=lambda: None)
    strays._log = cast(Any, log)
    await strays.look()
    assert strays._settled == {"7.1"}
    log.carried = {new.id: new}
    await strays.look()
    assert strays._settled == {"7.2"}


def test_the_queue_log_is_that_of_the_instance(strays: FailsafeCalls) -> None:
    """In var/asterisk/log."""
    assert strays._log.path == Path(strays.instance().var / "asterisk" / "log" / "queue_log")


@pytest.mark.parametrize(("keys", "reasons"), [("1", ["menekan tombol, tanpa pesan"]), ("", [])])
async def test_who_pressed_a_key_before_asterisk_took_the_call_is_called_back(
    line: Line, keys: str, reasons: list[str]
) -> None:
    """Our program asked for the message and died; Asterisk said the closing hours again, and the caller hung up."""
    await line.call("c1")
    columns = {"stage": "recording", "keys": keys}
    await line.store.write(lambda store: store.calls.step(line.now, "c1", "T-20261122-0001", columns, ()))
    row = await line.row("c1")
    carried = Carried("c1", line.now, "timeout", "081", "112", step="closed", ended=line.now)
    outcome = await line.store.write(lambda store: failsafe_calls.end(store, line.now, row, carried, line.recordings))
    assert outcome == "after_hours"
    assert [task["reason"] for task in await line.store.read(callback_tasks)] == reasons
