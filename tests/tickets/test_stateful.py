"""The promise under hypothesis: no push is lost, none begins after the answer, nobody accepts twice."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.tickets.world import SARI, START, make_routing
from tickets.errors import Conflict
from tickets.escalation import follow_up, next_due, plan
from tickets.model import ENDED_STATES, WAITING_STATE, Actor, DuePush, from_text
from tickets.store import Store

ROUTING = make_routing()
LEASE_S = 15.0
LONGEST_S = 400 + 120 + 300  # twice follow_up_s, then the last step of the ladder, then the slowest interval or retry
names = st.sampled_from(("a", "b"))


class Escalation(RuleBasedStateMachine):
    """Two daemons, an OPD, crashes and a clock over one real store."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name, "tanggap.db"))
        self.store.connection.raw.execute("PRAGMA synchronous=OFF")
        self.now = START
        self.assignments: dict[int, str] = {}
        self.hands: dict[str, list[DuePush]] = {"a": [], "b": []}
        self.accepted: set[int] = set()

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(opd=st.sampled_from(("damkar", "bpbd")))
    def dispatch(self, opd: str) -> None:
        number = self.store.tickets.create(self.now, "20261122", SARI, "emergency")
        ladder = plan(ROUTING, opd, self.now)
        made = self.store.assignments.dispatch(self.now, number, opd, ladder, 200.0, SARI)
        self.assignments[made] = WAITING_STATE

    @rule(seconds=st.sampled_from((1, 16, 60, 300)))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(who=names, limit=st.integers(1, 6))
    def claim(self, who: str, limit: int) -> None:
        for push in self.store.assignments.claim(self.now, who, LEASE_S, limit):
            assert push.due_at <= self.now
            assert push.phase == self.assignments[push.assignment]  # nothing of a state that is over
            self.hands[who].append(push)

    @rule(who=names)
    def crash(self, who: str) -> None:
        self.hands[who] = []

    @rule(who=names)
    def restart(self, who: str) -> None:
        self.hands[who] = []
        self.store.assignments.release(who)

    @precondition(lambda self: any(self.hands.values()))
    @rule(data=st.data(), ok=st.booleans())
    def finish(self, data: st.DataObject, ok: bool) -> None:
        who = data.draw(st.sampled_from([name for name, held in self.hands.items() if held]))
        push = self.hands[who].pop(0)
        wanted = self.store.assignments.still_wanted(push.id)
        assert wanted == (push.phase == self.assignments[push.assignment])
        if wanted:
            due = next_due(push, self.now, self.now, 0.0, ok=ok)
            self.store.assignments.attempted(push, who, self.now, self.now, ok=ok, detail="x", next_due=due)

    @precondition(lambda self: self.assignments)
    @rule(data=st.data(), state=st.sampled_from(("diterima", "berangkat", "selesai", "bukan_wewenang", "dibatalkan")))
    def move(self, data: st.DataObject, state: str) -> None:
        assignment = data.draw(st.sampled_from(sorted(self.assignments)))
        row = self.store.assignments.get(assignment)
        pushes = follow_up(ROUTING, row, state, self.now)
        try:
            self.store.assignments.move(
                self.now, assignment, state, Actor("user", "budi"), via="page", follow_up=pushes
            )
        except Conflict:
            return
        if state == "diterima":
            assert assignment not in self.accepted
            self.accepted.add(assignment)
        self.assignments[assignment] = state

    @invariant()
    def every_open_assignment_is_pushed(self) -> None:
        rows = self.store.connection.all("SELECT assignment, due_at FROM pushes WHERE done_at IS NULL")
        open_ones = {one for one, state in self.assignments.items() if state not in ENDED_STATES}
        assert {row["assignment"] for row in rows} == open_ones
        limit = self.now + timedelta(
            seconds=LONGEST_S + 400 + 120
        )  # twice follow_up_s, and the last step of the ladder
        assert all(from_text(row["due_at"]) <= limit for row in rows)

    @invariant()
    def what_nobody_holds_is_claimable(self) -> None:
        rows = self.store.connection.all(
            "SELECT lease_until FROM pushes WHERE done_at IS NULL AND lease_until IS NOT NULL"
        )
        assert all(from_text(row["lease_until"]) <= self.now + timedelta(seconds=LEASE_S) for row in rows)


TestEscalation = Escalation.TestCase
TestEscalation.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
