"""Time and place of a photo are read, and stripped from the photo."""

import struct
import zlib

import pytest

from console.api.exif import Shot, read, strip
from console.api.photos import inspect
from tests.console.api.test_assigning import png
from tests.console.api.test_photos import LOSSY, jpeg, webp
from tests.console.pictures import JEPARA, TAKEN, exif, with_exif

SHOT = Shot(TAKEN, *JEPARA)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("place", [JEPARA, (6.5, -110.25)])
def test_a_jpeg_tells_when_and_where(order: str, place: tuple[float, float]) -> None:
    """In both byte orders, in all four quarters of the world."""
    data = with_exif(jpeg(), place, order=order)
    assert read(data) == Shot(TAKEN, *place)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_stripped_jpeg_tells_nothing_but_which_way_is_up(orientation: int) -> None:
    """No maker, no time, no place, no comment, nothing behind the picture; still a whole photo."""
    comment = b"\xff\xfe" + struct.pack(">H", 9) + b"rahasia"
    whole = with_exif(jpeg(), orientation=orientation)
    data = whole[:2] + comment + whole[2:] + b"film dengan suara"
    bare = strip(data, "jpg")
    assert inspect(bare) == inspect(jpeg())
    assert read(bare) == Shot(orientation=orientation)
    assert b"ahasia" not in bare.lower() and b"film" not in bare and b"2026" not in bare


def test_png_and_webp_lose_their_blocks() -> None:
    """Their pictures are the same."""
    block = exif(JEPARA, TAKEN, 1, ">")
    chunk = struct.pack(">I", len(block)) + b"eXIf" + block + struct.pack(">I", zlib.crc32(b"eXIf" + block))
    shown = png()[:33] + chunk + png()[33:]
    assert (read(shown), strip(shown, "png")) == (SHOT, png())
    plain = webp(b"VP8 ", LOSSY)
    body = plain[12:] + b"EXIF" + struct.pack("<I", len(block)) + block + b"\0" * (len(block) % 2)
    shown = b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
    assert (read(shown), strip(shown, "webp")) == (SHOT, plain)


@pytest.mark.parametrize("at", range(20, 220, 7))
def test_broken_blocks_tell_nothing_and_break_nothing(at: int) -> None:
    """A byte that is another one, or a file that ends early."""
    data = bytearray(with_exif(jpeg()))
    data[at] ^= 0xFF
    for broken in (bytes(data), bytes(data[:at])):
        assert isinstance(read(broken), Shot)
        assert isinstance(strip(broken, "jpg"), bytes)


def test_a_camera_without_a_clock_or_a_place_is_no_witness() -> None:
    """Zeros are no moment, and no place in the Gulf of Guinea."""
    assert read(with_exif(jpeg(), (0.0, 0.0), "0000-00-00T00:00:00+07:00")) == Shot()
