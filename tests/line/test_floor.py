"""The floor: each offer is right, no operator rings for two calls, no desk stays engaged without a call."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.presence import Desk
from agents.waiting import LineRules, Offer
from line.floor import Floor

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


class World:
    """A floor with a clock that the test moves; notes the changes of desks that it reports."""

    def __init__(self, *ready: str, rules: LineRules | None = None) -> None:
        self.now = NOW
        self.told: list[tuple[str, str, str | None]] = []
        self.floor = Floor(lambda: self.now, self._changed, lambda: rules or LineRules(), lambda: 120.0)
        self.floor.staff(ready, dict.fromkeys(ready, "ready"))
        for operator in ready:
            self.floor.registered(operator, True)
        self.told.clear()

    def _changed(self, desk: Desk, live: str) -> None:
        self.told.append((desk.operator, live, desk.call))

    def waits(self, call: str, lane: str = "urgent") -> None:
        self.floor.line = self.floor.line.enqueue(call, lane, self.now)
        self.now += timedelta(milliseconds=1)

    def desk(self, operator: str) -> Desk:
        desk = self.floor.roster.get(operator)
        assert desk is not None
        return desk

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def test_staff_tells_what_everybody_is() -> None:
    """At the start the former wishes count, and no phone is known yet."""
    world = World()
    world.floor.staff(["sari", "dewi", "tono"], {"sari": "ready", "dewi": "paused", "nobody": "ready"})
    assert world.told == [("dewi", "unregistered", None), ("sari", "unregistered", None), ("tono", "offline", None)]
    assert [world.floor.registered("sari", True), world.floor.ready()] == [None, ("sari",)]


def test_state_button() -> None:
    """Told once, and only when something changed; an unknown operator is refused."""
    world = World("sari")
    assert [world.floor.want("sari", "paused"), world.floor.want("sari", "paused")] == [True, True]
    assert world.floor.want("nobody", "ready") is False
    assert (world.told, world.floor.ready()) == ([("sari", "paused", None)], ())


def test_two_calls_never_get_one_operator() -> None:
    """One operator, two calls: the second waits until the desk is free again."""
    world = World("sari")
    world.waits("c1")
    world.waits("c2")
    assert world.floor.pump() == (Offer("c1", ("sari",)),)
    assert world.floor.pump() == ()
    world.floor.line = world.floor.line.dequeue("c1")
    world.floor.released("sari", "c1", "cancelled")
    assert world.floor.pump() == (Offer("c2", ("sari",)),)
    assert world.told == [("sari", "ringing", "c1"), ("sari", "ready", None), ("sari", "ringing", "c2")]


def test_a_call_that_rings_is_not_given_to_another_operator() -> None:
    """One phone rings for it, the other operator stays free for the next call."""
    world = World("sari", "dewi")
    world.waits("c1")
    assert world.floor.pump() == (Offer("c1", ("dewi",)),)
    assert world.floor.pump() == ()


def test_not_answered_goes_to_the_next() -> None:
    """An operator who did not answer is passed over and gets a pause; the other one is rung."""
    world = World("sari", "dewi")
    world.waits("c1")
    assert world.floor.pump() == (Offer("c1", ("dewi",)),)
    world.floor.released("dewi", "c1", "missed")
    world.waits("c1")
    assert world.floor.pump() == (Offer("c1", ("sari",)),)
    assert world.floor.line.calls["c1"].tried == ("dewi",)


def test_released_as_cancelled_is_not_tried() -> None:
    """A phone that was stopped for a colleague did not miss anything, and is free at once."""
    world = World("sari")
    world.waits("c1")
    world.floor.pump()
    world.floor.released("sari", "c1", "cancelled")
    assert (world.floor.line.calls["c1"].tried, world.floor.ready()) == ((), ("sari",))


def test_settle_frees_desks_that_a_call_left_behind() -> None:
    """Only those that the call names are engaged by it; other calls' desks are left alone."""
    world = World("sari", "dewi", "tono")
    for operator, call in (("sari", "c1"), ("dewi", "c1"), ("tono", "c2")):
        world.floor.engaged(operator, call, "ringing")
    world.floor.settle("c1", {"dewi"})
    assert [world.desk(name).engaged for name in ("sari", "dewi", "tono")] == [None, "ringing", "ringing"]
    world.floor.settle("c1", set())
    assert [world.desk(name).engaged for name in ("sari", "dewi", "tono")] == [None, None, "ringing"]


def test_settle_leaves_a_wrap_up_alone() -> None:
    """A desk that wraps up the call still names it, and is not engaged."""
    world = World("sari")
    world.floor.engaged("sari", "c1", "talking")
    world.floor.released("sari", "c1", "talked")
    world.floor.settle("c1", set())
    assert world.told[-1] == ("sari", "wrap_up", "c1")


@pytest.mark.parametrize(
    ("registered", "engaged", "expected"),
    [
        (True, None, True),
        (True, "ringing", False),
        (True, "talking", False),
        (False, None, False),
    ],
)
def test_take_by_hand(registered: bool, engaged: str | None, expected: bool) -> None:
    """A call can be taken where the phone is there and free, paused or wrapping up included."""
    world = World("sari")
    world.floor.want("sari", "paused")
    world.floor.registered("sari", registered)
    if engaged:
        world.floor.engaged("sari", "c1", engaged)
    assert world.floor.may_take("sari") is expected
    assert world.floor.may_take("nobody") is False


