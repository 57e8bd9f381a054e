"""Counts of one channel's RTP, as Asterisk's CHANNEL(rtcp,all) gives them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

VARIABLE = "CHANNEL(rtcp,all)"
_FIELD = re.compile(r"(?:^|;)(themssrc|rxcount|txcount)=(\d+)")


@dataclass(frozen=True, slots=True)
class Counts:
    """Packets that came and went since the stream `ssrc` (0: none yet) began."""

    ssrc: int
    received: int
    sent: int


def read(text: str) -> Counts | None:
    """Read the variable's text; None where a channel has no media."""
    fields = {name: int(value) for name, value in _FIELD.findall(text)}
    if len(fields) < 3:
        return None
    return Counts(fields["themssrc"], fields["rxcount"], fields["txcount"])
