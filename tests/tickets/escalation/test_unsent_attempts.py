"""Attempts to push an unsent emergency as the spill file keeps them, and what the next one goes on from."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tickets.world import START
from tickets.escalation.unsent_attempts import UnsentTried, from_row
from tickets.escalation.unwritten import Unwritten
from tickets.model import Row

TARGET: Row = {
    "id": 3,
    "episode": 1,
    "ticket": "T-20261122-0001",
    "audience": "command_centre",
    "attempts": 4,
    "failures": 2,
}
LATER = timedelta(seconds=30)
TRIED = UnsentTried(TARGET, ("pusdalops", "call"), START, START + LATER, False, "tidak diangkat", START + 2 * LATER)


def test_a_record_is_read_as_it_was_written() -> None:
    """Through JSON, also where the target was read with more columns than an attempt needs."""
    wide = replace(TRIED, target=TARGET | {"every_s": 30.0, "sign": "lane"})
    assert from_row(json.loads(json.dumps(wide.as_row()))) == TRIED


@pytest.mark.parametrize(("ok", "failures"), [(True, 0), (False, 3)])
def test_the_next_attempt_counts_on(ok: bool, failures: int) -> None:
    """The number of attempts grows by one; failures in a row end with a success."""
    assert replace(TRIED, ok=ok).after == {"attempts": 5, "failures": failures}


async def test_the_last_attempt_of_a_target_is_known_until_it_is_written() -> None:
    """That of this target, and the time of the last one over this telephone."""
    unwritten, second = Unwritten(), replace(TRIED, started=START + 3 * LATER)
    await unwritten.keep(TRIED, second)
    assert (unwritten.unsent(3), unwritten.unsent(4)) == (second, None)
    assert unwritten.last(("pusdalops", "call")) == second.started


async def test_of_too_many_the_oldest_attempt_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever ladder it belongs to."""
    monkeypatch.setattr("tickets.escalation.unwritten.MOST", 2)
    unwritten = Unwritten()
    await unwritten.keep(*(replace(TRIED, started=START + n * LATER) for n in range(3)))
    assert [entry for entry, _origin in unwritten._waiting] == [
        replace(TRIED, started=START + n * LATER) for n in (1, 2)
    ]
