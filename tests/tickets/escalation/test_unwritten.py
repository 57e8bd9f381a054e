"""A store that takes no writes, as on a full disk: pushing goes on by what can be read, and is written afterwards."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

import tickets.escalation.daemon
from tests.tickets.world import START, World
from tickets.errors import StoreUnavailable
from tickets.escalation.unwritten import Answered, Apply, Entry, Pressed, Tried, Unwritten, _as_row, _from_row
from tickets.model import DuePush, Row, to_text
from tickets.spill import SpillFile
from tickets.store.thread import StoreThread


@pytest.fixture(autouse=True)
def seldom_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats every ten seconds, so that hours pass faster."""
    monkeypatch.setattr(tickets.escalation.daemon, "BEAT_S", 10.0)


@contextlib.contextmanager
def full(world: World) -> Iterator[None]:
    """No write succeeds."""
    write = world.store.write

    async def refuse(job: object) -> None:
        raise StoreUnavailable("ruang cakram habis")

    world.store.write = refuse  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        world.store.write = write  # type: ignore[method-assign]


class Filed(Unwritten):
    """With a file, which the world waits for as it does for the store."""

    def __init__(self, world: World, path: Path) -> None:
        super().__init__((SpillFile(path),))
        self._world = world

    @contextlib.contextmanager
    def _waited_for(self) -> Iterator[None]:
        self._world.store.busy += 1
        try:
            yield
        finally:
            self._world.store.busy -= 1

    async def keep(self, *entries: Entry) -> None:
        with self._waited_for():
            await super().keep(*entries)

    async def open(self, store: StoreThread) -> None:
        with self._waited_for():
            await super().open(store)

    async def write(self, store: StoreThread, apply: Apply, now: datetime, limit_s: float) -> None:
        with self._waited_for():
            await super().write(store, apply, now, limit_s)


async def attempts(world: World, assignment: int) -> list[Row]:
    """Attempts of an assignment in the store."""
    return await world.store.read(lambda store: store.assignments.attempts(assignment))


def gaps(times: list[float]) -> set[float]:
    """The seconds between one push and the next."""
    return {later - earlier for earlier, later in pairwise(times)}


async def test_pushing_goes_on(world: World) -> None:
    """Ten minutes without a write: every target at its step's pace, the telephone at its own; then all of it is in the
    ledger once, with its time, and the pace is kept."""
    world.start()
    assignment = await world.dispatch()
    await world.forward(10)
    with full(world):
        await world.forward(600)
        assert len(await attempts(world, assignment)) == 2
    assert gaps(world.page.times("damkar.siaga")) <= {30.0, 31.0}
    assert gaps(world.call.times("damkar.siaga")) <= {30.0, 31.0}
    assert gaps(world.call.times("damkar.piket")) <= {120.0, 121.0}
    assert world.page.times("pusdalops")[0] <= 121
    await world.forward(120)
    assert max(gaps(world.page.times("damkar.siaga"))) <= 31
    rows = await attempts(world, assignment)
    sent = [at for channel in (world.page, world.call) for at, _ in channel.sent]
    assert len(rows) == len(sent)
    assert len(await world.journal("push.sent")) == len(sent)
    assert [row["started_at"] for row in rows] == sorted(row["started_at"] for row in rows)
    numbers = [row["data"]["attempt"] for row in await world.journal("push.sent") if row["data"]["channel"] == "page"]
    assert len(numbers) == len(world.page.sent)


async def test_it_begins_on_a_full_disk(world: World) -> None:
    """A daemon that is started anew pushes what is due, although it cannot claim it."""
    await world.dispatch()
    with full(world):
        world.start()
        await world.forward(65)
        assert len(world.page.times("damkar.siaga")) == 3
    await world.forward(5)


async def test_failures_wait_longer_each_time(world: World) -> None:
    """As with a store: 5, 10, 20 s, up to the step's own interval."""
    world.page.error = RuntimeError("rusak")
    await world.dispatch()
    with full(world):
        world.start()
        await world.forward(100)
        first, *later = [round(gap) for gap in sorted(gaps(world.page.times("damkar.siaga")))]
        assert (first in (5, 6), later[0] in (10, 11), later[1] in (20, 21)) == (True, True, True)
    await world.forward(2)


async def test_an_answer_is_obeyed_and_written_later(world: World) -> None:
    """Key 1: the contact hears that it was accepted, nobody of the assignment is pushed for one term, another one is;
    then it is in the store as of the moment of the key."""
    world.start()
    first, second = await world.dispatch(), await world.dispatch("bpbd")
    await world.forward(1)
    with full(world):
        world.call.says = ("accept",)
        await world.forward(60)
        assert world.call.heard == ["accepted"]
        at = world.call.times("damkar.siaga")[-1]
        count = len(world.call.sent)
        await world.forward(300)
        assert len(world.call.sent) == count
        assert [when for when in world.page.times("damkar.siaga") if when > at] == []
        assert world.page.times("bpbd.siaga")[-1] > at + 200
    await world.forward(2)
    row = await world.store.read(lambda store: store.assignments.get(first))
    assert (row["state"], row["acknowledged_by"], row["via"]) == ("diterima", "damkar.siaga", "call")
    assert row["acknowledged_at"] == to_text(START + timedelta(seconds=at))
    assert (await world.store.read(lambda store: store.assignments.get(second)))["state"] == "dikirim"
    details = [attempt["detail"] for attempt in await attempts(world, first) if attempt["channel"] == "call"]
    assert details[-1] == "diterima dengan tombol 1"


