"""Holds, periods and a person's erasure, in the store."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tickets.errors import Conflict, InvalidInput, NotFound
from tickets.model import Actor, PlannedPush, to_text
from tickets.store import Store
from tickets.store.calls import NewCall

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SITI, ADMIN = Actor("user", "siti"), Actor("user", "admin")
NUMBER = "+6281234567890"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "tanggap.db", "kunci nomor")
    yield made
    made.close()


def call(
    store: Store, name: str, days: float, *, number: str = NUMBER, closed: bool = True, outcome: str = "talked"
) -> str:
    """A call so many days ago, recorded and written down; its ticket."""
    at = NOW - timedelta(days=days)
    new = NewCall(name, number, "0812-3456-7890", False, True, "112", location='{"lat": -6.5, "lon": 110.6}')
    ticket = store.calls.arrive(at, "20261122", new)
    over = {"stage": "ended", "outcome": outcome, "ended_at": to_text(at), "recording": f"calls/{name}"}
    store.calls.step(at, name, ticket, over, ())
    fields = {"reporter_name": "Sari", "address": "Jl. Mawar 3", "description": "rumah Bu Sari terbakar"}
    store.tickets.update(at, ticket, fields, SITI)
    if closed:
        store.tickets.close(at, ticket, SITI, "Bu Sari sudah pulang")
    return ticket


def everything(store: Store) -> str:
    """Every cell of every table, to look for what must not be there."""
    tables = [row["name"] for row in store.connection.all("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return json.dumps([store.connection.all(f"SELECT * FROM {name}") for name in tables], ensure_ascii=False)


def test_a_hold_is_set_once_shown_and_released(store: Store) -> None:
    """With author, time and reason; both stand in the story."""
    ticket = call(store, "c1", 1)
    store.tickets.hold(NOW, ticket, ADMIN, " surat penyidik 12/2026 ")
    shown = store.tickets.show(ticket)
    assert shown["hold"] == {"at": to_text(NOW), "by": "admin", "reason": "surat penyidik 12/2026"}
    with pytest.raises(Conflict, match="sudah ditahan: surat penyidik 12/2026"):
        store.tickets.hold(NOW, ticket, ADMIN, "lagi")
    store.tickets.release(NOW, ticket, ADMIN, "perkara selesai")
    with pytest.raises(Conflict, match="tidak ditahan"):
        store.tickets.release(NOW, ticket, ADMIN, "lagi")
    with pytest.raises(InvalidInput):
        store.tickets.hold(NOW, ticket, ADMIN, "  ")
    with pytest.raises(NotFound):
        store.tickets.hold(NOW, "T-1", ADMIN, "x")
    shown = store.tickets.show(ticket)
    events = [
        (row["kind"], row["data"]["reason"])
        for row in shown["timeline"]
        if row["kind"].startswith("ticket.") and "reason" in row["data"]
    ]
    assert (shown["hold"], events) == (
        None,
        [("ticket.held", "surat penyidik 12/2026"), ("ticket.released", "perkara selesai")],
    )


def test_recordings_are_old_by_their_kind(store: Store) -> None:
    """Talks and messages apart; what is held, open or to be called back stays."""
    call(store, "old", 200)
    call(store, "message", 200, outcome="message")
    call(store, "young", 100)
    call(store, "open", 200, closed=False)
    store.tickets.hold(NOW, call(store, "held", 200), ADMIN, "x")
    call(store, "callback", 200)
    store.calls.callback(NOW, "callback", "terputus")
    before = NOW - timedelta(days=180)
    assert [row["id"] for row in store.retention.old_recordings(before, messages=False)] == ["old"]
    assert [row["id"] for row in store.retention.old_recordings(before, messages=True)] == ["message"]
    store.retention.recordings_gone(NOW, ["old", "message"])
    assert store.retention.old_recordings(before, messages=False) == []
    assert store.retention.recordings() == {f"calls/{call}" for call in ("young", "open", "held", "callback")}


def test_photos_are_old_when_nobody_works_on_their_ticket(store: Store) -> None:
    """Their row goes with the file; the story keeps that there was one."""
    ticket = call(store, "c1", 400, closed=False)
    at = NOW - timedelta(days=400)
    push = PlannedPush(0, "damkar.siaga", "page", at, 30.0)
    assignment = store.assignments.dispatch(at, ticket, "damkar", [push], 600.0, SITI)
    store.assignments.attach(at, assignment, "photo", "foto.jpg", Actor("user", "damkar"))
    before = NOW - timedelta(days=365)
    assert store.retention.old_photos(before) == []
    store.assignments.move(at, assignment, "diterima", Actor("user", "damkar"), via="page")
    store.assignments.move(at, assignment, "selesai", Actor("user", "damkar"), via="page", note="Bu Sari selamat")
    [photo] = store.retention.old_photos(before)
    assert photo["value"] == "foto.jpg"
    store.tickets.hold(NOW, ticket, ADMIN, "x")
    assert store.retention.old_photos(before) == []
    store.tickets.release(NOW, ticket, ADMIN, "x")
    store.retention.photos_gone(NOW, [photo["id"]])
    assert (store.retention.old_photos(before), store.retention.photos()) == ([], set())


def test_old_reports_lose_what_they_say_of_people(store: Store) -> None:
    """Everywhere, the journal too; kind, place by name and moments stay for the figures. Once is enough."""
    ticket = call(store, "c1", 2000)
    held = call(store, "c2", 2000, number="+628111")
    store.tickets.hold(NOW, held, ADMIN, "x")
    before = NOW - timedelta(days=1825)
    assert store.retention.expire_reports(NOW, before) == 1
    assert store.retention.expire_reports(NOW, before) == 0
    shown = store.tickets.show(ticket)
    assert (shown["reporter"]["name"], shown["place"]["address"], shown["description"]) == (None, None, None)
    assert "Sari" not in json.dumps(shown["timeline"]) and store.calls.get("c1")["location"] is None
    assert store.tickets.show(held)["description"] == "rumah Bu Sari terbakar"
    store.tickets.release(NOW, held, ADMIN, "x")
    assert store.retention.expire_reports(NOW, before) == 1
    assert "Sari" not in everything(store) and "Mawar" not in everything(store)


def test_old_numbers_of_held_tickets_stay(store: Store) -> None:
    """A held ticket keeps the caller's number."""
    store.tickets.hold(NOW, call(store, "held", 400), ADMIN, "x")
    call(store, "old", 400)
    assert store.numbers.erase_old(NOW, NOW - timedelta(days=365)) == (1, None)
    assert (store.calls.get("held")["number"], store.calls.get("old")["number"]) == (NUMBER, None)
    with pytest.raises(Conflict, match="yang ditahan"):
        store.numbers.erase(NOW, NUMBER, ADMIN, "x")


