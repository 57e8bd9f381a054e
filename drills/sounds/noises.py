"""Sounds that callers' telephones send and that are nobody's voice; made here, so that they are the same every time.

Each is a float array between -1 and 1 at 8 kHz. `NOISES` names them all; `seed` gives another one of the same kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from drills.sounds.hearing import RATE
from voice.music import music

Sound = NDArray[np.float64]
Maker = Callable[[float, int], Sound]

_DTMF_ROWS, _DTMF_COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
_KEYS = "123A456B789C*0#D"


def noise(seconds: float, seed: int = 0, colour: float = 0.0, low: float = 0.0, high: float = RATE / 2) -> Sound:
    """Random noise whose power falls with frequency to the power `colour` (0 white, 1 pink, 2 brown), band-limited."""
    size = int(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(size))
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    spectrum *= np.maximum(hertz, 20.0) ** (-colour / 2)
    spectrum[(hertz < low) | (hertz > high)] = 0
    return level(np.fft.irfft(spectrum, size), 0.1)


def level(sound: Sound, rms: float) -> Sound:
    """Scale to `rms` (1 is full scale); silence stays silence."""
    now = float(np.sqrt(np.mean(sound**2))) if sound.size else 0.0
    return sound * (rms / now) if now > 0 else sound


def at_dbfs(sound: Sound, dbfs: float) -> Sound:
    """Scale to `dbfs` (root mean square below full scale)."""
    return level(sound, 10 ** (dbfs / 20))


def silence(seconds: float, seed: int = 0) -> Sound:
    """Digital silence."""
    return np.zeros(int(seconds * RATE))


def comfort(seconds: float, seed: int = 0) -> Sound:
    """Comfort noise, which a network sends instead of silence: faint pink noise at -60 dBFS."""
    return at_dbfs(noise(seconds, seed, 1.0), -60)


def hiss(seconds: float, seed: int = 0) -> Sound:
    """A bad line: white noise."""
    return noise(seconds, seed)


def hum(seconds: float, seed: int = 0) -> Sound:
    """Mains hum with its harmonics."""
    return level(_harmonics(np.full(int(seconds * RATE), 50.0), 12, 0.8, seed) + 0.02 * noise(seconds, seed), 0.1)


def exhaust(seconds: float, seed: int = 0) -> Sound:
    """A revved motorcycle: firing pulses of 60 to 160 Hz with many harmonics, roughness, and a hiss with each pulse."""
    rng = np.random.default_rng(seed)
    size = int(seconds * RATE)
    time = np.arange(size) / RATE
    revs = 110 + 45 * np.sin(2 * np.pi * (0.4 + 0.5 * rng.random()) * time + rng.random() * 6) * _wander(size, rng, 2)
    revs = np.clip(revs + 6 * _wander(size, rng, 8), 40, 220)
    body = _harmonics(revs, 24, 0.7, seed)
    pulse = 0.5 + 0.5 * np.sin(2 * np.pi * np.cumsum(revs) / RATE)
    rough = 1 + 0.35 * _wander(size, rng, 30)
    return level(body * rough + 2.0 * noise(seconds, seed + 1, 0.6) * pulse**2, 0.16)


def diesel(seconds: float, seed: int = 0) -> Sound:
    """An engine that idles: pulses at 25 to 30 Hz, knocking."""
    rng = np.random.default_rng(seed)
    size = int(seconds * RATE)
    rate = 27 + 1.5 * _wander(size, rng, 3)
    pulse = np.clip(np.sin(2 * np.pi * np.cumsum(rate) / RATE), 0, 1) ** 6
    return level(_harmonics(rate, 40, 0.5, seed) + 4 * pulse * noise(seconds, seed, 0.5), 0.12)


def wind(seconds: float, seed: int = 0) -> Sound:
    """Wind in the microphone: low rumble in gusts."""
    rng = np.random.default_rng(seed)
    gusts = np.clip(0.6 + 0.7 * _wander(int(seconds * RATE), rng, 1.2), 0.05, 3)
    return level(noise(seconds, seed, 2.0) * gusts + 0.2 * noise(seconds, seed + 1, 0.8) * gusts**2, 0.12)


def traffic(seconds: float, seed: int = 0) -> Sound:
    """A road: vehicles pass, tyres hiss, now and then a horn."""
    rng = np.random.default_rng(seed)
    size = int(seconds * RATE)
    sound = 0.3 * noise(seconds, seed, 1.5)
    for _ in range(max(2, int(seconds))):
        middle, width = rng.random() * seconds, 0.6 + rng.random()
        near = np.exp(-(((np.arange(size) / RATE - middle) / width) ** 2))
        motor = _harmonics(np.full(size, 50 + 60 * rng.random()), 16, 0.75, int(rng.integers(9999)))
        sound += near * (0.8 * noise(seconds, int(rng.integers(9999)), 1.0) + 0.5 * level(motor, 0.1))
    for _ in range(int(seconds / 4)):
        start, long = int(rng.random() * size), int((0.2 + 0.3 * rng.random()) * RATE)
        end = min(size, start + long)
        sound[start:end] += level(_harmonics(np.full(end - start, 400.0 + 60 * rng.random()), 6, 0.8, seed), 0.15)
    return level(sound, 0.12)


def rain(seconds: float, seed: int = 0) -> Sound:
    """Rain on a roof: many small clicks over a hiss."""
    rng = np.random.default_rng(seed)
    drops = noise(seconds, seed, 0.0, 800) * 0.6
    at = rng.integers(0, drops.size, int(200 * seconds))
    drops[at] += rng.standard_normal(at.size) * 0.5
    return level(drops, 0.08)


def hold_music(seconds: float, seed: int = 0) -> Sound:
    """Somebody else's music on hold, or ours come back as an echo."""
    loop = music()
    return np.resize(np.roll(loop, -(seed * 3 * RATE) % loop.size), int(seconds * RATE))


