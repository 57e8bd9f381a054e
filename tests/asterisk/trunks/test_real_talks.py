"""What carriers change within a talk, by hand-made SIP: after each change both sides hear each other still."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from drills.phones import sip
from drills.phones.agent import Outgoing, final
from drills.phones.media import Media, Stream
from drills.phones.rtp import EVENT, PCMA, encoded
from tests.asterisk.rig import until
from tests.asterisk.test_real_phones import TRUNK, Stand, calling, stand

pytestmark = pytest.mark.real

# not 1000 Hz: its samples repeat after eight, which a stream does not count as sound
TONE = encoded([int(9000 * np.sin(2 * np.pi * 1300 * n / 8000)) for n in range(8000)])
T38 = "m=image 40000 udptl t38\r\na=T38FaxVersion:0\r\n"
VIDEO = "m=video 40002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
TIMER = ("Supported: timer", "Session-Expires: 1800;refresher=uac", "Min-SE: 90")


@dataclass
class Talk:
    """A caller on the trunk and an operator, in a recorded bridge."""

    stand: Stand
    call: Outgoing
    media: Media
    caller: Stream
    operator: Stream
    version: int = 1

    def offer(self, direction: str = "sendrecv", more: str = "") -> str:
        """The caller's session description, another version of it (RFC 3264, 8), with further lines."""
        self.version += 1
        session = sip.session(TRUNK, self.media.port, (PCMA, EVENT), direction)
        return session.replace("o=- 1 1 ", f"o=- 1 {self.version} ") + more

    async def both_hear(self, limit_s: float = 10.0) -> bool:
        """True as soon as most of what each side receives in half a second is sound."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + limit_s
        while loop.time() < until_s:
            before = self.caller.sounding, self.operator.sounding
            await asyncio.sleep(0.5)
            if min(self.caller.sounding - before[0], self.operator.sounding - before[1]) > 15:
                return True
        return False


async def changed(talk: Talk, offer: str) -> int:
    """The status of a re-INVITE with this offer."""
    return await talk.call.reinvite(offer)


async def late_offer(talk: Talk) -> int:
    """A re-INVITE without an offer: Asterisk makes one, and we answer it."""
    talk.call.late_offer = True
    try:
        return (await talk.call.answered(talk.call.start(""))).status
    finally:
        talk.call.late_offer = False


async def updated(talk: Talk, body: str, *extra: str) -> int:
    """The status of an UPDATE."""
    return (await final(talk.call.send("UPDATE", body, extra=extra))).status


async def refreshed(talk: Talk) -> int:
    """The status of a session's refresh by re-INVITE (RFC 4028)."""
    talk.call._extra = TIMER
    try:
        return await talk.call.reinvite(talk.offer())
    finally:
        talk.call._extra = ()


async def held(talk: Talk, direction: str) -> int:
    """Hold and come back; the status of both."""
    status = await talk.call.reinvite(talk.offer(direction))
    return max(status, await talk.call.reinvite(talk.offer()))


async def glare(talk: Talk) -> int:
    """Asterisk asks for the media at the same moment as we do: its request gets 491, ours an answer."""
    agent, reply, refused = talk.call.agent, talk.call.agent.reply, asyncio.Event()

    def pending(message: Any, status: str, source: Any, tag: str = "", body: str = "") -> None:
        if message.method == "INVITE" and not refused.is_set():
            refused.set()
            reply(message, "491 Request Pending", source)
            return
        reply(message, status, source, tag, body)

    agent.reply = pending  # type: ignore[method-assign]
    caller = next(e["channel"]["id"] for e in talk.stand.events if e["type"] == "StasisStart" and e["args"])
    await talk.stand.ari.set_variable(caller, "PJSIP_SEND_SESSION_REFRESH()", "invite")
    async with asyncio.timeout(20):
        await refused.wait()
    return await talk.call.reinvite(talk.offer())


CHANGES: dict[str, tuple[Callable[[Talk], Awaitable[int]], set[int]]] = {
    "hold sendonly": (lambda talk: held(talk, "sendonly"), {200}),
    "hold inactive": (lambda talk: held(talk, "inactive"), {200}),
    "UPDATE with an offer": (lambda talk: updated(talk, talk.offer()), {200}),
    "UPDATE as a session's refresh": (lambda talk: updated(talk, "", *TIMER), {200}),
    "re-INVITE as a session's refresh": (refreshed, {200}),
    "re-INVITE without an offer": (late_offer, {200}),
    "60 ms packets": (lambda talk: changed(talk, talk.offer(more="a=ptime:60\r\n")), {200}),
    "20 ms packets": (lambda talk: changed(talk, talk.offer(more="a=ptime:20\r\n")), {200}),
    "video beside audio": (lambda talk: changed(talk, talk.offer(more=VIDEO)), {200}),
    "T.38 beside audio": (lambda talk: changed(talk, talk.offer(more=T38)), {200, 488}),
    "audio alone again": (lambda talk: changed(talk, talk.offer()), {200}),
    "glare": (glare, {200, 491}),
}


async def test_a_talk_survives_what_carriers_change_in_it() -> None:
    """One talk, all changes after each other; each is answered, and both sides hear each other afterwards."""
    async with stand() as s, calling(s) as call:
        media = Media(TRUNK)
        talk = await talking(s, call, media)
        assert await talk.both_hear()
        for name, (change, statuses) in CHANGES.items():
            async with asyncio.timeout(60):
                assert await change(talk) in statuses, name
            assert await talk.both_hear(), f"not heard after: {name}"
        assert await call.bye() == 200
        media.close()


async def talking(s: Stand, call: Outgoing, media: Media) -> Talk:
    """The caller dials, the operator picks up, both are bridged and recorded."""
    call.offer = sip.session(TRUNK, media.port)
    inviting = asyncio.ensure_future(call.invite())
    await until(lambda: s.arrivals())
    caller = next(event["channel"]["id"] for event in s.events if event["type"] == "StasisStart" and event["args"])
    await s.ari.answer(caller)
    assert await inviting == 200
    mine = media.open(Stream(call.peer))
    ring = await s.talk()
    theirs = s.media.open(Stream(ring.peer))
    mine.say(TONE, loop=True)
    theirs.say(TONE, loop=True)
    await until(lambda: any(e["type"] == "StasisStart" and e["channel"]["id"] == "op-c1-1" for e in s.events))
    await s.ari.create_bridge("br-1")
    await s.ari.add_to_bridge("br-1", caller, "op-c1-1")
    await s.ari.record_bridge("br-1", "calls/talk")
    return Talk(s, call, media, mine, theirs)
