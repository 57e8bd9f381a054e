"""The waiting line as tables: which call rings at whose phone."""

from datetime import UTC, datetime, timedelta

import pytest

from agents.presence import Desk
from agents.waiting import LANES, Line, LineRules, Offer, Waiting, offers

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
RULES = LineRules(singles=2, reserve=1)


def desks(*names: str) -> list[Desk]:
    """Free operators, longest idle first."""
    return [Desk(name, "ready", registered=True) for name in names]


def line(*entries: Waiting | str) -> Line:
    """Calls in order of arrival, as «c1 normal» or whole."""
    calls: dict[str, Waiting] = {}
    for second, entry in enumerate(entries):
        if isinstance(entry, str):
            call, lane = entry.split()
            entry = Waiting(call, lane, NOW + timedelta(seconds=second))
        calls[entry.call] = entry
    return Line(calls)


def told(made: tuple[Offer, ...]) -> list[str]:
    """Offers as «c1: sari dewi»."""
    return [f"{offer.call}: {' '.join(offer.operators)}" for offer in made]


@pytest.mark.parametrize(
    ("waiting", "free", "expected"),
    [
        ([], ["sari"], []),
        (["c1 normal"], [], []),
        (["c1 normal"], ["sari", "dewi"], ["c1: sari"]),
        # arrival within a lane, one operator each
        (["c1 normal", "c2 normal", "c3 normal"], ["sari", "dewi"], ["c1: sari", "c2: dewi"]),
        # lanes before arrival
        (["c1 normal", "c2 urgent"], ["sari"], ["c2: sari"]),
        (["c1 unverified", "c2 normal", "c3 urgent"], ["sari", "dewi", "tono"], ["c3: sari", "c2: dewi"]),
        # one ready operator is kept from the unverified
        (["c1 unverified"], ["sari"], []),
        (["c1 unverified"], ["sari", "dewi"], ["c1: sari"]),
        (["c1 unverified", "c2 unverified"], ["sari", "dewi"], ["c1: sari"]),
        (["c1 unverified", "c2 unverified"], ["sari", "dewi", "tono"], ["c1: sari", "c2: dewi"]),
        # the silent lane rings nobody
        (["c1 silent"], ["sari", "dewi", "tono"], []),
        (["c1 silent", "c2 normal"], ["sari"], ["c2: sari"]),
    ],
)
def test_offers(waiting: list[str], free: list[str], expected: list[str]) -> None:
    """Lanes in order, then arrival; the longest idle operator first; the reserve is kept."""
    assert told(offers(line(*waiting), desks(*free), RULES, NOW)) == expected


@pytest.mark.parametrize(
    ("lane", "tried", "free", "expected"),
    [
        # singles: the next one who was not tried yet
        ("urgent", (), ["sari", "dewi"], ["c1: sari"]),
        ("urgent", ("sari",), ["sari", "dewi"], ["c1: dewi"]),
        # the only one there is rung again
        ("urgent", ("sari",), ["sari"], ["c1: sari"]),
        # then all who are free, those who did not answer included
        ("urgent", ("sari", "dewi"), ["sari", "dewi", "tono"], ["c1: sari dewi tono"]),
        ("urgent", ("sari", "sari"), ["sari", "dewi"], ["c1: sari dewi"]),
        ("urgent", ("sari", "dewi", "tono"), ["tono"], ["c1: tono"]),
        # never the reserve
        ("unverified", ("sari", "dewi"), ["sari", "dewi", "tono"], ["c1: sari dewi"]),
    ],
)
def test_singles_then_all(lane: str, tried: tuple[str, ...], free: list[str], expected: list[str]) -> None:
    """One phone after another, and after `singles` of them all that are free at once."""
    assert told(offers(line(Waiting("c1", lane, NOW, tried=tried)), desks(*free), RULES, NOW)) == expected


def test_ring_all_leaves_none_for_those_behind() -> None:
    """No operator is in two offers."""
    entry = Waiting("c1", "urgent", NOW, tried=("sari", "dewi"))
    assert told(offers(line(entry, "c2 urgent"), desks("sari", "dewi"), RULES, NOW)) == ["c1: sari dewi"]


def test_a_call_that_rings_is_not_offered_again() -> None:
    """The next one behind it is served meanwhile."""
    entry = Waiting("c1", "urgent", NOW, ringing=True)
    assert told(offers(line(entry, "c2 normal"), desks("sari", "dewi"), RULES, NOW)) == ["c2: sari"]


def test_other_rules() -> None:
    """Without a reserve the last operator rings for anybody; without singles all ring at once."""
    waiting = line("c1 unverified")
    assert told(offers(waiting, desks("sari"), LineRules(reserve=0), NOW)) == ["c1: sari"]
    assert told(offers(waiting, desks("sari", "dewi"), LineRules(singles=0, reserve=0), NOW)) == ["c1: sari dewi"]


