"""The network speaks before a call back is answered (183): its operator hears it, on the whole line."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio

from drills.phones import sip
from drills.phones.agent import Agent, Incoming
from drills.phones.media import Media, Stream
from drills.phones.softphone import Talk
from tests.e2e.line import EARLY, LineUnderTest
from tests.e2e.talks.talk import CALLER_HZ, sound
from tests.e2e.test_callbacks import calls_back, gave_up, last_try, ours

OPERATOR_HZ, HOST = 880, "127.0.0.1"


class Network:
    """The far end of a trunk that takes calls, says something and then does as it is told."""

    def __init__(self, agent: Agent, media: Media) -> None:
        self.agent, self.media = agent, media
        self.calls: asyncio.Queue[Incoming] = asyncio.Queue()
        agent.on_invite = self.calls.put_nowait

    async def speaks(self) -> tuple[Incoming, Stream]:
        """The next call hears a tone before any answer."""
        async with asyncio.timeout(30):
            call = await self.calls.get()
        call.reply("183 Session Progress", sip.session(HOST, self.media.port))
        stream = self.media.open(Stream(call.peer))
        stream.say(sound(CALLER_HZ), loop=True)
        return call, stream


@pytest_asyncio.fixture(loop_scope="session")
async def network(line: LineUnderTest) -> AsyncIterator[Network]:
    """The trunk for calls out is one whose far end is ours."""
    before = line.house.instance
    line.house.instance = replace(before, site=replace(before.site, mobile_trunk="dini"))
    host, _, port = line.house.server.partition(":")
    agent, media = await Agent.open((host, int(port)), HOST, int(EARLY.rpartition(":")[2])), Media(HOST)
    with contextlib.closing(media):
        yield Network(agent, media)
    await agent.close()
    line.house.instance = before


async def dialled(line: LineUnderTest, network: Network) -> tuple[Talk, Incoming, Stream]:
    """The operator calls back, and the network speaks."""
    task = await gave_up(line)
    spoken = await calls_back(line, await line.operator("op1"), task)
    call, stream = await network.speaks()
    return spoken, call, stream


async def test_the_operator_hears_the_network_and_then_the_person(line: LineUnderTest, network: Network) -> None:
    """Before the answer in one direction, after it in both; nothing is left behind."""
    spoken, call, stream = await dialled(line, network)
    assert await spoken.hears(CALLER_HZ)
    assert stream.sounding == 0
    call.pick_up(sip.session(HOST, network.media.port))
    async with asyncio.timeout(30):
        while stream.sounding < 25:
            await asyncio.sleep(0.1)
    assert await spoken.hears(CALLER_HZ)
    assert await call.bye() == 200
    await spoken.ended()
    assert (await last_try(line))["outcome"] == "talked"
    assert await ours(line) == []


async def test_a_refusal_after_the_network_has_spoken(line: LineUnderTest, network: Network) -> None:
    """«Nomor tidak aktif», then 480: told as not answered, the operator's phone is free, nothing is left behind."""
    spoken, call, _ = await dialled(line, network)
    assert await spoken.hears(CALLER_HZ)
    call.refuse("480 Temporarily Unavailable")
    await spoken.ended()
    assert (await last_try(line))["outcome"] == "no_answer"
    assert await ours(line) == []
