"""Calling back over the trunk: the operator's phone first, then the person's; what is kept; and a restart meanwhile."""

import asyncio

from drills.phones.softphone import Phone, Talk
from tests.e2e.line import LineUnderTest
from tests.e2e.test_listening import restart
from tickets.model import Row

OPERATOR_HZ, CALLER_HZ = 880, 1300
# a phone of its own for each test: the stack hands a call to the first that was ever called so
NUMBERS = (f"8123456{n}" for n in range(7001, 7999))


async def gave_up(line: LineUnderTest) -> Row:
    """Somebody who hung up while waiting; their task."""
    number = next(NUMBERS)
    talk = await line.dial(f"0{number}")
    await talk.press("1")
    await line.stage("waiting")
    await talk.hang_up()
    await line.stage("ended")
    (task,) = await line.store.read(lambda store: store.callbacks.open())
    assert (task["number"], task["reason"], task["tries"]) == (f"+62{number}", "menutup saat menunggu", [])
    return task


async def calls_back(line: LineUnderTest, operator: Phone, task: Row) -> Talk:
    """The operator presses «Telepon» and picks up."""
    await line.ask("request.callback", operator="op1", task=task["id"])
    return await line.answer(operator, await operator.rings())


async def last_try(line: LineUnderTest, *, ended: bool = True) -> Row:
    """The newest try of the only open task."""
    async with asyncio.timeout(60):
        while True:
            (task,) = await line.store.read(lambda store: store.callbacks.open())
            if task["tries"] and (task["tries"][-1]["ended_at"] is not None) == ended:
                row: Row = task["tries"][-1]
                return row
            await asyncio.sleep(0.05)


async def test_the_operator_talks_with_who_gave_up(line: LineUnderTest) -> None:
    """Both hear each other, the talk is recorded and told in the ticket; the operator wraps up."""
    task = await gave_up(line)
    operator, person = await line.operator("op1"), await line.caller(task["number"])
    spoken = await calls_back(line, operator, task)
    ringing = await person.rings()
    assert ringing.peer == "sip:112@127.0.0.1"
    assert line.service.floor.roster.desks["op1"].engaged == "calling"
    talk = await line.answer(person, ringing)
    assert await asyncio.gather(talk.hears(OPERATOR_HZ), spoken.hears(CALLER_HZ)) == [True, True]
    await asyncio.sleep(1)
    await talk.hang_up()
    await spoken.ended()
    attempt = await last_try(line)
    assert (attempt["operator"], attempt["way"], attempt["outcome"]) == ("op1", "trunk", "talked")
    row = await line.store.read(lambda store: store.callbacks.attempt(attempt["id"]))
    assert row is not None
    recording = line.house.recordings / f"{row['recording']}.wav"
    await line.until(lambda: recording.exists() and recording.stat().st_size > 8000)
    assert [kind for kind in await line.kinds() if kind.startswith("callback.")] == [
        "callback.opened",
        "callback.dialled",
        "callback.talking",
        "callback.tried",
    ]
    await line.until(lambda: line.service.floor.roster.desks["op1"].wrap_up_until is not None)
    assert await ours(line) == []


async def ours(line: LineUnderTest) -> list[str]:
    """Channels and bridges of calls back."""
    ari = line.service.ari
    ids = [thing["id"] for thing in [*await ari.channels(), *await ari.bridges()]]
    return [name for name in ids if name.startswith("cb-")]


async def test_a_person_who_does_not_answer(line: LineUnderTest) -> None:
    """Busy: the operator's phone is hung up and ready again at once, the task stays with what was tried."""
    task = await gave_up(line)
    operator, person = await line.operator("op1"), await line.caller(task["number"])
    spoken = await calls_back(line, operator, task)
    await (await person.rings()).hangup()
    await spoken.ended()
    assert (await last_try(line))["outcome"] == "busy"
    await line.until(lambda: line.service.floor.ready() == ("op1",))


async def test_an_operator_who_does_not_pick_up(line: LineUnderTest) -> None:
    """Nobody outside is dialled; the page hears why."""
    task = await gave_up(line)
    operator, person = await line.operator("op1"), await line.caller(task["number"])
    await line.ask("request.callback", operator="op1", task=task["id"])
    await (await operator.rings()).hangup()
    assert (await last_try(line))["outcome"] == "cancelled"
    assert person.incoming.empty()
    row = await line.store.read(lambda store: store.boards.newest("request.callback.refused"))
    assert row is not None
    assert row["data"]["why"] == "telepon Anda tidak diangkat"


async def test_no_call_is_offered_meanwhile(line: LineUnderTest) -> None:
    """A conversation is no listening: an urgent call waits for the next free operator."""
    task = await gave_up(line)
    operator, person = await line.operator("op1"), await line.caller(task["number"])
    await calls_back(line, operator, task)
    talk = await line.answer(person, await person.rings())
    assert await talk.hears(OPERATOR_HZ)
    urgent = await line.dial("081234567899")
    await urgent.press("1")
    await asyncio.sleep(1.5)
    assert operator.incoming.empty()
    await talk.hang_up()
    await operator.rings()  # after the wrap-up


async def test_a_restart_leaves_the_conversation_alone(line: LineUnderTest) -> None:
    """It goes on, and its end is written by the successor."""
    task = await gave_up(line)
    operator, person = await line.operator("op1"), await line.caller(task["number"])
    spoken = await calls_back(line, operator, task)
    talk = await line.answer(person, await person.rings())
    assert await talk.hears(OPERATOR_HZ)
    await restart(line)
    assert await talk.hears(OPERATOR_HZ)
    assert line.service.floor.roster.desks["op1"].engaged == "calling"
    await spoken.hang_up()
    await talk.ended()
    assert (await last_try(line))["outcome"] == "talked"
    assert await ours(line) == []


async def test_a_restart_while_it_rings_ends_the_try(line: LineUnderTest) -> None:
    """Nobody is left with a phone that rings for nothing."""
    task = await gave_up(line)
    operator, person = await line.operator("op1"), await line.caller(task["number"])
    spoken = await calls_back(line, operator, task)
    await person.rings()
    await restart(line)
    await spoken.ended()
    assert (await last_try(line))["outcome"] == "failed"
    assert await ours(line) == []
