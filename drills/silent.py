"""The silent lane as the drill's operators see it: an idle operator listens, and takes a caller who sounds human."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from drills.phones.agent import Incoming
from drills.phones.media import Stream
from tickets.model import Row

LISTEN_S = 8.0
AGAIN_S = 12.0
# a sound is noticed after so many frames of 20 ms
NOTICED_FRAMES = 6
# sounds that an operator takes for a person in distress; an engine, a road or a pocket is none
HUMAN = ("emergency", "whisper", "nonsense", "laughter", "tapping", "breathing")


class SilentLane:
    """The calls that were listened to lately; shared by all operators, who sit in one room."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._heard: dict[str, float] = {}

    def next(self, shown: Row) -> Row | None:
        """Choose a call of an operator's page that nobody listens to now, nor did within the last AGAIN_S."""
        rows: list[Row] = shown.get("silent") or []
        for row in rows:
            lately = self._clock() - self._heard.get(row["id"], -AGAIN_S)
            if not row["listeners"] and row["stage"] == "waiting" and lately >= AGAIN_S:
                self._heard[row["id"]] = self._clock() + LISTEN_S
                return row
        return None


async def sounds_human(call: Incoming, stream: Stream, sound: str) -> bool:
    """Listen until a sound is noticed, at most LISTEN_S; True if it is one that people make."""
    for _ in range(int(LISTEN_S / 0.1)):
        await asyncio.sleep(0.1)
        if not call.up:
            return False
        if stream.sounding >= NOTICED_FRAMES:
            return sound in HUMAN
    return False
