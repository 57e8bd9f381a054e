"""Searches as people type them, each by every field; rights; erased persons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from asterisk.phone_numbers import normalise
from tickets.cases.searching import MOST_WORDS, Asked, search
from tickets.errors import InvalidField, NotPermitted
from tickets.model import Actor, PlannedPush, Row, to_text
from tickets.store import Store
from tickets.store.calls import NewCall

WIB = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 29, 5, tzinfo=UTC)
OLD = NOW - timedelta(days=1000)
SITI = Actor("user", "siti")
FIRE, FLOOD, TREE = "T-20261129-0001", "T-20240304-0001", "T-20261129-0002"


@dataclass(frozen=True)
class Person:
    role: str
    opd: str | None = None
    actor: Actor = SITI


OPERATOR, DAMKAR, BPBD = Person("operator"), Person("opd", "damkar"), Person("opd", "bpbd")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A fire by telephone at the fire brigade, a flood of long ago, and a tree by somebody who came in person."""
    store = Store(tmp_path / "t.db", "kunci")
    fire = {"category": "kebakaran", "kecamatan": "Bangsri", "desa": "Krapyak", "description": "Gudang mebel terbakar"}
    flood = {"category": "banjir", "kecamatan": "Welahan", "reporter_name": "Bu Rukmini", "address": "Jl. Pemuda 12"}
    for name, at, fields in (("c1", NOW, fire), ("c2", OLD, flood)):
        new = NewCall(name, "+6281234567890", "0812-3456-7890", False, True, "112")
        ticket = store.calls.arrive(at, f"{at:%Y%m%d}", new)
        over = {"stage": "ended", "outcome": "talked", "ended_at": to_text(at), "operator": "sari"}
        store.calls.step(at, name, ticket, over, ())
        store.tickets.update(at, ticket, fields, SITI)
    tree = {"description": "Pohon tumbang", "reporter_number": "0857 111-2222", "reporter_name": "Café José"}
    store.tickets.update(NOW, store.tickets.create(NOW, "20261129", SITI), tree, Actor("user", "budi"))
    push = PlannedPush(0, "damkar.siaga", "page", NOW, 60.0)
    store.assignments.dispatch(NOW, FIRE, "damkar", (push,), 600.0, SITI)
    yield store
    store.close()


def number_of(text: str) -> str | None:
    return normalise(text).e164


def answer(store: Store, text: str = "", user: Person = OPERATOR, **limits: object) -> Row:
    """What a page is given."""
    days = {name: limits.pop(name) for name in ("first", "last", "before") if name in limits}
    return search(store, Asked(text, filters=limits, **days), user, WIB, NOW, number_of).shown


def numbers(store: Store, text: str = "", user: Person = OPERATOR, **limits: object) -> list[str]:
    return [hit["ticket"] for hit in answer(store, text, user, **limits)["hits"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("081234567890", [FIRE, FLOOD]),
        ("+62 812-3456-7890", [FIRE, FLOOD]),
        ("34567890", [FIRE, FLOOD]),
        ("7890", [FIRE, FLOOD]),
        ("(567) 890", [FIRE, FLOOD]),
        ("08571112222", [TREE]),
        ("2222", [TREE]),
        ("9999", []),
        ("12", [FLOOD]),
        ("T-20261129-0001", [FIRE]),
        ("t 20261129 2", [TREE]),
        ("t 20261129 3", []),
        ("202611290002", [TREE]),
        ("T–20261129–0002.", [TREE]),
        ("tiket T-20261129-2", [TREE]),
        ("29-11-2026", [TREE, FIRE]),
        ("4 Maret 2024", [FLOOD]),
        ("20240304", [FLOOD]),
        ("1/1/1999", []),
        ("31-12-9999", []),
        ("gudang " * 40, [FIRE]),
        ("＋６２ ８１２ ３４５６ ７８９０", [FIRE, FLOOD]),
        ("20261129-0002", [TREE]),
        ("T-20261129", [TREE, FIRE]),
        ("rukmini", [FLOOD]),
        ("BU RUKMINI", [FLOOD]),
        ("cafe jose", [TREE]),
        ("gudang terbakar", [FIRE]),
        ("gudang rukmini", []),
        ("geb", []),
        ("bakar", [FIRE]),
        ("krapyag", [FIRE]),
        ("pemuda 12", [FLOOD]),
        ("welahan", [FLOOD]),
        ("kebakaran", [FIRE]),
    ],
)
def test_by_what_is_typed(store: Store, text: str, expected: list[str]) -> None:
    """Numbers however they are written, also their end; names, words, places, categories; of every year."""
    assert numbers(store, text) == expected


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"category": "banjir"}, [FLOOD]),
        ({"kecamatan": "Bangsri"}, [FIRE]),
        ({"agency": "damkar"}, [FIRE]),
        ({"operator": "sari"}, [FIRE, FLOOD]),
        ({"operator": "budi"}, [TREE]),
        ({"state": "dispatched"}, [FIRE]),
        ({"state": "open"}, [TREE, FLOOD]),
        ({"state": "done"}, []),
        ({"outcome": "talked"}, [FIRE, FLOOD]),
        ({"outcome": "silent"}, []),
        ({"first": date(2026, 11, 29)}, [TREE, FIRE]),
        ({"last": date(2024, 3, 4)}, [FLOOD]),
        ({"first": date(2024, 3, 5), "last": date(2026, 11, 28)}, []),
        ({"operator": "sari", "state": "open", "outcome": "talked"}, [FLOOD]),
        ({"category": "banjir", "agency": "damkar"}, []),
        ({"state": "open", "before": TREE}, [FLOOD]),
    ],
)
def test_by_what_limits_it(store: Store, limits: Row, expected: list[str]) -> None:
    """Each alone and together; with a text, too."""
    assert numbers(store, **limits) == expected
    assert numbers(store, "7890", **limits) == [number for number in expected if number != TREE]


