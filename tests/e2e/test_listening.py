"""Listening to a silent caller: the operator hears the caller, the caller does not notice; and what ends it."""

import asyncio
import math
import struct
import time

from drills.phones.softphone import Phone, Talk
from drills.sounds.hearing import likeness, loudness, tone
from line.service import CallService
from tests.e2e.line import HEARD, LineUnderTest

OPERATOR_HZ, CALLER_HZ, NOBODYS_HZ = 880, 1300, 500
LOUD = tone(CALLER_HZ, 0.5)
# too quiet for Asterisk's talk detection, which would move the caller out of the silent lane
FAINT = b"".join(struct.pack("<h", int(180 * math.sin(2 * math.pi * CALLER_HZ * i / 8000))) for i in range(4000))


async def hears_faintly(talk: Talk, limit_s: float = 5.0) -> bool:
    """True if the caller's faint tone stands out in the sound from now on."""
    start, deadline = len(talk.heard), time.monotonic() + limit_s
    while time.monotonic() < deadline:
        await asyncio.sleep(0.1)
        last = bytes(talk.heard[max(start, len(talk.heard) - 8000) :])
        if len(last) == 8000 and loudness(last, CALLER_HZ) > max(0.01, 4 * loudness(last, NOBODYS_HZ)):
            return True
    return False


async def silent(line: LineUnderTest, number: str = "081234567890") -> Talk:
    """A caller in the silent lane, who hears music; sound comes only when a test lets it."""
    caller = await line.caller(number)
    caller.says = bytes(1600)
    talk = await caller.dial("112")
    line.talks.append(talk)
    await talk.up()
    call = await line.stage("waiting", 40)
    assert call["lane"] == "silent"
    return talk


async def listens(line: LineUnderTest, phone: Phone, operator: str) -> Talk:
    """The operator presses «Dengar», and the phone answers."""
    call = await line.call()
    await line.ask("request.listen", operator=operator, call=call["id"], mode="listen")
    talk = await line.answer(phone, await phone.rings())
    await hears_from_now(line, operator)
    return talk


async def hears_from_now(line: LineUnderTest, user: str, mode: str = "listen") -> None:
    """Wait until a listener's phone hears the call."""
    async with asyncio.timeout(60):
        while (user, mode) not in [
            (row["user"], row["mode"])
            for row in await line.store.read(lambda store: store.listeners.all())
            if row["heard_at"]
        ]:
            await asyncio.sleep(0.02)


async def snoops(line: LineUnderTest) -> list[str]:
    """Channels and bridges of listeners that Asterisk has."""
    ari = line.service.ari
    ids = [thing["id"] for thing in [*await ari.channels(), *await ari.bridges()]]
    return sorted(name for name in ids if name.startswith(("ls-", "sn-")))


async def no_snoops(line: LineUnderTest, but: str = "none") -> None:
    """Wait until nothing of a listener is left, but for a phone that talks now."""
    async with asyncio.timeout(60):
        while [name for name in await snoops(line) if not name.startswith(but) or "ls-br" in name]:
            await asyncio.sleep(0.05)


async def test_an_operator_hears_a_silent_caller_who_does_not_notice(line: LineUnderTest) -> None:
    """The tone of the caller arrives; the caller hears music and nothing of the operator; «Selesai» ends it."""
    operator = await line.operator("op1")
    caller = await silent(line)
    assert await line.hears_music(caller, 20) > HEARD
    spoken = await listens(line, operator, "op1")
    assert line.service.floor.ready() == ()
    caller.says = FAINT
    assert await hears_faintly(spoken)
    assert not await caller.hears(OPERATOR_HZ, 1.0)
    await line.ask("request.listen_end", operator="op1")
    await spoken.ended()
    await no_snoops(line)


async def test_take_connects_the_phone_that_listens(line: LineUnderTest) -> None:
    """«Ambil» while listening: no second ring, both hear each other over the same call of the phone, recorded."""
    operator = await line.operator("op1")
    caller = await silent(line)
    spoken = await listens(line, operator, "op1")
    call = await line.call()
    await line.ask("request.take", operator="op1", call=call["id"])
    assert await caller.hears(OPERATOR_HZ)
    caller.says = LOUD
    assert await spoken.hears(CALLER_HZ)
    assert operator.incoming.empty()
    now = await line.stage("talking")
    assert (now["operator"], now["lane"]) == ("op1", "urgent")
    await line.until(lambda: line.service.floor.roster.desks["op1"].engaged == "talking")
    await asyncio.sleep(1)
    await spoken.hang_up()
    await caller.ended()
    after = await line.stage("ended")
    recording = line.house.recordings / f"{after['recording']}.wav"
    await line.until(lambda: recording.exists() and recording.stat().st_size > 8000)
    assert after["outcome"] == "talked"
    kinds = await line.kinds()
    assert [kinds.count(kind) for kind in ("operator.listening", "operator.took", "operator.listened")] == [1, 1, 1]
    await no_snoops(line)


