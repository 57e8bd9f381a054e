"""RTP as a phone sends it (RFC 3550), digits (RFC 4733), and prompts recognised by their very bytes."""

import struct
import wave
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

FRAME = 160  # samples of 20 ms at 8 kHz
FRAME_NS = 20_000_000
SILENCE = b"\xd5" * FRAME
PCMU, PCMA, COMFORT, EVENT, UNKNOWN = 0, 8, 13, 101, 99
NAMES = {
    PCMU: "PCMU/8000", PCMA: "PCMA/8000", COMFORT: "CN/8000", EVENT: "telephone-event/8000", UNKNOWN: "SUARA-ANEH/8000",
}  # fmt: skip
# 100 ms: Asterisk lengthens digits below 80 ms by itself. The last packet is sent three times.
DIGIT_PACKETS = 5
END_PACKETS = 3
FEW_VALUES = 16
_HEADER = struct.Struct("!BBHII")
_DIGIT = struct.Struct("!BBH")


def packet(kind: int, sequence: int, stamp: int, ssrc: int, payload: bytes, *, marker: bool = False) -> bytes:
    """One RTP packet."""
    return _HEADER.pack(0x80, kind | (0x80 if marker else 0), sequence & 0xFFFF, stamp, ssrc) + payload


def digit(key: str, step: int, packets: int = DIGIT_PACKETS) -> bytes:
    """The payload of the digit's packet number `step`, counted from 0; those from `packets` on end it."""
    ended = step >= packets
    return _DIGIT.pack("0123456789*#".index(key), 0x80 | 10 if ended else 10, min(step + 1, packets) * FRAME)


def alaw(sample: int) -> int:
    """G.711 A-law of a 16-bit sample, in the very steps of Asterisk (main/alaw.c), so that bytes can be compared."""
    stepped = sample & ~3
    magnitude = min(abs(stepped), 0x7FFF)
    segment = max(magnitude.bit_length() - 8, 0)
    mantissa = magnitude >> (segment + 3 if segment else 4) & 0x0F
    return (segment << 4 | mantissa) ^ (0xD5 if stepped >= 0 else 0x55)


_ALAW = [alaw(sample if sample < 32768 else sample - 65536) for sample in range(65536)]


def encoded(samples: Sequence[int]) -> bytes:
    """A-law of 16-bit samples; unsigned or signed, only their 16 bits count."""
    return bytes(_ALAW[sample & 0xFFFF] for sample in samples)


class Ear:
    """Finds the prompt and the frame of a payload; silence, or a frame that two prompts share, gives None."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        coded = {name: _frames(folder, name) for name in names}
        self.lengths = {name: len(payloads) for name, payloads in coded.items()}  # in frames
        frames = {(name, index): payload for name, payloads in coded.items() for index, payload in enumerate(payloads)}
        times = Counter(frames.values())
        self._known = {payload: where for where, payload in frames.items() if times[payload] == 1}

    def hears(self, payload: bytes) -> tuple[str, int] | None:
        """The (prompt, frame) of a payload, or None."""
        return self._known.get(payload)

    @staticmethod
    def is_sound(payload: bytes) -> bool:
        """True for a whole frame of something audible; the silence of a prompt has only a few values."""
        return len(payload) == FRAME and len(set(payload)) > FEW_VALUES


def _frames(folder: Path, name: str) -> list[bytes]:
    with wave.open(str(folder / f"{name}.wav"), "rb") as file:
        samples = struct.unpack(f"<{file.getnframes()}H", file.readframes(file.getnframes()))
    coded = encoded(samples)
    return [coded[start : start + FRAME] for start in range(0, len(coded) - FRAME + 1, FRAME)]
