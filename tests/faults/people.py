"""Callers and operators of the laboratory: SIP over real sockets, and tones for voices."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from drills.caller import MENUS, base
from drills.phones import sip
from drills.phones.agent import Agent, Incoming, Outgoing
from drills.phones.media import Media, Stream
from drills.phones.phone import DeskPhones
from drills.phones.recognise import decoded
from drills.phones.rtp import PCMA, Ear, encoded
from drills.sounds.hearing import loudness, samples_of, tone
from processes.tasks import TaskKeeper

OPERATOR_HZ, CALLER_HZ = 880, 1300
VOICES = {hertz: encoded([int(one) for one in samples_of(tone(hertz, 1))]) for hertz in (OPERATOR_HZ, CALLER_HZ)}
HEARD, PIECE_S = 0.3, 0.3
PRESS_AFTER_S = 0.4
LOOK_S = 0.05
STALL_S = 0.2


async def until(true: Callable[[], object], limit_s: float, what: str) -> float:
    """Wait until it is true; how long that took. AssertionError when it does not come."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not true():
        assert loop.time() < began + limit_s, f"{what}: not within {limit_s:g} s"
        await asyncio.sleep(LOOK_S)
    return loop.time() - began


def same_number(one: str, other: str) -> bool:
    """0812… and +62812… are one number."""
    return one[-9:] == other[-9:]


def hears(stream: Stream, hertz: float) -> bool:
    """True if this voice is in the last piece that came in."""
    piece = bytes(stream.heard.get(PCMA, b"")[-int(PIECE_S * 8000) :])
    return len(piece) == int(PIECE_S * 8000) and loudness(decoded(piece).astype("<i2").tobytes(), hertz) > HEARD


class Caller:
    """Somebody who dials 112 and stays; presses 1 whenever a menu is heard, once `insists`."""

    def __init__(self, number: str, agent: Agent, media: Media, ear: Ear, keeper: TaskKeeper) -> None:
        self.number = number
        self.insists = False
        self.speaks = False
        self.answered_s = 0.0
        self._agent, self._media, self._ear, self._keeper = agent, media, ear, keeper
        self.call: Outgoing | None = None
        self.stream = Stream(("", 0))

    async def dial(self) -> None:
        """Dial until 112 answers, as people do; AssertionError when it refuses."""
        began = asyncio.get_running_loop().time()
        offer = sip.session(self._agent.host, self._media.port)
        self.call = Outgoing(self._agent, "112", f"<sip:{self.number}@{self._agent.host}>", offer=offer)
        status = await self.call.invite()
        assert status == 200, f"{self.number} was answered with {status}"
        self.answered_s = asyncio.get_running_loop().time() - began
        self.stream = self._media.open(Stream(self.call.peer, self._ear, keeps=True))
        self._keeper.start(f"press-{self.number}", self._press())

    @property
    def up(self) -> bool:
        """True while the call stands."""
        return self.call is not None and self.call.up

    def speak(self) -> None:
        """From now on."""
        self.speaks = True
        self.stream.say(VOICES[CALLER_HZ], loop=True)

    def menus(self) -> int:
        """Count of the menus that were heard."""
        return sum(base(play) in MENUS for play in self.stream.plays)

    def press(self) -> None:
        """Press 1."""
        self.stream.press("1")

    async def _press(self) -> None:
        answered = 0
        while self.up:
            if self.insists and self.menus() > answered:
                answered = self.menus()
                await asyncio.sleep(PRESS_AFTER_S)
                self.press()
            await asyncio.sleep(LOOK_S)

    async def bye(self) -> None:
        """Hang up; nothing where there is no call."""
        if self.call is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await self.call.bye()
            self._media.shut(self.stream)


class Operator:
    """A desk phone that rings; picked up at once if `willing`. `talk`: what is spoken now, and the caller's number."""

    def __init__(self, name: str, password: str, phones: DeskPhones, keeper: TaskKeeper) -> None:
        self.name = name
        self.willing = False
        self.ringing: list[Incoming] = []
        self.talk: tuple[Incoming, Stream, str] | None = None
        self.after_talk: Callable[[Operator], Awaitable[None]] | None = None
        self._phone = phones.phone(name, password, self._rings)
        self._keeper = keeper

    async def register(self) -> None:
        """Be reachable."""
        await self._phone.register()

    def rings_for(self, number: str) -> bool:
        """True if the phone rings for this caller."""
        return any(same_number(_number(call), number) for call in self.ringing)

    def be_willing(self) -> None:
        """Pick up what rings, and whatever will."""
        self.willing = True
        for call in self.ringing:
            self._keeper.start(f"pick-up-{self.name}", self._pick_up(call))

    def _rings(self, call: Incoming) -> None:
        if self.talk is not None:
            call.refuse("486 Busy Here")
            return
        self.ringing.append(call)
        self._keeper.start(f"ringing-{self.name}", self._until_given_up(call))
        if self.willing:
            self._keeper.start(f"pick-up-{self.name}", self._pick_up(call))

    async def _until_given_up(self, call: Incoming) -> None:
        await call.cancelled.wait()
        if call in self.ringing:
            self.ringing.remove(call)

    async def _pick_up(self, call: Incoming) -> None:
        await asyncio.sleep(0.1)
        if call.cancelled.is_set() or call.up or self.talk is not None:
            return
        self.ringing.remove(call)
        stream = self._phone.pick_up(call)
        stream.keeps = True
        stream.say(VOICES[OPERATOR_HZ], loop=True)
        self.talk = call, stream, _number(call)
        await call.ended.wait()
        self.put_down()
        if self.after_talk is not None:
            await self.after_talk(self)

    def put_down(self) -> None:
        """The talk is over."""
        if self.talk is not None:
            self._phone.put_down(self.talk[1])
            self.talk = None

    def dead_line(self) -> None:
        """Asterisk died, and says no good-bye: what stood or rang is over."""
        self.ringing.clear()
        if self.talk is not None:
            self.talk[0].up = False
            self.talk[0].ended.set()


def _number(call: Incoming) -> str:
    return sip.user_of(call.invite.one("from"))


class Gap:
    """The longest time in which a talk was silent in either direction; both sides send a tone all the time."""

    def __init__(self, streams: tuple[Stream, Stream], keeper: TaskKeeper) -> None:
        self.longest_s = 0.0
        self._streams = streams
        self._task = keeper.start("gap", self._watch())

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        seen = [(stream.sounding, loop.time()) for stream in self._streams]
        woken = loop.time()
        while True:
            await asyncio.sleep(0.02)
            now, before, woken = loop.time(), woken, loop.time()
            if now - before > STALL_S:  # it is we who were late: nothing was read meanwhile
                seen = [(stream.sounding, now) for stream in self._streams]
            for at, stream in enumerate(self._streams):
                count, since = seen[at]
                self.longest_s = max(self.longest_s, now - since)
                if stream.sounding > count:
                    seen[at] = stream.sounding, now

    def stop(self) -> float:
        """Watch no more; the longest silence in seconds."""
        self._task.cancel()
        return self.longest_s
