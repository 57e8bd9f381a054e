"""Landmarks of a site, from GeoJSON and CSV: with the desa in which they lie, or left out with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from instance import ConfigErrors
from instance.places.importing import Border, borders_of, checked_csv, landmarks, read_features

KECAMATAN = {"Bangsri": ("Bangsri", "Tengguli"), "Welahan": ("Karanganyar",), "Donorojo": ("Karanganyar2",)}
SQUARE = [[110.0, -6.0], [110.2, -6.0], [110.2, -6.2], [110.0, -6.2], [110.0, -6.0]]
HOLE = [[110.08, -6.08], [110.12, -6.08], [110.12, -6.12], [110.08, -6.12], [110.08, -6.08]]


def feature(about: Any, shape: str = "Point", coordinates: Any = (110.05, -6.05)) -> dict[str, Any]:
    listed = json.loads(json.dumps(coordinates))
    return {"type": "Feature", "properties": about, "geometry": {"type": shape, "coordinates": listed}}


BORDERS = borders_of([feature({"name": "Tengguli", "kecamatan": "Bangsri"}, "Polygon", [SQUARE, HOLE])], KECAMATAN)


def test_a_landmark_by_the_borders() -> None:
    """With its kind and its other names; a line and an area by their middle; twice the same is one."""
    made = landmarks(
        [
            feature({"name": "SMP Negeri 1", "amenity": "school", "alt_name": "SMP 1;SMPN 1", "short_name": "SMP 1"}),
            feature({"name": "SMP Negeri 1", "amenity": "school"}),
            feature({"nama": "Jalan Raya", "highway": "primary"}, "LineString", [[110.01, -6.01], [110.05, -6.03]]),
            feature({"name": "Balai, Desa", "building": "yes"}, "Polygon", [[[110.01, -6.01], [110.03, -6.03]]]),
            feature({"amenity": "bench"}),
        ],
        KECAMATAN,
        BORDERS,
    )
    assert made.left_out == ()
    assert made.text.splitlines() == [
        "name,kind,also,desa,kecamatan,lat,lon",
        "SMP Negeri 1,school,SMP 1|SMPN 1,Tengguli,Bangsri,-6.050000,110.050000",
        "Jalan Raya,primary,,Tengguli,Bangsri,-6.020000,110.030000",
        '"Balai, Desa",patokan,,Tengguli,Bangsri,-6.020000,110.020000',
    ]
    assert made.count == 3


def test_a_landmark_by_its_own_words() -> None:
    """Its desa, and its kecamatan where two have one of that name; the words win over the borders."""
    made = landmarks(
        [feature({"name": "Pasar", "addr:village": "bangsri"}), feature({"name": "Pos", "desa": "Tengguli"})],
        KECAMATAN,
        BORDERS,
    )
    assert [line.split(",")[3:5] for line in made.text.splitlines()[1:]] == [
        ["Bangsri", "Bangsri"],
        ["Tengguli", "Bangsri"],
    ]
    twice = {"A": ("Krasak",), "B": ("Krasak",)}
    made = landmarks([feature({"name": "X", "desa": "Krasak"})], twice, ())
    assert (made.count, len(made.left_out)) == (0, 1)
    made = landmarks([feature({"name": "X", "desa": "Krasak", "kecamatan": "B"})], twice, ())
    assert made.text.splitlines()[1].split(",")[3:5] == ["Krasak", "B"]


@pytest.mark.parametrize(
    ("about", "coordinates", "why"),
    [
        ({"name": "Jauh"}, (111.0, -7.0), "Jauh: di luar wilayah, atau desanya tidak diketahui"),
        ({"name": "Lubang"}, (110.10, -6.10), "Lubang: di luar wilayah, atau desanya tidak diketahui"),
        ({"name": "Kosong"}, (), "Kosong: tanpa titik"),
        ({"name": "Rusak"}, ("a", "b"), "Rusak: tanpa titik"),
        ({"name": "Terbalik"}, (-6.05, 110.05), "Terbalik: tanpa titik"),
    ],
)
def test_what_is_left_out(about: dict[str, str], coordinates: Any, why: str) -> None:
    """Outside, in a hole, without a point on the earth: named, never guessed."""
    assert landmarks([feature(about, "Point", coordinates)], KECAMATAN, BORDERS).left_out == (why,)


def test_borders_are_those_of_the_list() -> None:
    """Several parts; kecamatan, points and foreign desa are none."""
    far = [[[110.5, -6.5], [110.6, -6.5], [110.6, -6.6], [110.5, -6.5]]]
    borders = borders_of(
        [
            feature({"name": "tengguli", "kecamatan": "BANGSRI"}, "MultiPolygon", [[SQUARE], far]),
            feature({"name": "Bangsri", "kecamatan": "Bangsri", "level": "kecamatan"}, "Polygon", [SQUARE]),
            feature({"name": "Kudus", "kecamatan": "Kudus"}, "Polygon", [SQUARE]),
            feature({"name": "Tengguli", "kecamatan": "Bangsri"}),
        ],
        KECAMATAN,
    )
    assert [(border.kecamatan, border.desa, len(border.parts)) for border in borders] == [("Bangsri", "Tengguli", 2)]
    assert [borders[0].holds(*point) for point in ((-6.1, 110.1), (-6.52, 110.58), (-6.3, 110.3))] == [
        True,
        True,
        False,
    ]
    assert isinstance(borders[0], Border)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "bukan JSON"),
        ("[]", "tanpa features"),
        ('{"features": 3}', "tanpa features"),
        ('{"features": [3]}', "tanpa features"),
        (None, "tidak terbaca: tidak ada"),
    ],
)
def test_a_wrong_file(tmp_path: Path, text: str | None, sentence: str) -> None:
    """A sentence with the file, and what was expected."""
    path = tmp_path / "osm.geojson"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigErrors) as refused:
        read_features(path)
    assert str(refused.value) == f"osm.geojson: {sentence}, diharapkan berkas GeoJSON (FeatureCollection)"


def test_a_csv_with_a_wrong_row(tmp_path: Path) -> None:
    """The right rows come through as they are, semicolons become commas; the wrong one is named."""
    path = tmp_path / "kami.csv"
    path.write_text("name;desa;kecamatan;lat;lon\nPos;Tengguli;Bangsri;-6,5;110,5\nX;Y;Bangsri;;\n")
    made = checked_csv(path, KECAMATAN)
    assert made.text == "name,kind,also,desa,kecamatan,lat,lon\nPos,patokan,,Tengguli,Bangsri,-6.500000,110.500000\n"
    assert made.left_out == (
        'kami.csv:3:1: desa "Y" tidak ada di kecamatan Bangsri, diharapkan salah satu dari Bangsri, Tengguli',
    )
