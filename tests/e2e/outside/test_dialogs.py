"""Odd dialogs: repeated, cancelled, held, without an offer, with codecs and numbers that are not ours."""

import asyncio

import numpy as np
import pytest

from drills.sounds.hearing import likeness
from tests.e2e.line import HEARD, LineUnderTest
from tests.e2e.outside.ending import busy_store, calls, ended, listed, no_channels
from tests.e2e.outside.outsider import EVENT, PCMA, PCMU, Outsider, session


async def test_the_same_call_id_twice_is_two_calls(line: LineUnderTest, outside: Outsider) -> None:
    """A gateway that repeats its Call-ID while the first call is up: each has its channel, its row and its ticket."""
    first = await outside.dial()
    second = outside.call(caller="<sip:081234567899@127.0.0.1>", call_id=first.call_id)
    assert await second.invite() == 200
    await first.bye()
    await second.bye()
    await line.until(lambda: not line.service.runners, 15)
    third = outside.call(caller="<sip:081234567898@127.0.0.1>", call_id=first.call_id)
    assert await third.invite() == 200
    await third.bye()
    await line.until(lambda: not line.service.runners, 15)
    rows = listed(line)
    assert len({row["id"] for row in rows}) == len({row["ticket"] for row in rows}) == 3
    assert sorted(row["number"] for row in rows) == ["+6281234567890", "+6281234567898", "+6281234567899"]


async def test_an_invite_that_comes_again_is_one_call(line: LineUnderTest, outside: Outsider) -> None:
    """Retransmissions while the answer takes its time open neither a second call nor a second ticket."""
    call = outside.call()
    with busy_store(line):
        replies = call.start()
        for _ in range(3):
            await asyncio.sleep(0.2)
            outside.repeat(call.branch, "INVITE")
        assert (await call.answered(replies)).status == 200
    assert len(await calls(line)) == 1
    assert (await ended(line, call))["outcome"] == "abandoned"


@pytest.mark.parametrize("pause_ms", [0, 0, 1, 3, 8, 20])
async def test_cancel_right_after_invite(line: LineUnderTest, outside: Outsider, pause_ms: int) -> None:
    """Whoever wins, CANCEL or the answer: the call ends, and what had arrived keeps its ticket."""
    call = outside.call()
    replies = call.start()
    await asyncio.sleep(pause_ms / 1000)
    await call.cancel()
    final = await call.answered(replies)
    assert final.status in (200, 487)
    await call.bye()
    await no_channels(line)
    await line.until(lambda: not line.service.runners, 15)
    rows = listed(line)
    assert [row["outcome"] for row in rows] in ([], ["abandoned"])


async def test_hanging_up_while_the_store_is_busy(line: LineUnderTest, outside: Outsider) -> None:
    """The caller was answered and gave up before the ticket could be written: the ticket is there all the same."""
    call = outside.call()
    with busy_store(line):
        assert await call.invite() == 200
        await line.until(lambda: line.service.runners, 10)
        assert await call.bye() == 200
    await line.until(lambda: not line.service.runners, 15)
    [row] = listed(line)  # the step «answered» may be saved just before the hang-up, or be skipped by it
    assert (row["stage"], row["outcome"], row["ticket"] is None) == ("ended", "abandoned", False)


async def test_hold_in_the_menu(line: LineUnderTest, outside: Outsider) -> None:
    """A caller who puts us on hold and comes back is still in the menu, and its key counts."""
    operator = await line.operator("op1")
    call = await outside.dial()
    assert await call.hold("sendonly") == 200
    assert await call.hold("inactive") == 200
    await asyncio.sleep(0.3)
    assert (await line.call())["stage"] == "menu"
    assert await call.hold("sendrecv") == 200
    await call.press("1")
    await operator.rings()


async def test_an_invite_without_an_offer(line: LineUnderTest, outside: Outsider) -> None:
    """No session description in the INVITE: ours is in the answer, theirs in the ACK, and the key counts."""
    operator = await line.operator("op1")
    call = outside.call()
    call.late_offer = True
    assert await call.invite() == 200
    await call.press("1")
    await operator.rings()


async def test_u_law_only(line: LineUnderTest, outside: Outsider) -> None:
    """A trunk that speaks G.711 u-law alone hears the greeting."""
    call = outside.call()
    call.offer = session(outside.media.port, (PCMU, EVENT))
    assert await call.invite() == 200
    best = 0.0
    for _ in range(40):
        await asyncio.sleep(0.2)
        heard = from_u_law(bytes(outside.heard.get(PCMU, b"")))
        best = max(best, likeness(heard, line.house.prompt("menu-utama")))
        if best > HEARD:
            break
    assert best > HEARD
    assert PCMA not in outside.heard


async def test_an_unknown_codec_is_refused_and_takes_no_ticket(line: LineUnderTest, outside: Outsider) -> None:
    """488 and nothing else: no call, no ticket number used."""
    call = outside.call()
    call.offer = session(outside.media.port, (99,))
    assert await call.invite() == 488
    first = await ended(line, await outside.dial())
    again = outside.call()
    again.offer = session(outside.media.port, (99,))
    assert await again.invite() == 488
    second = await ended(line, await outside.dial())
    assert len(listed(line)) == 2
    assert int(second["ticket"][-4:]) == int(first["ticket"][-4:]) + 1


@pytest.mark.parametrize("number", ["113", "911", "s", "T", "h", "op1", "failsafe", "1122", "%2a%2a"])
async def test_whatever_a_trunk_dials_is_a_call_to_us(line: LineUnderTest, outside: Outsider, number: str) -> None:
    """One call with one ticket: it reaches neither Asterisk's own extensions nor an operator's phone."""
    row = await ended(line, await outside.dial(number))
    assert (row["outcome"], len(listed(line))) == ("abandoned", 1)


async def test_options_flood(line: LineUnderTest, outside: Outsider) -> None:
    """Fifty OPTIONS at once are answered, and a call among them is answered like any other."""
    asked = [asyncio.create_task(outside.options()) for _ in range(50)]
    call = await outside.dial()
    assert await asyncio.gather(*asked) == [200] * 50
    assert (await ended(line, call))["outcome"] == "abandoned"


def from_u_law(data: bytes) -> bytes:
    """G.711 u-law as 16-bit PCM."""
    coded = ~np.frombuffer(data, dtype=np.uint8)
    size = (((coded & 0x0F).astype(np.int32) << 3) + 0x84) << ((coded & 0x70).astype(np.int32) >> 4)
    return np.where(coded & 0x80, 0x84 - size, size - 0x84).astype("<i2").tobytes()
