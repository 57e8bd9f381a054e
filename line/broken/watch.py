"""Looks at the media of all talks twice a second, over AMI, and tells each call which side is not heard.

Beside the calls' own path: no step of a call waits for this, and where Asterisk does not answer nothing is judged.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Protocol

import structlog

from asterisk.ami import Ami
from asterisk.errors import AmiError
from ivr import events as ev
from ivr.state import CallState
from line.broken.counts import VARIABLE, read
from line.broken.directions import Direction, look

log = structlog.get_logger(__name__)
LOOK_S = 0.5
EVENTS = {"deaf": ev.Deaf, "heard": ev.HeardAgain, "restarted": ev.StreamRestarted}


class Runner(Protocol):
    """A call, as far as its media are looked at."""

    @property
    def state(self) -> CallState:
        """The present state."""

    def tell(self, event: ev.Event) -> None:
        """Hand in an event."""


class Watch:
    """Judges both directions of every talk; a direction begins anew with each talk and after each hold."""

    def __init__(self, ami: Ami, runners: Mapping[str, Runner], clock: Callable[[], float] = time.monotonic) -> None:
        self._ami = ami
        self._runners = runners
        self._clock = clock
        self._directions: dict[str, Direction] = {}

    def pauses(self, channel: str) -> bool:
        """True where the sound of a talk has stopped before and went on by itself."""
        known = self._directions.get(channel)
        return known is not None and known.pauses

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Look once at each side of each talk."""
        sides = {channel: (runner, side) for runner in self._runners.values() for side, channel in _sides(runner.state)}
        self._directions = {channel: known for channel, known in self._directions.items() if channel in sides}
        for channel, (runner, side) in sides.items():
            try:
                counts = read(await self._ami.variable(channel, VARIABLE))
            except AmiError as error:
                log.debug("media.not_read", channel=channel, error=str(error))
                continue
            if counts is None:
                continue
            self._directions[channel], word = look(self._directions.get(channel), counts, self._clock())
            if word is not None:
                log.info("media.changed", channel=channel, side=side, word=word)
                runner.tell(EVENTS[word](side))


def _sides(state: CallState) -> tuple[tuple[str, str], ...]:
    """The sides of a talk whose sound should come, with their channels; on hold an operator's phone may send none."""
    if state.stage != "talking" or state.talking is None:
        return ()
    caller = ("caller", state.call)
    return (caller,) if state.music else (caller, ("operator", state.talking.id))
