"""Sound that comes before a call of ours is answered, and the phone that hears it."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from asterisk.ari import Ari
from asterisk.legs import Legs
from asterisk.translate import translate
from line.broken import early
from line.broken.counts import VARIABLE
from line.broken.early import EarlyMedia
from tests.line.line import Line, refused

SILENT = "ssrc=1;themssrc=0;rxcount=0;txcount=0"
SOUNDING = "ssrc=1;themssrc=9;rxcount=12;txcount=0"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look without a pause, and do not wait for what does not come."""
    monkeypatch.setattr(early, "LOOK_S", 0.0)
    monkeypatch.setattr(early, "ENTERS_S", 0.01)


def media(line: Line) -> tuple[EarlyMedia, Legs]:
    """A person's phone that rings for sari's."""
    legs = Legs(cast(Ari, line.ari))
    return EarlyMedia(cast(Ari, line.ari), legs, "cb-1-early", "cb-1-op", "cb-1-out"), legs


async def heard(line: Line, *, enters: bool = True) -> EarlyMedia:
    """Sound has come; the snoop channel enters the application, or does not."""
    made, legs = media(line)
    line.ari.values["cb-1-out", VARIABLE] = SILENT
    hearing = asyncio.ensure_future(made.hear())
    await asyncio.sleep(0)
    assert line.did() == []
    line.ari.values["cb-1-out", VARIABLE] = SOUNDING
    while not line.ari.done:
        await asyncio.sleep(0)
    if enters:
        legs.route(translate({"type": "StasisStart", "channel": {"id": "cb-1-early"}, "args": []}))
    await hearing
    return made


async def test_sound_before_the_answer_takes_the_place_of_the_ring_tone(line: Line) -> None:
    """And makes room for the talk when that begins."""
    made = await heard(line)
    assert line.did() == [
        ("snoop", "cb-1-out", "cb-1-early", "in", "none"),
        ("ring", "cb-1-op", False),
        ("create_bridge", "cb-1-early"),
        ("add_to_bridge", "cb-1-early", "cb-1-op", "cb-1-early"),
    ]
    await made.end()
    assert line.did() == [("hangup", "cb-1-early", 16), ("destroy_bridge", "cb-1-early")]
    await made.end()
    assert line.did() == []


async def test_a_snoop_channel_that_does_not_come_leaves_the_ring_tone(line: Line) -> None:
    """It is hung up in the end all the same."""
    made = await heard(line, enters=False)
    assert line.did() == [("snoop", "cb-1-out", "cb-1-early", "in", "none")]
    await made.end()
    assert line.did() == [("hangup", "cb-1-early", 16), ("destroy_bridge", "cb-1-early")]


async def test_a_channel_that_cannot_be_asked_yet_is_asked_again(line: Line) -> None:
    """It was originated a moment ago; who does not wait any more takes nothing back."""
    made, _ = media(line)
    line.ari.fail["variable"] = refused(404)
    hearing = asyncio.ensure_future(made.hear())
    for _ in range(5):
        await asyncio.sleep(0)
    assert not hearing.done()
    hearing.cancel()
    await asyncio.wait([hearing])
    await made.end()
    assert line.did() == []


async def test_a_snoop_channel_that_is_refused_leaves_the_ring_tone(line: Line) -> None:
    """The call goes on."""
    made, _ = media(line)
    line.ari.values["cb-1-out", VARIABLE] = SOUNDING
    line.ari.fail["snoop"] = refused(500)
    await made.hear()
    assert line.did() == [("snoop", "cb-1-out", "cb-1-early", "in", "none")]
