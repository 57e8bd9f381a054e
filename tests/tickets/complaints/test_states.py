"""Complaints in the store: their state follows the assignments, in the same transaction."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tickets.complaints import tracking
from tickets.errors import Conflict, InvalidInput, NotFound
from tickets.model import Actor, PlannedPush
from tickets.store import Store

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SITI, PUSAT, PLN = Actor("user", "siti"), Actor("user", "pusat"), Actor("user", "pln")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(tmp_path / "tanggap.db")
    yield opened
    opened.close()


def at(minutes: float) -> datetime:
    """So many minutes later."""
    return NOW + timedelta(minutes=minutes)


def ticket(store: Store, kind: str = "complaint") -> str:
    """A report."""
    number = store.tickets.create(NOW, "20261123", SITI, kind)
    store.tickets.update(NOW, number, {"category": "jalan", "description": "lubang"}, SITI)
    return number


def dispatch(store: Store, number: str, opd: str, when: datetime = NOW) -> int:
    """Given to an agency, with one push."""
    push = PlannedPush(1, f"{opd}.siaga", "page", when, 1800.0)
    return store.assignments.dispatch(when, number, opd, (push,), 600.0, PUSAT)


def state(store: Store, number: str) -> tuple[str, str | None, str | None, str | None]:
    """State, passed on, answered, ended (as minutes after NOW)."""
    row = store.complaints.get(number)
    moments = (row["passed_at"], row["answered_at"], row["ended_at"])
    minutes = (
        None if moment is None else f"{(datetime.fromisoformat(moment) - NOW).total_seconds() / 60:g}"
        for moment in moments
    )
    return row["state"], *minutes  # type: ignore[return-value]


def outbox(store: Store) -> list[tuple[str, str]]:
    """All rows of the outbox."""
    return [(row[0], row[1]) for row in store.connection.run("SELECT event, state FROM wadul_outbox ORDER BY id")]


def test_the_life_of_a_complaint(store: Store) -> None:
    """Filed, passed on, answered, done; each with its moment, its journal row and its row for the application."""
    number = ticket(store)
    row = store.complaints.file(at(1), number, SITI)
    assert tracking.parse(row["tracking"]) == row["tracking"]
    assert store.complaints.file(at(2), number, SITI)["tracking"] == row["tracking"]
    assert state(store, number) == ("masuk", None, None, None)
    assignment = dispatch(store, number, "dpupr", at(3))
    assert state(store, number) == ("diteruskan", "3", None, None)
    store.assignments.move(at(4), assignment, "diterima", PLN, via="page")
    assert state(store, number) == ("dijawab", "3", "4", None)
    store.assignments.move(at(5), assignment, "selesai", PLN, via="page", note="sudah ditambal")
    assert state(store, number) == ("selesai", "3", "4", "5")
    kinds = [row["kind"] for row in store.tickets.show(number)["timeline"] if row["kind"].startswith("complaint.")]
    assert kinds == ["complaint.filed", *["complaint.moved"] * 3]
    assert outbox(store) == [("filed", "masuk"), ("moved", "diteruskan"), ("moved", "dijawab"), ("moved", "selesai")]
    assert store.complaints.of_tracking(row["tracking"])["ticket"] == number
    assert store.tickets.show(number)["tracking"] == row["tracking"]


def test_one_that_is_dispatched_the_old_way_gets_its_number(store: Store) -> None:
    """And an emergency gets none."""
    number, fire = ticket(store), ticket(store, "emergency")
    dispatch(store, number, "dpupr")
    dispatch(store, fire, "damkar")
    assert state(store, number) == ("diteruskan", "0", None, None)
    assert store.complaints.find(fire) is None
    with pytest.raises(Conflict, match=f"tiket {fire} bukan aduan"):
        store.complaints.file(NOW, fire, SITI)


def test_what_an_agency_gives_back_is_in_the_inbox_again(store: Store) -> None:
    """With a taker it stays passed on; without one the first term runs again."""
    number = ticket(store)
    first = dispatch(store, number, "dpupr")
    store.assignments.move(at(1), first, "bukan_wewenang", PLN, via="page", note="jalan provinsi")
    assert state(store, number) == ("masuk", None, None, None)
    second = dispatch(store, number, "dlh", at(2))
    dispatch(store, number, "pln", at(3))
    store.assignments.move(at(4), second, "bukan_wewenang", PLN, via="page", note="PLN")
    assert state(store, number) == ("diteruskan", "3", None, None)
    assert store.complaints.show(number)["waits_since"] == at(3).isoformat(timespec="microseconds")


def test_turned_down_is_no_answer(store: Store) -> None:
    """An agency that says on the phone that it is not theirs: passed on, and unanswered, until somebody takes it."""
    number = ticket(store)
    assignment = dispatch(store, number, "dpupr")
    store.assignments.move(at(1), assignment, "ditolak", PLN, via="call")
    assert state(store, number) == ("diteruskan", "0", None, None)
    assert [row["waits_since"] for row in store.complaints.running()] == [NOW.isoformat(timespec="microseconds")]
    store.assignments.move(at(2), assignment, "diterima", PLN, via="page")
    assert state(store, number)[0] == "dijawab"


def test_rejected_and_answered(store: Store) -> None:
    """With words for the caller; not while an agency works on it; a rejected one may be passed on after all."""
    number, other = ticket(store), ticket(store)
    store.complaints.file(NOW, number, SITI)
    assignment = dispatch(store, other, "dpupr")
    with pytest.raises(Conflict, match="masih ditangani OPD"):
        store.complaints.reject(at(1), other, PUSAT, "bukan aduan")
    with pytest.raises(Conflict, match="masih ditangani OPD"):
        store.complaints.answer(at(1), other, PUSAT, "sudah")
    assert state(store, other) == ("diteruskan", "0", None, None)
    store.complaints.reject(at(1), number, PUSAT, "di luar Jepara")
    assert state(store, number) == ("ditolak", None, None, "1")
    assert store.complaints.get(number)["text"] == "di luar Jepara"
    with pytest.raises(Conflict, match="sudah «ditolak»"):
        store.complaints.reject(at(2), number, PUSAT, "lagi")
    dispatch(store, number, "dlh", at(3))
    assert state(store, number) == ("diteruskan", "3", None, None)
    store.assignments.move(at(4), assignment, "diterima", PLN, via="page")
    store.assignments.move(at(5), assignment, "selesai", PLN, via="page", note="x")
    store.complaints.answer(at(6), other, PUSAT, "Sudah ditambal.")
    assert (state(store, other)[0], store.complaints.get(other)["text"]) == ("selesai", "Sudah ditambal.")
    with pytest.raises(InvalidInput, match="isian text harus berisi jawaban"):
        store.complaints.answer(at(6), other, PUSAT, " ")


def test_raised_and_lowered(store: Store) -> None:
    """The ticket's kind decides; a prank is no complaint."""
    number = ticket(store)
    dispatch(store, number, "dpupr")
    store.tickets.update(at(1), number, {"kind": "emergency"}, SITI)
    assert state(store, number) == ("darurat", "0", None, None)
    store.tickets.update(at(2), number, {"kind": "complaint"}, SITI)
    assert state(store, number) == ("diteruskan", "0", None, None)
    prank = ticket(store)
    store.complaints.file(NOW, prank, SITI)
    store.tickets.judged(at(1), prank, "prank", SITI)
    assert state(store, prank) == ("ditolak", None, None, "1")


