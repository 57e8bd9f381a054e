"""A call that the fail-safe branch carried while our application was away has an end in the store."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import time

import pytest
from baresip.call import CallState

from ivr.hours import Window
from processes.vitals.measures import Vitals
from tanggap.agi import run as run_agi
from tests.e2e.line import HEARD, LineUnderTest
from tests.e2e.running.test_alone import new_messages, paging
from tests.e2e.test_crash import ended
from tests.e2e.test_listening import restart


async def listens(port: int) -> None:
    """Wait until somebody does."""
    async with asyncio.timeout(10):
        while True:
            with contextlib.suppress(ConnectionError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("queued", [True, False], ids=["from the queue", "dialled after the queue"])
async def test_a_call_carried_by_the_failsafe_ends_in_the_store(line: LineUnderTest, queued: bool) -> None:
    """The AGI opens the ticket, an operator answers Asterisk's own ringing; back again, we end the row."""
    from line.service import CallService

    operator = await line.operator("op1")
    stop = asyncio.Event()
    # the AGI asks Asterisk when the call arrived, and that clock is not ours to set
    always_open = replace(line.house.instance.hours, weekly=((Window(time(0), time(0)),),) * 7)
    instance = replace(line.house.instance, hours=always_open)
    agi = line.keeper.start("agi", run_agi(lambda: instance, line.clock, stop, Vitals("agi")))
    await listens(instance.site.asterisk.agi_port)
    await line.service.ami.queue_member("op1", "add" if queued else "remove")
    await line.service.close()
    try:
        talk = await line.dial()
        assert await line.hears(talk, "failsafe-menu", 15) > HEARD
        await talk.press("1")
        ringing = await operator.rings()
        spoken = await line.answer(operator, ringing)
        assert await talk.hears(880)
        call = await line.call()
        assert (call["handled_by"], call["ended_at"]) == ("agi", None)
        line.service = CallService(lambda: line.house.instance, line.store, line.keeper, line.clock)
        await line.service.start()
        assert await talk.hears(880)
        await talk.hang_up()
        await spoken.ended()
        after = await line.stage("ended", 15)
        assert (after["outcome"], after["operator"], after["ticket"]) == ("talked", "op1", call["ticket"])
        assert after["recording"] == f"failsafe-{call['id']}"
    finally:
        stop.set()
        await agi


async def test_a_message_left_with_the_failsafe_is_pushed(line: LineUnderTest) -> None:
    """After hours with the AGI: who speaks after the tone and hangs up is pushed to who is on duty at once, and once;
    who says nothing is no message."""
    from line.service import CallService

    stop, recorded = asyncio.Event(), new_messages(line)
    instance = paging(replace(line.house.instance, hours=replace(line.house.instance.hours, weekly=((),) * 7)))
    agi = line.keeper.start("agi", run_agi(lambda: instance, line.clock, stop, Vitals("agi")))
    await listens(instance.site.asterisk.agi_port)
    await line.service.close()
    try:
        speaks, hangs_up = await line.dial("081234500041"), await line.dial("081234500042")
        await asyncio.gather(*(line.hears(talk, "tutup-jam", 40) for talk in (speaks, hangs_up)))
        for talk in (speaks, hangs_up):
            await talk.press("1")
        await hangs_up.hang_up()
        await line.until(lambda: any(path.stat().st_size > 32_000 for path in recorded()), 40)
        await speaks.hang_up()
        line.service = CallService(lambda: instance, line.store, line.keeper, line.clock)
        await line.service.start()
        calls = await ended(line, 2)
        await line.service.failsafe_calls.look()
    finally:
        stop.set()
        await agi
    assert {number: row["outcome"] for number, row in calls.items()} == {"0041": "message", "0042": "after_hours"}
    opds = {}
    for number, row in calls.items():
        ticket = await line.store.read(lambda store, row=row: store.tickets.show(row["ticket"]))  # type: ignore[misc]
        opds[number] = [(task["opd"], task["state"], ticket["status"]) for task in ticket["assignments"]]
    assert opds == {"0041": [("bpbd", "dikirim", "dispatched")], "0042": []}


async def test_a_leg_that_rang_before_its_step_was_saved_is_hung_up(line: LineUnderTest) -> None:
    """A phone rings while the step is saved: killed in between, we ring it anew, and not with two calls."""
    operator = await line.operator("op1")
    talk = await line.dial()
    assert await line.hears(talk, "menu-utama") > HEARD
    call = (await line.call())["id"]
    for task in asyncio.all_tasks():
        if task.get_name() == f"call-{call}":
            task.cancel()
    await line.service.ari.originate(
        f"op-{call}-2", "PJSIP/op1", app_args=f"op,{call}", caller_id='"112" <1>', timeout_s=30, originator=call
    )
    stray = await operator.rings()
    await restart(line)
    await line.until(lambda: stray.state is CallState.CLOSED)
    assert await line.hears(talk, "menu-utama") > HEARD
    await talk.press("1")
    spoken = await line.answer(operator, await operator.rings())
    assert await talk.hears(880)
    assert operator.incoming.empty()
    await talk.hang_up()
    await spoken.ended()
