"""The position of a ticket that counts, and why; how positions are written and heard."""

from __future__ import annotations

from typing import Any

import pytest

from tickets.locating.positions import counting, unspoken, words, written
from tickets.model import Row

EARLY, LATE = "2026-11-23T03:00:00.000Z", "2026-11-23T03:05:00.000Z"


def row(id: int, kind: str, radius_m: float | None = None, at: str = EARLY, **more: Any) -> Row:
    known = {"id": id, "kind": kind, "radius_m": radius_m, "at": at, "lat": -6.5, "lon": 110.7, "source": "dari uji"}
    return known | {"note": None, "by": "siti", "desa": "Kecapi", "withdrawn_at": None} | more


POINT, LANDMARK, NETWORK, DESA = (
    row(1, "point", 12.0),
    row(2, "landmark"),
    row(3, "network", 180.0),
    row(4, "desa", 850.0, LATE),
)


@pytest.mark.parametrize(
    ("rows", "id", "why"),
    [
        ([DESA], 4, "satu-satunya posisi"),
        ([DESA, POINT], 1, "lebih dipercaya"),
        ([DESA, LANDMARK], 2, "lebih dipercaya"),
        ([NETWORK, DESA], 3, "lebih dipercaya"),
        ([POINT, NETWORK], 1, "lebih dipercaya"),
        ([POINT, row(9, "point", 900.0, LATE)], 9, "lebih baru"),
        ([row(9, "point", 900.0), POINT], 1, "lebih teliti"),
        ([row(9, "point", None), POINT], 1, "lebih teliti"),
        ([row(9, "network", 6000.0, LATE), DESA], 4, "lebih dipercaya"),
        ([row(9, "point", 8000.0, LATE), NETWORK], 3, "lebih dipercaya"),
        ([row(9, "point", 5.0, withdrawn_at=LATE), DESA], 4, "satu-satunya posisi"),
        ([row(9, "desa", 5.0, LATE, desa="Ngabul"), DESA], 4, "satu-satunya posisi"),
        ([row(9, "landmark", 5.0, LATE, desa="Ngabul"), DESA], 4, "satu-satunya posisi"),
        ([row(9, "point", 5.0, LATE, desa=None), DESA], 9, "lebih dipercaya"),
    ],
)
def test_trust_then_time_then_radius(rows: list[Row], id: int, why: str) -> None:
    """Positions that were withdrawn or looked up by another desa do not count; a circle of 5 km is trusted least."""
    for order in (rows, rows[::-1]):
        counted = counting(order, "Kecapi")
        assert counted is not None
        assert (counted["id"], counted["why"]) == (id, why)


def test_without_a_desa_what_was_looked_up_by_one_does_not_count() -> None:
    """An operator has cleared the field."""
    assert counting([DESA, LANDMARK], None) is None
    assert counting([], "Kecapi") is None


@pytest.mark.parametrize(
    ("position", "text"),
    [
        (row(1, "desa", 850.0, source="dari desa Kecapi"), "± 850 m, dari desa Kecapi"),
        (row(1, "point", 1240.0, source="dari tautan peta"), "± 1,2 km, dari tautan peta"),
        (row(1, "point", 2000.0, source="dari tautan peta"), "± 2 km, dari tautan peta"),
        (row(1, "point", None, source="dari geo:"), "radius tidak diketahui, dari geo:"),
        (row(1, "point", 0.0, source="dari geo:"), "± 0 m, dari geo:"),
    ],
)
def test_words_never_surer_than_the_radius(position: Row, text: str) -> None:
    """Radius and source, always both."""
    assert words(position) == text
    assert written(position) == f"{text}: https://maps.google.com/?q=-6.500000,110.700000"


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("-6.531001, 110.781002 (tautan peta)", ""),
        ("depan masjid; -6.531001, 110.781002 (tautan peta)", "depan masjid"),
        ("https://maps.google.com/?q=-6.53,110.78 belok kiri", "belok kiri"),
        ("geo:-6.53,110.78 gang buntu", "gang buntu"),
        ("RT 3/RW 2, rumah nomor 12", "RT 3/RW 2, rumah nomor 12"),
        ("kerugian 10.000, 20.000 rupiah", "kerugian 10.000, 20.000 rupiah"),
        ("telepon 0812-3456-7890", "telepon 0812-3456-7890"),
    ],
)
def test_no_digits_of_a_point_are_heard(text: str, heard: str) -> None:
    """Everything else is."""
    assert unspoken(text) == heard