def test_erasure_says_first_and_then_does(store: Store) -> None:
    """The same counts; afterwards no digit, name or address of the person is anywhere but in what is kept."""
    gone = [call(store, "c1", 10), call(store, "c2", 5)]
    held, open_ = call(store, "c3", 4), call(store, "c4", 3, closed=False)
    store.tickets.hold(NOW, held, ADMIN, "perkara 7")
    store.reputations.judge(NOW, gone[0], "prank", SITI)
    plan = store.erasure.plan(NUMBER)
    assert (plan.calls, plan.tickets, plan.recordings) == (("c1", "c2"), tuple(gone), ("calls/c1", "calls/c2"))
    assert plan.kept == {held: "ditahan: perkara 7", open_: "belum selesai"}
    assert plan.verdicts == 1
    assert store.erasure.run(NOW, NUMBER, ADMIN, "surat 5", reports=True) == plan
    assert [store.calls.get(call)["number"] for call in ("c1", "c2", "c3", "c4")] == [None, None, NUMBER, NUMBER]
    record = store.boards.newest("number.erased")
    assert record is not None and record["actor"] == "user:admin"
    wanted = {"calls": 2, "recordings": 2, "tickets": 2, "kept": [held, open_], "reason": "surat 5", "hash": plan.hash}
    assert record["data"] == wanted
    store.tickets.release(NOW, held, ADMIN, "x")
    store.tickets.close(NOW, open_, SITI, "selesai")
    store.erasure.run(NOW, NUMBER, ADMIN, "surat 5", reports=True)
    left = everything(store)
    assert [word for word in ("81234567890", "0812-3456", "Sari", "Mawar", "110.6") if word in left] == []
    assert store.numbers.show(f"#{plan.hash}", NOW, _rules())["prank"] == 1


def test_erasure_may_leave_the_reports(store: Store) -> None:
    """Only the number and the recordings go."""
    ticket = call(store, "c1", 10)
    store.erasure.run(NOW, NUMBER, ADMIN, "surat 5", reports=False)
    shown = store.tickets.show(ticket)
    assert (shown["reporter"]["number"], shown["description"]) == (None, "rumah Bu Sari terbakar")


def test_nothing_is_held_of_a_stranger(store: Store) -> None:
    """Said, not done in silence."""
    with pytest.raises(NotFound):
        store.erasure.plan("+62899")


def _rules():  # type: ignore[no-untyped-def]
    from ivr.screening_rules import ScreeningRules

    return ScreeningRules()