async def test_a_call_that_must_not_wait_ends_the_listening(line: LineUnderTest) -> None:
    """One operator, who listens: an urgent call is not kept waiting; the silent caller stays where they are."""
    operator = await line.operator("op1")
    quiet = await silent(line)
    silent_call = await line.call()
    spoken = await listens(line, operator, "op1")
    urgent = await line.dial("081234567899")
    await urgent.press("1")
    ringing = await operator.rings()
    await spoken.ended()
    await line.answer(operator, ringing)
    assert await urgent.hears(OPERATOR_HZ)
    row = await line.store.read(lambda store: store.calls.get(silent_call["id"]))
    assert (row["stage"], row["lane"]) == ("waiting", "silent")
    await no_snoops(line)
    await quiet.hang_up()


async def test_two_listen_and_one_takes(line: LineUnderTest) -> None:
    """Both hear the caller; whoever takes the call talks, the other one's listening ends."""
    phones = [await line.operator(name) for name in ("op1", "op2")]
    caller = await silent(line)
    first, second = [await listens(line, phone, name) for phone, name in zip(phones, ("op1", "op2"), strict=True)]
    caller.says = FAINT
    assert await asyncio.gather(hears_faintly(first), hears_faintly(second)) == [True, True]
    call = await line.call()
    await line.ask("request.take", operator="op2", call=call["id"])
    assert await caller.hears(OPERATOR_HZ)
    await first.ended()
    await no_snoops(line, but="ls-")
    await line.until(lambda: line.service.floor.ready() == ("op1",))


async def test_a_caller_is_not_said_goodbye_to_while_somebody_listens(line: LineUnderTest) -> None:
    """The hold is 4 s here: listened to for longer, the caller still hears music; the goodbye comes afterwards."""
    operator = await line.operator("op1")
    caller = await silent(line)
    spoken = await listens(line, operator, "op1")
    await asyncio.sleep(6)
    assert await line.hears_music(caller, 2) > HEARD
    await spoken.hang_up()
    assert await line.hears(caller, "selamat-tinggal-hening", 10) > HEARD
    await caller.ended()
    assert (await line.stage("ended"))["outcome"] == "silent"


async def test_listening_ends_with_the_caller(line: LineUnderTest) -> None:
    """The caller hangs up: so does the listener's phone, and the operator is ready again."""
    operator = await line.operator("op1")
    caller = await silent(line)
    spoken = await listens(line, operator, "op1")
    await caller.hang_up()
    await spoken.ended()
    await no_snoops(line)
    await line.until(lambda: line.service.floor.ready() == ("op1",))


async def restart(line: LineUnderTest) -> None:
    """The service is gone in the middle of what it did, as if it were killed, and another one starts."""
    for task in asyncio.all_tasks():
        if task.get_name().startswith(("call-", "listen-", "callback-")):
            task.cancel()
    await line.service.close()
    line.service = CallService(lambda: line.house.instance, line.store, line.keeper, line.clock)
    await line.service.start()


async def test_a_restart_leaves_no_listener(line: LineUnderTest) -> None:
    """The service goes as if it were killed; its successor ends what nobody knows; the caller is asked anew."""
    operator = await line.operator("op1")
    caller = await silent(line)
    spoken = await listens(line, operator, "op1")
    assert len(await snoops(line)) == 3
    before = len(caller.heard)
    await restart(line)
    await spoken.ended()
    await no_snoops(line)
    async with asyncio.timeout(60):
        while await line.store.read(lambda store: store.listeners.all()):
            await asyncio.sleep(0.05)
    assert (await line.call())["stage"] == "waiting"
    asked = line.house.prompt("tekan-apa-saja")
    await line.until(lambda: likeness(bytes(caller.heard[before:]), asked) > HEARD, 15)
    assert "operator.listened" in await line.kinds()
