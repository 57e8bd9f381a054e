"""Whatever is done with an unanswered fire: the command centre is due by its time from the first dispatch."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tickets.cases.people import BPBD, DAMKAR, NOW, PUSAT, SITI, Office
from tickets.cases.dispatching import dispatch
from tickets.cases.handing_over import DESK_112, hand_over, reassign
from tickets.model import from_text
from tickets.store import Store

DUE_S = 120.0
OTHER = {"damkar": "bpbd", "bpbd": "damkar"}
USERS = {"damkar": DAMKAR, "bpbd": BPBD}
moves = st.lists(st.tuples(st.floats(0.5, 40.0), st.sampled_from(("hand over", "by 112", "reassign"))), max_size=6)


@pytest.mark.long
@settings(max_examples=25, deadline=None)
@given(moves=moves)
def test_the_command_centre_waits_no_longer_for_any_hand_over(moves: list[tuple[float, str]]) -> None:
    """Due at two minutes from the first dispatch at the latest, or at once where those have passed."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder, "tanggap.db"))
        office, at = Office(store), NOW
        row = office.sent()
        for seconds, deed in moves:
            at, opd = at + timedelta(seconds=seconds), row["opd"]
            with store.transaction():
                if deed == "reassign":
                    reassign(store, office.routing, at, row, OTHER[opd], "diam", PUSAT)
                elif deed == "hand over":
                    hand_over(store, office.routing, at, row, OTHER[opd], "bukan kami", USERS[opd])
                else:
                    hand_over(store, office.routing, at, row, DESK_112, "bukan kami", USERS[opd])
                    dispatch(store, office.routing, at, row["ticket"], (OTHER[opd],), SITI.actor)
            row = office.assignment(row["ticket"], OTHER[opd])
            due = store.connection.one(
                "SELECT min(due_at) AS at FROM pushes WHERE contact = 'pusdalops' AND done_at IS NULL"
            )
            assert due is not None
            assert from_text(due["at"]) <= max(NOW + timedelta(seconds=DUE_S), at)
        store.close()
