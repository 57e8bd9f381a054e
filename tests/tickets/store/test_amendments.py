"""Amendments in the store: written with the edit, one for each agency, unread until somebody of it has read it."""

from datetime import timedelta

from tests.tickets.store.test_merging import NOW, SITI, at, dispatch, store, ticket
from tickets.model import Actor, Row
from tickets.store import Store

__all__ = ["store"]
RUDI = Actor("user", "rudi")


def unread(store: Store, assignment: int) -> list[tuple[str, str | None, str | None]]:
    """Field, base and newest value of each unread amendment."""
    rows: list[Row] = store.amendments.of(assignment)
    return [(row["field"], row["before"], row["after"]) for row in rows if row["read_at"] is None]


def test_an_edit_after_dispatch_is_an_amendment_of_each_agency(store: Store) -> None:
    """With the old and the new value; what stayed the same is none."""
    number = ticket(store, address="Margoyoso")
    ids = [dispatch(store, number, opd) for opd in ("damkar", "polres")]
    store.tickets.update(at(1), number, {"address": "Purwogondo", "kecamatan": "Bangsri"}, SITI)
    assert [unread(store, id) for id in ids] == [[("address", "Margoyoso", "Purwogondo")]] * 2


def test_an_edit_before_dispatch_is_none(store: Store) -> None:
    """The agency is sent the newest text."""
    number = ticket(store, address="Margoyoso")
    store.tickets.update(at(1), number, {"address": "Purwogondo"}, SITI)
    assert unread(store, dispatch(store, number, "damkar", at(2))) == []


def test_unread_edits_keep_their_base(store: Store) -> None:
    """A → B → C is A → C, and A → B → A is none."""
    number = ticket(store, address="A")
    task = dispatch(store, number, "damkar")
    for minute, text in enumerate("BC"):
        store.tickets.update(at(minute), number, {"address": text}, SITI)
    assert unread(store, task) == [("address", "A", "C")]
    store.tickets.update(at(3), number, {"address": "A"}, SITI)
    assert unread(store, task) == []


def test_reading_holds_for_the_reader_and_for_what_was_shown(store: Store) -> None:
    """Another agency still has to read it; an answer of an old page does not cover a newer value."""
    number = ticket(store, address="A")
    first, second = (dispatch(store, number, opd) for opd in ("damkar", "polres"))
    store.tickets.update(at(1), number, {"address": "B"}, SITI)
    amendment = store.amendments.of(first)[0]["id"]
    store.tickets.update(at(2), number, {"address": "C"}, SITI)
    assert not store.amendments.read(at(3), first, amendment, at(1), RUDI, "link")
    assert store.amendments.read(at(3), first, amendment, at(2), RUDI, "page")
    assert not store.amendments.read(at(4), first, amendment, at(2), RUDI, "page")
    assert (unread(store, first), unread(store, second)) == ([], [("address", "A", "C")])
    store.tickets.update(at(5), number, {"address": "A"}, SITI)
    assert unread(store, first) == [("address", "C", "A")]


def test_an_agency_that_closed_its_task_gets_none(store: Store) -> None:
    """Its crew has left."""
    number = ticket(store, address="A")
    done, busy = (dispatch(store, number, opd) for opd in ("damkar", "polres"))
    store.assignments.move(NOW + timedelta(seconds=5), done, "dibatalkan", SITI, via="page", note="salah kirim")
    store.tickets.update(at(1), number, {"address": "B"}, SITI)
    assert (unread(store, done), unread(store, busy)) == ([], [("address", "A", "B")])
