"""Calling back from the operator's page: over the trunk or by hand, and what is kept."""

import json
from dataclasses import replace
from typing import Any

import pytest

from ivr.state import CallState, to_dict
from tests.console.desk112 import RunningConsole
from tests.console.live.test_live import page, snapshot

AGAIN = {"error": "tugas telepon balik 1 tidak ada atau sudah selesai"}


async def task(desk: RunningConsole, call: str = "c1") -> str:
    """Somebody who gave up; the ticket."""
    number = await desk.call(call, stage="ended", outcome="abandoned", ended_at=desk.clock.now.isoformat())
    await desk.store.write(lambda store: store.calls.callback(desk.clock.now, call, "menutup saat menunggu"))
    return number


async def shown(desk: RunningConsole) -> Any:
    """The operator's page."""
    async with page(desk, "siti", "page=operator") as siti:
        return await snapshot(siti)


async def test_without_a_trunk_the_page_says_so(desk: RunningConsole) -> None:
    """No button's promise is broken: the route says what to do instead."""
    await task(desk)
    refused = {"error": "panggilan keluar belum diatur: telepon dengan pesawat lain"}
    assert (409, refused) == await desk.ask("siti", "POST", "/api/callbacks/1/dial")
    assert (await shown(desk))["dials_out"] is False


async def test_with_a_trunk_the_calls_process_is_asked(desk: RunningConsole) -> None:
    """One row with the task; who else is at it, or that it is done, is a refusal."""
    number = await task(desk)
    desk.console.take(replace(desk.console.setting, dials_out=True))
    assert await desk.ask("siti", "POST", "/api/callbacks/1/dial") == (202, {"asked": 1})
    row = await desk.store.read(lambda store: store.boards.newest("request.callback"))
    assert row is not None
    assert (row["call"], row["ticket"], row["data"]) == ("c1", number, {"operator": "siti", "task": 1})
    await desk.store.write(lambda store: store.callbacks.dial(desk.clock.now, 1, "siti"))
    busy = {"error": "nomor ini sedang ditelepon siti"}
    assert (409, busy) == await desk.ask("budi", "POST", "/api/callbacks/1/dial")
    assert await desk.ask("budi", "POST", "/api/callbacks/9/dial") == (
        404,
        {"error": "tugas telepon balik 9 tidak ada atau sudah selesai"},
    )
    assert (await shown(desk))["dials_out"] is True


async def test_by_hand(desk: RunningConsole) -> None:
    """Not answered: it stays with the note; answered: it is over, with its ticket."""
    number = await task(desk)
    answer = await desk.ask("siti", "POST", "/api/callbacks/1/unanswered", json={"note": " nanti sore "})
    assert answer == (200, {"tried": 1})
    (row,) = (await shown(desk))["callbacks"]
    assert [(entry["operator"], entry["outcome"], entry["note"]) for entry in row["tries"]] == [
        ("siti", "no_answer", "nanti sore")
    ]
    assert (row["reason"], row["times"], row["past"]) == ("menutup saat menunggu", 1, {"unknown": 1})
    assert await desk.ask("siti", "POST", "/api/callbacks/1/done", json={"note": "aman"}) == (200, {"done": 1})
    assert await desk.ask("budi", "POST", "/api/callbacks/1/unanswered", json={}) == (404, AGAIN)
    story = (await desk.store.read(lambda store: store.tickets.show(number)))["timeline"]
    assert [(row["kind"], row["actor"]) for row in story][-3:] == [
        ("callback.tried", "user:siti"),
        ("callback.done", "user:siti"),
        ("ticket.closed", "user:siti"),
    ]


@pytest.mark.parametrize("way", ["done", "unanswered"])
async def test_a_note_is_a_short_text(desk: RunningConsole, way: str) -> None:
    """And nothing else comes with it."""
    await task(desk)
    status, body = await desk.ask("siti", "POST", f"/api/callbacks/1/{way}", json={"note": "x" * 501})
    assert (status, body["error"]) == (400, "catatan terlalu panjang: 501 huruf, paling banyak 500")
    status, body = await desk.ask("siti", "POST", f"/api/callbacks/1/{way}", json={"by": "budi"})
    assert (status, body["field"]) == (400, "by")


async def test_the_recording_is_on_the_tickets_page(desk: RunningConsole) -> None:
    """To be heard by staff; a try without one, or a name that is none, is a 404."""
    number = await task(desk)
    folder = desk.console.recordings / "calls"
    folder.mkdir(parents=True)
    (folder / "callback-1.wav").write_bytes(b"RIFF....")

    def talked(store: Any) -> None:
        attempt = store.callbacks.dial(desk.clock.now, 1, "siti")["attempt"]
        store.callbacks.talks(desk.clock.now, attempt, "calls/callback-1")
        store.callbacks.ended(desk.clock.now, attempt, "talked")

    await desk.store.write(talked)
    async with page(desk, "pusat", f"page=ticket&number={number}") as pusat:
        (row,) = (await snapshot(pusat))["callbacks"]
        assert (row["id"], row["operator"], row["outcome"]) == (1, "siti", "talked")
    assert await desk.ask("pusat", "GET", "/rekaman/balik/1") == (200, "RIFF....")
    assert await desk.ask("pusat", "GET", "/rekaman/balik/2") == (404, {"error": "rekaman tidak ada"})


async def test_the_callers_language_is_known_before_the_call_back(desk: RunningConsole) -> None:
    """Chosen in the menu before somebody hung up: on the list and on the ticket's page; the menu's own is none."""
    jv = json.dumps(to_dict(CallState("c1", stage="ended", language="jv")))
    number = await desk.call("c1", stage="ended", outcome="abandoned", state=jv)
    await desk.call("c2", "+6281326554022", stage="ended", outcome="abandoned")
    for call in ("c1", "c2"):
        await desk.store.write(lambda store, call=call: store.calls.callback(desk.clock.now, call, "menutup"))
    rows = (await shown(desk))["callbacks"]
    assert {row["display"]: row.get("language") for row in rows} == {"+6281326554021": "jv", "+6281326554022": None}
    async with page(desk, "pusat", f"page=ticket&number={number}") as pusat:
        assert (await snapshot(pusat))["ticket"]["caller"].get("language") == "jv"
