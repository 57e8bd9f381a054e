"""A direction of a talk is heard, begins anew or goes deaf: by tables of looks at its counts."""

import pytest

from line.broken.counts import Counts
from line.broken.directions import DEAF_S, PAUSING_S, Direction, Word, look


def words(*looks: tuple[float, int, int]) -> list[tuple[float, Word]]:
    """The words of looks (seconds, ssrc, packets received), each with its moment."""
    direction: Direction | None = None
    said = []
    for now_s, ssrc, received in looks:
        direction, word = look(direction, Counts(ssrc, received, 0), now_s)
        if word is not None:
            said.append((now_s, word))
    return said


def every_half_second(
    *spans: tuple[float, int, int], until_s: float = 60.0, packets: int = 25
) -> list[tuple[float, Word]]:
    """Looks each half second at spans (from second, ssrc, 1: packets come, 0: none)."""
    looks, received, ssrc_before = [], 0, 0
    for half in range(int(until_s * 2)):
        now_s = half / 2
        _, ssrc, comes = [span for span in spans if span[0] <= now_s][-1]
        received = 0 if ssrc != ssrc_before else received
        received += packets * comes
        looks.append((now_s, ssrc, received))
        ssrc_before = ssrc
    return words(*looks)


def test_a_talk_in_which_both_are_heard() -> None:
    """Nothing to say for a minute."""
    assert every_half_second((0, 7, 1)) == []


def test_a_stream_that_stops_is_told_within_three_seconds() -> None:
    """Once, and once more when it is heard again."""
    assert every_half_second((0, 7, 1), (10, 7, 0), (30, 7, 1)) == [(11.5, "deaf"), (30.0, "heard")]
    assert DEAF_S + 2 * 0.5 < 3.0


def test_a_short_gap_is_nothing() -> None:
    """A second and a half of a bad network."""
    assert every_half_second((0, 7, 1), (10, 7, 0), (11, 7, 1)) == []


def test_a_stream_that_never_comes_is_deaf() -> None:
    """Nobody was ever heard."""
    assert every_half_second((0, 0, 0), until_s=10) == [(2.0, "deaf")]


def test_a_first_stream_is_no_restart() -> None:
    """The phone was late with its first packet."""
    assert every_half_second((0, 0, 0), (1.5, 7, 1), until_s=10) == []


def test_comfort_noise_is_heard() -> None:
    """One packet a second is a muted phone, not a dead one."""
    looks = [(half / 2, 7, half // 2) for half in range(120)]
    assert words(*looks) == []


def test_silence_suppression_is_told_once() -> None:
    """A stream that stops and goes on by itself does so again: from then on only a long gap counts."""
    spans = ((0, 7, 1), (10, 7, 0), (15, 7, 1), (20, 7, 0), (30, 7, 1), (35, 7, 0))
    assert every_half_second(*spans) == [(11.5, "deaf"), (15.0, "heard"), (55.0, "deaf")]
    assert PAUSING_S == 20.0


@pytest.mark.parametrize("received", [0, 1, 25, 900])
def test_another_stream_is_told_at_the_next_look(received: int) -> None:
    """However many packets it has brought, also as many as the former one had."""
    assert words((0, 7, 100), (0.5, 9, received)) == [(0.5, "restarted")]


def test_a_deaf_direction_that_begins_anew() -> None:
    """The carrier failed over after three seconds: told as a restart, and the time begins anew."""
    spans = ((0, 7, 1), (10, 7, 0), (14, 9, 1), (20, 9, 0))
    assert every_half_second(*spans, until_s=24) == [(11.5, "deaf"), (14.0, "restarted"), (21.5, "deaf")]


def test_looks_that_come_late_do_not_make_a_talk_deaf() -> None:
    """Our process stood still for ten seconds: packets came meanwhile."""
    assert words((0, 7, 100), (10, 7, 600), (10.5, 7, 625)) == []
