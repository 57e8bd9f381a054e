"""routing.yaml is edited while tasks are open."""

from dataclasses import replace

from tests.tickets.world import World, steps
from tickets.escalation.ladder import follow_up
from tickets.escalation.rerouting import reroute
from tickets.routing import Ladder, Routing


def without(routing: Routing, opd: str) -> Routing:
    """The same without an agency and its contacts."""
    opds = {code: each for code, each in routing.opds.items() if code != opd}
    contacts = {name: each for name, each in routing.contacts.items() if each.opd != opd}
    return replace(routing, opds=opds, contacts=contacts)


def with_ladder(routing: Routing, ladder: Ladder) -> Routing:
    """The same with another ladder for Damkar."""
    return replace(routing, opds=routing.opds | {"damkar": replace(routing.opds["damkar"], ladder=ladder)})


async def test_an_agency_that_left_is_not_pushed_into_the_void(world: World) -> None:
    """The duty contact is pushed at once, those above keep their time, and the ticket tells why."""
    world.start()
    await world.dispatch()
    await world.forward(31)
    world.routing = without(world.routing, "damkar")
    await world.forward(100)
    assert world.page.times("bpbd.siaga")[0] <= 36
    assert world.page.times("pusdalops") == [120.0]
    assert [row["data"]["opd"] for row in await world.journal("assignment.replanned")] == ["damkar"]
    assert await world.journal("push.failed") == []


async def test_it_left_while_no_daemon_ran(world: World) -> None:
    """The same at the next start, once: a further start plans nothing anew."""
    world.start()
    await world.dispatch()
    await world.forward(31)
    await world.stop()
    world.routing = without(world.routing, "damkar")
    world.start()
    await world.forward(10)
    assert world.page.times("bpbd.siaga") == [31.0]
    await world.stop()
    world.start()
    await world.forward(10)
    assert len(await world.journal("assignment.replanned")) == 1


async def test_a_new_step_is_pushed_at_its_own_time(world: World) -> None:
    """Counted from the dispatch; what both ladders have goes on without a break, what is gone ends."""
    world.start()
    await world.dispatch()
    await world.forward(31)
    ladder = steps("damkar", (0, ("siaga/page",), 30), (60, (".pusdalops/page",), 120), (90, ("piket/call",), 120))
    world.routing = with_ladder(world.routing, ladder)
    await world.forward(100)
    assert world.page.times("damkar.siaga") == [0.0, 30.0, 60.0, 90.0, 120.0]
    assert max(world.call.times("damkar.siaga")) <= 35
    assert world.call.times("damkar.piket")[0] in (90.0, 120.0)


async def test_a_step_whose_time_has_passed_is_due_at_once(world: World) -> None:
    """A bupati who is put on the ladder at 60 s, when 100 s have passed."""
    world.start()
    await world.dispatch("bpbd")
    await world.forward(100)
    ladder = steps("bpbd", (0, ("siaga/page", "siaga/apprise"), 60), (60, (".pusdalops/page",), 120))
    opds = world.routing.opds | {"bpbd": replace(world.routing.opds["bpbd"], ladder=ladder)}
    world.routing = replace(world.routing, opds=opds)
    await world.forward(10)
    assert 100 <= world.page.times("pusdalops")[0] <= 106


async def test_another_edit_changes_no_push(world: World) -> None:
    """A title, or another agency's ladder: nothing is planned anew, nor at a start."""
    world.start()
    await world.dispatch("bpbd")
    await world.forward(20)
    world.routing = with_ladder(world.routing, steps("damkar", (0, ("siaga/page",), 60)))
    await world.forward(100)
    assert await world.journal("assignment.replanned") == []
    assert await world.store.write(lambda store: reroute(store, None, world.routing, world.time.now)) == 0


async def test_an_accepted_task_of_an_agency_that_left_is_followed_up(world: World) -> None:
    """Its reminders go to the duty contact, too."""
    world.start()
    assignment = await world.dispatch()
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    await world.move(assignment, "diterima", follow_up=follow_up(world.routing, row, "diterima", world.time.now))
    world.routing = without(world.routing, "damkar")
    await world.forward(10)
    assert world.page.times("bpbd.siaga")
