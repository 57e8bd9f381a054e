"""An acceptance that is taken back: pushing goes on where it would have been, and the ledger proves it."""

from pathlib import Path

import pytest

from tests.tickets.cases.people import Person
from tests.tickets.world import START, WIB, World
from tickets.cases.undoing import undo_step
from tickets.errors import Conflict
from tickets.escalation.push_report import report
from tickets.store import Store

pytestmark = pytest.mark.long
BUDI = Person("budi", "opd", "damkar")


async def undo(world: World, assignment: int) -> None:
    """Budi, who has moved it, presses «Urungkan»."""

    def job(store: Store) -> None:
        undo_step(store, world.routing, world.time.now, store.assignments.get(assignment), BUDI)

    await world.store.write(job)


@pytest.mark.parametrize("at", [1, 45, 118])
async def test_pushing_goes_on_with_its_former_age(tmp_path: Path, at: float) -> None:
    """Accepted at some second and undone 15 s later: who is due at 120 s is pushed at 120 s, or at once; no gap."""
    world = World(tmp_path / "tanggap.db")
    await world.store.open()
    world.start()
    assignment = await world.dispatch()
    await world.forward(at)
    await world.move(assignment, "diterima")
    await world.forward(15)
    await undo(world, assignment)
    await world.forward(240)
    assert [sent for sent in world.page.times("damkar.siaga") if at < sent < at + 15] == []
    assert world.call.times("damkar.piket")[0] == max(120.0, at + 15)
    figures = await world.store.read(lambda store: report(store, START.date(), START.date(), WIB, world.time.now))
    assert figures["violations"] == []
    assert (await world.store.read(lambda store: store.assignments.get(assignment)))["acknowledged_at"] is None
    await world.close()


async def test_an_answer_by_telephone_in_between_stays(tmp_path: Path) -> None:
    """Key 1 comes after the undoing: it counts; the undoing after it does not."""
    world = World(tmp_path / "tanggap.db")
    await world.store.open()
    world.start()
    assignment = await world.dispatch()
    await world.forward(1)
    await world.move(assignment, "diterima")
    await undo(world, assignment)
    world.call.accepts = True
    await world.forward(31)
    row = await world.store.read(lambda store: store.assignments.get(assignment))
    assert (row["state"], row["via"]) == ("diterima", "call")
    with pytest.raises(Conflict):
        await undo(world, assignment)
    await world.close()


async def test_a_ladder_whose_pushes_are_gone_is_planned_from_the_dispatch(tmp_path: Path) -> None:
    """The configuration changed meanwhile: nothing of the old ladder is left, the present one has the ticket's age."""
    world = World(tmp_path / "tanggap.db")
    await world.store.open()
    assignment = await world.dispatch()
    await world.forward(60)
    await world.move(assignment, "diterima")

    def forget(store: Store) -> None:
        store.connection.run("UPDATE pushes SET done_at = first_due_at WHERE assignment = :id", id=assignment)

    await world.store.write(forget)
    await undo(world, assignment)
    due = await world.store.read(lambda store: store.assignments.due(world.time.now))
    assert {push.contact for push in due} == {"damkar.siaga"}
    world.start()
    await world.forward(61)
    assert world.call.times("damkar.piket") == [120.0]
    await world.close()
