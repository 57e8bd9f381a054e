"""A day and a night without any answer, with the shipped ladders, on the real daemon and the real store."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest

import tickets.escalation.daemon
import tickets.escalation.unsent_duty
from instance import load
from tests.tickets.world import START, WIB, World
from tickets.escalation.gaps import prove
from tickets.escalation.ladder import FOLLOW_UPS, follow_up
from tickets.escalation.push_report import report
from tickets.model import from_text

REPOSITORY = Path(__file__).parents[3]
DAY_S = 24 * 3600


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A real store in memory: eight thousand pushes need no disk to be right."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        made = World(Path(folder, "tanggap.db"))
        await made.store.open()
        yield made
        await made.close()


@pytest.mark.long
@pytest.mark.timeout(1200)  # it computes for more than a minute, and a busy machine has other work
async def test_a_day_without_an_answer_and_then_one_key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """24 hours: no gap beyond the ladder, no stop, everybody on it was pushed; key 1 then ends it in one cycle."""
    monkeypatch.setattr(tickets.escalation.daemon, "BEAT_S", 600.0)
    monkeypatch.setattr(tickets.escalation.unsent_duty, "LOOK_S", 600.0)
    world.routing = load(REPOSITORY, secrets=False).routing
    world.start()
    assignment = await world.dispatch()
    await world.forward(DAY_S)
    ladder = world.routing.opds["damkar"].ladder
    begun = {
        (target.contact, target.channel): step.after_s for step in reversed(ladder.steps) for target in step.notify
    }
    assert _first(world) == begun
    figures = await world.store.read(lambda store: report(store, START.date(), START.date(), WIB, world.time.now))
    assert figures["violations"] == []
    later = START + timedelta(seconds=DAY_S)
    proof = await world.store.read(
        lambda store: prove(store.ledger.duties(START, later, world.time.now), START, later, world.time.now, 0.0)
    )
    assert proof.holds
    assert proof.longest is not None
    assert proof.longest.seconds <= proof.longest.allowed_s, asdict(proof.longest)
    assert proof.attempts >= DAY_S / 30 * 2

    world.call.accepts = True  # the next call is answered with key 1
    await world.forward(30)
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], row["via"]) == ("diterima", "call")
    answered = from_text(row["acknowledged_at"])
    assert answered <= later + timedelta(seconds=30)
    term = row["follow_up_s"]
    await world.forward(term - 31)
    attempts = await world.store.read(lambda store: store.assignments.attempts(assignment))
    assert max(from_text(attempt["started_at"]) for attempt in attempts) <= answered
    assert [at for channel in (world.page, world.call) for at, _ in channel.sent if at > _s(answered)] == []


@pytest.mark.parametrize("states", [("diterima", "berangkat"), ("diterima", "berangkat", "di_lokasi")])
@pytest.mark.long
async def test_under_way_and_then_nothing_climbs_again_and_again(world: World, states: tuple[str, ...]) -> None:
    """Row 20: a crew that does not move is pushed after its term, and so are those above it, without end."""
    world.start()
    assignment = await world.dispatch()
    for state in states:
        row = await world.store.read(lambda store: store.assignments.get(assignment))
        await world.move(assignment, state, follow_up=follow_up(world.routing, row, state, world.time.now))
    row, term_s = await world.store.read(lambda store: store.assignments.get(assignment)), FOLLOW_UPS[states[-1]].after
    due_s = term_s * row["follow_up_s"]
    await world.forward(due_s + 119)
    assert world.page.times("damkar.siaga")[-1] >= due_s
    assert world.page.times("pusdalops") == []
    await world.forward(602)
    assert world.page.times("pusdalops") == [due_s + 120 * turn for turn in range(1, 7)]


def _first(world: World) -> dict[tuple[str, str], float]:
    """First push of each contact over each channel."""
    channels = {"page": world.page, "call": world.call, "apprise": world.message}
    sent = [((delivery.contact.name, name), at) for name, where in channels.items() for at, delivery in where.sent]
    return dict(reversed(sent))


def _s(moment: object) -> float:
    return (moment - START).total_seconds()  # type: ignore[operator]
