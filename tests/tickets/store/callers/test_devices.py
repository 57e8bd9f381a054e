"""Calls of one telephone without a SIM card find each other; retention erases what names them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tickets.world import START
from tickets.store import Store
from tickets.store.calls import NewCall

DEVICE = "imei-01345678901234"
IDENTITY = json.dumps({"kind": "simless", "why": "x", "passed_on": ["110"], "headers": {"from": ["<sip:x@y>"]}})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    made = Store(tmp_path / "tanggap.db")
    yield made
    made.close()


def arrive(store: Store, call: str, device: str | None) -> str:
    """A call without a number, from this telephone."""
    new = NewCall(
        call,
        None,
        "Tanpa kartu SIM (x)" if device else "Tanpa nomor",
        True,
        False,
        "112",
        identity=IDENTITY,
        device=device,
    )
    return store.calls.arrive(START, "20261122", new)


def test_the_same_telephone_is_known_again(store: Store) -> None:
    """Earlier calls of it, newest first, and of no other one."""
    for call, device in (("c1", DEVICE), ("c2", "911-1234567"), ("c3", DEVICE), ("c4", None)):
        arrive(store, call, device)
    assert [row["call"] for row in store.calls.of_device(DEVICE, but="c3")] == ["c1"]
    assert store.calls.of_device(None) == []


def test_what_the_network_sent_is_shown_and_kept(store: Store) -> None:
    """The page has how the number was read; the records have the rows, too."""
    arrive(store, "c1", DEVICE)
    (row,) = store.calls.since(START)
    assert row["caller"] == {"kind": "simless", "why": "x", "passed_on": ["110"]}
    assert row["headers"] == {"from": ["<sip:x@y>"]}


def test_retention_erases_mark_and_rows(store: Store) -> None:
    """Also of calls without a number, which keep saying so; a second run has nothing to do."""
    for call, device in (("c1", DEVICE), ("c2", None)):
        ticket = arrive(store, call, device)
        store.calls.step(START, call, ticket, {"stage": "ended", "ended_at": "2026-11-22T03:00:00.000Z"}, ())
        store.connection.run("UPDATE tickets SET status = 'closed' WHERE number = :ticket", ticket=ticket)
    later = START + timedelta(days=400)
    assert store.numbers.erase_old(later, START + timedelta(days=1)) == (2, None)
    rows = [store.calls.get(call) for call in ("c1", "c2")]
    assert [(row["identity"], row["device"], row["display"]) for row in rows] == [
        (None, None, "Nomor dihapus"),
        (None, None, "Tanpa nomor"),
    ]
    assert store.numbers.erase_old(later, START + timedelta(days=1)) == (0, None)