def test_phone_lost_while_ringing() -> None:
    """The call that rang there is returned, once, so that it can go on to the next operator."""
    world = World("sari", "dewi")
    world.waits("c1")
    world.floor.pump()
    assert world.floor.registered("sari", False) is None
    assert world.floor.registered("dewi", False) == "c1"
    assert world.floor.registered("dewi", False) is None
    assert world.floor.registered("nobody", False) is None


def test_phone_lost_while_talking() -> None:
    """A talk does not end because a registration is late."""
    world = World("sari")
    world.floor.engaged("sari", "c1", "talking")
    assert world.floor.registered("sari", False) is None
    assert world.desk("sari").engaged == "talking"


def test_phone_back_rings_the_line() -> None:
    """Registered again, the desk is free for the next call."""
    world = World("sari")
    world.floor.registered("sari", False)
    world.waits("c1")
    assert world.floor.pump() == ()
    world.floor.registered("sari", True)
    assert world.floor.pump() == (Offer("c1", ("sari",)),)


def test_wrap_up_ends_by_time_or_button() -> None:
    """`refresh` reports changes by time alone, and returns the next such moment."""
    world = World("sari")
    world.floor.engaged("sari", "c1", "talking")
    world.floor.released("sari", "c1", "talked")
    assert world.floor.refresh() == world.now + timedelta(seconds=120)
    world.later(120)
    assert (world.floor.refresh(), world.told[-1]) == (None, ("sari", "ready", "c1"))
    world.floor.wrapped_up("sari")
    assert world.told[-1] == ("sari", "ready", None)
    world.floor.wrapped_up("nobody")


def test_pause_after_a_refusal_ends_by_time() -> None:
    """A phone that refuses is not rung in a tight loop, and not forgotten either."""
    world = World("sari")
    world.waits("c1")
    world.floor.pump()
    world.floor.released("sari", "c1", "declined")
    world.waits("c1")
    assert world.floor.pump() == ()
    assert world.floor.refresh() is not None
    world.later(5)
    assert world.floor.pump() == (Offer("c1", ("sari",)),)


def test_late_release_of_another_call() -> None:
    """A desk that rings for c2 is not freed by a late event of c1."""
    world = World("sari")
    world.floor.engaged("sari", "c2", "ringing")
    world.floor.released("sari", "c1", "cancelled")
    assert world.desk("sari").call == "c2"


def test_engaged_operator_who_is_not_on_the_roster() -> None:
    """After a restart a talk may go on with an operator who was removed: the desk is there until it ends."""
    world = World("sari")
    world.floor.engaged("former", "c1", "talking")
    world.floor.released("former", "c1", "talked")
    assert world.floor.ready() == ("sari",)


def test_doubtful_calls_never_hold_every_operator() -> None:
    """However long they have waited: while one of them rings or talks, the last ready operator is for others."""
    world = World("sari", "dewi", "tono")
    for call in ("c1", "c2", "c3"):
        world.waits(call, "unverified")
    world.later(300)
    assert world.floor.pump() == (Offer("c1", ("dewi",)), Offer("c2", ("sari",)))
    for operator, call in (("dewi", "c1"), ("sari", "c2")):
        world.floor.line = world.floor.line.dequeue(call)
        world.floor.engaged(operator, call, "talking")
    assert world.floor.pump() == ()
    world.waits("c4", "normal")
    assert world.floor.pump() == (Offer("c4", ("tono",)),)
    world.floor.released("sari", "c2", "talked")
    world.floor.wrapped_up("sari")
    assert world.floor.pump() == ()
    world.floor.released("dewi", "c1", "talked")
    assert world.floor.pump() == (Offer("c3", ("sari",)),)


def test_the_only_operator_on_duty() -> None:
    """An unverified call is not rung at once, and is after half a minute in which nobody else called."""
    world = World("sari")
    world.waits("c1", "unverified")
    assert world.floor.pump() == ()
    world.later(29)
    assert world.floor.pump() == ()
    world.later(1)
    assert world.floor.pump() == (Offer("c1", ("sari",)),)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["call", "serve", "missed", "cancelled", "talked", "later", "lost", "back"])))
def test_no_operator_for_two_calls(story: list[str]) -> None:
    """Whatever the order: a desk that rings or talks is in no other offer."""
    world, offered = World("sari", "dewi", "tono", rules=LineRules(1, 0)), dict[str, str]()
    for number, event in enumerate(story):
        if event == "call":
            world.waits(f"c{number:02}")
        elif event == "serve":
            for offer in world.floor.pump():
                assert not offered.keys() & set(offer.operators)
                offered |= dict.fromkeys(offer.operators, offer.call)
        elif event == "later":
            world.later(60)
        elif event in ("lost", "back"):
            world.floor.registered("sari", event == "back")
        elif offered:
            operator, call = offered.popitem()
            world.floor.released(operator, call, event)
        assert {d.operator: d.call for d in world.floor.roster.desks.values() if d.engaged} == offered
