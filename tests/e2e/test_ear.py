"""Signs of a person by sound: real phones speak, roar, tap or say nothing to the real Asterisk and the real model."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import pytest_asyncio

from drills.phones.softphone import Talk
from drills.sounds.noises import NOISES, Sound, at_dbfs, comfort, pcm, silence
from drills.sounds.voices import SENTENCES, over, say
from line.ear import hands
from tests.e2e.line import House, LineUnderTest
from tests.e2e.outside.outsider import outsider
from tickets.model import Row

SILENT_S = hands.SILENT_S
HEARD = ("call.voice", "call.noise", "call.unheard")


def sentence(voice: str = "id", dbfs: float = -20) -> Sound:
    """A sentence and a second of nothing."""
    return np.concatenate([at_dbfs(say(SENTENCES[0], voice), dbfs), silence(1)])


def exhaust(seconds: float = 20, seed: int = 1) -> Sound:
    """The pranksters' motorcycle."""
    return NOISES["exhaust"](seconds, seed)


@pytest_asyncio.fixture(loop_scope="session")
async def listening(line: LineUnderTest, monkeypatch: pytest.MonkeyPatch) -> LineUnderTest:
    """The line, when its hearing process is ready; a busy machine's process may be late."""
    monkeypatch.setattr(hands, "SILENT_S", 8.0)
    await line.until(lambda: line.service.ear.hands.port)
    return line


@pytest.fixture
def held(the_house: House) -> Iterator[None]:
    """A silent caller is not said goodbye to while a busy machine still listens."""
    given = the_house.instance
    screening = replace(given.routing.screening, silent_hold_s=60.0)
    the_house.instance = replace(given, routing=replace(given.routing, screening=screening))
    yield
    the_house.instance = given


async def dial(line: LineUnderTest, sound: Sound, number: str = "081234567890") -> Talk:
    """Somebody outside calls from where it sounds like this."""
    phone = await line.caller(number)
    phone.says = pcm(sound)
    talk = await phone.dial("112")
    line.talks.append(talk)
    await talk.up(15)
    return talk


async def heard(line: LineUnderTest) -> list[Row]:
    """The ear's notes on the newest call."""
    call = await line.call()
    rows = await line.store.read(lambda store: store.journal.of_ticket(call["ticket"], call["id"]))
    return [row for row in rows if row["kind"] in HEARD]


async def until_heard(line: LineUnderTest, kind: str, limit_s: float = 30.0) -> dict[str, str]:
    """The data of the ear's note of this kind."""
    deadline = time.monotonic() + limit_s
    while True:
        rows = {row["kind"]: row["data"] for row in await heard(line)}
        if kind in rows:
            data: dict[str, str] = rows[kind]
            return data
        assert time.monotonic() < deadline, f"expected {kind}, found {rows}"
        await asyncio.sleep(0.05)


def person(line: LineUnderTest) -> bool:
    """True if the flow of the only call knows of a person."""
    return next(iter(line.service.runners.values())).state.person


async def channels(line: LineUnderTest) -> list[str]:
    """The channels that Asterisk has, by name."""
    return [channel["name"] for channel in await line.service.ari.channels()]


async def untapped(line: LineUnderTest) -> None:
    """Wait until no channel listens to a call any more, and the ear has forgotten it."""
    async with asyncio.timeout(10):
        while any(name.startswith("Snoop") for name in await channels(line)):
            await asyncio.sleep(0.05)
    await line.until(lambda: not line.service.ear._taps, 10)


@pytest.mark.parametrize("voice", ["id", "id+f4", "id+grandma"])
async def test_who_speaks_and_presses_nothing_is_put_through(listening: LineUnderTest, voice: str) -> None:
    """A voice in the menu is known within a second and rings an operator without any key."""
    operator = await listening.operator("op1")
    await dial(listening, sentence(voice))
    assert await until_heard(listening, "call.voice", 8.0) == {"heard": "speech"}
    await operator.rings()
    call = await listening.call()
    assert (call["lane"], call["mark"], call["keys"]) == ("urgent", "tanpa tombol", "")


@pytest.mark.usefixtures("held")
async def test_an_exhaust_pipe_is_no_caller(listening: LineUnderTest) -> None:
    """Noise stands in the silent lane, rings nobody and is noted; it is taken like any silent call."""
    operator = await listening.operator("op1")
    await dial(listening, exhaust())
    await until_heard(listening, "call.noise")
    call = await listening.stage("waiting", 40)
    assert (call["lane"], person(listening), operator.incoming.empty()) == ("silent", False, True)
    assert [row["kind"] for row in await heard(listening)] == ["call.noise"]
    await listening.ask("request.take", operator="op1", call=call["id"])
    await listening.answer(operator, await operator.rings())
    await listening.stage("talking")
    await untapped(listening)


@pytest.mark.usefixtures("held")
async def test_a_voice_after_the_noise_still_counts(listening: LineUnderTest) -> None:
    """It goes on listening to a noise: who speaks into it, even in the silent lane, is a person."""
    operator = await listening.operator("op1")
    talk = await dial(listening, exhaust())
    await listening.stage("waiting", 40)
    talk.say(pcm(over(np.concatenate([sentence("id+m3"), sentence("id+m3")]), exhaust(), 6)))
    await until_heard(listening, "call.voice")
    await operator.rings()
    assert (await listening.call())["lane"] == "urgent"


async def test_tapping_on_the_telephone_is_a_sign_of_a_person(listening: LineUnderTest) -> None:
    """A caller who cannot speak may knock."""
    await dial(listening, NOISES["tapping"](20, 3))
    assert await until_heard(listening, "call.voice", 9) == {"heard": "knocks"}
    assert person(listening)


