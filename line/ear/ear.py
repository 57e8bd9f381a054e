"""The second gate: decides whether a sound that talk detection heard is a person's. After any failure it is.

    sounded(call) -> a snoop channel of the caller streams to the hearing process -> a verdict
        speech, knocks                         told at once (`person`)
        noise                                  noted; it goes on listening
        no stream in time, stream broken,
        process gone, hung, too slow or full   told at once (`person`), and the reason noted

Nothing in the call's own path waits for this: the snoop is a channel beside it, and the sound goes to another process.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from asterisk.ari import Ari
from asterisk.audiosocket import extension
from asterisk.errors import AriError
from asterisk.translate import TAP
from line.ear.hands import Hands

log = structlog.get_logger(__name__)

# limit from talk detection to the first sound at the hearing process; 21 ms were measured
STREAM_S = 1.0
LOOK_S = 0.25
# the stream of a caller who hangs up ends a moment before Asterisk's event of the hang-up
GRACE_S = 0.3
LISTENED = ("arrived", "menu", "challenge", "waiting", "ringing")
CONTEXT = "ear"
WHY = {
    "gone": "suara penelepon terputus",
    "full": "pendengar penuh",
    "late": "pendengar terlambat",
}


class Line(Protocol):
    """The calls, as far as the ear needs them."""

    def stage(self, call: str) -> str | None:
        """The stage of a call; None when it is gone."""

    def person(self, call: str) -> None:
        """Tell a call that there is a person, or may be."""

    def note(self, call: str, kind: str, data: Mapping[str, str]) -> None:
        """Write a note into the journal."""


@dataclass(slots=True)
class Tap:
    """The snooping on one caller; `sounded`: a sound of theirs waits for the verdict."""

    call: str
    ident: str
    sounded: bool
    streaming: asyncio.Event = field(default_factory=asyncio.Event)
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def channel(self) -> str:
        """The snoop channel's id."""
        return f"{TAP}{self.ident}"


class Ear:
    """Listens to the callers of one line while `on()`."""

    def __init__(
        self, ari: Ari, line: Line, spawn: Callable[[str, Coroutine[Any, Any, Any]], Any], on: Callable[[], bool]
    ) -> None:
        self._ari = ari
        self._line = line
        self._spawn = spawn
        self._on = on
        self._taps: dict[str, Tap] = {}
        self._persons: set[str] = set()
        self._missed: set[str] = set()
        self.hands = Hands(self._heard, self._lost)

    async def run(self) -> None:
        """End taps that are not needed any more, for ever; `hands.run` keeps the hearing process."""
        while True:
            await asyncio.sleep(LOOK_S)
            for tap in list(self._taps.values()):
                if not self._wanted(tap.call):
                    self._stop(tap)
            self._persons = {call for call in self._persons if self._line.stage(call) is not None}
            if self.hands.port:
                self._make_up()

    def sounded(self, call: str) -> None:
        """Handle a sound that Asterisk's talk detection heard."""
        if not self._wanted(call):
            return
        if not self._on() or call in self._persons:
            self._line.person(call)
        else:
            self._listen(call, sounded=True)

    def missed(self, call: str) -> None:
        """Listen to this caller as soon as possible: they may have made a sound while we were away."""
        self._missed.add(call)

    def entered(self, channel: str) -> None:
        """Let a snoop channel stream that has entered the application."""
        tap = self._taps.get(channel.removeprefix(TAP))
        if tap is None:
            self._spawn(f"stray-{channel}", self._hang_up(channel))
        else:
            tap.ready.set()

    # inside

    def _make_up(self) -> None:
        for call in self._missed - self._persons:
            if self._wanted(call):
                self._listen(call, sounded=False)
        self._missed.clear()

    def _wanted(self, call: str) -> bool:
        return self._line.stage(call) in LISTENED

    def _listen(self, call: str, *, sounded: bool) -> None:
        known = next((tap for tap in self._taps.values() if tap.call == call), None)
        if known is not None:
            known.sounded |= sounded
            return
        tap = Tap(call, str(uuid.uuid4()), sounded)
        if not self.hands.port:
            self._doubt(tap, self.hands.why)
            return
        self._taps[tap.ident] = tap
        self._spawn(f"ear-{call}", self._open(tap))

    async def _open(self, tap: Tap) -> None:
        try:
            async with asyncio.timeout(STREAM_S):
                self.hands.tell("listen", tap.ident)
                await self._ari.snoop(tap.call, tap.channel)
                await tap.ready.wait()
                await self._ari.leave(tap.channel, CONTEXT, extension(self.hands.port, tap.ident))
                await tap.streaming.wait()
        except TimeoutError:
            await self._failed(tap, f"suara penelepon tidak datang dalam {STREAM_S:g} detik")
        except AriError as error:
            await self._failed(tap, f"suara penelepon tidak bisa diambil: {error}")

    async def _failed(self, tap: Tap, why: str) -> None:
        if tap.ident in self._taps:
            self._stop(tap)
            self._doubt(tap, why)
        await self._hang_up(tap.channel)

    async def _hang_up(self, channel: str) -> None:
        try:
            await self._ari.hangup(channel)
        except AriError as error:
            log.warning("ear.tap_not_ended", channel=channel, error=str(error))

    def _stop(self, tap: Tap) -> None:
        """End a tap; Asterisk hangs the snoop channel up when its stream ends."""
        self._taps.pop(tap.ident, None)
        self.hands.tell("stop", tap.ident)

    def _heard(self, ident: str, word: str) -> None:
        tap = self._taps.get(ident)
        if tap is None:
            return
        tap.streaming.set()
        if word in ("speech", "knocks"):
            self._taps.pop(ident)
            if self._is_person(tap):
                self._line.note(tap.call, "call.voice", {"heard": word})
        elif word == "noise":
            self._line.note(tap.call, "call.noise", {})
        elif word == "gone":
            self._spawn(f"ear-gone-{tap.call}", self._broken(tap))
        elif word in WHY:
            self._taps.pop(ident)
            self._doubt(tap, WHY[word])

    async def _broken(self, tap: Tap) -> None:
        """Handle the end of a stream: the caller hung up, or it broke."""
        await asyncio.sleep(GRACE_S)
        self._taps.pop(tap.ident, None)
        if not self._wanted(tap.call):
            return
        try:
            if await self._ari.channel(tap.call) is None:
                return
        except AriError as error:
            log.warning("ear.channel_unknown", call=tap.call, error=str(error))
        self._doubt(tap, WHY["gone"])

    def _lost(self, why: str) -> None:
        taps = list(self._taps.values())
        self._taps.clear()
        for tap in taps:
            self._doubt(tap, why)

    def _doubt(self, tap: Tap, why: str) -> None:
        """Count the sound that talk detection heard as a person's: there will be no verdict."""
        if tap.sounded and self._is_person(tap):
            log.warning("ear.doubt", call=tap.call, why=why)
            self._line.note(tap.call, "call.unheard", {"why": why})

    def _is_person(self, tap: Tap) -> bool:
        """Tell the flow of a person; False where the call is past that."""
        if not self._wanted(tap.call):
            return False
        self._persons.add(tap.call)
        self._line.person(tap.call)
        return True
