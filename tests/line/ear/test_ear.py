"""The second gate: the effect of each answer, and each failure, of the hearing process on a call."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import pytest

from asterisk.ari import Ari
from asterisk.errors import AriError
from asterisk.translate import TAP
from line.ear import ear as gate
from line.ear.ear import Ear
from tests.line.line import same_shape


class FakeAri:
    """The four methods that the ear uses: they note, or fail as told."""

    def __init__(self) -> None:
        self.done: list[tuple[str, ...]] = []
        self.fail: dict[str, Exception] = {}
        self.there = True

    async def _do(self, *words: str) -> None:
        self.done.append(words)
        if words[0] in self.fail:
            raise self.fail[words[0]]

    async def snoop(self, channel: str, snoop: str, *, spy: str = "in", whisper: str = "none") -> None:
        await self._do("snoop", channel)

    async def leave(self, channel: str, context: str, extension: str = "s") -> None:
        await self._do("leave", context, extension)

    async def hangup(self, channel: str, cause: int = 16) -> None:
        await self._do("hangup")

    async def channel(self, channel: str) -> dict[str, Any] | None:
        await self._do("channel")
        return {} if self.there else None


class Calls:
    """The calls as the ear sees them."""

    def __init__(self) -> None:
        self.stages: dict[str, str] = {"c1": "menu"}
        self.persons: list[str] = []
        self.notes: list[tuple[str, str, dict[str, str]]] = []

    def stage(self, call: str) -> str | None:
        return self.stages.get(call)

    def person(self, call: str) -> None:
        self.persons.append(call)

    def note(self, call: str, kind: str, data: Mapping[str, str]) -> None:
        self.notes.append((call, kind, dict(data)))


class World:
    """An ear whose hearing process is the test."""

    def __init__(self) -> None:
        self.ari, self.calls, self.on = FakeAri(), Calls(), True
        self.tasks: list[asyncio.Task[Any]] = []
        self.ear = Ear(cast(Ari, self.ari), self.calls, self.spawn, lambda: self.on)
        self.orders: list[tuple[str, ...]] = []
        self.ear.hands.tell = lambda *words: self.orders.append(words)  # type: ignore[method-assign]
        self.ear.hands.port = 34567

    def spawn(self, name: str, work: Any) -> asyncio.Task[Any]:
        self.tasks.append(asyncio.get_running_loop().create_task(work, name=name))
        return self.tasks[-1]

    @property
    def ident(self) -> str:
        """The stream that was asked for last."""
        return [words[1] for words in self.orders if words[0] == "listen"][-1]

    async def listen(self) -> str:
        """The caller made a sound, and it streams."""
        self.ear.sounded("c1")
        await asyncio.sleep(0)
        self.ear.entered(f"{TAP}{self.ident}")
        await asyncio.sleep(0)
        self.ear._heard(self.ident, "audio")
        await self.quiet()
        return self.ident

    async def quiet(self) -> None:
        """Wait for what was begun."""
        tasks, self.tasks = self.tasks, []
        await asyncio.gather(*tasks)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A call in the menu; nobody waits long."""
    monkeypatch.setattr(gate, "STREAM_S", 0.05)
    monkeypatch.setattr(gate, "GRACE_S", 0.0)
    return World()


def test_the_fake_has_the_shape_of_the_real() -> None:
    """Else these tests would prove nothing."""
    assert same_shape(FakeAri, Ari) == []


async def test_a_sound_opens_a_stream_and_says_nothing_yet(world: World) -> None:
    """Snoop, then the dialplan with port and UUID; the flow is not told."""
    ident = await world.listen()
    assert world.ari.done == [("snoop", "c1"), ("leave", "ear", f"34567{ident}")]
    assert (world.calls.persons, world.calls.notes) == ([], [])


@pytest.mark.parametrize("word", ["speech", "knocks"])
async def test_a_person_is_told_at_once(world: World, word: str) -> None:
    """Speech and knocks; later sounds of a known person need no ear."""
    world.ear._heard(await world.listen(), word)
    assert (world.calls.persons, world.calls.notes) == (["c1"], [("c1", "call.voice", {"heard": word})])
    world.ear.sounded("c1")
    assert (world.calls.persons, len(world.orders)) == (["c1", "c1"], 1)


