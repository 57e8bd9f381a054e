"""The floor and its listeners: they are offered only calls that must not wait, and their listening then ends."""

import pytest

from agents.waiting import Offer
from tests.line.test_floor import World


class Listeners(World):
    """A floor that notes each listening that it ends, with the reason."""

    def __init__(self, *ready: str) -> None:
        super().__init__(*ready)
        self.stopped: list[tuple[str, str]] = []
        self.floor.stop_listening = lambda operator, why: self.stopped.append((operator, why))


def test_listening_engages_the_desk() -> None:
    """An unverified call is not offered to a listener; a silent call rings nobody anyway."""
    world = Listeners("sari")
    world.waits("c9", "silent")
    world.floor.listens("sari", "c9")
    world.waits("c1", "unverified")
    assert (world.floor.pump(), world.floor.ready(), world.stopped) == ((), (), [])
    assert [world.floor.listened("c9"), world.floor.listened("c1")] == [True, False]
    world.floor.listens("sari", None)
    assert [world.floor.ready(), world.told] == [
        ("sari",),
        [("sari", "listening", None), ("sari", "ready", None)],
    ]


@pytest.mark.parametrize("lane", ["urgent", "normal"])
def test_a_call_that_must_not_wait_ends_it(lane: str) -> None:
    """The free operator first; with none left a listener, whose phone rings for it in the same step."""
    world = Listeners("sari", "dewi")
    world.floor.listens("dewi", "c9")
    world.waits("c1", lane)
    world.waits("c2", lane)
    assert world.floor.pump() == (Offer("c1", ("sari",)), Offer("c2", ("dewi",)))
    assert world.stopped == [("dewi", "other_call")]
    assert world.desk("dewi").listens is None
    assert world.floor.pump() == ()


def test_a_taken_call_has_no_listeners() -> None:
    """The operator who took it talks; the other listeners of this call stop, those of another go on."""
    world = Listeners("sari", "dewi", "tono")
    world.floor.listens("sari", "c9")
    world.floor.listens("tono", "c8")
    world.floor.engaged("dewi", "c9", "ringing")
    assert world.stopped == []
    world.floor.engaged("dewi", "c9", "talking")
    assert world.stopped == [("sari", "taken")]


def test_who_listens_may_take_and_be_handed_a_call() -> None:
    """The phone is theirs to use: listening ends with it."""
    world = Listeners("sari")
    world.floor.listens("sari", "c9")
    assert world.floor.may_take("sari")


def test_nobody_of_that_name() -> None:
    """A supervisor has no desk: nothing to engage."""
    world = Listeners("sari")
    world.floor.listens("pusdalops", "c9")
    assert (world.floor.listened("c9"), world.told) == (False, [])
