"""Turns what a site has of landmarks (GeoJSON, as OpenStreetMap is exported, or CSV) into a file of places."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from instance.places.gazetteer import LONGEST, MOST_BYTES, MOST_NAMES, read_file
from instance.problems import ConfigErrors, Problem, reason

HEAD = ("name", "kind", "also", "desa", "kecamatan", "lat", "lon")
# where OpenStreetMap and other exports keep names and kinds
NAMES = ("name", "nama", "NAMOBJ", "official_name")
ALSO = ("alt_name", "short_name", "loc_name", "old_name", "name:jv", "name:id", "also")
KINDS = (
    "amenity",
    "healthcare",
    "shop",
    "tourism",
    "office",
    "leisure",
    "building",
    "highway",
    "place",
    "natural",
    "kind",
)
DESA = ("desa", "kelurahan", "village", "addr:village", "addr:subdistrict", "WADMKD")
KECAMATAN = ("kecamatan", "district", "addr:district", "addr:city_district", "WADMKC")
Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Imported:
    """The text of a file of places, how many it has, and what was left out, each with the reason."""

    text: str
    count: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Border:
    """The outline of a desa: rings of longitude and latitude, the outer one first, for each of its parts."""

    kecamatan: str
    desa: str
    parts: tuple[tuple[Ring, ...], ...]

    def holds(self, lat: float, lon: float) -> bool:
        """True for a point within a part and in none of its holes."""
        return any(
            _within(part[0], lat, lon) and not any(_within(hole, lat, lon) for hole in part[1:]) for part in self.parts
        )


def landmarks(
    features: Sequence[Mapping[str, Any]], kecamatan: Mapping[str, Sequence[str]], borders: Sequence[Border]
) -> Imported:
    """The named features as rows: the desa by their own properties, else by the borders."""
    rows: dict[tuple[str, str, str], tuple[str, ...]] = {}
    left_out = []
    for feature in features:
        about = feature.get("properties") or {}
        name, point = _first(about, NAMES), _middle(feature.get("geometry") or {})
        if not name:
            continue
        if point is None:
            left_out.append(f"{name}: tanpa titik")
            continue
        place = _written(about, kecamatan) or _bordered(borders, *point)
        if place is None:
            left_out.append(f"{name}: di luar wilayah, atau desanya tidak diketahui")
            continue
        written = tuple(f"{part:.6f}" for part in point)
        row = (name, _kind(about), _also(about, name), place[1], place[0], *written)
        rows.setdefault((*place, name), row)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([HEAD, *rows.values()])
    return Imported(text.getvalue(), len(rows), tuple(left_out))


def _kind(about: Mapping[str, Any]) -> str:
    kind = next((str(about[key]) for key in KINDS if about.get(key) not in (None, "", "yes")), "patokan")
    return kind[:LONGEST]


def _also(about: Mapping[str, Any], name: str) -> str:
    """The other names, each once."""
    parts = [part for key in ALSO for part in str(about.get(key) or "").split(";") if part.strip()]
    names = dict.fromkeys(part.replace("|", " ").strip()[:LONGEST] for part in parts)
    names.pop(name, None)
    return "|".join(list(names)[:MOST_NAMES])


def checked_csv(path: Path, kecamatan: Mapping[str, tuple[str, ...]]) -> Imported:
    """A file of places with the rows that are right; the others are left out, each with its problem."""
    places, problems = read_file(path, kecamatan)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEAD)
    for place in places:
        point = ("", "") if place.lat is None or place.lon is None else (f"{place.lat:.6f}", f"{place.lon:.6f}")
        kind = place.kind if place.name else ""
        writer.writerow([place.name, kind, "|".join(place.also), place.desa, place.kecamatan, *point])
    return Imported(text.getvalue(), len(places), tuple(str(problem) for problem in problems))


def read_features(path: Path) -> list[Mapping[str, Any]]:
    """The features of a GeoJSON file; ConfigErrors with a sentence for another file."""
    expected = "berkas GeoJSON (FeatureCollection)"
    try:
        if path.stat().st_size > 10 * MOST_BYTES:
            raise ConfigErrors(
                [Problem(path.name, 0, 0, "terlalu besar", f"paling besar {10 * MOST_BYTES // 10**6} MB")]
            )
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigErrors([Problem(path.name, 0, 0, f"tidak terbaca: {reason(error)}", expected)]) from None
    except (ValueError, RecursionError):
        raise ConfigErrors([Problem(path.name, 0, 0, "bukan JSON", expected)]) from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise ConfigErrors([Problem(path.name, 0, 0, "tanpa features", expected)])
    return features


def borders_of(features: Sequence[Mapping[str, Any]], kecamatan: Mapping[str, Sequence[str]]) -> list[Border]:
    """The outlines of the desa that the list names; other features are none."""
    known = {
        (name.casefold(), desa.casefold()): (name, desa) for name, all_of_it in kecamatan.items() for desa in all_of_it
    }
    borders = []
    for feature in features:
        about, shape = feature.get("properties") or {}, feature.get("geometry") or {}
        at = (_first(about, KECAMATAN).casefold(), (_first(about, DESA) or _first(about, NAMES)).casefold())
        parts = {"Polygon": [shape.get("coordinates")], "MultiPolygon": shape.get("coordinates")}.get(
            shape.get("type", "")
        )
        if at in known and parts and about.get("level", "desa") != "kecamatan":
            borders.append(Border(*known[at], tuple(tuple(part) for part in parts if part)))
    return borders


def _written(about: Mapping[str, Any], kecamatan: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    """Kecamatan and desa by the feature's own properties; a desa whose name is there twice needs its kecamatan."""
    desa, district = _first(about, DESA).casefold(), _first(about, KECAMATAN).casefold()
    fitting = [(name, known) for name, listed in kecamatan.items() for known in listed if known.casefold() == desa]
    if len(fitting) > 1:
        fitting = [place for place in fitting if place[0].casefold() == district]
    return fitting[0] if len(fitting) == 1 else None


def _bordered(borders: Sequence[Border], lat: float, lon: float) -> tuple[str, str] | None:
    return next(((border.kecamatan, border.desa) for border in borders if border.holds(lat, lon)), None)


def _first(about: Mapping[str, Any], keys: Sequence[str]) -> str:
    text = next((str(about[key]) for key in keys if about.get(key)), "")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:LONGEST]


def _middle(shape: Mapping[str, Any]) -> tuple[float, float] | None:
    """The point of a feature, or the middle of what a line or an area spans; latitude first."""
    points = list(_points(shape.get("coordinates")))
    if not points:
        return None
    lats, lons = [point[1] for point in points], [point[0] for point in points]
    lat, lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _points(value: Any) -> Iterator[tuple[float, float]]:
    if not isinstance(value, list):
        return
    if len(value) >= 2 and all(isinstance(part, int | float) and math.isfinite(part) for part in value[:2]):
        yield float(value[0]), float(value[1])
        return
    for part in value:
        yield from _points(part)


def _within(ring: Ring, lat: float, lon: float) -> bool:
    """True for a point within a ring, by the crossings of a line to the east."""
    inside, before = False, ring[-1]
    for here in ring:
        if (here[1] > lat) != (before[1] > lat):
            crossing = (before[0] - here[0]) * (lat - here[1]) / (before[1] - here[1]) + here[0]
            inside ^= lon < crossing
        before = here
    return inside
