"""The region by the circles of its desa: inside, outside, nearest."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from tickets.locating.finding import Place
from tickets.locating.placing import place_of
from tickets.locating.region import Region

ROOT = Path(__file__).resolve().parents[3]


@cache
def jepara() -> Region:
    """The shipped desa with their points."""
    lines = (ROOT / "data" / "jepara-places.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return Region(
        Place(row["desa"], row["desa"], row["kecamatan"], "desa", (), *(float(row[name]) for name in NUMBERS))
        for row in rows
    )


NUMBERS = ("lat", "lon", "radius_m")


@pytest.mark.parametrize(
    ("lat", "lon", "inside"),
    [
        (-6.5888, 110.6684, True),  # the square of Jepara
        (-6.6027, 110.7099, True),  # Kecapi
        (-6.5300, 110.7600, True),  # Bangsri
        (-6.7700, 110.7200, True),  # Welahan
        (-5.8300, 110.4600, True),  # Karimunjawa
        (-6.8048, 110.8405, False),  # Kudus
        (-6.8909, 110.6396, False),  # Demak
        (-6.7559, 111.0380, False),  # Pati
        (-6.9667, 110.4196, False),  # Semarang
        (-6.2088, 106.8456, False),  # Jakarta
        (-6.2000, 110.5000, False),  # at sea
        (51.5074, -0.1278, False),
    ],
)
def test_inside(lat: float, lon: float, *, inside: bool) -> None:
    """Towns of the region and its neighbours, the islands, the sea."""
    assert jepara().inside(lat, lon) is inside


def test_nearest() -> None:
    """The desa whose middle is nearest, with the way in metres."""
    near = jepara().nearest(-6.6030, 110.7090)
    assert near is not None
    assert (near.place.desa, near.place.kecamatan) == ("Kecapi", "Tahunan")
    assert near.metres == pytest.approx(105, abs=10)
    assert near.sentence == "dekat Kecapi, Kec. Tahunan (105 m)"
    far = jepara().nearest(-6.8048, 110.8405)
    assert far is not None
    assert far.sentence.endswith(" km)")


def test_the_middle_is_on_the_main_land() -> None:
    """By it short codes are completed; Karimunjawa, 90 km away, does not draw it."""
    middle = jepara().middle
    assert middle is not None
    assert middle == pytest.approx((-6.64, 110.74), abs=0.03)


def test_a_region_without_points_knows_nothing() -> None:
    """A site that has no points yet: no middle, no inside, no nearest."""
    region = Region(
        [Place("Kecapi", "Kecapi", "Tahunan"), Place("SD 1", "Kecapi", "Tahunan", "sekolah", (), -6.6, 110.7)]
    )
    assert (region.middle, region.inside(-6.6, 110.7), region.nearest(-6.6, 110.7)) == (None, None, None)
    assert place_of("-6.6,110.7", region).as_row() == {"lat": -6.6, "lon": 110.7, "source": "angka", "inside": None}


def test_a_position_as_plain_data() -> None:
    """With every doubt that the text has, and the nearest desa."""
    assert place_of("geo:-6.603,110.709;u=2500", jepara()).as_row() == {
        "lat": -6.603,
        "lon": 110.709,
        "source": "geo:",
        "inside": True,
        "radius_m": 2500.0,
        "note": "kasar: ± 2,5 km",
        "near": {"desa": "Kecapi", "kecamatan": "Tahunan", "distance_m": 105},
    }
