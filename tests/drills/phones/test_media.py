"""Packets that callers send and hear, one by one, without a network."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from drills.phones import rtp
from drills.phones.audio import NAMES, QUIET, SOUNDS, Audio
from drills.phones.media import Stream
from drills.phones.recognise import decoded, sounds_like

PEER = ("127.0.0.1", 4000)


def frames(stream: Stream, count: int) -> list[tuple[int, bytes]]:
    """Payload type and payload of everything that is sent in so many frames."""
    packets = [packet for _ in range(count) for packet in stream.frame()]
    return [(packet[1] & 0x7F, packet[12:]) for packet in packets]


def heard(stream: Stream, payload: bytes, now: float = 0.0) -> None:
    """A packet arrives."""
    stream.hear(rtp.packet(rtp.PCMA, 1, 160, 7, payload), now)


def test_silence_until_told_what_to_say() -> None:
    """Then the sound, then silence again."""
    stream = Stream(PEER)
    assert frames(stream, 2) == [(rtp.PCMA, rtp.SILENCE)] * 2
    stream.say(b"\x01" * 160 + b"\x02" * 80)
    sent = [payload for _, payload in frames(stream, 3)]
    assert sent == [b"\x01" * 160, b"\x02" * 80 + rtp.SILENCE[80:], rtp.SILENCE]


def test_a_sound_over_and_over() -> None:
    """From its beginning."""
    stream = Stream(PEER)
    stream.say(b"\x01" * 160 + b"\x02" * 160, loop=True)
    assert [payload[0] for _, payload in frames(stream, 5)] == [1, 2, 1, 2, 1]


def test_keys_are_events_of_one_stamp_each() -> None:
    """RFC 4733: 100 ms that grow, the end three times, a pause between two keys."""
    stream = Stream(PEER)
    stream.press("1#")
    packets = [packet for _ in range(30) for packet in stream.frame() if packet[1] & 0x7F == rtp.EVENT]
    assert [packet[12] for packet in packets] == [1] * 8 + [11] * 8
    assert [packet[13] >> 7 for packet in packets] == ([0] * 5 + [1] * 3) * 2
    assert [bool(packet[1] & 0x80) for packet in packets] == ([True] + [False] * 7) * 2
    stamps = [struct.unpack("!I", packet[4:8])[0] for packet in packets]
    assert len(set(stamps[:8])) == len(set(stamps[8:])) == 1 and stamps[0] != stamps[8]
    assert not stream.pressing


def test_a_key_that_is_held() -> None:
    """One event, as long as it is held."""
    stream = Stream(PEER)
    stream.hold("5", 0.5)
    sent = frames(stream, 25)
    assert [kind for kind, _ in sent] == [rtp.EVENT] * 25
    assert all(payload[1] >> 7 == 0 for _, payload in sent)


@pytest.mark.parametrize(("sends", "expected"), [("comfort", {rtp.COMFORT}), ("nothing", set())])
def test_lines_without_sound(sends: str, expected: set[int]) -> None:
    """Comfort noise now and then, or not a packet."""
    sent = frames(Stream(PEER, sends=sends), 50)
    assert {kind for kind, _ in sent} == expected
    assert len(sent) == (5 if expected else 0)


def test_prompts_are_known_by_their_bytes(tmp_path: Path) -> None:
    """A prompt is recognised with its beginning, and once more when it is played again."""
    rng = np.random.default_rng(1)
    for name in ("satu", "dua"):
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes((rng.standard_normal(8000) * 5000).astype("<i2").tobytes())
    ear = rtp.Ear(tmp_path, ["satu", "dua"])
    with wave.open(str(tmp_path / "satu.wav"), "rb") as file:
        coded = rtp.encoded(np.frombuffer(file.readframes(8000), dtype="<i2").tolist())
    stream = Stream(PEER, ear)
    for at in (3, 4, 4, 0):
        heard(stream, coded[at * 160 : at * 160 + 160], now=10.0)
    assert [(play.prompt, play.frame) for play in stream.plays] == [("satu", 4), ("satu", 4), ("satu", 0)]
    assert stream.plays[0].began == pytest.approx(10.0 - 3 * 0.02)
    assert stream.ends(stream.plays[-1]) == pytest.approx(11.0)


def test_a_voice_is_told_from_another_and_from_silence(tmp_path: Path) -> None:
    """By correlation: the operator's very words, at any place of them, over a line that shifts them."""
    audio = Audio(tmp_path)
    audio.prepare({"operator", "emergency"})
    voice, other = audio.get("operator", 0), audio.get("emergency", 0)
    stream = Stream(PEER, keeps=True)
    assert not sounds_like(stream, voice)
    for start in range(16037, 16037 + 20 * 160, 160):
        heard(stream, voice[start : start + 160])
    assert sounds_like(stream, voice)
    assert not sounds_like(stream, other)
    for _ in range(20):
        heard(stream, rtp.SILENCE)
    assert not sounds_like(stream, voice)


@pytest.mark.long
def test_sounds_are_made_once_and_differ(tmp_path: Path) -> None:
    """Each kind in several variants, the same ones every time; quiet ones are empty."""
    first, second = Audio(tmp_path), Audio(tmp_path)
    made = first.prepare(set(NAMES))
    assert made == sum(len(parts) for parts in SOUNDS.values())
    assert second.prepare(set(NAMES)) == 0
    for name in SOUNDS:
        variants = [first.get(name, number) for number in range(len(SOUNDS[name]))]
        assert len(set(variants)) > 1
        assert variants == [second.get(name, number) for number in range(len(SOUNDS[name]))]
        assert all(len(sound) > 4000 for sound in variants)
    assert all(first.get(name, 3) == b"" for name in QUIET)


def test_whispers_are_quieter_than_calls_for_help(tmp_path: Path) -> None:
    """But not silent."""
    audio = Audio(tmp_path)
    audio.prepare({"whisper", "emergency"})
    loud, quiet = (float(np.std(decoded(audio.get(name, 0)))) for name in ("emergency", "whisper"))
    assert 300 < quiet < loud / 2
