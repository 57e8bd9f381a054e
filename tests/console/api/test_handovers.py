"""The hand-over of a shift: written by itself, signed by two, kept as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.console.desk112 import SITI, RunningConsole
from tests.console.web.test_own_only import snapshot
from tickets.model import Actor, day_of, to_text
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
    over = to_text(desk.clock.now)
    unsent = await desk.call("c0", stage="ended", outcome="talked", ended_at=over)
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


async def test_unsent_are_those_of_the_desk(desk: RunningConsole) -> None:
    """The number of the desk; callers of a crowd who hung up are promised calls, a message of the night is a message,
    and a talk that was not finished stands apart: each is counted once."""
    now = desk.clock.now
    crowd = [await desk.call(f"crowd{at}", f"+62813555000{at}") for at in range(3)]
    nobody = await desk.call("c8", None, ended_at=to_text(now), outcome="abandoned", stage="ended")
    message = await desk.call("c7", ended_at=to_text(now), outcome="message", stage="ended")
    asked = await desk.call("c6", ended_at=to_text(now), outcome="talked", stage="ended")

    def job(store: Store) -> str:
        over = {"stage": "ended", "outcome": "abandoned", "ended_at": to_text(now)}
        for at, ticket in enumerate(crowd):
            store.calls.step(now, f"crowd{at}", ticket, over, ())
            store.tickets.update(now, ticket, {"kind": "emergency"}, Actor("call", f"crowd{at}"))
            store.calls.callback(now, f"crowd{at}", "menutup saat menunggu")
        store.tickets.update(now, nobody, {"kind": "emergency"}, Actor("call", "c8"))  # nobody can call back
        typed = store.tickets.create(now, day_of(now, desk.console.setting.zone), SITI)
        store.tickets.update(now, typed, {"kind": "emergency", "category": "kebakaran"}, SITI)
        return typed

    typed = await desk.store.write(job)
    data = await snapshot(desk, "siti", "page=operator")
    state = (await snapshot(desk, "siti", "page=handover"))["shift"]
    assert [row["number"] for row in state["unsent"]] == [typed] == [row["number"] for row in data["unsent"]["rows"]]
    assert (state["unsent_count"], data["unsent"]["count"]) == (1, 1)
    assert [row["number"] for row in state["unfinished"]] == sorted([nobody, asked])
    assert (state["messages_count"], state["callbacks_count"], state["more"]) == (1, 3, 0)
    assert message not in str(state["unfinished"])


async def test_a_task_that_came_back_is_unsent_while_another_agency_works(desk: RunningConsole) -> None:
    """As on the desk, with what the others do beside it."""
    over = await desk.call("c9", stage="ended", outcome="talked", ended_at=to_text(desk.clock.now))
    number, (first, second) = await desk.ticket_of(over, "damkar", "pln")
    assert (await desk.ask("pln", "POST", f"/api/assignments/{second}/move", json={"state": "diterima"}))[0] == 200
    body = {"reason": "bukan api", "taker": "112"}
    assert (await desk.ask("damkar", "POST", f"/api/assignments/{first}/decline", json=body))[0] == 200
    desk_rows = (await snapshot(desk, "siti", "page=operator"))["unsent"]
    state = (await snapshot(desk, "siti", "page=handover"))["shift"]
    assert [row["number"] for row in state["unsent"]] == [row["number"] for row in desk_rows["rows"]] == [number]
    assert state["under_way"] == []


async def test_names_not_logins(desk: RunningConsole) -> None:
    """Pages know the name of everybody who may have signed or written something; an agency, the names of 112 and its
    own."""
    _, staff = await desk.ask("siti", "GET", "/api/reference")
    assert staff["people"]["pusat"] == "Pusat"
    assert {"siti", "damkar", "pln"} <= set(staff["people"])
    _, agency = await desk.ask("pln", "GET", "/api/reference")
    assert {"siti", "pln"} <= set(agency["people"])
    assert "damkar" not in agency["people"]


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
