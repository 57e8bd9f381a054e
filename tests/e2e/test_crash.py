"""Asterisk dies or is restarted under its calls, or we do at a bad moment: nobody is forgotten."""

import asyncio
import os
import signal
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from baresip.errors import BaresipError

from asterisk.launch import Asterisk
from drills.phones.softphone import Phone, Talk
from line.service import CallService
from tests.e2e.line import HEARD, YEAR_2001, LineUnderTest
from tests.e2e.running.test_alone import ALWAYS, alone
from tests.e2e.test_listening import restart
from tickets.model import Actor, Row

OPERATOR_HZ, CALLER_HZ = 880, 1300


async def crash(asterisk: Asterisk, how: str) -> None:
    """Asterisk goes, with every call, and comes back."""
    if how == "killed":
        assert asterisk.pid is not None
        os.kill(asterisk.pid, signal.SIGKILL)
    else:
        await asterisk.command("core restart now")
    async with asyncio.timeout(20):
        while asterisk.pid is not None:
            await asyncio.sleep(0.05)
    await asterisk.start()


async def gone(line: LineUnderTest) -> None:
    """The service is killed."""
    for task in asyncio.all_tasks():
        if task.get_name().startswith("call-"):
            task.cancel()
    await line.service.close()


async def back(line: LineUnderTest) -> None:
    """Another one takes over."""
    line.service = CallService(lambda: line.house.instance, line.store, line.keeper, line.clock)
    await line.service.start()


async def register_anew(line: LineUnderTest, phone: Phone, account: str) -> None:
    """As the phone itself does sooner or later: Asterisk may have died before it had written the phone down.

    baresip takes its former registration back at the same moment, and either may come first: until it is there."""
    async with asyncio.timeout(30):
        while True:
            with suppress(BaresipError):
                await phone.agent.register()
            await asyncio.sleep(0.5)
            if f"{account}/" in await line.house.asterisk.command("pjsip show contacts"):
                return


async def rows(line: LineUnderTest) -> dict[str, Row]:
    """The calls of this test by the end of their number."""
    calls = await line.store.read(lambda store: store.calls.since(YEAR_2001.replace(year=2002), 50))
    return {(row["number"] or "anonymous")[-4:]: row for row in calls}


async def ended(line: LineUnderTest, count: int) -> dict[str, Row]:
    """All of so many calls, as soon as they are over."""
    async with asyncio.timeout(20):
        while True:
            calls = await rows(line)
            if len(calls) == count and all(row["stage"] == "ended" for row in calls.values()):
                return calls
            await asyncio.sleep(0.1)


async def tasks(line: LineUnderTest) -> list[tuple[str, str]]:
    """The callbacks and their reasons, in order."""
    tasks = await line.store.read(lambda store: store.callbacks.open())
    return [(row["number"][-4:], row["reason"]) for row in tasks]


async def talking(line: LineUnderTest, phone: Phone, number: str) -> tuple[Talk, Talk]:
    """A caller and an operator who hear each other."""
    talk = await line.dial(number)
    await talk.press("1")
    spoken = await line.answer(phone, await phone.rings())
    assert await asyncio.gather(talk.hears(OPERATOR_HZ), spoken.hears(CALLER_HZ)) == [True, True]
    return talk, spoken


