"""Calls to reporters over the exchange."""

import pytest

from tests.tickets.cases.people import BPBD, DAMKAR, FIRE, NOW, SITI, Office, Person
from tickets.cases.reporters import call, reachable
from tickets.errors import Conflict, NotFound


def filled(office: Office, opd: str) -> int:
    """An assignment of a call whose number is known."""
    number = office.call()
    office.store.tickets.update(NOW, number, FIRE, SITI.actor)
    return int(office.given(number, opd)["id"])


def test_it_is_asked_of_the_calls_process(office: Office) -> None:
    """As a journal row, for an agency with a desk phone and a trunk."""
    call(office.store, office.routing, NOW, filled(office, "damkar"), DAMKAR, dials_out=True)
    assert office.kinds("request.") == ["request.reporter_call"]


@pytest.mark.parametrize(("opd", "user", "dials_out"), [("damkar", DAMKAR, False), ("bpbd", BPBD, True)])
def test_it_is_refused_where_nothing_could_ring(office: Office, opd: str, user: Person, dials_out: bool) -> None:
    """Without a trunk, or without a desk phone."""
    with pytest.raises(Conflict) as refused:
        call(office.store, office.routing, NOW, filled(office, opd), user, dials_out=dials_out)
    assert str(refused.value) == "pelapor tugas ini tidak bisa ditelepon lewat 112"


def test_an_agency_calls_for_its_own_assignments(office: Office) -> None:
    """Another's does not exist for it."""
    with pytest.raises(NotFound):
        call(office.store, office.routing, NOW, filled(office, "damkar"), BPBD, dials_out=True)


@pytest.mark.parametrize(
    ("id", "number", "expected"), [("c1", "+62812", True), (None, "+62812", False), ("c1", None, False)]
)
def test_a_reporter_without_a_call_or_number_is_out_of_reach(
    office: Office, id: str | None, number: str | None, expected: bool
) -> None:
    """Nobody can be dialled then."""
    row = {"opd": "damkar", "call": id, "reporter_number": number}
    assert reachable(office.routing, row, dials_out=True) is expected
