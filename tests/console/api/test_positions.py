"""Positions of a ticket over HTTP: added, withdrawn, shown to those who were sent."""

from __future__ import annotations

import pytest

from tests.console.desk112 import RunningConsole
from tickets.locating.atlas import Atlas
from tickets.locating.finding import Place, of_kecamatan


@pytest.fixture
def placed(desk: RunningConsole) -> RunningConsole:
    """The console's desa, one of them with a point."""
    known = Place("Kedungleper", "Kedungleper", "Bangsri", "desa", (), -6.53, 110.78, 1500.0)
    lists = [each for each in of_kecamatan(desk.console.setting.places.kecamatan) if each.name != "Kedungleper"]
    atlas = Atlas.of([known, *lists])
    desk.console.atlas = lambda: atlas
    return desk


async def test_a_pasted_point_counts_until_it_is_withdrawn(placed: RunningConsole) -> None:
    """Then the desa counts again; the agency's page and the ticket's show the same."""
    number, _ = await placed.ticket("damkar")
    path = f"/api/tickets/{number}/positions"
    status, _ = await placed.ask("siti", "PATCH", f"/api/tickets/{number}", json={"desa": "Kedungleper"})
    assert status == 200
    status, answer = await placed.ask("siti", "GET", path)
    assert (status, answer["position"]["words"]) == (200, "± 1,5 km, dari desa Kedungleper")
    text = "https://maps.google.com/?q=-6.531,110.781"
    status, answer = await placed.ask("siti", "POST", path, json={"text": text})
    pin = answer["position"]
    assert (status, pin["words"], pin["why"]) == (201, "radius tidak diketahui, dari tautan peta", "lebih dipercaya")
    status, tasks = await placed.ask("damkar", "GET", "/api/tasks")
    assert (status, tasks["rows"][0]["where"]) == (200, pin)
    assert [row["field"] for row in tasks["rows"][0]["amendments"]] == ["desa", "position"]
    status, answer = await placed.ask("siti", "POST", f"{path}/{pin['id']}/withdraw", json={})
    assert (status, answer["position"]["kind"]) == (200, "desa")
    status, shown = await placed.ask("pusat", "GET", f"/api/tickets/{number}")
    assert (shown["position"]["kind"], len(shown["positions"])) == ("desa", 2)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "dekat pasar"}, "text"),
        ({"text": "https://maps.app.goo.gl/AbCdEf"}, "text"),
        ({"kecamatan": "Bangsri", "desa": "Tengguli"}, "desa"),
        ({"kecamatan": "Bangsri"}, "desa"),
        ({}, "kecamatan"),
        ({"lat": 1}, "lat"),
    ],
)
async def test_what_is_no_position(placed: RunningConsole, body: dict[str, object], field: str) -> None:
    """A sentence at the field, and no row."""
    number, _ = await placed.ticket()
    status, answer = await placed.ask("siti", "POST", f"/api/tickets/{number}/positions", json=body)
    assert (status, answer["field"]) == (400, field)
    _, shown = await placed.ask("siti", "GET", f"/api/tickets/{number}/positions")
    assert shown == {"position": None, "positions": []}
