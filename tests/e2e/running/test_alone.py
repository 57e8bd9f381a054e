"""Asterisk alone: neither our application nor our FastAGI is there. Afterwards every call is a call and a ticket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

from instance import Instance
from ivr.hours import Hours, Window
from line.service import CallService
from operations.phone_system import take_up
from tests.e2e.line import HEARD, LineUnderTest

ALWAYS, NEVER = (Window(time(0), time(0)),), ()


@asynccontextmanager
async def alone(line: LineUnderTest, day: tuple[Window, ...]) -> AsyncIterator[None]:
    """Asterisk keeps these hours by itself, and nobody of ours lives; at the end the application is back."""
    given = line.house.instance
    hours: Hours = replace(given.hours, weekly=(day,) * 7, exceptions={})
    await line.service.close()
    await take_up(replace(given, hours=hours), datetime.now(UTC))
    try:
        yield
    finally:
        line.service = CallService(lambda: paging(given), line.store, line.keeper, line.clock)
        await line.service.start()
        await take_up(given, datetime.now(UTC))


def paging(given: Instance) -> Instance:
    """The same line, where a message left after hours is pushed at once."""
    after = replace(given.hours.after_hours, page_duty=True)
    return replace(given, hours=replace(given.hours, after_hours=after))


def new_messages(line: LineUnderTest) -> Callable[[], set[Path]]:
    """The files of messages that the fail-safe records from now on."""
    recorded_files = line.house.recordings.glob
    before = set(recorded_files("failsafe-pesan-*.wav"))
    return lambda: set(recorded_files("failsafe-pesan-*.wav")) - before


async def test_a_talk_without_us_becomes_a_call_and_a_ticket(line: LineUnderTest) -> None:
    """Menu, queue, the operator who was ready; the row has number, key, times, operator and recording."""
    operator = await line.operator("op1")
    async with alone(line, ALWAYS):
        talk = await line.dial("081234500001")
        assert await line.hears(talk, "failsafe-menu", 40) > HEARD
        await talk.press("1")
        spoken = await line.answer(operator, await operator.rings())
        assert await talk.hears(880)
        await asyncio.sleep(1.5)
        await talk.hang_up()
        await spoken.ended()
    call = await line.stage("ended", 15)
    assert (call["number"], call["handled_by"], call["outcome"]) == ("+6281234500001", "asterisk", "talked")
    assert (call["operator"], call["keys"], call["lane"]) == ("op1", "1", "urgent")
    assert call["talk_s"] >= 1
    assert (line.house.recordings / f"{call['recording']}.wav").stat().st_size > 16_000
    assert (await line.ticket())["status"] == "open"
    assert "call.failsafe" in await line.kinds()


async def test_a_message_left_without_us_becomes_a_ticket(line: LineUnderTest) -> None:
    """Closed: who speaks after the tone is a ticket with the recording, which is pushed to who is on duty."""
    recorded = new_messages(line)
    async with alone(line, NEVER):
        talk = await line.dial("081234500002")
        assert await line.hears(talk, "tutup-jam", 40) > HEARD
        assert await line.hears(talk, "failsafe-rekam", 40) > HEARD
        await line.until(lambda: any(path.stat().st_size > 32_000 for path in recorded()), 40)
        await talk.hang_up()
    call = await line.stage("ended", 15)
    assert (call["number"], call["handled_by"], call["outcome"]) == ("+6281234500002", "asterisk", "message")
    assert (line.house.recordings / f"{call['recording']}.wav").stat().st_size > 16_000
    ticket = await line.ticket()
    assert [(row["opd"], row["state"]) for row in ticket["assignments"]] == [("bpbd", "dikirim")]


async def test_who_gave_up_without_us_is_called_back(line: LineUnderTest) -> None:
    """Hung up in the queue: abandoned, with a task to call back."""
    async with alone(line, ALWAYS):
        talk = await line.dial("081234500003")
        assert await line.hears(talk, "failsafe-menu", 40) > HEARD
        await talk.hang_up()
    call = await line.stage("ended", 15)
    assert (call["handled_by"], call["outcome"]) == ("asterisk", "abandoned")
    (task,) = await line.store.read(lambda store: store.callbacks.open())
    assert task["number"] == "+6281234500003"
