"""Positions of networks in all shapes of RFC 5491, each with a radius that covers it."""

from __future__ import annotations

import pytest

from tickets.errors import InvalidInput
from tickets.locating.pidf_lo import is_meant, read

HEAD = '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:a@example.com">'
METRE = 'uom="urn:ogc:def:uom:EPSG::9001"'
DEGREE = 'uom="urn:ogc:def:uom:EPSG::9102"'
CIRCLE = f"<gs:Circle><gml:pos>-6.5888 110.6684</gml:pos><gs:radius {METRE}>850.24</gs:radius></gs:Circle>"
ARC = (
    f"<gs:ArcBand><gml:pos>-6.6 110.7</gml:pos><gs:innerRadius {METRE}>0</gs:innerRadius><gs:outerRadius {METRE}>2000"
    f"</gs:outerRadius><gs:startAngle {DEGREE}>60</gs:startAngle><gs:openingAngle {DEGREE}>60</gs:openingAngle>"
    "</gs:ArcBand>"
)
CORNERS = ("-6.60 110.60", "-6.60 110.70", "-6.70 110.70", "-6.70 110.60", "-6.60 110.60")
POLYGON = "<gml:Polygon>" + "".join(f"<gml:pos>{corner}</gml:pos>" for corner in CORNERS) + "</gml:Polygon>"


@pytest.mark.parametrize(
    ("text", "lat", "lon", "radius"),
    [
        (f"{HEAD}{CIRCLE}</presence>", -6.5888, 110.6684, 850.24),
        (CIRCLE.replace("gml:", "").replace("gs:", ""), -6.5888, 110.6684, 850.24),
        ("<gml:Point><gml:pos>-6.5 110.6</gml:pos></gml:Point>", -6.5, 110.6, None),
        ("<gml:Point><gml:pos>\n -6.5\t110.6 </gml:pos></gml:Point>", -6.5, 110.6, None),
        ('<gml:Point srsName="urn:ogc:def:crs:EPSG::4979"><pos>-6.5 110.6 12</pos></gml:Point>', -6.5, 110.6, None),
        (
            "<gs:Ellipse><gml:pos>-6.5 110.6</gml:pos><gs:semiMajorAxis>7.7</gs:semiMajorAxis>"
            "<gs:semiMinorAxis>3.3</gs:semiMinorAxis></gs:Ellipse>",
            -6.5, 110.6, 7.7,
        ),
        (
            '<gs:Sphere srsName="urn:ogc:def:crs:EPSG::4979"><gml:pos>-6.5 110.6 26.3</gml:pos>'
            "<gs:radius>850</gs:radius></gs:Sphere>",
            -6.5, 110.6, 850.0,
        ),
        (POLYGON, -6.65, 110.65, 7836.3),
        (f"<gml:Polygon><gml:posList>{' '.join(CORNERS)}</gml:posList></gml:Polygon>", -6.65, 110.65, 7836.3),
        ('shape="Circle",crs="2d",pos="-6.5888 110.6684",radius="850.24"', -6.5888, 110.6684, 850.24),
        ('shape="Point",crs="2d",pos="-6.5 110.6"', -6.5, 110.6, None),
        ('shape="Circle",pos="-6.5 110.6",radius="besar"', -6.5, 110.6, None),
        ('shape="Circle",pos="-6.5 110.6",radius="-5"', -6.5, 110.6, None),
    ],
)  # fmt: skip
def test_shapes(text: str, lat: float, lon: float, radius: float | None) -> None:
    """Point, circle, ellipse, sphere, polygon; a network's document and Asterisk's own form."""
    assert is_meant(text)
    point = read(text)
    assert (point.lat, point.lon, point.radius_m) == (pytest.approx(lat), pytest.approx(lon), radius)


def test_an_arc_band_is_the_sector_and_not_its_mast() -> None:
    """From 60 to 120 degrees: east of the mast by half the radius, and all of the sector lies in the circle."""
    point = read(ARC)
    assert (point.lat, point.lon) == (pytest.approx(-6.6, abs=1e-6), pytest.approx(110.709053, abs=1e-5))
    assert point.radius_m == pytest.approx(1239.3, abs=0.2)


def test_a_whole_ring_is_its_middle() -> None:
    """Without an opening the mast itself, with the outer radius."""
    text = ARC.replace(">60</gs:openingAngle", ">360</gs:openingAngle")
    point = read(text)
    assert (point.lat, point.lon, point.radius_m) == (-6.6, 110.7, 2000.0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<presence><civicAddress><A3>Jepara</A3></civicAddress></presence>", "tanpa titik"),
        ('<location-info URI="https://lis.example/1"/>', "tanpa titik"),
        ("<gml:pos></gml:pos>", "tanpa titik"),
        ("<gml:pos>-6.5</gml:pos>", "tanpa titik"),
        ("<gml:pos>nan 110</gml:pos>", "rusak"),
        ("<gml:pos>utara timur</gml:pos>", "rusak"),
        ("<gml:pos>-96 110</gml:pos>", "di bumi"),
        ("<gml:pos>0 0</gml:pos>", "belum tahu"),
    ],
)
def test_a_position_without_a_point(text: str, sentence: str) -> None:
    """An address, a reference, or damage: refused with advice to ask."""
    with pytest.raises(InvalidInput) as refused:
        read(text)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("text", ["-6.59,110.66", "<b>-6.59,110.66</b>", "https://maps.google.com/?pos=1", "Kecapi"])
def test_other_texts_are_not_of_a_network(text: str) -> None:
    """They are read as what people paste."""
    assert not is_meant(text)
