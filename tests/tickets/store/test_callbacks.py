"""Callback tasks: the callers to call back, the tries, and their end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tickets.errors import Conflict, NotFound
from tickets.model import Actor
from tickets.store import Store
from tickets.store.calls import NewCall

START = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SARI, NUMBER = Actor("user", "sari"), "+6281234567890"


def later(seconds: float) -> datetime:
    """A moment after the start."""
    return START + timedelta(seconds=seconds)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "tanggap.db")
    yield made
    made.close()


def gave_up(
    store: Store, call: str, number: str = NUMBER, at: datetime = START, reason: str = "menutup saat menunggu"
) -> str:
    """Make a caller who is to be called back; returns the ticket."""
    ticket = store.calls.arrive(at, "20261122", NewCall(call, number, number, False, True, "112"))
    store.calls.callback(at, call, reason)
    return ticket


def journal(store: Store) -> list[tuple[str, dict[str, object]]]:
    """Journal rows of callbacks."""
    rows = store.journal.after(0)
    return [(row["kind"], row["data"]) for row in rows if row["kind"].startswith("callback.")]


def test_one_row_for_each_number(store: Store) -> None:
    """A caller who gave up three times is called back once; the longest waiting stands first, with the newest task."""
    gave_up(store, "c1", at=START)
    gave_up(store, "c2", "+6281000000001", at=later(10))
    gave_up(store, "c3", at=later(20))
    rows = [(row["id"], row["number"], row["times"], row["since"][17:19]) for row in store.callbacks.open()]
    assert rows == [(3, NUMBER, 2, "00"), (2, "+6281000000001", 1, "10")]
    store.callbacks.done(later(60), 3, SARI, "sudah ditolong tetangga")
    assert [row["id"] for row in store.callbacks.open()] == [2]
    done = [data for kind, data in journal(store) if kind == "callback.done"]
    assert done == [{"task": task, "note": "sudah ditolong tetangga"} for task in (1, 3)]


def test_who_was_cut_off_comes_first(store: Store) -> None:
    """Callers who were cut off stand before longer waiting ones, also where the number gave up once more since."""
    gave_up(store, "c1", "+6281000000001", at=START)
    gave_up(store, "c2", at=later(10), reason="terputus")
    gave_up(store, "c3", at=later(20))
    gave_up(store, "c4", "+6281000000002", at=later(30), reason="terputus")
    rows = [(row["number"][-4:], row["reason"], row["cut"]) for row in store.callbacks.open()]
    why = "menutup saat menunggu"
    assert rows == [("7890", why, 1), ("0002", "terputus", 1), ("0001", why, 0)]


def test_a_task_that_came_later_stays(store: Store) -> None:
    """They gave up again while the operator wrote down that the call before was answered."""
    gave_up(store, "c1")
    gave_up(store, "c2", at=later(5))
    store.callbacks.done(later(9), 1, SARI)
    assert [row["id"] for row in store.callbacks.open()] == [2]


def test_who_got_through_since_is_told(store: Store) -> None:
    """The operator sees it, and decides."""
    gave_up(store, "c1")
    new = NewCall("c2", NUMBER, NUMBER, False, True, "112")
    ticket = store.calls.arrive(later(30), "20261122", new)
    assert store.callbacks.open()[0]["reached_at"] is None
    store.calls.step(later(90), "c2", ticket, {"stage": "ended", "outcome": "talked"}, ())
    assert store.callbacks.open()[0]["reached_at"] == "2026-11-22T07:00:30.000000+00:00"


def test_tried_by_hand(store: Store) -> None:
    """Nobody answered: the try keeps operator, time and note; the task stays."""
    gave_up(store, "c1")
    store.callbacks.unanswered(later(60), 1, SARI, "sore lagi")
    (row,) = store.callbacks.open()
    (tried,) = row["tries"]
    assert (tried["operator"], tried["way"], tried["outcome"], tried["note"]) == (
        "sari",
        "hand",
        "no_answer",
        "sore lagi",
    )
    data = {"task": 1, "operator": "sari", "way": "hand", "outcome": "no_answer", "note": "sore lagi"}
    assert journal(store)[-1] == ("callback.tried", data)


def test_a_try_over_the_trunk(store: Store) -> None:
    """Dialled, answered, recorded, over; none of it twice, and the number is in no journal row of it."""
    ticket = gave_up(store, "c1")
    attempt = store.callbacks.dial(later(1), 1, "sari")["attempt"]
    store.callbacks.talks(later(9), attempt, "calls/x")
    assert [row["id"] for row in store.callbacks.live()] == [attempt]
    store.callbacks.ended(later(39), attempt, "talked")
    store.callbacks.ended(later(40), attempt, "failed")
    store.callbacks.talks(later(41), attempt, "calls/y")
    base = {"task": 1, "operator": "sari"}
    assert journal(store)[1:] == [
        ("callback.dialled", base),
        ("callback.talking", base | {"recording": "calls/x"}),
        ("callback.tried", base | {"way": "trunk", "outcome": "talked", "seconds": 30.0}),
    ]
    assert store.callbacks.live() == []
    assert [row["id"] for row in store.callbacks.recorded(ticket)] == [attempt]
    row = store.callbacks.attempt(attempt)
    assert row is not None
    assert (row["recording"], row["outcome"], row["ticket"]) == ("calls/x", "talked", ticket)


def test_nobody_is_dialled_twice_at_once(store: Store) -> None:
    """Two operators, one person: the second is refused with the first one's name; afterwards they may."""
    gave_up(store, "c1")
    gave_up(store, "c2", at=later(5))
    attempt = store.callbacks.dial(later(6), 1, "sari")["attempt"]
    with pytest.raises(Conflict, match="nomor ini sedang ditelepon sari"):
        store.callbacks.dial(later(7), 2, "dewi")
    store.callbacks.ended(later(8), attempt, "busy")
    assert store.callbacks.dial(later(9), 2, "dewi")["attempt"] == attempt + 1


def test_what_is_done_is_not_tried(store: Store) -> None:
    """Neither over the trunk nor by hand."""
    gave_up(store, "c1")
    store.callbacks.done(later(1), 1, SARI)
    for wrong in (
        lambda: store.callbacks.dial(later(2), 1, "sari"),
        lambda: store.callbacks.unanswered(later(2), 1, SARI),
        lambda: store.callbacks.done(later(2), 1, SARI),
        lambda: store.callbacks.get(9),
    ):
        with pytest.raises(NotFound):
            wrong()
    assert [kind for kind, _ in journal(store)] == ["callback.opened", "callback.done"]


def test_the_urgent_lane_is_called_back_before_the_others(store: Store) -> None:
    """Cut off first, then by lane, then by age: an older plain caller waits for a younger urgent one."""
    for call, lane, reason in (
        ("c1", "unverified", "hening"),
        ("c2", "normal", "menutup saat menunggu"),
        ("c3", "urgent", "menutup saat menunggu"),
        ("c4", "normal", "terputus"),
    ):
        ticket = gave_up(store, call, f"+62810000000{call[1]}", later(int(call[1])), reason)
        store.calls.step(later(9), call, ticket, {"lane": lane}, ())
    assert [row["call"] for row in store.callbacks.open()] == ["c4", "c3", "c2", "c1"]
