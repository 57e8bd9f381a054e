"""States that the government's application tells: taken when signed and fresh, once, and never over ours."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.console.api.test_wadul import act, filed, state
from tests.console.desk112 import RunningConsole
from tickets.model import to_text
from tickets.notify.webhook import signature

KEY = "kunci jembatan untuk uji"


@pytest.fixture
def bridged(desk: RunningConsole) -> RunningConsole:
    """A console of a government with an application."""
    desk.console.wadul_key = lambda: KEY
    desk.console.setting = replace(
        desk.console.setting, terms=replace(desk.console.setting.terms, url="https://wadul.contoh/x")
    )
    return desk


async def told(
    desk: RunningConsole,
    body: dict[str, Any],
    *,
    key: str = KEY,
    at: datetime | None = None,
    raw: bytes | None = None,
    **more: str,
) -> tuple[int, Any]:
    """One message of the application."""
    data, stamp = raw or json.dumps(body).encode(), to_text(at or desk.clock.now)
    headers = {"X-Tanggap-Timestamp": stamp, "X-Tanggap-Signature": signature(key.encode(), stamp, data)} | more
    async with (
        ClientSession() as session,
        session.post(desk.url("/api/wadul/status"), data=data, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def test_a_status_is_heard_once(bridged: RunningConsole) -> None:
    """A message that is played again, after others, changes nothing."""
    number, tracked = await filed(bridged)
    first = {"tracking": tracked, "state": "diteruskan", "number": "W-9"}
    assert await told(bridged, first) == (200, {"tracking": tracked, "state": "diteruskan", "repeated": False})
    bridged.clock.now += timedelta(seconds=1)
    done = {"tracking": f"{tracked[:4]} {tracked[4:]}", "state": "selesai", "answer": "Sudah ditambal."}
    assert (await told(bridged, done))[1]["state"] == "selesai"
    replayed = await told(bridged, first, at=bridged.clock.now - timedelta(seconds=1))
    assert replayed == (200, {"tracking": tracked, "state": "selesai", "repeated": True})
    row = await bridged.store.read(lambda store: store.complaints.get(number))
    assert (row["state"], row["theirs"], row["text"]) == ("selesai", "W-9", "Sudah ditambal.")


async def test_forged_late_and_odd_messages(bridged: RunningConsole) -> None:
    """Each is refused with its sentence, and nothing is changed."""
    number, tracked = await filed(bridged)
    body, now = {"tracking": tracked, "state": "selesai"}, bridged.clock.now
    forged = (401, {"error": "tanda tangan tidak benar"})
    assert await told(bridged, body, key="lain") == forged
    assert await told(bridged, body, **{"X-Tanggap-Signature": "sha256=\udce9"}) == forged
    assert await told(bridged, body, **{"X-Tanggap-Timestamp": "kemarin"}) == forged
    late = (401, {"error": "waktu di X-Tanggap-Timestamp lebih dari 5 menit dari jam di sini"})
    for minutes in (-6, 6):
        assert await told(bridged, body, at=now + timedelta(minutes=minutes)) == late
    for wrong, status in (
        ({"tracking": "1"}, 400),
        ({"tracking": tracked, "state": "masuk"}, 400),
        ({"tracking": tracked, "lain": 1}, 400),
        ({"state": "selesai"}, 400),
    ):
        assert (await told(bridged, wrong))[0] == status, wrong
    assert (await told(bridged, {}, raw=b"{"))[0] == 400
    assert await state(bridged, number) == "masuk"


async def test_no_word_over_an_agency_that_works_on_it(bridged: RunningConsole) -> None:
    """409 until the agency is done."""
    number, tracked = await filed(bridged)
    await act(bridged, number, "pass", opds=["pln"])
    status, answer = await told(bridged, {"tracking": tracked, "state": "selesai"})
    assert (status, answer["error"]) == (409, f"tiket {number} masih ditangani OPD; batalkan dulu penugasannya")
    assert await state(bridged, number) == "diteruskan"


async def test_where_there_is_no_application_there_is_no_door(desk: RunningConsole) -> None:
    """Neither without an address nor without a key."""
    _, tracked = await filed(desk)
    assert (await told(desk, {"tracking": tracked}))[0] == 404
