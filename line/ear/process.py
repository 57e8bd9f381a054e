"""The hearing process: streams come in over AudioSocket, verdicts go out as lines; it ends with its parent.

In (stdin): `listen UUID` before a stream comes, `stop UUID` when it is not wanted any more; the process ends with it.
Out (stdout): `port N` once, `beat` every half second, `heard UUID WORD`. WORD is `audio` for a stream's first sound, a
Verdict, or the reason why none will come: `gone` (the stream broke), `full`, `late`.
"""

from __future__ import annotations

import asyncio
import os
import sys

from asterisk.audiosocket import AUDIO, HANGUP_FRAME, IDENT, Frames
from line.ear.judgement import Judge, Verdict
from line.ear.model import WINDOW_BYTES, Model, Models

MOST = 32
BEAT_S = 0.5
# more sound than this in one read: this process is too slow
LATE_BYTES = 16000
# Asterisk and the calls go first
NICE = 5


class Hearing:
    """All streams of the process."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self.expected: set[str] = set()
        self.streams: dict[str, Stream] = {}

    def order(self, line: str) -> None:
        """Follow one line of stdin."""
        order, _, ident = line.strip().partition(" ")
        if order == "listen":
            self.expected.add(ident)
        elif order == "stop":
            self.expected.discard(ident)
            if stream := self.streams.get(ident):
                stream.close()

    @staticmethod
    def tell(*words: str) -> None:
        """Write one line to stdout."""
        sys.stdout.write(" ".join(words) + "\n")
        sys.stdout.flush()


class Stream(asyncio.Protocol):
    """The sound of one caller."""

    def __init__(self, hearing: Hearing) -> None:
        self._hearing = hearing
        self._frames = Frames()
        self._sound = bytearray()
        self._judge = Judge()
        self._ident = ""
        self._model: Model | None = None
        self._begun = self._done = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection that Asterisk opened."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take in frames, or parts of them."""
        if len(data) > LATE_BYTES:
            self._end("late")
        for frame in self._frames.feed(data):
            if frame.kind == IDENT and not self._ident:
                self._introduced(frame.ident)
            elif frame.kind == AUDIO and not self._done:
                self._sound += frame.payload
        self._hear()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the model back: Asterisk hung up, or we did."""
        if not self._done:
            self._end("gone")
        self._hearing.streams.pop(self._ident, None)
        if self._model is not None:
            self._hearing.models.give_back(self._model)
            self._model = None

    def close(self) -> None:
        """End the stream."""
        self._done = True
        if not self._transport.is_closing():
            self._transport.write(HANGUP_FRAME)
        self._transport.close()

    def _introduced(self, ident: str) -> None:
        if ident not in self._hearing.expected:
            self.close()
            return
        self._hearing.expected.discard(ident)
        self._hearing.streams[ident] = self
        self._ident = ident
        self._model = self._hearing.models.take()
        self._hearing.tell("beat")  # a new model takes a while; many at once must not look like a process that hangs
        if self._model is None:
            self._end("full")

    def _hear(self) -> None:
        while not self._done and self._model is not None and len(self._sound) >= WINDOW_BYTES:
            verdict = self._judge.hear(*self._model.hear(bytes(self._sound[:WINDOW_BYTES])))
            del self._sound[:WINDOW_BYTES]
            if not self._begun:
                self._begun = True
                self._hearing.tell("heard", self._ident, "audio")
            if verdict is Verdict.NOISE:
                self._hearing.tell("heard", self._ident, verdict)
            elif verdict is not None:
                self._end(verdict)

    def _end(self, word: str) -> None:
        if self._ident:
            self._hearing.tell("heard", self._ident, word)
        self.close()


async def main() -> None:
    """Serve until stdin ends."""
    os.nice(NICE)
    loop = asyncio.get_running_loop()
    hearing = Hearing(Models(MOST))
    server = await loop.create_server(lambda: Stream(hearing), "127.0.0.1", 0)
    hearing.tell("port", str(server.sockets[0].getsockname()[1]))
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    _beat(hearing)
    while line := await orders.readline():
        hearing.order(line.decode())


def _beat(hearing: Hearing) -> None:
    hearing.tell("beat")
    asyncio.get_running_loop().call_later(BEAT_S, _beat, hearing)
