"""The fail-safe with tickets: the end of a call outside the opening hours, and the task that it leaves behind."""

from __future__ import annotations

from typing import Any

import pytest

from asterisk.failsafe import Arrival, Opened
from instance import load
from line.call_writer import CallWriter
from line.failsafe_desk import FailsafeDesk
from tests.fixtures import Edit
from tests.ivr.playbook import CLOSED
from tests.line.line import Line
from tests.tickets.world import callback_tasks
from tickets.spill import SpillFile

NIGHT = Arrival("PJSIP/trunk-1", "7.1", "081326554021", "", "112", "stasis", "", "", CLOSED, False)


async def night(line: Line, desk: FailsafeDesk, key: str, recorded_s: float) -> Opened:
    """A caller outside the opening hours who pressed this key, and spoke for so long."""
    line.now = CLOSED
    callers: dict[str, Any] = {}
    opened = await desk.open_call(callers, NIGHT)
    folder = desk._instance().var / "asterisk" / "spool" / "recording"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "failsafe-pesan-7.1.wav").write_bytes(bytes(44 + int(16000 * recorded_s)))
    data = {"key": key, "recording": "failsafe-pesan-7.1.wav", "hung_up": True}
    await desk.note(callers, opened, "message", data)
    return opened


@pytest.fixture
def desk(line: Line, edited: Edit) -> FailsafeDesk:
    """The fail-safe of the shipped instance, over the line's store."""
    instance = load(edited())
    files = [SpillFile(line.recordings / "spill")]
    writer = CallWriter(line.store, files, lambda: line.now, line.spawn)
    return FailsafeDesk(lambda: instance, line.store, writer, lambda: line.now)


@pytest.mark.parametrize(
    ("key", "recorded_s", "outcome", "reasons"),
    [
        ("1", 0.0, "after_hours", ["menekan tombol, tanpa pesan"]),
        ("1", 0.4, "after_hours", ["menekan tombol, tanpa pesan"]),  # shorter than any word
        ("1", 3.0, "message", []),
        ("", 3.0, "message", []),
        ("", 0.0, "after_hours", []),  # who pressed nothing and said nothing asked for nothing
    ],
)
async def test_who_pressed_a_key_and_said_nothing_is_called_back(
    line: Line, desk: FailsafeDesk, key: str, recorded_s: float, outcome: str, reasons: list[str]
) -> None:
    """Also while the fail-safe alone serves the line: a key is a person. A message is work of its own."""
    opened = await night(line, desk, key, recorded_s)
    assert (await line.row("7.1"))["outcome"] == outcome
    tasks = await line.store.read(callback_tasks)
    assert [row["reason"] for row in tasks] == reasons
    assert [row["ticket"] for row in tasks] == [opened.ticket] * len(reasons)
