"""SIP phones (baresip) that speak a tone and keep what they hear.

async with phones() as runtime:
    op = await Phone.register(runtime, "op-sari", rig)
    caller = await Phone.outside(runtime, "08123456789", rig)
    call = await caller.dial("112")
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from baresip.call import Call, CallState
from baresip.config import Account, Config
from baresip.errors import BaresipError
from baresip.runtime import Runtime
from baresip.ua import UserAgent

from tests.asterisk.rig import Rig, loudness, spawn, tone


@contextlib.asynccontextmanager
async def phones(*headers: str) -> AsyncIterator[Runtime]:
    """The SIP stack, of which a process has one at a time; `headers` are those of INVITEs to expose."""
    runtime = Runtime()
    config = Config(net_interface="127.0.0.1", max_concurrent_calls=None, expose_headers=headers)
    await runtime.start(config)
    try:
        yield runtime
    finally:
        await runtime.close()


class Talk:
    """One call of a phone: speaks `hertz` all the time, and keeps the PCM it hears."""

    def __init__(self, call: Call, hertz: float) -> None:
        self.call = call
        self.heard = bytearray()
        self._hertz = hertz
        self._pump = spawn("talk", self._speak())

    async def up(self, limit_s: float = 5.0) -> None:
        """Wait until the call is answered."""
        await self.call.wait_established(timeout=limit_s)

    async def hears(self, hertz: float, limit_s: float = 5.0, seconds: float = 0.2) -> bool:
        """Whether this tone stands out in what comes in from now on, within the limit."""
        start, size = len(self.heard), int(16000 * seconds) // 2 * 2
        async with asyncio.timeout(limit_s):
            while loudness(bytes(self.heard[max(start, len(self.heard) - size) :]), hertz) < 0.3:
                await asyncio.sleep(0.05)
        return True

    async def press(self, keys: str) -> None:
        """Send keys (RFC 4733)."""
        await self.call.send_dtmf(keys)

    async def hang_up(self) -> None:
        """End the call; nothing when it has ended."""
        if self.call.state is not CallState.CLOSED:
            with contextlib.suppress(BaresipError):
                await self.call.hangup()
        await self.ended()

    async def ended(self, limit_s: float = 10.0) -> None:
        """Wait until the call is over."""
        async with asyncio.timeout(limit_s):
            while self.call.state is not CallState.CLOSED:
                await asyncio.sleep(0.02)
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)

    async def _speak(self) -> None:
        said = tone(self._hertz, 0.1)
        while True:
            with contextlib.suppress(BaresipError):
                info = self.call.audio.info()
                if info.tx_ready and info.tx_buffered < 2 * len(said):
                    self.call.audio.write(said)
                self.heard += self.call.audio.read(16000)
            await asyncio.sleep(0.02)


class Phone:
    """A SIP phone; incoming calls ring until `answer`."""

    def __init__(self, agent: UserAgent, domain: str, hertz: float) -> None:
        self.agent = agent
        self.domain = domain
        self.hertz = hertz
        self.incoming: asyncio.Queue[Call] = asyncio.Queue()
        self.talks: list[Talk] = []
        agent.on_incoming(self.incoming.put_nowait)

    @classmethod
    async def register(cls, runtime: Runtime, account: str, rig: Rig, hertz: float = 880, password: str = "") -> Phone:
        """A phone of the house, registered."""
        secret = password or next(known.password for known in rig.accounts if known.name == account)
        wanted = Account(account, rig.registrar, secret, audio_codecs=("pcma",), reg_interval=60)
        phone = cls(await UserAgent.create(runtime, wanted), rig.registrar, hertz)
        await phone.agent.register()
        return phone

    @classmethod
    async def outside(cls, runtime: Runtime, number: str, rig: Rig, hertz: float = 1300, **account: object) -> Phone:
        """A caller of the trunk, known by its address alone."""
        wanted = Account(number, rig.registrar, "", audio_codecs=("pcma",), reg_interval=0, **account)  # type: ignore[arg-type]
        return cls(await UserAgent.create(runtime, wanted), rig.registrar, hertz)

    async def dial(self, number: str) -> Talk:
        """Call a number; wait with `Talk.up`."""
        self.talks.append(Talk(await self.agent.dial(f"sip:{number}@{self.domain}"), self.hertz))
        return self.talks[-1]

    async def rings(self, limit_s: float = 5.0) -> Call:
        """The next incoming call, still ringing."""
        return await asyncio.wait_for(self.incoming.get(), limit_s)

    async def answer(self, call: Call) -> Talk:
        """Pick up."""
        await call.answer()
        self.talks.append(Talk(call, self.hertz))
        await self.talks[-1].up()
        return self.talks[-1]
