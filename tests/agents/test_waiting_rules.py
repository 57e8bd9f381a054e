"""The waiting line and its desks over any course of events: a state machine against the promises."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from agents.presence import Desk, engage, free, release, want
from agents.roster import Roster
from agents.waiting import LANES, RINGING_LANES, Line, LineRules, Offer, offers

OPERATORS = ("budi", "dewi", "sari", "tono")
START = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
LANE = st.sampled_from(LANES)
WHY = st.sampled_from(["missed", "declined", "busy", "unreachable"])


class Floor(RuleBasedStateMachine):
    """Calls come, change lane, hang up; operators come, go, answer, refuse; time passes; the line is served."""

    @initialize(reserve=st.integers(0, 2), singles=st.integers(0, 3))
    def open(self, reserve: int, singles: int) -> None:
        self.how = LineRules(singles, reserve, unverified_max_s=30.0)
        self.now = START
        self.line = Line()
        self.roster = Roster().staffed_by(OPERATORS)
        for name in OPERATORS:
            self.roster = self.roster.put(Desk(name, "ready", registered=True, idle_since=START))
        self.ringing: dict[str, set[str]] = {}
        self.talking: dict[str, str] = {}
        self.arrived: dict[str, datetime] = {}
        self.calls = 0

    def lane(self, call: str) -> str:
        return self.line.calls[call].lane

    @rule(lane=LANE, doubted=st.booleans())
    def arrive(self, lane: str, doubted: bool) -> None:
        self.calls += 1
        self.now += timedelta(milliseconds=1)
        call = f"c{self.calls:03}"
        self.arrived[call] = self.now
        self.line = self.line.enqueue(call, lane, self.now, doubted=doubted)

    @precondition(lambda self: self.quiet())
    @rule(data=st.data(), lane=LANE, doubted=st.booleans())
    def change_lane(self, data: st.DataObject, lane: str, doubted: bool) -> None:
        """A call that does not ring moves to another lane: nobody else's order changes."""
        call = data.draw(st.sampled_from(self.quiet()))
        others = [entry.call for entry in self.line.ordered() if entry.call != call]
        self.now += timedelta(seconds=1)
        self.line = self.line.enqueue(call, lane, self.now, doubted=doubted)
        assert [entry.call for entry in self.line.ordered() if entry.call != call] == others
        assert self.line.calls[call].since == self.arrived[call]

    def quiet(self) -> list[str]:
        return [call for call in self.line.calls if call not in self.ringing]

    @precondition(lambda self: self.line.calls)
    @rule(data=st.data())
    def hang_up(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.line.calls)))
        self.line = self.line.dequeue(call)
        for operator in sorted(self.ringing.pop(call, set())):
            self._release(operator, call, "cancelled")

    @rule()
    def serve(self) -> None:
        """Offers are right at this moment, and are carried out."""
        waiting = [entry for entry in self.line.ordered() if entry.call not in self.ringing]
        idle = [desk.operator for desk in self.roster.free(self.now)]
        engaged = self.unverified_engaged()
        made = offers(self.line, self.roster.free(self.now), self.how, self.now, unverified_engaged=engaged)
        self._check(made, [entry.call for entry in waiting if entry.lane in RINGING_LANES], idle, engaged)
        for offer in made:
            self.line = self.line.rings(offer.call, True)
            self.ringing[offer.call] = set(offer.operators)
            for operator in offer.operators:
                self.roster = self.roster.put(
                    engage(self._desk(operator), offer.call, "ringing", self.lane(offer.call))
                )

    def unverified_engaged(self) -> bool:
        return any(desk.engaged and desk.lane == "unverified" for desk in self.roster.desks.values())

    def overdue(self, call: str) -> bool:
        return self.now - self.arrived[call] >= timedelta(seconds=30)

    def _check(self, made: tuple[Offer, ...], waiting: list[str], idle: list[str], engaged: bool) -> None:
        given = [operator for offer in made for operator in offer.operators]
        assert len(set(given)) == len(given), "an operator in two offers"
        assert set(given) <= set(idle), "an operator who is not free"
        assert all(offer.operators for offer in made), "an offer to nobody"
        served = [offer.call for offer in made]
        clean = [call for call in waiting if self.lane(call) != "unverified"]
        assert [call for call in served if call in clean] == clean[: len(served)], "somebody was passed over"
        left = len(idle) - len(given)
        unserved = [call for call in waiting if call not in served]
        assert not left or not [call for call in unserved if call in clean], "idle for none"
        doubtful = [call for call in served if call not in clean]
        for call in unserved:
            reached = engaged or bool(doubtful) or not self.overdue(call)
            assert left <= (self.how.reserve if reached else 0), "idle for none"
        if left < self.how.reserve and doubtful:
            (offer,) = [offer for offer in made if offer.call in doubtful]
            assert self.overdue(offer.call) and not engaged and len(offer.operators) == 1, "the reserve was taken"

    @precondition(lambda self: self.ringing)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.ringing)))
        winner = data.draw(st.sampled_from(sorted(self.ringing[call])))
        for operator in sorted(self.ringing.pop(call) - {winner}):
            self._release(operator, call, "cancelled")
        self.roster = self.roster.put(engage(self._desk(winner), call, "talking"))
        self.talking[winner] = call
        self.line = self.line.dequeue(call)

    @precondition(lambda self: self.ringing)
    @rule(data=st.data(), why=WHY)
    def refuse(self, data: st.DataObject, why: str) -> None:
        call = data.draw(st.sampled_from(sorted(self.ringing)))
        operator = data.draw(st.sampled_from(sorted(self.ringing[call])))
        self._release(operator, call, why)
        self.line = self.line.missed(call, operator)
        self.ringing[call].discard(operator)
        if not self.ringing[call]:
            del self.ringing[call]
            self.line = self.line.enqueue(call, self.lane(call), self.now)

    @precondition(lambda self: self.talking)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        operator = data.draw(st.sampled_from(sorted(self.talking)))
        self._release(operator, self.talking.pop(operator), "talked")

    @rule(operator=st.sampled_from(OPERATORS), wanted=st.sampled_from(["ready", "ready", "paused", "offline"]))
    def press(self, operator: str, wanted: str) -> None:
        self.roster = self.roster.put(want(self._desk(operator), wanted, self.now))

    @rule(seconds=st.sampled_from([0.5, 2.0, 5.0, 120.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _desk(self, operator: str) -> Desk:
        desk = self.roster.get(operator)
        assert desk is not None
        return desk

    def _release(self, operator: str, call: str, why: str) -> None:
        self.roster = self.roster.put(release(self._desk(operator), call, why, self.now, 120.0))

    @invariant()
    def desks_are_engaged_by_exactly_their_calls(self) -> None:
        engaged = {(desk.operator, desk.call) for desk in self.roster.desks.values() if desk.engaged}
        ringing = {(operator, call) for call, operators in self.ringing.items() for operator in operators}
        assert engaged == ringing | set(self.talking.items())

    @invariant()
    def positions_count_from_one_without_a_gap(self) -> None:
        places = [self.line.position(call) for call in self.line.calls]
        assert sorted(p for p in places if p) == list(range(1, 1 + sum(p is not None for p in places)))

    def teardown(self) -> None:
        """No starvation: one operator who always answers reaches every call of a ringing lane in the end."""
        if not hasattr(self, "line"):
            return
        for call in [name for name in self.line.calls if name in self.ringing or self.lane(name) == "silent"]:
            self.line = self.line.dequeue(call)
        waiting, reached = set(self.line.calls), set[str]()
        alone = [Desk("op1", "ready", registered=True)]
        self.now += timedelta(seconds=30)
        while made := offers(self.line, alone, self.how, self.now):
            assert all(free(desk, self.now) for desk in alone)
            reached.add(made[0].call)
            self.line = self.line.dequeue(made[0].call)
        assert reached == waiting


Floor.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestFloor = Floor.TestCase
