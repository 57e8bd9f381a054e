"""«Buka lagi»: an ended ticket is open again, and its history says by whom and why."""

import pytest

from tests.tickets.cases.people import BUDI, NOW, SITI, Office
from tickets.cases.reopening import reopen
from tickets.errors import Conflict, InvalidInput


def test_a_closed_prank_is_a_ticket_of_unknown_kind_again(office: Office) -> None:
    """Its verdict stays until somebody judges anew."""
    number = office.call()
    office.store.reputations.judge(NOW, number, "prank", SITI.actor)
    reopen(office.store, NOW, number, " menelepon lagi ", BUDI.actor)
    ticket = office.store.tickets.get(number)
    assert (ticket["status"], ticket["closed_at"], ticket["kind"]) == ("open", None, "unknown")
    row = office.store.journal.of_ticket(number, None)[-1]
    assert (row["kind"], row["actor"], row["data"]) == ("ticket.reopened", "user:budi", {"reason": "menelepon lagi"})


def test_it_needs_an_end_and_a_reason(office: Office) -> None:
    """Open tickets are edited as they are; a merged one ends and begins with its master."""
    number, master = office.ticket(), office.ticket()
    with pytest.raises(Conflict) as still_open:
        reopen(office.store, NOW, number, "salah", SITI.actor)
    assert str(still_open.value) == f"tiket {number} masih terbuka"
    office.store.merging.merge(NOW, number, master, SITI.actor)
    office.store.tickets.close(NOW, master, SITI.actor, "selesai")
    with pytest.raises(Conflict) as merged:
        reopen(office.store, NOW, number, "salah", SITI.actor)
    assert str(merged.value) == f"tiket {number} digabung ke {master}; buka lagi tiket itu, atau pisahkan dulu"
    with pytest.raises(InvalidInput):
        reopen(office.store, NOW, master, "  ", SITI.actor)
    reopen(office.store, NOW, master, "api menyala lagi", SITI.actor)
    assert [office.store.tickets.get(one)["status"] for one in (number, master)] == ["open", "open"]
