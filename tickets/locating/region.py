"""The region by the points of its places: what lies inside it, and which place is nearest. Pure.

Made of circles around the middle of each desa: without borders it is nearly right, and says where it is not."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from tickets.locating.finding import Place

METRES = 111_195.0  # of a degree
# within this part of a desa's circle, or within the circles of so many, a point is taken for inside (docs/adr/0035)
HALF, CIRCLES = 0.5, 2


@dataclass(frozen=True, slots=True)
class Near:
    """The desa whose middle is nearest, and the way to it."""

    place: Place
    metres: float

    @property
    def sentence(self) -> str:
        """«dekat Kecapi, Kec. Tahunan (1,2 km)»."""
        away = f"{self.metres / 1000:.1f} km".replace(".", ",") if self.metres >= 1000 else f"{self.metres:.0f} m"
        return f"dekat {self.place.desa}, Kec. {self.place.kecamatan} ({away})"


class Region:
    """The desa of a region that have a point."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._desa = [
            (place.lat, place.lon, place.radius_m or 0.0, place)
            for place in places
            if place.kind == "desa" and place.lat is not None and place.lon is not None
        ]

    @property
    def middle(self) -> tuple[float, float] | None:
        """The middle of the region; None without points. Islands far away do not draw it out to sea."""
        if not self._desa:
            return None
        half = len(self._desa) // 2
        return sorted(row[0] for row in self._desa)[half], sorted(row[1] for row in self._desa)[half]

    def inside(self, lat: float, lon: float) -> bool | None:
        """True within the region by the circles of its desa; None where no desa has a circle."""
        circles = [row for row in self._desa if row[2] > 0]
        if not circles:
            return None
        shares = [_metres(lat, lon, row[0], row[1]) / row[2] for row in circles]
        return min(shares) <= HALF or sum(share <= 1.0 for share in shares) >= CIRCLES

    def nearest(self, lat: float, lon: float) -> Near | None:
        """The desa with the nearest middle: its neighbour may be the right one."""
        if not self._desa:
            return None
        row = min(self._desa, key=lambda row: _metres(lat, lon, row[0], row[1]))
        return Near(row[3], _metres(lat, lon, row[0], row[1]))


def _metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The way between two points that are not far from each other."""
    wide = METRES * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot((lat - other_lat) * METRES, (lon - other_lon) * wide)
