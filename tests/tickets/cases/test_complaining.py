"""Complaints: filed, entered, passed on, turned into emergencies, followed."""

from datetime import timedelta
from typing import Any

import pytest

from tests.tickets.cases.people import BPBD, DAY, FIRE, NOW, PUSAT, SITI, Office
from tickets.cases.complaining import enter, file, follow, pass_on, turn
from tickets.errors import InvalidField, NotFound


def test_a_complaint_has_a_subject(office: Office) -> None:
    """A category or a description; filed twice it is the same."""
    number = office.call()
    with pytest.raises(InvalidField) as refused:
        file(office.store, NOW, number, {}, SITI.actor)
    assert str(refused.value) == "pilih kategori atau tulis uraian dulu: apa yang diadukan"
    row = file(office.store, NOW, number, {"description": "jalan rusak"}, SITI.actor)
    assert file(office.store, NOW, number, {}, SITI.actor)["tracking"] == row["tracking"]
    assert office.store.tickets.show(number)["verdict"] == "genuine"


@pytest.mark.parametrize(("keeper", "state"), [("bpbd", "diteruskan"), (None, "masuk")])
def test_an_agency_keeps_its_own_or_sends_it_to_the_inbox(office: Office, keeper: str | None, state: str) -> None:
    """A complaint of a post on social media."""
    changes: dict[str, Any] = {"kind": "complaint", "category": "kebakaran", "description": "kabel"}
    address = "https://contoh.go.id/1"
    row = enter(office.store, office.routing, NOW, DAY, changes, address, keeper, BPBD.actor)
    assert office.store.complaints.get(row["ticket"])["state"] == state


def test_it_is_passed_on_and_becomes_an_emergency(office: Office) -> None:
    """Only a ticket that was filed."""
    number = office.ticket(**FIRE)
    args = (office.store, office.routing, NOW, number)
    with pytest.raises(NotFound):
        pass_on(*args, ("damkar",), {}, PUSAT.actor)
    with pytest.raises(NotFound):
        turn(*args, "emergency", (), PUSAT.actor, "asap")
    file(office.store, NOW, number, {}, SITI.actor)
    pass_on(*args, ("damkar",), {}, PUSAT.actor)
    assert office.store.complaints.get(number)["state"] == "diteruskan"
    turn(*args, "emergency", (), PUSAT.actor, "asap")
    assert office.store.complaints.get(number)["state"] == "darurat"


def test_a_message_of_the_application_counts_once(office: Office) -> None:
    """The same again is answered and changes nothing."""
    number = office.ticket(**FIRE)
    tracking = file(office.store, NOW, number, {}, SITI.actor)["tracking"]
    message: tuple[Any, ...] = (office.store, NOW, "tanda", timedelta(minutes=10), tracking)
    first = follow(*message, "diteruskan", None, "A-1")
    again = follow(*message, "selesai", None, "A-1")
    assert (first["state"], again["state"], again["repeated"]) == ("diteruskan", "diteruskan", True)
