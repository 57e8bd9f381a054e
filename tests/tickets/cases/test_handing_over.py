"""«Bukan wewenang», with a named taker."""

import pytest

from tests.tickets.cases.people import DAMKAR, NOW, Desk
from tickets.cases.handing_over import DESK_112, hand_over, takers
from tickets.errors import InvalidField


def test_the_named_taker_has_the_ticket_at_once(desk: Desk) -> None:
    """The ticket is never without an agency."""
    row = desk.sent()
    ended = hand_over(desk.store, desk.routing, NOW, row, "bpbd", "banjir", DAMKAR)
    assert (ended["state"], ended["note"]) == ("bukan_wewenang", "banjir (yang berwenang: BPBD)")
    assert desk.store.tickets.get(row["ticket"])["status"] == "dispatched"
    assert desk.assignment(row["ticket"], "bpbd")["state"] == "dikirim"


def test_a_taker_who_has_it_already_keeps_it(desk: Desk) -> None:
    """It is not dispatched twice."""
    row = desk.sent()
    desk.given(row["ticket"], "bpbd")
    hand_over(desk.store, desk.routing, NOW, row, "bpbd", "banjir", DAMKAR)
    assert [row["opd"] for row in desk.store.tickets.show(row["ticket"])["assignments"]] == ["damkar", "bpbd"]


def test_to_112_the_ticket_is_open_again(desk: Desk) -> None:
    """Operators decide."""
    row = desk.sent()
    hand_over(desk.store, desk.routing, NOW, row, DESK_112, "salah alamat", DAMKAR)
    assert desk.store.tickets.get(row["ticket"])["status"] == "open"
    assert takers(desk.routing) == ("112", "damkar", "bpbd")


def test_an_agency_cannot_name_itself(desk: Desk) -> None:
    """Nothing changes."""
    row = desk.sent()
    with pytest.raises(InvalidField) as refused:
        hand_over(desk.store, desk.routing, NOW, row, "damkar", "x", DAMKAR)
    assert (refused.value.field, str(refused.value)) == ("taker", "pilih OPD lain sebagai yang berwenang")
    assert desk.store.assignments.get(row["id"])["state"] == "dikirim"
