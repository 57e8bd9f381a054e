"""Verdicts in the store: changeable, followed by the ticket, counted by a hash that outlives the number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ivr.screening_rules import ScreeningRules
from tests.tickets.world import SARI, START, make_routing
from tickets.errors import Conflict, InvalidInput, NotFound, SchemaViolated
from tickets.escalation.ladder import plan
from tickets.model import Actor, to_text
from tickets.screening.reputation import Standing
from tickets.store import Store
from tickets.store.callers.caller_numbers import ERASED
from tickets.store.calls import NewCall, Note

RULES = ScreeningRules()
ROUTING = make_routing()
ADMIN = Actor("user", "admin")
NUMBER = "+6281234567890"
DAY = "20261122"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "tanggap.db", "kunci")
    yield made
    made.close()


def call(
    store: Store,
    name: str,
    number: str | None = NUMBER,
    *,
    days: float = 0,
    seconds: float = 0,
    lasts: float | None = 60,
    trunk: str | None = "telkom",
    **columns: Any,
) -> str:
    """A call that came so long before START and, unless it lasts for ever, is over; its ticket."""
    at = START - timedelta(days=days, seconds=seconds)
    new = NewCall(name, number, number or "Tanpa nomor", number is None, number is not None, "112", trunk=trunk)
    ticket = store.calls.arrive(at, DAY, new)
    if lasts is not None:
        columns |= {"ended_at": to_text(at + timedelta(seconds=lasts)), "stage": "ended"}
    store.calls.step(at, name, ticket, columns, ())
    return ticket


def judged(store: Store, name: str, verdict: str, number: str | None = NUMBER, *, days: float = 0) -> str:
    """A call of a number with a verdict; its ticket."""
    ticket = call(store, name, number, days=days)
    store.reputations.judge(START - timedelta(days=days), ticket, verdict, SARI)
    return ticket


def standing(store: Store, number: str | None = NUMBER, trunk: str | None = None) -> Standing:
    return store.reputations.standing(number, trunk, START, RULES)


def told(store: Store, kind: str) -> list[dict[str, Any]]:
    return [row["data"] for row in store.journal.after(0, 100_000) if row["kind"] == kind]


# -- verdicts and the ticket ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "status", "kind"),
    [
        ("prank", "closed", "prank"),
        ("silent", "closed", "silent"),
        ("information", "closed", "information"),
        ("genuine", "open", "unknown"),
    ],
)
def test_the_ticket_follows_the_verdict(store: Store, verdict: str, status: str, kind: str) -> None:
    """A prank, information or silence closes its ticket; a genuine call keeps it open."""
    ticket = judged(store, "c1", verdict)
    row = store.tickets.get(ticket)
    assert (row["status"], row["kind"], row["operator"]) == (status, kind, None)
    assert store.tickets.show(ticket)["verdict"] == verdict
    assert [call["verdict"] for call in store.calls.since(START - timedelta(days=1))] == [verdict]


def test_a_verdict_is_changed_and_the_ticket_comes_back(store: Store) -> None:
    """Prank by mistake: asli opens the ticket again with the kind that the caller chose by key."""
    ticket = call(store, "c1", state='{"kind": "emergency"}')
    store.reputations.judge(START, ticket, "prank", SARI)
    row = store.reputations.judge(START + timedelta(seconds=5), ticket, "genuine", SARI)
    assert (row["verdict"], row["by"], row["replaces"]) == ("genuine", "sari", 1)
    ticket_row = store.tickets.get(ticket)
    assert (ticket_row["status"], ticket_row["kind"], ticket_row["closed_at"]) == ("open", "emergency", None)
    assert standing(store) == Standing(score=-3.0, genuine=1)
    expected = [
        {"verdict": "prank", "before": None, "kind": "unknown", "status": "open"},
        {"verdict": "genuine", "before": "prank", "kind": "prank", "status": "closed"},
    ]
    assert told(store, "ticket.judged") == expected


def test_the_same_verdict_again_changes_nothing(store: Store) -> None:
    """Two presses of one key are one verdict."""
    ticket = judged(store, "c1", "prank")
    seq = store.journal.last()
    store.reputations.judge(START, ticket, "prank", ADMIN)
    assert (store.journal.last(), standing(store).prank) == (seq, 1)


def test_no_prank_while_an_agency_works_on_it(store: Store) -> None:
    """Refused as a whole: neither verdict nor ticket changes."""
    ticket = call(store, "c1")
    store.tickets.update(START, ticket, {"kind": "emergency", "description": "api"}, SARI)
    store.assignments.dispatch(START, ticket, "damkar", plan(ROUTING, "damkar", START), 600.0, SARI)
    with pytest.raises(Conflict) as caught:
        store.reputations.judge(START, ticket, "prank", SARI)
    assert str(caught.value) == f"tiket {ticket} masih ditangani OPD; batalkan dulu penugasannya"
    assert store.reputations.of_ticket(ticket) is None
    assert store.tickets.get(ticket)["kind"] == "emergency"


def test_unknown_words_and_tickets_are_refused(store: Store) -> None:
    """Nothing is kept."""
    ticket = call(store, "c1")
    with pytest.raises(InvalidInput) as caught:
        store.reputations.judge(START, ticket, "emergency", SARI)
    assert str(caught.value) == "putusan 'emergency' tidak dikenal; yang ada: genuine, prank, information, silent"
    with pytest.raises(NotFound):
        store.reputations.judge(START, "T-1", "prank", SARI)


def test_a_ticket_without_a_call_can_be_judged(store: Store) -> None:
    """It is counted for nobody's number."""
    ticket = store.tickets.create(START, DAY, SARI)
    row = store.reputations.judge(START, ticket, "prank", SARI)
    assert (row["call"], row["number"], row["hash"]) == (None, None, None)


