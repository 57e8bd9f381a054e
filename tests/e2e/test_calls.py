"""112 is answered: what callers and operators live through, on the real Asterisk with real phones."""

import asyncio

import pytest

from tests.e2e.line import HEARD, LineUnderTest
from tests.tickets.world import callback_tasks

OPERATOR_HZ, CALLER_HZ = 880, 1300


async def test_a_call_in_the_window_is_talked_and_recorded(line: LineUnderTest) -> None:
    """Greeting, key 1, the operator rings, both hear each other; the ticket and the recording stay."""
    operator = await line.operator("op1")
    talk = await line.dial()
    assert await line.hears(talk, "menu-utama") > HEARD
    await talk.press("1")
    ringing = await operator.rings()
    ticket = await line.ticket()
    spoken = await line.answer(operator, ringing)
    assert await asyncio.gather(talk.hears(OPERATOR_HZ), spoken.hears(CALLER_HZ)) == [True, True]
    await asyncio.sleep(1)
    await talk.hang_up()
    await spoken.ended()
    call = await line.stage("ended")
    assert (call["outcome"], call["lane"], call["keys"], call["operator"]) == ("talked", "urgent", "1", "op1")
    assert (ticket["kind"], ticket["status"], ticket["source"]) == ("emergency", "open", "call")
    recording = line.house.recordings / f"{call['recording']}.wav"
    await line.until(lambda: recording.exists() and recording.stat().st_size > 8000)


async def test_a_key_interrupts_the_greeting(line: LineUnderTest) -> None:
    """Barge-in: who presses during the prompt does not hear it to its end."""
    operator = await line.operator("op1")
    talk = await line.dial()
    await asyncio.sleep(0.5)
    await talk.press("1")
    await operator.rings()
    assert await line.hears(talk, "menu-utama", 2) < HEARD


@pytest.mark.parametrize(
    ("moment", "prompt", "stage"),
    [
        ("2026-11-23T06:59:59+07:00", "tutup-jam", "closed"),
        ("2026-11-23T07:00:00+07:00", "menu-utama", "menu"),
        ("2026-11-23T20:59:59+07:00", "menu-utama", "menu"),
        ("2026-11-23T21:00:00+07:00", "tutup-jam", "closed"),
    ],
)
async def test_the_gate_opens_and_closes_on_the_second(
    line: LineUnderTest, moment: str, prompt: str, stage: str
) -> None:
    """07:00:00 is open, 21:00:00 is closed; the caller hears it."""
    line.clock.set(moment, still=True)
    talk = await line.dial()
    assert (await line.call())["stage"] == stage
    assert await line.hears(talk, prompt, 20) > HEARD
    other = "menu-utama" if prompt == "tutup-jam" else "tutup-jam"
    assert await line.hears(talk, other, 0.3) < HEARD


async def test_a_call_that_came_in_time_is_finished_after_closing(line: LineUnderTest) -> None:
    """At 20:59:59 the menu; the operator is reached although it is past nine by then."""
    operator = await line.operator("op1")
    line.clock.set("2026-11-23T20:59:59+07:00", still=True)
    talk = await line.dial()
    line.clock.set("2026-11-23T21:00:01+07:00")
    await talk.press("1")
    await line.answer(operator, await operator.rings())
    assert await talk.hears(OPERATOR_HZ)


async def test_an_after_hours_message_becomes_a_ticket(line: LineUnderTest) -> None:
    """Key 1 while closed: beep, the message is kept and its ticket stays open for the morning."""
    line.clock.set("2026-11-23T22:00:00+07:00")
    talk = await line.dial()
    await asyncio.sleep(1)
    await talk.press("1")
    assert await line.hears(talk, "nada", 15) > HEARD
    await asyncio.sleep(3)
    await talk.hang_up()
    call, ticket = await line.stage("ended"), await line.ticket()
    assert (call["outcome"], ticket["status"]) == ("message", "open")
    assert "call.message" in await line.kinds()
    assert (await line.recording(call["recording"])).stat().st_size > 16000


async def test_who_hangs_up_while_waiting_is_called_back(line: LineUnderTest) -> None:
    """No operator is free: music; then the caller gives up, and a callback task with the number is there."""
    talk = await line.dial("081234567891")
    await talk.press("1")
    assert await line.hears(talk, "sambungkan", 15) > HEARD
    assert await line.hears_music(talk, 15) > HEARD
    await talk.hang_up()
    call = await line.stage("ended")
    tasks = await line.store.read(callback_tasks)
    assert call["outcome"] == "abandoned"
    assert [(task["call"], task["number"]) for task in tasks] == [(call["id"], "+6281234567891")]
    assert (await line.ticket())["status"] == "open"


async def test_the_second_operator_answers_when_the_first_does_not(line: LineUnderTest) -> None:
    """op1 is idle longest and lets it ring; op2 gets it, alone, and talks."""
    first, second = await line.operator("op1"), await line.operator("op2")
    talk = await line.dial()
    await talk.press("1")
    await first.rings()
    assert second.incoming.empty()
    await line.answer(second, await second.rings())
    assert await talk.hears(OPERATOR_HZ)
    assert (await line.call())["operator"] == "op2"


