"""Saved, then carried out: wherever we die in between, what Asterisk has becomes what the saved step says."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from ivr import commands as do
from ivr import events as ev
from ivr import flow
from ivr.state import CallState
from tests.ivr.playbook import CALL, Playbook, leg, note, present_events, ringing, step, talking

DIGIT, OFFERED, ANSWERED, TRANSFERRED = (
    next(number for number, event in enumerate(present_events(flow.begin(CALL))) if isinstance(event, kind))
    for kind in (ev.Digit, ev.Offered, ev.LegAnswered, ev.Transferred)
)
NUMBERS = st.integers(0, 19)
OVER = (ev.Arrived, ev.Restored, ev.Cut, ev.LeftToFailsafe, ev.CallerGone)


@dataclass
class World:
    """What Asterisk has of one call, by the commands that were carried out."""

    phones: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    bridge: set[str] = field(default_factory=set)
    recorded: set[str] = field(default_factory=set)
    up: bool = False
    music: bool = False
    dead_man: bool = True

    def hears(self, event: ev.Event) -> None:
        """What the event means for the phones."""
        match event:
            case ev.Taken(_, str(listens)):
                self.phones.add(listens)
            case ev.LegAnswered(phone) if phone in self.phones:
                self.answered.add(phone)
            case ev.LegEnded(phone):
                self.gone(phone)

    def gone(self, phone: str) -> None:
        self.phones.discard(phone)
        self.bridge.discard(phone)

    def carry_out(self, command: do.Command) -> None:
        """What Asterisk does of it."""
        match command:
            case do.Answer():
                self.up = True
            case do.Ring(_, phone):
                self.phones.add(phone)
            case do.Cancel(phone):
                self.gone(phone)
            case do.Connect(phone, recording):
                self.bridge |= {CALL, phone}
                self.recorded.add(recording)
            case do.RecordTalk(recording):
                self.recorded.add(recording)
            case do.Disconnect():
                self.bridge.clear()
            case do.Music(on):
                self.music = on
            case do.DeadMan(running):
                self.dead_man = running

    def restored(self, state: CallState) -> ev.Restored:
        """What is told to the call on our return."""
        answered = tuple(sorted(self.phones & self.answered))
        recorded = state.talking is None or state.recording in self.recorded
        return ev.Restored(tuple(sorted(self.phones)), answered, tuple(sorted(self.bridge)), self.up, recorded)

    def is_as(self, state: CallState) -> None:
        """Nothing more and nothing less than the state says."""
        own = {one.id for one in (*state.legs, state.talking) if one is not None}
        talk = state.talking
        assert {phone for phone in self.phones if phone in own or phone.startswith("op-")} == own
        assert self.bridge == ({CALL, talk.id} if talk else set())
        assert talk is None or state.recording in self.recorded
        assert (self.up, self.dead_man) == (True, talk is None)
        assert self.music == state.music or state.playback is not None


def story(numbers: list[int]) -> tuple[World, CallState]:
    """A call that lives, and all that was told to Asterisk; a number chooses what happens next."""
    world, (state, commands) = World(), step(flow.begin(CALL), ev.Arrived())
    for command in commands:
        world.carry_out(command)
    for number in numbers:
        event = chosen(state, number)
        after, commands = step(state, event)
        if after.stage == "ended" or isinstance(event, OVER):
            continue
        state = after
        world.hears(event)
        for command in commands:
            world.carry_out(command)
    return world, state


def chosen(state: CallState, number: int) -> ev.Event:
    """One of all events there are."""
    events = list(present_events(state))
    return events[number % len(events)]


WAITS, RUNG, TALKS = [DIGIT], [DIGIT, OFFERED], [DIGIT, OFFERED, ANSWERED]


@example(numbers=TALKS, last=TRANSFERRED, carried=0, saved=True)
@example(numbers=RUNG, last=ANSWERED, carried=6, saved=True)
@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from([[], WAITS, RUNG, TALKS]).flatmap(
        lambda begun: st.lists(NUMBERS, max_size=8).map(lambda more: [*begun, *more])
    ),
    NUMBERS,
    st.integers(0, 9),
    st.booleans(),
)
@pytest.mark.long
def test_killed_anywhere_within_a_step(numbers: list[int], last: int, carried: int, saved: bool) -> None:
    """Any story; in its last step we die: before it was saved, when phones may ring already, or after any of its
    commands. On our return phones, bridge, recording, music and dead-man timer are those of the saved state."""
    world, before = story(numbers)
    event = chosen(before, last)
    after, commands = step(before, event)
    assume(after.stage != "ended" and not isinstance(event, OVER))
    world.hears(event)
    for ring in [command for command in commands if isinstance(command, do.Ring)]:
        world.carry_out(ring)
    for command in commands[:carried] if saved else ():
        world.carry_out(command)
    kept = after if saved else before
    state, commands = step(kept, world.restored(kept))
    for command in commands:
        world.carry_out(command)
    world.is_as(state)


def handed_over() -> Playbook:
    """sari (leg 4) has handed the caller to dewi (leg 5), and Asterisk was told nothing but to ring dewi's phone."""
    return talking("sari").go(ev.Transferred("dewi"))


def test_a_transfer_that_was_saved_and_not_done() -> None:
    """The former operator leaves the bridge, whether or not the colleague has picked up; the caller is asked anew."""
    both = ("op-c1-4", "op-c1-5")
    book = handed_over().event(ev.Restored(both, ("op-c1-4",), bridged=("c1", "op-c1-4")))
    book.expect(
        note("call.restored", stage="ringing"),
        do.Disconnect(),
        do.Cancel("op-c1-4"),
        do.DeadMan(True),
        do.Music(False),
        do.Cancel("op-c1-5"),
        do.Release("dewi", "cancelled"),
        do.Enqueue("urgent", first=True),
        do.Play("pb-c1-6", ("sambungkan",)),
        do.Wake("position-7", 30.0),
    ).is_now(stage="waiting", talking=None)
    book = handed_over().event(ev.Restored(both, both, bridged=("c1", "op-c1-4")))
    book.expect(
        note("call.restored", stage="ringing"),
        do.Disconnect(),
        do.Cancel("op-c1-4"),
        do.DeadMan(True),
        do.Music(False),
        do.DeadMan(False),
        do.Dequeue(),
        do.Connect("op-c1-5", "calls/2026/11/22/c1-5"),
        note("call.talking", operator="dewi"),
    ).is_now(stage="talking", talking=leg("dewi", 5))


def test_a_talk_that_no_step_knows() -> None:
    """The store could not be written for long, then we died: the phone is newer than the state. It is not cut off."""
    for bridged, commands in ((("c1", "op-c1-9"), []), ((), [do.Cancel("op-c1-9")])):
        book = ringing("sari").event(ev.Restored(("op-c1-9",), ("op-c1-9",), bridged))
        done = [command for command in book.seen() if isinstance(command, do.Disconnect | do.Cancel)]
        assert done == [*commands, do.Cancel("op-c1-4")]


def test_what_else_was_saved_and_not_done() -> None:
    """The answer of the caller; the losers of a phone that all were rung; the recording; the end of the hold music."""
    todo = ev.Restored(("op-c1-4", "op-c1-5"), ("op-c1-4", "op-c1-5"), ("c1", "op-c1-4"), up=False, recorded=False)
    ringing("sari", "dewi").go(ev.LegAnswered("op-c1-4")).event(todo).expect(
        note("call.restored", stage="talking"),
        do.Answer(),
        do.Music(False),
        do.Cancel("op-c1-5"),
        do.DeadMan(False),
        do.RecordTalk("calls/2026/11/22/c1-4"),
    )
