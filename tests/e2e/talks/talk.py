"""A talk by hand-made SIP and RTP on the whole line: each stream, and each SIP agent, is a test's to break."""

from __future__ import annotations

import asyncio
import contextlib
import random
import wave
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import numpy as np

from drills.phones import sip
from drills.phones.agent import Agent, Incoming, Outgoing
from drills.phones.media import FRAME_S, Media, Stream
from drills.phones.phone import DeskPhones
from drills.phones.rtp import EVENT, PCMA, encoded
from tests.e2e.line import LineUnderTest

HOST = "127.0.0.1"
CALLER_HZ, OPERATOR_HZ, RATE = 1300, 880, 8000
# most of a window of what is sent must arrive; a machine that is too busy to send so much in a minute proves nothing
WINDOW, LOUD, LIMIT_S = 25, 0.7, 60.0
BLOCK_S = 0.2


def sound(hertz: int) -> bytes:
    """A second of this tone, as A-law."""
    return encoded([int(9000 * np.sin(2 * np.pi * hertz * n / RATE)) for n in range(RATE)])


def begin_anew(stream: Stream, random_: random.Random) -> None:
    """Send another stream from now on, as after a failover of an SBC: SSRC, sequence number and timestamp."""
    stream._ssrc = random_.getrandbits(32)
    stream._sequence = random_.getrandbits(16)
    stream._stamp = random_.getrandbits(32)


@dataclass
class BrokenTalk:
    """A caller and an operator who talk."""

    line: LineUnderTest
    call: Outgoing
    desk: Incoming
    media: Media
    desk_media: Media
    caller: Stream
    operator: Stream
    version: int = 1

    @property
    def never_sent_s(self) -> float:
        """Seconds of sound that a busy machine did not send."""
        return max(self.media.late, self.desk_media.late) * FRAME_S

    async def deaf_s(self, speaker: Stream, listener: Stream) -> float:
        """Seconds of sound that were sent from now on before most of it was heard on the other side.

        Counted in packets that were sent, not by a clock: a busy machine sends them late, or not at all."""
        loop = asyncio.get_running_loop()
        until, began = loop.time() + LIMIT_S, speaker._sequence
        while True:
            first, heard = speaker._sequence, listener.sounding
            while speaker._sequence - first < WINDOW:
                assert loop.time() < until, f"not heard: {(speaker._sequence - began) * FRAME_S:.1f} s were sent"
                await asyncio.sleep(FRAME_S)
            if listener.sounding - heard > LOUD * (speaker._sequence - first):
                return (first - began) * FRAME_S

    async def both_hear(self) -> bool:
        """True as soon as each side hears the other, within three seconds of sound."""
        ways = (self.caller, self.operator), (self.operator, self.caller)
        return max(await asyncio.gather(*(self.deaf_s(*way) for way in ways))) < 3.0

    async def until_kind(self, kind: str, limit_s: float = LIMIT_S) -> None:
        """Wait until the journal of the call has a row of this kind."""
        deadline = asyncio.get_running_loop().time() + limit_s
        while kind not in await self.line.kinds():
            assert asyncio.get_running_loop().time() < deadline, f"no {kind} in time"
            await asyncio.sleep(0.1)

    def offer(self, direction: str = "sendrecv", media: Media | None = None) -> str:
        """The caller's session description, another version of it (RFC 3264, 8)."""
        self.version += 1
        place = media or self.media
        session = sip.session(place.host, place.port, (PCMA, EVENT), direction)
        return session.replace("o=- 1 1 ", f"o=- 1 {self.version} ")


@contextlib.asynccontextmanager
async def broken_talk(
    line: LineUnderTest, number: str = "081234567890", extra: Sequence[str] = ()
) -> AsyncIterator[BrokenTalk]:
    """They talk: the caller pressed 1, op1 picked up, both hear each other. `extra`: header rows of the INVITE."""
    host, _, port = line.house.server.partition(":")
    server = (host, int(port))
    desk, desk_media = await Agent.open(server, HOST), Media(HOST)
    outside, media = await Agent.open(server, HOST), Media(HOST)
    rings: asyncio.Queue[Incoming] = asyncio.Queue()
    phone = DeskPhones(desk, desk_media).phone("op1", line.house.instance.secrets.sip["op1"], rings.put_nowait)
    try:
        await phone.register()
        await line.ask("request.presence", operator="op1", wanted="ready")
        await line.until(lambda: "op1" in line.service.floor.ready())
        offer = sip.session(HOST, media.port, (PCMA, EVENT))
        call = Outgoing(outside, "112", f"<sip:{number}@{HOST}>", extra, offer=offer)
        assert await call.invite() == 200
        caller = media.open(Stream(call.peer))
        caller.say(sound(CALLER_HZ), loop=True)
        caller.press("1")
        async with asyncio.timeout(60):
            ring = await rings.get()
        operator = phone.pick_up(ring)
        operator.say(sound(OPERATOR_HZ), loop=True)
        made = BrokenTalk(line, call, ring, media, desk_media, caller, operator)
        await made.deaf_s(caller, operator)
        await made.deaf_s(operator, caller)
        yield made
    finally:
        for agent in (outside, desk):
            await agent.close()
        for socket in (media, desk_media):
            socket.close()


async def gaps_s(line: LineUnderTest, recording: str, hertz: int) -> float:
    """The longest span of a recording in which a tone is not heard, in seconds."""
    with wave.open(str(await line.recording(recording)), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)
    size, longest, span = int(RATE * BLOCK_S), 0.0, 0.0
    step = np.exp(-2j * np.pi * hertz * np.arange(size) / RATE)
    for at in range(0, samples.size - size, size):
        heard = 2 * abs(np.dot(samples[at : at + size], step)) / size > 2000
        span = 0.0 if heard else span + BLOCK_S
        longest = max(longest, span)
    return longest
