"""The end of an incident with all of its callers, and a crowd that is taken back: what stays where something else came
between."""

from datetime import timedelta

import pytest

from tests.tickets.cases.people import BUDI, FIRE, NOW, SITI, Office
from tests.tickets.cases.test_incidents import LATER, crowd, fire
from tickets.cases.ending import close, take_back
from tickets.cases.incidents import ACTS, settle
from tickets.errors import Conflict


def test_a_closing_says_how_many_tickets_are_over(office: Office) -> None:
    """Also those who were not chosen stay open, and are to be called back."""
    master = office.ticket(**FIRE)
    first, *others = crowd(office, 5)
    closed, rows = close(office.store, office.routing, LATER, master, [first], ACTS, "salah lihat", SITI)
    assert (closed, [row["did"] for row in rows]) == (2, [["link", "judge", "called"]])
    assert office.store.tickets.get(first)["status"] == "done"
    assert {office.store.tickets.get(ticket)["status"] for ticket in others} == {"open"}
    assert office.store.callbacks.open_count() == 4
    with pytest.raises(Conflict, match="sudah selesai"):
        close(office.store, office.routing, LATER, master, [], (), "lagi", SITI)


def test_only_what_is_still_as_it_was_is_taken_back(office: Office) -> None:
    """A caller whom a colleague has taken out and judged meanwhile stays as that colleague left it."""
    master, tickets = fire(office), crowd(office, 5)
    settle(office.store, office.routing, LATER, master, tickets, ACTS, SITI)
    soon = LATER + timedelta(seconds=5)
    office.store.merging.split(soon, tickets[0], BUDI.actor)
    office.store.reputations.judge(soon, tickets[0], "prank", BUDI.actor)
    undone = take_back(office.store, office.routing, soon, master, tickets, SITI)
    assert [row["undone"] for row in undone] == [[], *[["called", "judge", "link"]] * 4]
    verdict = office.store.reputations.of_ticket(tickets[0])
    assert verdict is not None
    assert (verdict["verdict"], office.store.callbacks.open_count()) == ("prank", 4)


def test_what_was_taken_back_can_be_done_again(office: Office) -> None:
    """And nothing is left to take back twice."""
    master, tickets = fire(office), crowd(office, 5)
    for _ in range(2):
        settle(office.store, office.routing, NOW, master, tickets, ACTS, SITI)
        take_back(office.store, office.routing, NOW, master, tickets, SITI)
    assert [row["undone"] for row in take_back(office.store, office.routing, NOW, master, tickets, SITI)] == [[]] * 5
