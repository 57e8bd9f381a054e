"""A ticket's agencies are pushed by the ladder of its kind."""

import pytest

from tests.tickets.cases.people import FIRE, NOW, SITI, Desk
from tickets.cases.urgency import change_kind, raised
from tickets.errors import InvalidField


def test_an_emergency_is_pushed_by_the_fast_ladder_and_back(desk: Desk) -> None:
    """Raised and lowered again, each time counted from now."""
    row = desk.sent(kind="complaint")
    assert desk.intervals(row["id"]) == [1800.0]
    args = (desk.store, desk.routing, NOW, row["ticket"])
    assert change_kind(*args, "emergency", (), SITI.actor, "asap") == ["damkar"]
    assert desk.intervals(row["id"]) == [30.0, 30.0, 120.0, 120.0]
    assert change_kind(*args, "complaint", (), SITI.actor, "bukan api") == ["damkar"]
    assert desk.intervals(row["id"]) == [1800.0]


def test_an_emergency_has_an_agency(desk: Desk) -> None:
    """It is refused without one, and dispatched with the named one."""
    number = desk.ticket(**(FIRE | {"kind": "complaint"}))
    with pytest.raises(InvalidField) as refused:
        change_kind(desk.store, desk.routing, NOW, number, "emergency", (), SITI.actor, "asap")
    assert refused.value.field == "opds"
    assert change_kind(desk.store, desk.routing, NOW, number, "emergency", ("bpbd",), SITI.actor, "asap") == ["bpbd"]


def test_a_turned_down_assignment_keeps_its_pushes(desk: Desk) -> None:
    """They go to those above until a taker is named."""
    row = desk.sent(kind="complaint")
    desk.store.assignments.move(NOW, row["id"], "ditolak", SITI.actor, via="phone")
    desk.store.tickets.update(NOW, row["ticket"], {"kind": "emergency"}, SITI.actor)
    before = desk.intervals(row["id"])
    raised(desk.store, desk.routing, NOW, row["ticket"], "complaint", SITI.actor)
    assert desk.intervals(row["id"]) == before
