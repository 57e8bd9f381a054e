"""Call-outs that nobody waits for any more: no phone rings on for them, however late Asterisk is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from asterisk.ari import Ari
from asterisk.dial import APP, Dialler, Message
from asterisk.errors import AriError
from tests.asterisk.rig import spawn
from tickets.errors import ChannelError
from tickets.notify.channel import CallAnswer, Heard, Said, Talk


class SlowAsterisk(Ari):
    """Carries an order to ring out when `go` is set, cancelled or not; has no channel before."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1", APP, "uji", "uji", spawn)
        self._connected.set()
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self.ringing: set[str] = set()
        self.rung: list[str] = []
        self.carried_out: list[asyncio.Task[Any]] = []

    async def _run(self, resource: str, operation: str, **values: Any) -> Any:
        channel = values["channelId"]
        if operation == "originateWithId":
            self.asked.set()
            self.carried_out.append(spawn("asterisk", self._ring(channel)))
            await asyncio.shield(self.carried_out[-1])
        elif channel not in self.ringing:
            raise AriError(operation, 404, "Channel not found")
        else:
            self.ringing.discard(channel)

    async def _ring(self, channel: str) -> None:
        await self.go.wait()
        self.ringing.add(channel)
        self.rung.append(channel)

    def say(self, kind: str, channel: str, **fields: object) -> None:
        """Deliver an event of a channel."""
        self._on_event({"type": kind, "channel": {"id": channel, **fields}})


async def answer(key: Said) -> Heard:
    """No key is pressed here."""
    raise AssertionError(key)


def call(dialler: Dialler) -> asyncio.Task[CallAnswer]:
    """A call-out without a report."""
    report: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
    return spawn("dial", dialler.call("PJSIP/damkar1", report, Talk(answer), caller_id='"112" <112>'))


@pytest.mark.parametrize("cancels", [1, 2])
async def test_a_call_that_is_cancelled_while_it_is_ordered_does_not_ring_on(cancels: int) -> None:
    """Asterisk takes the order, and is told to hang up before it has a channel to hang up."""
    asterisk = SlowAsterisk()
    calling = call(dialler_on(asterisk))
    await asterisk.asked.wait()
    for _ in range(cancels):
        calling.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
    asterisk.go.set()
    await asyncio.gather(calling, *asterisk.carried_out, return_exceptions=True)
    for leg in list(asterisk.ringing):
        asterisk.say("ChannelStateChange", leg, state="Ringing")
    await quiet(asterisk)
    assert (calling.cancelled(), len(asterisk.rung)) == (True, 1)


async def test_a_call_that_finds_the_door_shut_is_not_made() -> None:
    """Asterisk is not asked, and the reason is the detail of the result; an open door is held while it is asked."""
    asterisk, report = SlowAsterisk(), asyncio.get_running_loop().create_future()
    dialler, held = dialler_on(asterisk), []

    @contextlib.asynccontextmanager
    async def door() -> AsyncIterator[None]:
        held.append(bool(asterisk.rung))
        yield
        held.append(bool(asterisk.rung))

    @contextlib.asynccontextmanager
    async def shut() -> AsyncIterator[None]:
        raise ChannelError("penuh")
        yield

    refused = await dialler.call("PJSIP/damkar1", report, Talk(answer), caller_id="112", door=shut)
    assert (refused, asterisk.asked.is_set()) == (CallAnswer("unreachable", "penuh"), False)
    asterisk.go.set()
    calling = spawn("dial", dialler.call("PJSIP/damkar1", report, Talk(answer), caller_id="112", door=door))
    async with asyncio.timeout(2):
        while len(held) < 2:
            await asyncio.sleep(0)
    calling.cancel()
    await asyncio.gather(calling, return_exceptions=True)
    assert held == [False, True]


@pytest.mark.parametrize("kind", ["ChannelStateChange", "StasisStart"])
async def test_a_phone_that_rings_after_its_order_timed_out_is_hung_up(kind: str) -> None:
    """Asterisk did not answer in time, so the push has failed; the phone rings all the same, for nobody."""
    asterisk = SlowAsterisk()
    dialler_on(asterisk)
    asterisk.ringing = {"push-0c1d"}
    asterisk.say(kind, "push-0c1d", state="Ringing")
    await quiet(asterisk)


def dialler_on(asterisk: Ari) -> Dialler:
    """The dialler of the escalation."""
    return Dialler(asterisk, spawn)


async def quiet(asterisk: SlowAsterisk) -> None:
    """Wait until no phone rings."""
    async with asyncio.timeout(2):
        while asterisk.ringing:
            await asyncio.sleep(0.005)
