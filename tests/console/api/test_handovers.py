"""The hand-over of a shift: written by itself, signed by two, kept as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.console.desk112 import SITI, RunningConsole
from tests.console.web.test_own_only import snapshot
from tickets.store import Store

NOTE = "Damkar 2 di bengkel sampai besok"


async def offer(desk: RunningConsole, user: str = "siti", note: str | None = NOTE) -> int:
    status, answer = await desk.ask(user, "POST", "/api/handovers", json={"note": note})
    assert status == 201
    return int(answer["handover"])


async def take(desk: RunningConsole, user: str, handover: int) -> tuple[int, Any]:
    return await desk.ask(user, "POST", f"/api/handovers/{handover}/take")


async def rows(desk: RunningConsole) -> list[Any]:
    written = await desk.store.read(lambda store: store.journal.after(0))
    return [(row["kind"], row["actor"], row["data"]) for row in written if row["kind"].startswith("handover.")]


async def test_it_writes_itself(desk: RunningConsole) -> None:
    """Tickets by what they wait for, promised calls, absences, silent processes."""
    unsent = await desk.call("c0")
    unanswered, _ = await desk.ticket("damkar")
    under_way, (assignment,) = await desk.ticket("pln")
    now = desk.clock.now

    def job(store: Store) -> None:
        store.tickets.update(now, unsent, {"kind": "emergency", "description": "api"}, SITI)
        store.assignments.move(now, assignment, "diterima", SITI, via="page")
        store.calls.callback(now, "c0", "menutup sebelum dijawab")
        store.absences.mark(now, "damkar.siaga", now + timedelta(hours=3), SITI, "sakit")

    await desk.store.write(job)
    state = (await snapshot(desk, "siti", "page=handover"))["shift"]
    numbers = {name: [row["number"] for row in state[name]] for name in ("unsent", "unanswered", "under_way")}
    assert numbers == {"unsent": [unsent], "unanswered": [unanswered], "under_way": [under_way]}
    assert [row["ticket"] for row in state["callbacks"]] == [unsent]
    assert [row["contact"] for row in state["away"]] == ["damkar.siaga"]
    assert any("calls" in fault for fault in state["faults"])


async def test_two_sign_it(desk: RunningConsole) -> None:
    """The user who goes cannot sign as the one who comes; a second one who comes is told the first one's name."""
    handover = await offer(desk)
    refused = {"error": "serah terima ditandatangani dua orang: yang menerima harus orang lain"}
    assert await take(desk, "siti", handover) == (409, refused)
    assert await take(desk, "pusat", handover) == (200, {"taken": handover})
    assert await take(desk, "admin", handover) == (409, {"error": "serah terima ini sudah diterima pusat"})
    assert await rows(desk) == [
        ("handover.offered", "user:siti", {"handover": handover}),
        ("handover.taken", "user:pusat", {"handover": handover, "going": "siti"}),
    ]


async def test_a_signed_one_stays_as_it_was(desk: RunningConsole) -> None:
    """With the state of that moment, and nothing in it that says something of people."""
    number, (assignment,) = await desk.ticket("damkar")
    fields = {"reporter_name": "Rukmini", "address": "Jl. Pemuda 12", "description": "rumah Rukmini"}
    await desk.store.write(lambda store: store.tickets.update(desk.clock.now, number, fields, SITI))
    handover = await offer(desk)
    await desk.store.write(
        lambda store: store.assignments.move(desk.clock.now, assignment, "diterima", SITI, via="page")
    )
    status, kept = await desk.ask("pusat", "GET", f"/api/handovers/{handover}")
    assert (status, kept["going"], kept["note"]) == (200, "siti", NOTE)
    assert [(row["number"], row["kecamatan"]) for row in kept["shift"]["unanswered"]] == [(number, "Bangsri")]
    assert not any(text in str(kept) for text in ("Rukmini", "Pemuda", "6554021"))


async def test_the_newer_one_of_the_same_person_counts(desk: RunningConsole) -> None:
    """A forgotten line is no second hand-over; a taken one is not touched."""
    first, second = await offer(desk), await offer(desk, note="x")
    waiting = (await snapshot(desk, "pusat", "page=handover"))["waiting"]
    assert [(row["id"], row["going"]) for row in waiting] == [(second, "siti")]
    replaced = (409, {"error": "serah terima ini sudah diganti dengan yang lebih baru"})
    assert await take(desk, "pusat", first) == replaced
    assert (await take(desk, "pusat", second))[0] == 200
    third = await offer(desk)
    last = (await snapshot(desk, "pusat", "page=handover"))["last"]
    assert [(row["id"], row["replaced_by"]) for row in last] == [(third, None), (second, None), (first, second)]


async def test_a_desk_is_told_of_one_that_waits(desk: RunningConsole) -> None:
    handover = await offer(desk, "pusat")
    assert [row["id"] for row in (await snapshot(desk, "siti", "page=operator"))["handovers"]] == [handover]
    await take(desk, "siti", handover)
    assert (await snapshot(desk, "siti", "page=operator"))["handovers"] == []


async def test_what_is_not_there_or_too_long(desk: RunningConsole) -> None:
    """And an agency has no part in it."""
    assert await take(desk, "siti", 7) == (404, {"error": "serah terima 7 tidak ada"})
    status, answer = await desk.ask("siti", "POST", "/api/handovers", json={"note": "x" * 2001})
    assert (status, answer["field"]) == (400, "note")
    assert (await desk.ask("damkar", "POST", "/api/handovers", json={}))[0] == 403


async def test_notes_go_when_reports_do(desk: RunningConsole) -> None:
    """They may name people; that it was handed over stays."""
    handover = await offer(desk)
    later = desk.clock.now + timedelta(days=1)
    assert await desk.store.write(lambda store: store.handovers.expire_notes(desk.clock.now)) == 0
    assert await desk.store.write(lambda store: store.handovers.expire_notes(later)) == 1
    row = await desk.store.read(lambda store: store.handovers.get(handover))
    assert (row["going"], row["note"]) == ("siti", None)
