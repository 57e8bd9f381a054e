"""Recognises a known sound in the audio that a telephone receives, by cross-correlation; both A-law."""

from __future__ import annotations

import numpy as np

from drills.phones.media import Stream
from drills.phones.rtp import PCMA, alaw
from drills.sounds.hearing import RATE, Samples, correlation

PIECE_S = 0.3
ALIKE = 0.8
QUIET = 60.0  # root mean square below which there is nothing to compare


def _decoding() -> np.ndarray:
    """A-law bytes as samples: for each byte the middle of those that it codes."""
    sums, counts = np.zeros(256), np.zeros(256)
    for sample in range(-32768, 32768, 4):
        coded = alaw(sample)
        sums[coded] += sample
        counts[coded] += 1
    return sums / np.maximum(counts, 1)


_DECODING = _decoding()


def decoded(coded: bytes) -> Samples:
    """A-law as samples."""
    return _DECODING[np.frombuffer(coded, dtype=np.uint8)]


def sounds_like(stream: Stream, sound: bytes) -> bool:
    """True if the last piece that was heard is a part of this sound, which is played over and over."""
    size = int(PIECE_S * RATE)
    piece = decoded(bytes(stream.heard.get(PCMA, b"")[-size:]))
    if piece.size < size or float(np.sqrt(np.mean(piece**2))) < QUIET:
        return False
    return correlation(piece, decoded(sound + sound[:size])) >= ALIKE
