"""Recognises tones and prompts in recorded PCM. 8 kHz, 16 bit, mono."""

import math
import struct
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8000
LOUD = 9000
QUIET = 300

Samples = NDArray[np.float64]


def tone(hertz: float, seconds: float) -> bytes:
    """A sine."""
    step = 2 * math.pi * hertz / RATE
    return b"".join(struct.pack("<h", int(LOUD * math.sin(step * i))) for i in range(int(RATE * seconds)))


def loudness(pcm: bytes, hertz: float) -> float:
    """Level of this frequency in the sound (Goertzel), 0 to about 1 for a pure `tone`."""
    samples = samples_of(pcm)
    if not samples.size:
        return 0.0
    angle = 2 * math.pi * hertz / RATE * np.arange(samples.size)
    return float(2 * abs(np.dot(samples, np.exp(-1j * angle))) / samples.size / LOUD)


def samples_of(pcm: bytes) -> Samples:
    """PCM as numbers."""
    return np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2").astype(np.float64)


def read_wav(path: Path) -> Samples:
    """A prompt file as numbers; ValueError when it is not 8 kHz, 16 bit, mono."""
    with wave.open(str(path), "rb") as file:
        if (file.getframerate(), file.getsampwidth(), file.getnchannels()) != (RATE, 2, 1):
            raise ValueError(f"{path}: expected 8 kHz, 16 bit, mono")
        return samples_of(file.readframes(file.getnframes()))


def likeness(heard: bytes, prompt: Path, seconds: int = 3) -> float:
    """Likelihood that a prompt was heard, -1 to 1: the correlation of its third best second (short: of its worst).

    Each second of the prompt is compared by itself: a telephone on a busy machine loses a packet here and there, and
    two prompts may share a sentence. At 8 kHz over A-law the right prompt gives more than 0.99, another one at most
    0.77 (docs/testing.md).
    """
    reference = read_wav(prompt)
    loud = np.flatnonzero(np.abs(reference) > QUIET)
    if not loud.size:
        return 0.0
    reference, sound = reference[loud[0] : loud[-1] + 1], samples_of(heard)
    starts = range(0, max(1, reference.size - RATE + 1), RATE)
    best = sorted((correlation(reference[at : at + RATE], sound) for at in starts), reverse=True)
    return best[min(seconds, len(best)) - 1]


def likeness_of_end(heard: bytes, prompt: Path, seconds: float) -> float:
    """Correlation of the last `seconds` with any place of a prompt; for music, which begins anywhere."""
    return correlation(samples_of(heard)[-int(seconds * RATE) :], read_wav(prompt))


def correlation(reference: Samples, sound: Samples) -> float:
    """The best normalised cross-correlation of `reference` at any place of `sound`; 0 where it does not fit in."""
    if not reference.size or sound.size < reference.size:
        return 0.0
    size = 1 << (sound.size + reference.size - 1).bit_length()
    product = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(reference, size))
    correlation = np.fft.irfft(product, size)[: sound.size - reference.size + 1]
    energy = np.concatenate(([0.0], np.cumsum(sound * sound)))
    windows = energy[reference.size :] - energy[: -reference.size]
    norm = np.sqrt(np.maximum(windows, 1.0)) * math.sqrt(max(float(reference @ reference), 1.0))
    return float(np.max(correlation / norm))
