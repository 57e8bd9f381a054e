"""One-time links: the contact is let in, answers once, and keeps the assignment in one browser."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tickets.cases.people import NOW, PUSAT, Desk
from tests.tickets.world import WIB
from tickets.cases.visiting import Answer, Visitor, admit, answer, answered_by, short_name
from tickets.errors import BadLink, Conflict
from tickets.links import PURPOSE, Link

LATER = NOW + timedelta(minutes=5)


def link_to(assignment: int, contact: str = "damkar.piket") -> Link:
    """A link that is good for an hour."""
    return Link(assignment, contact, PURPOSE, NOW + timedelta(hours=1), "1-1")


def come(desk: Desk, link: Link, device: str | None = "telepon") -> Visitor:
    """A contact's browser opens a link."""
    return admit(desk.store, desk.routing, WIB, LATER, link, device)


def reply(desk: Desk, visitor: Visitor, given: Answer) -> None:
    """The contact presses a button."""
    answer(desk.store, desk.routing, WIB, LATER, visitor, given)


def test_the_first_tap_ties_the_assignment_to_the_browser(desk: Desk) -> None:
    """There it stays open; elsewhere the link was used."""
    row = desk.sent()
    link = link_to(row["id"])
    reply(desk, come(desk, link), Answer("diterima"))
    assert come(desk, link).held
    with pytest.raises(BadLink) as refused:
        come(desk, link, "telepon lain")
    sentence = "tautan ini sudah dipakai; laporan ini sudah dijawab Komandan regu pukul 14.05"
    assert str(refused.value) == sentence
    reply(desk, come(desk, link), Answer("diterima"))  # the same again
    assert desk.store.assignments.get(row["id"])["via"] == "link"


def test_a_second_acceptance_is_a_conflict(desk: Desk) -> None:
    """It tells who was first."""
    row = desk.sent()
    reply(desk, come(desk, link_to(row["id"])), Answer("diterima"))
    other = replace(link_to(row["id"]), nonce="2-1")
    with pytest.raises(Conflict) as refused:
        reply(desk, come(desk, other, "telepon lain"), Answer("diterima"))
    assert str(refused.value) == "laporan ini sudah «Diterima»; laporan ini sudah dijawab Komandan regu pukul 14.05"


def test_not_ours_names_a_taker(desk: Desk) -> None:
    """As on an agency's page."""
    row = desk.sent()
    reply(desk, come(desk, link_to(row["id"])), Answer("bukan_wewenang", reason="banjir", taker="bpbd"))
    assert desk.store.assignments.get(row["id"])["state"] == "bukan_wewenang"
    assert desk.assignment(row["ticket"], "bpbd")["state"] == "dikirim"


def test_links_that_open_nothing_tell_why(desk: Desk) -> None:
    """A contact who left, a contact of another agency, an old link, an ended assignment."""
    row = desk.sent()
    revoked = "tautan ini dicabut: kontaknya tidak lagi bertugas"
    old = replace(link_to(row["id"]), expires_at=NOW)
    for link, sentence in (
        (link_to(row["id"], "damkar.lama"), revoked),
        (link_to(row["id"], "bpbd.siaga"), revoked),
        (old, "tautan ini sudah kedaluwarsa; tunggu pesan berikutnya atau telepon 112"),
    ):
        with pytest.raises(BadLink) as refused:
            come(desk, link)
        assert str(refused.value) == sentence
    desk.store.assignments.move(NOW, row["id"], "dibatalkan", PUSAT.actor, via="page")
    with pytest.raises(BadLink) as ended:
        come(desk, link_to(row["id"]))
    assert str(ended.value) == "tugas ini sudah dibatalkan"


def test_an_unknown_agency_is_named_by_its_code(desk: Desk) -> None:
    """And an assignment without an answer by nobody."""
    assert [short_name(desk.routing, code) for code in ("damkar", "pdam")] == ["Damkar", "pdam"]
    assert answered_by(desk.routing, WIB, desk.sent()) == ""
