"""Operators' presence: what they want, what they are, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tickets.world import START
from tickets.model import to_text
from tickets.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "tanggap.db")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("changes", "moved"),
    [
        ([("ready", "wrap_up", "c1"), ("ready", "wrap_up", "c1")], False),
        ([("ready", "wrap_up", "c1"), ("paused", "wrap_up", "c1")], False),
        ([("ready", "ready", None), ("ready", "ready", None)], False),
        ([("ready", "talking", "c1"), ("ready", "wrap_up", "c1")], True),
        ([("ready", "talking", "c1"), ("ready", "talking", "c2")], True),
        ([("ready", "ready", None), ("ready", "ringing", "c1")], True),
    ],
    ids=["written again", "wants a pause", "ready all the time", "talk is over", "another call", "rings"],
)
def test_since_is_when_the_state_began(store: Store, changes: list[tuple[str, str, str | None]], moved: bool) -> None:
    """A wrap-up that is written once more, as after a restart, is as old as it was."""
    for count, (wanted, live, call) in enumerate(changes):
        store.people.set_presence(START + timedelta(minutes=count), "sari", wanted, live, call)
    (row,) = store.people.presences()
    last = changes[-1]
    assert (row["wanted"], row["live"], row["call"]) == last
    assert row["since"] == to_text(START + timedelta(minutes=1 if moved else 0))
