"""Reads the caller's position from the PIDF-LO that a network may send with the call (RFC 4119, RFC 5491)."""

import math
import re

_FIELD = re.compile(r'(\w+)="([^"]*)"')
LONGEST = 2000


def parse(text: str | None) -> dict[str, float | str] | None:
    """`lat`, `lon` in degrees and `radius_m` of Asterisk's GEOLOC_PROFILE(location_info), or None where there are none.

    `shape="Circle",crs="2d",pos="-6.5888 110.6684",radius="850.24"`; a polygon or a reference has no single position
    and is kept as `text` alone. An unreadable text is no error: the call goes on without a place.
    """
    if not text:
        return None
    fields = dict(_FIELD.findall(text[:LONGEST]))
    parts = fields.get("pos", "").split()
    try:
        lat, lon = (float(part) for part in parts[:2])
    except ValueError:
        return {"text": text[:LONGEST]}
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        return {"text": text[:LONGEST]}
    position: dict[str, float | str] = {"lat": lat, "lon": lon}
    radius = _radius(fields.get("radius", ""))
    return position if radius is None else position | {"radius_m": radius}


def _radius(text: str) -> float | None:
    try:
        radius = float(text)
    except ValueError:
        return None
    return radius if math.isfinite(radius) and radius >= 0 else None
