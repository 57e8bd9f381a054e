"""A ticket's agencies are pushed by the ladder of its kind."""

import pytest

from tests.tickets.cases.people import FIRE, NOW, SITI, Office
from tickets.cases.urgency import change_kind, raised
from tickets.errors import InvalidField


def test_an_emergency_is_pushed_by_the_fast_ladder_and_back(office: Office) -> None:
    """Raised and lowered again, each time counted from now."""
    row = office.sent(kind="complaint")
    assert office.intervals(row["id"]) == [1800.0]
    args = (office.store, office.routing, NOW, row["ticket"])
    assert change_kind(*args, "emergency", (), SITI.actor, "asap") == ["damkar"]
    assert office.intervals(row["id"]) == [30.0, 30.0, 120.0, 120.0]
    assert change_kind(*args, "complaint", (), SITI.actor, "bukan api") == ["damkar"]
    assert office.intervals(row["id"]) == [1800.0]


def test_an_emergency_has_an_agency(office: Office) -> None:
    """It is refused without one, and dispatched with the named one."""
    number = office.ticket(**(FIRE | {"kind": "complaint"}))
    with pytest.raises(InvalidField) as refused:
        change_kind(office.store, office.routing, NOW, number, "emergency", (), SITI.actor, "asap")
    assert refused.value.field == "opds"
    assert change_kind(office.store, office.routing, NOW, number, "emergency", ("bpbd",), SITI.actor, "asap") == [
        "bpbd"
    ]


def test_a_turned_down_assignment_keeps_its_pushes(office: Office) -> None:
    """They go to those above until a taker is named."""
    row = office.sent(kind="complaint")
    office.store.assignments.move(NOW, row["id"], "ditolak", SITI.actor, via="phone")
    office.store.tickets.update(NOW, row["ticket"], {"kind": "emergency"}, SITI.actor)
    before = office.intervals(row["id"])
    raised(office.store, office.routing, NOW, row["ticket"], "complaint", SITI.actor)
    assert office.intervals(row["id"]) == before
