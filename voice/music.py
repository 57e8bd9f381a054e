"""Composes the hold music and the beep: our own, hence free of rights, and quiet enough to talk over."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.speech import RATE

VERSION = 1  # part of the stored hash: raise it when the music below sounds different
BEAT_S = 0.5
Sound = npt.NDArray[np.float64]

# Each line is a bar of eight beats: a softly sung chord, then the plucked melody. MIDI note numbers, 0 = rest.
# Five-tone scale on C, so that every note agrees with every other.
BARS: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((60, 67, 76), (76, 0, 79, 0, 84, 0, 79, 0)),
    ((57, 64, 72), (76, 0, 72, 0, 69, 0, 72, 0)),
    ((62, 69, 74), (74, 0, 81, 0, 79, 0, 74, 0)),
    ((55, 62, 67), (74, 0, 79, 0, 76, 0, 0, 0)),
    ((60, 67, 76), (72, 0, 76, 0, 79, 84, 0, 79)),
    ((57, 64, 72), (81, 0, 79, 0, 76, 0, 72, 0)),
    ((62, 69, 74), (69, 0, 74, 0, 81, 79, 0, 74)),
    ((55, 62, 67), (76, 0, 74, 0, 72, 0, 0, 0)),
    ((57, 64, 72), (72, 0, 76, 0, 81, 0, 84, 0)),
    ((60, 67, 76), (79, 0, 0, 76, 0, 72, 0, 0)),
)


def music() -> Sound:
    """Compose forty seconds that loop without a seam: a note that passes the end goes on at the beginning."""
    beat = int(BEAT_S * RATE)
    loop = np.zeros(len(BARS) * 8 * beat)
    for number, (chord, melody) in enumerate(BARS):
        start = number * 8 * beat
        for note in chord:
            _mix(loop, start, 0.16 * _sung(note, 8 * beat + RATE))
        for step, note in enumerate(melody):
            if note:
                _mix(loop, start + step * beat, 0.5 * _plucked(note))
    return _level(loop, 0.18)


def beep() -> Sound:
    """Make the tone before a recording: 1 kHz for 0.4 s with soft edges."""
    length = int(0.4 * RATE)
    edge = np.minimum(1.0, np.minimum(np.arange(length), np.arange(length)[::-1]) / (0.01 * RATE))
    return _level(np.sin(2 * np.pi * 1000 * np.arange(length) / RATE) * edge, 0.35)


def write(sound: Sound, path: Path) -> None:
    """Write samples between -1 and 1 as a telephone WAV file."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def _mix(loop: Sound, start: int, note: Sound) -> None:
    places = (start + np.arange(len(note))) % len(loop)
    np.add.at(loop, places, note)


def _plucked(note: int) -> Sound:
    """Make a kalimba-like note: a soft attack, then a second and a half of decay."""
    at = np.arange(int(2.5 * RATE)) / RATE
    pitch = _hertz(note)
    tone = np.sin(2 * np.pi * pitch * at) + 0.25 * np.sin(2 * np.pi * 3 * pitch * at) * np.exp(-at * 9)
    return _as_sound(tone * np.minimum(1, at / 0.008) * np.exp(-at * 2.2) * np.clip((2.5 - at) / 0.3, 0, 1))


def _sung(note: int, length: int) -> Sound:
    """Make a chord note that swells and fades over its bar and a second more, so that bars run into each other."""
    at = np.arange(length) / RATE
    pitch = _hertz(note)
    tone = np.sin(2 * np.pi * pitch * at) + 0.4 * np.sin(2 * np.pi * 2 * pitch * at + 0.3)
    return _as_sound(tone * np.sin(np.pi * np.arange(length) / length) ** 0.7)


def _hertz(note: int) -> float:
    return float(440.0 * 2 ** ((note - 69) / 12))


def _level(sound: Sound, peak: float) -> Sound:
    return _as_sound(sound * (peak / np.max(np.abs(sound))))


def _as_sound(array: npt.NDArray[Any]) -> Sound:
    return np.asarray(array, dtype=np.float64)
