"""«Saya tahu, saya tangani»: one contact above an agency is quiet for some minutes, and comes back louder."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.tickets.world import CONTACTS, START, World, make_routing, steps
from tickets.errors import Conflict
from tickets.model import Actor
from tickets.store import Store


async def know(world: World, assignment: int, contact: str = "pusdalops", **options: Any) -> None:
    """Say «saya tahu» for a contact."""
    actor = Actor("contact", contact)

    def job(store: Store) -> None:
        store.snoozes.begin(world.time.now, assignment, contact, 300, actor, via="page", **options)

    await world.store.write(job)


@pytest.mark.long
async def test_quiet_for_one_contact_and_one_assignment(world: World) -> None:
    """Five minutes without a push of this assignment to it; of another one, and to the agency, pushes go on."""
    world.start()
    first = await world.dispatch()
    await world.forward(121)
    await know(world, first)
    second = await world.dispatch()
    before = len(world.page.times("pusdalops"))
    await world.forward(310)
    theirs = [delivery.push.assignment for _at, delivery in world.page.sent if delivery.contact.name == "pusdalops"]
    assert theirs[before:] == [second, second, first]
    assert max(b - a for a, b in pairwise(world.call.times("damkar.siaga"))) <= 45


async def test_back_louder_when_the_agency_has_not_answered(world: World) -> None:
    """After the quiet time its telephone rings too, which the ladder alone would not have rung."""
    known = [replace(each, sip="pusdalops1") if each.name == "pusdalops" else each for each in CONTACTS]
    world.routing = make_routing(tuple(known))
    world.start()
    assignment = await world.dispatch()
    await world.forward(121)
    await know(world, assignment, louder=("call", "page"))
    await world.forward(298)
    assert (world.page.times("pusdalops"), world.call.times("pusdalops")) == ([120.0], [])
    await world.forward(3)
    assert (world.page.times("pusdalops"), world.call.times("pusdalops")) == ([120.0, 421.0], [421.0])


@pytest.mark.long
async def test_nothing_comes_back_after_the_answer(world: World) -> None:
    """The agency has accepted meanwhile."""
    world.start()
    assignment = await world.dispatch()
    await world.forward(121)
    await know(world, assignment)
    await world.move(assignment, "diterima")
    await world.forward(400)
    assert world.page.times("pusdalops") == [120.0]


async def test_a_later_step_for_the_same_contact_waits_too(world: World) -> None:
    """Quiet is the contact, not one push of it: a step whose turn comes meanwhile is held back."""
    ladder = steps("damkar", (0, ("siaga/page",), 30), (60, (".pusdalops/page",), 60), (120, (".pusdalops/page",), 60))
    world.routing = replace(
        world.routing, opds=world.routing.opds | {"damkar": replace(world.routing.opds["damkar"], ladder=ladder)}
    )
    world.start()
    assignment = await world.dispatch()
    await world.forward(61)
    await know(world, assignment)
    await world.forward(298)
    assert world.page.times("pusdalops") == [60.0]


async def test_journalled_and_shown_until_it_ends(world: World) -> None:
    """With who, by which way and until when; pages show it while the assignment is open."""
    assignment = await world.dispatch()
    await know(world, assignment)
    rows = await world.journal("assignment.known")
    until = "2026-11-22T07:05:00.000000+00:00"
    expected = {"assignment": assignment, "contact": "pusdalops", "opd": "damkar", "via": "page", "until": until}
    assert [row["data"] for row in rows] == [expected]
    shown = await world.store.read(lambda store: store.snoozes.shown(START + timedelta(seconds=299)))
    assert [(row["contact"], row["opd"], row["ends_at"]) for row in shown] == [("pusdalops", "damkar", until)]
    assert await world.store.read(lambda store: store.snoozes.shown(START + timedelta(seconds=300))) == []


async def test_an_ended_assignment_is_nobodys_to_know(world: World) -> None:
    """Conflict, and nothing is written."""
    assignment = await world.dispatch()
    await world.move(assignment, "bukan_wewenang", note="x")
    with pytest.raises(Conflict):
        await know(world, assignment)
    assert await world.journal("assignment.known") == []