# -- standing -------------------------------------------------------------------------------------------------------


def test_two_pranks_are_doubted_and_a_genuine_call_outweighs_them(store: Store) -> None:
    """By number; another number is not touched."""
    judged(store, "c1", "prank")
    assert standing(store).doubt is None
    judged(store, "c2", "prank", days=1)
    assert standing(store) == Standing(doubt="reputation", score=2.0, prank=2)
    assert standing(store, "+6281234567891") == Standing()
    judged(store, "c3", "genuine")
    assert standing(store) == Standing(score=-1.0, prank=2, genuine=1)


def test_no_number_no_reputation(store: Store) -> None:
    """Pranks of anonymous callers are held against nobody."""
    for name in ("c1", "c2", "c3"):
        judged(store, name, "prank", None)
    assert standing(store, None) == Standing()


def test_the_verdict_counts_from_the_day_of_the_call(store: Store) -> None:
    """One that is given a month later has halved already."""
    ticket = call(store, "c1", days=30)
    store.reputations.judge(START, ticket, "prank", SARI)
    assert standing(store).score == 0.5


def test_a_flood_of_brief_calls(store: Store) -> None:
    """Five within ten minutes that were over within 20 s; long ones, live ones and older ones do not count."""
    for count in range(4):
        call(store, f"c{count}", seconds=30 + count, lasts=5)
    call(store, "long", seconds=100, lasts=25)
    call(store, "live", seconds=3, lasts=None)
    call(store, "old", seconds=601, lasts=5)
    assert standing(store) == Standing()
    call(store, "c5", seconds=599, lasts=19.9)
    assert standing(store) == Standing(doubt="flood", flood="number")


def test_a_flood_of_a_trunk(store: Store) -> None:
    """Thirty brief calls of whatever numbers: its next callers are doubted, those of another trunk are not."""
    for count in range(30):
        call(store, f"c{count}", f"+62812345{count:05d}", seconds=60, lasts=3)
    assert standing(store, None, "telkom") == Standing(doubt="flood", flood="trunk")
    assert standing(store, NUMBER, "telkom") == Standing(doubt="flood", flood="trunk")
    assert standing(store, NUMBER, "indosat") == Standing()
    assert standing(store, NUMBER, None) == Standing()
    judged(store, "known", "genuine")
    assert standing(store, NUMBER, "telkom") == Standing(score=-3.0, genuine=1)


