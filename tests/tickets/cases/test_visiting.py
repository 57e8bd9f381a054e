"""One-time links: the contact is let in, answers once, and keeps the assignment in one browser."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tickets.cases.people import NOW, PUSAT, Office
from tests.tickets.world import WIB
from tickets.cases.visiting import Answer, Visitor, admit, answer, answered_by, short_name
from tickets.errors import BadLink, Conflict
from tickets.links import PURPOSE, Link
from tickets.model import Actor
from tickets.routing import Contact

LATER = NOW + timedelta(minutes=5)


def link_to(assignment: int, contact: str = "damkar.piket") -> Link:
    """A link that is good for an hour."""
    return Link(assignment, contact, PURPOSE, NOW + timedelta(hours=1), "1-1")


def come(office: Office, link: Link, device: str | None = "telepon") -> Visitor:
    """A contact's browser opens a link."""
    return admit(office.store, office.routing, WIB, LATER, link, device)


def reply(office: Office, visitor: Visitor, given: Answer) -> None:
    """The contact presses a button."""
    answer(office.store, office.routing, WIB, LATER, visitor, given)


def test_the_first_tap_ties_the_assignment_to_the_browser(office: Office) -> None:
    """There it stays open; elsewhere the link was used."""
    row = office.sent()
    link = link_to(row["id"])
    reply(office, come(office, link), Answer("diterima"))
    assert come(office, link).held
    with pytest.raises(BadLink) as refused:
        come(office, link, "telepon lain")
    sentence = "tautan ini sudah dipakai; laporan ini sudah dijawab Komandan regu pukul 14.05"
    assert str(refused.value) == sentence
    reply(office, come(office, link), Answer("diterima"))  # the same again
    assert office.store.assignments.get(row["id"])["via"] == "link"


def test_a_second_acceptance_is_a_conflict(office: Office) -> None:
    """It tells who was first."""
    row = office.sent()
    reply(office, come(office, link_to(row["id"])), Answer("diterima"))
    other = replace(link_to(row["id"]), nonce="2-1")
    with pytest.raises(Conflict) as refused:
        reply(office, come(office, other, "telepon lain"), Answer("diterima"))
    assert str(refused.value) == "laporan ini sudah «Diterima»; laporan ini sudah dijawab Komandan regu pukul 14.05"


def test_not_ours_names_a_taker(office: Office) -> None:
    """As on an agency's page."""
    row = office.sent()
    reply(office, come(office, link_to(row["id"])), Answer("bukan_wewenang", reason="banjir", taker="bpbd"))
    assert office.store.assignments.get(row["id"])["state"] == "bukan_wewenang"
    assert office.assignment(row["ticket"], "bpbd")["state"] == "dikirim"


def test_links_that_open_nothing_tell_why(office: Office) -> None:
    """A contact who left, a contact of another agency, an old link, an ended assignment."""
    row, other = office.sent(), Contact("bpbd.kepala", "bpbd", "Kepala BPBD", mobile="+628123456780")
    office.routing = replace(office.routing, contacts=office.routing.contacts | {other.name: other})
    revoked = "tautan ini dicabut: kontaknya tidak lagi bertugas"
    old = replace(link_to(row["id"]), expires_at=NOW)
    for link, sentence in (
        (link_to(row["id"], "damkar.lama"), revoked),
        (link_to(row["id"], "bpbd.kepala"), revoked),
        (old, "tautan ini sudah kedaluwarsa; tunggu pesan berikutnya atau telepon 112"),
    ):
        with pytest.raises(BadLink) as refused:
            come(office, link)
        assert str(refused.value) == sentence
    office.store.assignments.move(NOW, row["id"], "dibatalkan", PUSAT.actor, via="page")
    assert not come(office, link_to(row["id"])).held  # until the recall is read
    (recall,) = office.store.amendments.unread(row["id"])
    office.store.amendments.read(NOW, row["id"], {recall["id"]: 1}, PUSAT.actor, "link")
    with pytest.raises(BadLink) as ended:
        come(office, link_to(row["id"]))
    assert str(ended.value) == "tugas ini sudah dibatalkan"


def test_an_unknown_agency_is_named_by_its_code(office: Office) -> None:
    """And an assignment without an answer by nobody."""
    assert [short_name(office.routing, code) for code in ("damkar", "pdam")] == ["Damkar", "pdam"]
    assert answered_by(office.store, office.routing, WIB, office.sent()) == ""


def test_who_answered_on_the_page_has_a_name(office: Office) -> None:
    """Not a login, which is nobody's name on a crew's telephone."""
    row = office.sent()
    office.store.people.add(NOW, "regu2", "Budi Santoso", "opd", "damkar", "hash")
    office.store.assignments.move(LATER, row["id"], "diterima", Actor("user", "regu2"), via="page")
    with pytest.raises(Conflict) as refused:
        reply(office, come(office, link_to(row["id"])), Answer("diterima"))
    assert str(refused.value) == "laporan ini sudah «Diterima»; laporan ini sudah dijawab Budi Santoso pukul 14.05"


@pytest.mark.parametrize("state", ["diterima", "berangkat", "selesai", "bukan_wewenang"])
def test_nobody_above_an_agency_answers_by_link(office: Office, state: str) -> None:
    """The bupati's tap leaves the agency unanswered and pushed, and his link unspent."""
    row = office.sent()
    visitor = come(office, link_to(row["id"], "pusdalops"))
    with pytest.raises(Conflict) as refused:
        reply(office, visitor, Answer(state, "sudah", reason="x", taker="bpbd"))
    assert str(refused.value) == "hanya Damkar yang bisa menjawab laporan ini; hubungi Damkar atau 112"
    assert office.store.assignments.get(row["id"])["state"] == "dikirim"
    assert office.intervals(row["id"]) == [30.0, 30.0, 120.0, 120.0]
    assert not come(office, link_to(row["id"], "pusdalops")).held


def test_the_duty_contact_of_another_agency_looks_and_does_not_answer(office: Office) -> None:
    """Pushed where nobody else is left, its link opens; it is not of the agency."""
    row = office.sent()
    visitor = come(office, link_to(row["id"], "bpbd.siaga"))
    assert visitor.above
    with pytest.raises(Conflict):
        reply(office, visitor, Answer("diterima"))


def test_the_bupati_knows_by_link_and_damkar_is_pushed_on(office: Office) -> None:
    """Quiet for him alone, the link tied to his browser; Damkar's pushes are as they were."""
    row = office.sent()
    visitor = come(office, link_to(row["id"], "pusdalops"))
    reply(office, visitor, Answer("tahu"))
    assert office.store.snoozes.ends(LATER, row["id"], "pusdalops") == LATER + timedelta(seconds=300)
    assert office.store.assignments.get(row["id"])["state"] == "dikirim"
    assert office.intervals(row["id"]) == [30.0, 30.0, 120.0, 120.0]
    assert come(office, link_to(row["id"], "pusdalops")).held
    assert office.kinds("assignment.") == ["assignment.known"]


def test_an_agencys_own_contact_accepts_and_does_not_know(office: Office) -> None:
    """«Saya tahu» of who has to go is no answer."""
    row = office.sent()
    with pytest.raises(Conflict):
        reply(office, come(office, link_to(row["id"])), Answer("tahu"))
    assert office.kinds("assignment.") == []
