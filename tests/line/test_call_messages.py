"""Messages and callbacks that a call leaves behind, and the timers that run during it."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from ivr import events as ev
from line import call_runner
from tests.ivr.playbook import CLOSED, SCRIPT
from tests.line.line import Line, refused
from tests.tickets.world import callback_tasks
from tickets.model import PlannedPush
from tickets.store.steps import Duty

MESSAGE = "messages/2026/11/22/c1"


def leave_file(line: Line, seconds: float) -> None:
    """Asterisk's recording of a message on disk: 8 kHz, 16 bit, after a header of 44 bytes."""
    path = line.recordings / f"{MESSAGE}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(44 + int(16000 * seconds)))


@pytest.mark.parametrize(
    ("told_s", "on_disk_s", "outcome"),
    [
        (3.0, 3.0, "message"),
        (0.0, 0.9, "message"),  # Asterisk counts whole seconds: a cry for help is a message
        (3.0, None, "after_hours"),  # with a full disk Asterisk says `done`
        (3.0, 0.0, "after_hours"),  # a header alone
        (3.0, 0.4, "after_hours"),
        (0.0, None, "after_hours"),
    ],
)
async def test_message_is_what_lies_on_disk(line: Line, told_s: float, on_disk_s: float | None, outcome: str) -> None:
    """Asterisk's report of a recording is checked against the file."""
    line.now = CLOSED
    await line.call()
    await line.tell("c1", ev.Digit("1"), ev.PlaybackEnded("pb-c1-2"))
    assert line.did()[-1] == ("record_channel", "c1", MESSAGE, 120.0)
    if on_disk_s is not None:
        leave_file(line, on_disk_s)
    await line.tell("c1", ev.MessageRecorded(MESSAGE, told_s), ev.PlaybackEnded("pb-c1-3"), ev.CallerGone())
    row = await line.row()
    assert [row["stage"], row["outcome"]] == ["ended", outcome]
    assert row["recording"] == (MESSAGE if outcome == "message" else None)
    assert await line.journal() == [
        "call.arrived",
        "call.gate",
        "call.message" if outcome == "message" else "call.message_lost",
        "call.ended",
        *(["callback.opened"] if outcome == "after_hours" else []),
    ]


async def test_message_that_asterisk_cannot_record(line: Line) -> None:
    """Refused: there is no message, and the caller is told the other numbers again."""
    line.now = CLOSED
    line.ari.fail["record_channel"] = refused(500)
    await line.call()
    await line.tell("c1", ev.Digit("1"), ev.PlaybackEnded("pb-c1-2"))
    assert (await line.row())["stage"] == "closed"
    await line.tell("c1", ev.CallerGone())
    assert (await line.row())["outcome"] == "after_hours"


async def test_message_is_pushed_to_whoever_is_on_duty(line: Line) -> None:
    """`page_duty`: the assignment is made with the step that says that there is a message."""
    line.now, line.duty = CLOSED, Duty("bpbd", (PlannedPush(0, "bpbd.siaga", "page", CLOSED, 30.0),), 600.0)
    await line.call()
    await line.tell("c1", ev.Digit("1"), ev.PlaybackEnded("pb-c1-2"), ev.CallerGone())
    leave_file(line, 5.0)
    assert (await line.store.read(lambda store: store.tickets.show("T-20261122-0001")))["assignments"] == []
    ended_at = (await line.row())["ended_at"]
    line.later(1)
    await line.tell("c1", ev.MessageRecorded(MESSAGE, 5.0))
    assert (await line.row())["ended_at"] == ended_at
    ticket = await line.store.read(lambda store: store.tickets.show("T-20261122-0001"))
    assert [(row["opd"], row["state"]) for row in ticket["assignments"]] == [("bpbd", "dikirim")]
    assert [(await line.row())["outcome"], ticket["status"]] == ["message", "dispatched"]


async def test_caller_who_hangs_up_while_waiting_is_called_back(line: Line) -> None:
    """A task with the reason, and a ticket that stays open for it."""
    await line.call()
    await line.tell("c1", ev.Digit("1"), ev.CallerGone())
    (task,) = await line.store.read(callback_tasks)
    row = await line.row()
    assert [row["talking_at"], row["talk_ended_at"], row["operator"]] == [None, None, None]
    assert [task["number"], task["reason"]] == ["+6281234567890", "menutup saat menunggu"]
    ticket = await line.store.read(lambda store: store.tickets.get("T-20261122-0001"))
    assert [ticket["kind"], ticket["status"]] == ["emergency", "open"]


async def test_timers_come_back_as_events(line: Line) -> None:
    """A timer tells the place in the line; a new one replaces it, and none outlives the call."""
    line.script = replace(SCRIPT, position_every_s=0.01)
    runner = await line.call()
    heard = asyncio.Event()
    line.ari.play = _tell_when_played(line, heard, "sound:angka-1")  # type: ignore[method-assign]
    serving = line.spawn("serve", runner.serve())
    runner.tell(ev.Digit("1"))
    await asyncio.wait_for(heard.wait(), 60)
    runner.tell(ev.CallerGone())
    runner.stop()
    await serving
    assert runner.state.outcome == "abandoned"
    line.did()
    while not runner._events.empty():  # one that came before the end and was not read any more
        runner._events.get_nowait()
    await asyncio.sleep(0.03)
    assert (line.did(), runner._events.empty()) == ([], True)


def _tell_when_played(line: Line, heard: asyncio.Event, media: str) -> Any:
    async def play(channel: str, playback: str, played: list[str]) -> None:
        await line.ari._do("play", channel, playback, *played)
        if media in played:
            heard.set()

    return play


async def test_a_call_lingers_for_what_asterisk_says_afterwards(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """`serve` ends by itself, a little after the call: the end of its recording is still taken in."""
    monkeypatch.setattr(call_runner, "LINGER_S", 0.05)
    line.now = CLOSED
    runner = await line.call()
    await line.tell("c1", ev.Digit("1"), ev.PlaybackEnded("pb-c1-2"))
    leave_file(line, 3.0)
    serving = line.spawn("serve", runner.serve())
    runner.tell(ev.PlaybackEnded("pb-c1-0"))
    await asyncio.sleep(0.1)
    assert not serving.done()
    runner.tell(ev.CallerGone())
    runner.tell(ev.MessageRecorded(MESSAGE, 3.0))
    await asyncio.wait_for(serving, 60)
    assert "call.message" in await line.journal()
