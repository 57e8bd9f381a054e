"""The steps of an agency, its notes and proofs."""

from datetime import timedelta

import pytest

from tests.tickets.cases.people import BPBD, DAMKAR, NOW, PUSAT, SITI, Office
from tickets.cases import steps
from tickets.cases.steps import (
    acted,
    add_note,
    add_photo,
    at_work,
    check_note,
    check_source,
    has_room,
    mine,
    step,
    still_open,
)
from tickets.errors import Conflict, InvalidField, NotFound
from tickets.model import from_text

NO_FACTS = {"taken_at": None, "place": None}


def test_an_agency_sees_its_own_alone(office: Office) -> None:
    """Another's does not exist for it; staff see all."""
    number = office.sent()["id"]
    assert mine(office.store, DAMKAR, number)["id"] == mine(office.store, PUSAT, number)["id"] == number
    with pytest.raises(NotFound) as refused:
        mine(office.store, BPBD, number)
    assert str(refused.value) == f"penugasan {number} tidak ada"


def test_done_needs_a_proof(office: Office) -> None:
    """A note, a link or a photo."""
    row = office.sent()
    step(office.store, office.routing, NOW, row, "diterima", DAMKAR, None, None)
    with pytest.raises(InvalidField) as refused:
        step(office.store, office.routing, NOW, row, "selesai", DAMKAR, None, None)
    assert refused.value.field == "note"
    add_photo(office.store, NOW, row, "a.jpg", NO_FACTS, DAMKAR.actor)
    ended = step(office.store, office.routing, NOW, row, "selesai", DAMKAR, None, None)
    assert (ended["state"], ended["acknowledged_by"], ended["via"]) == ("selesai", "damkar", "page")


def test_an_answer_recorded_by_others_names_its_source(office: Office) -> None:
    """By a note; the agency's own needs none."""
    check_source(DAMKAR, None)
    check_source(SITI, "Pak Joko, telepon meja")
    with pytest.raises(InvalidField) as refused:
        check_source(SITI, None)
    assert str(refused.value) == "tulis siapa yang menjawab dan lewat apa"


def test_an_ended_or_full_assignment_takes_nothing_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither proofs nor notes."""
    row = office.sent()
    monkeypatch.setattr(steps, "MOST_ATTACHMENTS", 1)
    add_note(office.store, NOW, row, "air habis", "https://contoh.go.id/1", DAMKAR.actor)
    with pytest.raises(Conflict) as full:
        has_room(office.store, row)
    assert str(full.value) == "tugas ini sudah punya 1 foto dan tautan; lebih dari itu tidak bisa"
    ended = office.store.assignments.move(NOW, row["id"], "dibatalkan", PUSAT.actor, via="page")
    with pytest.raises(Conflict) as late:
        add_note(office.store, NOW, ended, "masih ada api", None, DAMKAR.actor)
    assert str(late.value) == f"penugasan {row['id']} sudah «dibatalkan»; tidak bisa ditambah"
    with pytest.raises(Conflict):
        still_open(ended)


def test_an_empty_note_is_refused() -> None:
    """A text, a link, or both."""
    check_note("ada", None)
    check_note(None, "https://contoh.go.id/1")
    with pytest.raises(InvalidField):
        check_note(None, None)


@pytest.mark.parametrize(
    ("ago", "counts"),
    [(-5, False), (0, False), (29, False), (30, True), (7 * 86400, True), (7 * 86400 + 1, False)],
)
def test_a_late_answer_has_its_own_moment(ago: int, counts: bool) -> None:
    """Within a week and not from the future; a moment that cannot be is left out."""
    at = NOW - timedelta(seconds=ago)
    assert acted(at.isoformat(), NOW) == (at if counts else None)


@pytest.mark.parametrize("text", ["", "kemarin", "2026-11-22T07:00:00"])
def test_a_text_that_is_no_moment_is_left_out(text: str) -> None:
    """So is one without a zone."""
    assert acted(text, NOW + timedelta(hours=1)) is None


@pytest.mark.parametrize(("state", "term_s"), [("berangkat", 1200.0), ("di_lokasi", 2400.0)])
def test_who_writes_is_at_work(office: Office, state: str, term_s: float) -> None:
    """A note or a photo begins the term anew, also for those above; nothing else is pushed until then."""
    row = step(office.store, office.routing, NOW, office.sent(), state, DAMKAR, None, None)
    later = NOW + timedelta(minutes=15)
    at_work(office.store, office.routing, later, row)
    rows = office.store.connection.all(
        "SELECT contact, due_at FROM pushes WHERE assignment = :id AND done_at IS NULL ORDER BY id", id=row["id"]
    )
    due = [(each["contact"], (from_text(each["due_at"]) - later).total_seconds()) for each in rows]
    assert due == [
        ("damkar.siaga", term_s),
        ("damkar.siaga", term_s),
        ("damkar.piket", term_s + 120),
        ("pusdalops", term_s + 120),
    ]


def test_a_note_of_who_has_not_left_holds_nothing_up(office: Office) -> None:
    """«Diterima» with a note is still nobody on the way."""
    row = step(office.store, office.routing, NOW, office.sent(), "diterima", DAMKAR, None, None)
    before = office.store.connection.all("SELECT id, due_at, done_at FROM pushes ORDER BY id")
    at_work(office.store, office.routing, NOW + timedelta(minutes=5), row)
    assert office.store.connection.all("SELECT id, due_at, done_at FROM pushes ORDER BY id") == before
