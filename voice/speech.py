"""Makes telephone sound files (8 kHz, 16 bit, mono WAV) of Indonesian text with espeak-ng and sox."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

RATE = 8000
VERSION = 1  # part of every stored hash: raise it when the chain below sounds different

# Words that espeak-ng's Indonesian voice mispronounces, mostly by «e» as in «bebek» for the schwa of «tekan».
PRONOUNCE = {
    "belas": "b@l'as",
    "cepat": "tS@p'at",
    "dengan": "d@N'an",
    "empat": "@mp'at",
    "enam": "@n'am",
    "jelas": "dZ@l'as",
    "pesan": "p@s'an",
    "sebelum": "s@b@l'um",
    "sedang": "s@d'aN",
    "segera": "s@g@R2'a",
    "tekan": "t@k'an",
    "tetap": "t@t'ap",
    # Javanese, spoken by the Indonesian voice
    "enem": "@n'@m",
    "pedhot": "p@d'ot",
    "pencet": "p@ntS'et",
    "sedasa": "s@d'aso",
    "sekawan": "s@k'awan",
    "setunggal": "s@t'uNgal",
}
DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")

_RANGE = re.compile(r"(?<=\d)\s*[-–]\s*(?=\d\d?[.:]\d\d)")
_CLOCK = re.compile(r"\b([01]?\d|2[0-4])[.:]([0-5]\d)\b(?![.:]?\d)")
_DIGIT_BY_DIGIT = re.compile(r"(?<![\w.,])(?:\+?\d{5,}|0\d+|11\d|129)(?![\w]|[.,]\d)")
_WORD = re.compile(r"[^\W\d_]+")
_PHONEMES = re.compile(r"(\[\[.*?\]\])")

_TELEPHONE = ["highpass", "120", "compand", "0.005,0.12", "-60,-60,-30,-18,0,-6", "0", "-90", "0.02"]
_TRIM = ["silence", "1", "0.01", "0.5%", "reverse", "silence", "1", "0.01", "0.5%", "reverse"]


class PromptError(Exception):
    """A sound could not be made; the message has the sound, the reason, and the remedy."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A manner of speaking: words per minute, pause between words in 10 ms, silence around in seconds."""

    speed: int = 145
    gap: int = 2
    before_s: float = 0.2
    after_s: float = 0.3


NORMAL = Voice()


def spoken(text: str) -> str:
    """Prepare text for espeak-ng: clock times, emergency and telephone numbers, and words that it mispronounces."""
    text = _RANGE.sub(" sampai ", text)
    text = _CLOCK.sub(_say_clock, text)
    text = _DIGIT_BY_DIGIT.sub(_say_digits, text)
    parts = _PHONEMES.split(text)
    return "".join(part if part.startswith("[[") else _WORD.sub(_say_word, part) for part in parts)


def speak(text: str, path: Path, voice: Voice = NORMAL) -> float:
    """Speak free text (a report) into a WAV file in one atomic step; returns its seconds. Blocks some 0.1 s."""
    plain = re.sub(r"[\[\]<>\x00-\x1f]+", " ", text)[:2000]
    return utter(spoken(plain), path, voice)


def utter(words: str, path: Path, voice: Voice) -> float:
    """Speak prepared text into a WAV file; returns its seconds."""
    with tempfile.TemporaryDirectory(prefix="tanggap-") as scratch:
        raw = Path(scratch, "raw.wav")
        pace = ["-s", str(voice.speed), "-g", str(voice.gap)]
        run(["espeak-ng", "-v", "id", *pace, "-b", "1", "--stdin", "-w", str(raw)], stdin=words)
        pad = ["pad", f"{voice.before_s:g}", f"{voice.after_s:g}"]
        return convert(raw, path, [*_TELEPHONE, *_TRIM, "gain", "-n", "-3", *pad])


def convert(source: Path, path: Path, effects: list[str]) -> float:
    """Convert a sound file to telephone WAV through sox effects, in one atomic step; returns its seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=path.parent) as scratch:
        made = Path(scratch, "made.wav")
        telephone = ["-r", str(RATE), "-c", "1", "-b", "16", "-e", "signed-integer"]
        run(["sox", "-V1", str(source), *telephone, str(made), *effects])
        length = seconds(made)
        os.replace(made, path)
    return length


def seconds(path: Path) -> float:
    """The length of a WAV file in seconds."""
    with wave.open(str(path), "rb") as sound:
        return sound.getnframes() / sound.getframerate()


def run(command: list[str], stdin: str = "") -> None:
    """Run espeak-ng or sox under a time limit; PromptError with its output, or with the package to install."""
    try:
        done = subprocess.run(command, input=stdin.encode(), capture_output=True, timeout=60, check=False)
    except FileNotFoundError:
        message = f"{command[0]} tidak ditemukan; pasang dengan: apt-get install espeak-ng sox"
        raise PromptError(message) from None
    except subprocess.TimeoutExpired:
        raise PromptError(f"{command[0]} tidak selesai dalam 60 detik") from None
    if done.returncode != 0:
        output = done.stderr.decode(errors="replace").strip().splitlines()
        raise PromptError(f"{command[0]} gagal ({done.returncode}): {output[-1] if output else 'tanpa keterangan'}")


def _say_clock(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    return f"{hour}" if minute == 0 else f"{hour} lewat {minute} menit"


def _say_digits(match: re.Match[str]) -> str:
    return " ".join(DIGITS[int(digit)] for digit in match[0] if digit.isdigit())


def _say_word(match: re.Match[str]) -> str:
    phonemes = PRONOUNCE.get(match[0].lower())
    return f"[[{phonemes}]]" if phonemes else match[0]
