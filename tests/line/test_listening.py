"""Listening, where something fails: the operator's desk is free again, and no channel of ours is left."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from asterisk.ari import Ari
from asterisk.legs import Legs
from asterisk.translate import translate
from ivr import events as ev
from line.listening import Listening
from tests.line.line import Line, refused
from tickets.errors import StoreUnavailable


class Listeners:
    """A line with one operator, sari, and a caller who waits in silence; `not_heard` raises `unwritten`."""

    def __init__(self, line: Line) -> None:
        self.line = line
        line.ready("sari")
        self.refused: list[str] = []
        self.unwritten: Exception | None = None
        self.legs = Legs(cast(Ari, line.ari))
        self.listening = Listening(
            cast(Ari, line.ari),
            self.legs,
            line.store,
            line.floor,
            line.runners,
            lambda: line.now,
            line.spawn,
            self._not_heard,
        )

    async def _not_heard(self, user: str, call: str, why: str) -> None:
        self.refused.append(why)
        if self.unwritten is not None:
            raise self.unwritten

    async def start(self) -> str:
        """The operator wants to hear the caller; the operator's leg, as soon as it is rung."""
        self.listening.start("sari", "c1", "listen")
        assert self.listens() == "c1"
        await self.line.until_told("originate")
        return next(str(done[1]) for done in self.line.ari.done if done[0] == "originate")

    def listens(self) -> str | None:
        """The call to which the operator listens."""
        desk = self.line.floor.roster.get("sari")
        assert desk is not None
        return desk.listens

    def hear(self, kind: str, leg: str, **fields: Any) -> None:
        """Asterisk says this of a leg."""
        self.legs.route(translate({"type": kind, "channel": {"id": leg}, **fields}))

    async def done(self) -> list[object]:
        """Results and errors of the tasks, when all have ended."""
        tasks, self.line._tasks = self.line._tasks, []
        async with asyncio.timeout(5):
            return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def listeners(line: Line) -> Listeners:
    """A call in the menu."""
    made = Listeners(line)
    await line.call()
    await line.tell("c1", ev.PlaybackEnded("pb-c1-1"))
    line.did()
    return made


@pytest.mark.parametrize(
    ("fails", "error", "refused_with"),
    [
        ("originate", refused(500), ["telepon Anda tidak terjangkau"]),
        ("create_bridge", refused(0), []),
        ("create_bridge", RuntimeError("a defect of ours"), []),
        ("snoop", RuntimeError("a defect of ours"), []),
        ("snoop", refused(404), []),
    ],
)
async def test_whatever_fails_leaves_no_desk_engaged(
    listeners: Listeners, fails: str, error: Exception, refused_with: list[str]
) -> None:
    """The store is locked, too, when that is to be said; the phone is hung up and its events are nobody's."""
    listeners.line.ari.fail[fails], listeners.unwritten = error, StoreUnavailable("basis data terkunci")
    leg = await listeners.start()
    listeners.hear("StasisStart", leg)
    assert await listeners.done() == [None]
    assert (listeners.listens(), listeners.refused, list(listeners.legs)) == (None, refused_with, [])
    assert ("hangup", leg, 16) in listeners.line.did()


async def test_a_mode_that_cannot_be_changed_leaves_no_snoop_behind(listeners: Listeners) -> None:
    """Both the former snoop channel and the one that failed are ended."""
    leg = await listeners.start()
    listeners.hear("StasisStart", leg)
    await listeners.line.until_told("snoop")
    listeners.line.ari.fail["snoop"] = refused(0)
    listeners.listening.start("sari", "c1", "whisper")
    assert await listeners.done() == [None]
    done = listeners.line.did()
    snoops = {str(row[2]) for row in done if row[0] == "snoop"}
    assert (len(snoops), snoops <= {str(row[1]) for row in done if row[0] == "hangup"}) == (2, True)


async def test_a_phone_that_is_given_to_the_call_is_not_hung_up(listeners: Listeners) -> None:
    """A listener takes the call: the leg is the call's, rung and answered."""
    leg = await listeners.start()
    listeners.hear("StasisStart", leg)
    assert listeners.listening.give("sari", "c1") == (leg, True)
    assert await listeners.done() == [None]
    assert (leg in listeners.legs, ("hangup", leg, 16) in listeners.line.did()) == (False, False)
