"""A caller's position as networks send it."""

import pytest

from asterisk.location import parse

CIRCLE = 'shape="Circle",crs="2d",pos="-6.5888 110.6684",radius="850.24"'


@pytest.mark.parametrize(
    ("text", "position"),
    [
        (CIRCLE, {"lat": -6.5888, "lon": 110.6684, "radius_m": 850.24}),
        ('shape="Point",crs="2d",pos="-6.5 110.6"', {"lat": -6.5, "lon": 110.6}),
        ('shape="Circle",pos="-6.5 110.6",radius="besar"', {"lat": -6.5, "lon": 110.6}),
        ('URI="https://lis.example/1"', {"text": 'URI="https://lis.example/1"'}),
        ('pos="nan 110"', {"text": 'pos="nan 110"'}),
        ('pos="-96 110"', {"text": 'pos="-96 110"'}),
        ('pos="6"', {"text": 'pos="6"'}),
        ("", None),
        (None, None),
    ],
)
def test_parse(text: str | None, position: dict[str, float | str] | None) -> None:
    """A point, a circle, and what has no single position."""
    assert parse(text) == position
