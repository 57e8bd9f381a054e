"""ARI's JSON into the flow's events; `ari_events.jsonl` is what Asterisk 22.10.1 sent for two calls.

Call one: prompts (the second one is missing on disk), a key, a busy phone, one that does not answer, one that is
cancelled, one that answers, holds and hangs up, a message, the caller hangs up. Call two: the dead-man timer is up.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from asterisk.translate import (
    ALLOWED_EVENTS,
    Answered,
    Arrival,
    Ended,
    HangingUp,
    Held,
    Left,
    LegEvent,
    Played,
    Pressed,
    Resumed,
    Ringing,
    Sounded,
    Stray,
    Tapped,
    Told,
    Translated,
    Withdrawn,
    call_of_part,
    of_call,
    translate,
    trunk_of,
)
from ivr import events as ev

CAPTURED = [
    json.loads(line) for line in (Path(__file__).parent / "capture" / "ari_events.jsonl").read_text().splitlines()
]
ONE, TWO = "1795361424.0", "1795361433.7"
BUSY, SLOW, CANCELLED, DEWI = (f"op-{ONE}-{number}" for number in (4, 5, 6, 7))


def heard(event: dict[str, Any]) -> Translated:
    """An event as a call hears it that nobody else has legs in."""
    typed = translate(event)
    return of_call(typed) if isinstance(typed, LegEvent) else typed


def test_captured_calls() -> None:
    """Two real calls, event by event; what is left out here means nothing to a call."""
    expected = [
        Arrival(ONE, "112", CAPTURED[0]["channel"]),
        Sounded(ONE),
        Told(ONE, ev.PlaybackEnded(f"pb-{ONE}-1")),
        Told(ONE, ev.PlaybackEnded(f"pb-{ONE}-2")),
        Told(ONE, ev.Digit("1")),
        Told(ONE, ev.LegEnded(BUSY, "busy")),
        Told(ONE, ev.LegEnded(SLOW, "no_answer")),
        Told(ONE, ev.LegEnded(CANCELLED, "cancelled")),
        Told(ONE, ev.LegAnswered(DEWI)),
        Told(ONE, ev.Held()),
        Told(ONE, ev.Resumed()),
        Told(ONE, ev.LegEnded(DEWI, "hung_up")),
        Told(ONE, ev.CallerGone()),
        Told(ONE, ev.MessageRecorded(f"messages/2026/11/22/{ONE}", 2.0)),
        Left(ONE),
        Arrival(TWO, "112", CAPTURED[-3]["channel"]),
        Sounded(TWO),
        Left(TWO),
    ]
    assert [event for event in map(heard, CAPTURED) if event is not None] == expected


@pytest.mark.parametrize("name", ["Local/112@from-operators-00000000;2", "Message/ast_msg_queue"])
def test_a_channel_that_asterisk_made_is_no_caller(name: str) -> None:
    """It is hung up, not answered."""
    event = CAPTURED[0] | {"channel": CAPTURED[0]["channel"] | {"name": name}}
    assert translate(event) == Stray(ONE)


def test_an_arrival_brings_its_channel() -> None:
    """The caller's number is read from there."""
    arrival = translate(CAPTURED[0])
    assert isinstance(arrival, Arrival)
    assert arrival.channel["caller"] == {"name": "", "number": "081234567890"}


def test_all_that_was_captured_is_asked_for() -> None:
    """The event filter lets exactly those types in that are read, and one that only shows in the log."""
    assert {event["type"] for event in CAPTURED} <= set(ALLOWED_EVENTS)


def made(kind: str, part: str = "", **fields: object) -> dict[str, Any]:
    """An event by hand, where none was captured."""
    return {"type": kind, "application": "tanggap", **({"channel": {"id": part}} if part else {}), **fields}


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (16, "hung_up"),  # the operator hung up
        (17, "busy"),  # 486
        (18, "unreachable"),  # 408: the phone is dead and nobody noticed yet
        (19, "no_answer"),  # our time limit, 480
        (20, "unreachable"),
        (21, "declined"),  # 603
        (26, "cancelled"),  # we did it: a colleague answered
        (1, "lost"),  # 404
        (34, "lost"),  # 503
        (38, "lost"),  # 500
        (58, "lost"),  # 488
        (0, "lost"),
        (127, "lost"),
    ],
)
def test_why_a_phone_ended(cause: int, reason: str) -> None:
    """Q.850 causes as Asterisk gives them; one that is not known is never taken for an operator who hung up."""
    assert heard(made("ChannelDestroyed", "op-1.5-2", cause=cause)) == Told("1.5", ev.LegEnded("op-1.5-2", reason))