@pytest.mark.parametrize("how", ["killed", "restarted"])
async def test_asterisk_goes_while_people_call(line: LineUnderTest, how: str) -> None:
    """A talk, a phone that rings, a wait, a menu: each is called back, before all others; who had hung up is not. The
    talk stays one, with its recording; the phones register anew, and who calls again is connected."""
    first, second = await line.operator("op1"), await line.operator("op2")
    await talking(line, first, "081234500001")
    recording = line.house.recordings / f"{(await line.call())['recording']}.wav"
    rung = await line.dial("081234500002")
    await rung.press("1")
    await second.rings()
    waits = await line.dial("081234500003")
    await waits.press("2")
    await line.stage("waiting")
    await line.dial("081234500004")
    await line.dial("anonymous")
    for number, key in (("081234500005", ""), ("081234500006", "1")):
        other = await line.dial(number)
        if key:
            await other.press(key)
            await line.stage("waiting")
        await other.hang_up()
        await line.stage("ended")
    assert await tasks(line) == [("0006", "menutup saat menunggu")]
    await line.until(lambda: recording.stat().st_size > 16000, 15)  # Asterisk writes two seconds at a time
    await crash(line.house.asterisk, how)
    calls = await ended(line, 7)
    assert {number: row["outcome"] for number, row in calls.items()} == {
        "0001": "talked",
        **dict.fromkeys(("0002", "0003", "0004", "mous"), "cut"),
        **dict.fromkeys(("0005", "0006"), "abandoned"),
    }
    cut = [("0001", "terputus"), ("0002", "terputus"), ("0003", "terputus"), ("0004", "terputus")]
    open_tasks = await tasks(line)
    assert (sorted(open_tasks[:4]), open_tasks[4:]) == (cut, [("0006", "menutup saat menunggu")])
    await check_talk(line, calls["0001"])
    anonymous = await line.store.read(lambda store: store.tickets.get(calls["mous"]["ticket"]))
    assert anonymous["status"] == "closed"
    await asyncio.gather(register_anew(line, first, "op1"), register_anew(line, second, "op2"))
    await line.until(lambda: set(line.service.floor.ready()) == {"op1", "op2"} and line.service.ari.connected, 20)
    again = await line.dial("081234500001")
    await again.press("1")
    longest_idle = line.service.floor.ready()[0]
    phone = {"op1": first, "op2": second}[longest_idle]
    spoken = await line.answer(phone, await phone.rings())
    assert await again.hears(OPERATOR_HZ)
    await again.hang_up()
    await spoken.ended()
    await line.stage("ended")
    task = next(row for row in await line.store.read(lambda s: s.callbacks.open()) if row["number"].endswith("0001"))
    assert task["reached_at"] is not None


async def check_talk(line: LineUnderTest, row: Row) -> None:
    """It has its operator, its length and a recording that plays; a verdict can be given, and it says why it ended."""
    assert (row["operator"], row["mark"], row["talk_s"] > 0) == ("op1", "terputus", True)
    path = line.house.recordings / f"{row['recording']}.wav"
    with wave.open(str(path)) as file:
        assert file.getnframes() == (path.stat().st_size - 44) // 2 > 0
    journal = await line.store.read(lambda store: store.journal.of_ticket(row["ticket"], row["id"]))
    assert [one["data"] for one in journal if one["kind"] == "call.cut"] == [{"stage": "talking"}]
    desk = line.service.floor.roster.desks["op1"]
    assert (desk.call, desk.wrap_up_until is not None) == (row["id"], True)
    now, actor = line.clock(), Actor("user", "op1")
    await line.store.write(lambda store: store.reputations.judge(now, row["ticket"], "genuine", actor))


async def test_who_hung_up_while_we_were_away_was_not_cut_off(line: LineUnderTest) -> None:
    """The same Asterisk is there when we are back: a talk that ended meanwhile has ended, and nobody is called back.
    Another Asterisk: whoever was there before was cut off, also where no process of ours saw it."""
    operator = await line.operator("op1")
    talk, spoken = await talking(line, operator, "081234500011")
    await gone(line)
    await talk.hang_up()
    await back(line)
    await spoken.ended()
    calls = await ended(line, 1)
    assert (calls["0011"]["outcome"], await tasks(line)) == ("talked", [])
    await line.until(lambda: line.service.floor.ready() == ("op1",))
    await talking(line, operator, "081234500012")
    await gone(line)
    await crash(line.house.asterisk, "killed")
    await register_anew(line, operator, "op1")
    await back(line)
    calls = await ended(line, 2)
    assert (calls["0012"]["outcome"], await tasks(line)) == ("talked", [("0012", "terputus")])


