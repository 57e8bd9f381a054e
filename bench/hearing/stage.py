"""The whole stage: an instance of its own, real callers who are silent, roar, or speak; what each costs."""

import asyncio
import contextlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import yaml

from asterisk.launch import Asterisk
from bench.answering.cpu import Meter
from drills import demo
from drills.phones import sip
from drills.phones.agent import Agent, Outgoing
from drills.phones.media import Media, Stream
from drills.phones.rtp import encoded
from drills.sounds.noises import NOISES, Sound
from drills.sounds.voices import SENTENCES, VOICES, say, telephone
from instance import REPOSITORY, Instance, load
from operations.phone_system import build_prompts, phone_system, write_files
from tickets.model import Row
from tickets.store import Store

HOST = "127.0.0.1"
WAYS = ("silent", "roaring")
APART_S, SETTLE_S, READY_S, LANE_S = 0.15, 1.0, 30.0, 60.0
FIRST_WORD_S = 1.0


@dataclass(slots=True)
class Span:
    """CPU ms per second of one call, by process, of one way in one round."""

    asterisk: float
    calls: float
    hearing: float
    others_percent: float
    late_frames: int


@dataclass(slots=True)
class Stage:
    """The measurements; `voice_ms` is from the first sound to the verdict in the journal."""

    calls: int
    seconds: float
    ways: dict[str, list[Span]] = field(default_factory=dict)
    voice_ms: list[float] = field(default_factory=list)
    lane_s: list[float] = field(default_factory=list)
    unheard: int = 0
    taps_left: int = 0


@dataclass(slots=True)
class House:
    """The running instance and its callers."""

    instance: Instance
    asterisk: Asterisk
    calls: "subprocess.Popen[bytes]"
    agent: Agent
    media: Media

    def rows(self) -> list[Row]:
        """All rows of the journal."""
        store = Store(self.instance.var / "tanggap.db", self.instance.secrets.number_key)
        try:
            return store.journal.after(0, 100_000)
        finally:
            store.close()

    def live(self) -> list[Row]:
        """The calls that are going on."""
        store = Store(self.instance.var / "tanggap.db", self.instance.secrets.number_key)
        try:
            return store.calls.live()
        finally:
            store.close()

    @property
    def pids(self) -> dict[str, int]:
        """Asterisk, the calls process, the hearing process."""
        assert self.asterisk.pid is not None
        children = Path(f"/proc/{self.calls.pid}/task/{self.calls.pid}/children").read_text().split()
        return {"asterisk": self.asterisk.pid, "calls": self.calls.pid, "hearing": int(children[0])}


async def measure(calls: int, seconds: float, rounds: int, speakers: int) -> Stage:
    """Measure all ways in turn, `rounds` times, then the callers who speak."""
    made = Stage(calls, seconds, {way: [] for way in WAYS})
    async with _house() as house:
        for _ in range(rounds):
            for way in WAYS:
                made.ways[way].append(await _span(house, way, calls, seconds))
        await _speak(house, made, speakers)
        made.unheard = sum(row["kind"] == "call.unheard" for row in house.rows())
        made.taps_left = (await house.asterisk.command("core show channels concise")).count("Snoop/")
    return made


async def _span(house: House, way: str, calls: int, seconds: float) -> Span:
    roar = encoded((telephone(NOISES["exhaust"](20, 1)) * 32767).astype(int).tolist())
    talks = []
    for number in range(calls):
        talks.append(await _dial(house, number, roar if way == "roaring" else b"", loop=True))
        await asyncio.sleep(APART_S)
    await _until(lambda: [row["lane"] for row in house.live()].count("silent") == calls, LANE_S, f"{way}: silent lane")
    await asyncio.sleep(SETTLE_S)
    late, meter = house.media.late, Meter(house.pids)
    await asyncio.sleep(seconds)
    usage = meter.stop()
    for call, stream in talks:
        await call.bye()
        house.media.shut(stream)
    await _until(lambda: not house.live(), 15, f"{way}: all calls ended")
    each = {name: used / usage.seconds / calls for name, used in usage.by_name.items()}
    return Span(each["asterisk"], each["calls"], each["hearing"], usage.others_percent, house.media.late - late)