def tapping(seconds: float, seed: int = 0) -> Sound:
    """Fingers on the microphone: dull knocks, in no steady time."""
    rng = np.random.default_rng(seed)
    sound = 0.004 * noise(seconds, seed, 1.0)
    at = 0.2
    while at < seconds - 0.1:
        knock = np.exp(-np.arange(int(0.08 * RATE)) / (0.012 * RATE))
        knock *= np.sin(2 * np.pi * (90 + 120 * rng.random()) * np.arange(knock.size) / RATE)
        knock[: int(0.004 * RATE)] += rng.standard_normal(int(0.004 * RATE)) * 0.8
        start = int(at * RATE)
        end = min(sound.size, start + knock.size)
        sound[start:end] += (0.3 + 0.5 * rng.random()) * knock[: end - start]
        at += 0.15 + 0.5 * rng.random()
    return np.clip(sound, -1, 1)


def rustle(seconds: float, seed: int = 0) -> Sound:
    """A telephone in a pocket: cloth against the microphone in bursts."""
    rng = np.random.default_rng(seed)
    bursts = np.clip(_wander(int(seconds * RATE), rng, 5) - 0.4, 0, 2) ** 1.5
    return level(noise(seconds, seed, 0.7) * bursts + 0.003 * noise(seconds, seed + 1), 0.08)


def breathing(seconds: float, seed: int = 0) -> Sound:
    """Breath on the microphone: in and out every three seconds, noise without a voice."""
    time = np.arange(int(seconds * RATE)) / RATE
    phase = (time / (2.6 + 0.2 * (seed % 5))) % 1
    envelope = np.where(phase < 0.35, np.sin(np.pi * phase / 0.35), 0) * 0.6
    envelope += np.where((phase > 0.45) & (phase < 0.9), np.sin(np.pi * (phase - 0.45) / 0.45), 0)
    return level(noise(seconds, seed, 0.4, 200, 2800) * envelope**2, 0.05)


def keys(seconds: float, seed: int = 0) -> Sound:
    """Keys that arrive as sound (in-band DTMF): 0.1 s each, several a second."""
    rng = np.random.default_rng(seed)
    sound = silence(seconds)
    at = 0.1
    while at < seconds - 0.15:
        key = int(rng.integers(16))
        time = np.arange(int(0.1 * RATE)) / RATE
        start = int(at * RATE)
        sound[start : start + time.size] = 0.25 * (
            np.sin(2 * np.pi * _DTMF_ROWS[key // 4] * time) + np.sin(2 * np.pi * _DTMF_COLUMNS[key % 4] * time)
        )
        at += 0.2 + 0.3 * rng.random()
    return sound


def ringback(seconds: float, seed: int = 0) -> Sound:
    """The tone that a caller's own network may mix in: 425 Hz, one second on, four off."""
    time = np.arange(int(seconds * RATE)) / RATE
    return 0.2 * np.sin(2 * np.pi * 425 * time) * ((time + seed) % 5 < 1)


def busy(seconds: float, seed: int = 0) -> Sound:
    """Engaged tone: 425 Hz, half a second on and off."""
    time = np.arange(int(seconds * RATE)) / RATE
    return 0.2 * np.sin(2 * np.pi * 425 * time) * ((time + 0.1 * seed) % 1 < 0.5)


def fax(seconds: float, seed: int = 0) -> Sound:
    """A fax machine that calls: 1100 Hz, half a second every three and a half."""
    time = np.arange(int(seconds * RATE)) / RATE
    return 0.2 * np.sin(2 * np.pi * 1100 * time) * ((time + 0.3 * seed) % 3.5 < 0.5)


def siren(seconds: float, seed: int = 0) -> Sound:
    """A siren that goes up and down."""
    time = np.arange(int(seconds * RATE)) / RATE
    hertz = 900 + 500 * np.sin(2 * np.pi * (0.25 + 0.1 * (seed % 4)) * time)
    return level(_harmonics(hertz, 3, 0.4, seed) + 0.1 * noise(seconds, seed, 1.0), 0.12)


NOISES: Mapping[str, Maker] = {
    "silence": silence, "comfort": comfort, "hiss": hiss, "hum": hum, "exhaust": exhaust, "diesel": diesel,
    "wind": wind, "traffic": traffic, "rain": rain, "hold-music": hold_music, "tapping": tapping, "rustle": rustle,
    "breathing": breathing, "keys": keys, "ringback": ringback, "busy": busy, "fax": fax, "siren": siren,
}  # fmt: skip


def pcm(sound: Sound) -> bytes:
    """16 bit samples, as telephones of the rehearsal take them."""
    return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()


def key_of(number: int) -> str:
    """The DTMF key that stands at this place of the keypad."""
    return _KEYS[number]


def _harmonics(hertz: Sound, count: int, fall: float, seed: int) -> Sound:
    """A tone of this moving pitch with `count` harmonics, each `fall` times as strong as the one before."""
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    sound = np.zeros(hertz.size)
    for number in range(1, count + 1):
        audible = hertz * number < RATE / 2 - 100
        sound += audible * fall**number * (0.5 + rng.random()) * np.sin(number * phase + 6 * rng.random())
    return sound


def _wander(size: int, rng: np.random.Generator, hertz: float) -> Sound:
    """A slow random movement around 0, about 1 wide."""
    points = max(4, int(size / RATE * hertz) + 2)
    return np.interp(np.linspace(0, points - 1, size), np.arange(points), rng.standard_normal(points))