def test_a_phone_that_ended_without_a_cause() -> None:
    """A field that is missing is no error."""
    assert heard(made("ChannelDestroyed", "op-1.5-2")) == Told("1.5", ev.LegEnded("op-1.5-2", "lost"))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (made("ChannelDestroyed", "1.5", cause=16), Told("1.5", ev.CallerGone())),
        (made("ChannelHangupRequest", "1.5", cause=16), Told("1.5", ev.CallerGone())),
        (made("ChannelHangupRequest", "1.5", cause=4, soft=True), Told("1.5", ev.Cut())),
        (made("ChannelHangupRequest", "op-1.5-2", cause=4, soft=True), Told("1.5", ev.Cut())),
        (made("ChannelHangupRequest", "1.5", cause=32, soft=True), Told("1.5", ev.CallerGone())),
        (made("ChannelDtmfReceived", "1.5", digit="#"), Told("1.5", ev.Digit("#"))),
        (made("ChannelDtmfReceived", "1.5", digit="*"), Told("1.5", ev.Digit("*"))),
        (made("StasisStart", "1.5", args=[]), Arrival("1.5", "", {"id": "1.5"})),
        (made("StasisStart", "1.5"), Arrival("1.5", "", {"id": "1.5"})),
        (
            made("RecordingFailed", recording={"name": "messages/2026/11/22/1.5", "state": "failed"}),
            Told("1.5", ev.MessageRecorded("messages/2026/11/22/1.5", 0.0)),
        ),
        (
            made("RecordingFinished", recording={"name": "messages/2026/11/22/1.5"}),
            Told("1.5", ev.MessageRecorded("messages/2026/11/22/1.5", 0.0)),
        ),
    ],
)
def test_made_by_hand(event: Mapping[str, Any], expected: object) -> None:
    """Events that the captured calls do not have."""
    assert heard(dict(event)) == expected


@pytest.mark.parametrize(
    "event",
    [
        made("StasisEnd", "op-1.5-2"),
        made("ChannelHangupRequest", "op-1.5-2", cause=16),
        made("ChannelDtmfReceived", "op-1.5-2", digit="1"),
        made("ChannelTalkingStarted", "op-1.5-2"),
        made("ChannelHold", "1.5"),
        made("ChannelUnhold", "1.5"),
        made("Dial", dialstatus="RINGING", peer={"id": "op-1.5-2"}),
        made("PlaybackFinished", playback={"id": "2f0a-other", "state": "done"}),
        made("RecordingFinished", recording={"name": "calls/2026/11/22/1.5-4", "duration": 60}),
        made("ApplicationMoveFailed", "1.5", destination="x", args=[]),
        made("ChannelVarset", "1.5", variable="x", value="y"),
        made("SomethingNew"),
        {},
    ],
)
def test_means_nothing_to_a_call(event: dict[str, Any]) -> None:
    """An operator's own keys and voice, a caller's hold, talks that were recorded, types that nobody asked for."""
    assert heard(event) is None


@pytest.mark.parametrize("leg", ["op-1.5-2", "ls-1.5-7a", "sn-1.5-7a", "cb-4-op", "cb-4-out", "push-0c1d"])
def test_events_of_legs(leg: str) -> None:
    """Every channel that we rang, or listen with, speaks one language, whoever it belongs to."""
    events = [
        (made("StasisStart", leg, args=["op"]), Answered(leg)),
        (made("StasisEnd", leg), Withdrawn(leg)),
        (made("ChannelHangupRequest", leg, cause=16), HangingUp(leg)),
        (made("ChannelHangupRequest", leg, cause=4, soft=True), HangingUp(leg, shutdown=True)),
        (made("ChannelDestroyed", leg, cause=17), Ended(leg, 17)),
        (made("ChannelDestroyed", leg), Ended(leg)),
        (made("ChannelDtmfReceived", leg, digit="9"), Pressed(leg, "9")),
        (made("ChannelHold", leg), Held(leg)),
        (made("ChannelUnhold", leg), Resumed(leg)),
        (
            made("PlaybackFinished", playback={"id": f"{leg}-0", "target_uri": f"channel:{leg}"}),
            Played(leg, f"{leg}-0"),
        ),
        (made("ChannelTalkingStarted", leg), None),
        (made("SomethingNew", leg), None),
    ]
    assert [translate(event) for event, _ in events] == [typed for _, typed in events]


@pytest.mark.parametrize(("state", "expected"), [("Ringing", Ringing("push-0c1d")), ("Up", None), ("Down", None)])
def test_a_phone_that_rings(state: str, expected: Ringing | None) -> None:
    """Of all states of a channel only this one is told."""
    event = made("ChannelStateChange", channel={"id": "push-0c1d", "state": state})
    assert translate(event) == expected


def test_the_ear_has_channels_of_its_own() -> None:
    """They are neither legs nor callers, and only their beginning counts."""
    kinds = ("StasisStart", "StasisEnd", "ChannelHangupRequest", "ChannelDestroyed")
    assert [translate(made(kind, "ear-1")) for kind in kinds] == [Tapped("ear-1"), None, None, None]


@pytest.mark.parametrize(
    ("part", "call"),
    [
        ("op-1795361424.0-12", "1795361424.0"),
        ("pb-1795361424.0-3", "1795361424.0"),
        ("pb-ast-1-1795361424.0-3", "ast-1-1795361424.0"),  # an Asterisk with a system name
        ("1795361424.0", None),
        ("br-1795361424.0", None),
        ("op-", None),
        ("op-x", None),
        ("", None),
    ],
)
def test_call_of_part(part: str, call: str | None) -> None:
    """Legs and playbacks carry the call that they are of."""
    assert call_of_part(part) == call


@pytest.mark.parametrize(
    ("channel", "trunk"),
    [
        ("PJSIP/trunk-telkom-0000001f", "telkom"),
        ("PJSIP/trunk-telkom-2-00000001", "telkom-2"),
        ("PJSIP/op1-00000001", None),  # an operator's phone that dials 112
        ("Local/112@line-00000001;2", None),
        ("", None),
    ],
)
def test_trunk_of(channel: str, trunk: str | None) -> None:
    """By the endpoint that the channel is named after."""
    assert trunk_of(channel) == trunk
