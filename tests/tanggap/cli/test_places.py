"""`tanggap places`, as a person or an outside check calls it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from instance import REPOSITORY
from tests.tanggap.cli.test_caller_numbers import json_of, run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The shipped instance, never started."""
    for name in ("routing.yaml", "hours.yaml", "site.yaml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    return tmp_path


def test_find_a_misspelt_desa(home: Path) -> None:
    """The best first, with its kecamatan, a score, and whether another can be meant."""
    rows = json_of(home, "places", "find", "kecapik")
    assert rows[0] == {
        "name": "Kecapi",
        "kind": "desa",
        "desa": "Kecapi",
        "kecamatan": "Tahunan",
        "score": 96.5,
        "sure": True,
        "whole": True,
        "lat": -6.6027,
        "lon": 110.7099,
    }
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)


def test_find_in_words_and_for_people(home: Path) -> None:
    """Several arguments are a text; near-namesakes are to be asked; nothing is an empty list and a sentence."""
    assert json_of(home, "places", "find", "ngarep", "pasar", "mbangsri")[0]["name"] == "Bangsri"
    assert [row["sure"] for row in json_of(home, "places", "find", "mindahan", "--limit", "2")] == [False, False]
    assert "tanyakan" in run(home, "places", "find", "mindahan").stdout
    assert json_of(home, "places", "find", "xyz") == []
    assert run(home, "places", "find", "xyz").stdout == "tidak ada tempat yang cocok\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["-6.59,110.66"],
        ["-6.59", "110.66"],
        ["-6.59, 110.66 https://contoh.id"],
        ["https://maps.google.com/?q=-6.59,110.66"],
        ["6°35'24\"S 110°39'36\"E"],
    ],
)
def test_read_a_point(home: Path, arguments: list[str]) -> None:
    """A text that begins with a minus is no option."""
    row = json_of(home, "places", "read", *arguments)
    assert (row["lat"], row["lon"], row["inside"]) == (-6.59, 110.66, True)


def test_read_what_is_not_sure(home: Path) -> None:
    """A minus that was put back, a short code, a point outside: each says so."""
    row = json_of(home, "places", "read", "6.59 110.66")
    assert row == {
        "lat": -6.59,
        "lon": 110.66,
        "source": "angka",
        "inside": True,
        "note": "tanda minus ditambahkan: lintang selatan",
        "near": {"desa": "Kauman", "kecamatan": "Jepara", "distance_m": 47},
    }
    assert json_of(home, "places", "read", "-6.8048,110.8405")["inside"] is False
    sentence = run(home, "places", "read", "CM56+2X").stdout
    assert sentence.endswith("kode pendek: dihitung dari tengah wilayah ini\n")
    assert "di luar Kabupaten Jepara" in run(home, "places", "read", "-6.8048,110.8405").stdout


def test_read_a_refusal(home: Path) -> None:
    """A document with the sentence for programs; for people a failure."""
    sentence = "tautan pendek tidak memuat titiknya; buka di ponsel, lalu salin angka koordinatnya"
    assert json_of(home, "places", "read", "https://maps.app.goo.gl/abc") == {"refused": sentence}
    assert run(home, "places", "read", "https://maps.app.goo.gl/abc", code=1).stderr == f"gagal: {sentence}\n"


def test_check(home: Path) -> None:
    """Counts what there is; a wrong row is a line and exit status 1."""
    assert run(home, "places", "check").stdout == "204 tempat, 195 dengan titik, dari 1 berkas\n"
    assert json_of(home, "places", "check") == {"ok": True, "places": 204, "points": 195, "problems": []}
    (home / "places").mkdir()
    (home / "places" / "patokan.csv").write_text("name,desa,kecamatan\nSMP 1,Kecapo,Tahunan\n")
    done = run(home, "places", "check", code=1)
    assert done.stderr == (
        'places/patokan.csv:2:1: desa "Kecapo" tidak ada di kecamatan Tahunan, '
        'diharapkan "Kecapi" (mungkin itu maksudnya)\n'
    )


def test_import(home: Path, tmp_path: Path) -> None:
    """A file of OpenStreetMap becomes places that are found at once; nothing usable is a failure."""
    point = {"type": "Point", "coordinates": [110.71, -6.6]}
    about = {"name": "Klinik Sehat", "amenity": "clinic", "addr:village": "Kecapi"}
    source = tmp_path / "osm.geojson"
    source.write_text(
        json.dumps({"features": [{"properties": about, "geometry": point}, {"properties": {"name": "X"}}]})
    )
    row = json_of(home, "places", "import", str(source))
    assert row == {"file": str(home / "places" / "osm.csv"), "places": 1, "left_out": ["X: tanpa titik"]}
    assert json_of(home, "places", "find", "klinik sehat")[0]["name"] == "Klinik Sehat"
    source.write_text('{"features": []}')
    failed = run(home, "places", "import", str(source), code=1).stderr
    assert failed == "gagal: osm.geojson: tidak ada tempat yang bisa dipakai; tidak ada yang dilewati\n"
