"""Callers who hang up, at each stage of a call: ended in the store, and called back where they waited."""

import asyncio

from tests.e2e.line import LineUnderTest
from tests.e2e.outside.ending import BARE, ended, listed, talking
from tests.e2e.outside.outsider import Outsider
from tests.tickets.world import callback_tasks


async def test_hanging_up_in_the_menu(line: LineUnderTest, outside: Outsider) -> None:
    """Ended, abandoned; nobody is called back for a greeting that was heard."""
    row = await ended(line, await outside.dial())
    assert (row["stage"], row["lane"], row["outcome"], row["wait_s"]) == ("ended", None, "abandoned", None)
    assert await line.store.read(callback_tasks) == []


async def test_hanging_up_while_waiting(line: LineUnderTest, outside: Outsider) -> None:
    """Ended while nobody was free: abandoned, with a callback task."""
    call = await outside.dial()
    await call.info(BARE, "2")
    await line.stage("waiting")
    row = await ended(line, call)
    assert (row["lane"], row["outcome"], row["operator"]) == ("normal", "abandoned", None)
    assert [task["call"] for task in await line.store.read(callback_tasks)] == [row["id"]]


async def test_hanging_up_while_it_rings(line: LineUnderTest, outside: Outsider) -> None:
    """The operator's phone stops, and the operator is ready for the next one at once."""
    operator = await line.operator("op1")
    call = await outside.dial()
    await call.info(BARE, "1")
    ringing = await operator.rings()
    row = await ended(line, call)
    assert (row["outcome"], row["operator"]) == ("abandoned", None) and row["ring_s"] > 0
    await line.until(lambda: str(ringing.state).upper().endswith("CLOSED"))
    assert line.service.floor.ready() == ("op1",)


async def test_hanging_up_while_talking(line: LineUnderTest, outside: Outsider) -> None:
    """Either side ends the talk; the operator goes to wrap-up."""
    operator = await line.operator("op1")
    call = await outside.dial()
    await call.info(BARE, "1")
    talk = await line.answer(operator, await operator.rings())
    await talking(line)
    row = await ended(line, call)
    assert row["outcome"] == "talked"
    await talk.ended()
    await line.ask("request.wrap_up_done", operator="op1")
    await line.until(lambda: "op1" in line.service.floor.ready())
    call = await outside.dial()
    await call.info(BARE, "1")
    talk = await line.answer(operator, await operator.rings())
    await talking(line)
    await talk.hang_up()
    await asyncio.wait_for(call.ended.wait(), 60)
    assert (await line.stage("ended"))["outcome"] == "talked"


async def test_hanging_up_after_hours(line: LineUnderTest, outside: Outsider) -> None:
    """While closed: nothing left, nothing lost."""
    line.clock.set("2026-11-23T22:00:00+07:00")
    call = await outside.dial()
    await line.arrived()  # who is gone before that counts as one whom nobody answered
    row = await ended(line, call)
    assert (row["lane"], row["outcome"], row["recording"]) == (None, "after_hours", None)


async def test_a_message_without_a_sound(line: LineUnderTest, outside: Outsider) -> None:
    """Closed, key 1 by INFO, then no RTP at all: said to be lost, not kept as a message of silence."""
    line.clock.set("2026-11-23T22:00:00+07:00")
    call = await outside.dial()
    await call.info(BARE, "1")
    await line.stage("recording")
    await asyncio.sleep(0.5)
    row = await ended(line, call)
    assert (row["outcome"], row["recording"]) == ("after_hours", None)


async def test_the_silent_lane(line: LineUnderTest, outside: Outsider) -> None:
    """Neither key nor RTP: one hangs up in the silent lane, one is let go with a goodbye; both are called back."""
    first, second = await outside.dial(), await outside.dial(caller="<sip:081234567891@127.0.0.1>")
    await line.until(lambda: [runner.state.stage for runner in line.service.runners.values()] == ["waiting"] * 2, 60)
    await first.bye()
    await asyncio.wait_for(second.ended.wait(), 60)
    await line.until(lambda: not line.service.runners, 15)
    assert [(row["lane"], row["outcome"]) for row in listed(line)] == [("silent", "silent")] * 2
    tasks = await line.store.read(callback_tasks)
    assert [task["reason"] for task in tasks] == ["hening"] * 2
