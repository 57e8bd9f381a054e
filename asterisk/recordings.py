"""Files that Asterisk records into: their path, their length, and the repair of an unfinished header."""

import struct
from pathlib import Path

WAV_HEADER_BYTES, WAV_BYTES_PER_S = 44, 16000
# a shorter message holds no words
SHORTEST_MESSAGE_S = 0.5


def file_of(recordings: Path, recording: str) -> Path:
    """The file that Asterisk writes a recording to."""
    return recordings / f"{recording}.wav"


def message_s(path: Path) -> float:
    """Length in seconds of the message in this file, by its size; 0 where there is none.

    Not by Asterisk: it counts whole seconds, says `done` on a full disk, and writes the header at the end."""
    try:
        size = path.stat().st_size
    except OSError:
        return 0.0
    seconds = round((size - WAV_HEADER_BYTES) / WAV_BYTES_PER_S, 1)
    return seconds if seconds >= SHORTEST_MESSAGE_S else 0.0


def mend(path: Path) -> bool:
    """Write the lengths into the header of a WAV file that was cut short: without them players see no sound.

    False where there is no such file or nothing to mend."""
    try:
        with path.open("r+b") as file:
            size, header = path.stat().st_size, file.read(WAV_HEADER_BYTES)
            if len(header) < WAV_HEADER_BYTES or header[:4] != b"RIFF" or header[36:40] != b"data":
                return False
            lengths = struct.pack("<I", size - 8), struct.pack("<I", size - WAV_HEADER_BYTES)
            if (header[4:8], header[40:44]) == lengths:
                return False
            for at, length in zip((4, 40), lengths, strict=True):
                file.seek(at)
                file.write(length)
    except OSError:
        return False
    return True
