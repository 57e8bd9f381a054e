"""The sound of many calls on one RTP socket: sends a frame of each every 20 ms, and keeps what each receives."""

from __future__ import annotations

import asyncio
import random
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from drills.phones import rtp

Address = tuple[str, int]
FRAME_S = rtp.FRAME_NS / 1e9
BUFFER = 8 << 20
DRAIN = 400
# further behind than this the lost frames are not made up for: nobody speaks faster to catch up
LATE_S = 0.2
KEY_GAP_FRAMES = 5
COMFORT_EVERY = 10  # frames between two packets of comfort noise (RFC 3389)
COMFORT_LEVEL = b"\x46"  # -70 dBov


@dataclass(slots=True)
class Playing:
    """A prompt that was heard: when its first frame was due (the loop's clock), and its latest frame."""

    prompt: str
    began: float
    frame: int


@dataclass(eq=False, slots=True)
class Stream:
    """The sound of one call both ways; it sends silence until `say`."""

    peer: Address
    listener: rtp.Ear | None = None
    sends: str = "sound"  # sound, comfort (comfort noise alone) or nothing (RTP never comes)
    keeps: bool = False  # keep every payload that is heard, for closer analysis
    packets: int = 0
    sounding: int = 0  # of them, frames in which something audible was
    plays: list[Playing] = field(default_factory=list)
    heard: dict[int, bytearray] = field(default_factory=dict)
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    _sound: bytes = b""
    _at: int = 0
    _loop: bool = False
    _keys: deque[str] = field(default_factory=deque)
    _step: int = 0
    _held: int = rtp.DIGIT_PACKETS
    _key_stamp: int = 0
    _stamp: int = field(default_factory=lambda: random.getrandbits(24))
    _sequence: int = field(default_factory=lambda: random.getrandbits(14))
    _ssrc: int = field(default_factory=lambda: random.getrandbits(32))

    def say(self, sound: bytes, *, loop: bool = False) -> None:
        """Send this A-law sound from now on, over and over if `loop`; b"" is silence."""
        self._sound, self._at, self._loop = sound, 0, loop

    def press(self, keys: str) -> None:
        """Press keys one after another (RFC 4733)."""
        self._keys.extend(keys)

    def hold(self, key: str, seconds: float) -> None:
        """Press one key for so long."""
        self._keys.append(key)
        self._held = max(rtp.DIGIT_PACKETS, int(seconds / FRAME_S))

    @property
    def pressing(self) -> bool:
        """True while a key is still to be sent."""
        return bool(self._keys)

    # sending

    def frame(self) -> list[bytes]:
        """The packets of the next 20 ms."""
        self._stamp = (self._stamp + rtp.FRAME) & 0xFFFFFFFF
        if self._keys:
            return self._key_packets()
        if self.sends == "nothing":
            return []
        if self.sends == "comfort":
            due = self._stamp // rtp.FRAME % COMFORT_EVERY == 0
            return [self._packet(rtp.COMFORT, self._stamp, COMFORT_LEVEL)] if due else []
        return [self._packet(rtp.PCMA, self._stamp, self._next())]

    def _next(self) -> bytes:
        if self._at >= len(self._sound):
            if not self._loop or not self._sound:
                return rtp.SILENCE
            self._at = 0
        piece = self._sound[self._at : self._at + rtp.FRAME]
        self._at += rtp.FRAME
        return piece if len(piece) == rtp.FRAME else piece + rtp.SILENCE[len(piece) :]

    def _key_packets(self) -> list[bytes]:
        step, key = self._step, self._keys[0]
        self._step += 1
        if step == 0:
            self._key_stamp = self._stamp
        if step > self._held:  # the pause between two keys
            if step > self._held + KEY_GAP_FRAMES:
                self._keys.popleft()
                self._step, self._held = 0, rtp.DIGIT_PACKETS
            return []
        payload = rtp.digit(key, step, self._held)
        times = rtp.END_PACKETS if step == self._held else 1
        return [self._packet(rtp.EVENT, self._key_stamp, payload, marker=step == 0) for _ in range(times)]

    def _packet(self, kind: int, stamp: int, payload: bytes, *, marker: bool = False) -> bytes:
        self._sequence += 1
        return rtp.packet(kind, self._sequence, stamp, self._ssrc, payload, marker=marker)

    # hearing

    def hear(self, data: bytes, now: float) -> None:
        """Take one packet of the other side."""
        payload = data[12:]
        self.packets += 1
        if self.keeps:
            self.heard.setdefault(data[1] & 0x7F, bytearray()).extend(payload)
        if data[1] & 0x7F != rtp.PCMA:
            return
        if rtp.Ear.is_sound(payload):
            self.sounding += 1
        if self.listener is not None and (place := self.listener.hears(payload)):
            self._recognised(*place, now)

    def _recognised(self, prompt: str, frame: int, now: float) -> None:
        last = self.plays[-1] if self.plays else None
        if last is not None and last.prompt == prompt and frame > last.frame:
            last.frame = frame
            return
        self.plays.append(Playing(prompt, now - frame * FRAME_S, frame))
        self.moved.set()

    def play(self, prompt: str, after: int = 0) -> Playing | None:
        """The first time that a prompt was heard, not counting the first `after` prompts."""
        return next((play for play in self.plays[after:] if play.prompt == prompt), None)

    def ends(self, playing: Playing) -> float:
        """Moment at which a prompt is over unless it is interrupted (the loop's clock)."""
        assert self.listener is not None
        return playing.began + self.listener.lengths[playing.prompt] * FRAME_S

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until `true`; it is evaluated whenever another prompt is heard."""
        while not true():
            self.moved.clear()
            await self.moved.wait()


class Media:
    """The RTP socket of one host; streams are told apart by the other side's port."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._socket.setblocking(False)
        self._socket.bind((host, 0))
        self.port: int = self._socket.getsockname()[1]
        self.streams: dict[int, Stream] = {}
        self.late = 0  # frames that were never sent because this program came too late
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._drain)
        self._due = self._loop.time()
        self._timer = self._loop.call_soon(self._tick)

    def open(self, stream: Stream) -> Stream:
        """Send and hear this stream from now on."""
        self.streams[stream.peer[1]] = stream
        return stream

    def shut(self, stream: Stream) -> None:
        """End this stream; no effect if another call has its port already."""
        if self.streams.get(stream.peer[1]) is stream:
            del self.streams[stream.peer[1]]

    def close(self) -> None:
        """End all streams and close the socket."""
        self._timer.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _tick(self) -> None:
        now = self._loop.time()
        if now - self._due > LATE_S:
            self.late += int((now - self._due) / FRAME_S) * len(self.streams)
            self._due = now
        while self._due <= now:
            for stream in self.streams.values():
                for packet in stream.frame():
                    self._send(packet, stream.peer)
            self._due += FRAME_S
        self._timer = self._loop.call_at(self._due, self._tick)

    def _send(self, packet: bytes, peer: Address) -> None:
        try:
            self._socket.sendto(packet, peer)
        except (BlockingIOError, ConnectionError):
            self.late += 1

    def _drain(self) -> None:
        now = self._loop.time()
        for _ in range(DRAIN):
            try:
                data, (_, port) = self._socket.recvfrom(2048)
            except (BlockingIOError, ConnectionError):
                return
            if len(data) > 12 and (stream := self.streams.get(port)):
                stream.hear(data, now)
