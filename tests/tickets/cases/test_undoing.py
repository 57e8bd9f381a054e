"""Taking back what a finger did, at the desk and by a link."""

from datetime import timedelta

import pytest

from tests.tickets.cases.people import BUDI, DAMKAR, FIRE, NOW, SITI, Office
from tickets.cases.merging import merge
from tickets.cases.steps import step
from tickets.cases.undoing import MOST, may_undo, undo, undo_step
from tickets.errors import Conflict, InvalidInput


def accepted(office: Office) -> int:
    """A fire that Damkar has accepted."""
    row = office.sent()
    step(office.store, office.routing, NOW, row, "diterima", DAMKAR, None, None)
    return int(row["id"])


def test_what_may_be_undone_is_what_undoing_does(office: Office) -> None:
    """By the same person, in time, not too often; nobody else, and nothing that was only dispatched."""
    waiting, assignment = office.sent(), accepted(office)
    store, row = office.store, office.store.assignments.get(assignment)
    assert not may_undo(store, NOW, waiting, DAMKAR.actor)
    assert may_undo(store, NOW, row, DAMKAR.actor)
    assert not may_undo(store, NOW, row, SITI.actor)
    assert not may_undo(store, NOW + timedelta(seconds=21), row, DAMKAR.actor)
    for _ in range(MOST):
        row = undo_step(store, office.routing, NOW, store.assignments.get(assignment), DAMKAR)
        assert not may_undo(store, NOW, row, DAMKAR.actor)
        step(store, office.routing, NOW, row, "diterima", DAMKAR, None, None)
    assert not may_undo(store, NOW, store.assignments.get(assignment), DAMKAR.actor)
    with pytest.raises(Conflict) as refused:
        undo_step(store, office.routing, NOW, store.assignments.get(assignment), DAMKAR)
    assert str(refused.value) == "tugas ini sudah 3 kali diurungkan; hubungi 112"


def test_what_was_handed_over_is_not_undone(office: Office) -> None:
    """Another agency has it by then."""
    row = office.sent()
    office.store.assignments.move(NOW, row["id"], "bukan_wewenang", DAMKAR.actor, via="page")
    with pytest.raises(Conflict):
        undo_step(office.store, office.routing, NOW, office.store.assignments.get(row["id"]), DAMKAR)


def test_a_merge_is_undone_by_whoever_merged(office: Office) -> None:
    """An agency that had accepted the merged report is where it was."""
    master, number = office.sent()["ticket"], office.sent()["ticket"]
    mine = office.assignment(number)
    step(office.store, office.routing, NOW, mine, "diterima", DAMKAR, None, None)
    merge(office.store, office.routing, NOW, number, master, {}, SITI.actor)
    with pytest.raises(Conflict):
        undo(office.store, office.routing, NOW, number, "merge", BUDI.actor)
    undo(office.store, office.routing, NOW, number, "merge", SITI.actor)
    assert [office.assignment(number)[name] for name in ("id", "state")] == [mine["id"], "diterima"]
    with pytest.raises(Conflict):
        undo(office.store, office.routing, NOW, number, "merge", SITI.actor)


def test_a_deed_is_one_of_those_known(office: Office) -> None:
    """Else it says which there are."""
    with pytest.raises(InvalidInput) as refused:
        undo(office.store, office.routing, NOW, office.ticket(**FIRE), "hapus", SITI.actor)
    assert str(refused.value) == "isian what 'hapus' tidak dikenal; yang ada: dispatch, verdict, merge, close"
