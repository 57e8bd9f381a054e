"""Merging, and taking it back."""

import pytest

from tests.tickets.cases.people import FIRE, NOW, SITI, Office
from tickets.cases.merging import join, merge, part
from tickets.errors import Conflict


def test_the_second_report_joins_the_first(office: Office) -> None:
    """Its own assignment ends, since the agency has the master; parted, it is sent anew."""
    master, number = office.sent()["ticket"], office.sent()["ticket"]
    changes = {"description": "api dari lantai dua"}
    assert merge(office.store, office.routing, NOW, number, master, changes, SITI.actor) == master
    assert office.store.merging.master_of(number) == master
    assert office.store.tickets.get(number)["description"] == "api dari lantai dua"
    assert part(office.store, office.routing, NOW, number, SITI.actor) == ["damkar"]
    with pytest.raises(Conflict):
        part(office.store, office.routing, NOW, number, SITI.actor)


def test_an_emergency_takes_the_agencies_of_a_complaint_over(office: Office) -> None:
    """They are pushed by its ladder from now on; its own keep their times."""
    first, second = office.sent(), office.sent("bpbd", kind="complaint")
    join(office.store, office.routing, NOW, second["ticket"], first["ticket"], SITI.actor)
    rows = office.store.journal.of_ticket(first["ticket"], None)
    replanned = [row["data"]["assignment"] for row in rows if row["kind"] == "assignment.replanned"]
    assert replanned == [second["id"]]


def test_a_merged_ticket_that_no_agency_lost_is_sent_to_nobody(office: Office) -> None:
    """It is a ticket of its own again."""
    master, number = office.sent()["ticket"], office.ticket(**FIRE)
    join(office.store, office.routing, NOW, number, master, SITI.actor)
    assert part(office.store, office.routing, NOW, number, SITI.actor) == []
