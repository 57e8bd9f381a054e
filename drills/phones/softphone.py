"""SIP phones in software (baresip): the demo's caller, operator and fire station; tests and drills use them too.

async with phones() as runtime:
    operator = await Phone.register(runtime, "127.0.0.1:5060", "op1", password)
    caller = await Phone.outside(runtime, "127.0.0.1:5060", "081234567890")
    talk = await caller.dial("112")
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from baresip.call import Call, CallState
from baresip.config import Account, Config
from baresip.errors import BaresipError
from baresip.events import StackEvent
from baresip.runtime import Runtime
from baresip.ua import UserAgent

from drills.sounds.hearing import loudness, tone

Spawn = Callable[[str, Coroutine[Any, Any, Any]], "asyncio.Task[Any]"]
REGISTER_S = 60
# on a busy machine packets come late and in heaps: hear all of them, whatever their age, instead of the latest alone
PATIENT = "audio_jitter_buffer_type off\naudio_buffer 20-5000\n"
# half of what baresip may hold: enough to sound without a gap, little enough to stop at once
AHEAD_BYTES = 3200
# enough for every expected event, on the busiest machine
LIMIT_S = 60.0


@contextlib.asynccontextmanager
async def phones(*headers: str, listen: str = "") -> AsyncIterator[Runtime]:
    """The SIP stack, of which a process has one at a time; `headers` are those of INVITEs to expose, `listen` is the
    address (host:port) at which phones outside are called."""
    runtime = Runtime()
    more = PATIENT + (f"sip_listen {listen}\n" if listen else "")
    # without net_interface REGISTER fails on loopback
    wanted = Config(
        net_interface="127.0.0.1", max_concurrent_calls=None, expose_headers=headers, extra_config_text=more
    )
    await runtime.start(wanted)
    try:
        yield runtime
    finally:
        await runtime.close()


class Talk:
    """One call of a phone: it speaks `says` (8 kHz, 16 bit mono) over and over and keeps the PCM that it hears."""

    def __init__(self, call: Call, says: bytes, spawn: Spawn) -> None:
        self.call = call
        self.heard = bytearray()
        self.says = says
        self._at, self._saying = 0, threading.Lock()
        self._pump = spawn("talk", self._speak())

    async def up(self, limit_s: float = LIMIT_S) -> None:
        """Wait until the call is answered."""
        await self.call.wait_established(timeout=limit_s)

    async def hears(self, hertz: float, limit_s: float = LIMIT_S, seconds: float = 0.2) -> bool:
        """True as soon as this tone stands out in the sound from now on; False after the limit."""
        start, size = len(self.heard), int(16000 * seconds) // 2 * 2
        try:
            async with asyncio.timeout(limit_s):
                while loudness(bytes(self.heard[max(start, len(self.heard) - size) :]), hertz) < 0.3:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return False
        return True

    def say(self, sound: bytes) -> None:
        """Speak this sound from now on, from its beginning."""
        with self._saying:
            self.says, self._at = sound, 0

    async def press(self, keys: str) -> None:
        """Send keys (RFC 4733)."""
        await self.call.send_dtmf(keys)

    async def hang_up(self) -> None:
        """End the call; no effect when it has ended."""
        if self.call.state is not CallState.CLOSED:
            with contextlib.suppress(BaresipError):
                await self.call.hangup()
        await self.ended()

    async def ended(self, limit_s: float = LIMIT_S) -> None:
        """Wait until the call is over."""
        async with asyncio.timeout(limit_s):
            while self.call.state is not CallState.CLOSED:  # noqa: ASYNC110 - baresip tells nobody
                await asyncio.sleep(0.02)
        self._pump.cancel()
        await asyncio.gather(self._pump, return_exceptions=True)

    async def _speak(self) -> None:
        """Sound in a thread of its own: the stack keeps 0.2 s of it, and drops what a busy loop fetches later."""
        over = threading.Event()
        sound = threading.Thread(target=self._sound, args=(over,), name="talk", daemon=True)
        sound.start()
        try:
            await asyncio.Event().wait()
        finally:
            over.set()
            sound.join()

    def _sound(self, over: threading.Event) -> None:
        audio = self.call.audio
        while not over.wait(0.02):
            with contextlib.suppress(BaresipError):
                info = audio.info()
                if info.tx_ready and info.tx_buffered < AHEAD_BYTES:
                    audio.write(self._next_piece())
                self.heard += audio.read(16000)

    def _next_piece(self) -> bytes:
        with self._saying:
            piece = self.says[self._at : self._at + AHEAD_BYTES // 2]
            self._at = (self._at + len(piece)) % max(1, len(self.says))
        return piece


class Phone:
    """A SIP phone; incoming calls ring until `answer`."""

    def __init__(self, agent: UserAgent, server: str, says: bytes, spawn: Spawn) -> None:
        self.agent = agent
        self.server = server
        self.says = says
        self.incoming: asyncio.Queue[Call] = asyncio.Queue()
        self.registered = False
        self._spawn = spawn
        agent.on_incoming(self.incoming.put_nowait)

    @classmethod
    async def register(
        cls, runtime: Runtime, server: str, account: str, password: str, spawn: Spawn, says: bytes = b""
    ) -> Phone:
        """A phone of the house, registered at `server` (host:port)."""
        wanted = Account(account, server, password, audio_codecs=("pcma",), reg_interval=REGISTER_S)
        phone = cls(await UserAgent.create(runtime, wanted), server, says or tone(880, 0.5), spawn)
        await phone.agent.register()
        phone.registered = True
        return phone

    @classmethod
    async def outside(
        cls, runtime: Runtime, server: str, number: str, spawn: Spawn, says: bytes = b"", **account: Any
    ) -> Phone:
        """A caller of the trunk, known by its address alone."""
        wanted = Account(number, server, "", audio_codecs=("pcma",), reg_interval=0, **account)
        return cls(await UserAgent.create(runtime, wanted), server, says or tone(1300, 0.5), spawn)

    async def leave(self) -> None:
        """Unregister; else the phone would register again by itself and take the account from its successor."""
        if self.registered:
            self.registered = False
            await self.agent.unregister()

    async def dial(self, number: str) -> Talk:
        """Call a number; wait with `Talk.up`."""
        early: list[StackEvent] = []
        runtime = self.agent._runtime
        runtime.subscribe(early.append)
        try:
            call = await self.agent.dial(f"sip:{number}@{self.server}")
        finally:
            runtime.unsubscribe(early.append)
        for event in early:  # answered before the library had made the call: it would wait for ever
            call._on_stack_event(event)
        return Talk(call, self.says, self._spawn)

    async def rings(self, limit_s: float = LIMIT_S) -> Call:
        """The next incoming call, still ringing; TimeoutError when none comes."""
        async with asyncio.timeout(limit_s):
            return await self.incoming.get()

    async def answer(self, call: Call) -> Talk:
        """Pick up."""
        await call.answer()
        talk = Talk(call, self.says, self._spawn)
        await talk.up()
        return talk