async def _speak(house: House, made: Stage, speakers: int) -> None:
    """One caller after another is quiet for a second and then speaks."""
    for number in range(speakers):
        sound: Sound = telephone(say(SENTENCES[number % len(SENTENCES)], VOICES[number % len(VOICES)]))
        words = encoded((np.concatenate([sound, np.zeros(8000)]) * 32767).astype(int).tolist())
        seen = len(house.rows())
        call, stream = await _dial(house, number, b"")
        answered = time.time()
        await asyncio.sleep(FIRST_WORD_S)
        began = time.time()
        stream.say(words, loop=True)
        await _until(lambda seen=seen: _at(house, "call.lane", seen) is not None, 30, "a caller who speaks")  # type: ignore[misc]
        heard, lane = _at(house, "call.voice", seen), _at(house, "call.lane", seen)
        if heard is not None:
            made.voice_ms.append(round((heard - began) * 1000, 1))
        if lane is not None:
            made.lane_s.append(round(lane - answered, 2))
        await call.bye()
        house.media.shut(stream)
        await _until(lambda: not house.live(), 15, "the end of a call")


def _at(house: House, kind: str, seen: int) -> float | None:
    """Moment of the first row of this kind after the first `seen` rows; None without one."""
    moments = [row["at"] for row in house.rows()[seen:] if row["kind"] == kind]
    return datetime.fromisoformat(moments[0]).timestamp() if moments else None


async def _dial(house: House, number: int, sound: bytes, *, loop: bool = False) -> tuple[Outgoing, Stream]:
    caller = f"<sip:0812000{number:05d}@{HOST}>"
    call = Outgoing(house.agent, "112", caller, offer=sip.session(HOST, house.media.port))
    status = await call.invite()
    if status != 200:
        raise RuntimeError(f"112 answered {status}, expected 200")
    stream = house.media.open(Stream(call.peer))
    stream.say(sound, loop=loop)
    return call, stream


@contextlib.asynccontextmanager
async def _house() -> AsyncIterator[House]:
    home = Path(tempfile.mkdtemp(prefix="tgb-"))
    asterisk: Asterisk | None = None
    process: subprocess.Popen[bytes] | None = None
    try:
        demo.prepare(home)
        _without_floods(home / "routing.yaml")
        _with_room(home / "site.yaml")
        Store(home / "var" / "tanggap.db").close()
        instance = load(home)
        await asyncio.to_thread(build_prompts, instance)
        asterisk = phone_system(instance)
        await asterisk.start(write_files(instance, asterisk, datetime.now(UTC)))
        instance = load(home)
        with (home / "calls.err").open("wb") as errors:
            command = [sys.executable, "-m", "tanggap", "--home", str(home), "calls"]
            process = subprocess.Popen(command, cwd=REPOSITORY, stdout=errors, stderr=errors)
        log = home / "var" / "log" / "calls.log"
        await _until(lambda: log.exists() and '"ear.ready"' in log.read_text(), READY_S, "the hearing process")
        server = (HOST, instance.site.asterisk.sip_port)
        agent, media = await Agent.open(server, HOST), Media(HOST)
        try:
            yield House(instance, asterisk, process, agent, media)
        finally:
            await agent.close()
            media.close()
    finally:
        if process is not None:
            process.terminate()
            process.wait(10)
        if asterisk is not None:
            await asterisk.stop()
        shutil.rmtree(home, ignore_errors=True)


def _without_floods(path: Path) -> None:
    """Many calls from one trunk are no flood here, and the silent are held as long as it takes."""
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    data["screening"] |= {"silent_hold": "600s", "flood": {"calls": "100", "trunk_calls": "10000"}}
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _with_room(path: Path) -> None:
    """Give the instance RTP ports for many calls."""
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    first = int(data["asterisk"]["rtp_start"])
    data["asterisk"]["rtp_end"] = str(first + 999)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


async def _until(true, limit_s: float, event: str) -> None:  # type: ignore[no-untyped-def]
    """Wait until `true`; RuntimeError when it is not in time."""
    deadline = time.monotonic() + limit_s
    while not true():
        if time.monotonic() > deadline:
            raise RuntimeError(f"did not come in {limit_s:g} s: {event}")
        await asyncio.sleep(0.05)


def median(values: list[float]) -> float:
    """The middle one; 0 where there is none."""
    return round(statistics.median(values), 2) if values else 0.0