@pytest.mark.parametrize("kind", ["hold-music", "wind", "hum"])
async def test_other_noises_ring_nobody(listening: LineUnderTest, kind: str) -> None:
    """Music, wind and hum are told from a voice."""
    await dial(listening, NOISES[kind](20, 1))
    await until_heard(listening, "call.noise")
    assert not person(listening)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_without_its_hearing_process_talk_detection_decides(
    listening: LineUnderTest, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """The process that hears is killed, or hangs, during a call that roars: it counts as a person, and says why."""
    monkeypatch.setattr(hands, "SILENT_S", SILENT_S)
    await dial(listening, exhaust())
    await until_heard(listening, "call.noise")
    assert not person(listening)
    pid = listening.service.ear.hands.pid
    assert pid is not None
    os.kill(pid, number)
    why = {signal.SIGKILL: "pendengar berhenti", signal.SIGSTOP: "pendengar tidak menjawab"}[number]
    assert await until_heard(listening, "call.unheard", 4) == {"why": why}
    assert person(listening)
    await listening.until(lambda: listening.service.ear.hands.pid not in (None, pid), 5)
    await listening.until(lambda: listening.service.ear.hands.port)


async def test_a_tap_that_breaks_is_a_doubt(listening: LineUnderTest) -> None:
    """The snoop channel is ended by somebody else while the call goes on."""
    await dial(listening, exhaust())
    await until_heard(listening, "call.noise")
    taps = [c["id"] for c in await listening.service.ari.channels() if c["name"].startswith("Snoop")]
    assert len(taps) == 1
    await listening.service.ari.hangup(taps[0])
    assert await until_heard(listening, "call.unheard", 4) == {"why": "suara penelepon terputus"}


async def test_a_caller_who_hangs_up_is_no_doubt(listening: LineUnderTest) -> None:
    """The end of the caller ends the tap, and nothing is said of it."""
    talk = await dial(listening, exhaust())
    await until_heard(listening, "call.noise")
    await talk.hang_up()
    await listening.stage("ended")
    await untapped(listening)
    assert [row["kind"] for row in await heard(listening)] == ["call.noise"]
    assert await channels(listening) == []


async def test_nothing_is_left_over_when_the_calls_process_dies(the_house: House, listening: LineUnderTest) -> None:
    """The hearing process ends with the calls process, and the taps with it; the call itself goes on."""
    await dial(listening, exhaust())
    await until_heard(listening, "call.noise")
    hands = listening.service.ear.hands
    assert hands.pid is not None and hands._process is not None and hands._process.stdin is not None
    assert len(await channels(listening)) == 2
    hands._process.stdin.close()  # what the death of the calls process does to it
    async with asyncio.timeout(10):
        while len(await channels(listening)) > 1:
            await asyncio.sleep(0.05)
    assert [name.partition("/")[0] for name in await channels(listening)] == ["PJSIP"]


async def test_the_next_process_listens_to_the_calls_that_it_takes_over(
    the_house: House, listening: LineUnderTest
) -> None:
    """A caller who began to speak while the calls process was away is heard by its successor."""
    from line.service import CallService

    talk = await dial(listening, silence(1))
    await listening.stage("menu")
    await listening.service.close()
    for task in [task for task in asyncio.all_tasks() if task.get_name() in ("ear", "ear-process")]:
        task.cancel()
    talk.say(pcm(sentence()))
    await listening.until(lambda: talk._at > 4800)  # 0.3 s of it have been spoken
    listening.service = CallService(lambda: the_house.instance, listening.store, listening.keeper, listening.clock)
    await listening.service.start()
    assert await until_heard(listening, "call.voice", 20) == {"heard": "speech"}


async def test_without_the_ear_every_sound_is_a_person(line: LineUnderTest, the_house: House) -> None:
    """`ear: tidak` in site.yaml: talk detection decides alone, and no hearing process runs."""
    before, the_house.instance = (
        the_house.instance,
        replace(the_house.instance, site=replace(the_house.instance.site, ear=False)),
    )
    try:
        await dial(line, exhaust())
        await line.until(lambda: person(line), 3)
        assert await heard(line) == []
    finally:
        the_house.instance = before


async def test_comfort_noise_is_silence(listening: LineUnderTest) -> None:
    """The faint noise of a network: talk detection does not stir, the ear is not asked."""
    await dial(listening, comfort(5))
    row = await listening.stage("waiting", 40)
    assert (row["lane"], await heard(listening), len(await channels(listening))) == ("silent", [], 1)


async def test_sound_that_never_comes_is_silence(listening: LineUnderTest) -> None:
    """No RTP at all: neither a person nor an error."""
    async with outsider(listening.house.server) as outside:
        call = await outside.dial()
        row = await listening.stage("waiting", 40)
        assert (row["lane"], await heard(listening), len(await channels(listening))) == ("silent", [], 1)
        await call.bye()
        await listening.stage("ended")


async def test_noise_that_never_stops_opens_one_tap(listening: LineUnderTest) -> None:
    """Talk detection fires once for a sound without an end; one channel listens, however long it roars."""
    fired: list[str] = []
    sounded = listening.service.ear.sounded

    def count(call: str) -> None:
        fired.append(call)
        sounded(call)

    listening.service.ear.sounded = count  # type: ignore[method-assign]
    talk = await dial(listening, exhaust())
    await listening.until(lambda: talk._at > 6 * 16000)  # 6 s of it have been heard
    assert (len(fired), len(await channels(listening))) == (1, 2)