def test_replanned_pushes_take_the_place_of_the_others(store: Store) -> None:
    """In the state that the assignment has; not one that ended."""
    number = ticket(store)
    assignment = dispatch(store, number, "dpupr")
    push = PlannedPush(1, "dpupr.siaga", "call", at(1), 30.0)
    store.assignments.replan(at(1), assignment, (push,), PUSAT, "ada korban")
    assert [push.channel for push in store.assignments.claim(at(1), "x", 15, 10)] == ["call"]
    store.assignments.move(at(2), assignment, "dibatalkan", PUSAT, via="page")
    with pytest.raises(Conflict, match="sudah «dibatalkan»"):
        store.assignments.replan(at(3), assignment, (push,), PUSAT, "lagi")


def test_what_fails_half_way_leaves_no_complaint(store: Store) -> None:
    """One transaction: no number is given out that is not kept."""
    number = ticket(store)

    def fail() -> None:
        with store.transaction():
            dispatch(store, number, "dpupr")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert (store.complaints.find(number), outbox(store)) == (None, [])


def test_the_application_tells_what_it_did(store: Store) -> None:
    """Its states count where no agency of ours has it; it is not told what it said itself."""
    number = ticket(store)
    row = store.complaints.file(NOW, number, SITI)
    store.complaints.accepted(at(1), number, "W-77")
    complaint = store.complaints.told(at(2), row["tracking"], "diteruskan")
    assert (complaint["state"], complaint["theirs"]) == ("diteruskan", "W-77")
    store.complaints.told(at(3), row["tracking"], "dijawab", answer="Sedang dijadwalkan.")
    assert state(store, number) == ("dijawab", "2", "3", None)
    store.complaints.told(at(4), row["tracking"], "selesai", answer="Sudah ditambal.")
    assert state(store, number) == ("selesai", "2", "3", "4")
    assert outbox(store) == [("filed", "masuk")]
    store.complaints.told(at(5), row["tracking"], "diteruskan")
    assert state(store, number)[0] == "selesai"
    busy = ticket(store)
    dispatch(store, busy, "dpupr")
    tracked = store.complaints.get(busy)["tracking"]
    with pytest.raises(Conflict, match="masih ditangani OPD"):
        store.complaints.told(at(6), tracked, "selesai")
    with pytest.raises(NotFound, match="tidak ada"):
        store.complaints.told(at(6), "00000000", "selesai")
    with pytest.raises(InvalidInput, match="isian state 'masuk' tidak dikenal"):
        store.complaints.told(at(6), tracked, "masuk")