@pytest.mark.long
async def test_an_answer_that_stays_unwritten_quiets_for_one_term(world: World) -> None:
    """The follow-up of «diterima» cannot be planned: pushing begins again after the term, rather than never."""
    world.start()
    await world.dispatch()
    await world.forward(1)
    with full(world):
        world.call.says = ("accept",)
        await world.forward(60)
        at = world.call.times("damkar.siaga")[-1]
        world.call.says = ()
        await world.forward(700)
        again = next(when for when in world.call.times("damkar.siaga") if when > at)
        assert 600 <= again - at <= 605
    await world.forward(2)


async def test_a_refusal_quiets_who_refused(world: World) -> None:
    """«Bukan wewenang»: this contact is left alone, the next one of the ladder is rung all the same."""
    world.start()
    assignment = await world.dispatch()
    await world.forward(1)
    with full(world):
        world.call.says = ("refuse",)
        await world.forward(40)
        at = world.call.times("damkar.siaga")[-1]
        world.call.says = ()
        await world.forward(300)
        assert [when for when in world.call.times("damkar.siaga") if when > at] == []
        assert world.call.times("damkar.piket")
    await world.forward(2)
    assert world.call.heard == ["refused"]
    assert (await world.store.read(lambda store: store.assignments.get(assignment)))["state"] != "dikirim"


async def test_what_was_not_written_outlives_the_daemon(world: World, tmp_path: Path) -> None:
    """Its file is read by the next one: the accepted assignment stays quiet, and all of it is in the store once."""
    path = tmp_path / "escalate.spill"
    before = Filed(world, path)
    world.start(unwritten=before)
    assignment = await world.dispatch()
    await world.forward(1)
    with full(world):
        world.call.says = ("accept",)
        await world.forward(60)
        count = len(world.call.sent)
        await world.stop()
        await before.close()
    world.call.says = ()
    again = Filed(world, path)
    with full(world):
        world.start(unwritten=again)
        await world.forward(120)
        assert len(world.call.sent) == count
        assert len(again) >= 2
    await world.forward(5)
    assert len(again) == 0
    assert (await world.store.read(lambda store: store.assignments.get(assignment)))["state"] == "diterima"
    started = [(row["contact"], row["channel"], row["started_at"]) for row in await attempts(world, assignment)]
    assert len(started) == len(set(started))
    await again.close()
    assert not path.exists()


async def test_an_answer_on_a_page_that_cannot_write_it(world: World, tmp_path: Path) -> None:
    """Accepted and kept in the file, also by the next daemon; repeated it counts once, and where nothing waits it is
    not kept. Then it is in the store as of when it was pressed, and the page's own request is known."""
    path = tmp_path / "escalate.spill"
    before = Filed(world, path)
    daemon = world.start(unwritten=before)
    assignment, other = await world.dispatch(), await world.dispatch("bpbd")
    await world.forward(10)
    reply = {"key": "k" * 20, "user": "damkar", "asked": "cetak", "names": ["id", "state"]}
    with full(world):
        await world.forward(30)
        assert [await daemon.pressed(assignment, "damkar", reply) for _ in range(3)] == [True] * 3
        at, count = world.time.now, len(world.call.sent)
        await world.forward(60)
        await world.stop()
        await before.close()
        again = Filed(world, path)
        daemon = world.start(unwritten=again)
        await world.forward(60)
        assert len(world.call.sent) == count
        pressed = (at - START).total_seconds()
        assert world.page.times("damkar.siaga")[-1] <= pressed < world.page.times("bpbd.siaga")[-1]
    await world.forward(6)
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], row["acknowledged_by"], row["via"]) == ("diterima", "damkar", "page")
    assert row["acknowledged_at"] == to_text(at)
    known = await world.store.read(lambda store: store.replies.find("k" * 20, "damkar", "cetak"))
    assert known is not None
    assert json.loads(known["body"]) == {"id": assignment, "state": "diterima"}
    assert len(await world.journal("assignment.acknowledged")) == 1
    assert not await daemon.pressed(assignment, "damkar", reply)
    assert (await world.store.read(lambda store: store.assignments.get(other)))["state"] == "dikirim"
    await again.close()


async def test_a_page_that_was_too_late(world: World) -> None:
    """Somebody else's answer is in the store by then: it stands, and the rest of what was kept is written."""
    daemon = world.start()
    assignment = await world.dispatch()
    await world.forward(1)
    with full(world):
        assert await daemon.pressed(assignment, "damkar", {})
        await world.forward(40)
    await world.move(assignment, "dibatalkan")
    await world.forward(6)
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], await world.journal("assignment.acknowledged")) == ("dibatalkan", [])


def test_the_names_in_the_file_stay() -> None:
    """A file that another release has written is read, and the rows that are written keep its names."""
    push = DuePush(1, 2, "T-1", "damkar", 1, "damkar.siaga", "call", "dikirim", START, 30.0, 0, START)
    way, at = ("damkar.siaga", "call"), to_text(START)
    as_stored = asdict(push) | {"due_at": at, "dispatched_at": at}
    entries: dict[Entry, Row] = {
        Tried(push, way, START, START, True, "diangkat", START): {
            "at": at, "push": as_stored, "way": list(way), "ok": True, "detail": "diangkat", "started": at, "ended": at,
            "due": at,
        },
        Answered(push, "damkar.siaga", "accept", START, START): {
            "at": at, "push": as_stored, "planned": "damkar.siaga", "said": "accept", "until": at,
        },
    }  # fmt: skip
    pressed = Pressed(2, "damkar", START, START, {"key": "k"})
    pairs = [
        *entries.items(),
        (pressed, {"assignment": 2, "who": "damkar", "at": at, "until": at, "reply": {"key": "k"}}),
    ]
    for entry, row in pairs:
        assert _as_row(entry) == row
        assert _from_row(row) == entry
