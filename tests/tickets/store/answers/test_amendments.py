"""Amendments in the store: written with the change, one for each agency and field, unread until somebody reads it."""

import json
from datetime import timedelta

import pytest

from tests.tickets.store.test_merging import NOW, SITI, at, dispatch, store, ticket
from tickets.model import AMENDED, Actor, PlannedPush, Row
from tickets.store import Store

__all__ = ["store"]
RUDI = Actor("user", "rudi")
DESK = Actor("contact", "damkar.siaga")
Change = tuple[str, str | None, str | None]


def unread(store: Store, assignment: int) -> list[Change]:
    """Field, base and newest value of each unread amendment."""
    return [(row["field"], row["before"], row["after"]) for row in store.amendments.unread(assignment)]


def edit(store: Store, number: str, minute: float, **fields: str) -> None:
    store.tickets.update(at(minute), number, fields, SITI)


def read(store: Store, assignment: int, minute: float = 9, via: str = "page") -> list[int]:
    """Read all that stands there now."""
    shown = {row["id"]: row["revision"] for row in store.amendments.unread(assignment)}
    return store.amendments.read(at(minute), assignment, shown, RUDI, via)


def open_pushes(store: Store, assignment: int, phase: str) -> int:
    sql = "SELECT count(*) AS n FROM pushes WHERE assignment = :id AND phase = :phase AND done_at IS NULL"
    return int(store.connection.all(sql, id=assignment, phase=phase)[0]["n"])


def test_an_edit_after_dispatch_is_an_amendment_of_each_agency(store: Store) -> None:
    """With the old and the new value; what stayed the same is none."""
    number = ticket(store, address="Margoyoso")
    ids = [dispatch(store, number, opd) for opd in ("damkar", "polres")]
    edit(store, number, 1, address="Purwogondo", kecamatan="Bangsri")
    assert [unread(store, id) for id in ids] == [[("address", "Margoyoso", "Purwogondo")]] * 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", "senjata"), ("kecamatan", "Jepara"), ("desa", "Kecapi"), ("description", "3 orang terjebak"),
        ("kind", "complaint"),
    ],
)  # fmt: skip
def test_each_field_that_a_crew_must_know_counts(store: Store, field: str, value: str) -> None:
    """And the reporter's name and number do not: they send nobody elsewhere."""
    number = ticket(store, "damkar")
    task = store.tickets.show(number)["assignments"][0]["id"]
    edit(store, number, 1, **{field: value, "reporter_name": "Bu Sri", "reporter_number": "0812"})
    assert [row[0] for row in unread(store, task)] == [field]


def test_an_edit_before_dispatch_is_none(store: Store) -> None:
    """The agency is sent the newest text."""
    number = ticket(store, address="Margoyoso")
    edit(store, number, 1, address="Purwogondo")
    assert unread(store, dispatch(store, number, "damkar", at(2))) == []


def test_a_value_that_nobody_saw_vanishes(store: Store) -> None:
    """Edits within seconds are one: A → B → C is A → C, and A → B → A is none, with no push left."""
    number = ticket(store, address="A")
    task = dispatch(store, number, "damkar")
    for second, text in enumerate("BC"):
        edit(store, number, second / 60, address=text)
    assert unread(store, task) == [("address", "A", "C")]
    store.amendments.plan(at(0.05), task, [PlannedPush(1, "damkar.siaga", "page", at(0.1), 30.0, AMENDED)])
    edit(store, number, 3 / 60, address="A")
    assert unread(store, task) == []
    assert open_pushes(store, task, AMENDED) == 0


@pytest.mark.parametrize("taken", [True, False], ids=["a push took it", "it stood for a minute"])
def test_a_value_that_somebody_may_have_seen_stays(store: Store, taken: bool) -> None:
    """A → B → A leads from B to A, and A → B → A → B from A to B: the crew goes by what it heard last."""
    number = ticket(store, address="A")
    task = dispatch(store, number, "damkar")
    for n, (text, expected) in enumerate([("B", ("A", "B")), ("A", ("B", "A")), ("B", ("A", "B")), ("C", ("A", "C"))]):
        edit(store, number, n / 60 if taken else n, address=text)
        assert unread(store, task) == [("address", *expected)]
        if taken:
            store.amendments.taken_up(task)


def test_a_cleared_value_that_was_seen_stays(store: Store) -> None:
    """Also where the value that was seen is none."""
    number = ticket(store, address="A")
    task = dispatch(store, number, "damkar")
    edit(store, number, 1, address="")
    edit(store, number, 2, address="A")
    assert unread(store, task) == [("address", None, "A")]


