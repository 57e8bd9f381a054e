"""«Urungkan»: whoever took a step takes it back within seconds; nothing is lost when two people act."""

from datetime import timedelta
from typing import Any

import pytest

from tests.console.desk112 import RunningConsole
from tickets.model import Row

LATE = timedelta(seconds=21)


async def move(desk: RunningConsole, assignment: int, state: str, user: str = "damkar", **more: Any) -> int:
    """An agency's next state."""
    path = f"/api/assignments/{assignment}/move"
    return (await desk.ask(user, "POST", path, json={"state": state} | more))[0]


async def undo(desk: RunningConsole, assignment: int, user: str = "damkar") -> tuple[int, Any]:
    """A press on «Urungkan»."""
    return await desk.ask(user, "POST", f"/api/assignments/{assignment}/undo", json={})


async def row_of(desk: RunningConsole, assignment: int) -> Row:
    return await desk.store.read(lambda store: store.assignments.get(assignment))


async def open_pushes(desk: RunningConsole, assignment: int) -> list[Row]:
    """The pushes that are still due: phase, first due time, number of tries."""
    sql = "SELECT phase, first_due_at, attempts FROM pushes WHERE assignment = :id AND done_at IS NULL ORDER BY id"
    return await desk.store.read(lambda store: store.connection.all(sql, id=assignment))


async def test_an_acceptance_is_taken_back_and_pushing_goes_on_with_its_age(desk: RunningConsole) -> None:
    """The very pushes that it ended are open again, those of the next state are gone; the journal says who."""
    number, (assignment,) = await desk.ticket("damkar")
    before = await open_pushes(desk, assignment)
    desk.clock.now += timedelta(minutes=3)
    assert await move(desk, assignment, "diterima") == 200
    desk.clock.now += timedelta(seconds=5)
    status, data = await undo(desk, assignment)
    assert (status, data["state"], data["acknowledged_by"]) == (200, "dikirim", None)
    assert await open_pushes(desk, assignment) == before
    ticket = await desk.store.read(lambda store: store.tickets.show(number))
    (row,) = [row for row in ticket["timeline"] if row["kind"] == "assignment.undone"]
    facts = {"assignment": assignment, "opd": "damkar", "before": "diterima", "state": "dikirim"}
    assert (row["actor"], row["data"]) == ("user:damkar", facts)
    assert await move(desk, assignment, "diterima") == 200  # and it can be accepted anew


async def test_it_is_undone_by_the_same_person_within_seconds_only(desk: RunningConsole) -> None:
    """Later it stands; others cannot; what somebody went on with cannot; an agency is not told of another's."""
    _, (assignment,) = await desk.ticket("damkar")
    assert (await undo(desk, assignment))[0] == 409  # nothing was done yet
    await move(desk, assignment, "diterima")
    assert (await undo(desk, assignment, "siti"))[0] == 409
    assert (await undo(desk, assignment, "pln"))[0] == 404
    await move(desk, assignment, "berangkat", "siti", note="lewat radio")
    status, data = await undo(desk, assignment)
    assert (status, data["error"]) == (409, "langkah terakhir bukan dari Anda, melainkan dari siti")
    assert (await undo(desk, assignment, "siti"))[1]["state"] == "diterima"
    assert (await undo(desk, assignment, "siti"))[0] == 409  # the undoing is not undone
    await move(desk, assignment, "berangkat")
    desk.clock.now += LATE
    status, data = await undo(desk, assignment)
    assert (status, data["error"]) == (409, "terlambat: hanya bisa diurungkan dalam beberapa detik")
    assert (await row_of(desk, assignment))["state"] == "berangkat"


async def test_an_agency_is_not_kept_quiet_by_undoing(desk: RunningConsole) -> None:
    """Three times, and then an acceptance stands until its next step is due."""
    _, (assignment,) = await desk.ticket("damkar")
    for _ in range(3):
        await move(desk, assignment, "diterima")
        assert (await undo(desk, assignment))[0] == 200
    await move(desk, assignment, "diterima")
    assert (await undo(desk, assignment))[0] == 409


