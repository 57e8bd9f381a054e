"""The gazetteer of an instance: the shipped points, the site's own files, and each wrong row at its place."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from instance import REPOSITORY, Instance, load
from instance.examination import report
from instance.places import gazetteer
from instance.places.gazetteer import Contents
from tickets.locating.finding import Place
from tickets.places import Places

RADIUS = 4500.0
HEAD = "name,kind,also,desa,kecamatan,lat,lon\n"


@cache
def shipped() -> Instance:
    """The shipped instance, read once."""
    return load(REPOSITORY, secrets=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of an instance, with room for places of its own."""
    (tmp_path / "places").mkdir()
    return tmp_path


def contents(home: Path) -> Contents:
    """Those of the shipped instance in another folder."""
    return gazetteer.read(replace(shipped(), home=home))


def written(home: Path, text: str | bytes) -> list[str]:
    """The problems of one file of the site's own."""
    raw = text if isinstance(text, bytes) else text.encode()
    (home / "places" / "patokan.csv").write_bytes(raw)
    return [str(problem) for problem in contents(home).problems]


def test_every_shipped_desa_has_its_point(home: Path) -> None:
    """195 desa with centre and radius, and the kecamatan that no desa is called like."""
    read = contents(home)
    assert read.problems == ()
    desa = [place for place in read.places if place.kind == "desa"]
    assert len(desa) == 195
    assert all(place.radius_m and -6.8 < (place.lat or 0) < -5.7 and 110 < (place.lon or 0) < 111.1 for place in desa)
    assert {place.kind for place in read.places} == {"desa", "kecamatan"}
    kecapi = next(place for place in desa if place.name == "Kecapi")
    assert (kecapi.lat, kecapi.lon, kecapi.radius_m) == (-6.6027, 110.7099, RADIUS)


def test_places_of_the_site(home: Path) -> None:
    """Landmarks with other names, a nickname of a desa; a spreadsheet's semicolons and decimal commas; remarks."""
    rows = "# milik kami\nname;kind;also;desa;kecamatan;lat;lon\n\nSMP 1;sekolah;;Bangsri;Bangsri;-6,52;110,76\n"
    assert written(home, ("\ufeff" + rows).encode()) == []
    (home / "places" / "a.csv").write_text("kecamatan,desa,also\nTahunan,Kecapi,Kecapik|Capi\n")
    (home / "places" / "b.csv").write_text(HEAD + "Gotri,simpang,,,Kalinyamatan,,\n")
    places = contents(home).places
    assert places[-2:] == (
        Place("Gotri", "", "Kalinyamatan", "simpang"),
        Place("SMP 1", "Bangsri", "Bangsri", "sekolah", (), -6.52, 110.76),
    )
    kecapi = next(place for place in places if place.name == "Kecapi")
    assert (kecapi.also, kecapi.radius_m) == (("Kecapik", "Capi"), RADIUS)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            "X,a,,Kecapi,Tahunn,,",
            'kecamatan "Tahunn" tidak ada di daftar, diharapkan "Tahunan" (mungkin itu maksudnya)',
        ),
        (
            "X,a,,Kecapo,Tahunan,,",
            'desa "Kecapo" tidak ada di kecamatan Tahunan, diharapkan "Kecapi" (mungkin itu maksudnya)',
        ),
        ("X,a,,Kecapi,Tahunan,-6.6,", "lat atau lon kosong, diharapkan keduanya, atau keduanya kosong"),
        ("X,a,,Kecapi,Tahunan,-96.6,110", 'lat "-96.6" tidak bisa dipakai, diharapkan angka -90 sampai 90'),
        ("X,a,,Kecapi,Tahunan,utara,110", 'lat "utara" tidak bisa dipakai, diharapkan angka -90 sampai 90'),
        ("X,a,,Kecapi,Tahunan,nan,110", 'lat "nan" tidak bisa dipakai, diharapkan angka -90 sampai 90'),
        ("X,a,,Kecapi,Tahunan,-6.6,inf", 'lon "inf" tidak bisa dipakai, diharapkan angka -180 sampai 180'),
        ("X,a,,Kecapi", "4 kolom, diharapkan 7, seperti di baris pertama"),
        (",,,Kecapi,Tahunan,,", "baris tanpa isi, diharapkan name, also, atau lat dan lon"),
        (",,,Kecapi,Tahunan,-6.6,110.7", 'titik "Kecapi" tertulis dua kali, diharapkan satu baris untuk setiap desa'),
        ("Y,a,,Kecapi,Tahunan,,", '"Y" di Kecapi tertulis dua kali, diharapkan satu baris'),
        (
            "X,a," + "|".join("n" * 20) + ",Kecapi,Tahunan,,",
            "also: 20 nama, diharapkan paling banyak 12 nama, masing-masing 120 huruf",
        ),
    ],
)
def test_a_wrong_row(home: Path, row: str, sentence: str) -> None:
    """Left out, with file, line, fault and what was expected; the rows around it count."""
    assert written(home, f"{HEAD}Y,a,,Kecapi,Tahunan,,\n{row}\nZ,a,,Kecapi,Tahunan,,\n") == [
        f"places/patokan.csv:3:1: {sentence}"
    ]
    assert [place.name for place in contents(home).places][-2:] == ["Y", "Z"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", ["places/patokan.csv: kosong"]),
        ("# hanya catatan\n", ["places/patokan.csv: kosong"]),
        (b"name,desa,kecamatan\n\xff\xfe", ["places/patokan.csv: bukan UTF-8, diharapkan berkas CSV berhuruf UTF-8"]),
        ("name,desa\n", ["places/patokan.csv:1:1: kolom kecamatan tidak ada"]),
        ("nama,desa,kecamatan\n", ['places/patokan.csv:1:1: kolom "nama" tidak dikenal']),
        ("desa,desa,kecamatan\n", ["places/patokan.csv:1:1: kolom desa ada dua kali"]),
    ],
)
def test_a_wrong_file(home: Path, text: str | bytes, sentences: list[str]) -> None:
    """Nothing of it is used, the shipped places stay."""
    expected = f", diharapkan {gazetteer.EXPECTED_HEAD}"
    assert written(home, text) == [line if "diharapkan" in line else line + expected for line in sentences]
    assert len(contents(home).places) == 204


