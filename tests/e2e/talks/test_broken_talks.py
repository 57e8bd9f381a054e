"""Talks whose sound breaks, on the real Asterisk with RTP by hand: begun anew, gone, silent; and a call made again."""

from __future__ import annotations

import asyncio
import contextlib
import random
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np
import pytest

from drills.phones import sip
from drills.phones.agent import Agent, Outgoing
from drills.phones.media import Media, Stream
from drills.phones.phone import DeskPhones
from drills.phones.rtp import EVENT, PCMA, encoded
from tests.e2e.line import LineUnderTest
from tests.tickets.world import callback_tasks

HOST = "127.0.0.1"
CALLER_HZ, OPERATOR_HZ, RATE = 1300, 880, 8000
WINDOW_S, LOUD = 0.5, 0.7


def sound(hertz: int) -> bytes:
    """A second of this tone, as A-law."""
    return encoded([int(9000 * np.sin(2 * np.pi * hertz * n / RATE)) for n in range(RATE)])


@dataclass
class BrokenTalk:
    """A caller and an operator who talk; each stream is ours to break."""

    line: LineUnderTest
    call: Outgoing
    caller: Stream
    operator: Stream

    async def hears(self, stream: Stream, limit_s: float = 3.0) -> bool:
        """True as soon as most of what a side receives is sound."""
        loop = asyncio.get_running_loop()
        until = loop.time() + limit_s
        while loop.time() < until:
            before = stream.sounding
            await asyncio.sleep(WINDOW_S)
            if stream.sounding - before > LOUD * WINDOW_S * 50:
                return True
        return False

    async def until_kind(self, kind: str, limit_s: float = 10.0) -> None:
        """Wait until the journal of the call has a row of this kind."""
        deadline = asyncio.get_running_loop().time() + limit_s
        while kind not in await self.line.kinds():
            assert asyncio.get_running_loop().time() < deadline, f"no {kind} in time"
            await asyncio.sleep(0.1)


def begin_anew(stream: Stream, random_: random.Random) -> None:
    """Send another stream from now on, as after a failover of an SBC: SSRC, sequence number and timestamp."""
    stream._ssrc = random_.getrandbits(32)
    stream._sequence = random_.getrandbits(16)
    stream._stamp = random_.getrandbits(32)


@contextlib.asynccontextmanager
async def broken_talk(line: LineUnderTest, number: str = "081234567890") -> AsyncIterator[BrokenTalk]:
    """They talk: the caller pressed 1, op1 picked up, both hear each other."""
    host, _, port = line.house.server.partition(":")
    server = (host, int(port))
    desk, desk_media = await Agent.open(server, HOST), Media(HOST)
    outside, media = await Agent.open(server, HOST), Media(HOST)
    rings: asyncio.Queue[object] = asyncio.Queue()
    phone = DeskPhones(desk, desk_media).phone("op1", line.house.instance.secrets.sip["op1"], rings.put_nowait)
    try:
        await phone.register()
        await line.ask("request.presence", operator="op1", wanted="ready")
        await line.until(lambda: "op1" in line.service.floor.ready(), 20)
        call = Outgoing(outside, "112", f"<sip:{number}@{HOST}>", offer=sip.session(HOST, media.port, (PCMA, EVENT)))
        assert await call.invite() == 200
        caller = media.open(Stream(call.peer))
        caller.say(sound(CALLER_HZ), loop=True)
        caller.press("1")
        async with asyncio.timeout(60):
            operator = phone.pick_up(await rings.get())  # type: ignore[arg-type]
        operator.say(sound(OPERATOR_HZ), loop=True)
        made = BrokenTalk(line, call, caller, operator)
        assert await made.hears(operator, 20) and await made.hears(caller, 20)
        yield made
    finally:
        for agent in (outside, desk):
            await agent.close()
        for socket in (media, desk_media):
            socket.close()


def gaps(line: LineUnderTest, recording: str, hertz: int) -> float:
    """The longest span of a recording in which a tone is not heard, in seconds."""
    with wave.open(str(line.house.recordings / f"{recording}.wav"), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)
    size, longest, span = RATE // 5, 0.0, 0.0
    step = np.exp(-2j * np.pi * hertz * np.arange(size) / RATE)
    for at in range(0, samples.size - size, size):
        heard = 2 * abs(np.dot(samples[at : at + size], step)) / size > 2000
        span = 0.0 if heard else span + 0.2
        longest = max(longest, span)
    return longest


async def test_a_stream_that_begins_anew_is_heard_again(line: LineUnderTest) -> None:
    """A dozen times at random, each side in turn: heard within 3 s by the other, and in the recording."""
    random_ = random.Random(112)
    async with broken_talk(line) as talk:
        recording = (await line.call())["recording"]
        for turn in range(12):
            mine, other = (talk.caller, talk.operator) if turn % 2 else (talk.operator, talk.caller)
            begin_anew(mine, random_)
            assert await talk.hears(other), f"not heard again after restart {turn}"
        assert "call.stream_restarted" in await line.kinds()
        await talk.call.bye()
        await line.stage("ended")
    assert gaps(line, recording, CALLER_HZ) < 3.0
    assert gaps(line, recording, OPERATOR_HZ) < 3.0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
async def test_two_hundred_streams_that_begin_anew(line: LineUnderTest, seed: int) -> None:
    """Fifty of 200 for each seed."""
    random_ = random.Random(seed)
    async with broken_talk(line) as talk:
        recording = (await line.call())["recording"]
        for turn in range(50):
            begin_anew(talk.caller, random_)
            assert await talk.hears(talk.operator), f"not heard again after restart {turn}"
        await talk.call.bye()
        await line.stage("ended")
    assert gaps(line, recording, CALLER_HZ) < 3.0


async def test_a_side_that_goes_deaf_is_told_and_nobody_is_hung_up_on(line: LineUnderTest) -> None:
    """No packet from the caller: noted within seconds; it comes again: noted; the talk goes on."""
    async with broken_talk(line) as talk:
        talk.caller.sends = "nothing"
        await talk.until_kind("call.deaf")
        assert (await line.call())["stage"] == "talking"
        talk.caller.sends = "sound"
        await talk.until_kind("call.heard_again")
        assert await talk.hears(talk.operator)
        await talk.call.bye()
        await line.stage("ended")


async def test_silence_is_no_death(line: LineUnderTest) -> None:
    """A muted phone sends silence, a caller comfort noise: nothing is told."""
    async with broken_talk(line) as talk:
        talk.operator.say(b"")
        talk.caller.sends = "comfort"
        await asyncio.sleep(5)
        assert "call.deaf" not in await line.kinds()
        await talk.call.bye()
        await line.stage("ended")


async def test_who_calls_again_gets_the_operator_back(line: LineUnderTest) -> None:
    """The first call is dead and nobody said so; the same number calls: its operator's phone rings for it."""
    async with broken_talk(line) as talk:
        talk.caller.sends = "nothing"
        first = await line.call()
        again = await line.dial("081234567890")
        await line.until(lambda: first["id"] not in line.service.runners or line.service.runners[first["id"]].gone, 30)
        kinds = await line.kinds()
        await again.hang_up()
        ended = await line.store.read(lambda store: store.calls.get(first["id"]))
        assert ended["outcome"] == "talked"
        assert "call.replaces" in kinds and "operator.ringing" in kinds
        assert [task["call"] for task in await line.store.read(callback_tasks) if task["call"] == first["id"]] == []
