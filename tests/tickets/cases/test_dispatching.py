"""Dispatching: complete tickets go to each agency once."""

from typing import Any

import pytest

from tests.tickets.cases.people import FIRE, NOW, SITI, Office
from tickets.cases.dispatching import dispatch, presume_genuine, settle_kind
from tickets.errors import Conflict, InvalidField


def test_an_agency_that_has_the_ticket_is_left_out(office: Office) -> None:
    """The others get it; when nobody is left, it is a conflict."""
    number = office.ticket(**FIRE)
    assert dispatch(office.store, office.routing, NOW, number, ("damkar",), SITI.actor) == ["damkar"]
    assert dispatch(office.store, office.routing, NOW, number, ("damkar", "bpbd"), SITI.actor) == ["bpbd"]
    with pytest.raises(Conflict) as refused:
        dispatch(office.store, office.routing, NOW, number, ("damkar", "bpbd"), SITI.actor)
    assert str(refused.value) == f"tiket {number} sudah dikirim ke damkar, bpbd"


@pytest.mark.parametrize(
    ("fields", "missing", "sentence"),
    [
        ({}, "category", "pilih kategori atau tulis uraian dulu: OPD perlu tahu apa yang terjadi"),
        ({"category": "kebakaran"}, "kecamatan", "isi tempat atau uraian dulu: OPD perlu tahu ke mana"),
    ],
)
def test_an_agency_is_told_the_event_and_the_place(
    office: Office, fields: dict[str, Any], missing: str, sentence: str
) -> None:
    """A ticket without one of them is not dispatched."""
    with pytest.raises(InvalidField) as refused:
        dispatch(office.store, office.routing, NOW, office.ticket(**fields), ("damkar",), SITI.actor)
    assert (refused.value.field, str(refused.value)) == (missing, sentence)


@pytest.mark.parametrize(
    ("kind", "category", "expected"),
    [
        ("unknown", "kebakaran", "emergency"),
        ("unknown", None, "emergency"),
        ("complaint", "kebakaran", "complaint"),
        ("information", "kebakaran", "emergency"),
    ],
)
def test_a_kind_that_nobody_chose_is_that_of_the_category(
    office: Office, kind: str, category: str | None, expected: str
) -> None:
    """A chosen emergency or complaint stays."""
    number = office.ticket(kind=kind, category=category)
    settle_kind(office.store, office.routing, NOW, number, SITI.actor)
    assert office.store.tickets.get(number)["kind"] == expected


def test_a_verdict_with_a_reason_stays(office: Office) -> None:
    """The dispatch presumes a genuine call only where nobody corrected it."""
    number = office.call()
    presume_genuine(office.store, NOW, number, SITI.actor)
    assert office.store.reputations.of_ticket(number)["verdict"] == "genuine"  # type: ignore[index]
    office.store.reputations.judge(NOW, number, "prank", SITI.actor, reason="anak-anak")
    presume_genuine(office.store, NOW, number, SITI.actor)
    assert office.store.reputations.of_ticket(number)["verdict"] == "prank"  # type: ignore[index]
