"""Plus Codes: the specification's own examples, and codes of any point there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.errors import InvalidInput
from tickets.locating.plus_codes import DIGITS, decode, radius_m, search

JEPARA = (-6.62, 110.72)


def encoded(lat: float, lon: float) -> str:
    """The code of ten digits, by whole numbers of 1/8000 degree as the specification has it."""
    rows, columns = int((lat + 90) * 8000), int((lon + 180) * 8000)
    pairs = ""
    for _ in range(5):
        pairs = DIGITS[rows % 20] + DIGITS[columns % 20] + pairs
        rows, columns = rows // 20, columns // 20
    return f"{pairs[:8]}+{pairs[8:]}"


@pytest.mark.parametrize(
    ("code", "lat", "lon"),
    [
        ("7FG49Q00+", 20.375, 2.775),
        ("7FG49QCJ+2V", 20.3700625, 2.7821875),
        ("7FG49QCJ+2VX", 20.3701125, 2.782234375),
        ("7FG49QCJ+2VXGJ", 20.3701135, 2.78223535156),
        ("8FVC2222+22", 47.0000625, 8.0000625),
        ("4VCPPQGP+Q9", -41.2730625, 174.7859375),
        ("62G20000+", 0.5, -179.5),
        ("22220000+", -89.5, -179.5),
        ("6GCRMQPX+9G", -1.3140625, 36.7988125),
    ],
)
def test_examples_of_the_specification(code: str, lat: float, lon: float) -> None:
    """Pairs, a grid behind them, and padded ones."""
    assert decode(code, JEPARA) == pytest.approx((lat, lon), abs=1e-9)


@pytest.mark.parametrize(
    ("short", "full", "near"),
    [
        ("9QCJ+2VX", "9C3W9QCJ+2VX", (51.3708675, -1.217765625)),
        ("9QCJ+2VX", "9C3W9QCJ+2VX", (51.3693575, -1.217765625)),
        ("CJ+2VX", "9C3W9QCJ+2VX", (51.3701125, -1.217765625)),
        ("22+", "8CFF2X22+", (38.3, -122.2)),
        ("CM56+2X", "6P5GCM56+2X", JEPARA),
    ],
)
def test_a_short_code_is_the_nearest(short: str, full: str, near: tuple[float, float]) -> None:
    """Also where the reference lies in the next cell."""
    if short != "22+":
        assert decode(short, near) == pytest.approx(decode(full, near))
    else:
        lat, lon = decode(short, near)
        assert abs(lat - near[0]) <= 0.025 and abs(lon - near[1]) <= 0.025


@given(st.floats(-89.9, 89.9), st.floats(-179.9, 179.9))
def test_any_point_there_and_back(lat: float, lon: float) -> None:
    """To half of the cell."""
    found_lat, found_lon = decode(encoded(lat, lon), JEPARA)
    assert abs(found_lat - lat) <= 0.0000626 and abs(found_lon - lon) <= 0.0000626


@given(st.floats(-6.9, -6.4), st.floats(110.5, 111.0), st.sampled_from([2, 4]))
def test_a_shortened_code_there_and_back(lat: float, lon: float, cut: int) -> None:
    """Completed by a reference within reach, it is the same place as the whole code."""
    code = encoded(lat, lon)
    near = (lat + 0.01, lon - 0.01) if cut == 4 else JEPARA
    assert decode(code[cut:], near) == pytest.approx(decode(code, near))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6P5GCM56+2X", "6P5GCM56+2X"),
        ("6p5gcm56+2x", "6P5GCM56+2X"),
        ("CM56+2X, Kecapi, Tahunan, Jepara", "CM56+2X"),
        ("lokasi: CM56+2XQ ya", "CM56+2XQ"),
        ("6P5G0000+", "6P5G0000+"),
        ("rumah+sakit", None),
        ("M56+2X", None),
        ("2+2", None),
        ("6P5GCM56+2", None),
        ("A+B", None),
        ("+62812", None),
        ("Z6P5GCM56+2X", None),
        ("12+34", None),
    ],
)
def test_codes_in_a_text(text: str, code: str | None) -> None:
    """In capitals; words, sums and telephone numbers with a plus are none."""
    assert search(text) == code


def test_the_radius_of_a_cell() -> None:
    """Half its diagonal: 10 m for ten digits, 2 m for eleven, 79 km for four."""
    assert [radius_m(code) for code in ("6P5GCM56+2X", "6P5GCM56+2XQ", "6P5G0000+", "CM56+2X")] == [
        9.8,
        2.2,
        78626.7,
        9.8,
    ]


def test_an_incomplete_code_is_refused() -> None:
    """Zeros stand at its end alone."""
    with pytest.raises(InvalidInput, match="Plus Code tidak lengkap"):
        decode("6P0GCM56+2X", JEPARA)
