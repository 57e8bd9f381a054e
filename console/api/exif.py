"""Reads time and place of a photo from its metadata, and strips the metadata: by structure, without a decoder.

Exif 2.32, 4.6 (tags); JPEG segments; PNG chunks; WebP (RIFF) chunks. Broken metadata is no error: it is ignored.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

# of a JPEG's application segments: JFIF, colour profile, Adobe's colour transform; all else tells of people and places
_KEPT_SEGMENTS = frozenset({0xE0, 0xE2, 0xEE})
_TELLING_CHUNKS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_TELLING_RIFF = frozenset({b"EXIF", b"XMP "})
_DATE = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"[+-]\d\d:\d\d")
_ORIENTATION, _EXIF_IFD, _GPS_IFD = 0x0112, 0x8769, 0x8825
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}


@dataclass(frozen=True, slots=True)
class Shot:
    """The facts of a shot: `taken_at` in ISO 8601, without an offset where the camera knew none.

    `lat` and `lon` are degrees, north and east positive."""

    taken_at: str | None = None
    lat: float | None = None
    lon: float | None = None
    orientation: int = 1


def read(data: bytes) -> Shot:
    """Time, place and orientation of a photo, from its metadata."""
    for block in _exif_blocks(data):
        try:
            return _shot(block)
        except (struct.error, IndexError, ValueError, ZeroDivisionError):
            continue
    return Shot()


def strip(data: bytes, ending: str) -> bytes:
    """The same picture without time, place, camera and comments; a JPEG keeps its orientation."""
    if ending == "jpg":
        return _strip_jpeg(data, read(data).orientation)
    return _strip_png(data) if ending == "png" else _strip_webp(data)


# -- reading -----------------------------------------------------------------------------------------------------------


def _exif_blocks(data: bytes) -> Iterator[bytes]:
    if data.startswith(b"\xff\xd8"):
        for marker, start, end in _segments(data):
            if marker == 0xE1 and data[start + 4 : start + 10] == b"Exif\0\0":
                yield data[start + 10 : end]
    elif data.startswith(b"\x89PNG"):
        yield from (data[at + 8 : end - 4] for kind, at, end in _chunks(data) if kind == b"eXIf")
    elif data[8:12] == b"WEBP":
        for kind, at, end in _riff(data):
            if kind == b"EXIF":
                yield data[at + 8 : end].removeprefix(b"Exif\0\0")


def _shot(block: bytes) -> Shot:
    order = {b"II": "<", b"MM": ">"}[block[:2]] if block[:2] in (b"II", b"MM") else ""
    if not order:
        return Shot()
    main = _tags(block, order, struct.unpack_from(f"{order}I", block, 4)[0])
    inner = _tags(block, order, _whole(main.get(_EXIF_IFD), order)) if _EXIF_IFD in main else {}
    gps = _tags(block, order, _whole(main.get(_GPS_IFD), order)) if _GPS_IFD in main else {}
    lat, lon = _degrees(gps, order, 2, b"S", 90), _degrees(gps, order, 4, b"W", 180)
    both = lat is not None and lon is not None and (lat, lon) != (0.0, 0.0)
    turned = _whole(main.get(_ORIENTATION), order) if _ORIENTATION in main else 1
    where = (lat, lon) if both else (None, None)
    return Shot(_moment(inner), *where, orientation=turned if 1 <= turned <= 8 else 1)


def _tags(block: bytes, order: str, at: int) -> dict[int, bytes]:
    """The values of one directory by tag, as raw bytes."""
    values = {}
    (count,) = struct.unpack_from(f"{order}H", block, at)
    for entry in range(at + 2, at + 2 + 12 * min(count, 200), 12):
        tag, kind, length = struct.unpack_from(f"{order}HHI", block, entry)
        size = _SIZES.get(kind, 0) * length
        start = entry + 8 if size <= 4 else struct.unpack_from(f"{order}I", block, entry + 8)[0]
        values[tag] = block[start : start + size]
    return values


def _whole(raw: bytes | None, order: str) -> int:
    raw = raw or b""
    return int(struct.unpack_from(f"{order}{'H' if len(raw) == 2 else 'I'}", raw)[0])


def _moment(tags: dict[int, bytes]) -> str | None:
    matched = _DATE.match(tags.get(_TAKEN, b"").decode("ascii", "replace"))
    if matched is None or matched[1] == "0000":
        return None
    year, month, day, hour, minute, second = matched.groups()
    offset = tags.get(_TAKEN_OFFSET, b"").rstrip(b"\0").decode("ascii", "replace")
    zone = offset if _OFFSET.fullmatch(offset) else ""
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"


def _degrees(tags: dict[int, bytes], order: str, tag: int, negative: bytes, limit: int) -> float | None:
    if len(tags.get(tag, b"")) < 24:
        return None
    parts = struct.unpack_from(f"{order}6I", tags[tag])
    value = parts[0] / parts[1] + parts[2] / parts[3] / 60 + parts[4] / parts[5] / 3600
    sign = -1 if tags.get(tag - 1, b"").startswith(negative) else 1
    return round(sign * value, 6) if value <= limit else None


# -- walking -----------------------------------------------------------------------------------------------------------


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment up to the first scan; (0xDA, start, end of file) is the last."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:
            yield marker, at, len(data)
            return
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        yield marker, at, end
        at = end


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 8
    while at + 12 <= len(data):
        end = at + 12 + struct.unpack_from(">I", data, at)[0]
        yield data[at + 4 : at + 8], at, end
        at = end


def _riff(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 12
    while at + 8 <= len(data):
        size = struct.unpack_from("<I", data, at + 4)[0]
        yield data[at : at + 4], at, at + 8 + size
        at += 8 + size + size % 2


# -- taking out --------------------------------------------------------------------------------------------------------


def _strip_jpeg(data: bytes, orientation: int) -> bytes:
    kept = [b"\xff\xd8"]
    if orientation != 1:
        tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
        kept.append(b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff)
    for marker, start, end in _segments(data):
        telling = (0xE0 <= marker <= 0xEF and marker not in _KEPT_SEGMENTS) or marker == 0xFE
        if marker == 0xE2 and data[start + 4 : start + 15] != b"ICC_PROFILE":
            telling = True
        if not telling:
            kept.append(data[start : _end_of_picture(data) if marker == 0xDA else end])
    return b"".join(kept)


def _end_of_picture(data: bytes) -> int:
    """The offset behind the end marker of the scan.

    Telephones append a preview or a film with markers of its own; within a scan there is no end marker."""
    at = data.find(b"\xff\xda")
    while at >= 0:
        at = data.find(b"\xff", at + 1)
        if at < 0 or at + 1 >= len(data):
            break
        if data[at + 1] == 0xD9:
            return at + 2
    return len(data)


def _strip_png(data: bytes) -> bytes:
    kept = [data[at:end] for kind, at, end in _chunks(data) if kind not in _TELLING_CHUNKS]
    return data[:8] + b"".join(kept)


def _strip_webp(data: bytes) -> bytes:
    kept = []
    for kind, at, end in _riff(data):
        if kind in _TELLING_RIFF:
            continue
        chunk = data[at:end] + b"\0" * ((end - at) % 2)
        if kind == b"VP8X":  # its flags said that there were EXIF (8) and XMP (4)
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]
        kept.append(chunk)
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body
