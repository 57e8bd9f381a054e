"""Under hypothesis: whatever is edited, merged, recalled, handed over or read, no change is unread and unpushed."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.tickets.escalation.test_stateful import CHANNELS, ROUTING
from tests.tickets.world import SARI, START
from tickets.errors import Conflict
from tickets.escalation.ladder import next_due, plan
from tickets.escalation.picking import Picked, Picker
from tickets.model import AMENDED, Actor, Row, from_text
from tickets.store import Store

pytestmark = pytest.mark.long
FIELDS = ("address", "desa", "description")
OPDS = ("damkar", "bpbd")
# a settled burst, then a turn of the slowest of its pushes, and one more for the pace of a mobile
LONGEST_S = 30 + 2 * 120 + 10
What = tuple[str, str]


class Amending(RuleBasedStateMachine):
    """Two tickets, two agencies, one daemon that crashes, and a model of what each agency was told last."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name, "tanggap.db")
        self.now = START
        self.routing = ROUTING
        self.hands: list[Picked] = []
        self.numbers: list[str] = []
        # by assignment: for each field the values that its agency has read, or was sent first
        self.known: dict[int, dict[str, str | None]] = {}
        self.seen: dict[int, Counter[int]] = {}
        self._open()

    def _open(self) -> None:
        self.store = Store(self.path)
        self.store.connection.raw.execute("PRAGMA synchronous=OFF")

    def teardown(self) -> None:
        try:
            self._all_is_pushed_in_the_end()
        finally:
            self.store.close()
            self.folder.cleanup()

    def latest(self) -> datetime:
        """The latest time that a push may have been planned by."""
        return self.now

    def _ticket(self, assignment: int) -> Row:
        return self.store.tickets.get(self.store.assignments.get(assignment)["ticket"])

    @initialize(opd=st.sampled_from(OPDS))
    def two_fires(self, opd: str) -> None:
        for number in range(2):
            self.numbers.append(self.store.tickets.create(self.now, "20261122", SARI, "emergency"))
            fields = {"category": "kebakaran", "address": f"A{number}"}
            self.store.tickets.update(self.now, self.numbers[-1], fields, SARI)
        self.dispatch(0, "damkar")
        self.dispatch(1, opd)

    @rule(which=st.integers(0, 1), opd=st.sampled_from(OPDS))
    def dispatch(self, which: int, opd: str) -> None:
        with suppress(Conflict):
            ladder = plan(self.routing, opd, self.now)
            made = self.store.assignments.dispatch(self.now, self.numbers[which], opd, ladder, 200.0, SARI)
            row = self._ticket(made)
            self.known[made] = {name: row[name] for name in FIELDS}

    @rule(which=st.integers(0, 1), field=st.sampled_from(FIELDS), text=st.sampled_from(("", "A0", "B", "C")))
    def edit(self, which: int, field: str, text: str) -> None:
        self.store.tickets.update(self.now, self.numbers[which], {field: text}, SARI)

    @rule(seconds=st.sampled_from((1, 3, 5, 40, 130)))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def merge(self) -> None:
        with suppress(Conflict):
            self.store.merging.merge(self.now, self.numbers[1], self.numbers[0], SARI)

    @rule()
    def split(self) -> None:
        with suppress(Conflict):
            self.store.merging.split(self.now, self.numbers[1], SARI)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), state=st.sampled_from(("diterima", "berangkat", "selesai", "dibatalkan", "bukan_wewenang")))
    def move(self, data: st.DataObject, state: str) -> None:
        """A step of the agency; a recall by an operator; a hand-over by the agency."""
        assignment = data.draw(st.sampled_from(sorted(self.known)))
        opd = self.store.assignments.get(assignment)["opd"]
        actor = SARI if state == "dibatalkan" else Actor("contact", f"{opd}.siaga")
        with suppress(Conflict):
            self.store.assignments.move(self.now, assignment, state, actor, via="page", note="x")
            if state == "bukan_wewenang":  # it is not its task any more
                del self.known[assignment]

    @precondition(lambda self: self.known)
    @rule(data=st.data(), late=st.booleans())
    def read(self, data: st.DataObject, late: bool) -> None:
        """«Sudah dibaca», at once or for what was shown before another edit."""
        assignment = data.draw(st.sampled_from(sorted(self.known)))
        rows = self.store.amendments.unread(assignment)
        if late:
            self.edit(data.draw(st.integers(0, 1)), data.draw(st.sampled_from(FIELDS)), "D")
        shown = {row["id"]: row["revision"] for row in rows}
        ids = self.store.amendments.read(self.now, assignment, shown, Actor("user", "budi"), "page")
        for row in rows:
            if row["id"] in ids and row["field"] in FIELDS:
                self.known[assignment][row["field"]] = row["after"]

    def _pick(self) -> list[Picked]:
        held = frozenset(picked.push.id for picked in self.hands)
        under_way = Counter(picked.way for picked in self.hands)
        picker = Picker("a", 15.0, 50, self.now, self.routing, CHANNELS, under_way, set(), held)
        with self.store.transaction():
            return picker.pick(self.store)[0]

    @rule()
    def push(self) -> None:
        """The daemon takes up what is due; of changes every push shows the newest."""
        for picked in self._pick():
            shown = [(row["id"], row["revision"]) for row in picked.changes]
            rows = self.store.amendments.unread(picked.push.assignment)
            assert shown == [(row["id"], row["revision"]) for row in rows]
            assert picked.push.phase != AMENDED or shown  # nothing is pushed that was read
            for row in rows:  # what a push took and what changes then must not vanish
                self.seen.setdefault(picked.push.assignment, Counter())[row["id"]] += 1
            self.hands.append(picked)

    @precondition(lambda self: self.hands)
    @rule(ok=st.booleans())
    def finish(self, ok: bool) -> None:
        self._finish(self.hands.pop(0), ok)

    def _finish(self, picked: Picked, ok: bool) -> None:
        due = next_due(picked.push, self.now, self.now, 0.0, ok=ok)
        self.store.assignments.attempted(
            picked.push, "a", self.now, self.now, ok=ok, detail="x", next_due=due, way=picked.way
        )

    @rule()
    def crash(self) -> None:
        """Daemon and store end without a word, and begin anew."""
        self.hands = []
        self.store.connection.raw.close()
        self._open()
        self.store.assignments.release("a")

    @invariant()
    def no_text_is_lost(self) -> None:
        """What an agency knew last and what the ticket says now differ only where a change leads from one to the
        other; nothing that a push took away is gone unread."""
        for assignment, known in self.known.items():
            row = self.store.assignments.get(assignment)
            unread = {each["field"]: each for each in self.store.amendments.unread(assignment)}
            ids = {each["id"] for each in self.store.amendments.of(assignment)}
            assert set(self.seen.get(assignment, ())) <= ids
            if row["ended_at"] is not None:
                continue
            ticket = self._ticket(assignment)
            for name in FIELDS:
                change = unread.get(name)
                if change is None:
                    assert (known[name] or "") == (ticket[name] or ""), (assignment, name)
                else:
                    assert (change["after"] or "") == (ticket[name] or ""), (assignment, name)
                    assert change["before"] != change["after"]

    @invariant()
    def what_was_recalled_stays(self) -> None:
        """A task that an operator or a merge ended has its reason unread, until it is read."""
        for assignment in self.known:
            row = self.store.assignments.get(assignment)
            if row["state"] == "dibatalkan":
                assert "recall" in {each["field"] for each in self.store.amendments.of(assignment)}

    @invariant()
    def nothing_is_unread_and_unpushed(self) -> None:
        """Each unread change has pushes, or waits for the daemon to plan them; without one there are none."""
        unplanned = set(self.store.amendments.unplanned())
        sql = "SELECT DISTINCT assignment, due_at FROM pushes WHERE phase = 'diubah' AND done_at IS NULL"
        pushed = {row["assignment"]: row["due_at"] for row in self.store.connection.all(sql)}
        rows = self.store.connection.all("SELECT DISTINCT assignment FROM amendments WHERE read_at IS NULL")
        unread = {row["assignment"] for row in rows}
        assert unread <= unplanned | pushed.keys()
        assert pushed.keys() <= unread
        limit = self.latest() + timedelta(seconds=LONGEST_S)
        assert all(from_text(due) <= limit for due in pushed.values())

    def term_s(self, unread: int) -> int:
        """The seconds within which the changes of so many assignments are pushed, each once."""
        return LONGEST_S

    def _all_is_pushed_in_the_end(self) -> None:
        """Whatever happened: once a daemon runs, each unread change is pushed within its term."""
        self.hands = []
        self.store.assignments.release("a")
        rows = self.store.connection.all("SELECT DISTINCT assignment FROM amendments WHERE read_at IS NULL")
        pushed: set[int] = set()
        for _ in range(self.term_s(len(rows)) // 10 + 2):
            self.now += timedelta(seconds=10)
            for picked in self._pick():
                if picked.push.phase == AMENDED and picked.chosen is not None:  # to somebody that there is
                    pushed.add(picked.push.assignment)
                self._finish(picked, True)
        assert pushed == {row["assignment"] for row in rows}
        assert self.store.ledger.unpushed(self.now) == []


TestAmending = Amending.TestCase
TestAmending.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
