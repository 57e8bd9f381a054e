"""A caller's reputation goes with the arrival; after an error of ours nobody is doubted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr import events as ev
from ivr.screening_rules import ScreeningRules
from line.standing import judge
from tickets.model import Actor
from tickets.store import Store
from tickets.store.calls import NewCall

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
RULES = ScreeningRules()
NUMBER = "+6281234567890"


def caller(name: str = "c9") -> NewCall:
    return NewCall(name, NUMBER, NUMBER, False, True, "112", trunk="telkom")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that knows one number for two pranks."""
    made = Store(tmp_path / "tanggap.db", "kunci")
    for name in ("c1", "c2"):
        ticket = made.calls.arrive(NOW - timedelta(hours=1), "20261122", caller(name))
        made.reputations.judge(NOW, ticket, "prank", Actor("user", "siti"))
    return made


def test_a_known_prankster_is_doubted(store: Store) -> None:
    """And nobody else."""
    assert judge(caller(), NOW, RULES)(store) == ev.Arrived("reputation", sampled=False)
    assert judge(replace(caller(), number=None), NOW, RULES)(store) == ev.Arrived()
    assert judge(caller(), NOW, replace(RULES, enabled=False))(store) == ev.Arrived()
    store.close()


def test_one_in_so_many_of_the_doubted_is_sampled(store: Store) -> None:
    """Never one that is not doubted."""
    every = replace(RULES, sample=1)
    assert judge(caller(), NOW, every)(store) == ev.Arrived("reputation", sampled=True)
    assert judge(replace(caller(), number="+628111"), NOW, every)(store) == ev.Arrived()
    sampled = [judge(caller(f"c{n}"), NOW, RULES)(store).sampled for n in range(100, 500)]
    assert 8 < sum(sampled) < 36
    store.close()


def test_an_error_of_ours_doubts_nobody(store: Store) -> None:
    """The call has its ticket all the same."""
    store.connection.run("DROP TABLE verdicts")
    assert judge(caller(), NOW, RULES)(store) == ev.Arrived()
    store.close()
