"""A late complaint: those above are pushed by the existing ladders; nothing rots in the inbox."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.tickets.world import make_routing
from tickets.complaints.overdue import act, late
from tickets.complaints.states import Terms
from tickets.escalation.ladder import plan
from tickets.model import Actor
from tickets.store import Store

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SITI, TERMS, ROUTING = Actor("user", "siti"), Terms(), make_routing()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(tmp_path / "tanggap.db")
    yield opened
    opened.close()


def day(days: float) -> datetime:
    """So many days after Monday."""
    return MONDAY + timedelta(days=days)


def filed(store: Store, opd: str | None = None) -> str:
    """A complaint of Monday, with an agency or in the inbox."""
    number = store.tickets.create(MONDAY, "20261123", SITI, "complaint")
    store.tickets.update(MONDAY, number, {"category": "kebakaran", "description": "asap"}, SITI)
    store.complaints.file(MONDAY, number, SITI)
    if opd:
        ladder = plan(ROUTING, opd, MONDAY, "complaint")
        store.assignments.dispatch(MONDAY, number, opd, ladder, 600.0, SITI)
    return number


def look(store: Store, now: datetime, terms: Terms = TERMS) -> list[str]:
    """Run the duty at a moment; returns the complaints that it acted on."""
    rows = late(store, terms, now)
    for ticket, term in rows:
        with store.transaction():
            act(store, ROUTING, terms, now, ticket, term)
    return [term["what"] for _ticket, term in rows]


def pushed(store: Store) -> list[tuple[str, str, datetime]]:
    """Open pushes: contact, phase, first due."""
    rows = store.connection.all("SELECT contact, phase, due_at FROM pushes WHERE done_at IS NULL ORDER BY id")
    return [(row["contact"], row["phase"], datetime.fromisoformat(row["due_at"])) for row in rows]


def test_what_nobody_passed_on_is_passed_on(store: Store) -> None:
    """After three working days, to the agencies that routing proposes; with an application it is that one's."""
    number = filed(store)
    assert look(store, day(3)) == []  # Thursday is the last day
    other = Terms(url="https://wadul.contoh/x")
    assert look(store, day(4), other) == ["pass_on"]
    assert store.complaints.get(number)["state"] == "masuk"
    filed(store)
    assert look(store, day(4)) == ["pass_on"]
    assert [row["state"] for row in store.complaints.open()] == ["masuk", "diteruskan"]
    assert {contact for contact, _phase, _due in pushed(store)} == {"damkar.siaga"}
    assert look(store, day(4.5)) == []


def test_an_agency_that_does_not_answer_is_pushed_by_all_steps_at_once(store: Store) -> None:
    """The head and the command centre are not waited for; once, as long as nothing moves."""
    filed(store, "bpbd")
    assert look(store, day(7)) == []
    assert look(store, day(8)) == ["answer"]
    assert pushed(store) == [("bpbd.siaga", "dikirim", day(8)), ("bpbd.siaga", "dikirim", day(8))]
    assert look(store, day(9)) == []


def test_one_that_is_not_done_is_pushed_again_after_each_move(store: Store) -> None:
    """In the state that it has, on the next working day; not when it is done."""
    number = filed(store, "damkar")
    (assignment,) = store.tickets.show(number)["assignments"]
    store.assignments.move(day(1), assignment["id"], "diterima", Actor("user", "damkar"), via="page")
    assert look(store, day(14)) == []
    assert look(store, day(15)) == ["done"]
    assert {phase for _contact, phase, _due in pushed(store)} == {"diterima"}
    store.assignments.move(day(15.1), assignment["id"], "berangkat", Actor("user", "damkar"), via="page")
    assert look(store, day(15.2)) == []
    assert look(store, day(16)) == ["done"]
    assert {phase for _contact, phase, _due in pushed(store)} == {"berangkat"}
    store.assignments.move(day(16.1), assignment["id"], "selesai", Actor("user", "damkar"), via="page", note="x")
    assert (look(store, day(17)), pushed(store)) == ([], [])
    alarms = [row["data"] for row in store.tickets.show(number)["timeline"] if row["kind"] == "complaint.late"]
    assert alarms == [{"what": "done", "days": 1}, {"what": "done", "days": 2}]