@pytest.mark.usefixtures("patient")
async def test_a_busy_operator_is_passed_over(line: LineUnderTest) -> None:
    """op1 rejects (486): op2 rings at once, and the caller is never without sound."""
    first, second = await line.operator("op1"), await line.operator("op2")
    talk = await line.dial()
    await talk.press("1")
    call = await first.rings()
    await call.hangup()
    await line.answer(second, await second.rings())
    assert await talk.hears(OPERATOR_HZ)


async def test_an_anonymous_caller_is_served_like_any_other(line: LineUnderTest) -> None:
    """No number: marked, not called back, and talked to."""
    operator = await line.operator("op1")
    talk = await line.dial("anonymous")
    await talk.press("1")
    await line.answer(operator, await operator.rings())
    assert await talk.hears(OPERATOR_HZ)
    call = await line.call()
    assert (call["number"], call["anonymous"], call["callable"]) == (None, True, False)


async def test_two_callers_never_share_an_operator(line: LineUnderTest) -> None:
    """One operator, two callers: one rings, the other waits with a place in the line, then gets the operator."""
    operator = await line.operator("op1")
    first, second = await line.dial("081234567801"), await line.dial("081234567802")
    await first.press("1")
    ringing = await operator.rings()
    await second.press("1")
    spoken = await line.answer(operator, ringing)
    await asyncio.sleep(1)
    assert operator.incoming.empty()
    await spoken.hang_up()
    await first.ended()
    await line.ask("request.wrap_up_done", operator="op1")
    await line.answer(operator, await operator.rings())
    assert await second.hears(OPERATOR_HZ)


async def test_a_silent_caller_rings_nobody_and_can_be_taken(line: LineUnderTest) -> None:
    """Neither key nor voice: the silent lane; the operator takes the call by hand."""
    operator = await line.operator("op1")
    caller = await line.caller()
    caller.says = bytes(1600)
    talk = await caller.dial("112")
    line.talks.append(talk)
    await talk.up()
    call = await line.stage("waiting", 40)
    assert (call["lane"], operator.incoming.empty()) == ("silent", True)
    await line.ask("request.take", operator="op1", call=call["id"])
    await line.answer(operator, await operator.rings())
    assert await talk.hears(OPERATOR_HZ)


@pytest.mark.usefixtures("patient")
async def test_an_operator_whose_phone_is_lost_while_ringing_does_not_hold_the_caller(line: LineUnderTest) -> None:
    """op1's phone unregisters while it rings: op2 rings long before op1 would have rung out."""
    first, second = await line.operator("op1"), await line.operator("op2")
    talk = await line.dial()
    await talk.press("1")
    await first.rings()
    await first.leave()
    await line.answer(second, await second.rings())
    assert await talk.hears(OPERATOR_HZ)


async def test_a_talk_survives_a_restart_of_the_calls_process(line: LineUnderTest) -> None:
    """The service ends and another takes over: the talk goes on, and its end is written."""
    from line.service import CallService

    operator = await line.operator("op1")
    talk = await line.dial()
    await talk.press("1")
    spoken = await line.answer(operator, await operator.rings())
    assert await talk.hears(OPERATOR_HZ)
    await line.service.close()
    line.service = CallService(lambda: line.house.instance, line.store, line.keeper, line.clock)
    await line.service.start()
    assert await talk.hears(OPERATOR_HZ)
    await talk.hang_up()
    await spoken.ended()
    assert (await line.stage("ended"))["outcome"] == "talked"


async def test_a_caller_on_hold_hears_music(line: LineUnderTest) -> None:
    """The operator presses hold: music for the caller, never silence; then the operator is back."""
    operator = await line.operator("op1")
    talk = await line.dial()
    await talk.press("1")
    spoken = await line.answer(operator, await operator.rings())
    assert await talk.hears(OPERATOR_HZ)
    assert await line.hears_music(talk, 0.3) < HEARD
    await spoken.call.hold()
    assert await line.hears_music(talk) > HEARD
    await spoken.call.resume()
    assert await talk.hears(OPERATOR_HZ)


async def test_a_caller_is_handed_to_a_colleague(line: LineUnderTest) -> None:
    """op1 transfers to op2: op1's phone is free for wrap-up, op2 rings and talks, one ticket."""
    first, second = await line.operator("op1"), await line.operator("op2")
    talk = await line.dial()
    await talk.press("1")
    spoken = await line.answer(first, await first.rings())
    call = await line.stage("talking")
    await line.ask("request.transfer", operator="op1", call=call["id"], to="op2")
    await line.answer(second, await second.rings())
    await spoken.ended()
    assert await talk.hears(OPERATOR_HZ)
    after = await line.stage("talking")
    assert (after["operator"], after["ticket"]) == ("op2", call["ticket"])
