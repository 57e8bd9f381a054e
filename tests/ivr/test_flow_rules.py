"""What holds for every call, whatever happens in whatever order: the promises of the flow under hypothesis."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from ivr import commands as do
from ivr import events as ev
from ivr import flow, keys, screening
from ivr.state import CallState, to_dict
from tests.ivr.playbook import (
    CLOSED,
    NO_CHALLENGE,
    NO_MESSAGES,
    NO_SCREENING,
    ONE_MENU,
    OPEN,
    SCRIPT,
    STAGES,
    TREE,
    present_events,
    step,
)

OPERATORS = ("sari", "dewi", "tono")
REASONS = (
    "hung_up",
    "hung_up",
    "declined",
    "forwarded",
    "busy",
    "no_answer",
    "unreachable",
    "hung_up",
    "lost",
    "cancelled",
)
SCRIPTS = {  # a reload may come at any moment
    "": SCRIPT,
    "no messages": NO_MESSAGES,
    "one menu": ONE_MENU,
    "tree": TREE,
    "no challenge": NO_CHALLENGE,
    "no screening": NO_SCREENING,
}
ARRIVALS = st.sampled_from(
    [
        ev.Arrived(),
        ev.Arrived("reputation"),
        ev.Arrived("flood"),
        ev.Arrived("flood", True),
        ev.Arrived(callable=False),
    ]
)
SIGNS = st.sampled_from([*(ev.Digit(key) for key in "0123456789*#"), *[ev.Spoke()] * 12])
MESSAGE = "messages/2026/11/22/c1"

# what may happen next, by name: half of it about the present prompt, timer or leg, the rest late, foreign or odd
NEXT = st.one_of(
    st.sampled_from(["prompt over", "timer up", "offered", "answered", "leg ended", "key", "voice", "restored"]),
    st.sampled_from(["prompt over", "timer up", "offered", "taken", "answered", "leg ended", "key", "voice", "hold"]),
    st.sampled_from(["resume", "late leg", "late answer", "late prompt", "late timer", "message", "gone", "failsafe"]),
    st.sampled_from(["offered", "answered", "transferred", "hold", "picked up", "cut"]),
)
# what happens to talks: half of it ends them
BROKEN = st.one_of(
    st.just("dropped"),
    st.just("prompt over"),
    st.sampled_from(["timer up", "taken", "answered", "late leg", "late prompt", "restored"]),
    st.sampled_from(["prompt over", "leg ended", "picked up", "transferred", "hold", "resume", "offered", "key"]),
)


@dataclass
class Watched:
    """One call with the promises checked at every step."""

    now: datetime
    state: CallState = field(default_factory=lambda: flow.begin("c1"))
    script: str = ""
    person: bool = False
    talked: bool = False
    left: bool = False
    in_line: bool = False
    parting: bool = False  # told of a call back: out of the line, and yet an operator may take the call
    ids: list[str] = field(default_factory=list)
    engaged: dict[str, str] = field(default_factory=dict)
    phones: set[str] = field(default_factory=set)

    def happen(self, event: ev.Event, data: st.DataObject) -> None:
        """One event, and everything that must hold then."""
        before = self.state
        if data.draw(st.integers(0, 4)) == 0:
            self.script = data.draw(st.sampled_from(sorted(SCRIPTS)))
        script = SCRIPTS[self.script]
        self.left |= isinstance(event, ev.CallerGone | ev.LeftToFailsafe | ev.Cut)
        if isinstance(event, ev.Cut):
            self.phones.clear()
        if isinstance(event, ev.LegEnded):
            self.phones.discard(event.leg)
        self.person |= isinstance(event, ev.Digit | ev.Spoke) and before.stage != "ended"
        talk_lasted = before.talking is not None and isinstance(event, ev.LegEnded) and data.draw(st.booleans())
        now = self.now + timedelta(minutes=1) if talk_lasted else self.now
        self.state, commands = step(before, event, now, script)
        for command in commands:
            self._check(command, event, before)
        if do.Hangup() in commands and before.then == "parted":
            assert any(isinstance(command, do.Callback) for command in commands), "parted from without a call back"
            assert not before.unreachable, "parted from, and no number to call back"
        if before.stage == "ended":
            assert all(isinstance(command, do.Note | do.Cancel) for command in commands)
        self.talked |= self.state.stage == "talking"
        self._check_state()

    def _check(self, command: do.Command, event: ev.Event, before: CallState) -> None:
        match command:
            case do.Play(name, prompts):
                self.ids.append(name)
                if prompts == (SCRIPT.dropped_again,):
                    self.parting = True
            case do.Ring(_, name):
                self.ids.append(name)
            case do.Wake(timer):
                self.ids.append(timer)
            case do.Enqueue():
                self.in_line, self.parting = True, False
            case do.Dequeue():
                assert self.in_line or self.parting, "left the line twice"
                self.in_line = self.parting = False
            case do.Hangup() if self.now is OPEN:
                talked = before.stage == "talking" and isinstance(event, ev.LegEnded) and event.reason == "hung_up"
                parted = before.then == "parted" and isinstance(event, ev.PlaybackEnded)
                assert talked or parted or not self.person, "hung up on a person"
        self._check_legs(command, event)

    def _check_legs(self, command: do.Command, event: ev.Event) -> None:
        match command:
            case do.Ring(operator, leg):
                assert operator not in self.engaged, "rung twice at once"
                self.engaged[operator] = leg
                self.phones.add(leg)
            case do.Cancel(leg):
                known = isinstance(event, ev.LegAnswered | ev.LegEnded) and event.leg == leg
                known |= isinstance(event, ev.Restored) and leg in event.legs
                assert leg in self.phones or known, "cancelled a phone that is none of ours"
                self.phones.discard(leg)
            case do.Release(operator, why):
                assert why in ("talked", "dropped", "missed", "declined", "busy", "unreachable", "cancelled")
                assert self.engaged.pop(operator, None), "released twice"
            case do.Connect(leg):
                assert leg in self.engaged.values(), "bridged to nobody"

    def _check_state(self) -> None:
        state = self.state
        numbers = [name.rpartition("-")[2] for name in self.ids]
        assert len(set(numbers)) == len(numbers), "a number was given twice"
        assert (self.in_line or self.parting) == (state.stage in ("waiting", "ringing"))
        legs = {leg.operator: leg.id for leg in (*state.legs, *((state.talking,) if state.talking else ()))}
        assert legs == self.engaged, "engaged operators are those of the state"
        assert self.phones <= set(self.engaged.values()), "a phone was forgotten"
        assert (state.stage == "talking") == (state.talking is not None)
        assert (state.stage == "ringing") == bool(state.legs)
        assert (state.stage == "ended") == (state.outcome is not None) or state.stage == "recording"
        assert len(state.keys) <= keys.MAX_KEYS
        assert state.lane != "silent" or not state.person or state.stage == "ended", "a person in the silent lane"
        assert state.lane != "unverified" or state.doubted or state.operator, "unverified without a doubt"

    def go_on(self, data: st.DataObject) -> None:
        """What must come next where the world does its part and the caller does nothing: one step nearer to a talk."""
        state = self.state
        if state.stage == "ringing":
            self.happen(ev.LegAnswered(state.legs[0].id), data)
        elif state.stage == "waiting" and state.lane != "silent":
            self.happen(ev.Offered(OPERATORS[:1]), data)
        elif state.playback is not None:
            self.happen(ev.PlaybackEnded(state.playback), data)
        else:
            self.happen(ev.Wakeup(str(state.timer)), data)

    def next(self, what: str, data: st.DataObject) -> ev.Event:
        """The event of this name, about the present state where it can be."""
        state, stale = self.state, f"-c1-{data.draw(st.integers(0, 3))}"
        present = next((leg.id for leg in (*state.legs, *((state.talking,) if state.talking else ()))), f"op{stale}")
        reason = st.sampled_from(REASONS)
        match what:
            case "prompt over":
                return ev.PlaybackEnded(state.playback or f"pb{stale}")
            case "timer up":
                return ev.Wakeup(state.timer or "position-0", data.draw(st.none() | st.integers(-1, 12)))
            case "offered":
                return ev.Offered(tuple(data.draw(st.lists(st.sampled_from(OPERATORS), min_size=1, unique=True))))
            case "taken":
                return ev.Taken(data.draw(st.sampled_from(OPERATORS)))
            case "transferred":
                talking = state.talking.operator if state.talking else ""
                return ev.Transferred(data.draw(st.sampled_from([name for name in OPERATORS if name != talking])))
            case "answered":
                return ev.LegAnswered(present)
            case "leg ended":
                return ev.LegEnded(present, data.draw(reason))
            case "dropped":
                return ev.LegEnded(present, "hung_up")
            case "late leg":
                return ev.LegEnded(f"op{stale}", data.draw(reason))
            case "late answer":
                return ev.LegAnswered(f"op{stale}")
            case "late prompt":
                return ev.PlaybackEnded(f"pb{stale}")
            case "late timer":
                return ev.Wakeup(data.draw(st.sampled_from(["patience-1", "position-2", "silent-3", "x"])))
            case "key":
                return ev.Digit(data.draw(st.sampled_from("0123456789*#")))
            case "restored":
                return ev.Restored((present,) if data.draw(st.booleans()) else ())
            case "picked up":
                return ev.Restored((present,), (present,), ("c1", present) if data.draw(st.booleans()) else ())
            case "message":
                return ev.MessageRecorded(MESSAGE, data.draw(st.sampled_from([0.0, 4.0])))
        return {
            "voice": ev.Spoke(),
            "hold": ev.Held(),
            "resume": ev.Resumed(),
            "gone": ev.CallerGone(),
            "cut": ev.Cut(),
            "failsafe": ev.LeftToFailsafe(),
        }[what]


SILENT = ["prompt over", "timer up", "prompt over", "timer up"]


@settings(max_examples=300, deadline=None)
@given(st.data(), st.lists(NEXT, max_size=40), st.sampled_from([OPEN, OPEN, OPEN, CLOSED]))
def test_promises_hold(data: st.DataObject, story: list[str], now: datetime) -> None:
    """Nobody who gave a sign is hung up on; numbers are unique; lines, legs and operators are never left behind."""
    call = Watched(now)
    call.happen(data.draw(ARRIVALS), data)
    for what in story:
        call.happen(call.next(what, data), data)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(NEXT, max_size=25))
@pytest.mark.long
def test_promises_hold_in_the_silent_lane(data: st.DataObject, story: list[str]) -> None:
    """The same from the lane where a call may be ended by us."""
    call = Watched(OPEN)
    call.happen(data.draw(ARRIVALS), data)
    for what in [*SILENT, *story]:
        call.happen(call.next(what, data), data)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(NEXT, max_size=25))
@pytest.mark.long
def test_promises_hold_from_the_first_ring(data: st.DataObject, story: list[str]) -> None:
    """The same from the moment a phone rings, where most of a call's life is."""
    call = Watched(OPEN)
    call.happen(data.draw(ARRIVALS), data)
    for what in [*story, "gone"]:
        call.happen(ev.Digit("1"), data)
        if call.state.stage == "waiting" and call.state.lane != "silent":
            call.happen(ev.Offered(OPERATORS[:2]), data)
        call.happen(call.next(what, data), data)
    assert (call.state.stage, call.engaged, call.phones, call.in_line) == ("ended", {}, set(), False)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.lists(BROKEN, min_size=4, max_size=25))
