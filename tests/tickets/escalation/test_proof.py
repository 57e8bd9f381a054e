"""The proof tells what was tried from what arrived at a person, and knows who had said that they deal with it."""

from dataclasses import replace

import pytest

from tests.tickets.world import CONTACTS, START, WIB, World, make_routing, steps
from tickets.errors import ChannelError
from tickets.escalation.push_report import report
from tickets.model import Row
from tickets.routing import Contact, Ladder


def with_ladder(world: World, ladder: Ladder, *more: Contact) -> None:
    """Give Damkar another ladder."""
    known = make_routing((*CONTACTS, *more))
    world.routing = replace(known, opds=known.opds | {"damkar": replace(known.opds["damkar"], ladder=ladder)})


async def proof(world: World) -> Row:
    """The report of today."""
    return await world.store.read(lambda store: report(store, START.date(), START.date(), WIB, world.time.now))


async def test_what_failed_was_tried_and_did_not_arrive(world: World) -> None:
    """A step of failing pushes alone: no gap between the tries, and one in which nobody was reached."""
    with_ladder(world, steps("damkar", (0, ("siaga/page",), 30)))
    world.page.error = ChannelError("halaman tertutup")
    world.start()
    await world.dispatch()
    await world.forward(300)
    figures = await proof(world)
    assert (figures["holds"], figures["delivered"], figures["violations"]) == (True, 0, [])
    assert [(gap["opd"], gap["step"], gap["seconds"]) for gap in figures["unreached"]] == [("damkar", 1, 300.0)]


@pytest.mark.parametrize("channel", ["speaker", "webpush"])
async def test_a_machine_reaches_nobody(world: World, channel: str) -> None:
    """What a loudspeaker or a browser's service took is delivered, and no person."""
    machine = Contact("damkar.mesin", "damkar", "Mesin", speaker="spk1", webpush=True)
    with_ladder(world, steps("damkar", (0, (f"mesin/{channel}",), 30)), machine)
    world.start()
    await world.dispatch()
    await world.forward(100)
    figures = await proof(world)
    assert (figures["holds"], figures["delivered"] > 2, len(figures["unreached"])) == (True, True, 1)


async def test_a_colleague_who_is_reached_is_enough(world: World) -> None:
    """The telephone fails, the page arrives: nobody is missing."""
    world.call.error = ChannelError("tidak terjangkau")
    with_ladder(world, steps("damkar", (0, ("siaga/page", "siaga/call"), 30)))
    world.start()
    await world.dispatch()
    await world.forward(100)
    figures = await proof(world)
    assert (figures["violations"], figures["unreached"]) == ([], [])


@pytest.mark.long
async def test_who_knows_need_not_be_pushed(world: World) -> None:
    """The command centre alone is on a step, and said that it deals with it: five quiet minutes are no gap."""
    with_ladder(world, steps("damkar", (0, ("siaga/page",), 30), (60, (".pusdalops/page",), 30)))
    world.page.says_of = {"pusdalops": "accept"}
    world.start()
    await world.dispatch()
    await world.forward(1200)
    assert world.page.times("pusdalops") == [60.0, 360.0, 660.0, 960.0]
    assert (await proof(world))["violations"] == []


async def test_one_who_knows_covers_no_other(world: World) -> None:
    """Two above are on one step, and one of them knows: the other has to be pushed as before."""
    bupati = Contact("bupati", None, "Bupati", page=True)
    ladder = steps("damkar", (0, ("siaga/page",), 30), (60, (".pusdalops/page", ".bupati/page"), 30))
    with_ladder(world, ladder, bupati)
    world.page.says_of = {"pusdalops": "accept"}
    world.start()
    await world.dispatch()
    await world.forward(300)
    assert len(world.page.times("bupati")) == 9
    await world.stop()
    world.time.now += (world.time.now - START) / 5  # a minute without any push
    gaps = (await proof(world))["violations"]
    assert {gap["step"] for gap in gaps} == {1, 2}
