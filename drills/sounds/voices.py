"""Voices of callers: Indonesian sentences by espeak-ng in many voices, and their sound over a telephone line."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from drills.sounds.hearing import RATE, read_wav
from drills.sounds.noises import Sound, at_dbfs
from voice.speech import run

SENTENCES = (
    "Tolong, ada kebakaran di pasar, cepat kirim pemadam.",
    "Halo? Halo, ini seratus dua belas?",
    "Ada kecelakaan di depan alun-alun, dua orang luka parah.",
    "Ibu saya tidak bisa bernapas, tolong kirim ambulans.",
    "Banjir sudah masuk rumah, airnya setinggi lutut.",
    "Tolong.",
    "Iya, halo.",
    "Rumah tetangga saya kemasukan maling, saya takut.",
)
VOICES = ("id", "id+f2", "id+f4", "id+m3", "id+m7", "id+Annie", "id+klatt4", "id+croak", "id+grandma", "id+grandpa")
WHISPERS = ("id+whisper", "id+whisperf")


@lru_cache(maxsize=512)
def say(text: str, voice: str = "id", speed: int = 145, pitch: int = 50) -> Sound:
    """A sentence at 8 kHz, -20 dBFS, without silence around it; it blocks some 0.05 s the first time."""
    with tempfile.TemporaryDirectory(prefix="tanggap-") as scratch:
        raw, made = Path(scratch, "raw.wav"), Path(scratch, "made.wav")
        pace = ["-s", str(speed), "-p", str(pitch)]
        run(["espeak-ng", "-v", voice, *pace, "-b", "1", "--stdin", "-w", str(raw)], stdin=text)
        trim = ["silence", "1", "0.01", "0.5%", "reverse", "silence", "1", "0.01", "0.5%", "reverse"]
        run(["sox", "-V1", str(raw), "-r", str(RATE), "-c", "1", "-b", "16", str(made), *trim])
        sound = at_dbfs(read_wav(made) / 32768, -20)
    sound.flags.writeable = False
    return sound


def telephone(sound: Sound) -> Sound:
    """The sound after a telephone line: 300 to 3400 Hz, A-law."""
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(sound.size, 1 / RATE)
    spectrum *= 1 / (1 + (200 / np.maximum(hertz, 1)) ** 8) / (1 + (hertz / 3500) ** 40)
    return a_law(np.fft.irfft(spectrum, sound.size))


def a_law(sound: Sound) -> Sound:
    """Code to A-law (G.711) and back: 8 bits, finer where it is quiet."""
    shape = 1 + np.log(87.6)
    size = np.clip(np.abs(sound), 0, 1)
    packed = np.where(size < 1 / 87.6, 87.6 * size, 1 + np.log(np.maximum(87.6 * size, 1))) / shape
    packed = (np.floor(packed * 128) + 0.5) / 128
    size = np.where(packed < 1 / shape, packed * shape / 87.6, np.exp(packed * shape - 1) / 87.6)
    coded: Sound = np.sign(sound) * size
    return coded


def over(sound: Sound, background: Sound, decibels: float) -> Sound:
    """A voice `decibels` louder than a background, which goes on as long as the voice does."""
    power = float(np.mean(sound**2)) / 10 ** (decibels / 10)
    noise = np.resize(background, sound.size)
    present = float(np.mean(noise**2))
    mixed: Sound = np.clip(sound + noise * np.sqrt(power / present if present else 0.0), -1, 1)
    return mixed