def test_typing_waits_but_not_for_ever(store: Store) -> None:
    """Its pushes are due some seconds after the last edit, and at the latest half a minute after the first."""
    number = ticket(store, address="A")
    task = dispatch(store, number, "damkar")
    edit(store, number, 0, address="B")
    store.amendments.plan(NOW, task, [PlannedPush(1, "damkar.siaga", "page", at(4 / 60), 30.0, AMENDED)])
    due = "SELECT max(due_at) AS at FROM pushes WHERE phase = 'diubah'"
    moments = []
    for second in range(2, 40, 2):
        edit(store, number, second / 60, address=f"B{second}")
        moments.append(store.connection.all(due)[0]["at"])
    assert moments[0] == (NOW + timedelta(seconds=6)).isoformat(timespec="microseconds")
    assert max(moments) == (NOW + timedelta(seconds=30)).isoformat(timespec="microseconds")
    assert store.amendments.unplanned() == [task]  # what was typed after that is a further push


def test_reading_holds_for_the_reader_and_for_what_was_shown(store: Store) -> None:
    """Another agency still has to read it; an answer of an old page does not cover a newer value."""
    number = ticket(store, address="A")
    first, second = (dispatch(store, number, opd) for opd in ("damkar", "polres"))
    edit(store, number, 1, address="B")
    shown = {row["id"]: row["revision"] for row in store.amendments.unread(first)}
    edit(store, number, 2, address="C")
    assert store.amendments.read(at(3), first, shown, RUDI, "link") == []
    assert store.amendments.read(at(3), second, shown, RUDI, "link") == []  # that of another
    assert len(read(store, first)) == 1
    assert read(store, first) == []
    assert (unread(store, first), unread(store, second)) == ([], [("address", "A", "C")])
    edit(store, number, 10, address="A")
    assert unread(store, first) == [("address", "C", "A")]
    row = store.amendments.of(first)[0]
    assert (row["read_by"], row["read_via"]) == ("rudi", "page")
    journal = [row["data"] for row in store.journal.after(0) if row["kind"] == "assignment.read"]
    assert journal == [{"assignment": first, "opd": "damkar", "amendments": [row["id"]], "left": 0, "via": "page"}]


def test_reading_ends_its_pushes_and_no_others(store: Store) -> None:
    """An answer ends the pushes for an answer, and not those of what is unread."""
    number = ticket(store, address="A")
    task = dispatch(store, number, "damkar")
    edit(store, number, 1, address="B")
    store.amendments.plan(at(1), task, [PlannedPush(1, "damkar.siaga", "page", at(1), 30.0, AMENDED)])
    store.assignments.move(at(2), task, "diterima", RUDI, via="page")
    assert (open_pushes(store, task, "dikirim"), open_pushes(store, task, AMENDED)) == (0, 1)
    read(store, task)
    assert open_pushes(store, task, AMENDED) == 0


def test_a_step_that_is_taken_back_leaves_changes_alone(store: Store) -> None:
    """What is unread is pushed on; what was read in the moment of the step stays read."""
    number = ticket(store, address="A")
    task = dispatch(store, number, "damkar")
    edit(store, number, 1, address="B")
    store.amendments.plan(at(1), task, [PlannedPush(1, "damkar.siaga", "page", at(1), 30.0, AMENDED)])
    for minute, reads in ((2, False), (4, True)):
        store.assignments.move(at(minute), task, "diterima", RUDI, via="page")
        if reads:
            read(store, task, minute)
        step = store.undoing.last(task)
        assert step
        store.undoing.back(at(minute + 1), step, RUDI)
        assert (open_pushes(store, task, "dikirim"), open_pushes(store, task, AMENDED)) == (1, int(not reads))


def test_a_task_that_was_taken_off_is_told(store: Store) -> None:
    """With its reason; an agency that ended it itself, by page or telephone, has nothing to learn of it."""
    number = ticket(store, address="A")
    ids = [dispatch(store, number, opd) for opd in ("damkar", "polres", "bpbd", "pmi")]
    store.assignments.move(at(1), ids[0], "dibatalkan", SITI, via="page", note="salah kirim")
    store.assignments.move(at(1), ids[1], "bukan_wewenang", SITI, via="operator", note="milik BPBD")
    store.assignments.move(at(1), ids[2], "bukan_wewenang", Actor("contact", "bpbd.siaga"), via="link", note="bukan")
    store.assignments.move(at(1), ids[3], "ditolak", Actor("contact", "pmi.siaga"), via="call")
    store.assignments.move(at(2), ids[3], "bukan_wewenang", SITI, via="operator", note="milik BPBD")
    assert [unread(store, id) for id in ids] == [
        [("recall", "dikirim", "salah kirim")], [("recall", "dikirim", "milik BPBD")], [], [],
    ]  # fmt: skip


