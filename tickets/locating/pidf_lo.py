"""Points of PIDF-LO (RFC 4119, RFC 5491): a document's shapes, and a circle as Asterisk writes it. Pure.

Read by its own words, without an XML parser: no entity is ever resolved."""

from __future__ import annotations

import math
import re

from tickets.errors import InvalidInput
from tickets.locating.point import Point, known

METRES = 111_195.0  # of a degree
_MEANT = re.compile(
    r"<(?:\w+:)?(?:presence|pos|posList|location-info|civicAddress|Circle|Point|Polygon)\b|\bpos=\"", re.I
)
_POS = re.compile(r"<(?:\w+:)?pos(?:List)?\b[^>]*>([^<]*)<", re.I)
_ATTRIBUTE = re.compile(r'\b(\w+)="([^"]*)"')
_ELEMENT = re.compile(
    r"<(?:\w+:)?(radius|semiMajorAxis|innerRadius|outerRadius|startAngle|openingAngle)\b([^>]*)>\s*([^<]*?)\s*<", re.I
)
_SHAPE = re.compile(r"<(?:\w+:)?(Point|Circle|Sphere|Ellipse|Ellipsoid|ArcBand|Polygon|Prism)\b", re.I)
_THREE = re.compile(r"EPSG:+4979|srsDimension=[\"']3|shape=\"?(?:Sphere|Ellipsoid|Prism)|crs=\"?3d", re.I)
SOURCE = "jaringan (PIDF-LO)"


def is_meant(text: str) -> bool:
    """True for a text that holds a position of a network."""
    return bool(_MEANT.search(text))


def read(text: str) -> Point:
    """The middle of the first shape, with a radius that covers all of it; InvalidInput without a point."""
    dimensions = 3 if _THREE.search(text) else 2
    points = _points(text, dimensions)
    if not points:
        raise InvalidInput("lokasi dari jaringan tanpa titik (alamat atau rujukan saja); tanyakan tempatnya")
    if any(not math.isfinite(number) for point in points for number in point):
        raise InvalidInput("lokasi dari jaringan rusak: titiknya bukan angka; tanyakan tempatnya")
    sizes = _sizes(text)
    shape = _SHAPE.search(text)
    if shape and shape[1].casefold() == "arcband":
        return _of_arc(points[0], sizes)
    if len(points) > 2:
        return _of_outline(points)
    radius = sizes.get("radius", sizes.get("semimajoraxis"))
    return known(*points[0], SOURCE, radius_m=radius)


def _points(text: str, dimensions: int) -> list[tuple[float, float]]:
    """Latitude and longitude of each position of the first shape."""
    written = [match[1] for match in _POS.finditer(text)] or [dict(_ATTRIBUTE.findall(text)).get("pos", "")]
    numbers: list[float] = []
    for word in " ".join(written).replace(",", " ").split():
        try:
            numbers.append(float(word))
        except ValueError:
            numbers.append(math.nan)
    return [(numbers[at], numbers[at + 1]) for at in range(0, len(numbers) - 1, dimensions)]


def _sizes(text: str) -> dict[str, float]:
    """Radii and angles in metres and degrees, by their name in small letters."""
    attributes = {name.casefold(): value for name, value in _ATTRIBUTE.findall(text)}
    written = [("radius", "", attributes["radius"])] if "radius" in attributes else []
    written += [(match[1].casefold(), match[2], match[3]) for match in _ELEMENT.finditer(text)]
    sizes: dict[str, float] = {}
    for name, unit, value in written:
        try:
            number = float(value)
        except ValueError:
            continue
        if math.isfinite(number) and number >= 0:
            sizes.setdefault(name, math.degrees(number) if "9101" in unit else number)
    return sizes


def _of_arc(middle: tuple[float, float], sizes: dict[str, float]) -> Point:
    """The middle of an arc band: of a mast's sector, not the mast."""
    inner, outer = sizes.get("innerradius", 0.0), sizes.get("outerradius", 0.0)
    opening = math.radians(min(sizes.get("openingangle", 360.0), 360.0))
    bearing = math.radians(sizes.get("startangle", 0.0)) + opening / 2
    away = (inner + outer) / 2 if opening < math.pi else 0.0
    lat = middle[0] + away * math.cos(bearing) / METRES
    lon = middle[1] + away * math.sin(bearing) / (METRES * max(0.01, math.cos(math.radians(middle[0]))))
    ends = [(radius, bearing + turn) for radius in (inner, outer) for turn in (-opening / 2, 0.0, opening / 2)]
    farthest = max(
        math.hypot(
            radius * math.cos(angle) - away * math.cos(bearing), radius * math.sin(angle) - away * math.sin(bearing)
        )
        for radius, angle in ends
    )
    return known(lat, lon, SOURCE, radius_m=round(outer if not away else farthest, 1))


def _of_outline(points: list[tuple[float, float]]) -> Point:
    """The middle of a polygon's corners, and the way to the farthest of them."""
    corners = points[:-1] if points[0] == points[-1] else points
    lat = sum(point[0] for point in corners) / len(corners)
    lon = sum(point[1] for point in corners) / len(corners)
    wide = METRES * math.cos(math.radians(lat))
    farthest = max(math.hypot((point[0] - lat) * METRES, (point[1] - lon) * wide) for point in corners)
    return known(lat, lon, SOURCE, radius_m=round(farthest, 1))
