"""What a nudge does to the pushes that the daemon sends: at once, in the name of who asks, and never fewer."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tickets.world import START, WIB, World, steps
from tickets.cases.nudging import nudge
from tickets.escalation.push_report import report
from tickets.model import Actor


class Bupati:
    """Who asks."""

    role = "bupati"
    actor = Actor("user", "regent")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A small region; nobody has answered."""
    made = World(tmp_path / "tanggap.db")
    await made.store.open()
    yield made
    await made.close()


async def ask(world: World, assignment: int) -> None:
    await world.store.write(lambda store: nudge(store, world.routing, WIB, world.time.now, assignment, Bupati()))


async def test_everybody_of_the_agency_is_pushed_at_once_and_reads_who_asks(world: World) -> None:
    """Page and telephone, the head two minutes early; who stands above is not pushed and not told so."""
    world.start()
    assignment = await world.dispatch()
    await world.forward(20)
    await ask(world, assignment)
    await world.forward(5)
    assert world.page.times("damkar.siaga") == [0.0, 20.0]
    assert world.call.times("damkar.piket") == [20.0]
    assert world.page.times("pusdalops") == []
    (_, asked), (_, spoken) = world.page.sent[-1], world.call.sent[-1]
    assert "Pusat kendali menanyakan laporan ini." in asked.report.body
    assert "Pusat kendali menanyakan laporan ini." in spoken.report.spoken
    await world.forward(120)
    above = [delivery for _, delivery in world.page.sent if delivery.contact.opd is None]
    assert above and all("menanyakan" not in delivery.report.body for delivery in above)


async def test_the_name_stands_for_a_while_and_no_answer_is_taken(world: World) -> None:
    """As long as nobody may ask again; then pushes are as before, and the task has waited all the time."""
    world.routing = replace(world.routing, nudge_s=60.0)
    world.start()
    assignment = await world.dispatch()
    await world.forward(20)
    await ask(world, assignment)
    await world.forward(70)
    assert "menanyakan" not in world.page.sent[-1][1].report.body
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], row["acknowledged_at"]) == ("dikirim", None)


async def test_the_proof_holds_with_nudges(world: World) -> None:
    """Each step was pushed as it had to be, from the nudge on also those that began early."""
    ladder = steps("damkar", (0, ("siaga/page",), 60), (120, ("piket/call",), 120))
    opds = world.routing.opds | {"damkar": replace(world.routing.opds["damkar"], ladder=ladder)}
    world.routing = replace(world.routing, opds=opds, nudge_s=60.0)
    world.start()
    assignment = await world.dispatch()
    for seconds in (7, 61):
        await world.forward(seconds)
        await ask(world, assignment)
    await world.forward(200)
    await world.stop()
    today = START.date()
    figures = await world.store.read(lambda store: report(store, today, today, WIB, world.time.now))
    assert (figures["holds"], figures["violations"]) == (True, [])