def test_a_file_that_cannot_be_read(home: Path) -> None:
    """A folder in its place is a sentence."""
    (home / "places" / "patokan.csv").mkdir()
    assert [str(problem) for problem in contents(home).problems] == [
        "places/patokan.csv: tidak terbaca: itu folder, diharapkan berkas CSV berhuruf UTF-8"
    ]


def test_another_kabupaten_brings_its_own(home: Path) -> None:
    """A list with a file of points beside it; desa without a point are named, but not where there is no such file."""
    listed = {"Kaliwungu": ("Bakalan", "Prambatan"), "Bae": ("Panjang",)}
    (home / "kudus.csv").write_text("kecamatan,desa,lat,lon,radius_m\nKaliwungu,Prambatan,-6.80,110.82,900\n")
    site = replace(shipped().site, places=home / "kudus.yaml")
    instance = replace(shipped(), home=home, site=site, places=Places(listed, points="kudus.csv"))
    read = gazetteer.read(instance)
    assert [place.name for place in read.places] == ["Bakalan", "Prambatan", "Panjang", "Kaliwungu", "Bae"]
    assert [str(problem) for problem in read.problems] == [
        "kudus.csv: peringatan: 2 desa tanpa titik (Bakalan, Panjang), diharapkan lat, lon"
    ]
    assert gazetteer.read(replace(instance, places=Places(listed))).problems == ()


def test_a_change_is_seen(home: Path) -> None:
    """A new file, another content, a file that is gone: each time the stamps differ."""
    instance, place = replace(shipped(), home=home), home / "places" / "a.csv"
    seen = [gazetteer.stamps(instance)]
    place.write_text("kecamatan,desa,also\nTahunan,Kecapi,Capi\n")
    seen.append(gazetteer.stamps(instance))
    os.utime(place, ns=(1, 1))
    seen.append(gazetteer.stamps(instance))
    place.unlink()
    seen.append(gazetteer.stamps(instance))
    assert seen[0] == seen[3]
    assert len(set(seen)) == 3


def test_the_shelf_follows_changes(home: Path) -> None:
    """The same atlas until a file changes, then another one; also a changed list."""
    current = [replace(shipped(), home=home)]
    shelf = gazetteer.Shelf(lambda: current[0])
    first = shelf.atlas()
    assert shelf.atlas() is first
    assert "Pertigaan Gotri" not in [row["name"] for row in first.look("pertigaan gotri")["places"]]
    (home / "places" / "a.csv").write_text("kecamatan,desa,name\nKalinyamatan,,Pertigaan Gotri\n")
    second = shelf.atlas()
    assert [row["name"] for row in second.look("pertigaan gotri")["places"]][:1] == ["Pertigaan Gotri"]
    current[0] = replace(current[0], places=Places({"Kalinyamatan": ("Kriyan",)}))
    assert [row["name"] for row in shelf.atlas().look("kriyann")["places"]] == ["Kriyan"]


def test_check_warns_of_wrong_places(home: Path) -> None:
    """`tanggap check` names them, and the configuration is right all the same: calls go on."""
    for name in ("routing.yaml", "hours.yaml", "site.yaml"):
        shutil.copy(REPOSITORY / name, home)
    (home / "places" / "patokan.csv").write_text("nama,desa\n")
    lines, status = report(home)
    assert status == 0
    assert (
        f'places/patokan.csv:1:1: peringatan: kolom "nama" tidak dikenal, diharapkan {gazetteer.EXPECTED_HEAD}' in lines
    )