@pytest.mark.parametrize(
    ("waited_s", "engaged", "waiting", "free", "expected"),
    [
        # one operator on duty: kept from the unverified at first, and not for ever
        (29.9, False, ["c1 unverified"], ["sari"], []),
        (30.0, False, ["c1 unverified"], ["sari"], ["c1: sari"]),
        # only the first of them: the others wait for its operator
        (300.0, False, ["c1 unverified", "c2 unverified"], ["sari"], ["c1: sari"]),
        (300.0, False, ["c1 unverified", "c2 unverified"], ["sari", "dewi"], ["c1: sari"]),
        # a flood of them never takes the last operator while another one has an operator
        (300.0, True, ["c1 unverified", "c2 unverified"], ["sari"], []),
        (300.0, True, ["c1 unverified", "c2 unverified"], ["sari", "dewi"], ["c1: sari"]),
        # and any other call goes first, however long they have waited
        (300.0, False, ["c1 unverified", "c2 normal"], ["sari"], ["c2: sari"]),
        (300.0, False, ["c1 unverified", "c2 normal"], ["sari", "dewi"], ["c2: sari", "c1: dewi"]),
        # the silent lane stays where it is
        (300.0, False, ["c1 silent"], ["sari"], []),
    ],
)
def test_doubt_goes_to_a_human_in_the_end(
    waited_s: float, engaged: bool, waiting: list[str], free: list[str], expected: list[str]
) -> None:
    """An unverified call that has waited long enough is given a reserved operator, one of them at a time."""
    now = NOW + timedelta(seconds=waited_s)
    assert told(offers(line(*waiting), desks(*free), RULES, now, unverified_engaged=engaged)) == expected


def test_an_overdue_call_rings_one_reserved_phone() -> None:
    """Ring-all is for phones that are not reserved."""
    entry = Waiting("c1", "unverified", NOW, tried=("sari", "dewi"))
    rules, now = LineRules(singles=2, reserve=2), NOW + timedelta(minutes=5)
    assert told(offers(line(entry), desks("sari", "dewi"), rules, now)) == ["c1: sari"]
    assert told(offers(line(entry), desks("sari", "dewi", "tono", "rini"), rules, now)) == ["c1: sari dewi"]


@pytest.mark.parametrize(
    ("waiting", "order"),
    [
        (["c1 urgent doubted", "c2 urgent", "c3 normal"], "c2 c1 c3"),
        (["c1 normal doubted", "c2 normal", "c3 urgent doubted"], "c3 c2 c1"),
        (["c1 urgent doubted", "c2 urgent doubted"], "c1 c2"),
        (["c1 unverified doubted", "c2 normal doubted"], "c2 c1"),
    ],
)
def test_doubted_calls_stand_behind_the_others_of_their_lane(waiting: list[str], order: str) -> None:
    """Doubt orders within a lane; it never puts a call behind another lane."""
    found = Line()
    for second, entry in enumerate(waiting):
        call, lane, *doubted = entry.split()
        found = found.enqueue(call, lane, NOW + timedelta(seconds=second), doubted=bool(doubted))
    assert " ".join(entry.call for entry in found.ordered()) == order


def test_a_call_that_is_no_longer_doubted_moves_up() -> None:
    """After a talk with an operator a call stands where it would have stood without any doubt."""
    found = Line().enqueue("c1", "urgent", NOW, doubted=True).enqueue("c2", "urgent", NOW + timedelta(seconds=1))
    assert found.position("c1") == 2
    assert found.enqueue("c1", "urgent", NOW + timedelta(seconds=2)).position("c1") == 1


def test_enqueue_keeps_the_arrival_and_who_was_tried() -> None:
    """Back in the line after a phone that did not answer, or in another lane: the first arrival counts."""
    before = Line().enqueue("c1", "silent", NOW).rings("c1", True).missed("c1", "sari")
    assert before.enqueue("c1", "urgent", NOW + timedelta(minutes=1)) == Line(
        {"c1": Waiting("c1", "urgent", NOW, ringing=False, tried=("sari",))}
    )


def test_position() -> None:
    """The place among the calls that ring operators, by lane and arrival; a silent or unknown call has none."""
    waiting = line("c1 normal", "c2 silent", "c3 urgent", "c4 normal", "c5 unverified")
    assert [waiting.position(call) for call in ("c3", "c1", "c4", "c5", "c2", "c9")] == [1, 2, 3, 4, None, None]
    assert waiting.dequeue("c3").position("c1") == 1


def test_calls_that_are_not_there() -> None:
    """Late words about a call that has left the line are no error."""
    assert Line().dequeue("c1").rings("c1", True).missed("c1", "sari") == Line()


def test_lanes_are_those_of_the_menu() -> None:
    """The line orders exactly the lanes that a menu may name."""
    from ivr import menu

    assert LANES == menu.LANES
