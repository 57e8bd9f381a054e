"""Photos are recognised by their bytes."""

import struct

import pytest

from console.api.photos import Picture, inspect
from tests.console.api.test_assigning import png


def jpeg(width: int = 640, height: int = 480, *, frame: int = 0xC0, tail: bytes = b"") -> bytes:
    """A JPEG by its structure: APP0, frame header, scan, end."""
    app = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
    sof = bytes([0xFF, frame]) + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + app + sof + b"\xff\xda" + struct.pack(">H", 8) + bytes(6) + b"data" + b"\xff\xd9" + tail


def webp(kind: bytes, body: bytes) -> bytes:
    """A WebP container with one chunk."""
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


LOSSY = bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 320, 240)
LOSSLESS = b"\x2f" + struct.pack("<I", 319 | 239 << 14)
EXTENDED = bytes(4) + (319).to_bytes(3, "little") + (239).to_bytes(3, "little")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (jpeg(), Picture("jpg", 640, 480)),
        (jpeg(frame=0xC2), Picture("jpg", 640, 480)),
        (jpeg(tail=b"samsung trailer"), Picture("jpg", 640, 480)),
        (png(), Picture("png", 3, 2)),
        (webp(b"VP8 ", LOSSY), Picture("webp", 320, 240)),
        (webp(b"VP8L", LOSSLESS), Picture("webp", 320, 240)),
        (webp(b"VP8X", EXTENDED), Picture("webp", 320, 240)),
        (b"", None),
        (b"\xff\xd8\xff", None),
        (jpeg(width=0), None),
        (jpeg(width=65535, height=65535), None),
        (png(100_000, 2)[:16] + struct.pack(">II", 2**31 - 1, 2**31 - 1) + png()[24:], None),
        (jpeg(frame=0xC4), None),
        (jpeg()[:40], None),
        (png()[:30], None),
        (png().replace(b"IDAT", b"IDAX"), None),
        (webp(b"VP8 ", LOSSY)[:-4], None),
        (webp(b"ANIM", LOSSY), None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
    ],
)
def test_a_photo_is_told_by_its_structure(data: bytes, expected: Picture | None) -> None:
    """Whole JPEG, PNG and WebP only."""
    assert expected == inspect(data)