@pytest.mark.parametrize("how", ["killed", "restarted"])
async def test_asterisk_goes_while_it_is_alone(line: LineUnderTest, how: str) -> None:
    """Without a process of ours: who talked and who waited becomes a ticket to be called back all the same; who had
    hung up by then does not."""
    operator = await line.operator("op1")
    async with alone(line, ALWAYS):
        over = await failsafe_talk(line, operator, "081234500021")
        await over[0].hang_up()
        await over[1].ended()
        await failsafe_talk(line, operator, "081234500022")
        waits = await line.dial("081234500023")
        assert await line.hears(waits, "failsafe-menu", 40) > HEARD
        await crash(line.house.asterisk, how)
    calls = await ended(line, 3)
    assert {number: (row["outcome"], row["handled_by"]) for number, row in calls.items()} == {
        "0021": ("talked", "asterisk"),
        "0022": ("talked", "asterisk"),
        "0023": ("cut", "asterisk"),
    }
    assert sorted(await tasks(line)) == [("0022", "terputus"), ("0023", "terputus")]


async def failsafe_talk(line: LineUnderTest, phone: Phone, number: str) -> tuple[Talk, Talk]:
    """A caller and an operator whom Asterisk connected by itself."""
    talk = await line.dial(number)
    assert await line.hears(talk, "failsafe-menu", 40) > HEARD
    await talk.press("1")
    spoken = await line.answer(phone, await phone.rings())
    assert await talk.hears(OPERATOR_HZ)
    return talk, spoken


async def test_killed_between_the_answer_and_the_bridge(line: LineUnderTest) -> None:
    """The talk is saved, the two are not connected yet, the caller hears a prompt: we come back and they talk."""
    operator = await line.operator("op1")
    talk = await line.dial()
    await talk.press("1")
    ringing = await operator.rings()

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    async def lost(playback: str) -> None:
        pass

    line.service.ari.stop_playback, line.service.ari.create_bridge = lost, never  # type: ignore[method-assign]
    spoken = await line.answer(operator, ringing)
    await line.stage("talking")
    await restart(line)
    assert await asyncio.gather(talk.hears(OPERATOR_HZ), spoken.hears(CALLER_HZ)) == [True, True]
    file = line.house.recordings / f"{(await line.call())['recording']}.wav"
    await line.until(lambda: file.exists() and file.stat().st_size > 1000, 20)  # it begins after the two are together
    await talk.hang_up()
    await spoken.ended()
    call = await line.stage("ended")
    assert (call["outcome"], call["operator"]) == ("talked", "op1")


async def test_killed_between_the_saving_and_the_doing_of_a_transfer(line: LineUnderTest) -> None:
    """The caller is still in the bridge with the first operator when we come back: that one leaves, at the ticket of
    the talk; the colleague is rung anew and talks with the caller, and the two are recorded."""
    first, second = await line.operator("op1"), await line.operator("op2")
    talk, spoken = await talking(line, first, "081234500041")
    call = await line.call()

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    line.service.ari.destroy_bridge = never  # type: ignore[method-assign]
    await line.ask("request.transfer", operator="op1", call=call["id"], to="op2")
    await second.rings()
    await line.stage("ringing")
    await restart(line)
    await spoken.ended()
    again = await line.answer(second, await second.rings())
    assert await asyncio.gather(talk.hears(OPERATOR_HZ), again.hears(CALLER_HZ)) == [True, True]
    assert (await line.stage("talking"))["operator"] == "op2"
    desk = line.service.floor.roster.desks["op1"]
    assert (desk.call, desk.wrap_up_until is not None) == (call["id"], True)
    (bridge,) = [bridged for bridged in await line.service.ari.bridges() if bridged["id"].startswith("br-")]
    assert (len(bridge["channels"]), call["id"] in bridge["channels"]) == (2, True)
    recording = line.house.recordings / f"{(await line.call())['recording']}.wav"
    await line.until(lambda: recording.exists() and recording.stat().st_size > 1000, 15)