@pytest.mark.parametrize(
    "text", ["'", '"', "*", "%", "AND", "a NEAR b", "gudang OR api", "(", "-x", "\\", "x" * 10_000]
)
def test_nothing_in_a_text_is_a_language(store: Store, text: str) -> None:
    assert numbers(store, text) == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Asked(" "), "text"),
        (Asked(" ".join(f"k{n}" for n in range(MOST_WORDS + 1))), "text"),
        (Asked("x", filters={"state": "buka"}), "state"),
        (Asked("x", filters={"outcome": "x"}), "outcome"),
        (Asked("x", filters={"name": "x"}), "name"),
        (Asked("x", first=date(2026, 11, 2), last=date(2026, 11, 1)), "to"),
    ],
)
def test_what_cannot_be_searched_for_names_its_field(store: Store, asked: Asked, field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        search(store, asked, OPERATOR, WIB, NOW, number_of)
    assert refused.value.field == field


@pytest.mark.parametrize(("first", "last"), [(date.min, None), (None, date.max), (date.min, date.max)])
def test_the_ends_of_the_calendar_are_days_like_others(store: Store, first: date | None, last: date | None) -> None:
    limits = {name: day for name, day in (("first", first), ("last", last)) if day}
    assert numbers(store, "7890", **limits) == [FIRE, FLOOD]


def test_an_agency_finds_its_own_tickets_alone(store: Store) -> None:
    """By whatever is asked; and of them nothing of the line and the other agencies."""
    store.assignments.dispatch(NOW, FIRE, "pln", (PlannedPush(0, "pln.siaga", "page", NOW, 60.0),), 600.0, SITI)
    for text in ("7890", "gudang", "T-20261129", "bakar"):
        assert numbers(store, text, DAMKAR) == [FIRE]
        assert numbers(store, text, BPBD) == []
    (hit,) = answer(store, "gudang", DAMKAR)["hits"]
    assert (hit["agencies"], hit["call"], hit["operator"], hit["talked_with"]) == (["damkar"], None, None, None)
    assert hit["caller"] == {"name": None, "number": "+6281234567890", "display": None}
    asked = Asked("gudang")
    hidden = search(store, asked, DAMKAR, WIB, NOW, number_of, hides_numbers=True).shown["hits"][0]
    assert hidden["caller"]["number"] is None
    with pytest.raises(NotPermitted):
        answer(store, "gudang", DAMKAR, agency="bpbd")


@pytest.mark.parametrize("user", [Person("opd"), Person("bupati"), Person("")])
def test_a_role_that_the_rights_do_not_name_finds_nothing(store: Store, user: Person) -> None:
    with pytest.raises(NotPermitted):
        answer(store, "gudang", user)


def test_the_journal_keeps_what_was_shown_and_not_what_was_typed(store: Store) -> None:
    """It may be somebody's name or number, which erasing would not reach here."""
    result = search(store, Asked("rukmini", filters={"category": "banjir"}), OPERATOR, WIB, NOW, number_of)
    result.finding.note(store, NOW, SITI)
    (row,) = store.journal.after(store.journal.last() - 1)
    assert row["data"] == {"by": "words", "tickets": [FLOOD], "filters": ["category"]}


def test_an_erased_person_is_not_a_hit_again(store: Store) -> None:
    """By number, by its end, by name, by words of the report; the place and the category stay for the figures."""
    store.tickets.close(OLD, FLOOD, SITI)
    store.assignments.move(NOW, 1, "diterima", SITI, via="page")
    store.assignments.move(NOW, 1, "selesai", SITI, via="page")
    store.erasure.run(NOW, "+6281234567890", SITI, "permohonan", reports=True)
    for text in ("081234567890", "7890", "rukmini", "pemuda", "gudang", "rukmin"):
        assert numbers(store, text) == []
    assert numbers(store, "welahan") == [FLOOD]


def test_a_complaint_is_found_by_its_tracking_number(store: Store) -> None:
    store.tickets.update(NOW, TREE, {"kind": "complaint"}, SITI)
    tracking = store.complaints.file(NOW, TREE, SITI)["tracking"]
    assert numbers(store, f"{tracking[:4]} {tracking[4:]}") == [TREE]


@pytest.mark.parametrize("asked", [{"text": "gudang"}, {"text": "7890"}, {"text": "T-2024", "state": "open"}])
def test_older_tickets_that_are_not_indexed_are_told(store: Store, asked: dict[str, Any]) -> None:
    """A ticket's number alone misses none."""
    store.connection.run("UPDATE search_progress SET older_than = 'T-2025', total = 7, done = 3")
    assert answer(store, **asked)["indexing"] == {"older_than": "T-2025", "total": 7, "done": 3}
    assert answer(store, "T-20240304")["indexing"] is None
    assert numbers(store, "T-20240304") == [FLOOD]


def noted(store: Store, opd: str, text: str) -> None:
    """A note of an agency's crew on the fire."""
    data = {"opd": opd, "note": text}
    store.journal.append(NOW, "assignment.noted", Actor("user", "regu"), ticket=FIRE, data=data)


def test_notes_are_found_by_those_who_may_read_them(store: Store) -> None:
    """Staff find by all of them; an agency by its own, and never by what the others wrote."""
    store.assignments.dispatch(NOW, FIRE, "pln", (PlannedPush(0, "pln.siaga", "page", NOW, 60.0),), 600.0, SITI)
    noted(store, "damkar", "Pompa kedua macet di gudang")
    noted(store, "pln", "Gardu dipadamkan")
    store.journal.append(NOW, "ticket.closed", SITI, ticket=FIRE, data={"note": "korban selamat"})
    for text in ("pompa", "gardu", "selamat", "pompa gardu mebel"):
        assert numbers(store, text) == [FIRE]
    assert (numbers(store, "pompa", DAMKAR), numbers(store, "mebel pompa", DAMKAR)) == ([FIRE], [FIRE])
    for text in ("gardu", "selamat", "pompa gardu", "mebel gardu"):
        assert numbers(store, text, DAMKAR) == []


def test_the_note_that_was_found_is_shown(store: Store) -> None:
    """Where the report does not have the word: the newest with it, and whose it is."""
    noted(store, "damkar", "Pompa datang")
    noted(store, "damkar", "PompA kedua macet di jalan")
    (hit,) = answer(store, "pompa")["hits"]
    assert hit["note"] == {"agency": "damkar", "text": "PompA kedua macet di jalan"}
    (hit,) = answer(store, "pompa", DAMKAR)["hits"]
    assert hit["note"]["agency"] == "damkar"
    (hit,) = answer(store, "mebel")["hits"]
    assert hit["note"] is None
    store.journal.append(NOW, "ticket.closed", SITI, ticket=FIRE, data={"note": "korban selamat"})
    (hit,) = answer(store, "selamat")["hits"]
    assert hit["note"] == {"agency": None, "text": "korban selamat"}
    assert [hit["note"] for hit in answer(store, "7890")["hits"]] == [None, None]


@pytest.mark.parametrize("text", ["pomppa", "pompakan"])
def test_what_was_meant_is_shown_as_what_was_typed(store: Store, text: str) -> None:
    """A misspelled word, and another one of the same root: the note that has what was meant, and the piece of the
    story around it."""
    noted(store, "damkar", "Pompa datang")
    (hit,) = answer(store, text)["hits"]
    assert hit["note"] == {"agency": "damkar", "text": "Pompa datang"}
    store.tickets.update(NOW, TREE, {"description": "kata " * 60 + "pompa rusak"}, SITI)
    hit = answer(store, text)["hits"][0]
    assert (hit["ticket"], hit["note"], hit["snippet"][-11:]) == (TREE, None, "pompa rusak")


@pytest.mark.parametrize("text", ["mebel", "mebbel", "kebakaran gudang", "membakar"])
def test_the_journal_is_not_read_for_what_the_report_has(store: Store, text: str) -> None:
    """A page of hits costs no look for notes: it was most of what a search in a store of years waited for."""
    noted(store, "damkar", "Pompa datang")
    statements: list[str] = []
    store.connection.raw.set_trace_callback(statements.append)
    assert numbers(store, text) == [FIRE]
    assert [statement for statement in statements if "FROM journal" in statement] == []


def test_a_day_and_the_days_that_limit_it(store: Store) -> None:
    """Both hold."""
    assert answer(store, "29-11-2026")["by"] == "day"
    assert numbers(store, "29-11-2026", DAMKAR) == [FIRE]
    assert numbers(store, "29-11-2026", first=date(2026, 11, 30)) == []
    assert numbers(store, "29-11-2026", last=date(2026, 11, 28)) == []
    assert numbers(store, "29-11-2026", category="kebakaran") == [FIRE]