def test_the_outbox_keeps_the_order_and_survives_a_dead_sender(store: Store) -> None:
    """A row holds the later ones of its complaint back; a lease that ends makes it due again; a dead one waits."""
    number, other = ticket(store), ticket(store)
    store.complaints.file(NOW, number, SITI)
    dispatch(store, number, "dpupr")
    store.complaints.file(NOW, other, SITI)
    (first, alone) = store.outbox.claim(NOW, "a", 30, 10)
    assert [(row["ticket"], row["event"]) for row in (first, alone)] == [(number, "filed"), (other, "filed")]
    assert store.outbox.claim(NOW, "b", 30, 10) == []
    again = store.outbox.claim(at(1), "b", 30, 10)
    assert [entry["id"] for entry in again] == [first["id"], alone["id"]]
    store.outbox.failed(at(1), "a", first, "mati", at(2), dead=False)  # its lease was over: not its to say any more
    store.outbox.failed(at(1), "b", first, "menjawab 500", at(2), dead=True)
    store.outbox.sent(at(1), alone["id"])
    assert store.outbox.claim(at(9), "b", 30, 10) == []
    assert store.outbox.waiting() == (2, 1)
    assert store.complaints.show(number)["last_error"] == "menjawab 500"
    store.outbox.resend(at(9), number, PUSAT)
    (once_more,) = store.outbox.claim(at(9), "b", 30, 10)
    store.outbox.sent(at(9), once_more["id"])
    assert [entry["event"] for entry in store.outbox.claim(at(9), "b", 30, 10)] == ["moved"]
    with pytest.raises(NotFound, match="tidak punya kiriman yang menunggu"):
        store.outbox.resend(at(9), other, PUSAT)


def test_found_by_number_place_and_words(store: Store) -> None:
    """A percent sign is a percent sign."""
    number = ticket(store)
    store.tickets.update(NOW, number, {"address": "Jl. 100% mulus"}, SITI)
    tracked = store.complaints.file(NOW, number, SITI)["tracking"]
    for words in (tracked, tracking.shown(tracked), number[-4:], "100%", "lubang"):
        assert [row["ticket"] for row in store.complaints.search(words)] == [number], words
    assert store.complaints.search("1%0") == []


def test_what_is_written_of_people_is_erased_in_time(store: Store) -> None:
    """The answer and the link go with the report; number, state and moments stay."""
    number = ticket(store)
    row = store.complaints.file(NOW, number, PLN, "sosial", "https://x.contoh/1")
    store.complaints.answer(at(1), number, PUSAT, "Bu Nur sudah ditemui.")
    assert store.retention.expire_reports(at(2), at(2)) == 1
    after = store.complaints.get(number)
    assert (after["text"], after["link"], after["tracking"]) == (None, None, row["tracking"])
    assert "Bu Nur" not in str(store.tickets.show(number))
    assert store.retention.expire_reports(at(3), at(3)) == 0
