"""Why an emergency goes to no agency, said by a person: it is closed, and its ladder ends with that reason."""

import pytest

from tests.tickets.cases.people import BUDI, FIRE, NOW, SITI, Office
from tickets.cases.not_sending import decline
from tickets.errors import Conflict, InvalidField


def why(office: Office, number: str) -> str:
    row = office.store.connection.one("SELECT reason FROM unsent_episodes WHERE ticket = :number", number=number)
    assert row is not None
    return str(row["reason"])


@pytest.mark.parametrize(
    ("reason", "note", "words"),
    [
        ("talked_out", None, "selesai lewat telepon"),
        ("prank", None, "prank"),
        ("other", "latihan Damkar", "alasan lain: latihan Damkar"),
    ],
)
def test_each_reason_closes_it(office: Office, reason: str, note: str | None, words: str) -> None:
    """A ticket without a call has no verdict: it is closed with the words."""
    store = office.store
    number = store.tickets.create(NOW, "20261122", SITI.actor)
    decline(store, office.routing, NOW, number, reason, note, FIRE, BUDI)
    rows = {row["kind"]: row for row in store.journal.of_ticket(number, None)}
    assert rows["ticket.closed"]["data"] == {"note": words}
    assert rows["ticket.not_sent"]["actor"] == "user:budi"
    assert (why(office, number), store.tickets.get(number)["category"]) == (reason, "kebakaran")


def test_another_reason_needs_words(office: Office) -> None:
    """Nothing is kept without them."""
    number = office.store.tickets.create(NOW, "20261122", SITI.actor)
    with pytest.raises(InvalidField, match="tulis mengapa tidak dikirim"):
        decline(office.store, office.routing, NOW, number, "other", None, FIRE, SITI)
    assert office.store.tickets.get(number)["category"] is None


def test_what_is_over_is_not_closed_again(office: Office) -> None:
    """Somebody else was first."""
    number = office.store.tickets.create(NOW, "20261122", SITI.actor)
    decline(office.store, office.routing, NOW, number, "talked_out", None, FIRE, SITI)
    with pytest.raises(Conflict, match="sudah selesai"):
        decline(office.store, office.routing, NOW, number, "prank", None, {}, BUDI)