async def test_the_end_of_a_task_is_taken_back(desk: RunningConsole) -> None:
    """Task and ticket are under way again; a ticket that was sent to it anew meanwhile stays as it is."""
    number, (assignment,) = await desk.ticket("damkar")
    await move(desk, assignment, "diterima")
    await move(desk, assignment, "selesai", note="padam")
    status, data = await undo(desk, assignment)
    assert (status, data["state"], data["ended_at"]) == (200, "diterima", None)
    ticket = await desk.store.read(lambda store: store.tickets.show(number))
    assert (ticket["status"], ticket["closed_at"]) == ("dispatched", None)
    await move(desk, assignment, "selesai", note="padam")
    await desk.ticket_of(number, "damkar")
    assert (await undo(desk, assignment))[0] == 409


async def test_a_dispatch_is_taken_back_where_nobody_has_answered(desk: RunningConsole) -> None:
    """The agency that accepted keeps it; the other loses it; the ticket is nobody's again where none is left."""
    number, (first, second) = await desk.ticket("damkar", "pln")
    await move(desk, first, "diterima")
    path = f"/api/tickets/{number}/undo"
    status, data = await desk.ask("budi", "POST", path, json={"what": "dispatch"})
    assert status == 409  # not his
    status, data = await desk.ask("siti", "POST", path, json={"what": "dispatch"})
    assert (status, data) == (200, {"number": number, "undone": ["pln"], "kept": ["damkar"]})
    assert [(await row_of(desk, each))["state"] for each in (first, second)] == ["diterima", "dibatalkan"]
    status, data = await desk.ask("siti", "POST", path, json={"what": "dispatch"})
    assert (status, data["error"]) == (409, "sudah dijawab damkar; tidak bisa diurungkan")
    number, _ = await desk.ticket("bpbd")
    desk.clock.now += LATE
    assert (await desk.ask("siti", "POST", f"/api/tickets/{number}/undo", json={"what": "dispatch"}))[0] == 409


async def test_a_verdict_is_taken_back(desk: RunningConsole) -> None:
    """Kind and status are as they were, and the number's reputation counts the former verdict, or none."""
    number = await desk.call("c-prank", outcome="talked", operator="siti")
    form = {"kind": "emergency", "description": "api"}
    assert (await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json=form))[0] == 200
    for verdict, left in (("prank", None), ("genuine", "prank")):
        await desk.ask("siti", "POST", f"/api/tickets/{number}/verdict", json={"kind": verdict})
        answer = await desk.ask("siti", "POST", f"/api/tickets/{number}/undo", json={"what": "verdict"})
        assert answer == (200, {"number": number, "verdict": None})
        ticket = await desk.store.read(lambda store: store.tickets.show(number))
        assert (ticket["status"], ticket["kind"], ticket["verdict"]) == ("open", "emergency", None), left
    await desk.ask("siti", "POST", f"/api/tickets/{number}/verdict", json={"kind": "prank"})
    desk.clock.now += LATE
    assert (await desk.ask("siti", "POST", f"/api/tickets/{number}/undo", json={"what": "verdict"}))[0] == 409


async def test_a_merge_is_taken_back_with_the_age_that_it_ended(desk: RunningConsole) -> None:
    """The agency that merging had taken it off has the same task again, not a new one."""
    master, _ = await desk.ticket("damkar")
    number, (mine,) = await desk.ticket_of(await desk.call("c-dua"), "damkar")
    before = await open_pushes(desk, mine)
    await desk.ask("siti", "POST", f"/api/tickets/{number}/merge", json={"master": master})
    assert (await row_of(desk, mine))["state"] == "dibatalkan"
    answer = await desk.ask("siti", "POST", f"/api/tickets/{number}/undo", json={"what": "merge"})
    assert answer == (200, {"number": number, "dispatched": []})
    ticket = await desk.store.read(lambda store: store.tickets.show(number))
    assert ([row["id"] for row in ticket["assignments"]], ticket["status"], ticket["master"]) == (
        [mine], "dispatched", None,
    )  # fmt: skip
    assert await open_pushes(desk, mine) == before
    await desk.ask("siti", "POST", f"/api/tickets/{number}/merge", json={"master": master})
    desk.clock.now += LATE
    assert (await desk.ask("siti", "POST", f"/api/tickets/{number}/undo", json={"what": "merge"}))[0] == 409


