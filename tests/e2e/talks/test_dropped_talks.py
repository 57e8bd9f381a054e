"""Talks that an operator's telephone ends within seconds, on the real Asterisk: the caller is never left alone."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from drills.phones.softphone import Phone, Talk
from line.service import CallService
from tests.e2e.line import HEARD, House, LineUnderTest
from tests.tickets.world import callback_tasks

OPERATOR_HZ = 880


@pytest.fixture(autouse=True)
def careful(the_house: House) -> Iterator[None]:
    """Below 60 s a hang-up of the phone is no end, and phones ring for minutes: the machine may be slow."""
    before = the_house.instance
    the_house.instance = replace(before, site=replace(before.site, short_talk_s=60.0, ring_s=300.0))
    yield
    the_house.instance = before


async def talking(line: LineUnderTest, operator: Phone) -> tuple[Talk, Talk]:
    """A caller who pressed 1 talks with this operator."""
    talk = await line.dial()
    await talk.press("1")
    spoken = await line.answer(operator, await operator.rings())
    assert await talk.hears(OPERATOR_HZ)
    return talk, spoken


async def test_a_bye_right_after_the_answer_does_not_end_the_call(line: LineUnderTest) -> None:
    """The caller hears a sentence, the other operator rings, and they talk."""
    first, second = await line.operator("op1"), await line.operator("op2")
    talk, spoken = await talking(line, first)
    await spoken.hang_up()
    assert await line.hears(talk, "operator-terputus") > HEARD
    await line.answer(second, await second.rings())
    assert await talk.hears(OPERATOR_HZ)
    call = await line.call()
    assert (call["mark"], call["lane"], call["operator"], call["outcome"]) == ("terputus", "urgent", "op2", None)
    assert "operator.dropped" in await line.kinds()


async def test_a_second_bye_ends_with_a_promise_that_is_kept(line: LineUnderTest) -> None:
    """The caller is told, then hung up on; the task to call back is there."""
    first, second = await line.operator("op1"), await line.operator("op2")
    talk, spoken = await talking(line, first)
    await spoken.hang_up()
    again = await line.answer(second, await second.rings())
    assert await talk.hears(OPERATOR_HZ)
    await again.hang_up()
    assert await line.hears(talk, "terputus-lagi") > HEARD
    await talk.ended()
    call = await line.stage("ended")
    tasks = await line.store.read(callback_tasks)
    assert [(task["call"], task["reason"]) for task in tasks] == [(call["id"], "terputus")]


async def test_the_operators_decision_ends_it(line: LineUnderTest) -> None:
    """«Akhiri» at once after the answer: both phones are hung up, nothing is left to do."""
    operator = await line.operator("op1")
    talk, spoken = await talking(line, operator)
    await line.ask("request.finish", operator="op1", call=(await line.call())["id"])
    await asyncio.gather(talk.ended(), spoken.ended())
    assert (await line.stage("ended"))["outcome"] == "talked"
    assert await line.store.read(callback_tasks) == []


async def test_the_same_after_a_take_over(line: LineUnderTest) -> None:
    """The process that answered is gone: the next one knows how long they have talked."""
    first, second = await line.operator("op1"), await line.operator("op2")
    talk, spoken = await talking(line, first)
    await line.service.close()
    line.service = CallService(lambda: line.house.instance, line.store, line.keeper, line.clock)
    await line.service.start()
    await line.until(lambda: line.service.runners)
    await spoken.hang_up()
    assert await line.hears(talk, "operator-terputus") > HEARD
    await second.rings()
