"""The order and the moments in which pages are read: a table, and a property of any sequence."""

from hypothesis import given
from hypothesis import strategies as st

from console.live.rounds import DEBOUNCE_S, REST_S, Group, Rounds

ORDER = ("operator", "opd", "overview")
SITI, BUDI, DAMKAR, WALL = ("operator", "siti"), ("operator", "budi"), ("opd", "damkar"), ("overview", "")


def test_nothing_is_read_before_the_rows_of_one_change_are_gathered() -> None:
    """DEBOUNCE_S after the first of them."""
    rounds = Rounds(ORDER)
    rounds.mark([SITI], 10.0)
    rounds.mark([SITI], 10.02)
    assert rounds.take(10.02) is None
    assert round(rounds.wait_s(10.02) or 0, 3) == 0.01
    assert rounds.take(10.0 + DEBOUNCE_S) == SITI
    assert rounds.wait_s(10.1) is None


def test_what_has_changed_comes_before_what_is_only_looked_at() -> None:
    """And among it the page on which a phone rings."""
    rounds = Rounds(ORDER)
    rounds.mark([BUDI], 1.0, urgent=False)
    rounds.mark([WALL, DAMKAR, SITI], 2.0)
    assert [rounds.take(3.0) for _ in range(5)] == [SITI, DAMKAR, WALL, BUDI, None]


def test_a_look_becomes_urgent_with_a_change() -> None:
    """A heartbeat's turn must not hold a change back."""
    rounds = Rounds(ORDER)
    rounds.mark([WALL, SITI], 1.0, urgent=False)
    rounds.mark([WALL], 1.5)
    assert [rounds.take(3.0), rounds.take(3.0)] == [WALL, SITI]


def test_a_page_is_read_by_one_reader_at_a_time() -> None:
    """Changes during a reading are read afterwards: it may have begun before them."""
    rounds = Rounds(ORDER)
    rounds.mark([WALL], 1.0)
    assert rounds.take(2.0) == WALL
    rounds.mark([WALL], 2.0)
    assert (rounds.take(3.0), rounds.wait_s(3.0)) == (None, None)
    rounds.done(WALL, 3.0, took_s=0.01)
    assert rounds.take(3.03) is None
    assert rounds.take(3.05) == WALL


def test_a_slow_page_rests_but_never_long() -> None:
    """However slow: a change is on it soon after the reading before."""
    rounds = Rounds(ORDER)
    rounds.mark([WALL], 1.0)
    rounds.take(2.0)
    rounds.done(WALL, 7.0, took_s=5.0)
    rounds.mark([WALL], 7.0)
    assert rounds.take(7.0 + REST_S - 0.01) is None
    assert rounds.take(7.0 + REST_S) == WALL


def test_a_page_that_is_closed_is_forgotten() -> None:
    """Nothing grows with the pages that were ever open."""
    rounds = Rounds(ORDER)
    rounds.mark([WALL], 1.0)
    rounds.forget([WALL])
    assert rounds.take(9.0) is None


@given(st.lists(st.tuples(st.sampled_from([SITI, DAMKAR, WALL]), st.booleans(), st.floats(0, 0.2)), min_size=1))
def test_every_mark_is_read_and_in_time(marks: list[tuple[Group, bool, float]]) -> None:
    """Within the gathering and one rest, whatever order they come in, while reading takes no time."""
    rounds, now, marked = Rounds(ORDER), 100.0, {}
    for group, urgent, pause in marks:
        now += pause
        while (taken := rounds.take(now)) is not None:
            del marked[taken]
            rounds.done(taken, now, 0.1)
        rounds.mark([group], now, urgent=urgent)
        marked.setdefault(group, now)
    for _ in marked.copy():
        now += rounds.wait_s(now) or 0.0
        taken = rounds.take(now)
        assert taken is not None
        marked.pop(taken)
        rounds.done(taken, now, 0.1)
    assert not marked
    assert rounds.wait_s(now) is None


def test_no_page_waits_for_ever_behind_more_urgent_ones() -> None:
    """Calls that ring all the time leave the wall its turn."""
    rounds = Rounds(ORDER)
    rounds.mark([WALL], 1.0)
    rounds.mark([SITI], 1.02)
    assert rounds.take(2.0) == SITI
    rounds.mark([BUDI], 1.1)
    assert rounds.take(2.0) == WALL
