"""The promise under hypothesis: no push is lost, none begins after the answer, nobody accepts twice."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ivr.hours import Hours, Window
from tests.tickets.world import CONTACTS, SARI, START, FakeChannel, make_routing
from tickets.errors import Conflict
from tickets.escalation.ladder import follow_up, next_due, plan
from tickets.escalation.picking import Picked, Picker
from tickets.model import ENDED_STATES, WAITING_STATE, Actor, from_text
from tickets.notify.channel import ChannelKind, Wired
from tickets.store import Store

# 14.00 WIB is START: damkar.piket's duty ends soon after it, and the desk of Damkar stands in
DUTY = Hours("Asia/Jakarta", ((Window(time(7), time(14, 10)),),) * 7)
ON_DUTY = {"damkar.piket": {"duty": DUTY, "stand_in": ("damkar.siaga",)}, "pusdalops": {"duty": DUTY}}
ROUTING = make_routing(tuple(replace(contact, **ON_DUTY.get(contact.name, {})) for contact in CONTACTS))  # type: ignore[arg-type]
NOBODY = FakeChannel(lambda: START)
CHANNELS = {
    "page": Wired(ChannelKind(lambda means: NOBODY, 5), NOBODY),
    "apprise": Wired(ChannelKind(lambda means: NOBODY, 5), NOBODY),
    "call": Wired(ChannelKind(lambda means: NOBODY, 180, pace_s=15, mobile_pace_s=120, alone=True), NOBODY),
}
LEASE_S = 15.0
FOLLOW_UP_S = 200.0
# four times follow_up_s, then the last step of the ladder, then the slowest interval, retry or pace
LONGEST_S = 4 * FOLLOW_UP_S + 120 + 300
names = st.sampled_from(("a", "b"))


def _own(opd: str) -> Actor:
    """Somebody of the agency: who ends a task itself is told nothing of it (test_amending_stateful.py)."""
    return Actor("contact", f"{opd}.siaga")


class Escalation(RuleBasedStateMachine):
    """Two daemons, two OPDs, crashes and a clock over one real store."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name, "tanggap.db"))
        self.store.connection.raw.execute("PRAGMA synchronous=OFF")
        self.now = START
        self.assignments: dict[int, str] = {}
        self.hands: dict[str, list[Picked]] = {"a": [], "b": []}

    def teardown(self) -> None:
        try:
            self._all_are_pushed_in_the_end()
        finally:
            self.store.close()
            self.folder.cleanup()

    @initialize(opd=st.sampled_from(("damkar", "bpbd")))
    def dispatch_first(self, opd: str) -> None:
        self.dispatch(opd)

    @rule(opd=st.sampled_from(("damkar", "bpbd")))
    def dispatch(self, opd: str) -> None:
        number = self.store.tickets.create(self.now, "20261122", SARI, "emergency")
        self._dispatch(number, opd)

    def _dispatch(self, number: str, opd: str) -> None:
        ladder = plan(ROUTING, opd, self.now)
        made = self.store.assignments.dispatch(self.now, number, opd, ladder, FOLLOW_UP_S, SARI)
        self.assignments[made] = WAITING_STATE

    @rule(seconds=st.sampled_from((1, 16, 60, 300)))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def _pick(self, daemon: str, room: int) -> list[Picked]:
        under_way = Counter(held.way for held in self.hands[daemon])
        ids = frozenset(held.push.id for held in self.hands[daemon])
        picker = Picker(daemon, LEASE_S, room, self.now, ROUTING, CHANNELS, under_way, set(), ids)
        with self.store.transaction():
            picked, due = picker.pick(self.store)
        assert len(picked) <= room
        assert due is not None or all(state in ENDED_STATES for state in self.assignments.values())
        return picked

    @rule(daemon=names, room=st.integers(1, 6))
    def claim(self, daemon: str, room: int) -> None:
        for picked in self._pick(daemon, room):
            assert picked.push.due_at <= self.now
            assert picked.push.phase == self.assignments[picked.push.assignment]  # nothing of a state that is over
            assert picked.chosen is not None
            self.hands[daemon].append(picked)

    @rule(daemon=names)
    def crash(self, daemon: str) -> None:
        self.hands[daemon] = []

    @rule(daemon=names)
    def restart(self, daemon: str) -> None:
        self.hands[daemon] = []
        self.store.assignments.release(daemon)

    @precondition(lambda self: any(self.hands.values()))
    @rule(data=st.data(), ok=st.booleans())
    def finish(self, data: st.DataObject, ok: bool) -> None:
        daemon = data.draw(st.sampled_from([name for name, held in self.hands.items() if held]))
        self._finish(daemon, self.hands[daemon].pop(0), ok)

    def _finish(self, daemon: str, picked: Picked, ok: bool) -> None:
        push = picked.push
        open_still = self.store.connection.one("SELECT done_at FROM pushes WHERE id = :id", id=push.id) == {
            "done_at": None
        }
        assert open_still == (push.phase == self.assignments[push.assignment])
        due = next_due(push, self.now, self.now, 0.0, ok=ok)
        self.store.assignments.attempted(
            push, daemon, self.now, self.now, ok=ok, detail="x", next_due=due, way=picked.way
        )

    @rule(contact=st.sampled_from(("damkar.siaga", "damkar.piket", "bpbd.siaga")), away=st.booleans())
    def mark(self, contact: str, away: bool) -> None:
        if away:
            self.store.absences.mark(self.now, contact, None, SARI)
            return
        with suppress(Conflict):
            self.store.absences.back(self.now, contact, SARI)

    @precondition(lambda self: self.assignments)
    @rule(data=st.data(), state=st.sampled_from(("diterima", "berangkat", "di_lokasi", "selesai", "dibatalkan")))
    def move(self, data: st.DataObject, state: str) -> None:
        assignment = data.draw(st.sampled_from(sorted(self.assignments)))
        before = self.assignments[assignment]
        row = self.store.assignments.get(assignment)
        pushes, actor = follow_up(ROUTING, row, state, self.now), _own(row["opd"])
        try:
            self.store.assignments.move(self.now, assignment, state, actor, via="page", follow_up=pushes)
        except Conflict:
            assert self.store.assignments.get(assignment)["state"] == before  # and nothing else has changed
            return
        self.assignments[assignment] = state

    @precondition(lambda self: any(state in ("dikirim", "diterima") for state in self.assignments.values()))
    @rule(data=st.data())
    def reassign(self, data: st.DataObject) -> None:
        """«Bukan wewenang», with the other agency as the taker, in one transaction."""
        free = sorted(number for number, state in self.assignments.items() if state in ("dikirim", "diterima"))
        assignment = data.draw(st.sampled_from(free))
        row = self.store.assignments.get(assignment)
        taker = "bpbd" if row["opd"] == "damkar" else "damkar"
        with self.store.transaction():
            with suppress(Conflict), self.store.savepoint():
                self._dispatch(row["ticket"], taker)
            self.store.assignments.move(
                self.now, assignment, "bukan_wewenang", _own(row["opd"]), via="page", note="bukan kami"
            )
        self.assignments[assignment] = "bukan_wewenang"
        others = self.store.tickets.show(row["ticket"])["assignments"]
        assert any(other["opd"] == taker and other["ended_at"] is None for other in others)

    @invariant()
    def every_open_assignment_is_pushed(self) -> None:
        rows = self.store.connection.all("SELECT assignment, due_at FROM pushes WHERE done_at IS NULL")
        open_ones = {assignment for assignment, state in self.assignments.items() if state not in ENDED_STATES}
        assert {row["assignment"] for row in rows} == open_ones
        limit = self.now + timedelta(seconds=LONGEST_S)
        assert all(from_text(row["due_at"]) <= limit for row in rows)

    @invariant()
    def what_nobody_holds_is_claimable(self) -> None:
        rows = self.store.connection.all(
            "SELECT lease_until FROM pushes WHERE done_at IS NULL AND lease_until IS NOT NULL"
        )
        assert all(from_text(row["lease_until"]) <= self.now + timedelta(seconds=LEASE_S) for row in rows)

    @invariant()
    def nobody_accepts_twice(self) -> None:
        sql = "SELECT data ->> 'assignment' AS one FROM journal WHERE kind = 'assignment.acknowledged'"
        answers = Counter(row["one"] for row in self.store.connection.all(sql))
        assert set(answers.values()) <= {1}

    def _all_are_pushed_in_the_end(self) -> None:
        """Whatever happened: once a daemon runs again, every open assignment is pushed as soon as it is due."""
        self.hands = {"a": [], "b": []}
        before = {assignment: len(self.store.assignments.attempts(assignment)) for assignment in self.assignments}
        for _ in range(int(LONGEST_S // 10) + 2):
            self.now += timedelta(seconds=10)
            for picked in self._pick("b", 1000):
                self._finish("b", picked, True)
        for picked, state in self.assignments.items():
            pushed = len(self.store.assignments.attempts(picked)) - before[picked]
            assert (pushed > 0) == (state not in ENDED_STATES), (picked, state, pushed)


TestEscalation = Escalation.TestCase
TestEscalation.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
