"""The model alone: its cost, and what it makes of labelled sounds."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from drills.sounds.noises import NOISES, Sound, at_dbfs, comfort, pcm
from drills.sounds.voices import SENTENCES, VOICES, WHISPERS, over, say, telephone
from line.ear.judgement import WINDOW_S, Judge, Verdict
from line.ear.model import WINDOW_BYTES, Model

LEVELS, NOISE_LEVELS = (-10, -20, -30, -40), (-10, -20, -35)
NOISE_S, SEEDS = 10.0, 5
BEHIND = ("exhaust", "traffic", "wind", "rain", "hiss")
SIGNS = {"tapping"}  # knocks are a sign of a person; keys that come as sound are decided by Asterisk


@dataclass(frozen=True, slots=True)
class Class:
    """One kind of sound: how many were taken for a person, and after how many seconds (median, latest)."""

    kind: str
    is_person: bool
    sounds: int
    persons: int
    median_s: float | None
    latest_s: float | None


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU of the model with all that is done for a window."""

    cpu_ms_per_s: float
    windows: int

    @property
    def calls_per_core(self) -> int:
        """Calls at once that one core carries."""
        return int(1000 / self.cpu_ms_per_s)


def cost(seconds: float = 60.0) -> Cost:
    """CPU for one long stream of voice and noise."""
    model, judge = Model(), Judge()
    sound = np.concatenate([telephone(say(text, voice)) for text in SENTENCES for voice in VOICES[:4]])
    data = pcm(np.resize(sound, int(seconds * 8000)))
    windows = [data[at : at + WINDOW_BYTES] for at in range(0, len(data) - WINDOW_BYTES + 1, WINDOW_BYTES)]
    started = time.process_time()
    for window in windows:
        judge.hear(*model.hear(window))
    used = time.process_time() - started
    return Cost(round(used * 1000 / (len(windows) * WINDOW_S), 2), len(windows))


def classes() -> list[Class]:
    """Every kind of labelled sound, heard."""
    model = Model()
    return [_heard(model, kind, person, sounds) for kind, person, sounds in _labelled()]


def _labelled() -> Iterator[tuple[str, bool, list[Sound]]]:
    for dbfs in LEVELS:
        yield f"voice {dbfs} dBFS", True, [_line(at_dbfs(say(t, v), dbfs)) for t in SENTENCES for v in VOICES]
    for decibels in (5, 0, -5):
        mixed = [
            over(np.concatenate([np.zeros(4000), say(text, voice), np.zeros(4000)]), NOISES[kind](6, seed), decibels)
            for seed, text in enumerate(SENTENCES)
            for voice in VOICES[1::3]
            for kind in BEHIND
        ]
        yield f"voice {decibels:+d} dB over noise", True, mixed
    long = [text for text in SENTENCES if len(text) > 15]
    for dbfs in (-20, -30, -40):
        yield f"whisper {dbfs} dBFS", True, [_line(at_dbfs(say(t, v), dbfs)) for t in long for v in WHISPERS]
    for kind, make in NOISES.items():
        if kind in ("silence", "comfort"):
            yield kind, False, [make(NOISE_S * 3, seed) for seed in range(SEEDS)]
        elif kind != "keys":
            sounds = [at_dbfs(make(NOISE_S, seed), dbfs) for seed in range(SEEDS) for dbfs in NOISE_LEVELS]
            yield kind, kind in SIGNS, sounds


def _line(sound: Sound) -> Sound:
    return np.concatenate([comfort(0.5), sound, comfort(1)])


def _heard(model: Model, kind: str, is_person: bool, sounds: list[Sound]) -> Class:
    times = sorted(after for sound in sounds if (after := _person_after(model, sound)) is not None)
    median, latest = (round(times[len(times) // 2], 2), round(times[-1], 2)) if times else (None, None)
    return Class(kind, is_person, len(sounds), len(times), median, latest)


def _person_after(model: Model, sound: Sound) -> float | None:
    """Seconds until a person was heard in it, or None."""
    model.reset()
    judge, data = Judge(), pcm(telephone(sound))
    for number in range(len(data) // WINDOW_BYTES):
        verdict = judge.hear(*model.hear(data[number * WINDOW_BYTES : (number + 1) * WINDOW_BYTES]))
        if verdict in (Verdict.SPEECH, Verdict.KNOCKS):
            return (number + 1) * WINDOW_S
    return None
