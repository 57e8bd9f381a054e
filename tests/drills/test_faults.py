"""Pushes that come twice while processes are killed: which of them the kills explain."""

import pytest

from drills.faults import Agency


@pytest.mark.parametrize(
    ("first", "again", "kills", "unexplained"),
    [
        (100.0, 108.0, [(100.2, "escalate")], 0),
        (100.0, 108.0, [(99.9, "escalate")], 0),  # it was on its way when the daemon was killed
        (100.0, 108.0, [(104.0, "console"), (104.0, "calls")], 1),
        (100.0, 108.0, [(90.0, "escalate"), (108.1, "escalate")], 1),
        (100.0, 108.0, [], 1),
    ],
)
def test_a_kill_between_sending_and_writing_explains_a_second_push(
    first: float, again: float, kills: list[tuple[float, str]], unexplained: int
) -> None:
    """Of the daemon, between the two; any other has another cause, and is counted by itself."""
    agency = Agency()
    agency.repeats.append((first, again))
    assert (agency.twice, agency.unexplained(kills)) == (1, unexplained)