async def test_what_was_missed_while_the_events_were_cut_off(line: LineUnderTest) -> None:
    """A key, the end of the prompt and an operator who picks up are not told to us: on the next connection the question
    is asked anew at once, and who picked up talks with the caller."""
    operator = await line.operator("op1")
    talk = await line.dial()
    assert await line.hears(talk, "menu-utama") > HEARD
    with deaf(line) as lost:
        await talk.press("1")
        await line.until(lambda: "ChannelDtmfReceived" in [event["type"] for event in lost])
    assert (await line.call())["stage"] == "menu"
    await connect_anew(line)
    heard = len(talk.heard)
    await line.until(lambda: len(talk.heard) > heard + 16000)
    await talk.press("1")
    ringing = await operator.rings()
    with deaf(line) as lost:
        spoken = await line.answer(operator, ringing)
        await line.until(lambda: "StasisStart" in [event["type"] for event in lost])
    assert (await line.call())["stage"] == "ringing"
    await connect_anew(line)
    assert await asyncio.gather(talk.hears(OPERATOR_HZ), spoken.hears(CALLER_HZ)) == [True, True]
    assert (await line.call())["operator"] == "op1"


@contextmanager
def deaf(line: LineUnderTest) -> Iterator[list[Any]]:
    """Events of Asterisk are lost; they come into the list."""
    ari, lost = line.service.ari, list[Any]()
    handle, ari._on_event = ari._on_event, lost.append
    try:
        yield lost
    finally:
        ari._on_event = handle


async def connect_anew(line: LineUnderTest) -> None:
    """The event socket is cut, and made again."""
    ari = line.service.ari
    assert ari._task is not None
    ari._task.cancel()
    await asyncio.gather(ari._task, return_exceptions=True)
    ari._task = line.keeper.start("ari-events-tanggap", ari._keep_connected())
    await ari._connected.wait()


async def test_a_key_that_nobody_heard_still_makes_a_person(line: LineUnderTest) -> None:
    """Pressed while we were away, nothing said or pressed afterwards: asked once more, in short, and put through."""
    operator = await line.operator("op1")
    caller = await line.caller()
    caller.says = bytes(1600)
    talk = await caller.dial("112")
    line.talks.append(talk)
    await talk.up()
    assert await line.hears(talk, "menu-utama") > HEARD
    await line.until(lambda: next(iter(line.service.runners.values())).state.playback is None, 10)
    await gone(line)
    await talk.press("1")
    await asyncio.sleep(0.3)
    await back(line)
    await line.answer(operator, await operator.rings())
    assert (await line.call())["mark"] == "tanpa tombol"


async def test_a_wrap_up_outlives_us(line: LineUnderTest) -> None:
    """The operator was at the ticket when we died: no phone rings there before it is done, or its time is over."""
    operator = await line.operator("op1")
    talk, spoken = await talking(line, operator, "081234500031")
    line.clock.set("2026-11-23T10:30:00+07:00", still=True)
    await talk.hang_up()
    await spoken.ended()
    call = await line.stage("ended")
    await line.until(lambda: not line.service.floor.ready())
    async with asyncio.timeout(60):
        while (await presence(line))["live"] != "wrap_up":
            await asyncio.sleep(0.05)
    await restart(line)
    await line.until(lambda: line.service.phones == {"op1"}, 10)
    desk = line.service.floor.roster.desks["op1"]
    assert (desk.call, desk.wanted, line.service.floor.ready()) == (call["id"], "ready", ())
    await line.ask("request.wrap_up_done", operator="op1")
    await line.until(lambda: line.service.floor.ready() == ("op1",))


async def presence(line: LineUnderTest) -> Row:
    """op1's, as pages see it."""
    (row,) = [row for row in await line.store.read(lambda store: store.people.presences()) if row["operator"] == "op1"]
    return row
