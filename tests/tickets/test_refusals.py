"""Each refusal has a reason, and each reason its words."""

import pytest

from tickets.refusals import REASONS, reason_of


@pytest.mark.parametrize(
    ("status", "method", "media", "reason"),
    [
        (488, "INVITE", ("audio",), "media"),
        (488, "INVITE", ("text",), "text"),
        (488, "INVITE", ("text", "audio"), "media"),
        (416, "INVITE", ("audio",), "scheme"),
        (420, "INVITE", ("audio",), "extension"),
        (404, "INVITE", (), "dialled"),
        (401, "INVITE", ("text",), "unknown"),
        (401, "MESSAGE", (), "unknown"),
        (501, "MESSAGE", (), "message"),
        (503, "INVITE", ("audio",), "overload"),
        (0, "INVITE", ("audio",), "silent"),
        (302, "INVITE", ("audio",), "other"),
    ],
)
def test_the_reason_of_a_status(status: int, method: str, media: tuple[str, ...], reason: str) -> None:
    """A call with text alone is one whatever the status; a stranger is one whatever it sends."""
    assert reason_of(status, method, media) == reason
    assert REASONS[reason].sentence
    assert REASONS[reason].remedy