async def test_a_closing_by_hand_is_taken_back(desk: RunningConsole) -> None:
    """Only one's own, and only while the ticket is as it was closed."""
    number = await desk.call("c-tutup")
    path = f"/api/tickets/{number}"
    await desk.ask("siti", "POST", f"{path}/close", json={"note": "diurus sendiri"})
    assert (await desk.ask("budi", "POST", f"{path}/undo", json={"what": "close"}))[0] == 409
    assert (await desk.ask("siti", "POST", f"{path}/undo", json={"what": "close"}))[0] == 200
    assert (await desk.store.read(lambda store: store.tickets.get(number)))["status"] == "open"


@pytest.mark.parametrize(("reason", "deed"), [("talked_out", "close"), ("other", "close"), ("prank", "verdict")])
async def test_what_was_not_sent_is_taken_back_with_its_age(desk: RunningConsole, reason: str, deed: str) -> None:
    """The reply names the deed to take back; then the emergency is unsent again, since when it was before."""
    number = await desk.call("c-api", outcome="talked", operator="siti", ended_at=desk.clock.now.isoformat())
    fields = {"kind": "emergency", "description": "api"}
    assert (await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json=fields))[0] == 200
    (before,) = await desk.store.read(lambda store: store.unsent_board.rows(9))
    desk.clock.now += timedelta(minutes=5)
    form = {"reason": reason, "note": "sudah padam"}
    status, data = await desk.ask("siti", "POST", f"/api/tickets/{number}/not-sent", json=form)
    assert (status, data["undo"]) == (200, deed)
    assert await desk.store.read(lambda store: store.unsent_board.rows(9)) == []
    desk.clock.now += timedelta(seconds=5)
    assert (await desk.ask("siti", "POST", f"/api/tickets/{number}/undo", json={"what": deed}))[0] == 200
    (after,) = await desk.store.read(lambda store: store.unsent_board.rows(9))
    assert (after["number"], after["since"]) == (number, before["since"])
    assert (await desk.store.read(lambda store: store.tickets.get(number)))["status"] == "open"


async def test_a_dispatch_taken_back_leaves_the_age_of_the_unsent_report(desk: RunningConsole) -> None:
    """Sent and taken back within seconds: the ladder of the unsent report goes on; sent back later, it is new."""
    number = await desk.call("c-api", outcome="talked", operator="siti", ended_at=desk.clock.now.isoformat())
    fields = {"kind": "emergency", "description": "api"}
    assert (await desk.ask("siti", "PATCH", f"/api/tickets/{number}", json=fields))[0] == 200
    (before,) = await desk.store.read(lambda store: store.unsent_board.rows(9))
    desk.clock.now += timedelta(minutes=5)
    await desk.ask("siti", "POST", f"/api/tickets/{number}/dispatch", json={"opds": ["damkar"]})
    desk.clock.now += timedelta(seconds=5)
    assert (await desk.ask("siti", "POST", f"/api/tickets/{number}/undo", json={"what": "dispatch"}))[0] == 200
    (after,) = await desk.store.read(lambda store: store.unsent_board.rows(9))
    assert after["since"] == before["since"]
    await desk.ask("siti", "POST", f"/api/tickets/{number}/dispatch", json={"opds": ["damkar"]})
    desk.clock.now += timedelta(minutes=2)
    (row,) = (await desk.store.read(lambda store: store.tickets.show(number)))["assignments"][-1:]
    await desk.ask("siti", "POST", f"/api/assignments/{row['id']}/cancel", json={"reason": "salah alamat"})
    (anew,) = await desk.store.read(lambda store: store.unsent_board.rows(9))
    assert anew["since"] == desk.clock.now.isoformat(timespec="microseconds")