@pytest.mark.long
def test_promises_hold_in_talks_that_break(data: st.DataObject, story: list[str]) -> None:
    """The same where phones are picked up at once, and drop their talks again and again."""
    call = Watched(OPEN)
    call.happen(data.draw(ARRIVALS), data)
    for what in [*story, "gone"]:
        if call.state.stage in ("menu", "challenge"):
            call.happen(ev.Digit("1"), data)
        if call.in_line and call.state.stage == "waiting" and call.state.lane != "silent":
            call.happen(ev.Offered(OPERATORS[:2]), data)
            call.happen(call.next("answered", data), data)
        call.happen(call.next(what, data), data)
    assert (call.state.stage, call.engaged, call.phones) == ("ended", {}, set())
    assert not (call.in_line or call.parting)


@settings(max_examples=50, deadline=None)
@given(st.data(), st.lists(st.sampled_from(["prompt over", "timer up"]), min_size=12, max_size=12))
def test_who_gave_a_sign_stands_in_the_line_in_the_end(data: st.DataObject, story: list[str]) -> None:
    """After one sign, prompts and timers alone bring the caller into a lane that rings operators; doubt chooses it."""
    call = Watched(OPEN)
    call.happen(data.draw(ARRIVALS), data)
    call.happen(data.draw(st.sampled_from([ev.Digit("9"), ev.Spoke()])), data)
    for what in [*SILENT, *SILENT, *story]:
        call.happen(call.next(what, data), data)
    assert call.state.stage == "waiting"
    assert call.state.lane in ("urgent", "unverified")