def test_the_call_keeps_what_was_held_of_it(store: Store) -> None:
    """Trunk, doubt and sample stand on the call's row and in its view."""
    new = NewCall("c1", NUMBER, NUMBER, False, True, "112", trunk="telkom")
    store.calls.arrive(START, DAY, new, "reputation", sampled=True)
    (row,) = store.calls.since(START)
    assert (row["trunk"], row["doubt"], row["sampled"]) == ("telkom", "reputation", True)


def test_a_store_without_a_key_knows_no_reputation(store: Store, tmp_path: Path) -> None:
    """It judges all the same, and the hash is made as soon as a store with a key looks."""
    other = Store(tmp_path / "tanggap.db")
    for name in ("c1", "c2"):
        judged(other, name, "prank")
    assert standing(other) == Standing()
    other.close()
    assert standing(store) == Standing()
    assert store.reputations.rekey(START) == 2
    assert standing(store).prank == 2


# -- the key --------------------------------------------------------------------------------------------------------


def test_another_key(store: Store, tmp_path: Path) -> None:
    """Verdicts with their number are hashed anew in batches; those without are lost, and are counted."""
    for name in ("c1", "c2", "c3"):
        judged(store, name, "prank")
    judged(store, "c4", "prank", "+6281999999999")
    store.numbers.erase(START, "+6281999999999", ADMIN, "diminta")
    turned = Store(tmp_path / "tanggap.db", "kunci baru")
    assert (standing(turned), turned.reputations.lost()) == (Standing(), 1)
    assert [turned.reputations.rekey(START, limit=2) for _ in range(3)] == [2, 1, 0]
    assert standing(turned).prank == 3
    assert [data["rehashed"] for data in told(turned, "number.rekeyed")] == [2, 1]
    assert [data["lost"] for data in told(turned, "number.rekeyed")] == [1, 1]
    turned.close()
    assert standing(store) == Standing()


def test_the_key_is_not_in_the_database(store: Store, tmp_path: Path) -> None:
    """A thief of the database alone cannot try all numbers against the hashes."""
    judged(store, "c1", "prank")
    store.close()
    assert b"kunci" not in (tmp_path / "tanggap.db").read_bytes()


# -- numbers --------------------------------------------------------------------------------------------------------


def test_numbers_are_listed_with_score_and_counts(store: Store) -> None:
    """Newest first; doubted ones worst first; any part of a number finds it."""
    for name in ("c1", "c2", "c3"):
        judged(store, name, "prank", days=2)
    for name in ("d1", "d2"):
        judged(store, name, "prank", "+628111", days=3)
    judged(store, "e1", "genuine", "+628222", days=1)
    rows = store.numbers.listed(START, RULES)
    assert [(row["number"], row["score"], row["doubt"]) for row in rows] == [
        ("+628222", -2.9, None),
        (NUMBER, 2.9, "reputation"),
        ("+628111", 1.9, None),
    ]
    assert [(row["prank"], row["genuine"], row["silent"]) for row in rows] == [(0, 1, 0), (3, 0, 0), (2, 0, 0)]
    assert [row["number"] for row in store.numbers.listed(START, RULES, doubted=True)] == [NUMBER]
    assert [row["number"] for row in store.numbers.listed(START, RULES, digits="8111")] == ["+628111"]
    assert store.numbers.listed(START, RULES, digits="999") == []
    assert len(store.numbers.listed(START, RULES, limit=2)) == 2


def test_a_number_is_shown_whole(store: Store) -> None:
    """Reputation, all verdicts with their authors, all calls; also for a number that was never judged."""
    ticket = judged(store, "c1", "prank")
    store.reputations.judge(START, ticket, "genuine", ADMIN, reason="salah tekan")
    shown = store.numbers.show(NUMBER, START, RULES)
    assert (shown["score"], shown["genuine"], shown["prank"]) == (-3.0, 1, 0)
    assert [(row["verdict"], row["by"], row["reason"]) for row in shown["verdicts"]] == [
        ("genuine", "admin", "salah tekan"),
        ("prank", "sari", None),
    ]
    assert [(row["id"], row["verdict"]) for row in shown["calls"]] == [("c1", "genuine")]
    assert shown == store.numbers.show(shown["hash"], START, RULES)
    call(store, "d1", "+628111")
    assert store.numbers.show("+628111", START, RULES)["verdicts"] == []
    for unknown in ("+628999", "a" * 64):
        with pytest.raises(NotFound):
            store.numbers.show(unknown, START, RULES)


