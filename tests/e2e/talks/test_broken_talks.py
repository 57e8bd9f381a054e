"""Talks whose sound breaks, on the real Asterisk with RTP by hand: begun anew, gone, silent; and a call made again."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.e2e.line import LineUnderTest
from tests.e2e.talks.talk import CALLER_HZ, OPERATOR_HZ, BrokenTalk, begin_anew, broken_talk, gaps_s
from tests.tickets.world import callback_tasks

MOST_S = 3.0


async def until_over(talk: BrokenTalk) -> None:
    """The caller hangs up."""
    await talk.call.bye()
    await talk.line.stage("ended")


async def test_a_stream_that_begins_anew_is_heard_again(line: LineUnderTest) -> None:
    """A dozen times at random, each side in turn: heard within 3 s by the other, and in the recording."""
    random_ = random.Random(112)
    async with broken_talk(line) as talk:
        recording = (await line.call())["recording"]
        for turn in range(12):
            speaker, listener = (talk.caller, talk.operator) if turn % 2 else (talk.operator, talk.caller)
            begin_anew(speaker, random_)
            assert await talk.deaf_s(speaker, listener) < MOST_S, f"not heard in time after restart {turn}"
        assert "call.stream_restarted" in await line.kinds()
        never_sent = talk.never_sent_s
        await until_over(talk)
    assert await gaps_s(line, recording, CALLER_HZ) < MOST_S + never_sent
    assert await gaps_s(line, recording, OPERATOR_HZ) < MOST_S + never_sent


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
async def test_two_hundred_streams_that_begin_anew(line: LineUnderTest, seed: int) -> None:
    """Fifty of 200 for each seed."""
    random_ = random.Random(seed)
    async with broken_talk(line) as talk:
        recording = (await line.call())["recording"]
        for turn in range(50):
            begin_anew(talk.caller, random_)
            assert await talk.deaf_s(talk.caller, talk.operator) < MOST_S, f"not heard in time after restart {turn}"
        never_sent = talk.never_sent_s
        await until_over(talk)
    assert await gaps_s(line, recording, CALLER_HZ) < MOST_S + never_sent


async def test_a_side_that_goes_deaf_is_told_and_nobody_is_hung_up_on(line: LineUnderTest) -> None:
    """No packet from the caller: noted within seconds; it comes again: noted; the talk goes on."""
    async with broken_talk(line) as talk:
        talk.caller.sends = "nothing"
        await talk.until_kind("call.deaf")
        assert (await line.call())["stage"] == "talking"
        talk.caller.sends = "sound"
        await talk.until_kind("call.heard_again")
        assert await talk.both_hear()
        await until_over(talk)
        assert await line.store.read(callback_tasks) == []


async def test_silence_is_no_death(line: LineUnderTest) -> None:
    """A muted phone sends silence, a caller comfort noise: nothing is told."""
    async with broken_talk(line) as talk:
        talk.operator.say(b"")
        talk.caller.sends = "comfort"
        await asyncio.sleep(5)
        assert "call.deaf" not in await line.kinds()
        await until_over(talk)


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
