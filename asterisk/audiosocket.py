"""AudioSocket: how Asterisk streams a channel's sound to a program over TCP (docs.asterisk.org, AudioSocket).

A frame is one byte of kind, two of length, then so many bytes: first the stream's UUID, then 16 bit samples at 8 kHz.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

HANGUP, IDENT, ERROR, AUDIO = 0x00, 0x01, 0xFF, 0x10
HANGUP_FRAME = bytes([HANGUP, 0, 0])
_HEAD = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame."""

    kind: int
    payload: bytes

    @property
    def ident(self) -> str:
        """The stream's UUID, of an IDENT frame; empty where it is none."""
        return str(uuid.UUID(bytes=self.payload)) if len(self.payload) == 16 else ""


class Frames:
    """Puts frames together from the bytes of one connection, however they were cut."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Take in bytes; yields the frames that are complete."""
        self._buffer += data
        while len(self._buffer) >= _HEAD:
            end = _HEAD + int.from_bytes(self._buffer[1:_HEAD], "big")
            if len(self._buffer) < end:
                return
            frame = Frame(self._buffer[0], bytes(self._buffer[_HEAD:end]))
            del self._buffer[:end]
            yield frame


def extension(port: int, ident: str) -> str:
    """The extension of the context `ear` that streams a channel to 127.0.0.1:`port` under this UUID."""
    return f"{port:05d}{ident}"
