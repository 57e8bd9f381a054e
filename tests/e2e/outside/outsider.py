"""Callers that are no softphone: every header, body and packet of theirs is the test's (drills/phones/agent.py).

async with outsider(server) as outside:
    call = outside.call(caller='"Budi" <sip:081234567890@127.0.0.1>')
    assert await call.invite() == 200
    await call.info("application/dtmf-relay", "Signal=1\\r\\nDuration=160\\r\\n")
    await call.bye()
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from drills.phones import sip
from drills.phones.agent import Agent, Outgoing, Replies, final
from drills.phones.media import Media, Stream
from drills.phones.rtp import EVENT, PCMA, PCMU
from drills.phones.sip import Message

__all__ = ["EVENT", "PCMA", "PCMU", "OutsideCall", "Outsider", "outsider", "session"]

HOST = "127.0.0.1"
CALLER = f"<sip:081234567890@{HOST}>"
LIMIT_S = 60.0


def session(port: int, kinds: Sequence[int] = (PCMU, EVENT), direction: str = "sendrecv") -> str:
    """A session description with these RTP payload types; 99 is a codec that nobody has."""
    return sip.session(HOST, port, kinds, direction)


class OutsideCall(Outgoing):
    """One call of an Outsider; it sends no RTP but the keys that are pressed."""

    def __init__(self, outside: Outsider, number: str, caller: str, headers: Sequence[str], call_id: str) -> None:
        super().__init__(outside.agent, number, caller, headers, call_id, session(outside.media.port))
        self._media = outside.media
        self._stream = Stream(("", 0), sends="nothing", keeps=True, heard=outside.heard)

    async def answered(self, replies: Replies) -> Message:
        """The final response to INVITE, acknowledged."""
        async with asyncio.timeout(LIMIT_S):
            reply = await super().answered(replies)
        if reply.status < 300:
            self._stream.peer = self.peer
            self._media.open(self._stream)
        return reply

    async def hold(self, direction: str) -> int:
        """Re-INVITE with this direction (sendonly: on hold); the final status."""
        return await self.reinvite(session(self._media.port, direction=direction))

    async def press(self, key: str) -> None:
        """A key of 100 ms as RFC 4733 events."""
        self._stream.press(key)
        while self._stream.pressing:
            await asyncio.sleep(0.02)


class Outsider:
    """A SIP peer on UDP with one RTP socket for all its calls; what it heard is in `heard`, by payload type."""

    def __init__(self, agent: Agent, media: Media) -> None:
        self.agent = agent
        self.media = media
        self.heard: dict[int, bytearray] = {}

    def call(
        self, number: str = "112", caller: str = CALLER, headers: Sequence[str] = (), call_id: str = ""
    ) -> OutsideCall:
        """A call that is yet to be made; `caller` is the From header without its tag."""
        return OutsideCall(self, number, caller, headers, call_id)

    async def dial(self, number: str = "112", caller: str = CALLER, headers: Sequence[str] = ()) -> OutsideCall:
        """A call that was answered."""
        call = self.call(number, caller, headers)
        assert await call.invite() == 200
        return call

    async def options(self) -> int:
        """Ask what the server can do; the status."""
        async with asyncio.timeout(LIMIT_S):
            return (await final(self.call().send("OPTIONS"))).status

    def repeat(self, branch: str, method: str) -> None:
        """Send a request once more, as it was."""
        self.agent.repeat(branch, method)


@contextlib.asynccontextmanager
async def outsider(server: str) -> AsyncIterator[Outsider]:
    """An outside caller of the line at `server` (host:port)."""
    host, _, port = server.partition(":")
    agent, media = await Agent.open((host, int(port)), HOST), Media(HOST)
    try:
        yield Outsider(agent, media)
    finally:
        await agent.close()
        media.close()
