"""Recognises photos by their structure, without a decoder, whatever their file name says."""

import struct
import zlib
from dataclasses import dataclass

MAX_PHOTO = 8 * 1024 * 1024
# more than any telephone takes; a small file may claim to be as large as a browser's whole memory
MAX_PIXELS = 120_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Picture:
    """A recognised picture: its file name's ending and its size in pixels."""

    ending: str
    width: int
    height: int


def inspect(data: bytes) -> Picture | None:
    """The picture that these bytes hold (JPEG, PNG or WebP, whole and not empty), or None.

    None as well for more than MAX_PIXELS."""
    for look in (_jpeg, _png, _webp):
        try:
            picture = look(data)
        except (struct.error, IndexError):
            picture = None
        if picture is not None and 0 < picture.width * picture.height <= MAX_PIXELS:
            return picture
    return None


def _jpeg(data: bytes) -> Picture | None:
    """Segments from SOI to the frame header, a scan, and an end marker near the end (phones append data)."""
    if not data.startswith(b"\xff\xd8\xff") or data.rfind(b"\xff\xd9") < 0:
        return None
    at, picture = 2, None
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if length < 2 or marker in (0xD8, 0xD9):
            return None
        if marker in _SOF:
            height, width = struct.unpack_from(">HH", data, at + 5)
            picture = Picture("jpg", width, height)
        if marker == 0xDA:
            return picture
        at += 2 + length
    return None


def _png(data: bytes) -> Picture | None:
    """Chunks with right checksums from IHDR over IDAT to IEND."""
    if not data.startswith(_PNG) or data[12:16] != b"IHDR":
        return None
    at, pixels = len(_PNG), False
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 8 + length
        (checksum,) = struct.unpack_from(">I", data, end)
        if zlib.crc32(data[at + 4 : end]) != checksum:
            return None
        pixels = pixels or kind == b"IDAT"
        if kind == b"IEND":
            return Picture("png", *struct.unpack_from(">II", data, 16)) if pixels else None
        at = end + 4
    return None


def _webp(data: bytes) -> Picture | None:
    """A RIFF container as long as it says with a first chunk of VP8, VP8L or VP8X."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or struct.unpack_from("<I", data, 4)[0] + 8 > len(data):
        return None
    kind = data[12:16]
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return Picture("webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, 21)
        return Picture("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return Picture("webp", width, height)
    return None
