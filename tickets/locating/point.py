"""A point of the earth as it was written, with its doubts. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from tickets.errors import InvalidInput

# Indonesia with its seas, degrees: by it latitude and longitude are told apart, whatever their order
SOUTH, NORTH, WEST, EAST = -11.5, 6.5, 94.5, 141.5
EXAMPLE = "-6.59, 110.66"
MINUS_ADDED = "tanda minus ditambahkan: lintang selatan"
SWAPPED = "bujur ditulis lebih dulu: ditukar"
# a greater radius is said in words: nobody is found by it alone
COARSE_M = 1000.0


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees of WGS 84; `source` is how it was written, `note` a doubt about it, `radius_m` its own uncertainty."""

    lat: float
    lon: float
    source: str
    note: str = ""
    radius_m: float | None = None


def ascii_number(number: str) -> str:
    """A number as float() reads it: any minus sign, a decimal comma."""
    return number.strip().replace("−", "-").replace("–", "-").replace(",", ".")


def checked(
    first: str, second: str, source: str, near: tuple[float, float] | None = None, radius_m: float | None = None
) -> Point:
    """A point of two written numbers; InvalidInput for what is no number or not on the earth."""
    try:
        lat, lon = float(ascii_number(first)), float(ascii_number(second))
    except ValueError:
        raise InvalidInput(f"bukan angka: «{first[:30]}, {second[:30]}»; diharapkan misalnya {EXAMPLE}") from None
    return ordered(lat, lon, source, near, radius_m)


def ordered(
    lat: float, lon: float, source: str, near: tuple[float, float] | None, radius_m: float | None = None
) -> Point:
    """Latitude and longitude told apart by where Indonesia lies; a minus that was lost is put back, and noted."""
    note = ""
    if not in_indonesia(lat, lon) and in_indonesia(lon, lat):
        lat, lon, note = lon, lat, SWAPPED
    if near is not None and near[0] < 0 < lat:
        if not WEST <= lon <= EAST and WEST <= lat <= EAST:
            lat, lon, note = lon, lat, SWAPPED
        if WEST <= lon <= EAST and 0 < lat <= -SOUTH and abs(-lat - near[0]) < abs(lat - near[0]):
            lat, note = -lat, MINUS_ADDED
    return known(lat, lon, source, note, radius_m)


def in_indonesia(lat: float, lon: float) -> bool:
    """True within Indonesia and its seas."""
    return SOUTH <= lat <= NORTH and WEST <= lon <= EAST


def known(lat: float, lon: float, source: str, note: str = "", radius_m: float | None = None) -> Point:
    """A point on the earth; InvalidInput for another, and for the zero that a telephone without a position sends."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise InvalidInput(f"tidak ada titik {lat:g}, {lon:g} di bumi; lintang -90 sampai 90, bujur -180 sampai 180")
    if abs(lat) < 0.01 and abs(lon) < 0.01:
        raise InvalidInput("titik 0, 0 berarti ponsel belum tahu posisinya; minta dikirim ulang")
    return within(Point(round(lat, 6), round(lon, 6), source, note), radius_m)


def within(point: Point, radius_m: float | None) -> Point:
    """The point with its uncertainty; a great one is noted, a negative or endless one is none."""
    if radius_m is None or not (math.isfinite(radius_m) and radius_m >= 0):
        return point
    written = f"{radius_m / 1000:.1f}".removesuffix(".0").replace(".", ",")
    note = point.note or (f"kasar: ± {written} km" if radius_m >= COARSE_M else "")
    return replace(point, radius_m=radius_m, note=note)
