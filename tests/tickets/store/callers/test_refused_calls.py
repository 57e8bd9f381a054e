"""Refused calls are counted in few rows; a refused caller with a number is called back once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tickets.world import START
from tickets.model import Actor
from tickets.store import Store
from tickets.store.callers.refused_calls import KEPT, MOST, Tally
from tickets.store.calls import NewCall

BY = Actor("process", "steward")
TRUNK = Tally("telkom", "10.0.0.2", "media", 488, "sip:112@us")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    made = Store(tmp_path / "tanggap.db")
    yield made
    made.close()


def caller(call: str, number: str | None = "+6281234567890") -> NewCall:
    """A refused caller."""
    return NewCall(call, number, "0812-3456-7890", number is None, number is not None, "112", handled_by="refused")


def test_one_row_an_hour_for_each_kind(store: Store) -> None:
    """Counted together; told as often as asked."""
    for times in (1, 4):
        store.refused.count(START, [Tally("telkom", "10.0.0.2", "media", 488, "sip:112@us", times)], [], BY)
    store.refused.count(START + timedelta(hours=1), [TRUNK], [TRUNK], BY)
    [row] = store.refused.of_trunks(START)
    assert (row["trunk"], row["reason"], row["status"], row["times"]) == ("telkom", "media", 488, 6)
    assert [row["kind"] for row in store.journal.after(0)] == ["call.refused"]
    assert store.refused.of_strangers(START) == {"times": 0, "far_ends": 0}


def test_strangers_are_bounded_and_forgotten(store: Store) -> None:
    """So many far ends an hour, the others together; all of them go after a month."""
    many = [Tally("", f"198.51.100.{number}", "unknown", 401, "") for number in range(3 * MOST)]
    store.refused.count(START, many, [], BY)
    assert store.refused.of_strangers(START) == {"times": 3 * MOST, "far_ends": MOST + 1}
    assert store.refused.of_trunks(START) == []
    store.refused.count(START + KEPT + timedelta(hours=2), [TRUNK], [], BY)
    assert store.refused.of_strangers(START) == {"times": 0, "far_ends": 0}


def test_a_refused_caller_is_called_back_once(store: Store) -> None:
    """A call, a ticket and a task; a network that repeats the call makes no second; nor one that came through."""
    ticket = store.refused.call_back(START, "20261122", caller("r1"), "panggilan ditolak: hanya teks, tanpa suara")
    assert ticket is not None
    assert store.refused.call_back(START + timedelta(minutes=5), "20261122", caller("r2"), "x") is None
    assert [(row["ticket"], row["reason"]) for row in store.callbacks.open()] == [
        (ticket, "panggilan ditolak: hanya teks, tanpa suara")
    ]
    assert (store.calls.get("r1")["outcome"], store.tickets.get(ticket)["status"]) == ("refused", "open")
    assert store.refused.call_back(START + timedelta(minutes=11), "20261122", caller("r3"), "x") is not None


def test_who_cannot_be_rung_is_only_counted(store: Store) -> None:
    """No ticket without a number."""
    assert store.refused.call_back(START, "20261122", caller("r1", None), "x") is None
    assert store.callbacks.open() == []
