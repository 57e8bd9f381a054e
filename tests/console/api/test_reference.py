"""The choices of forms, and places by what an operator types or pastes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.console.desk112 import RunningConsole
from tickets.locating.atlas import Atlas
from tickets.locating.finding import Place, of_kecamatan


@pytest.fixture
def placed(desk: RunningConsole) -> RunningConsole:
    """The console's three desa, two of them with a point, and a school."""
    desa = [
        Place("Kedungleper", "Kedungleper", "Bangsri", "desa", (), -6.53, 110.78, 1500.0),
        Place("Panggang", "Panggang", "Jepara", "desa", (), -6.59, 110.67, 900.0),
        Place("SMP Negeri 1", "Tengguli", "Bangsri", "sekolah", ("SMP 1",)),
    ]
    lists = [place for place in of_kecamatan(desk.console.setting.places.kecamatan) if place.name == "Tengguli"]
    atlas = Atlas.of([*desa, *lists])
    desk.console.atlas = lambda: atlas
    return desk


async def look(desk: RunningConsole, user: str = "siti", **body: Any) -> Any:
    """The answer to what is typed."""
    status, answer = await desk.ask(user, "POST", "/api/places", json=body)
    assert status == 200, answer
    return answer


async def test_a_misspelt_desa(placed: RunningConsole) -> None:
    """As `tanggap places find` gives it, and whether the text is more than its name."""
    answer = await look(placed, text="tenguli")
    assert (answer["point"], answer["refused"]) == (None, None)
    assert answer["places"][0] == {
        "name": "Tengguli",
        "kind": "desa",
        "desa": "Tengguli",
        "kecamatan": "Bangsri",
        "score": pytest.approx(96.0, abs=3),
        "sure": True,
        "whole": True,
        "lat": None,
        "lon": None,
    }


@pytest.mark.parametrize(
    ("text", "name", "whole"),
    [
        ("kedung leper", "Kedungleper", True),
        ("desa kedungleper kec. Bangsri", "Kedungleper", True),
        ("ngarep pasar kedungleper", "Kedungleper", False),
        ("kedungleper rt 3", "Kedungleper", False),
        ("SMP 1", "SMP Negeri 1", True),
        ("mburine smp 1", "SMP Negeri 1", False),
    ],
)
async def test_words_beside_the_name_are_noticed(placed: RunningConsole, text: str, name: str, *, whole: bool) -> None:
    """The form keeps them: they are how the caller describes the place."""
    best = (await look(placed, text=text))["places"][0]
    assert (best["name"], best["whole"]) == (name, whole)


async def test_the_kecamatan_of_the_form_counts(placed: RunningConsole) -> None:
    """The kecamatan that was chosen counts beside the name; a desa of another kecamatan is proposed, and not sure."""
    inside = (await look(placed, text="kedunglepr", kecamatan="Bangsri"))["places"][0]
    assert (inside["name"], inside["sure"], inside["whole"]) == ("Kedungleper", True, True)
    elsewhere = (await look(placed, text="kedungleper", kecamatan="Jepara"))["places"][0]
    assert (elsewhere["name"], elsewhere["sure"]) == ("Kedungleper", False)


async def test_a_pasted_point(placed: RunningConsole) -> None:
    """With the nearest desa; names are not looked for in it."""
    answer = await look(placed, text="https://maps.google.com/?q=-6.531,110.781")
    assert answer["places"] == []
    assert answer["point"]["near"] == {"desa": "Kedungleper", "kecamatan": "Bangsri", "distance_m": 157}
    assert (answer["point"]["lat"], answer["point"]["inside"]) == (-6.531, True)


async def test_a_link_without_a_point_says_so(placed: RunningConsole) -> None:
    """Only of what is meant as a point; words are no failed point."""
    answer = await look(placed, text="https://maps.app.goo.gl/AbC")
    assert answer["refused"] == "tautan pendek tidak memuat titiknya; buka di ponsel, lalu salin angka koordinatnya"
    assert await look(placed, text="xyz") == {"places": [], "point": None, "refused": None}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "tempat belum diisi"),
        ({"text": "x" * 2001}, "tempat terlalu panjang: 2001 huruf, paling banyak 2000"),
        ({"text": "kecapi", "kecamatan": "x" * 61}, "kecamatan terlalu panjang: 61 huruf, paling banyak 60"),
    ],
)
async def test_a_wrong_request(desk: RunningConsole, body: dict[str, str], sentence: str) -> None:
    """A sentence with the field."""
    status, answer = await desk.ask("siti", "POST", "/api/places", json=body)
    assert (status, answer["error"]) == (400, sentence)


async def test_agencies_do_not_look_for_places(desk: RunningConsole) -> None:
    """Their tasks have one."""
    status, _ = await desk.ask("pln", "POST", "/api/places", json={"text": "kecapi"})
    assert status == 403
