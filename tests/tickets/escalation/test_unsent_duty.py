"""Time travel: an emergency that nobody sends is pushed to the desk, the room and the command centre, without end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.tickets.world import SARI, START, WIB, World
from tickets.escalation.ladder import plan
from tickets.escalation.push_report import report
from tickets.model import Actor, Row, from_text
from tickets.store import Store
from tickets.store.calls import NewCall
from tickets.store.steps import CallStep, Note

FIRE = {"kind": "emergency", "category": "kebakaran", "desa": "Mantingan", "description": "rumah terbakar"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path / "tanggap.db")
    await made.store.open()
    yield made
    await made.close()


async def call(world: World, outcome: str = "talked", lane: str = "urgent", fields: Row | None = None) -> str:
    """A call that has just ended, with what the operator wrote during it; returns its ticket."""

    id = f"c-{outcome}-{lane}"

    def job(store: Store) -> str:
        now, at = world.time.now, world.time.now.isoformat(timespec="microseconds")
        number = store.calls.arrive(now, "20261122", NewCall(id, "+6281326554021", "0813", False, True, "112"))
        if fields:
            store.tickets.update(now, number, fields, SARI)
        columns = {"stage": "ended", "ended_at": at, "outcome": outcome, "lane": lane}
        if outcome == "talked":
            columns |= {"operator": "sari", "talking_at": at, "talk_ended_at": at}
        ended = Note("call.ended", {"outcome": outcome})
        CallStep(id, now, columns, (ended,), ends=outcome).write(store, number)
        return number

    return await world.store.write(job)


async def pushed(world: World, ticket: str) -> dict[str, list[float]]:
    """Pushes of a ticket by audience, in seconds after START."""
    by_audience: dict[str, list[float]] = {}
    for row in await world.journal("push.unsent"):
        if row["ticket"] == ticket:
            by_audience.setdefault(row["data"]["audience"], []).append(_s(row["at"]))
    return by_audience


def _s(text: str) -> float:
    return (from_text(text) - START).total_seconds()


async def proof(world: World) -> Row:
    """The report of pushes of the day."""
    day = START.astimezone(WIB).date()
    return await world.store.read(lambda store: report(store, day, day, WIB, world.time.now))


@pytest.mark.long
async def test_an_unsent_fire_and_nobody_at_the_desks(world: World) -> None:
    """The whole room by 90 s and the command centre by 180 s, then again and again; the report proves it."""
    world.start()
    ticket = await call(world, fields=FIRE)
    await world.forward(600)
    pushes = await pushed(world, ticket)
    assert pushes["desk"][0] <= 60
    assert pushes["room"][0] <= 90
    assert pushes["command_centre"][0] <= 180
    for audience, pause in (("room", 15), ("command_centre", 30)):
        times = [*pushes[audience], 600.0]
        assert max(later - earlier for earlier, later in pairwise(times)) <= pause, audience
    figures = await proof(world)
    assert figures["holds"], figures
    assert figures["unsent"]["episodes"] == 1
    assert figures["unsent"]["pushes"] == sum(map(len, pushes.values()))
    assert figures["unsent"]["arrived"] == 0  # tried, and nobody there


async def test_a_crash_and_a_restart_between_change_nothing(world: World) -> None:
    """Killed twice and idle in between, the next daemon pushes by the same grid from the same beginning."""
    world.start()
    ticket = await call(world, fields=FIRE)
    await world.forward(70)
    await world.kill()
    world.start()
    await world.forward(70)
    await world.kill()
    world.start()
    await world.forward(160)
    pushes = await pushed(world, ticket)
    begun = pushes["desk"][0]
    assert {(at - begun) % 15 for at in pushes["desk"]} == {0.0}
    assert pushes["command_centre"][0] <= 180
    assert (await proof(world))["holds"]


async def test_a_daemon_that_was_dead_is_proven_by_the_report(world: World) -> None:
    """Nobody pushed for five minutes: the report says so, also where the ticket was sent meanwhile."""
    await call(world, fields=FIRE)
    await world.forward(300)
    figures = await proof(world)
    assert not figures["holds"]
    assert {row["opd"] for row in figures["unsent"]["violations"]} == {"desk", "room", "command_centre"}


async def test_a_message_of_the_night_is_pushed(world: World) -> None:
    """Nobody writes it, so that its ladder begins at once."""
    world.start()
    ticket = await call(world, "message", "normal")
    await world.forward(180)
    pushes = await pushed(world, ticket)
    assert pushes["desk"][0] <= 2
    assert pushes["room"][0] <= 30
    assert pushes["command_centre"][0] <= 120


async def test_an_assignment_that_its_only_agency_returned_is_pushed(world: World) -> None:
    """The ticket has no agency any more; while it had one it was quiet."""
    world.start()
    assignment = await world.dispatch()
    ticket = (await world.store.read(lambda store: store.assignments.get(assignment)))["ticket"]
    await world.forward(100)
    assert await pushed(world, ticket) == {}
    await world.move(assignment, "bukan_wewenang", note="bukan kebakaran")
    await world.forward(180)
    pushes = await pushed(world, ticket)
    assert pushes["desk"][0] <= 102
    assert pushes["room"][0] <= 130
    assert pushes["command_centre"][0] <= 220


@pytest.mark.parametrize("state", ["dibatalkan", "ditolak"])
async def test_a_cancelled_and_a_declined_assignment_are_pushed(world: World, state: str) -> None:
    """Neighbours of the returned one: nobody works on the ticket."""
    world.start()
    assignment = await world.dispatch()
    ticket = (await world.store.read(lambda store: store.assignments.get(assignment)))["ticket"]
    await world.move(assignment, state, note="salah kirim")
    await world.forward(180)
    assert set(await pushed(world, ticket)) == {"desk", "room", "command_centre"}


async def test_sent_it_is_quiet_and_returned_it_begins_anew(world: World) -> None:
    """The push ends with the dispatch in the same moment."""
    world.start()
    ticket = await call(world, fields=FIRE)
    await world.forward(100)
    ladder = plan(world.routing, "damkar", world.time.now, "emergency")
    await world.store.write(
        lambda store: store.assignments.dispatch(world.time.now, ticket, "damkar", ladder, 600.0, SARI)
    )
    before = await pushed(world, ticket)
    await world.forward(300)
    assert await pushed(world, ticket) == before
    ended = await world.journal("unsent.ended")
    assert [(row["ticket"], row["actor"], row["data"]["reason"]) for row in ended] == [(ticket, "user:sari", "sent")]


async def test_typing_holds_it_back_for_a_minute_at_most(world: World) -> None:
    """Each edit is seen within 20 s, all of them together for 60 s after the talk."""
    world.start()
    ticket = await call(world)
    for second in range(0, 120, 10):
        text = {"description": f"kebakaran {second}"}
        await world.store.write(lambda store, text=text: store.tickets.update(world.time.now, ticket, text, SARI))  # type: ignore[misc]
        await world.forward(10)
    assert (await pushed(world, ticket))["desk"][0] == 60


async def test_a_clock_that_is_set_back_leaves_no_hour_of_silence(world: World) -> None:
    """An hour back, also while no daemon ran: pushed on within a turn of its step."""
    world.start()
    ticket = await call(world, fields=FIRE)
    await world.forward(200)
    await world.stop()
    world.time.now -= timedelta(hours=1)
    world.start()
    back = (world.time.now - START).total_seconds()
    await world.forward(120)
    later = [at for at in (await pushed(world, ticket))["command_centre"] if back <= at <= back + 120]
    assert len(later) >= 3


async def test_a_plain_complaint_and_a_call_that_was_given_up_are_quiet(world: World) -> None:
    """A pothole is no emergency; who hung up while waiting is called back instead."""
    world.start()
    await call(world, fields={"kind": "complaint", "description": "jalan berlubang"}, lane="normal")
    await call(world, "abandoned")
    await world.forward(300)
    assert await world.journal("push.unsent") == []


async def test_a_desk_that_is_there_is_reached_and_the_room_waits_its_turn(world: World) -> None:
    """With sari's page open the room comes after its 30 s; without it, at once."""
    world.start()
    ticket = await call(world, fields=FIRE)
    for _ in range(20):
        await world.store.write(lambda store: store.people.page_seen(world.time.now, "p1", "sari", "operator", None))
        await world.forward(5)
    pushes = await pushed(world, ticket)
    assert (pushes["desk"][0], pushes["room"][0]) == (20, 50)
    assert (await proof(world))["unsent"]["arrived"] > 0
    actor = Actor("user", "sari")
    await world.store.write(lambda store: store.tickets.close(world.time.now, ticket, actor, "selesai lewat telepon"))
    assert (await world.journal("unsent.ended"))[0]["data"]["reason"] == "closed"


