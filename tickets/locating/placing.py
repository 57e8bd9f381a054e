"""A pasted point placed in the region: whether it lies inside, and near which desa. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.locating.point import Point
from tickets.locating.reading import read
from tickets.locating.region import Near, Region
from tickets.model import Row


@dataclass(frozen=True, slots=True)
class Position:
    """A point and the region: `inside` is None where the region has no points of its own."""

    point: Point
    inside: bool | None
    near: Near | None

    def as_row(self) -> Row:
        """The position as plain data; `radius_m` and `note` where the text says so."""
        point = self.point
        row: Row = {"lat": point.lat, "lon": point.lon, "source": point.source, "inside": self.inside}
        if point.radius_m is not None:
            row["radius_m"] = point.radius_m
        if point.note:
            row["note"] = point.note
        if self.near is not None:
            place = self.near.place
            row["near"] = {"desa": place.desa, "kecamatan": place.kecamatan, "distance_m": round(self.near.metres)}
        return row


def place_of(text: str, region: Region) -> Position:
    """Read the point of a pasted text and place it; InvalidInput with a sentence where there is none."""
    point = read(text, region.middle)
    return Position(point, region.inside(point.lat, point.lon), region.nearest(point.lat, point.lon))
