"""«Bukan wewenang», with a named taker."""

import pytest

from tests.tickets.cases.people import DAMKAR, NOW, Office
from tickets.cases.handing_over import DESK_112, hand_over, takers
from tickets.errors import InvalidField


def test_the_named_taker_has_the_ticket_at_once(office: Office) -> None:
    """The ticket is never without an agency."""
    row = office.sent()
    ended = hand_over(office.store, office.routing, NOW, row, "bpbd", "banjir", DAMKAR)
    assert (ended["state"], ended["note"]) == ("bukan_wewenang", "banjir (yang berwenang: BPBD)")
    assert office.store.tickets.get(row["ticket"])["status"] == "dispatched"
    assert office.assignment(row["ticket"], "bpbd")["state"] == "dikirim"


def test_a_taker_who_has_it_already_keeps_it(office: Office) -> None:
    """It is not dispatched twice."""
    row = office.sent()
    office.given(row["ticket"], "bpbd")
    hand_over(office.store, office.routing, NOW, row, "bpbd", "banjir", DAMKAR)
    assert [row["opd"] for row in office.store.tickets.show(row["ticket"])["assignments"]] == ["damkar", "bpbd"]


def test_to_112_the_ticket_is_open_again(office: Office) -> None:
    """Operators decide."""
    row = office.sent()
    hand_over(office.store, office.routing, NOW, row, DESK_112, "salah alamat", DAMKAR)
    assert office.store.tickets.get(row["ticket"])["status"] == "open"
    assert takers(office.routing) == ("112", "damkar", "bpbd")


def test_an_agency_cannot_name_itself(office: Office) -> None:
    """Nothing changes."""
    row = office.sent()
    with pytest.raises(InvalidField) as refused:
        hand_over(office.store, office.routing, NOW, row, "damkar", "x", DAMKAR)
    assert (refused.value.field, str(refused.value)) == ("taker", "pilih OPD lain sebagai yang berwenang")
    assert office.store.assignments.get(row["id"])["state"] == "dikirim"