async def at_desks(world: World, seconds: int, **live: str) -> None:
    """Let time pass with a page open at each of these desks, whose operators are in this state."""
    for _ in range(seconds // 10):

        def job(store: Store) -> None:
            for name, state in live.items():
                store.people.page_seen(world.time.now, name, name, "operator", None)
                store.people.set_presence(world.time.now, name, wanted="ready", live=state, call=None)

        await world.store.write(job)
        await world.forward(10)


@pytest.mark.parametrize("busy", ["talking", "ringing", "calling"])
async def test_a_desk_that_talks_is_not_disturbed_and_the_others_hear_at_once(world: World, busy: str) -> None:
    """No tone sounds in a headset during a talk: that desk counts as none, and the room's turn comes with it."""
    world.start()
    ticket = await call(world, fields=FIRE)
    await at_desks(world, 60, sari=busy, budi="ready")
    pushes = await pushed(world, ticket)
    assert (pushes["desk"][0], pushes["room"][0]) == (20, 20)
    assert "command_centre" not in pushes
    rows = [row["data"] for row in await world.journal("push.unsent")]
    assert {(row["audience"], row["pages"], row["busy"]) for row in rows} == {("desk", 0, 1), ("room", 1, 1)}


async def test_a_room_in_which_everybody_talks_brings_the_command_centre_forward(world: World) -> None:
    """Nobody is free to send it; as soon as somebody is, that desk is reached."""
    world.start()
    ticket = await call(world, fields=FIRE)
    await at_desks(world, 40, sari="talking", budi="ringing")
    assert (await pushed(world, ticket))["command_centre"][0] == 20
    await at_desks(world, 30, sari="wrap_up", budi="talking")
    last = [row["data"] for row in await world.journal("push.unsent") if row["data"]["audience"] == "desk"][-1]
    assert (last["pages"], last["busy"]) == (1, 0)