def test_a_correction_changes_every_verdict_of_a_number(store: Store) -> None:
    """With its reason; tickets of long ago stay closed, and the score is that of the corrected verdicts."""
    tickets = [judged(store, name, "prank", days=1) for name in ("c1", "c2", "c3")]
    other = judged(store, "d1", "prank", "+628111")
    assert store.numbers.correct(START, NUMBER, "genuine", ADMIN, "puskesmas", tickets[0]) == 1
    assert store.numbers.correct(START, NUMBER, "genuine", ADMIN, "puskesmas") == 2
    assert store.numbers.correct(START, NUMBER, "genuine", ADMIN, "puskesmas") == 0
    assert (standing(store).doubt, standing(store).genuine) == (None, 3)
    assert {store.tickets.get(ticket)["status"] for ticket in tickets} == {"closed"}
    assert store.tickets.show(other)["verdict"] == "prank"
    assert {data.get("reason") for data in told(store, "ticket.judged")} == {None, "puskesmas"}
    with pytest.raises(InvalidInput):
        store.numbers.correct(START, NUMBER, "prank", ADMIN, "  ")


# -- erasure --------------------------------------------------------------------------------------------------------


def everything(store: Store) -> str:
    """Every value in every table, as text."""
    names = [row["name"] for row in store.connection.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return json.dumps({name: store.connection.all(f'SELECT * FROM "{name}"') for name in names}, default=str)


def test_an_erased_number_is_nowhere_and_its_score_goes_on(store: Store) -> None:
    """Calls, tickets, callbacks, verdicts, journal; the next prank call of that number is doubted all the same."""
    for name in ("c1", "c2"):
        judged(store, name, "prank")
    ticket = judged(store, "c3", "silent")
    store.calls.callback(START, "c3", "hening")
    store.callbacks.done(START, 1, SARI)
    typed = store.tickets.create(START, DAY, SARI)
    store.tickets.update(START, typed, {"reporter_number": "0812-3456-7890", "kind": "prank"}, SARI)
    store.tickets.close(START, typed, SARI)
    assert "81234567890" in everything(store) and "0812-3456-7890" in everything(store)
    assert store.numbers.erase(START, NUMBER, ADMIN, "diminta pemilik") == 3
    assert "81234567890" not in everything(store)
    assert "0812-3456-7890" not in everything(store)
    assert standing(store) == Standing(doubt="reputation", score=2.0, prank=2, silent=1)
    row = store.calls.get("c3")
    assert (row["number"], row["display"], row["callable"]) == (None, ERASED, 0)
    shown = store.numbers.show(NUMBER, START, RULES)
    assert (shown["number"], shown["score"], shown["doubt"]) == (None, 2.0, "reputation")
    store.reputations.judge(START, ticket, "prank", SARI)  # an operator may still change a verdict
    assert standing(store).prank == 3
    assert [(data["calls"], data["reason"]) for data in told(store, "number.erased")] == [(3, "diminta pemilik")]
    with pytest.raises(Conflict) as caught:
        store.numbers.erase(START, NUMBER, ADMIN, "lagi")
    assert str(caught.value) == "nomor ini sudah dihapus"


def test_a_number_that_is_still_needed_is_not_erased(store: Store) -> None:
    """Somebody has to call back, or an agency is on its way."""
    ticket = call(store, "c1")
    with pytest.raises(Conflict) as caught:
        store.numbers.erase(START, NUMBER, ADMIN, "diminta")
    assert str(caught.value) == f"nomor ini masih dipakai tiket {ticket} yang belum selesai"
    assert store.calls.get("c1")["number"] == NUMBER


def test_old_numbers_expire_in_batches(store: Store) -> None:
    """Finished calls before the limit; one that is worked on, an open callback and younger ones keep theirs."""
    for count in range(5):
        judged(store, f"old{count}", "prank", f"+62812345{count:05d}", days=400 + count)
    call(store, "open", "+628000001", days=400)
    waits = call(store, "waits", "+628000002", days=400)
    store.calls.callback(START, "waits", "hening")
    store.reputations.judge(START, waits, "silent", SARI)
    judged(store, "young", "prank", "+628000003", days=364)
    web = store.tickets.create(START - timedelta(days=400), DAY, SARI)
    store.tickets.update(START, web, {"reporter_number": "0291 591234", "kind": "information"}, SARI)
    store.tickets.close(START, web, SARI)
    before, done, after = START - timedelta(days=365), [], ""
    while True:
        count, next_after = store.numbers.erase_old(START, before, after, limit=2)
        done.append(count)
        if next_after is None:
            break
        after = next_after
    assert done == [3, 2, 1]
    left = {row["id"] for row in store.connection.all("SELECT id FROM calls WHERE number IS NOT NULL")}
    assert left == {"open", "waits", "young"}
    assert "591234" not in everything(store)
    assert store.numbers.erase_old(START, before) == (0, None)
    assert store.reputations.hash("+6281234500000") in everything(store)


def test_a_partial_number_expires_too(store: Store) -> None:
    """A short or SIM-less number stands in what people read, and goes with the rest."""
    at = START - timedelta(days=400)
    ticket = store.calls.arrive(at, DAY, NewCall("c1", None, "Tanpa kartu SIM (91112345)", True, False, "112"))
    store.calls.step(at, "c1", ticket, {"ended_at": to_text(at), "stage": "ended"}, ())
    store.tickets.call_ended(at, ticket, "abandoned", waits=False)
    assert store.numbers.erase_old(START, START - timedelta(days=365)) == (1, None)
    assert store.calls.get("c1")["display"] == ERASED


# -- lists ----------------------------------------------------------------------------------------------------------


def test_calls_that_wait_for_a_verdict(store: Store) -> None:
    """Ended, with any sign or a recording, not judged: sampled ones first, then talked and recorded ones."""
    call(store, "greeting")
    call(store, "spoke", state='{"person": true}', seconds=60)
    call(store, "silent", lane="silent", outcome="silent", seconds=50)
    call(store, "talked", lane="urgent", outcome="talked", seconds=40)
    call(store, "message", recording="messages/x", outcome="message", seconds=30)
    call(store, "live", lane="urgent", lasts=None)
    judged(store, "judged", "prank")
    new = NewCall("sampled", NUMBER, NUMBER, False, True, "112")
    ticket = store.calls.arrive(START, DAY, new, "reputation", sampled=True)
    store.calls.step(START, "sampled", ticket, {"keys": "9", "ended_at": to_text(START)}, ())
    count, rows = store.screening.unjudged(START - timedelta(days=7))
    assert (count, [row["id"] for row in rows]) == (5, ["sampled", "message", "talked", "silent", "spoke"])


def test_history_tells_the_verdicts(store: Store) -> None:
    """All of a number, or only the genuine ones, which many pranks would hide."""
    judged(store, "g", "genuine", days=9)
    for count in range(8):
        judged(store, f"p{count}", "prank", days=count / 10)
    history = store.calls.history(NUMBER, limit=6)
    assert [row["verdict"] for row in history] == ["prank"] * 6
    assert [row["call"] for row in store.calls.history(NUMBER, limit=2, verdict="genuine")] == ["g"]


def test_who_has_talked(store: Store) -> None:
    """Also before a transfer."""
    ticket = call(store, "c1")
    notes = (Note("call.talking", {"operator": "siti"}), Note("call.transferred", {"operator": "budi"}))
    store.calls.step(START, "c1", ticket, {"operator": "budi"}, notes)
    assert [store.calls.talked_with("c1", operator) for operator in ("siti", "budi", "rina")] == [True, True, False]


def test_a_ticket_has_one_verdict_that_counts(store: Store) -> None:
    """The database itself refuses a second."""
    ticket = judged(store, "c1", "prank")
    sql = """INSERT INTO verdicts (ticket, verdict, called_at, at, by) VALUES (:t, 'genuine', '', '', '')"""
    with pytest.raises(SchemaViolated):
        store.connection.run(sql, t=ticket)


def test_screening_switched_off(store: Store) -> None:
    """Nobody is doubted, whatever is known."""
    for name in ("c1", "c2"):
        judged(store, name, "prank")
    off = replace(RULES, enabled=False)
    assert store.reputations.standing(NUMBER, None, START, off) == Standing(score=2.0, prank=2)
