"""Take-over after a kill: a call in Asterisk is made to agree with its stored state, the rest is ended."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast

import pytest

from asterisk.ari import Ari
from ivr import events as ev
from ivr.state import from_dict
from line.call_runner import Caller, CallRunner
from line.take_over import TakeOver
from tests.line.line import Line, channel
from tickets.model import Row
from tickets.store.steps import CallStep

RECORDING = "calls/2026/11/22/c1-4"
CALLER, RINGS = channel("c1"), channel("op-c1-5", "Ringing")
SARI, DEWI = channel("op-c1-4"), channel("op-c1-5")


class Away:
    """The other parts of the service, which note that they were called."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def sweep(self, *_: object) -> None:
        self.told.append("sweep")

    def entered(self, name: str) -> None:
        self.told.append(name)

    def missed(self, call: str) -> None:
        self.told.append(f"missed {call}")


class Returned:
    """The successor of a process that was killed: the runners are gone, floor and Asterisk are not."""

    def __init__(self, line: Line) -> None:
        self.line, self.arrived = line, list[str]()
        line.runners.clear()
        beside: Any = Away()
        self.take_over = TakeOver(
            cast(Ari, line.ari),
            line._context.writer,
            line.runners,
            line.recordings,
            self._revive,
            lambda call, dialled, channel: self.arrived.append(f"{call} {dialled}"),
            beside,
            beside,
            beside,
        )

    def _revive(self, row: Row) -> CallRunner:
        state = from_dict({"call": row["id"], **json.loads(row["state"])})
        runner = CallRunner(state, row["ticket"], Caller(row["display"], row["number"]), self.line._context)
        self.line.runners[row["id"]] = runner
        return runner

    async def back(self) -> list[tuple[Any, ...]]:
        """Take over; returns the orders to Asterisk."""
        self.line.did()
        await self.take_over.run()
        await self.line.quiet()
        return self.line.did()


async def talking(line: Line) -> CallRunner:
    """sari talks over op-c1-4."""
    line.ready("sari", "dewi")
    runner = await line.call()
    await line.tell("c1", ev.Digit("1"), ev.LegAnswered("op-c1-4"))
    return runner


async def dies(line: Line, runner: CallRunner, before: str, *events: ev.Event) -> None:
    """Save the steps of these events, and kill the process before it gives Asterisk the order `before`."""
    line.ari.waits[before] = asyncio.Event()
    line.did()
    for event in events:
        runner.tell(event)
    serving = asyncio.ensure_future(runner.serve())
    saved = (await line.row())["state"]
    async with asyncio.timeout(60):
        while (await line.row())["state"] == saved:
            await asyncio.sleep(0.005)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    del line.ari.waits[before]
    line._tasks.clear()


@pytest.mark.parametrize("colleague", [RINGS, DEWI])
async def test_a_transfer_that_was_saved_and_not_done(line: Line, colleague: dict[str, Any]) -> None:
    """The former operator leaves the bridge, and is with nobody; the colleague is rung anew, or talks."""
    runner = await talking(line)
    line.floor.engaged("dewi", "c1", "ringing")
    await dies(line, runner, "destroy_bridge", ev.Transferred("dewi"))
    assert (await line.stored())["stage"] == "ringing"
    line.ari.there, line.ari.met = [CALLER, SARI, colleague], {"br-c1": ["c1", "op-c1-4"]}
    done = await Returned(line).back()
    assert done.index(("destroy_bridge", "br-c1")) < done.index(("hangup", "op-c1-4", 16))
    now = line.runners["c1"].state
    if colleague is DEWI:
        assert ("add_to_bridge", "br-c1", "c1", "op-c1-5") in done
        assert (now.stage, now.operator, line.floor.ready()) == ("talking", "dewi", ())
    else:
        assert ("hangup", "op-c1-5", 16) in done
        assert [order[1:3] for order in done if order[0] == "originate"] == [("op-c1-8", "PJSIP/dewi")]
        assert (now.stage, now.legs[0].operator) == ("ringing", "dewi")