def test_an_agency_that_hands_a_task_back_has_read_it(store: Store) -> None:
    """What it did not read is nobody's to read any more; who is done has still to read it."""
    number = ticket(store, address="A")
    back, done = (dispatch(store, number, opd) for opd in ("damkar", "polres"))
    store.assignments.move(at(1), done, "diterima", Actor("contact", "polres.siaga"), via="link")
    edit(store, number, 2, address="B")
    store.assignments.move(at(3), back, "bukan_wewenang", DESK, via="link", note="bukan")
    store.assignments.move(at(3), done, "selesai", Actor("contact", "polres.siaga"), via="link", note="padam")
    assert (unread(store, back), unread(store, done)) == ([], [("address", "A", "B")])
    assert [row["read_by"] for row in store.amendments.of(back)] == ["damkar.siaga"]


def test_a_caller_who_joins_is_told_to_those_who_have_the_master(store: Store) -> None:
    """Where and what, and what is written of it afterwards; whoever came along reads how the master differs."""
    master = ticket(store, "damkar", address="Margoyoso")
    other = ticket(store, "damkar", "polres", when=at(1), address="Pasar", description="ADA 3 ORANG TERJEBAK")
    had = store.tickets.show(master)["assignments"][0]["id"]
    ended, taken = (row["id"] for row in store.tickets.show(other)["assignments"])
    store.merging.merge(at(2), other, master, SITI)
    assert unread(store, had) == [("report", None, "Pasar: ADA 3 ORANG TERJEBAK")]
    assert unread(store, ended) == [("recall", "dikirim", f"digabung ke {master}")]
    assert unread(store, taken) == [
        ("address", "Pasar", "Margoyoso"),
        ("description", "ADA 3 ORANG TERJEBAK", f"api {master}"),
    ]
    read(store, had, 3)
    edit(store, other, 4, description="ADA 5 ORANG TERJEBAK")
    assert unread(store, had) == [("report", "Pasar: ADA 3 ORANG TERJEBAK", "Pasar: ADA 5 ORANG TERJEBAK")]


def test_a_caller_who_parts_is_told(store: Store) -> None:
    """The report is no more of this incident; the agency that goes back reads the ticket that it has again."""
    master = ticket(store, "damkar", address="Margoyoso", description="api")
    other = ticket(store, "polres", when=at(1), address="Pasar", description="api")
    had, taken = (store.tickets.show(number)["assignments"][0]["id"] for number in (master, other))
    store.merging.merge(at(2), other, master, SITI)
    for task in (had, taken):
        read(store, task, 3)
    store.merging.split(at(4), other, SITI)
    assert unread(store, had) == [("report", "Pasar: api", None)]
    assert unread(store, taken) == [("address", "Margoyoso", "Pasar")]


def test_merging_on_brings_every_caller_along(store: Store) -> None:
    """A master that is merged itself: its callers join the new one, too."""
    top, middle, low = (ticket(store, address=name, when=at(n), description="api") for n, name in enumerate("ABC"))
    task = dispatch(store, top, "damkar", at(3))
    store.merging.merge(at(4), low, middle, SITI)
    store.merging.merge(at(5), middle, top, SITI)
    assert sorted(str(row[2]) for row in unread(store, task)) == ["B: api", "C: api"]


def test_erasing_blanks_the_values(store: Store) -> None:
    """On the ticket's own assignments, and where its text is a further report of another; who read it stays."""
    master = ticket(store, "damkar", address="Jalan Mawar 3")
    other = ticket(store, when=at(1), address="Jalan Melati 4")
    task = store.tickets.show(master)["assignments"][0]["id"]
    edit(store, master, 1, address="Jalan Anggrek 5")
    edit(store, master, 2, address="Jalan Mawar 3")
    store.merging.merge(at(3), other, master, SITI)
    read(store, task, 4)
    store.retention.blank_reports([other])
    kept = json.dumps(store.amendments.of(task))
    assert ("Jalan Anggrek 5" in kept, "Jalan Melati 4" in kept) == (True, False)
    store.retention.blank_reports([master])
    rows: list[Row] = store.connection.all("SELECT * FROM amendments")
    assert {(row["before"], row["after"], row["pushed"], row["read_by"]) for row in rows} == {
        (None, None, None, "rudi")
    }
    assert "Jalan" not in json.dumps([row["data"] for row in store.journal.after(0)])
