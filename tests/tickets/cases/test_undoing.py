"""Taking back what a finger did, at the desk and by a link."""

from datetime import timedelta

import pytest

from tests.tickets.cases.people import BUDI, DAMKAR, FIRE, NOW, SITI, Office
from tickets.cases.merging import merge
from tickets.cases.steps import step
from tickets.cases.undoing import MOST, may_undo, undo, undo_step
from tickets.errors import Conflict, InvalidInput
from tickets.escalation.amending import take_up
from tickets.model import AMENDED, WAITING_STATE, Row


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


def test_a_change_is_still_pushed_after_an_undoing(office: Office) -> None:
    """It lasts until somebody has read it, whatever state the task is in."""
    assignment = accepted(office)
    store, row = office.store, office.store.assignments.get(assignment)
    store.tickets.update(NOW, row["ticket"], {"address": "Jalan Kartini 5"}, SITI.actor)
    take_up(store, office.routing, NOW)
    before = open_pushes(office, assignment, AMENDED)
    assert before
    undo_step(store, office.routing, NOW, row, DAMKAR)
    assert open_pushes(office, assignment, AMENDED) == before
    assert open_pushes(office, assignment, WAITING_STATE)


def open_pushes(office: Office, assignment: int, phase: str) -> list[Row]:
    """The pushes of a phase that have not ended."""
    sql = "SELECT id FROM pushes WHERE assignment = :id AND phase = :phase AND done_at IS NULL"
    return office.store.connection.all(sql, id=assignment, phase=phase)


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


def test_an_agency_that_was_told_of_a_merge_is_sent_the_ticket_anew(office: Office) -> None:
    """What a push has told it stays true; what no push has told it yet was never said."""
    for told in (False, True):
        master, number = office.sent()["ticket"], office.sent()["ticket"]
        mine = office.assignment(number)["id"]
        merge(office.store, office.routing, NOW, number, master, {}, SITI.actor)
        assert [row["field"] for row in office.store.amendments.unread(mine)] == ["recall"]
        if told:
            office.store.amendments.taken_up(mine)
        undone = undo(office.store, office.routing, NOW, number, "merge", SITI.actor)
        assert undone == {"dispatched": ["damkar"] if told else []}
        assert [row["field"] for row in office.store.amendments.unread(mine)] == (["recall"] if told else [])
        assert office.assignment(number)["state"] == "dikirim"


def test_a_deed_is_one_of_those_known(office: Office) -> None:
    """Else it says which there are."""
    with pytest.raises(InvalidInput) as refused:
        undo(office.store, office.routing, NOW, office.ticket(**FIRE), "hapus", SITI.actor)
    assert str(refused.value) == "isian what 'hapus' tidak dikenal; yang ada: dispatch, verdict, merge, close"