async def test_a_talk_that_was_saved_and_not_recorded(line: Line) -> None:
    """It is from now on; one whose file is there, or that Asterisk records, is left alone."""
    await talking(line)
    line.ari.there, line.ari.met = [CALLER, SARI], {"br-c1": ["c1", "op-c1-4"]}
    assert [done[0] for done in await Returned(line).back()][-1] == "record_bridge"
    line.ari.records.add(RECORDING)
    assert "record_bridge" not in [done[0] for done in await Returned(line).back()]
    line.ari.records.clear()
    (line.recordings / RECORDING).parent.mkdir(parents=True)
    (line.recordings / f"{RECORDING}.wav").touch()
    assert await Returned(line).back() == [("stop_music", "c1"), ("set_timeout", "c1", 0)]


async def test_an_answer_that_was_saved_and_not_given(line: Line) -> None:
    """Nobody hears the menu without being answered."""
    await line.call()
    line.ari.there = [channel("c1", "Ring")]
    assert [done[0] for done in await Returned(line).back()][:2] == ["answer", "stop_music"]


async def test_an_end_that_was_saved_and_not_done(line: Line) -> None:
    """The process died after the operator had hung up: the caller is hung up, the bridge is ended."""
    runner = await talking(line)
    await dies(line, runner, "destroy_bridge", ev.LegEnded("op-c1-4", "hung_up"))
    line.ari.there, line.ari.met = [CALLER], {"br-c1": ["c1"]}
    assert await Returned(line).back() == [("hangup", "c1", 16), ("destroy_bridge", "br-c1")]


async def test_what_belongs_to_nobody(line: Line) -> None:
    """Phones and bridges of calls that are over are ended, a caller who came meanwhile arrives without old music."""
    line.ari.there = [channel("c8", args="tanggap,112"), channel("op-c9-4", "Ringing")]
    line.ari.met = {"br-c9": ["op-c9-4"], "other": []}
    returned = Returned(line)
    assert await returned.back() == [
        ("stop_music", "c8"),
        ("hangup", "op-c9-4", 26),
        ("destroy_bridge", "br-c9"),
    ]
    assert returned.arrived == ["c8 112"]


async def test_who_is_gone_and_who_went_to_the_failsafe(line: Line) -> None:
    """No channel: hung up while we were away. In the dialplan: the dead-man timer took it; nothing is done to it."""
    await talking(line)
    assert await Returned(line).back() == [("destroy_bridge", "br-c1"), ("hangup", "op-c1-4", 16)]
    assert (await line.row())["outcome"] == "talked"
    await line.call("c2")
    line.ari.there = [channel("c2", app="Playback")]
    assert await Returned(line).back() == []


async def test_who_was_served_by_the_failsafe_meanwhile_did_not_give_up(line: Line) -> None:
    """The fail-safe branch took the call from a process that lived and heard nothing of it, and the call is over: what
    became of it stands in the queue log, so it is not ended here as one that gave up."""
    runner = await line.call()
    returned = Returned(line)
    line.runners["c1"] = runner
    step = CallStep("c1", line.now, {"handled_by": "agi", "stage": "waiting"}, ())
    await line.store.write(lambda store: step.write(store, runner.ticket))
    assert await returned.back() == []
    row = await line.row()
    assert (row["outcome"], row["ended_at"]) == (None, None)


async def test_a_call_whose_row_cannot_be_read_keeps_no_other_from_us(line: Line) -> None:
    """Its caller goes on with the fail-safe, which needs no row; everybody else is taken over."""
    for name in ("c1", "c2", "c3"):
        await line.call(name)
        await line.tell(name, ev.PlaybackEnded(f"pb-{name}-1"))
    damaged = """UPDATE calls SET state = '{"stage": "menu", "legs": 7}' WHERE id = 'c2'"""
    await line.store.write(lambda store: store.connection.run(damaged))
    line.ari.there = [channel("c1"), channel("c2"), channel("c3")]
    back = Returned(line)
    done = await back.back()
    assert (sorted(line.runners), back.arrived) == (["c1", "c3"], [])
    assert [row for row in done if row[1] == "c2"] == [("leave", "c2", "failsafe")]