@settings(max_examples=400, deadline=None)
@given(st.data(), st.lists(NEXT, max_size=25), SIGNS, st.lists(NEXT, max_size=25))
@pytest.mark.long
def test_a_sign_of_a_person_ends_at_a_person(
    data: st.DataObject, before: list[str], sign: ev.Event, after: list[str]
) -> None:
    """For any sequence of events with a key or a voice in it while the line is open: the call ends at a person, or by
    the caller's own hang-up, or lives on in Asterisk's hands; and never because we hung up."""
    call = Watched(OPEN)
    call.happen(data.draw(ARRIVALS), data)
    for what in before:
        call.happen(call.next(what, data), data)
    assume(call.state.stage != "ended")
    call.happen(sign, data)
    for what in after:
        call.happen(call.next(what, data), data)
    for _ in range(4 * screening.MAX_ASKS):
        if call.state.stage in ("talking", "ended"):
            break
        call.go_on(data)
    assert call.state.stage == "talking" or (call.state.stage == "ended" and (call.talked or call.left))


@pytest.mark.parametrize("pressed", [*"0123456789*#", "1*0#5987"])
@pytest.mark.parametrize("script", ["", "tree"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_key_that_is_stuck(stage: str, script: str, pressed: str) -> None:
    """Thousands of keys, at whatever stage: no error, no growth, nobody hung up on, and an open line is reached."""
    book = STAGES[stage]()
    state = book.state
    for key in pressed * (1000 if len(pressed) == 1 else 10_000 // len(pressed)):
        state, commands = flow.handle(state, ev.Digit(key), book.now, SCRIPTS[script])
        assert not any(isinstance(command, do.Hangup) for command in commands)
    assert len(json.dumps(to_dict(state))) < 700
    assert state.stage not in ("menu", "challenge")


@example(keys=["9"] * 200)
@settings(max_examples=50, deadline=None)
@given(keys=st.lists(st.sampled_from("0123456789*#"), min_size=1))
def test_keys_alone_always_lead_to_the_line(keys: list[str]) -> None:
    """Whatever is pressed, in whatever order: from menus and challenge there is no way but to operators."""
    for arrived, script, lanes in (
        (ev.Arrived(), SCRIPT, ("urgent", "normal")),
        (ev.Arrived(), TREE, ("urgent", "normal")),
        (ev.Arrived("flood"), TREE, ("urgent", "normal", "unverified")),
    ):
        state, _ = step(flow.begin("c1"), arrived, script=script)
        for key in keys:
            state, _ = step(state, ev.Digit(key), script=script)
        while state.stage in ("menu", "challenge"):
            event = ev.PlaybackEnded(state.playback) if state.playback else ev.Wakeup(str(state.timer))
            state, _ = step(state, event, script=script)
        assert state.lane in lanes and state.person


@settings(max_examples=60, deadline=None)
@given(st.data(), st.lists(NEXT, max_size=15))
def test_no_event_is_an_error(data: st.DataObject, story: list[str]) -> None:
    """Of a state that any story led to, every event can be told."""
    call = Watched(OPEN)
    call.happen(data.draw(ARRIVALS), data)
    for what in story:
        call.happen(call.next(what, data), data)
    for event in present_events(call.state):
        step(call.state, event)