async def test_noise_is_noted_and_heard_on(world: World) -> None:
    """Speech after noise still counts; a second sound meanwhile opens no second stream."""
    ident = await world.listen()
    world.ear._heard(ident, "noise")
    world.ear.sounded("c1")
    assert (world.calls.persons, world.calls.notes) == ([], [("c1", "call.noise", {})])
    world.ear._heard(ident, "speech")
    assert world.calls.persons == ["c1"]
    assert [words[0] for words in world.orders] == ["listen"]


@pytest.mark.parametrize(
    ("word", "why"),
    [("full", "pendengar penuh"), ("late", "pendengar terlambat"), ("gone", "suara penelepon terputus")],
)
async def test_what_cannot_be_judged_is_a_person(world: World, word: str, why: str) -> None:
    """No place, too slow, stream broken while the caller is still there."""
    world.ear._heard(await world.listen(), word)
    await world.quiet()
    assert (world.calls.persons, world.calls.notes) == (["c1"], [("c1", "call.unheard", {"why": why})])


async def test_a_caller_who_is_gone_is_no_doubt(world: World) -> None:
    """The stream ends with the channel, a moment before we are told of its end."""
    ident = await world.listen()
    world.ari.there = False
    world.ear._heard(ident, "gone")
    await world.quiet()
    assert (world.calls.persons, world.calls.notes) == ([], [])


@pytest.mark.parametrize("step", ["snoop", "leave"])
async def test_asterisk_refuses_the_tap(world: World, step: str) -> None:
    """It counts as a person, and no channel stays."""
    world.ari.fail[step] = AriError(step, 500, "ditolak")
    world.ear.sounded("c1")
    await asyncio.sleep(0)
    world.ear.entered(f"{TAP}{world.ident}")
    await world.quiet()
    assert world.calls.persons == ["c1"]
    assert world.calls.notes[0][1:] == (
        "call.unheard",
        {"why": f"suara penelepon tidak bisa diambil: {world.ari.fail[step]}"},
    )
    assert world.ari.done[-1] == ("hangup",)
    assert world.orders[-1] == ("stop", world.ident)


async def test_a_stream_that_does_not_come_in_time(world: World) -> None:
    """Nothing streams within the limit: a person."""
    world.ear.sounded("c1")
    await world.quiet()
    assert world.calls.notes == [("c1", "call.unheard", {"why": "suara penelepon tidak datang dalam 0.05 detik"})]
    assert (world.calls.persons, world.ari.done[-1]) == (["c1"], ("hangup",))


async def test_the_hearing_process_is_lost(world: World) -> None:
    """Every caller with a stream counts as a person; so does a caller who makes a sound before it is back."""
    await world.listen()
    world.calls.stages["c2"] = "waiting"
    world.ear.hands.port, world.ear.hands.why = 0, "pendengar berhenti"
    world.ear._lost("pendengar berhenti")
    world.ear.sounded("c2")
    assert world.calls.persons == ["c1", "c2"]
    assert {note[1:] for note in ((call, kind, data["why"]) for call, kind, data in world.calls.notes)} == {
        ("call.unheard", "pendengar berhenti")
    }


async def test_switched_off(world: World) -> None:
    """Every sound is a person, and nothing is noted."""
    world.on = False
    world.ear.sounded("c1")
    assert (world.calls.persons, world.calls.notes, world.orders) == (["c1"], [], [])


@pytest.mark.parametrize("stage", ["talking", "recording", "closed", "ended", None])
async def test_where_nobody_needs_to_know(world: World, stage: str | None) -> None:
    """A sound there opens no stream; a verdict that comes late is not told."""
    ident = await world.listen()
    if stage is None:
        world.calls.stages.clear()
    else:
        world.calls.stages["c1"] = stage
    world.ear._heard(ident, "speech")
    world.ear.sounded("c1")
    await world.quiet()
    assert (world.calls.persons, world.calls.notes, len(world.orders)) == ([], [], 1)


async def test_a_call_that_was_taken_over_is_listened_to_as_soon_as_possible(world: World) -> None:
    """Its sounds may have been missed; but as long as nothing was heard, a failure is no sign of a person."""
    world.ear.missed("c1")
    world.ear._make_up()
    await world.quiet()
    assert world.ari.done[0] == ("snoop", "c1")
    assert (world.calls.persons, world.calls.notes) == ([], [])


async def test_a_tap_that_nobody_knows_is_ended(world: World) -> None:
    """Left by a former process."""
    world.ear.entered(f"{TAP}0000")
    await world.quiet()
    assert world.ari.done == [("hangup",)]
