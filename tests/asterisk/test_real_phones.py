"""Telephones of operators that forward, transfer and send messages, by hand-made SIP, on the rendered configuration."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from asterisk.ari import Ari
from asterisk.causes import operator_reason
from drills.phones import sip
from drills.phones.agent import Agent, Incoming, Outgoing, final
from drills.phones.media import Media
from drills.phones.phone import DeskPhones
from tests.asterisk.rig import Rig, rig, spawn, until

pytestmark = pytest.mark.real

ACCOUNT = "op-sari"
TRUNK = "127.0.0.2"
# headers that a request needs beside those of every dialog, and its body
REQUESTS: dict[str, tuple[tuple[str, ...], str]] = {
    "REFER": (("Refer-To: <sip:112@127.0.0.1>",), ""),
    "MESSAGE": ((), "halo"),
}
UNANSWERED: dict[str, tuple[tuple[str, ...], str]] = {
    "NOTIFY": (("Event: refer;id=1", "Subscription-State: active"), ""),
    "SUBSCRIBE": (("Event: dialog", "Expires: 60"), ""),
    "PUBLISH": (("Event: presence",), ""),
}


class Stand:
    """A running Asterisk whose only operator has a phone of our own; ARI events as they come."""

    def __init__(self, rig: Rig, ari: Ari, rings: asyncio.Queue[Incoming], media: Media) -> None:
        self.rig = rig
        self.ari = ari
        self.rings = rings
        self.media = media
        self.events: list[dict[str, Any]] = []

    def arrivals(self) -> list[str]:
        """The names of channels that came as calls to 112."""
        return [event["channel"]["name"] for event in self.events if event["type"] == "StasisStart" and event["args"]]

    def failsafe_rows(self, kind: str) -> list[list[str]]:
        """The rows of this kind in the queue's log."""
        return [row for row in self.rig.queue_log() if row[3] == kind]

    async def ring(self) -> Incoming:
        """Ring the phone as a call does; the INVITE that reached it."""
        await self.ari.originate("op-c1-1", f"PJSIP/{ACCOUNT}", app_args="", caller_id="112", timeout_s=30)
        async with asyncio.timeout(20):
            return await self.rings.get()

    async def talk(self) -> Incoming:
        """Ring the phone, which picks up."""
        call = await self.ring()
        call.pick_up(sip.session(self.media.host, self.media.port))
        async with asyncio.timeout(20):
            await call.acknowledged.wait()
        return call

    async def end_of_leg(self) -> dict[str, Any]:
        """The event by which the leg ended."""

        def ends() -> list[dict[str, Any]]:
            return [
                event
                for event in self.events
                if event["type"] == "ChannelDestroyed" and event["channel"]["id"] == "op-c1-1"
            ]

        await until(ends)
        return ends()[0]


@contextlib.asynccontextmanager
async def stand(*, application: bool = True) -> AsyncIterator[Stand]:
    """One operator's phone, registered; without the application calls go to the fail-safe."""
    async with rig(operators=(ACCOUNT,)) as r:
        agent, media = await Agent.open((r.site.sip_bind, r.site.sip_port), "127.0.0.1"), Media("127.0.0.1")
        rings: asyncio.Queue[Incoming] = asyncio.Queue()
        ari = Ari(r.ari_url, "tanggap", "tanggap", r.secrets.ari_password, spawn)
        made = Stand(r, ari, rings, media)
        ari.on_event(made.events.append)
        try:
            if application:
                await ari.connect()
            await DeskPhones(agent, media).phone(ACCOUNT, f"rahasia-{ACCOUNT}", rings.put_nowait).register()
            yield made
        finally:
            await agent.close()
            media.close()
            await ari.close()


async def test_a_phone_that_forwards_has_refused() -> None:
    """302 to 112 itself: the leg ends, and no call to 112 comes of it.

    Two threads of Asterisk see the 302: where the one that forwards is first, the leg ends before the other has set its
    cause (0, «lost»)."""
    async with stand() as s:
        forward(await s.ring(), s.rig)
        cause = (await s.end_of_leg())["cause"]
        assert (cause, operator_reason(cause)) in ((23, "forwarded"), (0, "lost"))
        assert s.arrivals() == []


@pytest.mark.parametrize("through", ["queue", "dial"])
async def test_a_phone_that_forwards_has_refused_in_the_failsafe(through: str) -> None:
    """Asterisk alone rings the phone, which answers 302: no second call comes of it, and the caller is kept."""
    async with stand(application=False) as s, calling(s) as call:
        if through == "queue":
            await s.rig.asterisk.command(f"queue add member PJSIP/{ACCOUNT} to tanggap-ops")
        assert await call.invite() == 200
        async with asyncio.timeout(60):
            forward(await s.rings.get(), s.rig)
            if through == "queue":
                forward(await s.rings.get(), s.rig)
        if through == "dial":
            await until(lambda: s.failsafe_rows("FAILSAFE_RECORD"))
        assert len(s.failsafe_rows("FAILSAFE")) == 1
        assert "Local/" not in await s.rig.asterisk.command("core show channels concise")
        assert not call.ended.is_set()


@pytest.mark.parametrize("method", REQUESTS)
async def test_each_request_of_a_phone_in_a_talk_is_answered_at_once(method: str) -> None:
    """A transfer by the phone's own key is refused, a text is answered, and the talk goes on."""
    async with stand() as s:
        call = await s.talk()
        extra, body = REQUESTS[method]
        async with asyncio.timeout(10):
            reply = await final(call.send(method, body, "text/plain", extra))
        assert reply.status == (603 if method == "REFER" else 202)
        assert s.arrivals() == []
        assert await call.bye() == 200


@pytest.mark.parametrize("method", UNANSWERED)
async def test_an_odd_request_of_a_phone_leaves_its_talk_alone(method: str) -> None:
    """Asterisk 22 gives these no answer within a talk; the talk goes on all the same."""
    async with stand() as s:
        call = await s.talk()
        extra, body = UNANSWERED[method]
        call.send(method, body, "text/plain", extra)
        assert await call.info("application/dtmf-relay", "Signal=5\r\nDuration=160") == 200
        assert await call.bye() == 200
        assert s.arrivals() == []


async def test_a_text_is_no_call() -> None:
    """A MESSAGE to 112 outside a talk, from the trunk: refused at once, and no call comes of it."""
    async with stand() as s, calling(s) as call:
        async with asyncio.timeout(10):
            assert (await final(call.send("MESSAGE", "kebakaran", "text/plain"))).status == 404
        assert s.arrivals() == []


@contextlib.asynccontextmanager
async def calling(s: Stand) -> AsyncIterator[Outgoing]:
    """A caller on the trunk who has not dialled yet."""
    agent, media = await Agent.open((s.rig.site.sip_bind, s.rig.site.sip_port), TRUNK), Media(TRUNK)
    try:
        yield Outgoing(agent, "112", f"<sip:081234567890@{TRUNK}>", offer=sip.session(TRUNK, media.port))
    finally:
        await agent.close()
        media.close()


def forward(call: Incoming, rig: Rig) -> None:
    """Answer a call with «moved», to 112 itself."""
    contact = f"<sip:112@{rig.registrar}>"
    call.agent.transport.sendto(
        sip.response(call.invite, "302 Moved Temporarily", call.tag, contact), call.agent.server
    )
