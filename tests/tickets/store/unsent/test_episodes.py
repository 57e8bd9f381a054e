"""Episodes of unsent emergencies: each change of a ticket opens, keeps or ends one in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tickets.world import SARI, START, make_routing
from tickets.escalation.ladder import plan
from tickets.model import Row
from tickets.store import Store
from tickets.store.calls import NewCall
from tickets.store.steps import CallStep, Note

AT = START.isoformat(timespec="microseconds")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "tanggap.db", "kunci uji")
    made.unsent.set_signs({"kebakaran"}, ("terbakar", "pingsan"))
    yield made
    made.close()


def ticket(store: Store, **fields: str) -> str:
    """A ticket without a call."""
    number = store.tickets.create(START, "20261122", SARI)
    if fields:
        store.tickets.update(START, number, fields, SARI)
    return number


def ended_call(store: Store, outcome: str, lane: str, id: str = "c1", **fields: str) -> str:
    number = store.calls.arrive(START, "20261122", NewCall(id, None, "anonim", True, False, "112"))
    if fields:
        store.tickets.update(START, number, fields, SARI)
    assert not store.unsent.is_open(number)  # the caller is there: nobody is hurried
    columns = {"stage": "ended", "ended_at": AT, "outcome": outcome, "lane": lane}
    CallStep(id, START, columns, (Note("call.ended", {"outcome": outcome}),), ends=outcome).write(store, number)
    return number


@pytest.mark.parametrize(
    ("fields", "sign"),
    [
        ({"kind": "emergency"}, "emergency"),
        ({"category": "kebakaran"}, "category"),
        ({"kind": "complaint", "category": "kebakaran"}, "category"),
        ({"description": "Rumah TERBAKAR di belakang pasar"}, "words"),
        ({"address": "orang pingsan depan masjid"}, "words"),
        ({"kind": "complaint", "description": "jalan berlubang"}, None),
        ({"kind": "information"}, None),
        ({"description": "diterbakarkan"}, None),
    ],
)
def test_signs_of_what_was_written(store: Store, fields: Row, sign: str | None) -> None:
    """Kind, category, and beginnings of words in the text."""
    ticket(store, **fields)
    assert [row["sign"] for row in store.unsent_board.rows(9)] == ([sign] if sign else [])


@pytest.mark.parametrize(
    ("outcome", "lane", "sign"),
    [
        ("talked", "urgent", "lane"),
        ("talked", "normal", None),
        ("message", "normal", "message"),
        ("abandoned", "urgent", None),
        ("silent", "silent", None),
    ],
)
def test_signs_of_a_call(store: Store, outcome: str, lane: str, sign: str | None) -> None:
    """The lane of a talk, and a recorded message; who spoke with nobody is called back instead."""
    ended_call(store, outcome, lane)
    assert [row["sign"] for row in store.unsent_board.rows(9)] == ([sign] if sign else [])


def test_a_call_back_that_tells_of_a_fire_counts(store: Store) -> None:
    """A neighbour of the given-up call: what an operator writes later is work."""
    number = ended_call(store, "abandoned", "urgent")
    store.tickets.update(START, number, {"description": "rumah terbakar"}, SARI)
    assert store.unsent.is_open(number) == (store.tickets.get(number)["status"] == "open")


def _dispatch(store: Store, number: str) -> None:
    store.assignments.dispatch(START, number, "damkar", plan(make_routing(), "damkar", START), 600.0, SARI)


def _merge(store: Store, number: str) -> None:
    store.merging.merge(START, number, ticket(store), SARI)


def _file(store: Store, number: str) -> None:
    store.tickets.update(START, number, {"kind": "complaint"}, SARI)
    store.complaints.file(START, number, SARI)


ENDS: list[tuple[Callable[[Store, str], object], str]] = [
    (_dispatch, "sent"),
    (_merge, "merged"),
    (_file, "filed"),
    (lambda store, number: store.tickets.close(START, number, SARI, "selesai"), "closed"),
    (lambda store, number: store.reputations.judge(START, number, "prank", SARI), "closed"),
    (lambda store, number: store.unsent.decline(START, number, "talked_out", SARI), "talked_out"),
]


@pytest.mark.parametrize(("act", "reason"), ENDS, ids=[reason + str(at) for at, (_, reason) in enumerate(ENDS)])
def test_ends(store: Store, act: Callable[[Store, str], object], reason: str) -> None:
    """By what somebody did, whose name is kept."""
    number = ticket(store, kind="emergency", description="rumah terbakar")
    act(store, number)
    row = store.connection.one("SELECT * FROM unsent_episodes WHERE ticket = :number", number=number)
    assert row is not None
    assert (row["ended_at"], row["reason"], row["ended_by"]) == (AT, reason, "user:sari")


def test_a_master_shows_what_was_merged_into_it(store: Store) -> None:
    """A plain ticket with an emergency behind it is one."""
    master, number = ticket(store), ticket(store, kind="emergency")
    store.merging.merge(START, number, master, SARI)
    assert (store.unsent.is_open(master), store.unsent.is_open(number)) == (True, False)


def test_to_type_it_away_and_in_again_is_no_new_beginning(store: Store) -> None:
    """The ladder goes on from the first sign."""
    number = ticket(store, description="rumah terbakar")
    for minute, text in enumerate(("rumah", "rumah terbakar"), 1):
        store.tickets.update(START + timedelta(minutes=minute), number, {"description": text}, SARI)
    (row,) = store.unsent_board.rows(9)
    assert row["since"] == AT


def test_keys_of_a_caller_are_no_edit(store: Store) -> None:
    """The kind that a key chose says nothing before the talk is over, and then it counts."""
    number = store.calls.arrive(START, "20261122", NewCall("c9", None, "anonim", True, False, "112"))
    CallStep("c9", START, {"stage": "waiting"}, taken_for={"kind": "emergency", "category": None}).write(store, number)
    assert store.unsent_board.summary() == (0, None)
    columns = {"stage": "ended", "ended_at": AT, "outcome": "talked", "operator": "sari"}
    CallStep("c9", START, columns, (Note("call.ended", {"outcome": "talked"}),), ends="talked").write(store, number)
    assert store.unsent_board.summary() == (1, AT)


def test_the_most_urgent_and_then_the_oldest_come_first(store: Store) -> None:
    """The kind that a person chose weighs more than a word, and a word more than a lane."""
    lane = ended_call(store, "talked", "urgent")
    word = ticket(store, description="orang pingsan")
    kind = ticket(store, kind="emergency")
    assert [row["number"] for row in store.unsent_board.rows(9)] == [kind, word, lane]
    assert [row["number"] for row in store.unsent_board.rows(1, 1)] == [word]


def test_a_store_of_an_earlier_release_is_looked_at_once(store: Store) -> None:
    """Open tickets of the last day; those of last month are left alone."""
    number = ticket(store, kind="emergency")
    store.connection.run("DELETE FROM unsent_episodes")
    store.unsent.sweep(START + timedelta(days=30), START + timedelta(days=29))
    assert not store.unsent.is_open(number)
    store.unsent.sweep(START + timedelta(hours=1), START - timedelta(hours=23))
    store.unsent.sweep(START + timedelta(hours=2), START - timedelta(hours=22))
    assert [(row["number"], row["since"]) for row in store.unsent_board.rows(9)] == [(number, AT)]
