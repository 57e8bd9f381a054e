"""Merging, and taking it back."""

import pytest

from tests.tickets.cases.people import FIRE, NOW, SITI, Desk
from tickets.cases.merging import join, merge, part
from tickets.errors import Conflict


def test_the_second_report_joins_the_first(desk: Desk) -> None:
    """Its own assignment ends, since the agency has the master; parted, it is sent anew."""
    master, number = desk.sent()["ticket"], desk.sent()["ticket"]
    changes = {"description": "api dari lantai dua"}
    assert merge(desk.store, desk.routing, NOW, number, master, changes, SITI.actor) == master
    assert desk.store.merging.master_of(number) == master
    assert desk.store.tickets.get(number)["description"] == "api dari lantai dua"
    assert part(desk.store, desk.routing, NOW, number, SITI.actor) == ["damkar"]
    with pytest.raises(Conflict):
        part(desk.store, desk.routing, NOW, number, SITI.actor)


def test_an_emergency_takes_the_agencies_of_a_complaint_over(desk: Desk) -> None:
    """They are pushed by its ladder from now on; its own keep their times."""
    first, second = desk.sent(), desk.sent("bpbd", kind="complaint")
    join(desk.store, desk.routing, NOW, second["ticket"], first["ticket"], SITI.actor)
    rows = desk.store.journal.of_ticket(first["ticket"], None)
    replanned = [row["data"]["assignment"] for row in rows if row["kind"] == "assignment.replanned"]
    assert replanned == [second["id"]]


def test_a_merged_ticket_that_no_agency_lost_is_sent_to_nobody(desk: Desk) -> None:
    """It is a ticket of its own again."""
    master, number = desk.sent()["ticket"], desk.ticket(**FIRE)
    join(desk.store, desk.routing, NOW, number, master, SITI.actor)
    assert part(desk.store, desk.routing, NOW, number, SITI.actor) == []
