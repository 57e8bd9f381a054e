"""What people paste as a place: the right point, or a sentence that says why there is none."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.errors import InvalidInput
from tickets.locating import map_links
from tickets.locating.point import MINUS_ADDED, SWAPPED
from tickets.locating.reading import read

MIDDLE = (-6.62, 110.72)  # of Jepara
HERE = (-6.59, 110.66)
KUDUS = (-6.8048, 110.8405)

# the same place, as numbers
AT_HERE = """
-6.59,110.66
-6.59, 110.66
-6.59 110.66
-6.59;110.66
-6.59 ; 110.66
-6.59|110.66
-6.59/110.66
-6.59 , 110.66
-6.590000,110.660000
-6.59° 110.66°
-6.59°, 110.66°
−6.59, 110.66
–6.59, 110.66
+110.66,-6.59
110.66,-6.59
110.66 -6.59
110.66° -6.59°
[110.66, -6.59]
(-6.59, 110.66)
{-6.59, 110.66}
<-6.59, 110.66>
-6,59 110,66
-6,59, 110,66
-6,59; 110,66
-6,59,110,66
-6,59°; 110,66°
110,66; -6,59
6.59 110.66
6,59 110,66
110.66 6.59
lat -6.59 long 110.66
lat: -6.59, lon: 110.66
lat=-6.59&lng=110.66
latitude: -6.59 longitude: 110.66
Latitude -6.59, Longitude 110.66
lintang -6.59 bujur 110.66
longitude 110.66 latitude -6.59
koordinat -6.59,110.66
koordinat: -6.59, 110.66 ya pak
titik koordinatnya -6.59, 110.66
GPS -6.59 110.66
posisi -6.59 , 110.66
Lokasi: -6.59,110.66 (dekat pasar)
-6.59, 110.66.
-6.59,110.66,17
-6.59,110.66,17z
-6.59, 110.66, 12.5
6.59S 110.66E
6.59S,110.66E
6.59 S, 110.66 E
6.59°S 110.66°E
6.59° S, 110.66° E
S 6.59 E 110.66
S6.59 E110.66
S6.59, E110.66
110.66E 6.59S
110.66° E, 6.59° S
6.59 LS 110.66 BT
6.59° LS, 110.66° BT
110.66 BT, 6.59 LS
6,59 LS - 110,66 BT
6.59 lintang selatan 110.66 bujur timur
6.59 selatan, 110.66 timur
6°35'24"S 110°39'36"E
6°35'24.0"S 110°39'36.0"E
6° 35' 24" S, 110° 39' 36" E
6°35′24″S 110°39′36″E
6°35’24”S 110°39’36”E
6°35'24''S 110°39'36''E
S6°35'24" E110°39'36"
S 6°35'24", E 110°39'36"
6º35'24"S 110º39'36"E
6˚35'24"S 110˚39'36"E
-6°35'24" 110°39'36"
-6°35'24", 110°39'36"
6°35'24" LS 110°39'36" BT
6° 35' 24" LS dan 110° 39' 36" BT
6 derajat 35 menit 24 detik LS, 110 derajat 39 menit 36 detik BT
110°39'36"E 6°35'24"S
6°35.4'S 110°39.6'E
6° 35.400' S 110° 39.600' E
S 6° 35.400' E 110° 39.600'
S6 35.4 E110 39.6
6°35,4' LS 110°39,6' BT
-6 35 24, 110 39 36
-6:35:24 110:39:36
-6:35:24, 110:39:36
geo:-6.59,110.66
GEO:-6.59,110.66
geo:-6.59,110.66,12
geo:-6.59,110.66;u=35
geo:-6.59,110.66;crs=wgs84;u=35
geo:-6.59,110.66?z=16
geo:0,0?q=-6.59,110.66
geo:0,0?q=-6.59,110.66(Rumah+Pak+Joko)
geo:-6.5,110.6?q=-6.59,110.66
geo:110.66,-6.59
https://maps.google.com/?q=-6.59,110.66
https://maps.google.com/maps?q=-6.59,110.66
http://maps.google.com/maps?q=-6.59%2C110.66
https://maps.google.com/maps?q=-6.59,110.66&z=17&hl=id
https://maps.google.com/maps?f=q&q=(-6.59,110.66)
https://maps.google.com/maps?q=loc:-6.59,110.66
maps.google.com/?q=-6.59,110.66
www.google.com/maps?q=-6.59,110.66
google.com/maps?q=-6.59,110.66
google.co.id/maps?q=-6.59,110.66
https://www.google.co.id/maps?q=-6.59,110.66
https://www.google.com/maps/search/?api=1&query=-6.59,110.66
https://www.google.com/maps/search/?api=1&query=-6.59%2C110.66
https://www.google.com/maps/dir/?api=1&destination=-6.59,110.66
https://www.google.com/maps/dir//-6.59,110.66
https://www.google.com/maps/search/-6.59,110.66
https://www.google.com/maps/search/-6.59,+110.66?entry=tts
https://www.google.com/maps/place/-6.59,110.66
https://www.google.com/maps/place/-6.59,110.66/@-6.6,110.7,15z
https://www.google.com/maps/@-6.59,110.66,17z
https://www.google.com/maps/@?api=1&map_action=map&center=-6.59,110.66
https://www.google.com/maps/place/Pasar+Ratu/@-6.5,110.6,17z/data=!3m1!4b1!4m6!3m5!1s0x2e:0x1!8m2!3d-6.59!4d110.66!16s
https://www.google.com/maps/place/6%C2%B035'24.0%22S+110%C2%B039'36.0%22E/@-6.5,110.6,17z
https://www.google.com/maps?ll=-6.59,110.66&z=16
http://maps.google.com/maps?daddr=-6.59,110.66
https://maps.google.com/maps?saddr=My+Location&daddr=-6.59,110.66
https://www.google.com/maps/embed?pb=!1m18!1m12!1m3!1d3963!2d110.66!3d-6.59!2m3!1f0
comgooglemaps://?q=-6.59,110.66
google.navigation:q=-6.59,110.66
Lihat lokasi saya: https://maps.google.com/?q=-6.59,110.66.
Lokasi: https://maps.google.com/?q=-6.59,110.66 (akurasi 20 m)
https://maps.apple.com/?ll=-6.59,110.66
https://maps.apple.com/?q=Lokasi+Saya&ll=-6.59,110.66
https://maps.apple.com/place?coordinate=-6.59,110.66&name=X
https://www.openstreetmap.org/?mlat=-6.59&mlon=110.66#map=17/-6.6/110.7
https://www.openstreetmap.org/#map=17/-6.59/110.66
https://www.bing.com/maps?cp=-6.59~110.66&lvl=16
https://waze.com/ul?ll=-6.59,110.66&navigate=yes
https://www.waze.com/ul?ll=-6.59%2C110.66
https://waze.com/livemap?zoom=17&lat=-6.59&lon=110.66
waze://?ll=-6.59,110.66
https://yandex.com/maps/?ll=110.66%2C-6.59&z=16
https://share.here.com/l/-6.59,110.66
https://here.com/l/-6.59,110.66
om://map?v=1&ll=-6.59,110.66
https://wa.me/?text=-6.59,110.66
https://maps.app.goo.gl/AbCdEf -6.59,110.66
Pin dari WhatsApp https://goo.gl/maps/abc (-6.59, 110.66)
""".strip().splitlines()

# strings that hold no point, and words of the sentence that says so
REFUSED = [
    ("", "tidak ada yang ditempel"),
    ("   ", "tidak ada yang ditempel"),
    ("Kecapi", "bukan titik"),
    ("depan masjid agung", "bukan titik"),
    ("2026-11-22 07:00", "bukan titik"),
    ("07:15:30", "bukan titik"),
    ("Jl. Pemuda No. 12 RT 03/02", "bukan titik"),
    ("Jl. Kartini 12, 5 rumah terbakar", "bukan titik"),
    ("RT 03 RW 02", "bukan titik"),
    ("081234567890", "bukan titik"),
    ("0291-591234", "bukan titik"),
    ("+62 812-3456-7890", "bukan titik"),
    ("112", "bukan titik"),
    ("-6.59", "bukan titik"),
    ("110.66", "bukan titik"),
    ("rumah+sakit", "bukan titik"),
    ("M56+2X", "bukan titik"),
    ("T-20261129-0001", "bukan titik"),
    ("3 orang, 2 motor", "bukan titik"),
    ("200.5,300.5", "bukan titik"),
    ("-96.59, 210.66", "di bumi"),
    ("0,0", "belum tahu"),
    ("0.0, 0.0", "belum tahu"),
    ("geo:0,0", "belum tahu"),
    ("geo:0.000000,0.000000", "belum tahu"),
    ("https://maps.google.com/?q=0.0,0.0", "belum tahu"),
    ("6°75'24\"S 110°39'36\"E", "di bawah 60"),
    ("6°35'84\"S 110°39'36\"E", "di bawah 60"),
    ("geo:-6.59", "geo: tanpa titik"),
    ("geo:abc,def", "bukan angka"),
    ("geo:-96,110", "lintang -90 sampai 90"),
    ("https://maps.app.goo.gl/AbCdEf123", "tautan pendek"),
    ("Lihat lokasi https://maps.app.goo.gl/AbCdEf123?g_st=aw", "tautan pendek"),
    ("https://goo.gl/maps/xyz", "tautan pendek"),
    ("goo.gl/maps/xyz", "tautan pendek"),
    ("https://bit.ly/3abc", "tautan pendek"),
    ("https://s.id/lokasi", "tautan pendek"),
    ("https://w3w.co/a.b.c", "tautan pendek"),
    ("https://osm.org/go/abc", "tautan pendek"),
    ("https://maps.google.com/?cid=123456789", "tidak memuat titik"),
    ("https://www.google.com/maps/place/Pasar+Ratu+Jepara", "tidak memuat titik"),
    ("https://maps.google.com/?q=Masjid+Agung+Jepara", "tidak memuat titik"),
    ("https://wa.me/6281234567890", "tautan pendek"),
    ("https://www.tokopedia.com/abc", "tidak memuat titik"),
    ("x" * 9000, "terlalu panjang"),
    ("<presence><civicAddress><A3>Jepara</A3></civicAddress></presence>", "tanpa titik"),
]


def near(point: tuple[float, float], other: tuple[float, float], most: float = 0.00002) -> bool:
    """True for points that are the same but for rounding, in degrees."""
    return math.isclose(point[0], other[0], abs_tol=most) and math.isclose(point[1], other[1], abs_tol=most)


@pytest.mark.parametrize("text", AT_HERE)
def test_the_same_place_in_every_notation(text: str) -> None:
    """Numbers, angles, geo: URIs and links, in whatever order and with whatever sign."""
    point = read(text, MIDDLE)
    assert near((point.lat, point.lon), HERE), point


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_what_holds_no_point_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    """No house number, date, telephone or link without a point becomes a place."""
    with pytest.raises(InvalidInput) as refused:
        read(text, MIDDLE)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("51.5074, -0.1278", (51.5074, -0.1278)),
        ("N 51.5074, W 0.1278", (51.5074, -0.1278)),
        ("51°30'26\"N 0°7'40\"W", (51.507222, -0.127778)),
        ("35.6762 139.6503", (35.6762, 139.6503)),
        ("-33.8688, 151.2093", (-33.8688, 151.2093)),
        ("5.55, 95.32", (-5.55, 95.32)),
        ("5.55 N 95.32 E", (5.55, 95.32)),
        ("5.55 LU 95.32 BT", (5.55, 95.32)),
        ("-6.8048,110.8405", KUDUS),
        ("-5.83, 110.42", (-5.83, 110.42)),
        ("https://maps.google.com/?q=51.5074,-0.1278", (51.5074, -0.1278)),
        ("geo:48.2010,16.3695;u=40", (48.2010, 16.3695)),
    ],
)
def test_points_elsewhere_stay_where_they_are(text: str, point: tuple[float, float]) -> None:
    """A northern point with its letter is not turned south; only a bare number of the region loses its minus."""
    read_point = read(text, MIDDLE)
    assert near((read_point.lat, read_point.lon), point)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("-6.59,110.66", ""),
        ("6.59,110.66", MINUS_ADDED),
        ("110.66,-6.59", SWAPPED),
        ("https://www.google.com/maps/@-6.59,110.66,17z", map_links.VIEW),
        ("https://www.openstreetmap.org/#map=17/-6.59/110.66", map_links.VIEW),
        ("https://maps.google.com/?q=-6.59,110.66", ""),
        ("CM56+2X Jepara", map_links.SHORT_CODE),
        ("6P5GCM56+2X", ""),
        ("6P5G0000+", "kasar: ± 78,6 km"),
        ("-6.59,110.66 ± 2 km", "kasar: ± 2 km"),
    ],
)
def test_what_is_not_sure_says_so(text: str, note: str) -> None:
    """A guess at sign or order, the middle of a screen, a short or a coarse code."""
    assert read(text, MIDDLE).note == note


@pytest.mark.parametrize(
    ("text", "radius"),
    [
        ("-6.59,110.66", None),
        ("geo:-6.59,110.66;u=35", 35.0),
        ("geo:-6.59,110.66;crs=wgs84;u=35.5", 35.5),
        ("-6.59,110.66 ± 20 m", 20.0),
        ("-6.59 110.66 +- 20m", 20.0),
        ("-6.59 110.66 +/- 0,5 km", 500.0),
        ("-6.59,110.66 (akurasi 12 m)", 12.0),
        ("6P5GCM56+2X", 9.8),
    ],
)
def test_a_radius_that_is_written(text: str, radius: float | None) -> None:
    """In metres, whatever its unit."""
    assert read(text, MIDDLE).radius_m == radius


def test_without_a_region_nothing_is_guessed() -> None:
    """A short code is refused, a bare northern number stays."""
    with pytest.raises(InvalidInput, match="Plus Code pendek"):
        read("CM56+2X", None)
    assert read("6.59,110.66", None).lat == 6.59


LATITUDES = st.floats(-11.0, -0.5).map(lambda value: round(value, 6))
LONGITUDES = st.floats(95.0, 141.0).map(lambda value: round(value, 6))


def sexagesimal(value: float, sides: str, digits: int) -> str:
    """«6°35'24.0"S»."""
    whole = round(abs(value) * 3600, digits)
    degrees, rest = divmod(whole, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{degrees:.0f}°{minutes:.0f}'{seconds:.{digits}f}\"{sides[value < 0]}"


@given(LATITUDES, LONGITUDES, st.sampled_from([", ", ",", " ", "; ", " / "]), st.booleans())
def test_numbers_come_back(lat: float, lon: float, between: str, swapped: bool) -> None:
    """Written with six decimals in either order."""
    first, second = (lon, lat) if swapped else (lat, lon)
    point = read(f"{first:.6f}{between}{second:.6f}", MIDDLE)
    assert (point.lat, point.lon) == (lat, lon)


@given(LATITUDES, LONGITUDES, st.booleans())
def test_angles_come_back(lat: float, lon: float, swapped: bool) -> None:
    """Degrees, minutes and seconds with two decimals are right to 15 cm."""
    parts = [sexagesimal(lat, "NS", 2), sexagesimal(lon, "EW", 2)]
    point = read(" ".join(reversed(parts) if swapped else parts), MIDDLE)
    assert near((point.lat, point.lon), (lat, lon), 0.000003)


@given(st.text(max_size=60))
def test_any_text_is_a_point_or_a_sentence(text: str) -> None:
    """No other error, and no point outside the earth."""
    try:
        point = read(text, MIDDLE)
    except InvalidInput as refused:
        assert str(refused)
    else:
        assert abs(point.lat) <= 90 and abs(point.lon) <= 180
