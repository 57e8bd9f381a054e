"""The draft: words of the configuration, and one transaction with the dispatch."""

import pytest

from tests.tickets.cases.people import NOW, SITI, Office
from tickets.cases.drafting import check_category, check_district, save, send
from tickets.errors import InvalidField
from tickets.places import Places


def test_a_complaint_that_becomes_an_emergency_is_pushed_as_one(office: Office) -> None:
    """The draft says so, not a button."""
    row = office.sent(kind="complaint")
    save(office.store, office.routing, NOW, row["ticket"], {"kind": "emergency"}, SITI.actor)
    assert office.intervals(row["id"]) == [30.0, 30.0, 120.0, 120.0]


def test_sending_settles_the_kind_and_judges_the_call(office: Office) -> None:
    """The last of the draft, the dispatch and the verdict are one."""
    number = office.call()
    changes = {"category": "kebakaran", "kecamatan": "Tahunan"}
    assert send(office.store, office.routing, NOW, number, changes, ("damkar",), SITI.actor) == ["damkar"]
    ticket = office.store.tickets.show(number)
    assert (ticket["kind"], ticket["status"], ticket["verdict"]) == ("emergency", "dispatched", "genuine")


def test_words_come_from_the_configuration(office: Office) -> None:
    """Others would reach no agency."""
    check_category(office.routing, "kebakaran")
    check_district(Places({"Tahunan": ()}), "Kabupaten Uji", "Tahunan")
    with pytest.raises(InvalidField) as category:
        check_category(office.routing, "gempa")
    with pytest.raises(InvalidField) as district:
        check_district(Places({"Tahunan": ()}), "Kabupaten Uji", "Kudus")
    assert str(category.value) == "kategori 'gempa' tidak dikenal; yang ada: kebakaran"
    assert str(district.value) == "kecamatan 'Kudus' tidak ada di daftar Kabupaten Uji"
